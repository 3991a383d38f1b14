//! What goes with messages and is none: LINE refuses it, and the messages go out all the
//! same, of this event and of the account's others.

use std::time::Duration;

use flow::Bundle;
use flow::faulty::Fate;
use flow::worker::{Message, Worker, states};
use line_module::{Context, Event, Module, ModuleError, Text};
use serde_json::json;
use shared::domain::{Outcome, Verdict};

/// Shows what the message names, and answers.
#[derive(Clone, Copy)]
struct Decorates;

impl Module for Decorates {
    async fn handle(&self, cx: &mut Context<'_>, event: &Event) -> Result<(), ModuleError> {
        let Some(mut cx) = cx.active() else {
            return Ok(());
        };
        let Some(text) = event.text() else {
            return Ok(());
        };
        match text {
            "loading" => cx.loading(Duration::from_secs(5))?,
            "read" => assert!(cx.mark_as_read()),
            "unlink" => cx.unlink_menu()?,
            _ => {}
        }
        cx.push(&[Text::new("hi")])
    }
}

const REFUSALS: [u16; 3] = [400, 403, 404];
const WAYS: [(&str, &str); 3] = [
    ("loading", "/v2/bot/chat/loading/start"),
    ("read", "/v2/bot/chat/markAsRead"),
    ("unlink", "/richmenu"),
];

async fn says(bundle: &Bundle, user: &str, id: &str, text: &str) -> Message {
    let message = json!({"type": "text", "text": text, "markAsReadToken": "token"});
    let event = json!({"type": "message", "webhookEventId": id, "message": message});
    bundle.message(user, vec![event]).await
}

#[tokio::test]
async fn what_line_refuses_of_a_decoration_is_left_out_and_silences_nobody() {
    for (way, path) in WAYS {
        let bundle = Bundle::attached().await;
        let worker = Worker::new(&bundle, Decorates);
        worker.clock.advance(Duration::from_secs(5));
        for status in REFUSALS {
            let refusal = r#"{"message":"Access to this API is not available for your account"}"#;
            worker
                .line
                .next(path, Fate::Answered(status, refusal.into()));
            let id = format!("{way} {status}");
            worker
                .settles(&says(&bundle, &bundle.guest, &id, way).await)
                .await;
            assert!(worker.line.is_spent(), "{id}");
            let row = bundle.recorded(&id).await;
            assert_eq!(states(&row), ["skipped", "sent"], "{id}");
            assert_eq!(
                (row.outcome(), row.verdict()),
                (Outcome::Done, Verdict::Handled)
            );
            let reason = row.effects()[0].reason();
            assert!(
                reason.is_some_and(|reason| reason.contains("not available")),
                "{id}"
            );

            let other = says(&bundle, &bundle.rival, &id, "hello").await;
            worker.settles(&other).await;
            let row = bundle.record(Some(&bundle.rival), &id).await;
            assert_eq!(states(&row.expect("it is recorded")), ["sent"], "{id}");
        }
    }
}

/// LINE is away for a moment: that is no refusal, and what follows keeps its place.
#[tokio::test]
async fn a_decoration_that_meets_a_transient_failure_is_tried_again() {
    for (way, path) in WAYS {
        for (status, state) in [(500, "open"), (429, "pending")] {
            let bundle = Bundle::attached().await;
            let worker = Worker::new(&bundle, Decorates);
            worker.line.next(path, Fate::Answered(status, "{}".into()));
            let message = says(&bundle, &bundle.guest, "e", way).await;
            worker.gives_back(&message).await;
            assert_eq!(states(&bundle.recorded("e").await), [state, "pending"]);
            worker.line.next(path, Fate::Answered(200, "{}".into()));
            worker.settles(&message).await;
            assert_eq!(states(&bundle.recorded("e").await), ["sent", "sent"]);
            assert_eq!(bundle.received().await, ["hi"]);
        }
    }
}

/// Where the refused call has a scope of its own, that one alone is not tried for an hour.
#[tokio::test]
async fn a_refused_message_counts_against_its_own_scope() {
    let bundle = Bundle::attached().await;
    let worker = Worker::new(&bundle, Decorates);
    worker.clock.advance(Duration::from_secs(5));
    let refusal = r#"{"message":"Access to this API is not available for your account"}"#;
    let push = "/v2/bot/message/push";
    worker.line.next(push, Fate::Answered(403, refusal.into()));
    worker
        .settles(&says(&bundle, &bundle.guest, "a", "hello").await)
        .await;
    assert_eq!(states(&bundle.recorded("a").await), ["refused"]);
    worker
        .settles(&says(&bundle, &bundle.guest, "b", "hello").await)
        .await;
    let row = bundle.recorded("b").await;
    assert_eq!(
        (row.verdict(), row.effects()),
        (Verdict::ScopeMissing, &[][..])
    );
    worker.clock.advance(Duration::from_secs(3600));
    worker
        .settles(&says(&bundle, &bundle.guest, "c", "hello").await)
        .await;
    assert_eq!(states(&bundle.recorded("c").await), ["sent"]);
}
