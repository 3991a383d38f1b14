//! What is kept of accounts and chats, when events come late or carry more than
//! they should.

use std::time::Duration;

use emulator::DeliverOptions;
use flow::clock::Clock;
use flow::worker::Worker;
use flow::{Bundle, choices, texts};
use serde_json::{Value, json};
use shared::domain::chat::{Control, Presence};
use shared::domain::{BotId, Outcome, Scopes, Timestamp};

fn says(id: &str, text: &str) -> Value {
    json!({"type": "message", "webhookEventId": id, "message": {"type": "text", "text": text}})
}

fn taps(id: &str, data: &str) -> Value {
    json!({"type": "postback", "webhookEventId": id, "postback": {"data": data}})
}

/// The account was unlinked and linked again, and the event of the first comes
/// last. What was begun before it has ended, however often it was looked at since.
#[tokio::test]
async fn a_guest_of_an_earlier_link_cannot_cancel_what_another_has_reserved_since() {
    let bundle = Bundle::attached().await;
    let mut guest = bundle.stack.chat(&bundle.bot, &bundle.guest);
    guest.follows().await.unwrap();
    let (data, label) = choices(&guest.says("reserve").await.unwrap()).remove(0);
    guest.taps(&data, &label).await.unwrap();

    let worker = Worker::new(&bundle, reservation::module());
    let bot = BotId::new(&bundle.bot).unwrap();
    let store = &bundle.stack.store;
    let unlinked = worker.clock.timestamp().plus(Duration::from_secs(10));
    let scopes = Scopes::from_words("message:send message:receive profile:read account:manage");
    worker.clock.advance(Duration::from_secs(20));
    let linked = worker.clock.timestamp();
    let link = store.update_bot(&bot, |row| row.state.attach(linked, &scopes));
    link.await.unwrap();
    worker.clock.advance(Duration::from_secs(20));

    let given = async |chat: &str, mut event: Value| {
        event["timestamp"] = worker.clock.timestamp().0.into();
        worker.clock.advance(Duration::from_millis(10));
        let message = bundle.message(chat, vec![event]).await;
        worker.settles(&message).await;
    };
    guest.heard().await.unwrap();
    given(&bundle.guest, says("looks", "my reservations")).await;
    let unlink = store.update_bot(&bot, |row| row.state.detach(unlinked));
    unlink.await.unwrap();
    given(&bundle.guest, says("looks again", "my reservations")).await;
    given(&bundle.rival, taps("reserves", &data)).await;
    let cancel = data.replace("reserve", "cancel");
    given(&bundle.guest, taps("cancels", &cancel)).await;

    let heard = guest.heard().await.unwrap();
    assert!(texts(&heard)[0].contains(&label), "{heard:?}");
    assert_eq!(texts(&heard)[1], "You have no reservations.");
    let mut rival = bundle.stack.chat(&bundle.bot, &bundle.rival);
    let heard = rival.heard().await.unwrap();
    assert!(texts(&heard)[0].contains("承りました"), "{heard:?}");
    let slot = data.strip_prefix("reserve/1/").unwrap();
    let kept = store
        .module_rows(&bot, "slot#", Some(unlinked))
        .await
        .unwrap();
    assert_eq!(kept.len(), 1, "{kept:?}");
    assert!(kept[0].key.contains(slot) && kept[0].value.contains(&bundle.rival));
}

#[tokio::test]
async fn an_unlinking_that_names_a_user_is_the_accounts_all_the_same() {
    let bundle = Bundle::attached().await;
    // Later than the second in which it was linked.
    let at = Clock::default().timestamp().plus(Duration::from_secs(5)).0;
    let event = json!({"type": "module", "webhookEventId": "gone", "timestamp": at, "source": {"type": "user", "userId": bundle.guest},
        "module": {"type": "detached", "botId": bundle.bot}});
    let once = DeliverOptions::default();
    bundle.line_sends(None, vec![event], once).await;
    let bot = BotId::new(&bundle.bot).unwrap();
    let row = bundle.stack.store.bot(&bot).await.unwrap().unwrap();
    assert!(!row.state.is_attached());
    assert!(bundle.record(None, "gone").await.is_some());
}

/// A row that is written and cannot be read would hold up its chat for ever.
#[tokio::test]
async fn every_kind_of_control_and_presence_is_read_as_it_was_written() {
    let bundle = Bundle::attached().await;
    let worker = Worker::new(&bundle, reservation::module());
    let at = worker.clock.timestamp().0;
    let activated = json!({"type": "activated", "chatControl": {"expireAt": at + 60_000}});
    let until = Control::Ours(Some(Timestamp(at + 60_000)));
    let events = [
        (activated, until, None),
        (json!({"type": "activated"}), Control::Ours(None), None),
        (json!({"type": "deactivated"}), Control::Theirs, None),
        (
            json!({"type": "follow"}),
            Control::Default,
            Some(Presence::Here),
        ),
        (
            json!({"type": "unfollow"}),
            Control::Default,
            Some(Presence::Gone),
        ),
        (
            json!({"type": "join"}),
            Control::Default,
            Some(Presence::Here),
        ),
        (
            json!({"type": "leave"}),
            Control::Default,
            Some(Presence::Gone),
        ),
    ];
    for (n, (mut event, control, presence)) in (0..).zip(events) {
        let id = format!("event {n}");
        event["webhookEventId"] = id.clone().into();
        event["timestamp"] = (at + n).into();
        let message = bundle.message(&bundle.guest, vec![event]).await;
        worker.settles(&message).await;
        assert_eq!(bundle.recorded(&id).await.outcome(), Outcome::Done);
        let key = bundle.key(Some(&bundle.guest), &id);
        let now = worker.clock.timestamp();
        let kept = worker
            .app
            .store
            .load(&key, None, now)
            .await
            .unwrap()
            .chat
            .registers;
        assert_eq!(kept.control.map(|entry| entry.value), Some(control), "{n}");
        assert_eq!(kept.presence.map(|entry| entry.value), presence, "{n}");
    }
}
