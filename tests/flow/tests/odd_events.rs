//! What LINE may send that nobody expects: it is recorded, and harms nothing.

use emulator::DeliverOptions;
use flow::Bundle;
use serde_json::json;
use shared::domain::Outcome;

#[tokio::test]
async fn an_unknown_type_between_two_messages_is_recorded_whole_and_both_are_answered() {
    let bundle = Bundle::attached().await;
    let text = |id: &str, text: &str| json!({"type": "message", "webhookEventId": id, "message": {"type": "text", "text": text}});
    let odd =
        json!({"type": "teleport", "webhookEventId": "odd", "teleport": {"to": "火星", "n": 1.5}});
    let events = vec![text("one", "reserve"), odd, text("two", "my reservations")];
    let delivery = bundle
        .line_sends(Some(&bundle.guest), events, DeliverOptions::default())
        .await;

    assert_eq!(bundle.calls("/v2/bot/message/reply").await.len(), 2);
    let record = bundle.record(Some(&bundle.guest), "odd").await.unwrap();
    assert_eq!(
        (record.outcome(), record.kind.as_str()),
        (Outcome::Done, "teleport")
    );
    assert_eq!(
        record.reason(),
        Some("the event's type is not known: teleport")
    );
    let raw: serde_json::Value = serde_json::from_str(record.raw().unwrap()).unwrap();
    let sent: serde_json::Value = serde_json::from_str(&delivery.body).unwrap();
    assert_eq!(raw, sent["events"][1]);
}

#[tokio::test]
async fn a_message_whose_content_is_not_known_is_handled_and_its_row_keeps_it() {
    let bundle = Bundle::attached().await;
    let hologram = json!({"type": "hologram", "depth": 3});
    let odd = json!({"type": "message", "webhookEventId": "odd", "message": hologram});
    let delivery = bundle
        .line_sends(Some(&bundle.guest), vec![odd], DeliverOptions::default())
        .await;
    let record = bundle.record(Some(&bundle.guest), "odd").await.unwrap();
    assert_eq!((record.outcome(), record.reason()), (Outcome::Done, None));
    let raw: serde_json::Value = serde_json::from_str(record.raw().unwrap()).unwrap();
    let sent: serde_json::Value = serde_json::from_str(&delivery.body).unwrap();
    assert_eq!(raw, sent["events"][0]);
}

#[tokio::test]
async fn an_event_without_what_its_type_must_have_is_recorded_whole() {
    let bundle = Bundle::attached().await;
    let odd = json!({"type": "unsend", "webhookEventId": "odd", "unsend": {"messageId": 5}});
    bundle
        .line_sends(Some(&bundle.guest), vec![odd], DeliverOptions::default())
        .await;
    let record = bundle.record(Some(&bundle.guest), "odd").await.unwrap();
    let reason = record.reason().unwrap();
    assert_eq!(reason, "the event's type is not known: unsend");
    assert!(record.raw().unwrap().contains("messageId"));
}

#[tokio::test]
async fn the_delivery_of_a_notification_reaches_the_module_though_it_is_of_no_chat() {
    let bundle = Bundle::attached().await;
    let delivered = json!({"type": "delivery", "webhookEventId": "d", "delivery": {"data": "0123456789abcdef"}});
    bundle
        .line_sends(None, vec![delivered], DeliverOptions::default())
        .await;
    let record = bundle.record(None, "d").await.unwrap();
    assert_eq!((record.outcome(), record.reason()), (Outcome::Done, None));
}

#[tokio::test]
async fn a_message_of_no_chat_is_recorded_and_the_module_is_not_asked() {
    let bundle = Bundle::attached().await;
    let text = json!({"type": "text", "text": "reserve"});
    let lost = json!({"type": "message", "webhookEventId": "m", "source": null, "message": text});
    bundle
        .line_sends(None, vec![lost], DeliverOptions::default())
        .await;
    let record = bundle.record(None, "m").await.unwrap();
    assert_eq!(record.reason(), Some("the event is of no chat"));
    assert_eq!(record.outcome(), Outcome::Done);
}

#[tokio::test]
async fn what_is_no_event_at_all_does_not_harm_its_neighbours() {
    let bundle = Bundle::attached().await;
    let good = json!({"type": "message", "message": {"type": "text", "text": "reserve"}});
    let events = vec![
        json!(1),
        json!(null),
        json!({"type": ["?"], "source": "x"}),
        good,
    ];
    let delivery = bundle
        .line_sends(Some(&bundle.guest), events, DeliverOptions::default())
        .await;
    assert_eq!(delivery.status, Some(200));
    assert_eq!(bundle.calls("/v2/bot/message/reply").await.len(), 1);
}

#[tokio::test]
async fn an_event_for_an_account_that_nobody_attached_makes_its_row() {
    let bundle = Bundle::start().await;
    let text = json!({"type": "message", "webhookEventId": "e", "message": {"type": "text", "text": "hello"}});
    bundle
        .line_sends(Some(&bundle.guest), vec![text], DeliverOptions::default())
        .await;
    let bot = shared::domain::BotId::new(&bundle.bot).unwrap();
    assert!(bundle.stack.store.bot(&bot).await.unwrap().is_some());
    assert_eq!(
        bundle
            .record(Some(&bundle.guest), "e")
            .await
            .unwrap()
            .outcome(),
        Outcome::Done
    );
}

#[tokio::test]
async fn nothing_is_sent_into_a_chat_that_another_channel_holds_and_the_record_says_why() {
    let bundle = Bundle::attached().await;
    let text = json!({"type": "message", "mode": "standby", "webhookEventId": "s",
        "message": {"type": "text", "text": "reserve"}});
    bundle
        .line_sends(Some(&bundle.guest), vec![text], DeliverOptions::default())
        .await;
    assert!(bundle.calls("/v2/bot/message/reply").await.is_empty());
    let record = bundle.record(Some(&bundle.guest), "s").await.unwrap();
    assert_eq!(
        record.reason(),
        Some("standby: another channel holds the chat")
    );
}

#[tokio::test]
async fn a_block_silences_the_chat_until_the_user_comes_back() {
    let bundle = Bundle::attached().await;
    let mut guest = bundle.stack.chat(&bundle.bot, &bundle.guest);
    guest.follows().await.unwrap();
    assert!(guest.blocks().await.unwrap().is_empty());
    assert_eq!(guest.follows().await.unwrap().len(), 1);
}

#[tokio::test]
async fn an_id_that_looks_like_a_key_of_ours_stays_a_chat() {
    let bundle = Bundle::attached().await;
    for chat in [
        "@bot",
        "@m#slot#2026-11-21T10:00",
        "with#hash",
        "日本語 の id",
    ] {
        let text = json!({"type": "message", "webhookEventId": "k#1", "message": {"type": "text", "text": "reserve"}});
        let delivery = bundle
            .line_sends(Some(chat), vec![text], DeliverOptions::default())
            .await;
        assert_eq!(delivery.status, Some(200), "{chat}");
        assert_eq!(
            bundle.record(Some(chat), "k#1").await.unwrap().outcome(),
            Outcome::Done,
            "{chat}"
        );
    }
    let bot = shared::domain::BotId::new(&bundle.bot).unwrap();
    assert!(
        bundle
            .stack
            .store
            .bot(&bot)
            .await
            .unwrap()
            .unwrap()
            .state
            .is_attached()
    );
}

/// LINE has never sent its like, and the table could not keep it whole.
#[tokio::test]
async fn an_event_larger_than_a_row_is_recorded_as_far_as_it_goes_and_the_chat_goes_on() {
    let bundle = Bundle::attached().await;
    let odd = json!({"type": "teleport", "webhookEventId": "huge", "to": "火".repeat(150_000)});
    let text = json!({"type": "message", "message": {"type": "text", "text": "reserve"}});
    bundle
        .line_sends(
            Some(&bundle.guest),
            vec![odd, text],
            DeliverOptions::default(),
        )
        .await;
    assert_eq!(bundle.calls("/v2/bot/message/reply").await.len(), 1);
    let raw = bundle
        .record(Some(&bundle.guest), "huge")
        .await
        .unwrap()
        .raw
        .unwrap();
    assert!((300_000..=300 * 1024).contains(&raw.len()), "{}", raw.len());
}
