//! The SDK's way to the table, without a socket. On the way a simulation may hold a
//! call up, refuse it, or lose its answer.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aws_smithy_async::rt::sleep::{AsyncSleep as _, SharedAsyncSleep};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use serde_json::{Value as Json, json};

use crate::Table;

/// A call on its way.
#[derive(Debug, Clone, Copy)]
pub struct Call<'a> {
    /// As `PutItem`.
    pub operation: &'a str,
    /// What is asked.
    pub body: &'a [u8],
}

/// What becomes of a call.
#[derive(Debug, Clone, Default)]
pub struct Fate {
    /// How long it takes to get there.
    pub there: Duration,
    /// What happens there.
    pub end: End,
    /// How long the answer takes.
    pub back: Duration,
}

/// What happens to a call at the table.
#[derive(Debug, Clone, Default)]
pub enum End {
    /// It is done, and answered.
    #[default]
    Done,
    /// It is done, and the connection breaks before the answer comes.
    AnswerLost,
    /// It is not done: the connection breaks.
    RequestLost,
    /// It is not done, and answered so.
    Refused(Refusal),
}

/// What DynamoDB says when it does not do what it could.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Too many calls.
    Throttled,
    /// Something is wrong inside of it.
    Internal,
    /// A transaction is at one of the rows. A transaction's reason stands at this place.
    Conflict(usize),
    /// A transaction with this request token is under way.
    InProgress,
}

impl Refusal {
    fn answer(self, call: Call<'_>) -> (u16, Vec<u8>) {
        let (status, code) = match self {
            Self::Throttled => (400, "ProvisionedThroughputExceededException"),
            Self::Internal => (500, "InternalServerError"),
            Self::InProgress => (400, "TransactionInProgressException"),
            Self::Conflict(place) if call.operation == "TransactWriteItems" => {
                return (400, cancelled(call, place));
            }
            Self::Conflict(_) => (400, "TransactionConflictException"),
        };
        let body = error(code, "refused by the simulation");
        (status, body.to_string().into_bytes())
    }
}

fn error(code: &str, message: &str) -> Json {
    json!({"__type": format!("com.amazonaws.dynamodb.v20120810#{code}"), "message": message})
}

fn cancelled(call: Call<'_>, place: usize) -> Vec<u8> {
    let request: Json = serde_json::from_slice(call.body).unwrap_or_default();
    let actions = request["TransactItems"].as_array().map_or(0, Vec::len);
    let place = place.min(actions.saturating_sub(1));
    let reason = |at| match at == place {
        true => {
            json!({"Code": "TransactionConflict", "Message": "Transaction is ongoing for the item"})
        }
        false => json!({"Code": "None"}),
    };
    let mut body = error("TransactionCanceledException", "Transaction cancelled");
    body["CancellationReasons"] = (0..actions).map(reason).collect();
    body.to_string().into_bytes()
}

/// Says what becomes of each call.
pub type Fates = dyn Fn(Call<'_>) -> Fate + Send + Sync;

/// A table that many reach. Clones reach the same one.
#[derive(Clone)]
pub struct Connector {
    table: Arc<Mutex<Table>>,
    fates: Arc<Fates>,
    /// How calls are held up; without it they never are.
    sleep: Option<SharedAsyncSleep>,
}

impl Connector {
    /// The way to a table, on which nothing goes wrong.
    pub fn new(table: Table) -> Self {
        Self {
            table: Arc::new(Mutex::new(table)),
            fates: Arc::new(|_| Fate::default()),
            sleep: None,
        }
    }

    /// The same table by a way on which calls have fates. They are held up by this sleep.
    #[must_use]
    pub fn with_fates(
        &self,
        sleep: SharedAsyncSleep,
        fates: impl Fn(Call<'_>) -> Fate + Send + Sync + 'static,
    ) -> Self {
        Self {
            table: self.table.clone(),
            fates: Arc::new(fates),
            sleep: Some(sleep),
        }
    }

    /// The table itself.
    pub fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// For the SDK.
    pub fn client(&self) -> SharedHttpClient {
        let connector = SharedHttpConnector::new(self.clone());
        http_client_fn(move |_, _| connector.clone())
    }

    async fn wait(&self, time: Duration) {
        if let Some(sleep) = self.sleep.as_ref().filter(|_| !time.is_zero()) {
            sleep.sleep(time).await;
        }
    }

    async fn answer(&self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let body = request.body().bytes().unwrap_or_default();
        let operation = target.rsplit('.').next().unwrap_or_default();
        let call = Call { operation, body };
        let fate = (self.fates)(call);
        self.wait(fate.there).await;
        let answer = match fate.end {
            End::Done => Ok(self.table().handle(target, body)),
            End::AnswerLost => {
                self.table().handle(target, body);
                Err("the answer is lost")
            }
            End::RequestLost => Err("the request is lost"),
            End::Refused(refusal) => Ok(refusal.answer(call)),
        };
        self.wait(fate.back).await;
        let (status, body) = answer.map_err(|reason| ConnectorError::io(reason.into()))?;
        let status = status.try_into().expect("a status");
        Ok(HttpResponse::new(status, SdkBody::from(body)))
    }
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let connector = self.clone();
        HttpConnectorFuture::new(async move { connector.answer(request).await })
    }
}

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connector").finish_non_exhaustive()
    }
}
