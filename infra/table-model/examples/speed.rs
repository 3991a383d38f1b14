//! How many calls a second the store makes over the model of the table, and how much
//! of the time is the model's own.

#![expect(clippy::expect_used, reason = "a measurement that cannot go on fails")]

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use shared::domain::{
    BotId, ChatId, ControlEffect, Delivery, EventId, LedgerEntry, Plan, Timestamp,
};
use shared::ground::Ground;
use shared::store::{Commit, LedgerKey, Store, Subject, Try};
use table_model::Table;
use table_model::connector::{Call, Connector, Fate};
use template_file::Template;

/// Number of events.
const EVENTS: u32 = 5_000;
const TABLE: &str = "Table";

/// Each request of the run, to be made again without the SDK.
type Requests = Arc<Mutex<Vec<(String, Vec<u8>)>>>;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../template.yaml");
    let template = Template::load(path).expect("the template");
    let create = template.table(TABLE).expect("the table").create;
    let requests = record(Table::new(&create)).await;
    let calls = u32::try_from(requests.len()).expect("some calls");

    let connector = Connector::new(Table::new(&create));
    let began = Instant::now();
    events(&store(&connector)).await;
    let whole = began.elapsed();

    let mut table = Table::new(&create);
    let began = Instant::now();
    for (operation, body) in &requests {
        let (status, _) = table.handle(operation, body);
        assert_eq!(status, 200, "{operation}");
    }
    tell(calls, whole, began.elapsed());
}

fn tell(calls: u32, whole: Duration, own: Duration) {
    let per_second = f64::from(calls) / whole.as_secs_f64();
    println!("{EVENTS} events, {calls} calls of the table");
    println!("{per_second:.0} calls a second, each {:?}", whole / calls);
    println!(
        "of which the model {:?}, the SDK and the store the rest",
        own / calls
    );
}

async fn record(table: Table) -> Vec<(String, Vec<u8>)> {
    let requests = Requests::default();
    let kept = requests.clone();
    let sleep = shared::ground::tokio_sleep();
    let connector = Connector::new(table).with_fates(sleep, move |call: Call<'_>| {
        let request = (call.operation.to_owned(), call.body.to_vec());
        kept.lock().expect("no panic").push(request);
        Fate::default()
    });
    events(&store(&connector)).await;
    std::mem::take(&mut *requests.lock().expect("no panic"))
}

fn store(connector: &Connector) -> Store {
    let ground = Ground::emulated()
        .with_dynamodb_at("http://table")
        .with_dynamodb_over(connector.client());
    ground.table(TABLE.to_owned())
}

/// What a worker does with the table for each event: load, registers, commit, end.
async fn events(store: &Store) {
    for number in 0..EVENTS {
        event(store, number).await;
    }
}

async fn event(store: &Store, number: u32) {
    let now = Timestamp(1_000_000_000_000 + i64::from(number));
    let key = LedgerKey {
        bot: BotId::new(format!("U{}", number % 10)).expect("an id"),
        chat: Some(ChatId::new(format!("C{}", number % 100)).expect("an id")),
        event: EventId::new(format!("E{number}")).expect("an id"),
    };
    let loaded = store.load(&key, None, now).await.expect("rows");
    let name = format!("T{number}");
    let plan = Plan {
        effects: vec![ControlEffect::Release.into()],
    };
    let ledger = LedgerEntry::done("message", now, now, now)
        .with_plan(&plan, &name, now)
        .expect("a plan");
    let chat = loaded.chat.with_state(Some("{}".into()), now);
    let id = key.chat.as_ref().expect("a chat");
    let commit = Commit {
        key: &key,
        ledger: &ledger,
        subject: Subject::Chat(id, &chat),
        rows: &[],
        timers: &[],
        rung: None,
        chat: None,
        detached_at: None,
        now,
    };
    let committed = store.commit(&commit).await;
    committed.expect("a commit");
    let sent = vec![Delivery::Sent { request_id: None }];
    let entry = LedgerEntry {
        writes: 1,
        ..ledger
    };
    let this = Try { name, entry };
    let ended = store.end_try(&key, this, sent, "{}", now).await;
    ended.expect("an end");
}
