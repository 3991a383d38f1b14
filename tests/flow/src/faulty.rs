//! A connection on which some calls go wrong: their answer is lost, they are
//! held up, or they get another answer than the server's.

use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use serde_json::Value;
use shared::connector::connector;
use tokio::net::TcpSocket;
use tokio::sync::Notify;

/// What happens to a call.
#[derive(Debug, Clone)]
pub enum Fate {
    /// It is done, and answered: the one after it has another fate.
    Done,
    /// It is done, and the connection breaks before the answer comes.
    AnswerLost,
    /// It is not done: a status and a body come from elsewhere.
    Answered(u16, String),
    /// It never gets there: nothing listens.
    Unreachable,
    /// It is done when the test lets it go.
    RequestHeld(Held),
    /// Who has made it gives up at once; it is done when the test lets it go.
    RequestLate(Held),
    /// It is done, and the answer comes when the test lets it go, if ever.
    AnswerHeld(Held),
}

/// A call that is held up. Clones are the same call.
#[derive(Debug, Clone, Default)]
pub struct Held {
    there: Arc<Notify>,
    go: Arc<Notify>,
    done: Arc<Notify>,
}

impl Held {
    /// Waits until the call is where it is held.
    pub async fn is_there(&self) {
        self.there.notified().await;
    }

    /// Lets it go on.
    pub fn let_go(&self) {
        self.go.notify_one();
    }

    /// Lets it go on, and waits until it is done: for one whose maker has given up.
    pub async fn arrives(&self) {
        self.let_go();
        self.done.notified().await;
    }

    async fn hold(&self) {
        self.there.notify_one();
        self.go.notified().await;
    }
}

/// A request to AWS.
#[derive(Debug)]
struct Request {
    action: String,
    body: Value,
}

/// A connection with such calls. Clones share what is planned.
#[derive(Debug, Clone)]
pub struct Faulty {
    inner: SharedHttpConnector,
    plans: Arc<Mutex<Vec<(String, Fate)>>>,
    writes: Arc<AtomicUsize>,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Default for Faulty {
    fn default() -> Self {
        Self {
            inner: connector(Duration::from_secs(5)),
            plans: Arc::default(),
            writes: Arc::default(),
            requests: Arc::default(),
        }
    }
}

impl Faulty {
    /// Plans for the next call of an operation: an action of AWS, or the end of a path.
    pub fn next(&self, operation: &str, fate: Fate) {
        self.plans().push((operation.to_owned(), fate));
    }

    /// The next `times` answers to an operation are lost.
    pub fn loses(&self, operation: &str, times: usize) {
        for _ in 0..times {
            self.next(operation, Fate::AnswerLost);
        }
    }

    /// Whether all that was planned has happened.
    pub fn is_spent(&self) -> bool {
        self.plans().is_empty()
    }

    /// Forgets what was planned and has not happened.
    pub fn forget(&self) {
        self.plans().clear();
    }

    /// How many requests so far would write an account's row.
    pub fn writes_of_bots(&self) -> usize {
        self.writes.load(Ordering::SeqCst)
    }

    /// The bodies of an AWS action's requests so far.
    pub fn requests(&self, action: &str) -> Vec<Value> {
        let requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        let of_action = requests.iter().filter(|it| it.action.ends_with(action));
        of_action.map(|request| request.body.clone()).collect()
    }

    /// For how many seconds each message was given back so far.
    pub fn waits(&self) -> Vec<u64> {
        let requests = self.requests("ChangeMessageVisibilityBatch");
        requests
            .iter()
            .filter_map(|body| body["Entries"].as_array())
            .flatten()
            .filter_map(|entry| entry["VisibilityTimeout"].as_u64())
            .collect()
    }

    fn note(&self, request: &HttpRequest) {
        let body = request.body().bytes().unwrap_or_default();
        let request = Request {
            action: action(request),
            body: serde_json::from_slice(body).unwrap_or_default(),
        };
        let requests = self.requests.lock();
        requests
            .unwrap_or_else(PoisonError::into_inner)
            .push(request);
    }

    /// For LINE.
    pub fn connector(&self) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }

    /// For AWS.
    pub fn client(&self) -> SharedHttpClient {
        let connector = self.connector();
        http_client_fn(move |_, _| connector.clone())
    }

    fn plans(&self) -> MutexGuard<'_, Vec<(String, Fate)>> {
        self.plans.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fate(&self, request: &HttpRequest) -> Option<Fate> {
        let action = action(request);
        let action = action.as_str();
        let path = request.uri().split('?').next().unwrap_or_default();
        let mut plans = self.plans();
        let place = plans
            .iter()
            .position(|(name, _)| action.ends_with(name) || path.ends_with(name))?;
        Some(plans.remove(place).1)
    }
}

/// What is asked of AWS. A worker looks now and then whether the channel is paused, whatever event
/// it has: that look has a name of its own, `LookForPause`.
fn action(request: &HttpRequest) -> String {
    let action = request.headers().get("x-amz-target").unwrap_or_default();
    let body = request.body().bytes().unwrap_or_default();
    let is_look =
        action.ends_with(".GetItem") && String::from_utf8_lossy(body).contains(r#"{"S":"@pause"}"#);
    match is_look {
        true => "LookForPause".into(),
        false => action.to_owned(),
    }
}

/// A write of one row, and the row is an account's.
fn writes_a_bot(request: &HttpRequest) -> bool {
    let action = request.headers().get("x-amz-target").unwrap_or_default();
    let writes = [
        "PutItem",
        "UpdateItem",
        "DeleteItem",
        "WriteItems",
        "WriteItem",
    ];
    let bytes = request.body().bytes().unwrap_or_default();
    let body = String::from_utf8_lossy(bytes);
    writes.iter().any(|write| action.ends_with(write)) && body.contains(r#"{"S":"@bot"}"#)
}

/// Calls a port that is taken, so that nobody else listens there either.
async fn call_nowhere(
    inner: &SharedHttpConnector,
    mut request: HttpRequest,
) -> Result<HttpResponse, ConnectorError> {
    let taken = TcpSocket::new_v4().expect("a socket");
    taken
        .bind((Ipv4Addr::LOCALHOST, 0).into())
        .expect("a free port");
    let nowhere = taken.local_addr().expect("an address");
    request
        .set_uri(format!("http://{nowhere}/"))
        .expect("a URL");
    inner.call(request).await
}

impl HttpConnector for Faulty {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        if writes_a_bot(&request) {
            self.writes.fetch_add(1, Ordering::SeqCst);
        }
        self.note(&request);
        let (inner, fate) = (self.inner.clone(), self.fate(&request));
        HttpConnectorFuture::new(async move {
            match fate {
                None | Some(Fate::Done) => inner.call(request).await,
                Some(Fate::AnswerLost) => {
                    inner.call(request).await?;
                    Err(ConnectorError::io("the answer is lost".into()))
                }
                Some(Fate::Answered(status, body)) => {
                    let status = status.try_into().expect("a status");
                    Ok(HttpResponse::new(status, SdkBody::from(body)))
                }
                Some(Fate::Unreachable) => call_nowhere(&inner, request).await,
                Some(Fate::RequestHeld(held)) => {
                    held.hold().await;
                    inner.call(request).await
                }
                Some(Fate::RequestLate(held)) => {
                    tokio::spawn(async move {
                        held.hold().await;
                        let _ = inner.call(request).await;
                        held.done.notify_one();
                    });
                    Err(ConnectorError::timeout("nobody answers".into()))
                }
                Some(Fate::AnswerHeld(held)) => {
                    let answer = inner.call(request).await;
                    held.hold().await;
                    answer
                }
            }
        })
    }
}
