//! What the function is called with, and what it answers.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use shared::domain::EventId;
use shared::gateway::{Request, Response};

use crate::refusal::{Refusal, Told};

/// What the function is called with.
pub enum Call {
    /// A request that API Gateway hands on. It must be signed.
    Request(Box<Request>),
    /// The event of a direct invocation. IAM has decided who may do that.
    Invocation(Value),
}

/// API Gateway writes `requestContext` into all that it hands on, and who invokes the function
/// can only ask for more to be checked by writing one.
impl<'de> Deserialize<'de> for Call {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let event = Value::deserialize(deserializer)?;
        if event.get("requestContext").is_none() {
            return Ok(Self::Invocation(event));
        }
        let request = serde_json::from_value(event).map_err(serde::de::Error::custom)?;
        Ok(Self::Request(Box::new(request)))
    }
}

/// What the function answers.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Answer {
    /// To API Gateway.
    Response(Response),
    /// To whoever has invoked the function.
    Outcome(Outcome),
}

/// What became of a direct invocation.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// The status that a request would have.
    pub status: u16,
    #[serde(flatten)]
    words: Words,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Words {
    Queued(Queued),
    Refused(Told),
}

/// The command is in the queue.
#[derive(Debug, Serialize)]
struct Queued {
    /// The id of the event that it is, by which the ledger and the logs have it.
    event: EventId,
}

const QUEUED: u16 = 202;

impl Outcome {
    pub(crate) fn queued(event: EventId) -> Self {
        Self {
            status: QUEUED,
            words: Words::Queued(Queued { event }),
        }
    }

    pub(crate) fn refused(refusal: &Refusal) -> Self {
        Self {
            status: refusal.status(),
            words: Words::Refused(refusal.told()),
        }
    }

    /// As HTTP has it.
    pub(crate) fn into_response(self) -> Response {
        let body = serde_json::to_string(&self.words).unwrap_or_default();
        Response::text(self.status, body).with_header("content-type", "application/json")
    }
}
