//! A module fails: it costs its own event, which is set aside for its author in
//! the end, and nobody else's.

use flow::Bundle;
use flow::worker::{Message, Worker};
use line_module::{Context, Event, Module, ModuleError, Text};
use serde_json::{Value, json};
use shared::domain::chat::Control;
use shared::domain::{LedgerEntry, Outcome};

const REPLY: &str = "/v2/bot/message/reply";

/// Does as the user says.
struct Obeys;

impl Module for Obeys {
    fn handle(
        &self,
        cx: &mut Context<'_>,
        event: &Event,
    ) -> impl Future<Output = Result<(), ModuleError>> + Send {
        let wish = wish(event);
        assert!(wish != "panic at once", "as the user wished");
        async move {
            let Some(mut cx) = cx.active() else {
                return Ok(());
            };
            cx.set_state(&wish)?;
            cx.reply(&[Text::new("hi")])?;
            match wish.as_str() {
                "panic later" => {
                    tokio::task::yield_now().await;
                    unreachable!("as the user wished")
                }
                "fail" => Err(ModuleError::Bug("out of luck".into())),
                "wait" => Err(ModuleError::Retry("not now".into())),
                "reply twice" => cx.reply(&[Text::new("hi again")]),
                "write what no table takes" => cx.create("k".repeat(3000), &1),
                _ => Ok(()),
            }
        }
    }
}

fn wish(event: &Event) -> String {
    event.text().unwrap_or_default().to_owned()
}

fn says(id: &str, text: &str) -> Value {
    json!({"type": "message", "webhookEventId": id, "message": {"type": "text", "text": text}})
}

/// The guest's wish: the event `e`.
async fn wished(bundle: &Bundle, wish: &str) -> Message {
    bundle.message(&bundle.guest, vec![says("e", wish)]).await
}

/// The same event fails until it is parked; nothing of it is sent.
async fn parked_after_five(wish: &str) -> LedgerEntry {
    let bundle = Bundle::attached().await;
    let worker = Worker::new(&bundle, Obeys);
    let message = wished(&bundle, wish).await;
    for attempt in 1..=4 {
        worker.gives_back(&message).await;
        let row = bundle.recorded("e").await;
        assert_eq!(
            (row.outcome(), row.attempts.failed),
            (Outcome::Failed, attempt)
        );
    }
    worker.settles(&message).await;
    let row = bundle.recorded("e").await;
    assert_eq!((row.outcome(), row.attempts.failed), (Outcome::Parked, 5));
    worker.settles(&message).await;
    assert_eq!(bundle.recorded("e").await, row);
    assert!(bundle.calls(REPLY).await.is_empty());
    row
}

#[tokio::test]
async fn an_event_that_fails_five_times_is_set_aside_with_its_reason_and_itself() {
    let row = parked_after_five("fail").await;
    assert_eq!(row.reason(), Some("out of luck"));
    let raw: Value = serde_json::from_str(row.raw().unwrap()).unwrap();
    assert_eq!(raw["message"]["text"], "fail");
    assert_eq!(row.ends_at(), None);
    assert!(row.sends().is_none());
}

#[tokio::test]
async fn a_panic_counts_as_a_failure_before_the_handlers_first_await_too() {
    for wish in ["panic at once", "panic later"] {
        let row = parked_after_five(wish).await;
        let reason = row.reason().unwrap();
        assert!(reason.starts_with("the module panicked: "), "{reason}");
        assert!(reason.ends_with("as the user wished"), "{reason}");
    }
}

#[tokio::test]
async fn two_replies_to_one_event_are_the_authors_error() {
    let row = parked_after_five("reply twice").await;
    assert!(row.reason().unwrap().contains("one reply to an event"));
}

#[tokio::test]
async fn a_row_that_the_table_can_never_take_is_the_authors_error() {
    let row = parked_after_five("write what no table takes").await;
    assert!(row.reason().is_some());
}

#[tokio::test]
async fn a_panic_costs_no_other_chat_of_the_batch_anything() {
    let bundle = Bundle::attached().await;
    let worker = Worker::new(&bundle, Obeys);
    for wish in ["panic at once", "panic later"] {
        let (bad, good) = (format!("bad {wish}"), format!("good {wish}"));
        let bad = bundle.message(&bundle.guest, vec![says(&bad, wish)]).await;
        let hello = vec![says(&good, "hello")];
        let other = bundle.message(&bundle.rival, hello).await;
        let given_back = worker.is_given([&bad, &other]).await;
        assert_eq!(given_back, [format!("bad {wish}")]);
        let record = bundle.record(Some(&bundle.rival), &good).await.unwrap();
        assert_eq!(record.outcome(), Outcome::Done);
    }
    assert_eq!(bundle.calls(REPLY).await.len(), 2);
}

#[tokio::test]
async fn the_chat_waits_for_a_failing_event_and_goes_on_when_it_is_set_aside() {
    let bundle = Bundle::attached().await;
    let worker = Worker::new(&bundle, Obeys);
    let bad = bundle
        .message(
            &bundle.guest,
            vec![says("e", "fail"), says("same", "hello")],
        )
        .await;
    let next = bundle
        .message(&bundle.guest, vec![says("next", "hello")])
        .await;
    for _ in 1..=4 {
        assert_eq!(worker.is_given([&bad, &next]).await, ["e", "next"]);
    }
    assert!(bundle.received().await.is_empty());
    assert!(worker.is_given([&bad, &next]).await.is_empty());
    assert_eq!(bundle.received().await, ["hi", "hi"]);
    for id in ["same", "next"] {
        let row = bundle.recorded(id).await;
        assert_eq!((row.outcome(), row.attempts.failed), (Outcome::Done, 0));
    }
}

#[tokio::test]
async fn a_failed_handler_has_done_nothing_and_what_the_events_say_is_kept() {
    let bundle = Bundle::attached().await;
    let worker = Worker::new(&bundle, Obeys);
    let at = worker.clock.timestamp().0;
    let later = json!({"type": "activated", "webhookEventId": "later", "timestamp": at + 1000});
    let events = vec![says("e", "fail"), later];
    let message = bundle.message(&bundle.guest, events).await;
    worker.gives_back(&message).await;
    assert!(bundle.received().await.is_empty());

    let key = bundle.key(Some(&bundle.guest), "e");
    let now = worker.clock.timestamp();
    let chat = worker.app.store.load(&key, None, now).await.unwrap().chat;
    assert_eq!(chat.state, None);
    assert!(chat.registers.presence.is_some());
    // Also what a later event says, whose turn has not come.
    assert_eq!(chat.registers.control.unwrap().value, Control::Ours(None));
}

#[tokio::test]
async fn a_bad_moment_is_not_counted() {
    let bundle = Bundle::attached().await;
    let worker = Worker::new(&bundle, Obeys);
    let message = wished(&bundle, "wait").await;
    for _ in 0..7 {
        worker.gives_back(&message).await;
        let row = bundle.recorded("e").await;
        assert_eq!((row.outcome(), row.attempts.failed), (Outcome::Failed, 0));
        assert_eq!(row.reason(), Some("not now"));
    }
    assert!(bundle.calls(REPLY).await.is_empty());
}
