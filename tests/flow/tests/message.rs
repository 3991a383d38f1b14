//! A user writes, and is answered.

use flow::{Bundle, choices, sign_with, texts};
use serde_json::json;

#[tokio::test]
async fn a_new_friend_is_greeted_by_name() {
    let bundle = Bundle::attached().await;
    let name = bundle.stack.line.state().await.users[0].name.clone();
    let mut guest = bundle.stack.chat(&bundle.bot, &bundle.guest);
    let answers = guest.follows().await.unwrap();
    assert_eq!(
        texts(&answers),
        [format!(
            "{name}さん、友だち追加ありがとうございます。ご予約はこちらからどうぞ。"
        )]
    );
    assert_eq!(choices(&answers).len(), 4);
}

#[tokio::test]
async fn what_is_not_for_the_module_is_left_unanswered() {
    let bundle = Bundle::attached().await;
    let mut guest = bundle.stack.chat(&bundle.bot, &bundle.guest);
    guest.follows().await.unwrap();
    assert!(
        guest
            .says("今日は何時まで開いていますか？")
            .await
            .unwrap()
            .is_empty()
    );
    assert!(
        guest
            .taps("another-channels-data", "tap")
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn a_reply_carries_the_bot_header_the_token_and_no_retry_key() {
    let bundle = Bundle::attached().await;
    let text = json!({"type": "message", "message": {"type": "text", "text": "reserve"}});
    let held = bundle.line_holds(Some(&bundle.guest), vec![text]).await;
    assert_eq!(
        bundle.post(held.body.clone(), Some(&held.signature)).await,
        200
    );
    bundle.stack.settled().await.unwrap();

    let replies = bundle.calls("/v2/bot/message/reply").await;
    assert_eq!(replies.len(), 1);
    let body: serde_json::Value = serde_json::from_str(&held.body).unwrap();
    assert_eq!(replies[0].status, 200);
    assert_eq!(
        replies[0].request["replyToken"],
        body["events"][0]["replyToken"]
    );
    let header = bundle.stack.line.settings().bot_header.to_lowercase();
    assert_eq!(replies[0].headers[&header], bundle.bot);
    assert!(!replies[0].headers.contains_key("x-line-retry-key"));
}

#[tokio::test]
async fn one_token_serves_many_messages_of_many_users() {
    let bundle = Bundle::attached().await;
    for user in [&bundle.guest, &bundle.rival] {
        let mut chat = bundle.stack.chat(&bundle.bot, user);
        chat.follows().await.unwrap();
        assert_eq!(chat.says("my reservations").await.unwrap().len(), 1);
    }
    // One for the attach function, one for the worker.
    assert_eq!(bundle.calls("/oauth2/v3/token").await.len(), 2);
}

#[tokio::test]
async fn a_signature_that_does_not_fit_is_refused_and_nothing_is_queued() {
    let bundle = Bundle::attached().await;
    let before = bundle.queue_requests();
    let text = json!({"type": "message", "message": {"type": "text", "text": "reserve"}});
    let held = bundle.line_holds(Some(&bundle.guest), vec![text]).await;
    let flip = |c: char| {
        if c.is_lowercase() {
            c.to_ascii_uppercase()
        } else {
            c.to_ascii_lowercase()
        }
    };
    let flipped: String = held.signature.chars().map(flip).collect();
    let foreign = sign_with("another channel's secret", &held.body);
    for signature in [
        None,
        Some(""),
        Some("bad"),
        Some(&*foreign),
        Some(&*flipped),
    ] {
        assert_eq!(
            bundle.post(held.body.clone(), signature).await,
            401,
            "{signature:?}"
        );
    }
    let altered = held.body.replace("reserve", "Reserve");
    assert_eq!(bundle.post(altered, Some(&held.signature)).await, 401);
    assert_eq!(bundle.queue_requests(), before);
    assert!(bundle.calls("/v2/bot/message/reply").await.is_empty());
}

#[tokio::test]
async fn rubbish_with_a_good_signature_is_a_bad_request_and_no_events_are_fine() {
    let bundle = Bundle::start().await;
    for body in ["{", "[]", "", "{\"destination\":\"U1\"}"] {
        assert_eq!(
            bundle.post(body, Some(&bundle.sign(body))).await,
            400,
            "{body}"
        );
    }
    for body in [r#"{"events":[]}"#, r#"{"destination":"U1","events":[]}"#] {
        assert_eq!(
            bundle.post(body, Some(&bundle.sign(body))).await,
            200,
            "{body}"
        );
    }
}
