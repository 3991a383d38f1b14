//! What a simulation can ask of the table and of the way to it, seen by the real store.

#![expect(clippy::expect_used, reason = "a test that cannot go on fails")]

use std::sync::atomic::{AtomicUsize, Ordering};

use shared::domain::{BotId, ChatId, EventId, LedgerEntry, Timestamp};
use shared::ground::{Ground, tokio_sleep};
use shared::store::{ChatRow, Commit, CommitError, LedgerKey, Store, Subject};
use table_model::Table;
use table_model::connector::{Call, Connector, End, Fate, Refusal};
use template_file::Template;

fn connector() -> Connector {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../template.yaml");
    let template = Template::load(path).expect("the template");
    let table = template.table("Table").expect("the table");
    Connector::new(Table::new(&table.create))
}

fn store(connector: &Connector) -> Store {
    let ground = Ground::emulated()
        .with_dynamodb_at("http://table")
        .with_dynamodb_over(connector.client());
    ground.table("Table".to_owned())
}

/// The same table; the first call of an operation ends so.
fn once(connector: &Connector, operation: &'static str, end: End) -> Store {
    first(1, connector, operation, end)
}

/// The same table; the first calls of an operation end so.
fn first(times: usize, connector: &Connector, operation: &'static str, end: End) -> Store {
    let calls = AtomicUsize::new(0);
    let fates = move |call: Call<'_>| {
        let ends = call.operation == operation && calls.fetch_add(1, Ordering::SeqCst) < times;
        let end = if ends { end.clone() } else { End::Done };
        Fate {
            end,
            ..Fate::default()
        }
    };
    store(&connector.with_fates(tokio_sleep(), fates))
}

fn bot() -> BotId {
    BotId::new("U1").expect("an id")
}

fn key() -> LedgerKey {
    LedgerKey {
        bot: bot(),
        chat: Some(ChatId::new("C1").expect("an id")),
        event: EventId::new("e1").expect("an id"),
    }
}

/// A first event of a chat.
async fn commit(store: &Store) -> Result<(), CommitError> {
    let (key, now) = (key(), Timestamp(1_000));
    let chat = key.chat.as_ref().expect("a chat");
    let commit = Commit {
        key: &key,
        ledger: &LedgerEntry::done("message", now, now, now),
        subject: Subject::Chat(chat, &ChatRow::default()),
        rows: &[],
        timers: &[],
        rung: None,
        chat: None,
        detached_at: None,
        now,
    };
    store.commit(&commit).await
}

#[tokio::test]
async fn an_index_is_read_as_it_was_some_writes_ago() {
    let connector = connector();
    let store = store(&connector);
    let name = |name: &'static str| {
        let store = store.clone();
        async move {
            let change = |row: &mut shared::store::BotRow| row.display_name = Some(name.into());
            store.update_bot(&bot(), change).await.expect("a row");
        }
    };
    name("first").await;
    name("second").await;
    for (lag, shown) in [
        (0, Some("second")),
        (1, Some("first")),
        (2, None),
        (9, None),
    ] {
        connector.table().lag_indexes(lag);
        let rows = store.bots(None).await.expect("a page").rows;
        let names = rows.first().and_then(|(_, row)| row.display_name.clone());
        assert_eq!(names.as_deref(), shown, "{lag} writes ago");
    }
}

#[tokio::test]
async fn keys_that_are_left_unprocessed_are_no_absent_rows() {
    let connector = connector();
    let store = store(&connector);
    connector.table().leave_unprocessed(1);
    let failed = store.load(&key(), None, Timestamp(0)).await;
    assert!(failed.is_err_and(|error| error.to_string().contains("throttled")));
    assert!(store.load(&key(), None, Timestamp(0)).await.is_ok());
}

#[tokio::test]
async fn a_conflict_changes_nothing_and_is_reported_as_one() {
    let connector = connector();
    // The SDK asks again while a transaction is in progress, and not after a conflict.
    for (refusal, times) in [(Refusal::Conflict(1), 1), (Refusal::InProgress, 2)] {
        let end = End::Refused(refusal);
        let refused = first(times, &connector, "TransactWriteItems", end);
        let failed = commit(&refused).await;
        assert!(matches!(failed, Err(CommitError::Conflict)), "{failed:?}");
        assert_eq!(connector.table().items().count(), 0);
    }
}

#[tokio::test]
async fn a_commit_whose_answer_is_lost_is_made_once() {
    let connector = connector();
    let lossy = once(&connector, "TransactWriteItems", End::AnswerLost);
    // The SDK asks again, with the same request token.
    commit(&lossy).await.expect("a commit");
    assert_eq!(connector.table().items().count(), 2);
    assert!(matches!(commit(&lossy).await, Err(CommitError::Stale)));
}

#[tokio::test]
async fn a_lost_or_refused_request_is_made_again_by_the_sdk() {
    let connector = connector();
    for end in [
        End::RequestLost,
        End::Refused(Refusal::Throttled),
        End::Refused(Refusal::Internal),
    ] {
        let store = once(&connector, "GetItem", end);
        assert_eq!(store.bot(&bot()).await.expect("an answer"), None);
    }
}
