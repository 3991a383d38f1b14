//! From a request to the queue.

use std::collections::HashMap;
use std::time::Duration;

use aws_smithy_async::future::timeout::Timeout;
use aws_smithy_async::rt::sleep::AsyncSleep as _;
use shared::aws::reasons;
use shared::domain::{BotId, ChatId, Timestamp};
use shared::gateway::{Request, Response};
use shared::line::signature::SIGNATURE_HEADER;
use shared::line::webhook::{RawEvent, Webhook};
use shared::line::{Signature, VerifiedBody};
use shared::metrics::Metric;
use shared::queue::{Job, JobEvent, Message, NotQueued};
use shared::secret::{ChannelSecret, SecretError};
use tracing::Instrument as _;

use crate::App;

/// LINE waits two seconds for an answer; ours comes well before.
const ANSWER_WITHIN: Duration = Duration::from_millis(1_300);

/// Why a webhook is not taken, by the answer that LINE gets.
#[derive(Debug)]
enum Refusal {
    /// 401: not signed by LINE, or with a secret that we do not have.
    Unsigned,
    /// 400: signed, but not a webhook.
    Malformed(String),
    /// 503: it cannot be checked, as long as there is no secret to check it with.
    Unchecked(SecretError),
    /// 503: LINE shall send it again.
    Later(String),
}

/// Answers `POST /webhook`.
pub async fn handle(app: &App, request: Request) -> Response {
    let began = Timestamp::from(app.clock.now());
    let receipt = Receipt {
        at: request.received_at(began),
        request_id: request.request_context.request_id.clone(),
    };
    // Every line that is logged meanwhile names the request.
    let request_id = receipt.request_id.as_deref();
    let span = tracing::error_span!("webhook", request_id);
    // Boxed: whoever calls this gets a small future.
    let answer = Box::pin(answer(app, request, &receipt));
    let response = answer.instrument(span).await;
    let time = Timestamp::from(app.clock.now()).since(began);
    app.metrics.count(Metric::Webhooks);
    app.metrics.observe_time(Metric::WebhookTime, time);
    app.metrics.flush();
    response
}

/// When and by which request a webhook came.
struct Receipt {
    at: Timestamp,
    /// API Gateway's id of it.
    request_id: Option<String>,
}

async fn answer(app: &App, request: Request, receipt: &Receipt) -> Response {
    let taken = take(app, request, receipt);
    let queued = Timeout::new(taken, app.sleep.sleep(ANSWER_WITHIN)).await;
    match queued.unwrap_or_else(|_| Err(Refusal::Later("the time is up".into()))) {
        Ok(events) => {
            app.metrics.add(Metric::EventsQueued, events);
            tracing::info!(events, "webhook queued");
            Response::status(200)
        }
        Err(refusal) => {
            app.metrics.count(metric(&refusal));
            refuse(&refusal)
        }
    }
}

fn metric(refusal: &Refusal) -> Metric {
    match refusal {
        Refusal::Unsigned => Metric::WebhooksUnsigned,
        Refusal::Malformed(_) => Metric::WebhooksMalformed,
        Refusal::Unchecked(_) => Metric::WebhooksWithoutSecret,
        Refusal::Later(_) => Metric::WebhooksNotQueued,
    }
}

fn refuse(refusal: &Refusal) -> Response {
    match refusal {
        Refusal::Unsigned => {
            tracing::warn!("a webhook without a fitting signature");
            Response::text(401, "The signature does not fit the body.")
        }
        Refusal::Malformed(reason) => {
            tracing::warn!(reason, "a signed body that is not a webhook");
            Response::text(400, "The body is not a webhook.")
        }
        Refusal::Unchecked(error) => {
            let reason = reasons(error);
            tracing::error!(reason, "a webhook's signature could not be checked");
            Response::text(
                503,
                match error {
                    SecretError::NotSet(_) => "The channel secret is not set yet.",
                    _ => "The channel secret could not be read. Send the events again.",
                },
            )
        }
        Refusal::Later(reason) => {
            tracing::error!(reason, "a webhook could not be queued whole");
            Response::text(503, "The events could not be queued. Send them again.")
        }
    }
}

/// Checks, splits and queues; tells how many events there were.
async fn take(app: &App, request: Request, receipt: &Receipt) -> Result<usize, Refusal> {
    let signature =
        Signature::read(request.header(SIGNATURE_HEADER)).map_err(|_| Refusal::Unsigned)?;
    let bytes = request
        .into_body()
        .ok_or_else(|| Refusal::Malformed("the body is not base64".into()))?;
    let body = verify(&app.secret, bytes, &signature).await?;
    let webhook = Webhook::parse(&body).map_err(|error| Refusal::Malformed(error.to_string()))?;
    let Some(webhook) = webhook else { return Ok(0) };
    let count = webhook.events.len();
    let messages = messages_by_chat(webhook, receipt)?;
    app.queue
        .send(messages)
        .await
        .map_err(|error: NotQueued| Refusal::Later(error.to_string()))?;
    Ok(count)
}

/// A signature that does not fit may be of a secret newer than ours.
async fn verify(
    secret: &ChannelSecret,
    body: Vec<u8>,
    signature: &Signature,
) -> Result<VerifiedBody, Refusal> {
    let secrets = secret.get().await.map_err(Refusal::Unchecked)?;
    let body = match VerifiedBody::check(body, signature, secrets.accepted()) {
        Ok(verified) => return Ok(verified),
        Err((body, _)) => body,
    };
    let newer = secret
        .newer_than(&secrets)
        .await
        .map_err(Refusal::Unchecked)?
        .ok_or(Refusal::Unsigned)?;
    VerifiedBody::check(body, signature, newer.accepted()).map_err(|_| Refusal::Unsigned)
}

/// One message per chat, or several if it is large; chats in the order in which
/// they first appear, each with its events in LINE's order.
fn messages_by_chat(webhook: Webhook, receipt: &Receipt) -> Result<Vec<Vec<Message>>, Refusal> {
    let jobs = jobs_by_chat(&webhook.bot, webhook.events, receipt);
    let messages = jobs
        .into_iter()
        .map(Job::into_messages)
        .collect::<Result<_, _>>();
    messages.map_err(|error| Refusal::Malformed(error.to_string()))
}

fn jobs_by_chat(bot: &BotId, events: Vec<RawEvent>, receipt: &Receipt) -> Vec<Job> {
    let mut place: HashMap<Option<ChatId>, usize> = HashMap::new();
    let mut jobs: Vec<Job> = Vec::new();
    for RawEvent {
        id,
        kind,
        chat,
        raw,
    } in events
    {
        let chat = chat.map(|chat| chat.id);
        let at = *place.entry(chat.clone()).or_insert_with(|| {
            let job = Job::new(bot.clone(), chat, receipt.at, Vec::new());
            jobs.push(job.of_request(receipt.request_id.clone()));
            jobs.len() - 1
        });
        jobs[at].events.push(JobEvent { id, kind, raw });
    }
    jobs
}
