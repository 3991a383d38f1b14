//! What a request asks for, as all who look at it read it.

use std::sync::{Arc, OnceLock};

use serde_json::Value as Json;

use super::plan_text::with_plans;

/// The body of a request to AWS. Clones are the same one.
#[derive(Debug, Clone)]
pub(crate) struct Request(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    bytes: Vec<u8>,
    /// Parsed when it is first asked for.
    json: OnceLock<Json>,
}

impl Request {
    /// One with this body.
    pub(crate) fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self(Arc::new(Inner {
            bytes: bytes.into(),
            json: OnceLock::new(),
        }))
    }

    /// As it was sent.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0.bytes
    }

    /// Its JSON; null if it is none.
    pub(crate) fn json(&self) -> &Json {
        let Inner { bytes, json } = &*self.0;
        let text = || std::str::from_utf8(bytes).unwrap_or_default();
        json.get_or_init(|| with_plans(serde_json::from_str(text()).unwrap_or_default()))
    }
}
