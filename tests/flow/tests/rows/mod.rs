//! The table's rows as each release has written them: today's code reads them all, and what it writes itself is the
//! newest of them. They stand in a folder for each version of rows, in DynamoDB's JSON.
//!
//! Where a row has changed so that the release before would lose or misunderstand something, raise `NEWEST` in
//! shared/src/store/version.rs, give it to the rows that need it, and have a new folder written by
//! `WRITE_ROWS=1 cargo test -p flow rows::`.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod json;
mod privacy;
mod written;

use std::collections::BTreeMap;
use std::path::PathBuf;

use aws_sdk_dynamodb::types::AttributeValue;
use flow::Bundle;
use flow::worker::Worker;
use line_module::{Context, Event, Module, ModuleError};
use serde_json::{Value, json};
use shared::domain::ledger::ParkKind;
use shared::domain::usage::Month;
use shared::domain::{
    BotId, ChatEffect, Delivery, Effect, Entitlement, LedgerEntry, Outcome, Scope, Silence, UserId,
};
use shared::store::{Store, StoreError, TIMER_SHARDS, inflated_plan};
use written::{ATTACH_STATE, MESSAGE, NOW, account, asked_chat, key, pause, stopped_account};

/// The versions of rows that there have been. Those before the first had none. A version's folder has all rows as its
/// release wrote them: those that the release before could read as well carry the version before.
const VERSIONS: [u32; 3] = [0, 1, 2];

/// Of a release to come.
const NEWER: i64 = VERSIONS.len() as i64;

fn folder(version: u32) -> PathBuf {
    let rows = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/rows");
    PathBuf::from(rows).join(format!("v{version}"))
}

/// The rows of a version, by the file's name.
fn kept(version: u32) -> BTreeMap<String, Value> {
    let files = std::fs::read_dir(folder(version)).unwrap();
    let row = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).unwrap();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        (name, serde_json::from_str(&text).unwrap())
    };
    files.map(|file| row(file.unwrap().path())).collect()
}

/// All rows of a table, by a name made of their keys.
async fn rows_of(bundle: &Bundle) -> BTreeMap<String, Value> {
    let client = bundle.stack.ground.dynamodb();
    let scan = client.scan().table_name(&bundle.stack.addresses.table_name);
    let items = scan.send().await.unwrap().items.unwrap();
    let name = |row: &Value| {
        let key = |name: &str| row[name]["S"].as_str().unwrap().to_owned();
        let (bot, sort) = (key("bot_id"), key("chat_id"));
        // Hashes and times are cut off: a key's first words tell its kind.
        let words = format!("{bot} {sort}").replace(|c: char| !c.is_ascii_alphanumeric(), " ");
        let words = words.split_whitespace().map(|it| &it[..it.len().min(20)]);
        words.collect::<Vec<_>>().join("-").to_lowercase()
    };
    let rows = items.iter().map(json::of_item);
    rows.map(|row| (name(&row), row)).collect()
}

async fn put(bundle: &Bundle, row: &Value) {
    let client = bundle.stack.ground.dynamodb();
    let put = client
        .put_item()
        .table_name(&bundle.stack.addresses.table_name)
        .set_item(Some(json::to_item(row)));
    put.send().await.unwrap();
}

/// An emulated table with the rows of a version.
async fn with_rows_of(version: u32) -> Bundle {
    let bundle = Bundle::start().await;
    for row in kept(version).values() {
        put(&bundle, row).await;
    }
    bundle
}

#[tokio::test]
async fn what_is_written_today_is_what_is_kept_of_its_version() {
    let bundle = Bundle::start().await;
    let before = rows_of(&bundle).await;
    written::write_all(&bundle.stack.store).await;
    let mut rows = rows_of(&bundle).await;
    // The bundle itself counts what the account uses, some moments later.
    rows.retain(|name, _| !before.contains_key(name) && name != "uaccount-usage-open");
    let newest = VERSIONS[VERSIONS.len() - 1];
    if std::env::var_os("WRITE_ROWS").is_some() {
        write(newest, &rows);
    }
    assert_eq!(opened(rows.clone()), opened(kept(newest)));
    let version = |row: &Value| row["v"]["N"].as_str()?.parse::<u32>().ok();
    let versions: Option<Vec<_>> = rows.values().map(version).collect();
    assert_eq!(versions.unwrap().into_iter().max(), Some(newest));
}

/// With deflated plans as text: other bytes may inflate to the same.
fn opened(mut rows: BTreeMap<String, Value>) -> BTreeMap<String, Value> {
    for row in rows.values_mut() {
        let item = json::to_item(row);
        let deflated = item.get("plan").and_then(|plan| plan.as_b().ok());
        if let Some(deflated) = deflated {
            row["plan"] = json!({ "deflated": inflated_plan(deflated.as_ref()).unwrap() });
        }
    }
    rows
}

fn write(version: u32, rows: &BTreeMap<String, Value>) {
    std::fs::create_dir_all(folder(version)).unwrap();
    for (name, row) in rows {
        let text = serde_json::to_string_pretty(row).unwrap() + "\n";
        std::fs::write(folder(version).join(format!("{name}.json")), text).unwrap();
    }
}

#[tokio::test]
async fn an_event_with_steps_has_what_they_have_come_to() {
    let bundle = with_rows_of(2).await;
    let row = bundle.stack.store.ledger(&key("stepped")).await;
    let steps = row.unwrap().unwrap().steps;
    let crm = steps.get("crm").unwrap();
    assert_eq!((crm.failed, crm.result.as_deref()), (1, Some("7")));
    let mail = steps.get("mail").unwrap();
    assert_eq!((mail.failed, mail.reason.as_deref()), (1, Some("busy")));
}

#[tokio::test]
async fn a_chat_is_in_its_dialogue() {
    let bundle = with_rows_of(2).await;
    let row = bundle.stack.store.chat(&account(), &asked_chat()).await;
    let dialogue = row.unwrap().unwrap().dialogue.unwrap();
    assert!(dialogue.progress.contains(r#""name":"booking""#));
}

#[tokio::test]
async fn a_deflated_plan_is_read() {
    let bundle = with_rows_of(2).await;
    let row = bundle.stack.store.ledger(&key("card")).await;
    let plan = row.unwrap().unwrap().plan().unwrap();
    let Effect::Chat(ChatEffect::Push(push)) = &plan.effects[0] else {
        panic!("{plan:?}");
    };
    assert_eq!(push.messages[0]["altText"], "a card");
}

#[tokio::test]
async fn what_keeps_an_account_from_speaking_is_read() {
    let bundle = with_rows_of(2).await;
    let store = &bundle.stack.store;
    assert_eq!(store.pause(None).await.unwrap(), Some(pause()));
    let bot = store.bot(&stopped_account()).await.unwrap().unwrap();
    assert_eq!(bot.state.pause, Some(pause()));
    assert_eq!(bot.state.entitlement(), Entitlement::No);
    assert_eq!(bot.state.lapsed_at(NOW), Some(NOW));
    let told = store.ledger(&key("told")).await.unwrap().unwrap();
    assert_eq!(told.silence, Some(Silence::NotEntitled));
    let Effect::Chat(ChatEffect::Reply(reply)) = &told.plan().unwrap().effects[0] else {
        panic!("{told:?}");
    };
    assert!(reply.is_notice);
}

#[tokio::test]
async fn rows_of_each_version_say_the_same_today() {
    for version in VERSIONS {
        let bundle = with_rows_of(version).await;
        let store = &bundle.stack.store;
        account_and_chat_are_read(store).await;
        events_are_read(store, version).await;
        the_rest_is_read(store).await;
        usage_is_read(store, version).await;
    }
}

async fn account_and_chat_are_read(store: &Store) {
    let loaded = store.load(&key("planned"), None, NOW).await.unwrap();
    let bot = loaded.bot.unwrap();
    assert!(bot.state.is_attached() && bot.state.scopes().may(Scope::MESSAGE_SEND));
    assert!(!bot.state.scopes().may("a:scope"));
    assert_eq!(bot.display_name.as_deref(), Some("A shop"));
    assert_eq!(bot.settings["limit"], 3);
    assert_eq!(bot.menus["main"], "richmenu-1");
    assert!(loaded.chat.registers.may_speak(NOW, None, false).is_ok());
    assert_eq!(loaded.chat.state.as_deref(), Some("{\"step\":1}"));
    assert!(loaded.chat.profile.is_some());
    let row = store.module_row(&account(), "place/1", None).await.unwrap();
    assert_eq!(row.unwrap().value, "{\"taken\":true}");
}

async fn events_are_read(store: &Store, version: u32) {
    let planned = store.ledger(&key("planned")).await.unwrap().unwrap();
    assert_eq!(planned.outcome(), Outcome::Planned);
    assert_eq!(planned.plan().unwrap().effects.len(), 1);
    assert!(planned.sends().unwrap().open.contains("a-try"));
    let failed = store.ledger(&key("failed")).await.unwrap().unwrap();
    assert_eq!(
        (failed.attempts.failed, failed.failing_since),
        (2, Some(NOW))
    );
    let done = store.ledger(&key("done")).await.unwrap().unwrap();
    assert!(done.silence.is_some());
    let parked = store.ledger(&key("parked")).await.unwrap().unwrap();
    assert_eq!(parked.raw(), Some("{\"type\":\"message\"}"));
    assert_eq!(parked.effects(), [Delivery::Expired]);
    let kind = match version {
        0 => ParkKind::Unknown, // it did not say
        _ => ParkKind::ReplyExpired,
    };
    assert_eq!(parked.park_kind(), Some(kind));
    let signals = store.ledger(&key("signals")).await.unwrap();
    let effects = |entry: LedgerEntry| entry.plan().unwrap().effects;
    let names = signals.map(|entry| effects(entry).iter().map(Effect::name).collect::<Vec<_>>());
    assert_eq!(names, (version >= 2).then(|| vec!["signal"]));
}

async fn the_rest_is_read(store: &Store) {
    let mut timers = Vec::new();
    for shard in 0..TIMER_SHARDS {
        let page = store.due_timers(shard, NOW, None).await.unwrap();
        assert!(page.unreadable.is_empty());
        timers.extend(page.timers);
    }
    timers.retain(|timer| timer.bot == account());
    assert_eq!(timers.len(), 1);
    assert_eq!(
        (timers[0].name.as_str(), timers[0].payload.get()),
        ("remind", "7")
    );
    let attach = store.attach_under_way(ATTACH_STATE, "a-browser", NOW).await;
    assert_eq!(attach.unwrap().unwrap().terms, "{}");
    let body = store.parked_message(MESSAGE).await.unwrap();
    assert_eq!(body.as_deref(), Some("no job"));
    assert!(store.walk().await.unwrap().unwrap().known == 2);
    assert_eq!(
        store.approval().await.unwrap().as_deref(),
        Some("a-fingerprint")
    );
    let hour = std::time::Duration::from_secs(3600);
    assert!(!store.take_lease("another", NOW, hour).await.unwrap());
    let bot = account();
    let free_at = store.count_call(&bot, "narrowcast", 1, hour, NOW);
    assert!(free_at.await.unwrap().is_some());
}

async fn usage_is_read(store: &Store, version: u32) {
    if version < 2 {
        return; // it was not counted
    }
    let (bot, month) = (written::counted(), Month::of(NOW));
    let closed = store.usage(&bot, month, NOW).await.unwrap();
    assert_eq!((closed.counts.events, closed.counts.units["news"]), (7, 2));
    assert!(closed.attached_days > 0 && closed.suspended_days > 0);
    let open = store.open_usage(&bot).await.unwrap();
    assert_eq!(open.months.keys().collect::<Vec<_>>(), [&month.next()]);
    assert!(open.contracts[0].is_suspended());
    assert_eq!(open.shards["a-shard"].last, "3");
    let months = store.usage_months(&bot).await.unwrap();
    assert_eq!(months, [month, month.next()]);
}

/// Is never asked.
struct Unasked;

impl Module for Unasked {
    async fn handle(&self, _: &mut Context<'_>, event: &Event) -> Result<(), ModuleError> {
        panic!("asked about {event:?}");
    }
}

#[tokio::test]
async fn what_a_newer_release_has_written_waits_for_its_worker() {
    let bundle = Bundle::attached().await;
    let user = UserId::new(&bundle.guest).unwrap();
    for sort in [bundle.guest.clone(), "@bot".into(), format!("{user}#e")] {
        let mut row = json!({"bot_id": {"S": bundle.bot}, "chat_id": {"S": sort}});
        row["v"] = json!({"N": NEWER.to_string()});
        row["of_tomorrow"] = json!({"S": "must not be lost"});
        let before = raw_row(&bundle, &sort).await;
        put(&bundle, &row).await;
        let worker = Worker::new(&bundle, Unasked);
        let message = bundle.message(&bundle.guest, vec![event()]).await;
        worker.gives_back(&message.received(2)).await;
        assert_eq!(worker.lines.sum("GivenBackVersion"), 1, "{sort}");
        let after = raw_row(&bundle, &sort).await.unwrap();
        assert_eq!(after["of_tomorrow"], row["of_tomorrow"], "{sort}");
        put_back(&bundle, &sort, before).await;
    }
}

#[tokio::test]
async fn a_newer_row_is_an_error_of_its_own() {
    let bundle = Bundle::attached().await;
    let row = json!({"bot_id": {"S": bundle.bot}, "chat_id": {"S": "@bot"}, "v": {"N": NEWER.to_string()}});
    put(&bundle, &row).await;
    let bot = BotId::new(&bundle.bot).unwrap();
    let read = bundle.stack.store.bot(&bot).await;
    assert!(matches!(
        read,
        Err(StoreError::Newer { version: NEWER, .. })
    ));
}

fn event() -> Value {
    let message = json!({"type": "text", "text": "hello"});
    json!({"type": "message", "webhookEventId": "e", "message": message})
}

async fn raw_row(bundle: &Bundle, sort: &str) -> Option<Value> {
    let client = bundle.stack.ground.dynamodb();
    let get = client
        .get_item()
        .table_name(&bundle.stack.addresses.table_name)
        .key("bot_id", AttributeValue::S(bundle.bot.clone()))
        .key("chat_id", AttributeValue::S(sort.to_owned()));
    let item = get.send().await.unwrap().item;
    item.as_ref().map(json::of_item)
}

async fn put_back(bundle: &Bundle, sort: &str, before: Option<Value>) {
    match before {
        Some(row) => put(bundle, &row).await,
        None => {
            let client = bundle.stack.ground.dynamodb();
            let delete = client
                .delete_item()
                .table_name(&bundle.stack.addresses.table_name)
                .key("bot_id", AttributeValue::S(bundle.bot.clone()))
                .key("chat_id", AttributeValue::S(sort.to_owned()));
            delete.send().await.unwrap();
        }
    }
}
