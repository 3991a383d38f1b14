//! A worker has more to do than its time allows: what it has not tried comes again soon,
//! and what it has done is not walked through again.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use flow::Bundle;
use flow::faulty::{Fate, Held};
use flow::worker::{Message, Worker};
use line_module::{Context, Event, Module, ModuleError};
use serde_json::json;
use shared::domain::{BotId, ChatId, EventId};
use shared::queue::{Job, JobEvent};

/// Counts what it is asked about; "hang" never ends.
#[derive(Clone, Default)]
struct Counts {
    ran: Arc<Mutex<Vec<String>>>,
}

impl Module for Counts {
    async fn handle(&self, _: &mut Context<'_>, event: &Event) -> Result<(), ModuleError> {
        if let Ok(mut ran) = self.ran.lock() {
            ran.push(event.id.to_string());
        }
        match event.text() {
            Some("hang") => std::future::pending().await,
            _ => Ok(()),
        }
    }
}

#[expect(clippy::unwrap_used, reason = "part of tests")]
fn job(bundle: &Bundle, count: usize) -> Job {
    let event = |n: usize| {
        let source = json!({"type": "user", "userId": bundle.guest});
        let raw =
            json!({"type": "message", "source": source, "message": {"type": "text", "text": "hi"}});
        JobEvent {
            id: EventId::new(format!("e{n}")).unwrap(),
            kind: "message".into(),
            raw: serde_json::value::to_raw_value(&raw).unwrap(),
        }
    };
    let (bot, chat) = (BotId::new(&bundle.bot), ChatId::new(&bundle.guest));
    let now = flow::clock::Clock::default().timestamp();
    let events = (0..count).map(event).collect();
    Job::new(bot.unwrap(), Some(chat.unwrap()), now, events)
}

async fn says(bundle: &Bundle, user: &str, id: &str, text: &str) -> Message {
    let message = json!({"type": "text", "text": text});
    let event = json!({"type": "message", "webhookEventId": id, "message": message});
    bundle.message(user, vec![event]).await
}

const HALF_A_MINUTE: Duration = Duration::from_secs(30);

/// What was in the queue for half a minute waits as long again, and up to a quarter more.
fn waits_half_a_minute(worker: &Worker<Counts>) {
    let waits = worker.queue.waits();
    assert!(
        waits.len() == 1 && (30..=45).contains(&waits[0]),
        "{waits:?}"
    );
}

#[tokio::test]
async fn very_many_events_of_a_chat_are_several_messages_and_come_to_their_end() {
    let bundle = Bundle::attached().await;
    let worker = Worker::new(&bundle, Counts::default());
    let mut messages = Message::all_of(job(&bundle, 150));
    assert_eq!(messages.len(), 2);
    for times in 1.. {
        let given: Vec<_> = messages
            .iter()
            .cloned()
            .map(|message| message.received(times))
            .collect();
        // Half a second is left for it before the last event may begin.
        let time = Duration::from_millis(5_000);
        let back = worker.is_given_within(&given, time).await;
        if back.is_empty() {
            break;
        }
        let before = messages.len();
        messages.drain(..before - back.len());
        assert!(times < 250, "{} messages are left", messages.len());
    }
    let ran = worker.app.module.ran.lock().map(|ran| ran.clone());
    let expected: Vec<_> = (0..150).map(|n| format!("e{n}")).collect();
    assert_eq!(ran.ok(), Some(expected), "each once, and in order");
}

/// A message that ran out of time: the events that are settled are read at once, and not
/// one by one.
#[tokio::test]
async fn after_a_part_that_the_queue_does_not_take_no_later_part_is_sent() {
    let bundle = Bundle::attached().await;
    let worker = Worker::new(&bundle, Counts::default());
    for _ in 0..20 {
        worker.queue.next("SendMessageBatch", Fate::Unreachable);
    }
    let parts = vec![job(&bundle, 150)];
    assert!(worker.app.queue.send_jobs(parts).await.is_err());
    let asked = worker.queue.requests("SendMessageBatch");
    let has = |id: &str| asked.iter().any(|request| request.to_string().contains(id));
    assert!(!asked.is_empty());
    assert!(!has("e149"));
}

#[tokio::test]
async fn a_message_that_comes_again_is_not_walked_through_from_its_start() {
    let bundle = Bundle::attached().await;
    let worker = Worker::new(&bundle, Counts::default());
    let message = Message::of(job(&bundle, 100));
    worker.settles(&message).await;
    let loads = || worker.table.requests("BatchGetItem").len();
    let before = loads();
    worker.settles(&message.received(2)).await;
    assert_eq!(loads(), before + 1);
}

#[tokio::test]
async fn what_was_not_tried_comes_again_within_two_seconds_however_often_it_came() {
    let bundle = Bundle::attached().await;
    let worker = Worker::new(&bundle, Counts::default());
    let message = says(&bundle, &bundle.guest, "e", "hello").await.received(9);
    // Less than an event is begun with.
    let back = worker
        .is_given_within([&message], Duration::from_secs(4))
        .await;
    assert_eq!(back, ["e"]);
    let waits = worker.queue.waits();
    assert!(waits.len() == 1 && waits[0] <= 2, "{waits:?}");
}

/// The time is up before it is known which of its events are settled.
#[tokio::test]
async fn a_message_of_which_no_event_was_begun_was_not_tried() {
    let bundle = Bundle::attached().await;
    let worker = Worker::new(&bundle, Counts::default());
    let never = Fate::AnswerHeld(Held::default());
    worker.table.next("BatchGetItem", never);
    let message = Message::of(job(&bundle, 2)).received(9);
    let back = worker
        .is_given_within([&message], Duration::from_millis(2_000))
        .await;
    assert_eq!(back, ["e0"]);
    let waits = worker.queue.waits();
    assert!(waits.len() == 1 && waits[0] <= 2, "{waits:?}");
}

/// The table is away, and asking it takes all the time: that is a try of it.
#[tokio::test]
async fn a_message_whose_rows_cannot_be_read_waits_longer_each_time() {
    let bundle = Bundle::attached().await;
    let worker = Worker::new(&bundle, Counts::default());
    for _ in 0..2 {
        let fate = Fate::Answered(500, "{}".into());
        worker.table.next("BatchGetItem", fate);
    }
    let message = Message::of(job(&bundle, 2)).received(5);
    worker.clock.advance(HALF_A_MINUTE);
    let back = worker
        .is_given_within([&message], Duration::from_secs(4))
        .await;
    assert_eq!(back, ["e0"]);
    assert!(worker.table.is_spent());
    waits_half_a_minute(&worker);
}

/// The time is up in the middle of an event: that is a try of it.
#[tokio::test]
async fn what_was_tried_and_did_not_end_waits_longer_each_time() {
    let bundle = Bundle::attached().await;
    let worker = Worker::new(&bundle, Counts::default());
    let message = says(&bundle, &bundle.guest, "e", "hang").await.received(5);
    worker.clock.advance(HALF_A_MINUTE);
    let back = worker
        .is_given_within([&message], Duration::from_millis(4_700))
        .await;
    assert_eq!(back, ["e"]);
    waits_half_a_minute(&worker);
}

/// Two chats write; while the first one's event waits for the table, the test looks at what
/// the second one's has come to.
async fn meanwhile(worker: &Worker<Counts>, messages: [&Message; 2], look: impl Future) {
    let held = Held::default();
    let first_load = Fate::RequestHeld(held.clone());
    worker.table.next("BatchGetItem", first_load);
    let looks = async {
        held.is_there().await;
        look.await;
        held.let_go();
    };
    let (back, ()) = tokio::join!(worker.is_given(messages), looks);
    assert!(back.is_empty());
}

#[tokio::test]
async fn chats_run_side_by_side() {
    let bundle = Bundle::attached().await;
    let counts = Counts::default();
    let worker = Worker::new(&bundle, counts.clone());
    let first = says(&bundle, &bundle.guest, "first", "hello").await;
    let second = says(&bundle, &bundle.rival, "second", "hello").await;
    let ran = || counts.ran.lock().is_ok_and(|ran| *ran == ["second"]);
    let second_has_run = async {
        while !ran() {
            tokio::task::yield_now().await;
        }
    };
    let in_time = tokio::time::timeout(Duration::from_secs(5), second_has_run);
    let look = async { assert!(in_time.await.is_ok()) };
    meanwhile(&worker, [&first, &second], look).await;
}
