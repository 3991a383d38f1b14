//! What accounts use is counted once, and is what LINE has counted. Files beside this one: a
//! counting function of the tests' own, whose batches come cut, twice and without their answers.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod counter;

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use emulator::{DeliverOptions, Fault, FaultKind};
use flow::Bundle;
use line_module::settings::{Field, Kind, Schema, Words, save};
use line_module::{Account, Active, Context, Handled, Router, Routes, Text, TextMessage, UserId};
use serde::{Deserialize, Serialize};
use serde_json::json;
use shared::domain::usage::{ClosedMonth, Counts, Likely, Month, check};
use shared::domain::{BotId, Outcome, Timestamp};
use shared::replay::{Mode, replay};

use counter::Counter;

const REPLY: &str = "/v2/bot/message/reply";
const PUSH: &str = "/v2/bot/message/push";
const MULTICAST: &str = "/v2/bot/message/multicast";
const BROADCAST: &str = "/v2/bot/message/broadcast";
const DAY: Duration = Duration::from_secs(24 * 3600);
const NAME: Words = Words {
    ja: "お知らせ",
    zh: "通知",
    en: "News",
    th: "ข่าว",
};

/// What the company says: news for users, or for all friends.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct News {
    users: Vec<UserId>,
}

fn module() -> Router {
    let may = Field::new("news", NAME, Kind::MaySendToMany, false);
    let active = Routes::new().any_text(answer);
    let account = Routes::new().command("news", send);
    Router::new()
        .settings(Schema::new([may]))
        .active(active)
        .account(account)
}

/// A user says how they want to be answered.
async fn answer(cx: &mut Context<'_, Active>, message: &TextMessage) -> Handled {
    for word in message.text.split(' ') {
        match word {
            "reply" => cx.reply(&[Text::new("a reply"), Text::new("of two")])?,
            "long" => cx.reply(&[Text::new("a long reply ".repeat(100))])?,
            "push" => cx.push(&[Text::new("a push")])?,
            "unit" => cx.push_counted("spring", &[Text::new("a push")])?,
            _ => {}
        }
    }
    Ok(())
}

async fn send(cx: &mut Context<'_, Account>, news: &News) -> Handled {
    match news.users.is_empty() {
        true => cx.broadcast(&[Text::new("Sale!")]).await,
        false => cx.multicast(&news.users, &[Text::new("For you.")]).await,
    }
}

/// A bundle with two accounts, at the beginning of a month.
struct Scene {
    bundle: Bundle,
    bots: Vec<BotId>,
    users: Vec<Vec<String>>,
}

impl Scene {
    async fn begin() -> Self {
        let bundle = Bundle::with(module()).await;
        let world = bundle.stack.line.state().await;
        let others = world.bots.iter().filter(|bot| bot.bot_id != bundle.bot);
        let other = others.map(|bot| bot.bot_id.clone()).next().unwrap();
        bundle.stack.attach(&other, "ja").await.unwrap();
        bundle.stack.settled().await.unwrap();
        let bots = [&bundle.bot, &other];
        let users = bots.map(|bot| {
            let all = world.users.iter().filter(|user| user.bot == **bot);
            all.map(|user| user.user_id.clone()).collect()
        });
        let bots = bots.map(|bot| BotId::new(bot).unwrap()).into();
        let users = users.into();
        let scene = Self {
            bundle,
            bots,
            users,
        };
        scene.allows_news().await;
        scene.next_month().await;
        scene
    }

    async fn allows_news(&self) {
        let values = serde_json::from_value(json!({ "news": true })).unwrap();
        for bot in &self.bots {
            let (store, module) = (&self.bundle.stack.store, module());
            let saved = save(store, bot, &module, &values, self.now());
            saved.await.unwrap();
        }
    }

    fn now(&self) -> Timestamp {
        self.bundle.stack.line.now().into()
    }

    fn month(&self) -> Month {
        Month::of(self.now())
    }

    /// To noon of the second day of the next month.
    async fn next_month(&self) {
        let begin = self.month().end().plus(DAY + DAY / 2);
        self.bundle
            .stack
            .line
            .advance_clock(begin.since(self.now()))
            .await;
    }

    async fn advance(&self, by: Duration) {
        self.bundle.stack.line.advance_clock(by).await;
    }

    /// A user of one of the accounts writes; gives the event's id, when all is settled.
    async fn says(&self, account: usize, user: usize, text: &str) -> String {
        let line = &self.bundle.stack.line;
        let (bot, user) = (self.bots[account].as_str(), &self.users[account][user]);
        let delivery = line.user_says(bot, user, text).await.unwrap().unwrap();
        self.bundle.stack.settled().await.unwrap();
        delivery.event_ids[0].clone()
    }

    async fn has_news(&self, account: usize, id: &str, users: &[usize]) {
        let named = users
            .iter()
            .map(|user| UserId::new(&self.users[account][*user]).unwrap());
        let news = serde_json::to_value(News {
            users: named.collect(),
        })
        .unwrap();
        let place = (self.bots[account].as_str(), None);
        let said = self.bundle.stack.company.says(place, "news", id, &news);
        assert_eq!(said.await.unwrap().status, 202);
        self.bundle.stack.settled().await.unwrap();
    }

    /// The next call of this path goes wrong so.
    async fn next(&self, path: &str, kind: FaultKind) {
        let fault = Fault::new(format!("POST {path}"), 1, kind);
        self.bundle
            .stack
            .line
            .add_faults(vec![fault])
            .await
            .unwrap();
    }

    /// An operator has the event of a chat run again.
    async fn replays(&self, account: usize, user: usize, event: &str, mode: Mode) {
        let mut key = self.bundle.key(Some(&self.users[account][user]), event);
        key.bot = self.bots[account].clone();
        let raw = json!({
            "type": "message", "mode": "active", "timestamp": self.now(),
            "source": {"type": "user", "userId": self.users[account][user]},
            "message": {"type": "text", "id": "1", "text": "push"},
        });
        let stack = &self.bundle.stack;
        let raw = raw.to_string();
        let queued = replay(
            &stack.store,
            &stack.queue,
            &key,
            Some(&raw),
            mode,
            self.now(),
        );
        queued.await.unwrap();
        stack.settled().await.unwrap();
    }

    async fn outcome(&self, account: usize, user: usize, event: &str) -> Outcome {
        let mut key = self.bundle.key(Some(&self.users[account][user]), event);
        key.bot = self.bots[account].clone();
        let row = self.bundle.stack.store.ledger(&key).await.unwrap().unwrap();
        row.outcome()
    }

    /// What is counted of an account's month by now.
    async fn usage(&self, account: usize, month: Month) -> ClosedMonth {
        let stack = &self.bundle.stack;
        stack.usage_is_counted().await.unwrap();
        let usage = stack.store.usage(&self.bots[account], month, self.now());
        usage.await.unwrap()
    }

    /// How many sends LINE has taken for an account since a moment, by its log of calls: a push
    /// whose answer was lost is there twice, and the second was answered 409.
    async fn taken(&self, account: usize, path: &str, since: Timestamp) -> u64 {
        let calls = self.bundle.calls(path).await.into_iter();
        let bot = self.bots[account].as_str();
        let is_taken = |call: &emulator::Call| {
            call.bot.as_deref() == Some(bot) && call.status == 200 && call.at >= since.0
        };
        u64::try_from(calls.filter(is_taken).count()).unwrap()
    }

    /// Our counts of an account are what LINE's log of calls says.
    async fn agrees(&self, account: usize, month: Month, unknown: u64) {
        let counts = self.usage(account, month).await.counts;
        let since = month.start();
        let replies = self.taken(account, REPLY, since).await;
        assert_eq!(counts.replies + unknown, replies, "replies of {account}");
        let pushes = self.taken(account, PUSH, since).await;
        assert_eq!(counts.pushes, pushes, "pushes of {account}");
        let multicasts = self.taken(account, MULTICAST, since).await;
        assert_eq!(
            counts.multicasts.calls, multicasts,
            "multicasts of {account}"
        );
        let broadcasts = self.taken(account, BROADCAST, since).await;
        assert_eq!(counts.broadcasts, broadcasts, "broadcasts of {account}");
        assert_eq!(counts.unknown, unknown, "unknown of {account}");
    }

    /// The item of a row, attribute for attribute.
    async fn row(&self, account: usize, sort: &str) -> Vec<(String, AttributeValue)> {
        let get = self
            .bundle
            .stack
            .ground
            .dynamodb()
            .get_item()
            .table_name(&self.bundle.stack.addresses.table_name)
            .key("bot_id", AttributeValue::S(self.bots[account].to_string()))
            .key("chat_id", AttributeValue::S(sort.to_owned()));
        let mut item: Vec<_> = get
            .send()
            .await
            .unwrap()
            .item
            .unwrap_or_default()
            .into_iter()
            .collect();
        item.sort_by(|one, other| one.0.cmp(&other.0));
        item
    }

    /// Everything that can happen to sends and events, in one month.
    async fn script(&self) {
        for (account, times) in [(0, 2), (1, 1)] {
            for _ in 0..times {
                self.says(account, 0, "reply push").await;
                self.says(account, 1, "unit unit").await;
            }
        }
        // LINE sends a webhook again; it takes a push whose answer is lost; it takes none for now.
        let again = self.bundle.stack.last_delivery().await;
        self.bundle.stack.line.redeliver(again).await.unwrap();
        self.next(PUSH, FaultKind::TimeoutAfterAccept).await;
        self.says(0, 0, "push").await;
        self.next(PUSH, FaultKind::ServerError).await;
        self.says(1, 0, "push").await;
        // Of a reply it is never known.
        self.next(REPLY, FaultKind::TimeoutAfterAccept).await;
        self.says(0, 1, "reply").await;
        // Refused for good, and run again when that is mended; and one that is made twice.
        self.next(PUSH, FaultKind::MonthlyLimit).await;
        let parked = self.says(1, 1, "push").await;
        assert_eq!(self.outcome(1, 1, &parked).await, Outcome::Parked);
        self.replays(1, 1, &parked, Mode::Respect).await;
        assert_eq!(self.outcome(1, 1, &parked).await, Outcome::Done);
        self.replays(1, 1, &parked, Mode::Force).await;
        self.has_news(0, "1", &[0, 1]).await;
        self.has_news(0, "2", &[]).await;
        self.has_news(1, "1", &[0]).await;
    }
}

fn sends(counts: &Counts) -> [u64; 4] {
    [
        counts.replies,
        counts.pushes,
        counts.multicasts.calls,
        counts.broadcasts,
    ]
}

#[tokio::test]
async fn an_answer_whose_plan_is_deflated_counts() {
    let scene = Scene::begin().await;
    let event = scene.says(0, 0, "long").await;
    let row = scene
        .row(0, &format!("{}#{event}", scene.users[0][0]))
        .await;
    let plan = row.iter().find(|(name, _)| name == "plan");
    assert!(plan.is_some_and(|(_, plan)| plan.is_b()), "{plan:?}");
    assert_eq!(scene.usage(0, scene.month()).await.counts.replies, 1);
}

#[tokio::test]
async fn a_months_usage_is_what_line_has_counted() {
    let scene = Scene::begin().await;
    let month = scene.month();
    scene.script().await;
    scene.agrees(0, month, 1).await;
    scene.agrees(1, month, 0).await;

    let first = scene.usage(0, month).await.counts;
    assert_eq!(sends(&first), [2, 2 + 4 + 1, 1, 1]);
    assert_eq!((first.units["spring"], first.multicasts.users), (4, 2));
    // Each message once, whatever became of it; the account's commands are our own events.
    assert_eq!((first.events, first.own_events), (6, 2));
    assert_eq!(first.active_users, 2);
    let second = scene.usage(1, month).await.counts;
    assert_eq!(sends(&second), [1, 1 + 2 + 1 + 2, 1, 0]);
    assert_eq!((second.events, second.own_events), (4, 1));

    // The same by LINE's own numbers, which are there on the next day.
    scene.advance(DAY).await;
    let counter = Counter::new(&scene.bundle, "Table");
    for (account, differences) in [(0, vec!["replies"]), (1, vec![])] {
        let line = counter.line(&scene.bundle, &scene.bots[account]);
        let line = line.sent_in(month, scene.now()).await.unwrap();
        let counts = scene.usage(account, month).await.counts;
        let found = check(&counts, &line).differences;
        // What a broadcast reaches only LINE knows.
        let found: Vec<_> = found.iter().filter(|it| it.of != "quota used").collect();
        assert_eq!(
            found.iter().map(|it| it.of).collect::<Vec<_>>(),
            differences,
            "{found:?}"
        );
        if let Some(replies) = found.first() {
            assert_eq!((replies.ours, replies.lines), (2, 3));
            assert_eq!(replies.likely, [Likely::Unknown(1)]);
        }
    }
}

#[tokio::test]
async fn batches_that_are_cut_repeated_and_broken_off_count_the_same() {
    let scene = Scene::begin().await;
    scene.script().await;
    scene.bundle.stack.usage_is_counted().await.unwrap();
    for seed in 1..=4 {
        let counter = Counter::beside(&scene.bundle, &format!("Counted{seed}")).await;
        counter.counts_all(&scene.bundle, seed).await;
        for bot in &scene.bots {
            let expected = scene.bundle.stack.store.open_usage(bot).await.unwrap();
            let counted = counter.app.store.open_usage(bot).await.unwrap();
            assert_eq!(counted.months, expected.months, "seed {seed}");
            assert_eq!(counted.contracts, expected.contracts, "seed {seed}");
            assert_eq!(counted.shards, expected.shards, "seed {seed}");
        }
    }
}

#[tokio::test]
async fn a_month_that_is_closed_never_changes_and_what_is_late_is_named() {
    let scene = Scene::begin().await;
    let month = scene.month();
    scene.says(0, 0, "reply push").await;
    let open = scene.usage(0, month).await;
    assert!(scene.row(0, &format!("@usage#{month}")).await.is_empty());

    // A day after its end it still takes counts, and shows what it had.
    scene.next_month().await;
    scene.says(0, 0, "reply").await;
    assert_eq!(scene.usage(0, month).await.counts, open.counts);
    scene.advance(3 * DAY).await;
    scene.says(0, 1, "reply").await;
    let closed = scene.usage(0, month).await;
    assert_eq!(closed.counts, open.counts);
    let bytes = scene.row(0, &format!("@usage#{month}")).await;
    assert!(!bytes.is_empty());

    // All of it once more, as of a shard that nobody knows: too late for the month.
    let counter = Counter::new(&scene.bundle, "Table");
    let before = scene.usage(0, month.next()).await.counts;
    let lines = counter.counts_as(&scene.bundle, "another-shard").await;
    let after = scene.usage(0, month.next()).await.counts;
    assert_eq!(scene.row(0, &format!("@usage#{month}")).await, bytes);
    assert_eq!(after.replies - before.replies, 3);
    assert!(after.late > before.late);
    assert!(lines.sum("UsageLate") > 0);
}

#[tokio::test]
async fn an_account_that_is_suspended_leaves_and_comes_back_has_its_days_and_contracts() {
    let scene = Scene::begin().await;
    let (month, bot) = (scene.month(), scene.bots[0].to_string());
    let line = &scene.bundle.stack.line;
    line.suspend(&bot).await.unwrap();
    scene.bundle.stack.settled().await.unwrap();
    scene.advance(3 * DAY).await;
    line.resume(&bot).await.unwrap();
    scene.bundle.stack.settled().await.unwrap();
    let module = json!({"type": "detached", "botId": bot});
    let detached = vec![json!({"type": "module", "module": module})];
    scene
        .bundle
        .line_sends(None, detached, DeliverOptions::default())
        .await;
    scene.advance(5 * DAY).await;
    scene.bundle.stack.attach(&bot, "ja").await.unwrap();
    scene.bundle.stack.settled().await.unwrap();
    scene.advance(DAY).await;

    let usage = scene.usage(0, month).await;
    // Days 1 to 5, whose second and fifth are suspended in part; then the tenth and the eleventh.
    assert_eq!((usage.attached_days, usage.suspended_days), (5 + 2, 2));
    let open = scene
        .bundle
        .stack
        .store
        .open_usage(&scene.bots[0])
        .await
        .unwrap();
    let ended: Vec<_> = open
        .contracts
        .iter()
        .map(|it| (it.ended.is_some(), it.cancelled))
        .collect();
    assert_eq!(ended, [(true, false), (false, false)]);
}

#[tokio::test]
async fn a_user_is_active_once_a_month_and_a_row_that_goes_takes_nothing_with_it() {
    let scene = Scene::begin().await;
    let month = scene.month();
    for _ in 0..3 {
        scene.says(0, 0, "nothing").await;
    }
    assert_eq!(scene.usage(0, month).await.counts.active_users, 1);
    let event = scene.says(0, 1, "reply").await;
    let before = scene.usage(0, month).await.counts;
    let sort = format!("{}#{event}", scene.users[0][1]);
    let delete = scene.bundle.stack.ground.dynamodb().delete_item();
    let gone = delete
        .table_name(&scene.bundle.stack.addresses.table_name)
        .key("bot_id", AttributeValue::S(scene.bots[0].to_string()))
        .key("chat_id", AttributeValue::S(sort));
    gone.send().await.unwrap();
    assert_eq!(scene.usage(0, month).await.counts, before);
    scene.next_month().await;
    scene.says(0, 1, "nothing").await;
    assert_eq!(scene.usage(0, month.next()).await.counts.active_users, 1);
}

#[tokio::test]
async fn a_record_that_nobody_can_read_is_left_out_and_one_of_a_newer_release_waits() {
    let scene = Scene::begin().await;
    scene.says(0, 0, "reply").await;
    let counter = Counter::beside(&scene.bundle, "Counted").await;
    let records = counter.records(&scene.bundle);
    let mut odd = records.clone();
    let place = odd
        .iter()
        .position(|it| it["dynamodb"]["NewImage"]["outcome"].is_object())
        .unwrap();
    odd[place]["dynamodb"]["NewImage"]["outcome"] = json!({"S": "a new word"});
    assert_eq!(counter.takes(&odd, "a").await.again(), None);
    assert_eq!(counter.lines.sum("UsageUnreadable"), 1);

    // Of a newer release, a moment ago and yesterday. What comes before it is counted.
    let mut newer = records;
    newer[place]["dynamodb"]["NewImage"]["v"] = json!({"N": "99"});
    let number = newer[place]["dynamodb"]["SequenceNumber"]
        .as_str()
        .unwrap()
        .to_owned();
    newer[place]["dynamodb"]["ApproximateCreationDateTime"] = json!(scene.now().seconds());
    assert_eq!(
        counter.takes(&newer, "b").await.again(),
        Some(number.as_str())
    );
    let yesterday = scene.now().minus(DAY).seconds();
    newer[place]["dynamodb"]["ApproximateCreationDateTime"] = json!(yesterday);
    assert_eq!(counter.takes(&newer, "b").await.again(), None);
    assert_eq!(counter.lines.sum("UsageUnreadable"), 2);
}
