//! What each attached account has done every day, at its own time.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::time::Duration;

use flow::Bundle;
use flow::worker::Worker;
use line_module::settings::{Field, Kind, Schema, Words, save};
use line_module::{
    Account, Context, Day, Event, Handled, Module, ModuleError, Router, Routes, TimeOfDay,
};
use serde::Deserialize;
use serde_json::json;
use shared::domain::{BotId, Scopes, Timestamp};
use shared::store::BotRow;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(24 * 3600);
const NAME: Words = Words {
    ja: "名前",
    zh: "名稱",
    en: "Name",
    th: "ชื่อ",
};

/// What a shop sets.
#[derive(Deserialize)]
struct Shop {
    digest: bool,
    digest_at: TimeOfDay,
}

/// It writes the date of each digest into a row, one after the other.
fn digests() -> Router {
    let time = |shop: &Shop| shop.digest.then_some(shop.digest_at);
    Router::new()
        .settings(schema())
        .account(Routes::new().daily("digest", time, digest))
}

fn schema() -> Schema {
    let field = |key, kind, default| Field::new(key, NAME, kind, default);
    Schema::new([
        field("digest", Kind::Truth, json!(true)),
        field("digest_at", Kind::Time, json!("18:00")),
        field("zone", Kind::TimeZone, json!("Asia/Tokyo")),
    ])
}

async fn digest(cx: &mut Context<'_, Account>, day: &Day) -> Handled {
    match cx.row::<Vec<String>>("days").await? {
        Some(mut row) => {
            row.value.push(day.date.clone());
            let days = row.value.clone();
            cx.replace(row, &days)
        }
        None => cx.create("days", &[&day.date]),
    }
}

struct Scene {
    bundle: Bundle,
}

impl Scene {
    async fn begin() -> Self {
        let bundle = Bundle::with(digests()).await;
        Self { bundle }
    }

    fn now(&self) -> Timestamp {
        self.bundle.stack.ground.clock.now().into()
    }

    fn bot(&self) -> BotId {
        BotId::new(&self.bundle.bot).unwrap()
    }

    async fn row(&self) -> BotRow {
        let row = self.bundle.stack.store.bot(&self.bot()).await;
        row.unwrap().unwrap()
    }

    /// When the digest is due next.
    async fn due(&self) -> Timestamp {
        self.row().await.dailies["@daily/digest"].due
    }

    /// Time goes by until a moment after this one, and the function runs.
    async fn is_after(&self, at: Timestamp, by: Duration) {
        let time = at.plus(by).since(self.now());
        self.bundle.stack.line.advance_clock(time).await;
        self.rings().await;
    }

    async fn rings(&self) {
        let done = self.bundle.stack.run_schedule("TimerFunction").await;
        done.unwrap();
        self.bundle.stack.settled().await.unwrap();
    }

    /// The dates of the digests so far.
    async fn days(&self) -> Vec<String> {
        let bot = self.bot();
        let row = self.bundle.stack.store.module_row(&bot, "days", None);
        let row = row.await.unwrap();
        row.map(|row| serde_json::from_str(&row.value).unwrap())
            .unwrap_or_default()
    }

    async fn sets(&self, values: serde_json::Value) {
        let values = serde_json::from_value(values).unwrap();
        let store = &self.bundle.stack.store;
        let (bot, module) = (self.bot(), digests());
        let saved = save(store, &bot, &module, &values, self.now());
        saved.await.unwrap();
    }
}

/// Hours and minutes of a moment in Tokyo.
fn in_tokyo(at: Timestamp) -> (i64, i64) {
    let minutes = (at.0 / 60_000 + 9 * 60) % (24 * 60);
    (minutes / 60, minutes % 60)
}

#[tokio::test]
async fn every_day_at_the_time_where_the_account_is() {
    let scene = Scene::begin().await;
    let due = scene.due().await;
    assert_eq!(in_tokyo(due), (18, 0));
    assert!(due.since(scene.now()) <= DAY);
    scene.is_after(due, MINUTE).await;
    assert_eq!(scene.days().await.len(), 1);
    let next = scene.due().await;
    assert_eq!(next, due.plus(DAY));
    scene.is_after(next, Duration::ZERO).await;
    scene.rings().await;
    let days = scene.days().await;
    assert_eq!(days.len(), 2);
    assert!(days[0] < days[1]);
}

#[tokio::test]
async fn a_changed_setting_moves_it_at_once_and_can_end_it() {
    let scene = Scene::begin().await;
    let due = scene.due().await;
    scene.sets(json!({"digest_at": "19:30"})).await;
    let moved = scene.due().await;
    assert_eq!(in_tokyo(moved), (19, 30));
    scene.is_after(due, MINUTE).await;
    // Between the two times, unless the new one had passed when it was set.
    let expected = usize::from(moved < due);
    assert_eq!(scene.days().await.len(), expected);
    scene.is_after(scene.due().await, MINUTE).await;
    assert_eq!(scene.days().await.len(), expected + 1);

    scene.sets(json!({"digest": false})).await;
    assert!(scene.row().await.dailies.is_empty());
    scene.is_after(scene.now(), 2 * DAY).await;
    assert_eq!(scene.days().await.len(), expected + 1);

    scene
        .sets(json!({"digest": true, "zone": "Asia/Taipei"}))
        .await;
    assert_eq!(in_tokyo(scene.due().await), (20, 30));
}

#[tokio::test]
async fn after_an_outage_it_runs_once_for_the_last_day() {
    let scene = Scene::begin().await;
    let due = scene.due().await;
    scene.is_after(due, 3 * DAY + HOUR).await;
    scene.rings().await;
    let days = scene.days().await;
    assert_eq!(days.len(), 1);
    let next = scene.due().await;
    assert_eq!(next, due.plus(4 * DAY));
    scene.is_after(next, MINUTE).await;
    let days_after = scene.days().await;
    assert_eq!(days_after.len(), 2);
    // The first was for the third day after the one that was missed first: the day before.
    let date = |text: &str| text[8..].parse::<u32>().unwrap();
    let (first, second) = (date(&days_after[0]), date(&days_after[1]));
    assert!(second == first + 1 || second == 1, "{days_after:?}");
}

#[tokio::test]
async fn the_detach_ends_it_and_another_attach_begins_anew() {
    let scene = Scene::begin().await;
    let due = scene.due().await;
    let (end, again) = (scene.now().plus(MINUTE), scene.now().plus(2 * MINUTE));
    let (store, bot) = (&scene.bundle.stack.store, scene.bot());
    let detached = store.update_bot(&bot, |row| row.state.detach(end));
    detached.await.unwrap();
    scene.is_after(due, MINUTE).await;
    assert!(scene.days().await.is_empty());
    let attached = store.update_bot(&bot, |row| {
        row.state.attach(again, &Scopes::Unknown);
    });
    attached.await.unwrap();
    // Any event of the account finds that it is not set.
    let mut guest = scene
        .bundle
        .stack
        .chat(&scene.bundle.bot, &scene.bundle.guest);
    guest.says("hello").await.unwrap();
    scene.bundle.stack.settled().await.unwrap();
    let next = scene.due().await;
    assert!(next > due);
    scene.is_after(next, MINUTE).await;
    assert_eq!(scene.days().await.len(), 1);
}

/// The module of an older release: it has nothing daily.
struct Older;

impl Module for Older {
    async fn handle(&self, _: &mut Context<'_>, _: &Event) -> Result<(), ModuleError> {
        Ok(())
    }
}

impl Clone for Older {
    fn clone(&self) -> Self {
        Self
    }
}

#[tokio::test]
async fn where_the_module_is_newer_than_the_attach_the_next_event_sets_it() {
    let bundle = Bundle::with(Older).await;
    let scene = Scene { bundle };
    assert!(scene.row().await.dailies.is_empty());
    let worker = Worker::new(&scene.bundle, digests());
    let said = json!({"type": "message", "webhookEventId": "e", "message": {"type": "text", "text": "hi"}});
    let message = scene.bundle.message(&scene.bundle.guest, vec![said]).await;
    worker.settles(&message).await;
    assert_eq!(in_tokyo(scene.due().await), (18, 0));
}

fn broken() -> Router {
    let time = |shop: &Shop| shop.digest_at;
    Router::new()
        .settings(schema())
        .account(Routes::new().daily("digest", time, fails))
}

async fn fails(_: &mut Context<'_, Account>, _: &Day) -> Handled {
    Err(ModuleError::park("out of luck"))
}

#[tokio::test]
async fn a_day_that_is_parked_does_not_hold_back_the_next() {
    let bundle = Bundle::with(broken()).await;
    let scene = Scene { bundle };
    let due = scene.due().await;
    scene.is_after(due, MINUTE).await;
    assert_eq!(scene.due().await, due.plus(DAY));
    scene.is_after(due, DAY + MINUTE).await;
    assert_eq!(scene.due().await, due.plus(2 * DAY));
}

#[test]
fn a_daily_handler_without_a_time_zone_is_named_at_the_start() {
    let time = |shop: &Shop| shop.digest_at;
    let module = Router::new().account(Routes::new().daily("digest", time, fails));
    let fault = line_module::without_faults(module)
        .err()
        .unwrap()
        .to_string();
    assert!(
        fault.contains("a daily handler needs the account's time zone"),
        "{fault}"
    );
}
