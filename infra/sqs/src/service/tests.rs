use std::collections::BTreeMap;
use std::time::{Duration, UNIX_EPOCH};

use super::Sqs;
use crate::attributes::arn;
use crate::clock::ManualClock;
use crate::error::Error;
use crate::message::{NewMessage, ReceivedMessage};

const SECOND: Duration = Duration::from_secs(1);

fn attributes(given: &[(&str, &str)]) -> BTreeMap<String, String> {
    given
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

/// A server with one FIFO queue, and its clock.
fn world(given: &[(&str, &str)]) -> (Sqs, ManualClock) {
    let clock = ManualClock::new(UNIX_EPOCH + Duration::from_secs(1_800_000_000));
    let sqs = Sqs::new(clock.clone());
    let fifo = [("FifoQueue", "true")];
    let given = attributes(&[&fifo, given].concat());
    sqs.create_queue("q.fifo", given).unwrap();
    (sqs, clock)
}

fn message(body: &str) -> NewMessage {
    NewMessage::fifo(body, "g", body)
}

/// Starts a receive that waits up to 20 seconds, and returns when it does wait.
async fn waiting(sqs: &Sqs) -> tokio::task::JoinHandle<Vec<ReceivedMessage>> {
    let sqs = sqs.clone();
    let task = tokio::spawn(async move {
        let received = sqs.receive("q.fifo", 10, 20 * SECOND, None).await;
        received.unwrap()
    });
    // On this one thread the task runs until it waits.
    tokio::task::yield_now().await;
    assert!(!task.is_finished());
    task
}

/// What a waiting receive got, now that nothing keeps it waiting.
async fn got(receive: tokio::task::JoinHandle<Vec<ReceivedMessage>>) -> Vec<String> {
    let received = tokio::time::timeout(10 * SECOND, receive).await;
    let messages = received.expect("it waits on").unwrap();
    messages.into_iter().map(|message| message.body).collect()
}

fn bodies(messages: &[ReceivedMessage]) -> Vec<&str> {
    messages
        .iter()
        .map(|message| message.body.as_str())
        .collect()
}

#[tokio::test]
async fn a_receive_without_a_wait_ends_at_once() {
    let (sqs, _clock) = world(&[]);
    let received = sqs.receive("q.fifo", 10, Duration::ZERO, None).await;
    assert_eq!(received, Ok(Vec::new()));
}

#[tokio::test]
async fn a_waiting_receive_ends_when_a_message_arrives() {
    let (sqs, _clock) = world(&[]);
    let receive = waiting(&sqs).await;
    sqs.send("q.fifo", message("m")).unwrap();
    assert_eq!(got(receive).await, ["m"]);
}

#[tokio::test]
async fn a_waiting_receive_ends_when_a_message_becomes_visible_again() {
    let (sqs, clock) = world(&[("VisibilityTimeout", "5")]);
    sqs.send("q.fifo", message("m")).unwrap();
    sqs.receive("q.fifo", 1, Duration::ZERO, None)
        .await
        .unwrap();
    let receive = waiting(&sqs).await;
    clock.advance(4 * SECOND);
    tokio::task::yield_now().await;
    assert!(!receive.is_finished());
    clock.advance(SECOND);
    assert_eq!(got(receive).await, ["m"]);
}

#[tokio::test]
async fn a_waiting_receive_ends_when_a_delay_is_over() {
    let (sqs, clock) = world(&[("DelaySeconds", "3")]);
    sqs.send("q.fifo", message("m")).unwrap();
    let receive = waiting(&sqs).await;
    clock.advance(3 * SECOND);
    assert_eq!(got(receive).await, ["m"]);
}

#[tokio::test]
async fn a_waiting_receive_ends_when_its_group_is_freed() {
    let (sqs, _clock) = world(&[]);
    sqs.send("q.fifo", message("a")).unwrap();
    sqs.send("q.fifo", message("b")).unwrap();
    let first = sqs
        .receive("q.fifo", 1, Duration::ZERO, None)
        .await
        .unwrap();
    let receive = waiting(&sqs).await;
    sqs.delete("q.fifo", &first[0].receipt_handle).unwrap();
    assert_eq!(got(receive).await, ["b"]);
}

#[tokio::test]
async fn a_waiting_receive_ends_when_a_message_is_given_back() {
    let (sqs, _clock) = world(&[]);
    sqs.send("q.fifo", message("a")).unwrap();
    let first = sqs
        .receive("q.fifo", 1, Duration::ZERO, None)
        .await
        .unwrap();
    let receive = waiting(&sqs).await;
    let handle = &first[0].receipt_handle;
    sqs.change_visibility("q.fifo", handle, Duration::ZERO)
        .unwrap();
    assert_eq!(got(receive).await, ["a"]);
}

#[tokio::test]
async fn a_waiting_receive_hears_of_a_visibility_that_was_shortened() {
    let (sqs, clock) = world(&[]);
    sqs.send("q.fifo", message("a")).unwrap();
    let first = sqs
        .receive("q.fifo", 1, Duration::ZERO, None)
        .await
        .unwrap();
    let receive = waiting(&sqs).await;
    let handle = &first[0].receipt_handle;
    sqs.change_visibility("q.fifo", handle, 2 * SECOND).unwrap();
    tokio::task::yield_now().await;
    clock.advance(2 * SECOND);
    assert_eq!(got(receive).await, ["a"]);
}

#[tokio::test]
async fn a_waiting_receive_ends_empty_when_its_time_is_over() {
    let (sqs, clock) = world(&[]);
    let receive = waiting(&sqs).await;
    clock.advance(20 * SECOND);
    assert_eq!(got(receive).await, [""; 0]);
}

#[tokio::test]
async fn of_two_waiting_receives_one_gets_the_message() {
    let (sqs, clock) = world(&[]);
    let (one, other) = (waiting(&sqs).await, waiting(&sqs).await);
    sqs.send("q.fifo", message("m")).unwrap();
    tokio::task::yield_now().await;
    clock.advance(20 * SECOND);
    let count = got(one).await.len() + got(other).await.len();
    assert_eq!(count, 1);
}

#[tokio::test]
async fn a_receive_that_is_given_up_takes_no_message_with_it() {
    let (sqs, _clock) = world(&[]);
    let receive = waiting(&sqs).await;
    receive.abort();
    assert!(receive.await.unwrap_err().is_cancelled());
    sqs.send("q.fifo", message("m")).unwrap();
    assert_eq!(sqs.depth("q.fifo"), (1, 0));
}

#[tokio::test]
async fn a_poison_message_moves_to_the_dead_letter_queue_and_wakes_who_waits_there() {
    let (sqs, _clock) = world(&[]);
    let policy = format!(
        r#"{{"deadLetterTargetArn":"{}","maxReceiveCount":1}}"#,
        arn("q.fifo")
    );
    let given = attributes(&[("FifoQueue", "true"), ("RedrivePolicy", &policy)]);
    sqs.create_queue("source.fifo", given).unwrap();
    sqs.send("source.fifo", message("poison")).unwrap();
    let waits = waiting(&sqs).await;
    let receive = async || {
        let at_once = Some(Duration::ZERO);
        sqs.receive("source.fifo", 1, Duration::ZERO, at_once).await
    };
    assert_eq!(bodies(&receive().await.unwrap()), ["poison"]);
    assert_eq!(receive().await, Ok(Vec::new()));
    assert_eq!(got(waits).await, ["poison"]);
    assert_eq!(sqs.depth("source.fifo"), (0, 0));
}

#[test]
fn a_queue_is_found_by_its_name_or_by_any_url_that_ends_with_it() {
    let (sqs, _clock) = world(&[]);
    sqs.set_address(([127, 0, 0, 1], 9003).into());
    let url = "http://127.0.0.1:9003/000000000000/q.fifo";
    assert_eq!(sqs.queue_url("q.fifo").as_deref(), Ok(url));
    for queue in [
        url,
        "q.fifo",
        "https://sqs.ap-northeast-1.amazonaws.com/123456789012/q.fifo",
    ] {
        assert!(sqs.send(queue, message("m")).is_ok(), "{queue}");
    }
    for queue in ["q", "", "http://127.0.0.1:9003/000000000000/"] {
        let refused = sqs.send(queue, message("m"));
        assert_eq!(refused.unwrap_err(), Error::QueueDoesNotExist, "{queue:?}");
    }
}

#[test]
fn a_queue_can_be_created_again_only_as_it_is() {
    let (sqs, _clock) = world(&[("DelaySeconds", "1")]);
    let again = |given: &[(&str, &str)]| sqs.create_queue("q.fifo", attributes(given));
    assert!(again(&[]).is_ok());
    assert!(again(&[("FifoQueue", "true"), ("DelaySeconds", "1")]).is_ok());
    let refused = Error::QueueNameExists("DelaySeconds".to_owned());
    assert_eq!(again(&[("DelaySeconds", "2")]), Err(refused));
    assert_eq!(sqs.queues(), ["q.fifo"]);
}

#[test]
fn a_dead_letter_queue_exists_and_is_of_the_same_type() {
    let (sqs, _clock) = world(&[]);
    let policy = |name: &str| {
        format!(
            r#"{{"deadLetterTargetArn":"{}","maxReceiveCount":1}}"#,
            arn(name)
        )
    };
    for (name, target) in [("r", "q.fifo"), ("r", "nowhere")] {
        let refused = sqs.create_queue(name, attributes(&[("RedrivePolicy", &policy(target))]));
        assert_eq!(refused.unwrap_err().code(), "InvalidParameterValue");
    }
}

#[test]
fn one_bad_message_of_a_batch_harms_no_other() {
    let (sqs, _clock) = world(&[]);
    let batch = vec![message("a"), message("\u{1}"), message("b")];
    let sent = sqs.send_batch("q.fifo", batch).unwrap();
    assert!(sent[0].is_ok() && sent[2].is_ok());
    assert_eq!(sent[1], Err(Error::InvalidMessageContents(1)));
    assert_eq!(sqs.depth("q.fifo"), (2, 0));
}

#[test]
fn a_batch_over_one_mebibyte_is_refused_whole() {
    let (sqs, _clock) = world(&[]);
    let half = |letter: &str| NewMessage::fifo(letter.repeat(524_288), "g", letter);
    assert!(sqs.send_batch("q.fifo", vec![half("a"), half("b")]).is_ok());
    let batch = vec![half("c"), half("d"), message("e")];
    let refused = Error::BatchRequestTooLong(1_048_576, 1_048_577);
    assert_eq!(sqs.send_batch("q.fifo", batch), Err(refused));
    assert_eq!(sqs.depth("q.fifo"), (2, 0));
}

#[tokio::test]
async fn a_batch_of_deletions_tells_of_each() {
    let (sqs, _clock) = world(&[]);
    sqs.send("q.fifo", message("a")).unwrap();
    let received = sqs
        .receive("q.fifo", 1, Duration::ZERO, None)
        .await
        .unwrap();
    let handles = ["garbage".to_owned(), received[0].receipt_handle.clone()];
    let deleted = sqs.delete_batch("q.fifo", &handles).unwrap();
    let invalid = Error::ReceiptHandleIsInvalid("garbage".to_owned());
    assert_eq!(deleted, [Err(invalid), Ok(())]);
    assert_eq!(sqs.depth("q.fifo"), (0, 0));
}

#[tokio::test]
async fn what_a_dead_letter_queue_has_goes_back_where_it_came_from_in_each_groups_order() {
    let (sqs, _clock) = world(&[]);
    let redrive = format!(
        r#"{{"deadLetterTargetArn":"{}","maxReceiveCount":1}}"#,
        arn("q.fifo")
    );
    let given = attributes(&[("FifoQueue", "true"), ("RedrivePolicy", &redrive)]);
    sqs.create_queue("events.fifo", given).unwrap();
    for body in ["1", "2"] {
        sqs.send("events.fifo", message(body)).unwrap();
    }
    let now = Some(Duration::ZERO);
    for _ in 0..2 {
        let receive = sqs.receive("events.fifo", 10, Duration::ZERO, now);
        receive.await.unwrap();
    }
    assert_eq!(sqs.depth("q.fifo"), (2, 0));
    let error = sqs.move_messages(&arn("events.fifo"), None).unwrap_err();
    assert!(error.to_string().contains("Dead Letter Queue"), "{error}");
    sqs.move_messages(&arn("q.fifo"), None).unwrap();
    assert_eq!(sqs.depth("q.fifo"), (0, 0));
    let receive = sqs.receive("events.fifo", 10, Duration::ZERO, None);
    let received = receive.await.unwrap();
    assert_eq!(bodies(&received), ["1", "2"]);
    let count = &received[0].system_attributes["ApproximateReceiveCount"];
    assert_eq!(count, "1", "they are as newly sent");
}
