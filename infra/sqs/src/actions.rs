//! The actions: each reads its request, asks the queues, and writes its answer.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::attributes::is_known;
use super::error::Error;
use super::protocol::{
    Batch, BatchResult, CreateQueue, Entry, GetQueueAttributes, GetQueueUrl, Handle, ListQueues,
    Messages, PurgeQueue, QueueAttributes, QueueList, QueueUrl, ReceiveMessage, SendMessage,
    SendMessageResult, StartMessageMoveTask, Success, required,
};
use super::service::Sqs;
use super::{batch, content};

/// The longest visibility time-out in seconds: twelve hours.
const LONGEST_VISIBILITY: i64 = 43_200;

/// The most queue names in one answer, and how many there are if the caller does not say.
const MOST_QUEUES: usize = 1000;

/// Does what one request asks for.
pub(super) async fn perform(sqs: &Sqs, action: &str, body: &[u8]) -> Result<Value, Error> {
    match action {
        "CreateQueue" => write(create_queue(sqs, read(body)?)?),
        "GetQueueUrl" => write(get_queue_url(sqs, read(body)?)?),
        "GetQueueAttributes" => write(get_queue_attributes(sqs, read(body)?)?),
        "ListQueues" => write(list_queues(sqs, read(body)?)?),
        "PurgeQueue" => purge_queue(sqs, read(body)?),
        "SendMessage" => write(send_message(sqs, read(body)?)?),
        "SendMessageBatch" => write(send_message_batch(sqs, read(body)?)?),
        "ReceiveMessage" => write(receive_message(sqs, read(body)?).await?),
        "DeleteMessage" => delete_message(sqs, read(body)?),
        "DeleteMessageBatch" => write(delete_message_batch(sqs, read(body)?)?),
        "ChangeMessageVisibility" => change_visibility(sqs, read(body)?),
        "ChangeMessageVisibilityBatch" => write(change_visibility_batch(sqs, read(body)?)?),
        "StartMessageMoveTask" => start_move(sqs, read(body)?),
        other => Err(Error::UnknownAction(other.to_owned())),
    }
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Error> {
    let body = if body.is_empty() { b"{}" } else { body };
    serde_json::from_slice(body).map_err(|error| Error::Serialization(error.to_string()))
}

fn write(answer: impl Serialize) -> Result<Value, Error> {
    serde_json::to_value(answer).map_err(|error| Error::Serialization(error.to_string()))
}

fn create_queue(sqs: &Sqs, request: CreateQueue) -> Result<QueueUrl, Error> {
    let name = required(request.queue_name, "QueueName")?;
    let queue_url = sqs.create_queue(&name, request.attributes)?;
    Ok(QueueUrl { queue_url })
}

fn get_queue_url(sqs: &Sqs, request: GetQueueUrl) -> Result<QueueUrl, Error> {
    let name = required(request.queue_name, "QueueName")?;
    let queue_url = sqs.queue_url(&name)?;
    Ok(QueueUrl { queue_url })
}

fn get_queue_attributes(sqs: &Sqs, request: GetQueueAttributes) -> Result<QueueAttributes, Error> {
    let mut attributes = sqs.attributes(&queue(request.queue_url)?)?;
    let asked = request.attribute_names;
    let unknown = asked.iter().find(|name| *name != "All" && !is_known(name));
    if let Some(name) = unknown {
        let message = format!("Unknown Attribute {name}.");
        return Err(Error::InvalidAttributeName(message));
    }
    attributes.retain(|name, _| asked.iter().any(|asked| asked == "All" || asked == name));
    Ok(QueueAttributes { attributes })
}

/// Lists queues by name. The token of the next page holds the last name of this one.
fn list_queues(sqs: &Sqs, request: ListQueues) -> Result<QueueList, Error> {
    let prefix = request.queue_name_prefix.unwrap_or_default();
    let after = request
        .next_token
        .map(|token| read_token(&token))
        .transpose()?;
    let wanted = |name: &String| {
        name.starts_with(&prefix) && after.as_ref().is_none_or(|after| name > after)
    };
    let mut names: Vec<String> = sqs.queues().into_iter().filter(wanted).collect();
    let most = request.max_results.unwrap_or(MOST_QUEUES);
    if !(1..=MOST_QUEUES).contains(&most) {
        let reason = "MaxResults must be an integer between 1 and 1000";
        return Err(Error::value("MaxResults", &most, reason));
    }
    let more = names.len() > most;
    names.truncate(most);
    // Without MaxResults SQS gives the first thousand and no token.
    let more = more && request.max_results.is_some();
    let next_token = names
        .last()
        .filter(|_| more)
        .map(|name| STANDARD.encode(name));
    let queue_urls = names.iter().map(|name| sqs.queue_url(name));
    Ok(QueueList {
        queue_urls: queue_urls.collect::<Result<_, _>>()?,
        next_token,
    })
}

fn read_token(token: &str) -> Result<String, Error> {
    let name = STANDARD.decode(token).ok();
    name.and_then(|name| String::from_utf8(name).ok())
        .ok_or_else(|| Error::value("NextToken", token, "Invalid or expired next token"))
}

fn purge_queue(sqs: &Sqs, request: PurgeQueue) -> Result<Value, Error> {
    sqs.purge(&queue(request.queue_url)?)?;
    Ok(json!({}))
}

fn start_move(sqs: &Sqs, request: StartMessageMoveTask) -> Result<Value, Error> {
    let source = required(request.source_arn, "SourceArn")?;
    let handle = sqs.move_messages(&source, request.destination_arn.as_deref())?;
    Ok(json!({ "TaskHandle": handle }))
}

fn send_message(sqs: &Sqs, mut request: SendMessage) -> Result<SendMessageResult, Error> {
    let queue = queue(request.queue_url.take())?;
    let sent = sqs.send(&queue, request.message()?)?;
    Ok(SendMessageResult::new(None, sent))
}

fn send_message_batch(
    sqs: &Sqs,
    request: Batch<SendMessage>,
) -> Result<BatchResult<SendMessageResult>, Error> {
    let (queue, ids) = checked(sqs, &request, "SendMessageBatchRequestEntry")?;
    let messages = request.entries.into_iter().map(SendMessage::message);
    let sent = sqs.send_batch(&queue, messages.collect::<Result<_, _>>()?)?;
    let results = ids.into_iter().zip(sent).map(|(id, sent)| {
        let result = sent.map(|sent| SendMessageResult::new(Some(id.clone()), sent));
        (id, result)
    });
    Ok(BatchResult::new(results))
}

async fn receive_message(sqs: &Sqs, request: ReceiveMessage) -> Result<Messages, Error> {
    let queue = queue(request.queue_url.clone())?;
    check_attempt(sqs, &queue, request.receive_request_attempt_id.as_deref())?;
    let max = match request.max_number_of_messages.unwrap_or(1) {
        max @ 1..=10 => usize::try_from(max).unwrap_or(1),
        other => {
            let reason = "Must be between 1 and 10, if provided";
            return Err(Error::value("MaxNumberOfMessages", &other, reason));
        }
    };
    let wait = match request.wait_time_seconds {
        None => sqs.default_wait(&queue)?,
        Some(seconds @ 0..=20) => Duration::from_secs(seconds.unsigned_abs()),
        Some(other) => {
            let reason = "Must be >= 0 and <= 20, if provided";
            return Err(Error::value("WaitTimeSeconds", &other, reason));
        }
    };
    let visibility = request.visibility_timeout.map(visibility).transpose()?;
    let messages = sqs
        .receive(&queue, max, wait, visibility)
        .await?
        .into_iter()
        .map(|message| request.show(message));
    Ok(Messages {
        messages: messages.collect(),
    })
}

/// A FIFO queue takes an attempt's id; to answer a second attempt with the same messages is not done here.
fn check_attempt(sqs: &Sqs, queue: &str, attempt: Option<&str>) -> Result<(), Error> {
    match attempt {
        None => Ok(()),
        Some(id) if sqs.is_fifo(queue)? => content::check_id("ReceiveRequestAttemptId", id),
        Some(id) => Err(Error::queue_type("ReceiveRequestAttemptId", id)),
    }
}

fn delete_message(sqs: &Sqs, request: Handle) -> Result<Value, Error> {
    let handle = required(request.receipt_handle, "ReceiptHandle")?;
    sqs.delete(&queue(request.queue_url)?, &handle)?;
    Ok(json!({}))
}

fn delete_message_batch(sqs: &Sqs, request: Batch<Handle>) -> Result<BatchResult<Success>, Error> {
    let (queue, ids) = checked(sqs, &request, "DeleteMessageBatchRequestEntry")?;
    let handles = request
        .entries
        .into_iter()
        .map(|entry| required(entry.receipt_handle, "ReceiptHandle"));
    let deleted = sqs.delete_batch(&queue, &handles.collect::<Result<Vec<_>, _>>()?)?;
    Ok(successes(ids.into_iter().zip(deleted)))
}

fn change_visibility(sqs: &Sqs, request: Handle) -> Result<Value, Error> {
    let queue = queue(request.queue_url.clone())?;
    change_one(sqs, &queue, request)?;
    Ok(json!({}))
}

fn change_visibility_batch(
    sqs: &Sqs,
    request: Batch<Handle>,
) -> Result<BatchResult<Success>, Error> {
    let entry = "ChangeMessageVisibilityBatchRequestEntry";
    let (queue, ids) = checked(sqs, &request, entry)?;
    let entries = request.entries.into_iter();
    let changed = entries.map(|entry| change_one(sqs, &queue, entry));
    Ok(successes(ids.into_iter().zip(changed)))
}

fn change_one(sqs: &Sqs, queue: &str, entry: Handle) -> Result<(), Error> {
    let handle = required(entry.receipt_handle, "ReceiptHandle")?;
    let timeout = required(entry.visibility_timeout, "VisibilityTimeout")?;
    sqs.change_visibility(queue, &handle, visibility(timeout)?)
}

fn visibility(seconds: i64) -> Result<Duration, Error> {
    if (0..=LONGEST_VISIBILITY).contains(&seconds) {
        return Ok(Duration::from_secs(seconds.unsigned_abs()));
    }
    let reason = "VisibilityTimeout must be an integer between 0 and 43200";
    Err(Error::value("VisibilityTimeout", &seconds, reason))
}

fn queue(url: Option<String>) -> Result<String, Error> {
    required(url, "QueueUrl")
}

/// The queue and the entries' ids of a batch that is not wrong as a whole.
fn checked<T: Entry>(
    sqs: &Sqs,
    request: &Batch<T>,
    entry: &'static str,
) -> Result<(String, Vec<String>), Error> {
    let queue = queue(request.queue_url.clone())?;
    sqs.queue_url(&queue)?;
    batch::check(entry, request.entries.iter().map(Entry::id))?;
    let ids = request.entries.iter().map(|entry| entry.id().to_owned());
    Ok((queue, ids.collect()))
}

fn successes(results: impl Iterator<Item = (String, Result<(), Error>)>) -> BatchResult<Success> {
    BatchResult::new(results.map(|(id, result)| {
        let success = result.map(|()| Success { id: id.clone() });
        (id, success)
    }))
}
