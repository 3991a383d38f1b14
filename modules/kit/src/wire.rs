//! The functions' way to the outside: the SDK's and the LINE client's HTTP connector, without a socket.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use axum::Router;
use axum::body::Body;
use emulator::Emulator;
use http::header::CONTENT_LENGTH;
use sqs::Sqs;
use table_model::{Item, Table};
use tokio::sync::Notify;
use tower::ServiceExt as _;

use crate::lock;

/// Where nothing is: every call is answered here.
pub(crate) const NOWHERE: &str = "http://127.0.0.1:1";
/// How long a call to LINE takes, by its clock: what LINE does because of an event is newer than the event.
const ON_THE_WAY: Duration = Duration::from_millis(20);
/// The most of LINE's answers that is read.
const LARGEST_ANSWER: usize = 16 * 1024 * 1024;

/// An outside call, by a word such as `BatchGetItem` or `POST /v2/bot/message/reply`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) word: String,
    pub(crate) of_line: bool,
}

/// What goes wrong with a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Harm {
    /// The process ends before it is made.
    Crash,
    /// The process ends when it is done, before its answer is seen.
    CrashAfter,
    /// It is not done, but answered so.
    Answered(u16, &'static str),
    /// It is done, and the answer never comes.
    AnswerLost,
}

impl Asked {
    /// Whether it may change something: what ends before it or after one that does not is the same.
    pub(crate) fn changes(&self) -> bool {
        let reads = ["GetItem", "BatchGetItem", "Query"];
        !reads.contains(&self.word.as_str()) && !self.word.starts_with("GET ")
    }
}

type Plan = Box<dyn FnMut(&Asked) -> Option<Harm> + Send>;

/// The way to table, queue and LINE. Clones are the same one.
#[derive(Clone)]
pub(crate) struct Wire(Arc<Ends>);

struct Ends {
    line: Emulator,
    router: Router,
    table: Mutex<Table>,
    sqs: Sqs,
    plan: Mutex<Option<Plan>>,
    /// Whether a worker is at work: the plan is for its calls alone.
    is_worker: AtomicBool,
    crash: Notify,
    /// How many deeds are under way: where there are several, each call lets the others go on first.
    deeds: AtomicUsize,
}

/// A deed that is under way until this goes.
pub(crate) struct Deed<'a>(&'a AtomicUsize);

impl Drop for Deed<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Wire {
    pub(crate) fn new(line: &Emulator, table: Table, sqs: Sqs) -> Self {
        Self(Arc::new(Ends {
            line: line.clone(),
            router: line.router(),
            table: Mutex::new(table),
            sqs,
            plan: Mutex::default(),
            is_worker: AtomicBool::new(false),
            crash: Notify::new(),
            deeds: AtomicUsize::new(0),
        }))
    }

    /// Someone begins to do something. Others may begin at the same moment.
    pub(crate) async fn begins(&self) -> Deed<'_> {
        self.0.deeds.fetch_add(1, Ordering::SeqCst);
        let deed = Deed(&self.0.deeds);
        tokio::task::yield_now().await;
        deed
    }

    /// Whether several deeds are under way.
    pub(crate) fn is_shared(&self) -> bool {
        self.0.deeds.load(Ordering::SeqCst) > 1
    }

    /// From now on this is asked what goes wrong with each call of a worker's.
    pub(crate) fn plan(&self, plan: impl FnMut(&Asked) -> Option<Harm> + Send + 'static) {
        *lock(&self.0.plan) = Some(Box::new(plan));
    }

    /// The calls that follow are a worker's, or no longer.
    pub(crate) fn set_of_worker(&self, is_worker: bool) {
        self.0.is_worker.store(is_worker, Ordering::SeqCst);
    }

    /// Comes when the process that makes the calls is to end.
    pub(crate) async fn crashes(&self) {
        self.0.crash.notified().await;
    }

    /// The table's rows, each as JSON.
    pub(crate) fn rows(&self) -> Vec<serde_json::Value> {
        let table = lock(&self.0.table);
        table.items().map(|item| serde_json::json!(item)).collect()
    }

    /// Those whose sort key begins so.
    pub(crate) fn rows_of(&self, begin: &str) -> Vec<serde_json::Value> {
        let table = lock(&self.0.table);
        let is_one = |item: &&Item| match item.get("chat_id") {
            Some(table_model::Value::S(key)) => key.starts_with(begin),
            _ => false,
        };
        let found = table.items().filter(is_one);
        found.map(|item| serde_json::json!(item)).collect()
    }

    /// For the LINE client.
    pub(crate) fn connector(&self) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }

    /// For the SDK.
    pub(crate) fn client(&self) -> SharedHttpClient {
        let connector = self.connector();
        http_client_fn(move |_, _| connector.clone())
    }

    async fn answer(&self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        if self.is_shared() {
            tokio::task::yield_now().await;
        }
        let target = request.headers().get("x-amz-target").map(str::to_owned);
        let harm = self.harm(&asked(&request, target.as_deref()));
        match harm {
            Some(Harm::Crash) => return self.crash().await,
            Some(Harm::Answered(status, body)) => return response(status, body.into()),
            Some(Harm::AnswerLost | Harm::CrashAfter) | None => {}
        }
        let answer = match target {
            Some(target) => self.of_aws(&target, &request).await,
            None => self.of_line(request).await,
        };
        match harm {
            Some(Harm::CrashAfter) => self.crash().await,
            Some(Harm::AnswerLost) => Err(ConnectorError::io("the answer is lost".into())),
            _ => answer,
        }
    }

    fn harm(&self, asked: &Asked) -> Option<Harm> {
        let is_worker = self.0.is_worker.load(Ordering::SeqCst);
        let mut plan = lock(&self.0.plan);
        plan.as_mut().filter(|_| is_worker)?(asked)
    }

    async fn crash<T>(&self) -> T {
        self.0.crash.notify_one();
        std::future::pending().await
    }

    async fn of_aws(
        &self,
        target: &str,
        request: &HttpRequest,
    ) -> Result<HttpResponse, ConnectorError> {
        let body = request.body().bytes().unwrap_or_default();
        let (service, action) = target.split_once('.').unwrap_or_default();
        if service == "AmazonSQS" {
            let (status, body) = self.0.sqs.handle(action, body).await;
            return response(status, body.into());
        }
        let (status, body) = lock(&self.0.table).handle(target, body);
        response(status, body.into())
    }

    async fn of_line(&self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let request = request
            .try_into_http1x()
            .map_err(|error| ConnectorError::user(error.into()))?;
        let (parts, body) = request.into_parts();
        // A file's body is not in memory as it is.
        let body = ByteStream::new(body)
            .collect()
            .await
            .map_err(|error| ConnectorError::io(error.into()))?;
        let body = body.into_bytes();
        let mut request = http::Request::from_parts(parts, Body::from(body.clone()));
        // A real connection's client says the length of a body, and of none nothing.
        if !body.is_empty() {
            let headers = request.headers_mut().entry(CONTENT_LENGTH);
            headers.or_insert_with(|| body.len().into());
        }
        self.0.line.let_pass(ON_THE_WAY);
        let Ok(answer) = self.0.router.clone().oneshot(request).await;
        let (parts, body) = answer.into_parts();
        let body = axum::body::to_bytes(body, LARGEST_ANSWER)
            .await
            .map_err(|error| ConnectorError::io(error.into()))?;
        let answer = http::Response::from_parts(parts, SdkBody::from(body));
        HttpResponse::try_from(answer).map_err(|error| ConnectorError::user(error.into()))
    }
}

fn asked(request: &HttpRequest, target: Option<&str>) -> Asked {
    let word = match target {
        Some(target) => target.rsplit('.').next().unwrap_or_default().to_owned(),
        None => {
            let path = request.uri().trim_start_matches(NOWHERE);
            format!("{} {path}", request.method())
        }
    };
    let of_line = target.is_none();
    Asked { word, of_line }
}

fn response(status: u16, body: SdkBody) -> Result<HttpResponse, ConnectorError> {
    let status = status
        .try_into()
        .map_err(|_| ConnectorError::user("no status".into()))?;
    Ok(HttpResponse::new(status, body))
}

impl HttpConnector for Wire {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let wire = self.clone();
        HttpConnectorFuture::new(async move { wire.answer(request).await })
    }
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wire").finish_non_exhaustive()
    }
}
