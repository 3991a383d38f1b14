//! An account's handler sends to many: once, to whom it may, as far as the month's quota goes.
//! Narrowcasts are in the file beside this one.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod narrowcast;

use std::time::Duration;

use flow::Bundle;
use flow::faulty::Fate;
use flow::worker::{Message, Worker, states};
use line_module::settings::{Field, Kind, Schema, Words, save};
use line_module::{Account, Context, Handled, Resumed, Router, Routes, Text, UserId};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use shared::domain::ledger::ParkKind;
use shared::domain::{BotId, Delivery, LedgerEntry, Outcome, Scopes, Silence, Timestamp, Verdict};
use shared::replay::{Mode, replay};

const MULTICAST: &str = "/v2/bot/message/multicast";
const BROADCAST: &str = "/v2/bot/message/broadcast";
const NAME: Words = Words {
    ja: "お知らせ",
    zh: "通知",
    en: "News",
    th: "ข่าว",
};

/// What the company's own systems say: which news, to whom, how.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct News {
    texts: Vec<String>,
    /// All friends, if nobody is named.
    users: Vec<UserId>,
    unit: Option<String>,
    silently: bool,
}

/// Each account says by its setting `news` whether it sends to many.
fn module() -> Router {
    let routes = Routes::new()
        .command("news", send)
        .command("narrow", narrowcast::narrow)
        .narrowcast_ended(narrowcast::ended)
        .resumed(greet);
    Router::new().settings(settings()).account(routes)
}

fn settings() -> Schema {
    Schema::new([Field::new("news", NAME, Kind::MaySendToMany, false)])
}

async fn send(cx: &mut Context<'_, Account>, news: &News) -> Handled {
    for text in &news.texts {
        let (messages, users) = ([Text::new(text)], &news.users);
        match (&news.unit, users.is_empty(), news.silently) {
            (_, true, false) => cx.broadcast(&messages).await?,
            (_, true, true) => cx.broadcast_silently(&messages).await?,
            (None, false, false) => cx.multicast(users, &messages).await?,
            (None, false, true) => cx.multicast_silently(users, &messages).await?,
            (Some(unit), false, false) => cx.multicast_counted(unit, users, &messages).await?,
            (Some(unit), false, true) => {
                cx.multicast_counted_silently(unit, users, &messages)
                    .await?;
            }
        }
    }
    Ok(())
}

/// For workers of the tests' own.
async fn greet(cx: &mut Context<'_, Account>, _: &Resumed) -> Handled {
    cx.broadcast(&[Text::new("We are back.")]).await
}

struct Scene {
    bundle: Bundle,
}

impl Scene {
    /// Guest and rival are friends of the account, which lets the module send to many.
    async fn begin() -> Self {
        let scene = Self::mute().await;
        scene.allows(true).await;
        scene
    }

    /// The same, of an account that has not said whether the module may.
    async fn mute() -> Self {
        let bundle = Bundle::with(module()).await;
        for user in [&bundle.guest, &bundle.rival] {
            let mut chat = bundle.stack.chat(&bundle.bot, user);
            chat.follows().await.unwrap();
        }
        Self { bundle }
    }

    fn bot(&self) -> BotId {
        BotId::new(&self.bundle.bot).unwrap()
    }

    fn users(&self) -> Vec<UserId> {
        let users = [&self.bundle.guest, &self.bundle.rival];
        users.map(|user| UserId::new(user).unwrap()).into()
    }

    async fn allows(&self, allows: bool) {
        let values = serde_json::from_value(json!({ "news": allows })).unwrap();
        let (store, now) = (&self.bundle.stack.store, Timestamp(1));
        let (bot, module) = (self.bot(), module());
        let saved = save(store, &bot, &module, &values, now);
        saved.await.unwrap();
    }

    /// The company has news, with this id; gives the event's row.
    async fn has_news(&self, id: &str, news: &News) -> LedgerEntry {
        let place = (self.bundle.bot.as_str(), None);
        let news = serde_json::to_value(news).unwrap();
        let said = self.bundle.stack.company.says(place, "news", id, &news);
        assert_eq!(said.await.unwrap().status, 202);
        self.bundle.stack.settled().await.unwrap();
        self.record(&format!("command-{id}")).await
    }

    async fn record(&self, event: &str) -> LedgerEntry {
        self.bundle.record(None, event).await.unwrap()
    }

    /// The event `back`, for workers of the tests' own.
    async fn is_back(&self) -> Message {
        let event = json!({"type": "botResumed", "webhookEventId": "back"});
        self.bundle.message_of(None, vec![event]).await
    }

    async fn received(&self, user: &str) -> Vec<String> {
        let all = self.bundle.stack.line.conversation(&self.bundle.bot, user);
        let all = all.await;
        let ours = all
            .iter()
            .filter(|it| it.from == emulator::Speaker::Account);
        let texts = ours.filter_map(|bubble| bubble.text());
        texts.map(str::to_owned).collect()
    }

    async fn both_received(&self, texts: &[&str]) {
        for user in [&self.bundle.guest, &self.bundle.rival] {
            assert_eq!(self.received(user).await, texts);
        }
    }

    async fn requests(&self, path: &str) -> Vec<Value> {
        let calls = self.bundle.calls(path).await.into_iter();
        calls.map(|call| call.request).collect()
    }
}

fn news(texts: &[&str]) -> News {
    News {
        texts: texts.iter().map(|&text| text.to_owned()).collect(),
        ..News::default()
    }
}

#[tokio::test]
async fn news_reach_all_friends_or_those_who_are_named() {
    let scene = Scene::begin().await;
    let row = scene.has_news("1", &news(&["Sale!"])).await;
    assert_eq!(states(&row), ["sent"]);
    scene.both_received(&["Sale!"]).await;
    let users = scene.users();
    let named = News {
        users: users[..1].to_vec(),
        ..news(&["Only for you."])
    };
    let row = scene.has_news("2", &named).await;
    assert_eq!(states(&row), ["sent"]);
    let guest = scene.received(&scene.bundle.guest).await;
    assert_eq!(guest, ["Sale!", "Only for you."]);
    assert_eq!(scene.received(&scene.bundle.rival).await, ["Sale!"]);
}

#[tokio::test]
async fn a_multicast_is_counted_under_its_unit_and_what_is_silent_notifies_nobody() {
    let scene = Scene::begin().await;
    let quietly = |unit: Option<&str>, users: Vec<UserId>| News {
        users,
        unit: unit.map(str::to_owned),
        silently: true,
        ..news(&["hi"])
    };
    scene.has_news("1", &quietly(None, Vec::new())).await;
    scene.has_news("2", &quietly(None, scene.users())).await;
    let unit = quietly(Some("spring"), scene.users());
    scene.has_news("3", &unit).await;
    assert_eq!(
        scene.requests(BROADCAST).await[0]["notificationDisabled"],
        true
    );
    let multicasts = scene.requests(MULTICAST).await;
    assert_eq!(multicasts[0]["notificationDisabled"], true);
    assert_eq!(multicasts[0]["customAggregationUnits"], Value::Null);
    assert_eq!(multicasts[1]["customAggregationUnits"], json!(["spring"]));
}

#[tokio::test]
async fn without_a_word_of_the_account_or_the_operator_nothing_is_sent_and_the_row_says_what_to_do()
{
    let scene = Scene::mute().await;
    let row = scene.has_news("1", &news(&["Sale!"])).await;
    let silence = Silence::ToManyNotAllowed;
    assert_eq!(row.effects(), [Delivery::Dropped { silence }]);
    assert_eq!(
        (row.outcome(), row.verdict()),
        (Outcome::Done, Verdict::ToManyNotAllowed)
    );
    let reason = row.effects()[0].reason().unwrap();
    assert!(reason.contains("MAY_SEND_TO_MANY"), "{reason}");
    assert!(scene.requests(BROADCAST).await.is_empty());
    scene.allows(true).await;
    scene.has_news("2", &news(&["Sale!"])).await;
    scene.allows(false).await;
    scene.has_news("3", &news(&["More!"])).await;
    scene.both_received(&["Sale!"]).await;
}

#[tokio::test]
async fn the_operator_may_allow_it_for_all_accounts_and_a_drop_is_counted() {
    let scene = Scene::mute().await;
    let message = scene.is_back().await;
    let worker = Worker::new(&scene.bundle, module());
    worker.settles(&message).await;
    assert_eq!(states(&scene.record("back").await), ["dropped"]);
    assert_eq!(worker.lines.sum("ToManyDropped"), 1);
    assert_eq!(worker.lines.sum("ToManyNotAllowed"), 1);

    let scene = Scene::mute().await;
    let mut variables = scene.bundle.stack.variables.clone();
    variables.insert("MAY_SEND_TO_MANY".into(), "true".into());
    let env = shared::env::Env::from_map(variables);
    let worker = Worker::configured(&scene.bundle, &env, module());
    worker.settles(&scene.is_back().await).await;
    assert_eq!(worker.lines.sum("ToManySent"), 1);
    scene.both_received(&["We are back."]).await;
}

#[tokio::test]
async fn a_multicast_that_the_months_quota_is_too_small_for_is_refused_before_it_is_sent() {
    let scene = Scene::begin().await;
    let line = &scene.bundle.stack.line;
    line.set_quota(&scene.bundle.bot, Some(1)).await.unwrap();
    let named = News {
        users: scene.users(),
        ..news(&["Sale!"])
    };
    let row = scene.has_news("1", &named).await;
    assert_eq!(row.park_kind(), Some(ParkKind::RefusedByLine));
    let reason = row.effects()[0].reason().unwrap();
    let expected = "2 messages are more than the 1 left this month";
    assert!(reason.contains(expected), "{reason}");
    assert!(scene.requests(MULTICAST).await.is_empty());
    scene.both_received(&[]).await;
}

#[tokio::test]
async fn a_broadcast_is_refused_where_nothing_of_the_month_is_left() {
    let scene = Scene::begin().await;
    let line = &scene.bundle.stack.line;
    line.set_quota(&scene.bundle.bot, Some(0)).await.unwrap();
    let row = scene.has_news("1", &news(&["Sale!"])).await;
    assert_eq!(states(&row), ["refused"]);
    assert!(scene.requests(BROADCAST).await.is_empty());
}

/// The second of two sends would be refused: so neither is made.
#[tokio::test]
async fn what_line_would_refuse_is_the_authors_error_before_anything_is_sent() {
    let scene = Scene::begin().await;
    let worker = Worker::new(&scene.bundle, module());
    let refusal = json!({"message": "The request body has 1 error(s)", "details": [
        {"message": "Must be something else", "property": "messages[0].text"}]});
    let refused = Fate::Answered(400, refusal.to_string());
    worker.line.next("/validate/broadcast", refused);
    worker.gives_back(&scene.is_back().await).await;
    let row = scene.record("back").await;
    assert_eq!(row.outcome(), Outcome::Failed);
    let reason = row.reason().unwrap();
    assert!(reason.contains("messages[0].text"), "{reason}");
    assert!(reason.contains("Must be something else"), "{reason}");
    assert!(scene.requests(BROADCAST).await.is_empty());
}

#[tokio::test]
async fn the_same_messages_are_shown_to_line_once() {
    let scene = Scene::begin().await;
    let row = scene.has_news("1", &news(&["hi", "hi", "ho"])).await;
    assert_eq!(states(&row), ["sent", "sent", "sent"]);
    let validated = "/v2/bot/message/validate/broadcast";
    assert_eq!(scene.requests(validated).await.len(), 2);
}

#[tokio::test]
async fn a_send_whose_answer_is_lost_is_made_again_and_arrives_once() {
    let scene = Scene::begin().await;
    let worker = Worker::new(&scene.bundle, module());
    let message = scene.is_back().await;
    worker.line.next(BROADCAST, Fate::AnswerLost);
    worker.gives_back(&message).await;
    assert_eq!(states(&scene.record("back").await), ["open"]);
    let other = Worker::new(&scene.bundle, module());
    other.settles(&message).await;
    assert_eq!(states(&scene.record("back").await), ["sent"]);
    let calls = scene.bundle.calls(BROADCAST).await;
    let statuses: Vec<_> = calls.iter().map(|call| call.status).collect();
    assert_eq!(statuses, [200, 409]);
    scene.both_received(&["We are back."]).await;
}

#[tokio::test]
async fn a_forced_replay_sends_it_again() {
    let scene = Scene::begin().await;
    Worker::new(&scene.bundle, module())
        .settles(&scene.is_back().await)
        .await;
    let (key, now) = (scene.bundle.key(None, "back"), Timestamp(1));
    let raw = json!({"type": "botResumed", "timestamp": 1, "mode": "active"}).to_string();
    let (store, queue) = (&scene.bundle.stack.store, &scene.bundle.stack.queue);
    let queued = replay(store, queue, &key, Some(&raw), Mode::Force, now);
    queued.await.unwrap();
    scene.bundle.stack.settled().await.unwrap();
    scene.both_received(&["We are back.", "We are back."]).await;
}

/// Planned while it was allowed; LINE did not take it at once.
#[tokio::test]
async fn each_try_is_judged_again() {
    let scene = Scene::begin().await;
    let worker = Worker::new(&scene.bundle, module());
    let message = scene.is_back().await;
    let busy = Fate::Answered(429, "{}".into());
    worker.line.next(BROADCAST, busy);
    worker.gives_back(&message).await;
    scene.allows(false).await;
    worker.settles(&message).await;
    assert_eq!(states(&scene.record("back").await), ["dropped"]);

    scene.allows(true).await;
    let store = &scene.bundle.stack.store;
    let now = worker.clock.timestamp().plus(Duration::from_secs(60));
    let scopes = Scopes::from_words("profile:read");
    let bot = scene.bot();
    let attach = store.update_bot(&bot, |row| row.state.attach(now, &scopes));
    attach.await.unwrap();
    let row = scene.has_news("1", &news(&["Sale!"])).await;
    let silence = Silence::ScopeMissing;
    assert_eq!(row.effects(), [Delivery::Dropped { silence }]);
    assert!(scene.requests(BROADCAST).await.is_empty());
}

/// Of what the first try has taken there is nothing left: LINE knows, by the retry key.
#[tokio::test]
async fn a_send_that_has_used_up_the_quota_and_whose_answer_is_lost_is_known_to_be_sent() {
    let scene = Scene::begin().await;
    let line = &scene.bundle.stack.line;
    line.set_quota(&scene.bundle.bot, Some(4)).await.unwrap();
    let worker = Worker::new(&scene.bundle, module());
    let message = scene.is_back().await;
    worker.line.next(BROADCAST, Fate::AnswerLost);
    worker.gives_back(&message).await;
    let other = Worker::new(&scene.bundle, module());
    let known = Fate::Answered(
        409,
        r#"{"message":"The retry key is already accepted"}"#.into(),
    );
    other.line.next(BROADCAST, known);
    other.settles(&message).await;
    assert_eq!(states(&scene.record("back").await), ["sent"]);
    let asked = "/v2/bot/message/quota/consumption";
    assert_eq!(scene.bundle.calls(asked).await.len(), 1);
}
