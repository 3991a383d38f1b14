//! A queue, a function, and what becomes of the messages.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::SystemTime;

use aws_lambda_events::sqs::SqsEvent;
use lambda_runtime::LambdaEvent;
use serde_json::{Value, json};
use tokio::sync::{mpsc, oneshot};

use super::*;
use sqs::{ManualClock, MessageAttribute, NewMessage};

const QUEUE: &str = "q.fifo";
const LONG: Duration = Duration::from_secs(60);
const VISIBILITY: Duration = Duration::from_secs(20);

struct World {
    clock: ManualClock,
    sqs: Sqs,
}

impl World {
    fn new() -> Self {
        let clock = ManualClock::new(SystemTime::UNIX_EPOCH + LONG);
        let sqs = Sqs::new(clock.clone());
        let attributes = BTreeMap::from([
            ("FifoQueue".to_owned(), "true".to_owned()),
            ("VisibilityTimeout".to_owned(), "20".to_owned()),
        ]);
        sqs.create_queue(QUEUE, attributes).unwrap();
        Self { clock, sqs }
    }

    /// Sends a message whose body and group are the same.
    fn send(&self, text: &str) {
        let message = NewMessage::fifo(text, text, text);
        self.sqs.send(QUEUE, message).unwrap();
    }

    fn mapping(&self, function: Function) -> EventSourceMapping {
        let source = EventSource {
            queue: QUEUE.to_owned(),
            batch_size: 10,
            maximum_concurrency: Some(2),
            report_batch_item_failures: true,
        };
        EventSourceMapping::new(self.sqs.clone(), source, function)
    }

    /// The bodies that a mapping to a function with this answer hands over, at once.
    async fn handed_over(&self, answer: fn(&Value) -> Value) -> Vec<String> {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let records = Arc::clone(&seen);
        let function = Function::in_process("F", LONG, move |event| {
            let mut seen = records.lock().unwrap();
            seen.extend(bodies(&event.payload));
            std::future::ready(Ok(answer(&event.payload)))
        });
        self.mapping(function)
            .run_once(Duration::ZERO)
            .await
            .unwrap();
        let seen = seen.lock().unwrap();
        seen.clone()
    }
}

fn bodies(event: &Value) -> Vec<String> {
    let records = event["Records"].as_array().unwrap();
    let bodies = records.iter().map(|record| record["body"].as_str());
    bodies.map(|body| body.unwrap().to_owned()).collect()
}

#[tokio::test]
async fn what_is_done_is_deleted() {
    let world = World::new();
    world.send("a");
    world.send("b");
    assert_eq!(world.handed_over(|_| json!({})).await, ["a", "b"]);
    assert_eq!(world.sqs.depth(QUEUE), (0, 0));
}

#[tokio::test]
async fn what_failed_comes_back_when_its_visibility_ends() {
    let world = World::new();
    world.send("a");
    world.send("b");
    let second = |event: &Value| {
        let id = &event["Records"][1]["messageId"];
        json!({"batchItemFailures": [{"itemIdentifier": id}]})
    };
    assert_eq!(world.handed_over(second).await, ["a", "b"]);
    assert_eq!(world.handed_over(|_| json!({})).await, [""; 0]);
    world.clock.advance(VISIBILITY);
    assert_eq!(world.handed_over(|_| json!({})).await, ["b"]);
}

#[tokio::test]
async fn after_a_malformed_answer_the_whole_batch_comes_back() {
    let world = World::new();
    world.send("a");
    world.send("b");
    let unknown = |_: &Value| json!({"batchItemFailures": [{"itemIdentifier": "other"}]});
    assert_eq!(world.handed_over(unknown).await, ["a", "b"]);
    assert_eq!(world.sqs.depth(QUEUE), (0, 2));
    world.clock.advance(VISIBILITY);
    assert_eq!(world.handed_over(|_| json!({})).await, ["a", "b"]);
}

#[tokio::test]
async fn after_a_function_error_the_whole_batch_comes_back() {
    let world = World::new();
    world.send("a");
    let function = Function::in_process("F", LONG, |_| async { Err("no".into()) });
    let received = world.mapping(function).run_once(Duration::ZERO).await;
    assert_eq!(received.unwrap(), 1);
    world.clock.advance(VISIBILITY);
    assert_eq!(world.handed_over(|_| json!({})).await, ["a"]);
}

#[tokio::test]
async fn without_the_switch_an_answer_is_not_read() {
    let world = World::new();
    world.send("a");
    let function = Function::in_process("F", LONG, |_| async {
        Ok(json!({"batchItemFailures": "nonsense"}))
    });
    let source = EventSource {
        queue: QUEUE.to_owned(),
        batch_size: 10,
        maximum_concurrency: None,
        report_batch_item_failures: false,
    };
    let mapping = EventSourceMapping::new(world.sqs.clone(), source, function);
    mapping.run_once(Duration::ZERO).await.unwrap();
    assert_eq!(world.sqs.depth(QUEUE), (0, 0));
}

#[tokio::test]
async fn a_batch_has_ten_messages_at_most() {
    let world = World::new();
    for number in 0..11 {
        world.send(&number.to_string());
    }
    assert_eq!(world.handed_over(|_| json!({})).await.len(), 10);
    assert_eq!(world.handed_over(|_| json!({})).await, ["10"]);
}

#[tokio::test]
async fn a_record_has_all_that_lambda_gives() {
    let world = World::new();
    let mut message = NewMessage::fifo("hello", "group", "once");
    let attribute = MessageAttribute::text("v");
    message.attributes.insert("k".to_owned(), attribute);
    world.sqs.send(QUEUE, message).unwrap();
    let (sender, mut events) = mpsc::unbounded_channel();
    let function = Function::in_process("F", LONG, move |event| {
        std::future::ready(
            sender
                .send(event.payload)
                .map(|()| Value::Null)
                .map_err(Into::into),
        )
    });
    world
        .mapping(function)
        .run_once(Duration::ZERO)
        .await
        .unwrap();
    let record = events.recv().await.unwrap()["Records"][0].clone();
    assert_eq!(record["body"], "hello");
    assert_eq!(record["md5OfBody"], "5d41402abc4b2a76b9719d911017c592");
    assert_eq!(record["eventSource"], "aws:sqs");
    assert_eq!(
        record["eventSourceARN"],
        "arn:aws:sqs:us-east-1:000000000000:q.fifo"
    );
    assert_eq!(record["awsRegion"], "us-east-1");
    assert_eq!(record["messageAttributes"]["k"]["stringValue"], "v");
    assert_eq!(record["messageAttributes"]["k"]["dataType"], "String");
    assert!(record["messageId"].is_string());
    assert!(record["receiptHandle"].is_string());
    let attributes = &record["attributes"];
    assert_eq!(attributes["MessageGroupId"], "group");
    assert_eq!(attributes["MessageDeduplicationId"], "once");
    assert_eq!(attributes["ApproximateReceiveCount"], "1");
    assert_eq!(attributes["SentTimestamp"], "60000");
    assert_eq!(attributes["ApproximateFirstReceiveTimestamp"], "60000");
    assert!(attributes["SequenceNumber"].is_string());
    assert!(attributes["SenderId"].is_string());
}

#[tokio::test]
async fn the_events_of_the_lambda_crates_fit() {
    let world = World::new();
    world.send("a");
    let function = Function::typed("F", LONG, |event: LambdaEvent<SqsEvent>| async move {
        let records = event.payload.records.into_iter();
        let failures: Vec<_> = records
            .map(|record| json!({"itemIdentifier": record.message_id}))
            .collect();
        Ok::<_, lambda_runtime::Error>(json!({"batchItemFailures": failures}))
    });
    world
        .mapping(function)
        .run_once(Duration::ZERO)
        .await
        .unwrap();
    assert_eq!(world.sqs.depth(QUEUE), (0, 1));
}

/// A function whose calls begin and end as the test says.
struct Held {
    begun: mpsc::UnboundedReceiver<(Vec<String>, oneshot::Sender<()>)>,
}

impl Held {
    fn new() -> (Self, Function) {
        let (sender, begun) = mpsc::unbounded_channel();
        let function = Function::in_process("F", LONG, move |event| {
            let (end, ended) = oneshot::channel();
            let sent = sender.send((bodies(&event.payload), end));
            async move {
                sent.map_err(|_| "the test is over")?;
                ended.await?;
                Ok(json!({}))
            }
        });
        (Self { begun }, function)
    }

    async fn next(&mut self) -> (Vec<String>, oneshot::Sender<()>) {
        self.begun.recv().await.unwrap()
    }
}

#[tokio::test]
async fn no_more_batches_run_at_once_than_the_limit() {
    let world = World::new();
    let (mut held, function) = Held::new();
    let (stop, stopped) = oneshot::channel::<()>();
    let mapping = world.mapping(function);
    let running = tokio::spawn(mapping.run(async { stopped.await.unwrap() }));
    world.send("a");
    let (first, _end_first) = held.next().await;
    world.send("b");
    let (second, end_second) = held.next().await;
    assert_eq!(
        (first, second),
        (vec!["a".to_owned()], vec!["b".to_owned()])
    );

    world.send("c");
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert!(held.begun.try_recv().is_err(), "a third at once");
    end_second.send(()).unwrap();
    let (third, _end_third) = held.next().await;
    assert_eq!(third, ["c"]);
    running.abort();
    drop(stop);
}

#[tokio::test]
async fn at_shutdown_the_batches_under_way_are_finished() {
    let world = World::new();
    let (mut held, function) = Held::new();
    let (stop, stopped) = oneshot::channel::<()>();
    let mapping = world.mapping(function);
    let running = tokio::spawn(mapping.run(async { stopped.await.unwrap() }));
    world.send("a");
    let (_, end) = held.next().await;
    stop.send(()).unwrap();
    end.send(()).unwrap();
    running.await.unwrap();
    assert_eq!(world.sqs.depth(QUEUE), (0, 0));
}

#[tokio::test]
async fn a_mapping_that_is_aborted_loses_nothing() {
    let world = World::new();
    let (mut held, function) = Held::new();
    let running = tokio::spawn(world.mapping(function).run(std::future::pending()));
    world.send("a");
    let (_, end) = held.next().await;
    running.abort();
    assert!(running.await.unwrap_err().is_cancelled());
    // The function itself goes on; only its answer is no longer read.
    end.send(()).unwrap();
    world.clock.advance(VISIBILITY);
    assert_eq!(world.handed_over(|_| json!({})).await, ["a"]);
}
