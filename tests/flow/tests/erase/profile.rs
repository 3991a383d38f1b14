//! A profile that the module has not read again for so long ends, and nothing else of its chat.

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use emulator::Settings;
use flow::emulators::Emulators;
use flow::reconciler::Reconciler;
use shared::domain::{BotId, ChatId, Timestamp};
use shared::store::ChatRow;

const DAY: Duration = Duration::from_secs(24 * 3600);
/// Chats with a profile; more than are read at once.
const CHATS: usize = 130;

struct Scene {
    emulators: Emulators,
    /// An account that is attached.
    bot: BotId,
}

fn chat(n: usize) -> ChatId {
    ChatId::new(format!("U{n:04}{:028}", 0)).unwrap()
}

impl Scene {
    async fn begin() -> Self {
        let emulators = Emulators::start(Settings::default()).await;
        let bot = emulators.attached(1).await.remove(0);
        emulators.is_heard(&bot).await;
        Self { emulators, bot }
    }

    fn now(&self) -> Timestamp {
        self.emulators.now()
    }

    /// A chat with a state and a profile that was read at this time.
    async fn profile_read(&self, chat: &ChatId, at: Timestamp) {
        let number = |n: i64| AttributeValue::N(n.to_string());
        let text = |text: &str| AttributeValue::S(text.to_owned());
        let profile = HashMap::from([
            ("profile".to_owned(), text(r#"{"displayName":"Mari"}"#)),
            ("at".to_owned(), number(at.0)),
            ("epoch".to_owned(), number(0)),
        ]);
        let row = HashMap::from([
            ("bot_id".to_owned(), text(self.bot.as_str())),
            ("chat_id".to_owned(), text(chat.as_str())),
            ("state".to_owned(), text("{}")),
            ("profile".to_owned(), AttributeValue::M(profile)),
            ("version".to_owned(), number(1)),
        ]);
        let places = &self.emulators.places;
        let client = places.ground().dynamodb();
        let put = client.put_item().table_name(&places.table_name);
        put.set_item(Some(row)).send().await.unwrap();
    }

    async fn row(&self, n: usize) -> ChatRow {
        let row = self.emulators.store.chat(&self.bot, &chat(n)).await;
        row.unwrap().unwrap()
    }
}

#[tokio::test]
async fn a_profile_ends_ninety_days_after_it_was_read() {
    let scene = Scene::begin().await;
    let emulators = &scene.emulators;
    let mut reconciler = Reconciler::new(emulators);
    reconciler.app.profiles_for = DAY * 90;
    for n in 0..CHATS {
        scene.profile_read(&chat(n), scene.now()).await;
    }
    emulators.advance(DAY * 89).await;
    reconciler.succeeds().await;
    assert_eq!(reconciler.lines.sum("ProfilesEnded"), 0);
    // Somebody writes, and the module reads it again.
    scene.profile_read(&chat(7), scene.now()).await;
    emulators.advance(DAY * 2).await;
    reconciler.succeeds().await;
    let ended = CHATS as u64 - 1;
    assert_eq!(reconciler.lines.sum("ProfilesEnded"), ended);
    assert!(scene.row(7).await.profile.is_some());
    for n in [0, CHATS - 1] {
        let row = scene.row(n).await;
        assert_eq!((row.profile, row.state.as_deref()), (None, Some("{}")));
        assert_eq!(row.version, 2);
    }
}

#[tokio::test]
async fn a_round_goes_on_where_the_run_before_has_ended() {
    let scene = Scene::begin().await;
    let emulators = &scene.emulators;
    let others = emulators.attached(2).await;
    for bot in &others {
        emulators.is_heard(bot).await;
    }
    let mut reconciler = Reconciler::new(emulators);
    // Each run comes through one page of chats, or through one account that has fewer.
    reconciler.app.profiles_budget = Duration::ZERO;
    for n in 0..CHATS {
        scene.profile_read(&chat(n), Timestamp(0)).await;
    }
    emulators.advance(DAY * 100).await;
    let mut ended = Vec::new();
    for _ in 0..4 {
        reconciler.succeeds().await;
        ended.push(reconciler.lines.sum("ProfilesEnded"));
        let round = emulators.store.profiles_round().await.unwrap().unwrap();
        // Half of an id names nobody.
        let is_whole = |it: &ChatId| it.as_str().len() == chat(0).as_str().len();
        assert!(!round.chat.as_ref().is_some_and(is_whole), "{round:?}");
    }
    assert!(ended.contains(&100), "{ended:?}");
    assert_eq!(ended[3], CHATS as u64);
    reconciler.succeeds().await;
    let round = emulators.store.profiles_round().await.unwrap().unwrap();
    assert!(round.ended_at.is_some(), "{round:?}");
    // The next round begins a day later.
    scene.profile_read(&chat(0), Timestamp(0)).await;
    reconciler.succeeds().await;
    assert!(scene.row(0).await.profile.is_some());
    emulators.advance(DAY).await;
    for _ in 0..4 {
        reconciler.succeeds().await;
    }
    assert!(scene.row(0).await.profile.is_none());
}
