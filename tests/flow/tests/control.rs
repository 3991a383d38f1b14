//! Who holds a chat: staff, or the module.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::time::Duration;

use emulator::Holder;
use flow::worker::Worker;
use flow::{Bundle, texts};
use reservation::Reservation;
use shared::domain::{BotId, BotState, ChatId, ChatState, MayControl, Timestamp, may_control};
use shared::line::BotClient;
use shared::line::error::LineErrorKind;

fn line(bundle: &Bundle) -> BotClient {
    let worker = Worker::new(bundle, Reservation);
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
        (Some(423), LineErrorKind::Throttled)
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
