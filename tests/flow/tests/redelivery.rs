//! LINE sends the same event more than once: it is handled once.

use emulator::DeliverOptions;
use flow::{Bundle, texts};
use serde_json::json;

fn message(id: &str, text: &str) -> serde_json::Value {
    json!({"type": "message", "webhookEventId": id, "message": {"type": "text", "text": text}})
}

#[tokio::test]
async fn the_same_webhook_twice_is_answered_once() {
    let bundle = Bundle::attached().await;
    let twice = DeliverOptions {
        copies: 2,
        ..DeliverOptions::default()
    };
    bundle
        .line_sends(
            Some(&bundle.guest),
            vec![message("once", "my reservations")],
            twice,
        )
        .await;
    assert_eq!(bundle.calls("/v2/bot/message/reply").await.len(), 1);
}

/// The queue forgets after five minutes, and never sees that two bodies share an
/// event; the ledger does.
#[tokio::test]
async fn an_event_that_comes_again_in_another_body_is_not_answered_again() {
    let bundle = Bundle::attached().await;
    let once = DeliverOptions::default();
    bundle
        .line_sends(
            Some(&bundle.guest),
            vec![message("a", "my reservations")],
            once,
        )
        .await;
    let both = vec![message("a", "my reservations"), message("b", "reserve")];
    bundle.line_sends(Some(&bundle.guest), both, once).await;

    let replies = bundle.calls("/v2/bot/message/reply").await;
    let said: Vec<_> = replies
        .iter()
        .map(|call| call.request["messages"][0]["text"].clone())
        .collect();
    assert_eq!(
        said,
        ["You have no reservations.", "Which time would you like?"]
    );
}

#[tokio::test]
async fn a_redelivery_with_its_flag_is_the_same_event() {
    let bundle = Bundle::attached().await;
    let delivery = bundle
        .line_sends(
            Some(&bundle.guest),
            vec![message("r", "my reservations")],
            DeliverOptions::default(),
        )
        .await;
    let again = bundle.stack.line.redeliver(delivery.number).await.unwrap();
    assert_eq!(again.status, Some(200));
    bundle.stack.settled().await.unwrap();
    assert_eq!(bundle.calls("/v2/bot/message/reply").await.len(), 1);
}

#[tokio::test]
async fn a_chats_messages_are_answered_in_order() {
    let bundle = Bundle::attached().await;
    let mut guest = bundle.stack.chat(&bundle.bot, &bundle.guest);
    guest.follows().await.unwrap();
    let events = (0..8).map(|n| {
        message(
            &format!("o{n}"),
            if n % 2 == 0 {
                "reserve"
            } else {
                "my reservations"
            },
        )
    });
    bundle
        .line_sends(
            Some(&bundle.guest),
            events.collect(),
            DeliverOptions::default(),
        )
        .await;
    let heard = guest.heard().await.unwrap();
    let expected = ["Which time would you like?", "You have no reservations."].repeat(4);
    assert_eq!(texts(&heard), expected);
}
