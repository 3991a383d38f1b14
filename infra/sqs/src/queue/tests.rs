use std::collections::BTreeMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::{collection, prop_assert, prop_assert_eq, proptest};

use super::{Depth, Queue};
use crate::attributes::{Attributes, arn};
use crate::error::Error;
use crate::message::{MessageAttribute, NewMessage, ReceivedMessage, Sent};

/// A queue and a clock that is moved by hand.
struct World {
    queue: Queue,
    now: SystemTime,
}

impl World {
    fn new(name: &str, attributes: &[(&str, &str)]) -> Self {
        let now = UNIX_EPOCH + Duration::from_secs(1_800_000_000);
        let given: BTreeMap<String, String> = attributes
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let attributes = Attributes::parse(name, given).unwrap();
        Self {
            queue: Queue::new(name, attributes, now),
            now,
        }
    }

    fn fifo(attributes: &[(&str, &str)]) -> Self {
        let fifo = [("FifoQueue", "true")];
        Self::new("q.fifo", &[&fifo, attributes].concat())
    }

    fn standard() -> Self {
        Self::new("q", &[])
    }

    fn wait(&mut self, seconds: u64) {
        self.now += Duration::from_secs(seconds);
    }

    fn try_send(&mut self, message: NewMessage) -> Result<Sent, Error> {
        self.queue.send(message, self.now)
    }

    /// Sends a message whose deduplication id is its body.
    fn send(&mut self, group: &str, body: &str) -> Sent {
        self.try_send(NewMessage::fifo(body, group, body)).unwrap()
    }

    fn send_plain(&mut self, body: &str) -> Sent {
        self.try_send(plain(body)).unwrap()
    }

    fn receive(&mut self, max: usize) -> Vec<ReceivedMessage> {
        self.queue.receive(max, None, self.now).unwrap().messages
    }

    fn receive_for(&mut self, max: usize, seconds: u64) -> Vec<ReceivedMessage> {
        let visibility = Some(Duration::from_secs(seconds));
        let received = self.queue.receive(max, visibility, self.now);
        received.unwrap().messages
    }

    fn bodies(&mut self, max: usize) -> Vec<String> {
        let received = self.receive(max);
        received.into_iter().map(|message| message.body).collect()
    }

    fn delete(&mut self, message: &ReceivedMessage) -> Result<(), Error> {
        self.queue.delete(&message.receipt_handle, self.now)
    }

    fn change(&mut self, message: &ReceivedMessage, seconds: u64) -> Result<(), Error> {
        let timeout = Duration::from_secs(seconds);
        let handle = &message.receipt_handle;
        self.queue.change_visibility(handle, timeout, self.now)
    }

    fn depth(&mut self) -> (usize, usize, usize) {
        let Depth {
            visible,
            in_flight,
            delayed,
        } = self.queue.depth(self.now);
        (visible, in_flight, delayed)
    }
}

fn plain(body: &str) -> NewMessage {
    NewMessage {
        body: body.to_owned(),
        ..NewMessage::default()
    }
}

fn attribute<'a>(message: &'a ReceivedMessage, name: &str) -> Option<&'a str> {
    message.system_attributes.get(name).map(String::as_str)
}

#[test]
fn a_message_is_received_as_it_was_sent() {
    let mut world = World::standard();
    let sent = world
        .try_send(NewMessage {
            attributes: [("a".to_owned(), MessageAttribute::text("x"))].into(),
            trace_header: Some(MessageAttribute::text("Root=1")),
            ..plain("hello")
        })
        .unwrap();
    let received = &world.receive(1)[0];
    assert_eq!(received.body, "hello");
    assert_eq!(received.message_id, sent.message_id);
    assert_eq!(received.body_md5, "5d41402abc4b2a76b9719d911017c592");
    assert_eq!(received.body_md5, sent.body_md5);
    assert_eq!(received.attributes["a"], MessageAttribute::text("x"));
    assert_eq!(attribute(received, "AWSTraceHeader"), Some("Root=1"));
    assert_eq!(sent.sequence_number, None);
    assert!(sent.attributes_md5.is_some() && sent.system_attributes_md5.is_some());
}

#[test]
fn a_received_message_tells_what_sqs_knows_of_it() {
    let mut world = World::fifo(&[("VisibilityTimeout", "10")]);
    let sent = world.send("g", "m");
    world.wait(1);
    world.receive(1);
    world.wait(10);
    let received = &world.receive(1)[0];
    assert_eq!(attribute(received, "SenderId"), Some("000000000000"));
    assert_eq!(attribute(received, "SentTimestamp"), Some("1800000000000"));
    assert_eq!(
        attribute(received, "ApproximateFirstReceiveTimestamp"),
        Some("1800000001000")
    );
    assert_eq!(attribute(received, "ApproximateReceiveCount"), Some("2"));
    assert_eq!(attribute(received, "MessageGroupId"), Some("g"));
    assert_eq!(attribute(received, "MessageDeduplicationId"), Some("m"));
    let number = sent.sequence_number.unwrap();
    assert_eq!(attribute(received, "SequenceNumber"), Some(number.as_str()));
    assert_eq!(attribute(received, "DeadLetterQueueSourceArn"), None);
}

#[test]
fn sequence_numbers_have_20_digits_and_grow() {
    let mut world = World::fifo(&[]);
    let first = world.send("a", "1").sequence_number.unwrap();
    let second = world.send("b", "2").sequence_number.unwrap();
    assert_eq!(first.len(), 20);
    assert!(first < second);
    assert!(first.parse::<u128>().is_ok());
}

#[test]
fn messages_of_a_group_come_together_and_in_order_then_those_of_the_next() {
    let mut world = World::fifo(&[]);
    for (group, body) in [("1", "1a"), ("2", "2a"), ("1", "1b"), ("1", "1c")] {
        world.send(group, body);
    }
    assert_eq!(world.bodies(10), ["1a", "1b", "1c", "2a"]);
}

#[test]
fn a_receive_gives_no_more_than_asked_for() {
    let mut world = World::fifo(&[]);
    for body in ["a", "b", "c"] {
        world.send("g", body);
    }
    assert_eq!(world.bodies(2), ["a", "b"]);
}

#[test]
fn nothing_of_a_group_comes_while_an_earlier_message_is_in_flight() {
    let mut world = World::fifo(&[]);
    world.send("1", "1a");
    world.send("1", "1b");
    world.send("2", "2a");
    let first = world.receive(1).remove(0);
    assert_eq!(first.body, "1a");
    assert_eq!(world.bodies(10), ["2a"]);
    world.send("1", "1c");
    assert_eq!(world.bodies(10), [""; 0]);
    world.delete(&first).unwrap();
    assert_eq!(world.bodies(10), ["1b", "1c"]);
}

#[test]
fn a_group_stays_locked_until_the_last_message_given_is_deleted() {
    let mut world = World::fifo(&[]);
    for body in ["a", "b", "c"] {
        world.send("g", body);
    }
    let given = world.receive(2);
    world.delete(&given[0]).unwrap();
    assert_eq!(world.bodies(10), [""; 0]);
    world.delete(&given[1]).unwrap();
    assert_eq!(world.bodies(10), ["c"]);
}

#[test]
fn a_message_that_is_given_back_waits_until_the_later_ones_in_flight_are_done_or_given_back() {
    let mut world = World::fifo(&[]);
    for body in ["a", "b", "c"] {
        world.send("g", body);
    }
    let given = world.receive(2);
    world.change(&given[0], 0).unwrap();
    assert_eq!(world.bodies(10), [""; 0]);
    world.change(&given[1], 0).unwrap();
    assert_eq!(world.bodies(10), ["a", "b", "c"]);
}

#[test]
fn one_message_that_stays_out_longer_locks_the_whole_group() {
    for longer in 0..3 {
        let mut world = World::fifo(&[("VisibilityTimeout", "1")]);
        for body in ["a", "b", "c"] {
            world.send("g", body);
        }
        let given = world.receive(10);
        world.change(&given[longer], 4).unwrap();
        world.wait(2);
        assert_eq!(world.bodies(10), [""; 0], "message {longer} stays out");
        world.wait(2);
        assert_eq!(world.bodies(10), ["a", "b", "c"]);
    }
}

#[test]
fn a_group_that_was_served_waits_until_the_others_had_their_turn() {
    let mut world = World::fifo(&[("VisibilityTimeout", "0")]);
    for (group, body) in [
        ("1", "1a"),
        ("2", "2a"),
        ("2", "2b"),
        ("3", "3a"),
        ("1", "1b"),
    ] {
        world.send(group, body);
    }
    assert_eq!(world.bodies(3), ["1a", "1b", "2a"]);
    assert_eq!(world.bodies(10), ["3a", "1a", "1b", "2a", "2b"]);
}

#[test]
fn a_duplicate_is_answered_like_the_first_and_dropped() {
    let mut world = World::fifo(&[]);
    let first = world.try_send(NewMessage::fifo("one", "g", "id")).unwrap();
    let second = world.try_send(NewMessage::fifo("two", "h", "id")).unwrap();
    assert_eq!(second.message_id, first.message_id);
    assert_eq!(second.sequence_number, first.sequence_number);
    assert_ne!(
        second.body_md5, first.body_md5,
        "the MD5 is of what was sent"
    );
    assert_eq!(world.bodies(10), ["one"]);
}

#[test]
fn a_duplicate_is_known_for_five_minutes_even_after_deletion() {
    let mut world = World::fifo(&[]);
    let first = world.send("g", "m");
    let received = world.receive(1).remove(0);
    world.delete(&received).unwrap();
    world.wait(299);
    assert_eq!(world.send("g", "m"), first);
    assert_eq!(world.depth(), (0, 0, 0));
    // The duplicate did not restart the five minutes.
    world.wait(1);
    let again = world.send("g", "m");
    assert_ne!(again.message_id, first.message_id);
    assert_eq!(world.bodies(10), ["m"]);
}

#[test]
fn deduplication_by_group_takes_the_same_id_in_another_group() {
    let mut world = World::fifo(&[("DeduplicationScope", "messageGroup")]);
    world.try_send(NewMessage::fifo("one", "g", "id")).unwrap();
    world.try_send(NewMessage::fifo("two", "h", "id")).unwrap();
    world
        .try_send(NewMessage::fifo("three", "h", "id"))
        .unwrap();
    assert_eq!(world.bodies(10), ["one", "two"]);
}

#[test]
fn deduplication_by_content_uses_the_body_unless_an_id_is_given() {
    let mut world = World::fifo(&[("ContentBasedDeduplication", "true")]);
    let without_id = |body: &str| NewMessage {
        deduplication: None,
        ..NewMessage::fifo(body, "g", "")
    };
    let first = world.try_send(without_id("same")).unwrap();
    assert_eq!(world.try_send(without_id("same")).unwrap(), first);
    world.try_send(without_id("other")).unwrap();
    world.try_send(NewMessage::fifo("same", "g", "id")).unwrap();
    let received = world.receive(10);
    let bodies: Vec<_> = received
        .iter()
        .map(|message| message.body.as_str())
        .collect();
    assert_eq!(bodies, ["same", "other", "same"]);
    let id = attribute(&received[0], "MessageDeduplicationId").unwrap();
    assert_eq!(id.len(), 64);
}

#[test]
fn a_fifo_message_needs_a_group_and_a_deduplication_id() {
    let mut world = World::fifo(&[]);
    let group = world.try_send(plain("m")).unwrap_err();
    assert_eq!(group, Error::MissingParameter("MessageGroupId"));
    let id = NewMessage {
        group: Some("g".to_owned()),
        ..plain("m")
    };
    assert_eq!(
        world.try_send(id.clone()).unwrap_err().code(),
        "InvalidParameterValue"
    );
    let good = NewMessage::fifo("m", "g", "id");
    for bad in [plain("m"), id] {
        let batch = [good.clone(), bad];
        let error = world.queue.check_batch(&batch).unwrap_err();
        assert_eq!(error.code(), "InvalidParameterValue");
    }
    assert_eq!(world.queue.check_batch(&[good]), Ok(()));
}

#[test]
fn odd_group_and_deduplication_ids_are_refused() {
    let mut world = World::fifo(&[]);
    for odd in ["", "a b", &"x".repeat(129)] {
        for message in [
            NewMessage::fifo("m", odd, "id"),
            NewMessage::fifo("m", "g", odd),
        ] {
            let error = world.try_send(message).unwrap_err();
            assert_eq!(error.code(), "InvalidParameterValue", "{odd:?}");
        }
    }
}

#[test]
fn a_standard_queue_takes_a_group_but_no_deduplication_id() {
    let mut world = World::standard();
    let fair = NewMessage {
        group: Some("g".to_owned()),
        ..plain("m")
    };
    world.try_send(fair.clone()).unwrap();
    world.try_send(fair).unwrap();
    let received = world.receive(10);
    assert_eq!(received.len(), 2);
    assert_eq!(attribute(&received[0], "MessageGroupId"), Some("g"));
    assert_eq!(attribute(&received[0], "SequenceNumber"), None);
    let error = world
        .try_send(NewMessage::fifo("m", "g", "id"))
        .unwrap_err();
    assert_eq!(error.code(), "InvalidParameterValue");
}

#[test]
fn a_message_comes_again_when_its_visibility_time_out_is_over() {
    let mut world = World::new("q", &[("VisibilityTimeout", "10")]);
    world.send_plain("m");
    let first = world.receive(1).remove(0);
    world.wait(9);
    assert_eq!(world.receive(1), []);
    assert_eq!(world.depth(), (0, 1, 0));
    world.wait(1);
    assert_eq!(world.depth(), (1, 0, 0));
    let second = world.receive(1).remove(0);
    assert_eq!(second.message_id, first.message_id);
    assert_ne!(second.receipt_handle, first.receipt_handle);
}

#[test]
fn a_receive_can_say_its_own_time_out() {
    let mut world = World::standard();
    world.send_plain("m");
    assert_eq!(world.receive_for(1, 2).len(), 1);
    world.wait(2);
    assert_eq!(world.receive_for(1, 0).len(), 1);
    assert_eq!(world.receive_for(1, 0).len(), 1);
}

#[test]
fn a_changed_visibility_counts_from_the_change() {
    let mut world = World::fifo(&[("VisibilityTimeout", "10")]);
    world.send("g", "m");
    let received = world.receive(1).remove(0);
    world.wait(5);
    world.change(&received, 20).unwrap();
    world.wait(19);
    assert_eq!(world.receive(1), []);
    world.wait(1);
    assert_eq!(world.receive(1).len(), 1);
}

#[test]
fn a_message_can_stay_invisible_for_twelve_hours_from_its_receive() {
    let mut world = World::fifo(&[]);
    world.send("g", "m");
    let received = world.receive(1).remove(0);
    world.change(&received, 43_200).unwrap();
    world.wait(10);
    let error = world.change(&received, 43_191).unwrap_err();
    assert_eq!(error.code(), "InvalidParameterValue");
    world.change(&received, 43_190).unwrap();
}

#[test]
fn the_visibility_of_a_message_that_is_visible_again_cannot_be_changed() {
    let mut fifo = World::fifo(&[("VisibilityTimeout", "1")]);
    fifo.send("g", "m");
    let received = fifo.receive(1).remove(0);
    fifo.wait(1);
    assert_eq!(fifo.change(&received, 5), Err(Error::MessageNotInflight));
    let mut standard = World::new("q", &[("VisibilityTimeout", "1")]);
    standard.send_plain("m");
    let received = standard.receive(1).remove(0);
    standard.wait(1);
    assert_eq!(standard.change(&received, 5), Ok(()));
    assert_eq!(standard.receive(1).len(), 1, "it had no effect");
}

#[test]
fn an_older_or_used_handle_cannot_change_visibility() {
    let mut world = World::fifo(&[("VisibilityTimeout", "1")]);
    world.send("g", "m");
    let older = world.receive(1).remove(0);
    world.wait(1);
    let newer = world.receive(1).remove(0);
    assert_eq!(
        world.change(&older, 5),
        Err(Error::not_changeable(&older.receipt_handle))
    );
    world.delete(&newer).unwrap();
    assert_eq!(
        world.change(&newer, 5),
        Err(Error::not_changeable(&newer.receipt_handle))
    );
}

#[test]
fn a_fifo_message_cannot_be_deleted_with_an_expired_handle() {
    let mut world = World::fifo(&[("VisibilityTimeout", "1")]);
    world.send("g", "m");
    let first = world.receive(1).remove(0);
    world.wait(1);
    let expired = Error::ReceiptHandleExpired(first.receipt_handle.clone());
    assert_eq!(
        world.delete(&first),
        Err(expired.clone()),
        "not received again"
    );
    let second = world.receive(1).remove(0);
    assert_eq!(world.delete(&first), Err(expired), "received again");
    assert_eq!(world.delete(&second), Ok(()));
    assert_eq!(world.delete(&first), Ok(()), "gone already");
    assert_eq!(world.delete(&second), Ok(()), "gone already");
}

#[test]
fn a_standard_message_can_be_deleted_late_but_not_with_an_older_handle() {
    let mut world = World::new("q", &[("VisibilityTimeout", "1")]);
    world.send_plain("m");
    let first = world.receive(1).remove(0);
    world.wait(1);
    let second = world.receive(1).remove(0);
    assert_eq!(world.delete(&first), Ok(()));
    assert_eq!(world.depth(), (0, 1, 0), "it had no effect");
    world.wait(1);
    assert_eq!(world.delete(&second), Ok(()));
    assert_eq!(world.depth(), (0, 0, 0));
}

#[test]
fn a_handle_of_another_queue_or_of_nobody_is_invalid() {
    let mut other = World::new("other", &[]);
    other.send_plain("m");
    let foreign = other.receive(1).remove(0).receipt_handle;
    let mut world = World::standard();
    for handle in ["garbage", "", &foreign] {
        let invalid = Error::ReceiptHandleIsInvalid(handle.to_owned());
        let deleted = world.queue.delete(handle, world.now);
        assert_eq!(deleted, Err(invalid.clone()));
        let changed = world
            .queue
            .change_visibility(handle, Duration::ZERO, world.now);
        assert_eq!(changed, Err(invalid));
    }
}

#[test]
fn a_delayed_message_cannot_be_received_before_its_time() {
    let mut world = World::standard();
    world
        .try_send(NewMessage {
            delay_seconds: Some(5),
            ..plain("m")
        })
        .unwrap();
    assert_eq!(world.depth(), (0, 0, 1));
    assert_eq!(
        world.queue.next_visible(world.now),
        Some(world.now + Duration::from_secs(5))
    );
    world.wait(4);
    assert_eq!(world.receive(1), []);
    world.wait(1);
    assert_eq!(world.receive(1).len(), 1);
    let too_long = NewMessage {
        delay_seconds: Some(901),
        ..plain("m")
    };
    assert_eq!(
        world.try_send(too_long).unwrap_err().code(),
        "InvalidParameterValue"
    );
}

#[test]
fn a_fifo_queue_has_one_delay_for_all_messages() {
    let mut world = World::fifo(&[("DelaySeconds", "2")]);
    let with_delay = |delay_seconds| NewMessage {
        delay_seconds: Some(delay_seconds),
        ..NewMessage::fifo("m", "g", "id")
    };
    let error = world.try_send(with_delay(2)).unwrap_err();
    assert_eq!(error.code(), "InvalidParameterValue");
    world.try_send(with_delay(0)).unwrap();
    world.wait(1);
    assert_eq!(world.receive(1), []);
    world.wait(1);
    assert_eq!(world.receive(1).len(), 1);
}

#[test]
fn a_message_is_dropped_when_its_retention_period_is_over() {
    let mut world = World::fifo(&[("MessageRetentionPeriod", "60")]);
    world.send("g", "a");
    let in_flight = world.receive_for(1, 3600).remove(0);
    world.wait(30);
    world.send("g", "b");
    world.wait(30);
    assert_eq!(world.depth(), (1, 0, 0));
    assert_eq!(world.bodies(10), ["b"]);
    assert_eq!(world.delete(&in_flight), Ok(()));
    world.wait(30);
    assert_eq!(world.depth(), (0, 0, 0));
}

#[test]
fn a_message_over_the_size_limit_is_refused() {
    let mut world = World::new("q", &[("MaximumMessageSize", "1024")]);
    world.send_plain(&"a".repeat(1024));
    let error = world.try_send(plain(&"a".repeat(1025))).unwrap_err();
    assert_eq!(error, Error::MessageTooLong(1024));
    let mut world = World::standard();
    world.send_plain(&"a".repeat(1_048_576));
    let error = world.try_send(plain(&"a".repeat(1_048_577))).unwrap_err();
    assert_eq!(error, Error::MessageTooLong(1_048_576));
}

#[test]
fn a_message_received_too_often_goes_to_the_dead_letter_queue_and_frees_its_group() {
    let policy = format!(
        r#"{{"deadLetterTargetArn":"{}","maxReceiveCount":2}}"#,
        arn("dead.fifo")
    );
    let mut world = World::fifo(&[("RedrivePolicy", &policy), ("VisibilityTimeout", "0")]);
    let mut dead_letters = World::new("dead.fifo", &[("FifoQueue", "true")]);
    let sent = world.send("g", "poison");
    world.receive(1);
    world.receive(1);
    world.send("g", "next");
    let mut received = world.queue.receive(1, None, world.now).unwrap();
    assert_eq!(received.messages[0].body, "next");
    let dead = received.dead.remove(0);
    dead_letters.queue.bury(dead, "q.fifo", world.now);
    let buried = dead_letters.receive(10).remove(0);
    assert_eq!(buried.message_id, sent.message_id);
    assert_eq!(attribute(&buried, "MessageGroupId"), Some("g"));
    assert_eq!(attribute(&buried, "MessageDeduplicationId"), Some("poison"));
    assert_eq!(attribute(&buried, "ApproximateReceiveCount"), Some("3"));
    assert_eq!(
        attribute(&buried, "DeadLetterQueueSourceArn"),
        Some(arn("q.fifo").as_str())
    );
    assert_eq!(dead_letters.delete(&buried), Ok(()));
}

#[test]
fn a_dead_letter_queue_counts_the_retention_anew_only_if_it_is_fifo() {
    for (suffix, fifo, kept) in [(".fifo", "FifoQueue", 1), ("", "DelaySeconds", 0)] {
        let dead = format!("dead{suffix}");
        let policy = format!(
            r#"{{"deadLetterTargetArn":"{}","maxReceiveCount":1}}"#,
            arn(&dead)
        );
        let value = if kept == 1 { "true" } else { "0" };
        let redrive = ("RedrivePolicy", policy.as_str());
        let mut world = World::new(&format!("q{suffix}"), &[(fifo, value), redrive]);
        let retention = ("MessageRetentionPeriod", "60");
        let mut dead_letters = World::new(&dead, &[(fifo, value), retention]);
        let deduplication = (kept == 1).then(|| "id".to_owned());
        let message = NewMessage {
            deduplication,
            ..NewMessage::fifo("m", "g", "")
        };
        world.try_send(message).unwrap();
        world.receive_for(1, 30);
        world.wait(30);
        let mut received = world.queue.receive(1, None, world.now).unwrap();
        let moved = received.dead.remove(0);
        dead_letters.queue.bury(moved, "q", world.now);
        dead_letters.now = world.now;
        dead_letters.wait(59);
        assert_eq!(dead_letters.depth(), (kept, 0, 0), "{dead}");
    }
}

#[test]
fn a_purge_removes_everything_and_the_next_must_wait_a_minute() {
    let mut world = World::fifo(&[]);
    world.send("g", "a");
    world.send("h", "b");
    world.receive(1);
    world.queue.purge(world.now).unwrap();
    assert_eq!(world.depth(), (0, 0, 0));
    world.send("g", "a");
    assert_eq!(world.bodies(10), ["a"], "it is no duplicate after a purge");
    world.wait(59);
    let refused = Error::PurgeQueueInProgress("q.fifo".to_owned());
    assert_eq!(world.queue.purge(world.now), Err(refused));
    world.wait(1);
    assert_eq!(world.queue.purge(world.now), Ok(()));
}

#[test]
fn a_message_that_is_held_back_counts_as_visible() {
    let mut world = World::fifo(&[]);
    for (group, body) in [
        ("1", "1a"),
        ("1", "1b"),
        ("2", "2a"),
        ("2", "2b"),
        ("3", "3a"),
    ] {
        world.send(group, body);
    }
    world.receive(1);
    world.receive(1);
    assert_eq!(world.depth(), (3, 2, 0));
    let shown = world.queue.shown_attributes(world.now);
    assert_eq!(shown["ApproximateNumberOfMessages"], "3");
    assert_eq!(shown["ApproximateNumberOfMessagesNotVisible"], "2");
    assert_eq!(shown["CreatedTimestamp"], "1800000000");
    assert_eq!(
        shown["QueueArn"],
        "arn:aws:sqs:us-east-1:000000000000:q.fifo"
    );
}

#[test]
fn a_queue_has_no_more_messages_in_flight_than_it_may() {
    let (mut fifo, mut standard) = (World::fifo(&[]), World::standard());
    assert_eq!(fifo.queue.most_in_flight, 120_000);
    (fifo.queue.most_in_flight, standard.queue.most_in_flight) = (15, 15);
    for number in 0..20 {
        let text = number.to_string();
        fifo.send(&text, &text);
        standard.send_plain(&text);
    }
    assert_eq!(fifo.receive(10).len(), 10);
    assert_eq!(fifo.receive(10).len(), 5);
    assert_eq!(fifo.receive(10), []);
    assert_eq!(standard.receive(10).len(), 10);
    assert_eq!(standard.receive(10).len(), 5);
    let refused = standard.queue.receive(10, None, standard.now);
    assert_eq!(refused.unwrap_err(), Error::OverLimit);
}

/// What users of a queue do, in random order.
#[derive(Debug, Clone)]
enum Step {
    Send { group: u8, id: u8 },
    Receive { max: usize, seconds: u64 },
    Delete(usize),
    GiveBack { which: usize, seconds: u64 },
    Wait(u64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (0..3_u8, any::<u8>()).prop_map(|(group, id)| Step::Send { group, id }),
        3 => (1..=10_usize, 0..20_u64).prop_map(|(max, seconds)| Step::Receive { max, seconds }),
        2 => any::<usize>().prop_map(Step::Delete),
        1 => (any::<usize>(), 0..20_u64)
            .prop_map(|(which, seconds)| Step::GiveBack { which, seconds }),
        2 => prop_oneof![0..15_u64, Just(300)].prop_map(Step::Wait),
    ]
}

/// A message as the model knows it: to be received, in flight until a time, or deleted.
#[derive(Debug, Clone)]
struct Known {
    group: u8,
    number: usize,
    invisible_until: SystemTime,
    handle: Option<String>,
    deleted: bool,
}

/// What must hold of a queue, known from outside only.
struct Model {
    world: World,
    known: Vec<Known>,
    taken: BTreeMap<u8, (SystemTime, String)>,
}

impl Model {
    fn new() -> Self {
        Self {
            world: World::fifo(&[]),
            known: Vec::new(),
            taken: BTreeMap::new(),
        }
    }

    /// A new message is known from its answer; a duplicate must be answered like its first.
    fn send(&mut self, group: u8, id: u8) -> Result<(), proptest::test_runner::TestCaseError> {
        let now = self.world.now;
        let number = self.known.len();
        let message = NewMessage::fifo(number.to_string(), group.to_string(), id.to_string());
        let sent = self.world.try_send(message).unwrap();
        let first = self
            .taken
            .get(&id)
            .filter(|(at, _)| *at + Duration::from_secs(300) > now);
        match first {
            Some((_, first)) => prop_assert_eq!(&sent.message_id, first),
            None => {
                let is_new = self
                    .taken
                    .values()
                    .all(|(_, other)| *other != sent.message_id);
                prop_assert!(is_new);
                self.taken.insert(id, (now, sent.message_id));
                self.known.push(Known {
                    group,
                    number,
                    invisible_until: now,
                    handle: None,
                    deleted: false,
                });
            }
        }
        Ok(())
    }

    /// Each message given is visible, and none that is earlier in its group is left behind or in flight.
    fn receive(
        &mut self,
        max: usize,
        seconds: u64,
    ) -> Result<(), proptest::test_runner::TestCaseError> {
        let now = self.world.now;
        let given = self.world.receive_for(max, seconds);
        prop_assert!(given.len() <= max);
        let mut numbers = Vec::new();
        for message in given {
            let number: usize = message.body.parse().unwrap();
            let known = &self.known[number];
            prop_assert!(!known.deleted, "a deleted message came back");
            prop_assert!(
                known.invisible_until <= now,
                "a message in flight was given again"
            );
            let locked = self.known.iter().any(|other| {
                other.group == known.group && !other.deleted && other.invisible_until > now
            });
            prop_assert!(!locked, "{number} came though its group is locked");
            let ahead = self.known.iter().filter(|other| {
                other.group == known.group && other.number < number && !other.deleted
            });
            for other in ahead {
                prop_assert!(
                    numbers.contains(&other.number),
                    "{} came before {}",
                    number,
                    other.number
                );
            }
            numbers.push(number);
            let known = &mut self.known[number];
            known.handle = Some(message.receipt_handle);
        }
        for number in &numbers {
            self.known[*number].invisible_until = now + Duration::from_secs(seconds);
        }
        if numbers.len() < max {
            self.nothing_is_forgotten(&numbers)?;
        }
        Ok(())
    }

    /// After a receive that could have given more, each group's first message is given, or the group locked.
    fn nothing_is_forgotten(
        &self,
        given: &[usize],
    ) -> Result<(), proptest::test_runner::TestCaseError> {
        let now = self.world.now;
        for group in 0..3 {
            let left = || {
                let all = self.known.iter();
                all.filter(|it| it.group == group && !it.deleted)
            };
            if let Some(first) = left().next() {
                let locked = left().any(|it| it.invisible_until > now);
                let busy = locked || given.contains(&first.number);
                prop_assert!(busy, "message {} was not given", first.number);
            }
        }
        Ok(())
    }

    fn delete(&mut self, which: usize) -> Result<(), proptest::test_runner::TestCaseError> {
        let now = self.world.now;
        if let Some((known, handle)) = pick(&mut self.known, which) {
            let result = self.world.queue.delete(&handle, now);
            let may = known.deleted || known.invisible_until > now;
            prop_assert_eq!(result.is_ok(), may);
            known.deleted |= may;
        }
        Ok(())
    }

    fn give_back(
        &mut self,
        which: usize,
        seconds: u64,
    ) -> Result<(), proptest::test_runner::TestCaseError> {
        let now = self.world.now;
        if let Some((known, handle)) = pick(&mut self.known, which) {
            let timeout = Duration::from_secs(seconds);
            let result = self.world.queue.change_visibility(&handle, timeout, now);
            let may = !known.deleted && known.invisible_until > now;
            prop_assert_eq!(result.is_ok(), may);
            if may {
                known.invisible_until = now + timeout;
            }
        }
        Ok(())
    }
}

/// One of the messages that were received, and its newest handle.
fn pick(known: &mut [Known], which: usize) -> Option<(&mut Known, String)> {
    let received: Vec<&mut Known> = known.iter_mut().filter(|it| it.handle.is_some()).collect();
    let count = received.len();
    let chosen = received.into_iter().nth(which.checked_rem(count)?)?;
    let handle = chosen.handle.clone()?;
    Some((chosen, handle))
}

proptest! {
    /// Order per group, the lock of a group, and deduplication, whatever users do.
    #[test]
    fn order_lock_and_deduplication_hold_whatever_happens(steps in collection::vec(step(), 1..120)) {
        let mut model = Model::new();
        for step in steps {
            match step {
                Step::Send { group, id } => model.send(group, id % 24)?,
                Step::Receive { max, seconds } => model.receive(max, seconds)?,
                Step::Delete(which) => model.delete(which)?,
                Step::GiveBack { which, seconds } => model.give_back(which, seconds)?,
                Step::Wait(seconds) => model.world.wait(seconds),
            }
        }
    }

    /// Who deletes what is received, in time, gets each group's messages once and in the order sent.
    #[test]
    fn a_drained_queue_gave_each_message_once_and_in_order(
        groups in collection::vec(0..4_u8, 1..60),
        sizes in collection::vec(1..=10_usize, 60),
    ) {
        let mut world = World::fifo(&[]);
        for (number, group) in groups.iter().enumerate() {
            world.send(&group.to_string(), &number.to_string());
        }
        let mut got: BTreeMap<u8, Vec<usize>> = BTreeMap::new();
        for max in sizes {
            for message in world.receive(max) {
                let number: usize = message.body.parse().unwrap();
                got.entry(groups[number]).or_default().push(number);
                world.delete(&message).unwrap();
            }
        }
        prop_assert_eq!(world.depth(), (0, 0, 0));
        prop_assert_eq!(got.values().map(Vec::len).sum::<usize>(), groups.len());
        for numbers in got.values() {
            prop_assert!(numbers.is_sorted());
        }
    }

    /// Each message is received at least as often as the policy says, and none is lost on the way.
    #[test]
    fn every_message_that_is_never_deleted_ends_in_the_dead_letter_queue(
        groups in collection::vec(0..3_u8, 1..20),
        most in 1..5_u32,
    ) {
        let policy = format!(r#"{{"deadLetterTargetArn":"{}","maxReceiveCount":{most}}}"#, arn("dead.fifo"));
        let mut world = World::fifo(&[("RedrivePolicy", &policy), ("VisibilityTimeout", "1")]);
        for (number, group) in groups.iter().enumerate() {
            world.send(&group.to_string(), &number.to_string());
        }
        let mut dead = World::new("dead.fifo", &[("FifoQueue", "true")]);
        while world.depth() != (0, 0, 0) {
            let received = world.queue.receive(10, None, world.now).unwrap();
            for message in received.dead {
                dead.queue.bury(message, "q.fifo", world.now);
            }
            world.wait(1);
        }
        dead.now = world.now;
        let mut last: BTreeMap<u8, usize> = BTreeMap::new();
        for _ in 0..groups.len() {
            let message = dead.receive(1).remove(0);
            let count: u32 = attribute(&message, "ApproximateReceiveCount").unwrap().parse().unwrap();
            prop_assert_eq!(count, most + 1);
            let number: usize = message.body.parse().unwrap();
            let before = last.insert(groups[number], number);
            prop_assert!(before.is_none_or(|before| before < number), "out of order");
            dead.delete(&message).unwrap();
        }
        prop_assert_eq!(dead.depth(), (0, 0, 0));
    }
}
