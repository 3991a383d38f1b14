//! From a call to the queue.

use std::time::Duration;

use aws_smithy_async::future::timeout::Timeout;
use aws_smithy_async::rt::sleep::AsyncSleep as _;
use serde_json::Value;
use shared::domain::{EventId, Timestamp};
use shared::gateway::{Request, Response};
use shared::metrics::Metric;
use tracing::Instrument as _;

use crate::App;
use crate::call::{Answer, Call, Outcome};
use crate::command::Command;
use crate::place::Place;
use crate::refusal::{NotQueued, Refusal};
use crate::signed::{Unverified, VerifiedCall};

/// An answer comes before Lambda would stop the function.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);

/// Answers a request, or a direct invocation.
///
/// # Errors
/// [`NotQueued`]: of a direct invocation that may work when it is made again.
pub async fn handle(app: &App, call: Call) -> Result<Answer, NotQueued> {
    match call {
        Call::Request(request) => Ok(Answer::Response(handle_request(app, *request).await)),
        Call::Invocation(event) => invoked(app, event).await.map(Answer::Outcome),
    }
}

/// Answers `POST /inbox/{bot}` and `POST /inbox/{bot}/{chat}`.
pub async fn handle_request(app: &App, request: Request) -> Response {
    let began = app.now();
    let received_at = request.received_at(began);
    let request_id = request.request_context.request_id.clone();
    // Every line that is logged meanwhile names the request.
    let span = tracing::error_span!("inbox", request_id = request_id.as_deref());
    let taken = async {
        let command = verified(app, request).await?;
        queue(app, command, received_at, request_id).await
    };
    // Boxed: whoever calls this gets a small future.
    let taken = Box::pin(in_time(app, taken));
    match taken.instrument(span).await {
        Ok(event) => Outcome::queued(event).into_response(),
        Err(refusal) => Outcome::refused(&refusal).into_response(),
    }
}

/// What the caller must mend is answered; what only needs another try is the function's error.
async fn invoked(app: &App, event: Value) -> Result<Outcome, NotQueued> {
    let taken = async { queue(app, Command::of_invocation(event)?, app.now(), None).await };
    match Box::pin(in_time(app, taken)).await {
        Ok(event) => Ok(Outcome::queued(event)),
        Err(refusal) if refusal.status() < 500 => Ok(Outcome::refused(&refusal)),
        Err(refusal) => Err(NotQueued(refusal.message())),
    }
}

/// Within the time, counted and measured.
async fn in_time(
    app: &App,
    taken: impl Future<Output = Result<EventId, Refusal>>,
) -> Result<EventId, Refusal> {
    let began = app.now();
    let limit = app.sleep.sleep(ANSWER_WITHIN);
    let result = Timeout::new(taken, limit).await;
    let result = result.unwrap_or_else(|_| Err(Refusal::NotQueued("the time is up".into())));
    let metrics = &app.metrics;
    metrics.count(Metric::InboxCalls);
    match &result {
        Ok(event) => {
            metrics.count(Metric::CommandsQueued);
            tracing::info!(%event, "a command is queued");
        }
        Err(refusal) => {
            metrics.count(refusal.metric());
            refusal.log();
        }
    }
    metrics.observe_time(Metric::InboxTime, app.now().since(began));
    metrics.flush();
    result
}

/// What a request says, if it is signed.
async fn verified(app: &App, request: Request) -> Result<Command, Refusal> {
    let place = Place::of(&request)?;
    let call = Unverified::read(request, place.path())?;
    let body = verify(app, call).await?;
    Command::of_body(place, &body)
}

/// A signature that does not fit may be of a key newer than ours.
async fn verify(app: &App, call: Unverified) -> Result<VerifiedCall, Refusal> {
    let keys = app.keys.get().await.map_err(Refusal::Unchecked)?;
    let call = match VerifiedCall::check(call, &keys, app.now()) {
        Ok(verified) => return verified,
        Err(call) => call,
    };
    let newer = app.keys.newer_than(&keys).await;
    let newer = newer
        .map_err(Refusal::Unchecked)?
        .ok_or(Refusal::WrongSignature)?;
    VerifiedCall::check(call, &newer, app.now()).unwrap_or(Err(Refusal::WrongSignature))
}

async fn queue(
    app: &App,
    command: Command,
    received_at: Timestamp,
    request_id: Option<String>,
) -> Result<EventId, Refusal> {
    let (event, job) = command.into_job(received_at, request_id)?;
    let queued = app.queue.send_jobs(vec![job]).await;
    queued.map_err(|error| Refusal::NotQueued(error.to_string()))?;
    Ok(event)
}
