//! LINE as a connector in this process: it answers as a test configures it, and remembers
//! what it was asked. Time passes only where someone waits.

#![allow(dead_code, reason = "each test uses a part of it")]

use std::collections::VecDeque;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_smithy_async::rt::sleep::{AsyncSleep, SharedAsyncSleep, Sleep};
use aws_smithy_async::time::{SharedTimeSource, TimeSource};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use http_body_util::{BodyExt as _, StreamBody};
use serde_json::{Value, json};
use shared::connector::not_connected;
use shared::domain::{
    BotId, BotState, ChatState, MayBroadcast, MaySpeak, Scope, Scopes, Timestamp,
};
use shared::domain::{may_broadcast, may_speak};
use shared::env::Env;
use shared::line::http::Http;
use shared::line::{Channel, LineClient};
use shared::secret::{ChannelSecret, SecretPlace};

/// The header that selects the bot.
pub(crate) const BOT_HEADER: &str = "x-test-bot";
/// When the clock starts.
pub(crate) const START: i64 = 1_795_000_000_000;
/// How long a call may take.
pub(crate) const LIMIT: Duration = Duration::from_secs(3);

/// What becomes of a call.
#[derive(Debug, Clone)]
pub(crate) enum Fate {
    /// It is answered.
    Answer(u16, Value, Vec<(&'static str, String)>),
    /// It is answered with bytes.
    Bytes(Vec<u8>),
    /// It is answered with a head, and no body comes.
    HeadOnly(u16),
    /// It gets there, and no answer comes.
    Silence,
    /// It does not get there.
    Unreachable,
}

impl Fate {
    /// An answer without headers of its own.
    pub(crate) fn json(status: u16, body: Value) -> Self {
        Self::Answer(status, body, Vec::new())
    }
}

/// A call, as LINE saw it.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    /// `POST`.
    pub(crate) method: String,
    /// `http://api`, without the path.
    pub(crate) host: String,
    /// Path and query.
    pub(crate) target: String,
    /// Names in small letters.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// When.
    pub(crate) at: Timestamp,
}

impl Seen {
    /// A header's value.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let header = self.headers.iter().find(|(known, _)| known == name)?;
        Some(&header.1)
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    /// Verb and path.
    pub(crate) fn line(&self) -> String {
        let path = self.target.split('?').next().unwrap_or_default();
        format!("{} {path}", self.method)
    }
}

/// LINE. Clones are the same one.
#[derive(Clone)]
pub(crate) struct Line(Arc<Inner>);

type Otherwise = dyn Fn(&Seen) -> Fate + Send + Sync;

struct Inner {
    now: Arc<AtomicI64>,
    fates: Mutex<VecDeque<Fate>>,
    seen: Mutex<Vec<Seen>>,
    tokens: Mutex<Vec<Seen>>,
    otherwise: Box<Otherwise>,
}

impl std::fmt::Debug for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Line")
    }
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Line {
    /// One that answers `{}` to what is not planned.
    pub(crate) fn new() -> Self {
        Self::answering(|_| Fate::json(200, json!({})))
    }

    /// One that answers so to what is not planned.
    pub(crate) fn answering(otherwise: impl Fn(&Seen) -> Fate + Send + Sync + 'static) -> Self {
        Self(Arc::new(Inner {
            now: Arc::new(AtomicI64::new(START)),
            fates: Mutex::default(),
            seen: Mutex::default(),
            tokens: Mutex::default(),
            otherwise: Box::new(otherwise),
        }))
    }

    /// What becomes of the next calls.
    pub(crate) fn then(&self, fates: impl IntoIterator<Item = Fate>) -> &Self {
        lock(&self.0.fates).extend(fates);
        self
    }

    /// The calls since last asked, but for tokens.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        std::mem::take(&mut lock(&self.0.seen))
    }

    /// The calls for tokens since last asked.
    pub(crate) fn tokens(&self) -> Vec<Seen> {
        std::mem::take(&mut lock(&self.0.tokens))
    }

    pub(crate) fn now(&self) -> Timestamp {
        Timestamp(self.0.now.load(Ordering::SeqCst))
    }

    /// Lets time pass.
    pub(crate) fn pass(&self, time: Duration) {
        let time = i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
        self.0.now.fetch_add(time, Ordering::SeqCst);
    }

    /// This as what lies under a client.
    pub(crate) fn http(&self) -> Http {
        let connector = SharedHttpConnector::new(self.clone());
        Http::new(
            connector,
            self.clock(),
            SharedAsyncSleep::new(self.clone()),
            LIMIT,
        )
    }

    pub(crate) fn clock(&self) -> SharedTimeSource {
        SharedTimeSource::new(self.clone())
    }

    /// A client over this.
    pub(crate) fn client(&self) -> LineClient {
        let env = [("LINE_CHANNEL_SECRET".to_owned(), "secret".to_owned())];
        let place = SecretPlace::from_env(&Env::from_map(env.into())).unwrap();
        let secret = ChannelSecret::new(place, || unreachable!("not in AWS"), self.clock());
        LineClient::new(self.http(), channel(), secret)
    }

    async fn answer(&self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let seen = self.see(request).await;
        if seen.target.starts_with("/oauth2/v3/token") {
            let mut tokens = lock(&self.0.tokens);
            tokens.push(seen);
            let token = format!("token-{}", tokens.len());
            let body = json!({"access_token": token, "expires_in": 900, "token_type": "Bearer"});
            return response(200, body.to_string().into(), &[]);
        }
        let planned = lock(&self.0.fates).pop_front();
        let fate = planned.unwrap_or_else(|| (self.0.otherwise)(&seen));
        if !matches!(fate, Fate::Unreachable) {
            lock(&self.0.seen).push(seen);
        }
        match fate {
            Fate::Answer(status, body, headers) => {
                response(status, body.to_string().into(), &headers)
            }
            Fate::Bytes(bytes) => {
                response(200, bytes.into(), &[("content-type", "image/png".into())])
            }
            Fate::HeadOnly(status) => {
                type Piece = Result<http_body::Frame<bytes::Bytes>, std::io::Error>;
                let nothing = StreamBody::new(futures::stream::pending::<Piece>());
                response(status, SdkBody::from_body_1_x(nothing), &[])
            }
            Fate::Silence => std::future::pending().await,
            Fate::Unreachable => Err(not_connected("nothing listens")),
        }
    }

    async fn see(&self, request: HttpRequest) -> Seen {
        let uri = request.uri().to_owned();
        let path = uri
            .find("://")
            .and_then(|at| uri[at + 3..].find('/').map(|to| at + 3 + to));
        let (host, target) = uri.split_at(path.unwrap_or(uri.len()));
        let headers = request
            .headers()
            .iter()
            .map(|(name, value)| (name.to_lowercase(), value.to_owned()));
        let (method, headers) = (request.method().to_owned(), headers.collect());
        let body = request.into_body().collect().await;
        Seen {
            method,
            host: host.to_owned(),
            target: target.to_owned(),
            headers,
            body: body
                .map(|body| body.to_bytes().to_vec())
                .unwrap_or_default(),
            at: self.now(),
        }
    }
}

fn response(
    status: u16,
    body: SdkBody,
    headers: &[(&'static str, String)],
) -> Result<HttpResponse, ConnectorError> {
    let mut response = HttpResponse::new(status.try_into().unwrap(), body);
    response.headers_mut().insert("x-line-request-id", "req-1");
    for (name, value) in headers {
        response.headers_mut().insert(*name, value.clone());
    }
    Ok(response)
}

impl HttpConnector for Line {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let line = self.clone();
        HttpConnectorFuture::new(async move { line.answer(request).await })
    }
}

impl TimeSource for Line {
    fn now(&self) -> SystemTime {
        let now = u64::try_from(Line::now(self).0).unwrap_or_default();
        UNIX_EPOCH + Duration::from_millis(now)
    }
}

impl AsyncSleep for Line {
    fn sleep(&self, time: Duration) -> Sleep {
        let line = self.clone();
        Sleep::new(async move { line.pass(time) })
    }
}

/// The channel that calls.
pub(crate) fn channel() -> Channel {
    Channel {
        id: "123".into(),
        bot_header: BOT_HEADER.parse().unwrap(),
        api_url: "http://api".into(),
        data_api_url: "http://data".into(),
    }
}

/// The account that calls are for.
pub(crate) fn bot() -> BotId {
    BotId::new("Ubot").unwrap()
}

fn attached() -> BotState {
    let mut state = BotState::default();
    state.attach(Timestamp(1), &Scopes::Unknown);
    state
}

/// The right to speak.
pub(crate) fn speak() -> MaySpeak {
    may_speak(&attached(), &ChatState::default(), Timestamp(2), true).unwrap()
}

/// The right to speak to many.
pub(crate) fn broadcast() -> MayBroadcast {
    may_broadcast(&attached(), Scope::MESSAGE_SEND, Timestamp(2)).unwrap()
}
