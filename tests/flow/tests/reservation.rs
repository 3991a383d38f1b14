//! A shop takes reservations in its chat.

use flow::worker::Worker;
use flow::{Bundle, choices, texts};
use shared::domain::{BotId, ChatId};
use shared::erase::erase_chat;

#[tokio::test]
async fn a_guest_reserves_looks_and_cancels() {
    let bundle = Bundle::attached().await;
    let mut guest = bundle.stack.chat(&bundle.bot, &bundle.guest);
    guest.follows().await.unwrap();

    let offer = guest.says("予約する").await.unwrap();
    assert_eq!(texts(&offer), ["ご希望の時間をお選びください。"]);
    let (data, label) = choices(&offer).remove(0);
    let confirmed = guest.taps(&data, &label).await.unwrap();
    assert_eq!(
        texts(&confirmed),
        [format!("{label}のご予約を承りました。")]
    );

    let list = guest.says("予約を確認").await.unwrap();
    assert_eq!(texts(&list), [format!("ご予約：\n・{label}")]);
    let cancelled = guest.says("キャンセル").await.unwrap();
    assert_eq!(
        texts(&cancelled),
        [format!("{label}のご予約を取り消しました。")]
    );
    assert_eq!(
        texts(&guest.says("予約を確認").await.unwrap()),
        ["現在のご予約はありません。"]
    );
    // The time is free again.
    assert!(
        choices(&guest.says("予約する").await.unwrap())
            .iter()
            .any(|choice| choice.0 == data)
    );
}

#[tokio::test]
async fn with_two_reservations_the_guest_says_which_to_cancel() {
    let bundle = Bundle::attached().await;
    let mut guest = bundle.stack.chat(&bundle.bot, &bundle.guest);
    guest.follows().await.unwrap();
    for _ in 0..2 {
        let (data, label) = choices(&guest.says("reserve").await.unwrap()).remove(0);
        guest.taps(&data, &label).await.unwrap();
    }
    let which = guest.says("cancel").await.unwrap();
    let (data, label) = choices(&which).remove(1);
    let cancelled = guest.taps(&data, &label).await.unwrap();
    assert_eq!(
        texts(&cancelled),
        [format!("Your reservation for {label} is cancelled.")]
    );
}

#[tokio::test]
async fn a_time_that_someone_has_is_refused_and_others_are_offered() {
    let bundle = Bundle::attached().await;
    let mut guest = bundle.stack.chat(&bundle.bot, &bundle.guest);
    let mut rival = bundle.stack.chat(&bundle.bot, &bundle.rival);
    guest.follows().await.unwrap();
    rival.follows().await.unwrap();
    let (data, label) = choices(&rival.says("予約する").await.unwrap()).remove(0);
    guest.taps(&data, &label).await.unwrap();

    let refused = rival.taps(&data, &label).await.unwrap();
    assert!(
        texts(&refused)[0].contains("ほかの方の予約が入りました"),
        "{refused:?}"
    );
    assert!(choices(&refused).iter().all(|choice| choice.0 != data));
}

/// Their times are free again, and no row names them.
#[tokio::test]
async fn a_guest_who_is_erased_leaves_their_times_to_others() {
    let bundle = Bundle::attached().await;
    let mut guest = bundle.stack.chat(&bundle.bot, &bundle.guest);
    let mut rival = bundle.stack.chat(&bundle.bot, &bundle.rival);
    guest.follows().await.unwrap();
    rival.follows().await.unwrap();
    let (data, label) = choices(&guest.says("予約する").await.unwrap()).remove(0);
    guest.taps(&data, &label).await.unwrap();
    bundle.stack.settled().await.unwrap();
    let offered = choices(&rival.says("予約する").await.unwrap());
    assert!(offered.iter().all(|choice| choice.0 != data));

    let app = Worker::new(&bundle, reservation::module()).app;
    let (bot, chat) = (BotId::new(&bundle.bot), ChatId::new(&bundle.guest));
    let (bot, chat) = (bot.unwrap(), chat.unwrap());
    let now = app.clock.now().into();
    let asked = erase_chat(&app.store, &app.queue, &bot, &chat, "a-request", now);
    asked.await.unwrap();
    bundle.stack.settled().await.unwrap();

    let offered = choices(&rival.says("予約する").await.unwrap());
    assert!(offered.iter().any(|choice| choice.0 == data));
    let receipt = app.store.receipt(&bot, "a-request").await.unwrap().unwrap();
    assert!(receipt.ended_at.is_some());
    let mut from = None;
    loop {
        let page = app.store.export(&bot, Some(&chat), from.as_deref()).await;
        let page = page.unwrap();
        assert_eq!(page.rows, [""; 0]);
        from = page.next;
        if from.is_none() {
            break;
        }
    }
}

/// Many users tap the same time in the same moment: exactly one has it.
#[tokio::test]
async fn one_time_is_never_two_peoples() {
    let bundle = Bundle::attached().await;
    let mut guest = bundle.stack.chat(&bundle.bot, &bundle.guest);
    guest.follows().await.unwrap();
    let (data, _) = choices(&guest.says("予約する").await.unwrap()).remove(0);

    let tap = |n: usize| {
        serde_json::json!({"type": "postback", "postback": {"data": data.clone()},
            "source": {"type": "user", "userId": format!("Lrival{n}")}, "webhookEventId": format!("tap-{n}")})
    };
    let held = bundle.line_holds(None, (0..30).map(tap).collect()).await;
    assert_eq!(bundle.post(held.body, Some(&held.signature)).await, 200);
    bundle.stack.settled().await.unwrap();

    let replies = bundle.calls("/v2/bot/message/reply").await;
    let said = |part: &str| {
        let has = |call: &&emulator::Call| {
            let message = &call.request["messages"][0];
            let text = message["text"].as_str().or(message["altText"].as_str());
            text.unwrap_or_default().contains(part)
        };
        replies.iter().filter(has).count()
    };
    assert_eq!(said("ご予約を承りました"), 1);
    assert_eq!(said("ほかの方の予約が入りました"), 29);
}
