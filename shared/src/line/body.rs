//! What goes to LINE in a request, and what is too large to hold: uploads are
//! opened again for each try, downloads are read piece by piece.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use aws_smithy_async::future::timeout::Timeout;
use aws_smithy_async::rt::sleep::{AsyncSleep as _, SharedAsyncSleep};
use aws_smithy_types::body::SdkBody;
use bytes::{Bytes, BytesMut};
use futures::{Stream, StreamExt as _, stream};
use http::Method;
use http_body::Frame;
use http_body_util::{BodyExt as _, StreamBody};

use crate::line::endpoint::Unsendable;
use crate::line::error::LineError;
use crate::line::http::{NoAnswer, encode_pairs};

type BoxError = Box<dyn std::error::Error + Send + Sync>;
type Pieces = Pin<Box<dyn Stream<Item = Result<Bytes, BoxError>> + Send + Sync>>;

/// A request's body.
#[derive(Debug, Clone)]
pub enum Body {
    /// None.
    Nothing,
    /// JSON.
    Json(String),
    /// A form, its values encoded.
    Form(String),
    /// A file, of this content type.
    File(String, Upload),
}

impl Body {
    /// A form of names and values, each encoded once.
    pub(crate) fn form(pairs: &[(&str, &str)]) -> Self {
        Self::Form(encode_pairs(pairs))
    }

    /// The `content-type` header.
    pub(crate) fn content_type(&self) -> Option<&str> {
        match self {
            Self::Nothing => None,
            Self::Json(_) => Some("application/json"),
            Self::Form(_) => Some("application/x-www-form-urlencoded"),
            Self::File(kind, _) => Some(kind),
        }
    }

    /// The `content-length` header, where the HTTP client would not set it: of a body that
    /// does not know its length, and of a POST or PUT without one. A front end may answer
    /// those with 411 (<https://github.com/line/line-platform-feedback/issues/73>).
    pub(crate) fn content_length(&self, method: &Method) -> Option<u64> {
        match self {
            Self::File(_, upload) => Some(upload.length),
            Self::Nothing if matches!(*method, Method::POST | Method::PUT) => Some(0),
            _ => None,
        }
    }

    /// For one try.
    pub(crate) fn open(&self) -> SdkBody {
        match self {
            Self::Nothing => SdkBody::empty(),
            Self::Json(text) | Self::Form(text) => SdkBody::from(text.as_str()),
            Self::File(_, upload) => {
                let frames = (upload.open)().map(|piece| piece.map(Frame::data));
                SdkBody::from_body_1_x(StreamBody::new(frames))
            }
        }
    }
}

/// What is sent piece by piece. It can be opened again, so that a refused token
/// costs no upload. It is part of an exchange, whose limit is its client's
/// [`Http`](crate::line::http::Http): large files want one with more time.
#[derive(Clone)]
pub struct Upload {
    length: u64,
    open: Arc<dyn Fn() -> Pieces + Send + Sync>,
}

impl Upload {
    /// From memory.
    pub fn bytes(bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        let length = bytes.len() as u64;
        Self::stream(length, move || {
            stream::iter([Ok::<_, BoxError>(bytes.clone())])
        })
    }

    /// From a source of `length` bytes; `open` starts it from the beginning.
    pub fn stream<S, E>(length: u64, open: impl Fn() -> S + Send + Sync + 'static) -> Self
    where
        S: Stream<Item = Result<Bytes, E>> + Send + Sync + 'static,
        E: Into<BoxError> + 'static,
    {
        let pieces = move || Box::pin(open().map(|piece| piece.map_err(Into::into))) as Pieces;
        Self {
            length,
            open: Arc::new(pieces),
        }
    }

    /// Its length in bytes.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Itself, if it is not larger than LINE takes.
    ///
    /// # Errors
    /// It is.
    pub(crate) fn at_most(&self, most: u64) -> Result<Self, Unsendable> {
        match self.length <= most {
            true => Ok(self.clone()),
            false => Err(Unsendable(format!(
                "the file has {} bytes, and LINE takes {most}",
                self.length
            ))),
        }
    }

    /// The same with something before and after it.
    pub(crate) fn between(self, before: String, after: String) -> Self {
        let length = self.length + (before.len() + after.len()) as u64;
        let (before, after) = (Bytes::from(before), Bytes::from(after));
        Self::stream(length, move || {
            let ends = |bytes: &Bytes| stream::iter([Ok::<_, BoxError>(bytes.clone())]);
            ends(&before).chain((self.open)()).chain(ends(&after))
        })
    }
}

impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Upload({} bytes)", self.length)
    }
}

/// A file of LINE's, read piece by piece.
pub struct Download {
    /// `content-type`, as LINE tells it.
    pub content_type: Option<String>,
    /// `content-length`, if LINE tells it.
    pub length: Option<u64>,
    pub(crate) operation: &'static str,
    pub(crate) body: SdkBody,
    /// Number of bytes that may still come.
    pub(crate) left: u64,
    pub(crate) sleep: SharedAsyncSleep,
    /// No piece is waited for longer than this.
    pub(crate) limit: Duration,
}

impl Download {
    /// The next piece; none at the end.
    ///
    /// # Errors
    /// The connection broke or stood still, or the file is larger than wanted.
    pub async fn next(&mut self) -> Result<Option<Bytes>, LineError> {
        loop {
            let read = Timeout::new(self.body.frame(), self.sleep.sleep(self.limit)).await;
            let frame = match read {
                Err(_) => return Err(self.broken(NoAnswer::TimedOut(self.limit))),
                Ok(None) => return Ok(None),
                Ok(Some(Err(error))) => return Err(self.broken(NoAnswer::Connection(error))),
                Ok(Some(Ok(frame))) => frame,
            };
            let Ok(piece) = frame.into_data() else {
                continue; // trailers
            };
            let rest = self.left.checked_sub(piece.len() as u64);
            self.left = rest.ok_or_else(|| LineError::too_large(self.operation))?;
            return Ok(Some(piece));
        }
    }

    /// All of it.
    ///
    /// # Errors
    /// As [`Download::next`].
    pub async fn bytes(mut self) -> Result<Bytes, LineError> {
        let mut all = BytesMut::new();
        while let Some(piece) = self.next().await? {
            all.extend_from_slice(&piece);
        }
        Ok(all.freeze())
    }

    fn broken(&self, error: NoAnswer) -> LineError {
        LineError::no_answer(self.operation, error)
    }
}

impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Download({:?}, {:?} bytes)",
            self.content_type, self.length
        )
    }
}
