use std::collections::BTreeMap;
use std::time::{Duration, Instant, SystemTime};

use aws_sdk_sqs::Client;
use aws_sdk_sqs::config::retry::RetryConfig;
use aws_sdk_sqs::config::timeout::TimeoutConfig;
use aws_sdk_sqs::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sqs::primitives::Blob;
use aws_sdk_sqs::types::{
    ChangeMessageVisibilityBatchRequestEntry, DeleteMessageBatchRequestEntry,
    MessageAttributeValue, MessageSystemAttributeName, QueueAttributeName,
    SendMessageBatchRequestEntry,
};
use shared::aws::Timeouts;
use shared::ground::Ground;
use tokio::net::TcpListener;

use crate::{ManualClock, Sqs, SystemClock, arn};

/// A server on a free port, and the real AWS SDK for Rust as its client.
struct World {
    sqs: Sqs,
    client: Client,
    endpoint: String,
}

impl World {
    async fn new() -> Self {
        Self::with(Sqs::new(SystemClock)).await
    }

    async fn with(sqs: Sqs) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(sqs.serve(listener));
        Self {
            client: client(&endpoint),
            sqs,
            endpoint,
        }
    }

    /// A FIFO queue's URL.
    async fn fifo(&self, attributes: &[(QueueAttributeName, &str)]) -> String {
        let mut request = self.client.create_queue().queue_name("q.fifo");
        request = request.attributes(QueueAttributeName::FifoQueue, "true");
        for (name, value) in attributes {
            request = request.attributes(name.clone(), *value);
        }
        request.send().await.unwrap().queue_url.unwrap()
    }

    /// Sends a message whose deduplication id is its body.
    async fn send(&self, url: &str, group: &str, body: &str) {
        self.client
            .send_message()
            .queue_url(url)
            .message_body(body)
            .message_group_id(group)
            .message_deduplication_id(body)
            .send()
            .await
            .unwrap();
    }

    /// Receives up to ten messages and gives bodies and handles.
    async fn receive(&self, url: &str) -> Vec<(String, String)> {
        let request = self.client.receive_message().queue_url(url);
        let received = request.max_number_of_messages(10).send().await.unwrap();
        let messages = received.messages.unwrap_or_default();
        let pair = |message: aws_sdk_sqs::types::Message| {
            (message.body.unwrap(), message.receipt_handle.unwrap())
        };
        messages.into_iter().map(pair).collect()
    }
}

fn client(endpoint: &str) -> Client {
    let limit = Duration::from_secs(5);
    let ground = Ground::emulated()
        .with_sqs_at(endpoint)
        .with_sqs_tuned(|config| config.retry_config(RetryConfig::disabled()));
    ground.sqs(Timeouts {
        connect: limit,
        attempt: 12 * limit,
        operation: 12 * limit,
    })
}

fn code<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> &str {
    error.code().unwrap_or("no code")
}

#[tokio::test]
async fn a_message_goes_through_with_all_its_attributes() {
    let world = World::new().await;
    let url = world.fifo(&[]).await;
    assert_eq!(url, format!("{}/000000000000/q.fifo", world.endpoint));
    let text = MessageAttributeValue::builder()
        .data_type("String")
        .string_value("x");
    let blob = MessageAttributeValue::builder()
        .data_type("Binary")
        .binary_value(Blob::new([0, 255]));
    let sent = world
        .client
        .send_message()
        .queue_url(&url)
        .message_body("héllo \u{1F600}")
        .message_group_id("g")
        .message_deduplication_id("d")
        .message_attributes("text", text.build().unwrap())
        .message_attributes("blob", blob.build().unwrap())
        .send()
        .await
        .unwrap();
    let received = world
        .client
        .receive_message()
        .queue_url(&url)
        .message_system_attribute_names(MessageSystemAttributeName::All)
        .message_attribute_names("All")
        .receive_request_attempt_id("attempt")
        .send()
        .await
        .unwrap();
    let message = &received.messages()[0];
    assert_eq!(message.body(), Some("héllo \u{1F600}"));
    assert_eq!(message.message_id(), sent.message_id());
    assert_eq!(message.md5_of_body(), sent.md5_of_message_body());
    assert_eq!(
        message.md5_of_message_attributes(),
        sent.md5_of_message_attributes()
    );
    let attributes = message.message_attributes().unwrap();
    assert_eq!(attributes["text"].string_value(), Some("x"));
    assert_eq!(
        attributes["blob"].binary_value().unwrap().as_ref(),
        [0, 255]
    );
    let system = message.attributes().unwrap();
    assert_eq!(system[&MessageSystemAttributeName::MessageGroupId], "g");
    assert_eq!(
        system[&MessageSystemAttributeName::MessageDeduplicationId],
        "d"
    );
    assert_eq!(
        Some(system[&MessageSystemAttributeName::SequenceNumber].as_str()),
        sent.sequence_number()
    );
}

#[tokio::test]
async fn a_receiver_gets_the_attributes_it_asks_for_and_no_others() {
    let world = World::new().await;
    let url = world
        .fifo(&[(QueueAttributeName::VisibilityTimeout, "0")])
        .await;
    world.send(&url, "g", "m").await;
    let bare = world
        .client
        .receive_message()
        .queue_url(&url)
        .send()
        .await
        .unwrap();
    assert_eq!(bare.messages()[0].attributes(), None);
    let asked = world
        .client
        .receive_message()
        .queue_url(&url)
        .message_system_attribute_names(MessageSystemAttributeName::MessageGroupId)
        .send()
        .await
        .unwrap();
    let attributes = asked.messages()[0].attributes().unwrap();
    assert_eq!(attributes.len(), 1);
    assert_eq!(attributes[&MessageSystemAttributeName::MessageGroupId], "g");
}

#[tokio::test]
async fn batches_go_through_and_tell_of_each_entry() {
    let world = World::new().await;
    let url = world.fifo(&[]).await;
    let entry = |id: &str, body: &str| {
        SendMessageBatchRequestEntry::builder()
            .id(id)
            .message_body(body)
            .message_group_id("g")
            .message_deduplication_id(id)
            .build()
            .unwrap()
    };
    let batch = world.client.send_message_batch().queue_url(&url);
    let sent = batch
        .entries(entry("0", "a"))
        .entries(entry("1", "\u{FFFE}"))
        .entries(entry("2", "b"))
        .send()
        .await
        .unwrap();
    let ids: Vec<_> = sent.successful().iter().map(|it| it.id()).collect();
    assert_eq!(ids, ["0", "2"]);
    assert_eq!(sent.failed()[0].id(), "1");
    assert_eq!(sent.failed()[0].code(), "InvalidMessageContents");
    let received = world.receive(&url).await;
    assert_eq!(received.len(), 2);
    let change = ChangeMessageVisibilityBatchRequestEntry::builder()
        .id("0")
        .receipt_handle(&received[0].1)
        .visibility_timeout(0)
        .build()
        .unwrap();
    let changed = world
        .client
        .change_message_visibility_batch()
        .queue_url(&url)
        .entries(change)
        .send()
        .await
        .unwrap();
    assert_eq!(changed.successful()[0].id(), "0");
    let deletion = |id: &str, handle: &str| {
        let entry = DeleteMessageBatchRequestEntry::builder().id(id);
        entry.receipt_handle(handle).build().unwrap()
    };
    let batch = world.client.delete_message_batch().queue_url(&url);
    let deleted = batch
        .entries(deletion("0", &received[0].1))
        .entries(deletion("1", &received[1].1))
        .send()
        .await
        .unwrap();
    assert_eq!(deleted.failed()[0].code(), "ReceiptHandleIsInvalid");
    assert_eq!(deleted.successful()[0].id(), "1");
    assert_eq!(world.sqs.depth("q.fifo"), (1, 0));
    assert_eq!(world.sqs.calls("SendMessageBatch"), 1);
    assert_eq!(world.sqs.calls("SendMessage"), 0);
    let calls: u64 = world.sqs.all_calls().values().sum();
    assert_eq!(calls, 5);
}

#[tokio::test]
async fn a_long_poll_returns_as_soon_as_a_message_is_there() {
    let world = World::new().await;
    let url = world.fifo(&[]).await;
    let began = Instant::now();
    let request = world
        .client
        .receive_message()
        .queue_url(&url)
        .wait_time_seconds(20)
        .send();
    let poll = tokio::spawn(request);
    while world.sqs.calls("ReceiveMessage") == 0 {
        tokio::task::yield_now().await;
    }
    world.send(&url, "g", "m").await;
    let received = poll.await.unwrap().unwrap();
    assert_eq!(received.messages().len(), 1);
    assert!(began.elapsed() < Duration::from_secs(10));
}

#[tokio::test]
async fn a_long_poll_follows_the_clock_of_the_server() {
    let clock = ManualClock::new(SystemTime::now());
    let world = World::with(Sqs::new(clock.clone())).await;
    let wait = (QueueAttributeName::ReceiveMessageWaitTimeSeconds, "20");
    let url = world.fifo(&[wait]).await;
    let request = world.client.receive_message().queue_url(&url).send();
    let poll = tokio::spawn(request);
    while world.sqs.calls("ReceiveMessage") == 0 {
        tokio::task::yield_now().await;
    }
    // Whether the server waits already or is about to: in the end its time is over.
    let move_clock = async {
        while !poll.is_finished() {
            clock.advance(Duration::from_secs(20));
            tokio::task::yield_now().await;
        }
    };
    let ended = tokio::time::timeout(Duration::from_secs(10), move_clock).await;
    ended.expect("it waits on");
    assert_eq!(poll.await.unwrap().unwrap().messages(), []);
}

#[tokio::test]
async fn queues_are_found_listed_described_and_purged() {
    let world = World::new().await;
    let url = world
        .fifo(&[(QueueAttributeName::FifoThroughputLimit, "perQueue")])
        .await;
    let found = world
        .client
        .get_queue_url()
        .queue_name("q.fifo")
        .send()
        .await
        .unwrap();
    assert_eq!(found.queue_url(), Some(url.as_str()));
    let listed = world
        .client
        .list_queues()
        .queue_name_prefix("q")
        .send()
        .await
        .unwrap();
    assert_eq!(listed.queue_urls(), [url.as_str()]);
    let listed = world
        .client
        .list_queues()
        .queue_name_prefix("x")
        .send()
        .await
        .unwrap();
    assert!(listed.queue_urls().is_empty());
    world.send(&url, "g", "m").await;
    let request = world.client.get_queue_attributes().queue_url(&url);
    let described = request
        .attribute_names(QueueAttributeName::All)
        .send()
        .await
        .unwrap();
    let attributes = described.attributes().unwrap();
    assert_eq!(
        attributes[&QueueAttributeName::ApproximateNumberOfMessages],
        "1"
    );
    assert_eq!(attributes[&QueueAttributeName::QueueArn], arn("q.fifo"));
    assert_eq!(
        attributes[&QueueAttributeName::FifoThroughputLimit],
        "perQueue"
    );
    world
        .client
        .purge_queue()
        .queue_url(&url)
        .send()
        .await
        .unwrap();
    assert_eq!(world.receive(&url).await, []);
    let again = world
        .client
        .purge_queue()
        .queue_url(&url)
        .send()
        .await
        .unwrap_err();
    assert!(
        again
            .as_service_error()
            .unwrap()
            .is_purge_queue_in_progress()
    );
}

#[tokio::test]
async fn a_long_list_of_queues_comes_in_pages() {
    let world = World::new().await;
    for name in ["a", "b", "c"] {
        world.sqs.create_queue(name, BTreeMap::new()).unwrap();
    }
    let pages = world
        .client
        .list_queues()
        .max_results(2)
        .into_paginator()
        .items()
        .send();
    let urls = pages.collect::<Result<Vec<_>, _>>().await.unwrap();
    let names: Vec<_> = urls
        .iter()
        .filter_map(|url| url.rsplit('/').next())
        .collect();
    assert_eq!(names, ["a", "b", "c"]);
}

#[tokio::test]
async fn the_sdk_tells_the_errors_apart() {
    let world = World::new().await;
    let client = &world.client;
    let url = world
        .fifo(&[(QueueAttributeName::VisibilityTimeout, "1")])
        .await;

    let error = client
        .get_queue_url()
        .queue_name("none")
        .send()
        .await
        .unwrap_err();
    assert_eq!(code(&error), "AWS.SimpleQueueService.NonExistentQueue");
    assert!(error.into_service_error().is_queue_does_not_exist());

    let create = client.create_queue().queue_name("q.fifo");
    let error = create
        .attributes(QueueAttributeName::DelaySeconds, "1")
        .send()
        .await
        .unwrap_err();
    assert!(error.into_service_error().is_queue_name_exists());

    let send = client.send_message().queue_url(&url).message_group_id("g");
    let error = send.clone().message_body("m").send().await.unwrap_err();
    assert_eq!(code(&error), "InvalidParameterValue");

    let send = send.message_deduplication_id("d").message_body("\u{0}");
    let error = send.send().await.unwrap_err();
    assert!(error.into_service_error().is_invalid_message_contents());

    let batch = client
        .delete_message_batch()
        .queue_url(&url)
        .set_entries(Some(Vec::new()));
    let error = batch.send().await.unwrap_err();
    assert!(error.into_service_error().is_empty_batch_request());

    let entry = DeleteMessageBatchRequestEntry::builder()
        .id("same")
        .receipt_handle("h")
        .build()
        .unwrap();
    let batch = client.delete_message_batch().queue_url(&url);
    let error = batch
        .entries(entry.clone())
        .entries(entry)
        .send()
        .await
        .unwrap_err();
    assert!(error.into_service_error().is_batch_entry_ids_not_distinct());

    let delete = client
        .delete_message()
        .queue_url(&url)
        .receipt_handle("garbage");
    let error = delete.send().await.unwrap_err();
    assert!(error.into_service_error().is_receipt_handle_is_invalid());

    let receive = client
        .receive_message()
        .queue_url(&url)
        .max_number_of_messages(11);
    let error = receive.send().await.unwrap_err();
    assert_eq!(code(&error), "InvalidParameterValue");
    assert_eq!(
        error.message(),
        Some(
            "Value 11 for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided."
        )
    );
}

#[tokio::test]
async fn a_message_that_is_not_in_flight_is_distinguished_from_one_that_is_gone() {
    let clock = ManualClock::new(SystemTime::now());
    let world = World::with(Sqs::new(clock.clone())).await;
    let url = world
        .fifo(&[(QueueAttributeName::VisibilityTimeout, "1")])
        .await;
    world.send(&url, "g", "m").await;
    let (_, handle) = world.receive(&url).await.remove(0);
    clock.advance(Duration::from_secs(1));
    let change = world
        .client
        .change_message_visibility()
        .queue_url(&url)
        .visibility_timeout(5);
    let error = change.receipt_handle(&handle).send().await.unwrap_err();
    assert!(error.into_service_error().is_message_not_inflight());
}

#[tokio::test]
async fn an_action_the_server_does_not_do_is_an_error() {
    let world = World::new().await;
    let url = world.fifo(&[]).await;
    let error = world
        .client
        .list_queue_tags()
        .queue_url(&url)
        .send()
        .await
        .unwrap_err();
    assert_eq!(code(&error), "InvalidAction");
    assert_eq!(error.raw_response().unwrap().status().as_u16(), 400);
}

#[tokio::test]
async fn a_silent_server_takes_the_call_and_never_answers() {
    let world = World::new().await;
    let url = world.fifo(&[]).await;
    world.sqs.faults().never_answer();
    let limit = TimeoutConfig::builder().operation_timeout(Duration::from_millis(50));
    let config = aws_sdk_sqs::config::Builder::new().timeout_config(limit.build());
    let send = world
        .client
        .send_message()
        .queue_url(&url)
        .message_body("m")
        .message_group_id("g")
        .message_deduplication_id("d");
    let error = send
        .clone()
        .customize()
        .config_override(config)
        .send()
        .await
        .unwrap_err();
    assert!(matches!(error, SdkError::TimeoutError(_)));
    assert_eq!(world.sqs.calls("SendMessage"), 1);
    world.sqs.faults().clear();
    send.send().await.unwrap();
    assert_eq!(world.sqs.depth("q.fifo"), (1, 0));
}

#[tokio::test]
async fn a_slow_server_takes_its_time_for_each_call() {
    let world = World::new().await;
    let url = world.fifo(&[]).await;
    let delay = Duration::from_millis(10);
    world.sqs.faults().delay(delay);
    let began = Instant::now();
    world.send(&url, "g", "a").await;
    world.send(&url, "g", "b").await;
    assert!(began.elapsed() >= 2 * delay);
}
