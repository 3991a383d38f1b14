//! Who holds a chat: staff, or the module.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::time::Duration;

use emulator::{Fault, FaultKind, Holder};
use flow::clock::Clock;
use flow::worker::{Message, Worker, states};
use flow::{Bundle, texts};
use line_module::{Context, Event, Module, ModuleError, Text};
use serde_json::json;
use shared::domain::chat::Control;
use shared::domain::{
    BotId, BotState, ChatId, ChatState, MayControl, Outcome, Silence, Timestamp, Verdict,
    may_control,
};
use shared::line::BotClient;
use shared::line::error::LineErrorKind;

fn line(bundle: &Bundle) -> BotClient {
    let worker = Worker::new(bundle, reservation::module());
    worker.app.line.bot(&BotId::new(&bundle.bot).unwrap())
}

fn may() -> MayControl {
    let (bot, chat, now) = (BotState::default(), ChatState::default(), Timestamp(1));
    may_control(&bot, &chat, now, now).unwrap()
}

async fn holder(bundle: &Bundle) -> (Holder, Option<i64>) {
    let chats = bundle.stack.line.state().await.chats;
    let chat = chats
        .into_iter()
        .find(|chat| chat.chat == bundle.guest)
        .unwrap();
    (chat.holder, chat.expire_at)
}

#[tokio::test]
async fn while_staff_hold_a_chat_the_module_is_silent_and_after_that_it_answers_again() {
    let bundle = Bundle::attached().await;
    let mut guest = bundle.stack.chat(&bundle.bot, &bundle.guest);
    guest.follows().await.unwrap();
    bundle
        .stack
        .line
        .take(&bundle.bot, &bundle.guest)
        .await
        .unwrap();
    assert!(guest.says("reserve").await.unwrap().is_empty());
    bundle
        .stack
        .line
        .give(&bundle.bot, &bundle.guest)
        .await
        .unwrap();
    assert_eq!(
        texts(&guest.says("reserve").await.unwrap()),
        ["Which time would you like?"]
    );
}

#[tokio::test]
async fn the_module_acquires_a_chat_for_an_hour_and_releases_it() {
    let bundle = Bundle::attached().await;
    let chat = ChatId::new(&bundle.guest).unwrap();
    let mut guest = bundle.stack.chat(&bundle.bot, &bundle.guest);
    guest.follows().await.unwrap();
    bundle
        .stack
        .line
        .take(&bundle.bot, &bundle.guest)
        .await
        .unwrap();
    let line = line(&bundle);

    // Another channel took it a moment ago.
    let too_soon = line.acquire(&may(), &chat, None).await.unwrap_err();
    assert_eq!(
        (too_soon.status, too_soon.kind),
        (Some(423), LineErrorKind::Standby)
    );

    bundle
        .stack
        .line
        .advance_clock(Duration::from_secs(10))
        .await;
    let held = line
        .acquire(&may(), &chat, Some(Duration::from_secs(3600)))
        .await
        .unwrap();
    let (holds, until) = holder(&bundle).await;
    assert_eq!(holds, Holder::Module);
    let hour = until.unwrap() - held.from.0;
    assert!((3_600_000..3_601_000).contains(&hour), "{hour}");
    assert!(held.until <= until.map(Timestamp));
    bundle.stack.settled().await.unwrap();
    assert_eq!(guest.says("reserve").await.unwrap().len(), 1);

    line.release(&may(), &chat).await.unwrap();
    bundle.stack.settled().await.unwrap();
    assert!(guest.says("reserve").await.unwrap().is_empty());
    assert_eq!(holder(&bundle).await.0, Holder::Primary);
}

/// What became of the last event of the guest's chat that LINE has sent.
async fn verdict(bundle: &Bundle) -> Verdict {
    bundle.stack.settled().await.unwrap();
    let deliveries = bundle.stack.line.deliveries(0).await;
    let of_guest = |delivery: &&emulator::Delivery| delivery.chats.contains(&bundle.guest);
    let event = &deliveries.iter().rfind(of_guest).unwrap().event_ids[0];
    bundle.recorded(event).await.verdict()
}

#[tokio::test]
async fn a_guest_asks_for_staff_and_comes_back_for_an_hour() {
    let bundle = Bundle::attached().await;
    let mut guest = bundle.stack.chat(&bundle.bot, &bundle.guest);
    guest.follows().await.unwrap();
    let before = bundle.stack.last_delivery().await;
    let heard = guest.says("ask staff").await.unwrap();
    let given_back = bundle.stack.event_after(before, &bundle.bot, "deactivated");
    given_back.await.unwrap();
    assert!(texts(&heard)[0].contains("Our staff will answer you"));
    assert_eq!(holder(&bundle).await.0, Holder::Primary);
    assert!(guest.says("reserve").await.unwrap().is_empty());
    assert_eq!(verdict(&bundle).await, Verdict::Standby);

    // Our own release counts until the end of its second.
    let line = &bundle.stack.line;
    line.advance_clock(Duration::from_secs(2)).await;
    let before = bundle.stack.last_delivery().await;
    // LINE's event may come before the message itself is settled.
    let mut heard = guest.says("back to reservations").await.unwrap();
    let back = bundle.stack.event_after(before, &bundle.bot, "activated");
    back.await.unwrap();
    heard.extend(guest.heard().await.unwrap());
    assert!(texts(&heard)[0].contains("You are back"), "{heard:?}");
    assert_eq!(guest.says("reserve").await.unwrap().len(), 1);
    assert_eq!(verdict(&bundle).await, Verdict::Handled);

    let hour = Duration::from_secs(3600);
    line.advance_clock(hour).await;
    assert!(guest.says("reserve").await.unwrap().is_empty());
    assert_eq!(verdict(&bundle).await, Verdict::Standby);
}

/// Takes the chat at every event, and tells so where it is ours.
#[derive(Clone)]
struct Takes;

impl Module for Takes {
    async fn handle(&self, cx: &mut Context<'_>, _: &Event) -> Result<(), ModuleError> {
        match cx.active() {
            Some(mut cx) => cx.push(&[Text::new("ours")]),
            None => cx.acquire(Some(Duration::from_secs(60))),
        }
    }
}

/// The guest writes while staff hold the chat: the event `e`, `later` from now.
async fn written_to_staff(bundle: &Bundle, later: Duration) -> Message {
    let at = Clock::default().timestamp().plus(later).0;
    let event = json!({"type": "message", "webhookEventId": "e", "timestamp": at, "mode": "standby",
        "message": {"type": "text", "text": "hello"}});
    bundle.message(&bundle.guest, vec![event]).await
}

async fn followed(bundle: &Bundle) {
    let mut guest = bundle.stack.chat(&bundle.bot, &bundle.guest);
    guest.follows().await.unwrap();
    guest.heard().await.unwrap();
}

async fn line_fails(bundle: &Bundle, kind: FaultKind) {
    let fault = Fault::new(
        format!("POST /v2/bot/chat/{}/control/acquire", bundle.guest),
        1,
        kind,
    );
    bundle.stack.line.add_faults(vec![fault]).await.unwrap();
}

#[tokio::test]
async fn a_chat_that_another_channel_took_a_moment_ago_is_tried_again() {
    let bundle = Bundle::attached().await;
    followed(&bundle).await;
    let worker = Worker::new(&bundle, Takes);
    // Our own acquire counts from the start of its second.
    let line = &bundle.stack.line;
    line.advance_clock(Duration::from_secs(2)).await;
    let message = written_to_staff(&bundle, Duration::from_secs(2)).await;
    line_fails(&bundle, FaultKind::Locked).await;
    worker.gives_back(&message).await;
    assert_eq!(states(&bundle.recorded("e").await), ["pending"]);
    worker.settles(&message).await;
    assert_eq!(states(&bundle.recorded("e").await), ["sent"]);
    let key = bundle.key(Some(&bundle.guest), "e");
    let store = &worker.app.store;
    let chat = store.load(&key, None, Timestamp(0)).await.unwrap().chat;
    let control = chat.registers.control.unwrap();
    assert!(
        matches!(control.value, Control::Ours(Some(_))),
        "{control:?}"
    );
}

#[tokio::test]
async fn a_chat_is_not_taken_from_who_took_it_after_the_event() {
    let bundle = Bundle::attached().await;
    followed(&bundle).await;
    let worker = Worker::new(&bundle, Takes);
    let message = written_to_staff(&bundle, Duration::ZERO).await;
    line_fails(&bundle, FaultKind::ServerError).await;
    worker.gives_back(&message).await;
    let line = &bundle.stack.line;
    line.advance_clock(Duration::from_secs(2)).await;
    line.take(&bundle.bot, &bundle.guest).await.unwrap();
    bundle.stack.settled().await.unwrap();
    worker.settles(&message).await;
    let row = bundle.recorded("e").await;
    assert_eq!(
        (states(&row), row.verdict()),
        (vec!["dropped"], Verdict::Standby)
    );
}

#[tokio::test]
async fn a_chat_with_nobody_in_it_is_not_taken_and_nobody_is_called() {
    let bundle = Bundle::attached().await;
    let worker = Worker::new(&bundle, Takes);
    let world = bundle.stack.line.state().await;
    let stranger = world
        .users
        .iter()
        .find(|user| user.bot == bundle.bot && !user.friend)
        .map(|user| &user.user_id)
        .unwrap();
    let event = json!({"type": "message", "webhookEventId": "e", "mode": "standby",
        "message": {"type": "text", "text": "hello"}});
    let message = bundle.message(stranger, vec![event]).await;
    worker.settles(&message).await;
    let row = bundle.record(Some(stranger), "e").await.unwrap();
    assert_eq!(
        (row.outcome(), row.verdict()),
        (Outcome::Done, Verdict::Gone)
    );
}

/// Where LINE says that the scope is missing, it is not asked again for an hour.
#[tokio::test]
async fn a_refused_scope_counts_for_an_hour() {
    let bundle = Bundle::attached().await;
    followed(&bundle).await;
    let worker = Worker::new(&bundle, Takes);
    let store = &worker.app.store;
    let bot = BotId::new(&bundle.bot).unwrap();
    worker.clock.advance(Duration::from_secs(2));
    let now = worker.clock.timestamp();
    let deny = store.update_bot(&bot, |row| row.state.deny("message:receive", now));
    deny.await.unwrap();
    let message = written_to_staff(&bundle, Duration::ZERO).await;
    worker.settles(&message).await;
    let row = bundle.recorded("e").await;
    assert_eq!(
        (states(&row), row.verdict()),
        (vec!["dropped"], Verdict::ScopeMissing)
    );
}

#[tokio::test]
async fn what_was_active_when_it_was_written_is_not_answered_after_control_has_lapsed() {
    let bundle = Bundle::attached().await;
    followed(&bundle).await;
    let worker = Worker::new(&bundle, Takes);
    let at = worker.clock.timestamp().plus(Duration::from_secs(2));
    let until = at.plus(Duration::from_secs(60));
    let events = vec![
        json!({"type": "activated", "webhookEventId": "a", "timestamp": at.0, "chatControl": {"expireAt": until.0}}),
        json!({"type": "message", "webhookEventId": "e", "timestamp": at.0 + 1, "mode": "active",
            "message": {"type": "text", "text": "hello"}}),
    ];
    let message = bundle.message(&bundle.guest, events).await;
    worker.clock.advance(Duration::from_secs(61));
    worker.settles(&message).await;
    let row = bundle.recorded("e").await;
    assert_eq!(row.silence, Some(Silence::Standby));
    assert!(bundle.calls("/v2/bot/message/push").await.is_empty());
}

#[tokio::test]
async fn a_chat_with_somebody_who_is_no_friend_cannot_be_acquired() {
    let bundle = Bundle::attached().await;
    let world = bundle.stack.line.state().await;
    let of_account = |user: &&emulator::UserState| user.bot == bundle.bot && !user.friend;
    let stranger = &world.users.iter().find(of_account).unwrap().user_id;
    let refused = line(&bundle)
        .acquire(&may(), &ChatId::new(stranger).unwrap(), None)
        .await
        .unwrap_err();
    assert_eq!(refused.kind, LineErrorKind::NotFound);
}
