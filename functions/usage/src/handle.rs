//! One batch: its records by account, and each account's into its row.

use std::time::Duration;

use futures::StreamExt as _;
use serde_json::Value;
use shared::domain::usage::{Tally, UsageRecord};
use shared::domain::{BotId, Timestamp};
use shared::metrics::Metric;
use shared::store::{ReadRecord, StoreError, StreamRecord};

use crate::App;
use crate::batch::{Answer, Batch, NotABatch};

/// How long a shard waits for a release that can read what a newer one has written. Within this
/// time a deployment of all functions is over.
const WAIT_FOR_RELEASE: Duration = Duration::from_secs(3600);
/// Maximum number of accounts that are written side by side.
const SIDE_BY_SIDE: usize = 16;

/// An account and its records, in order.
type Account = (BotId, Vec<UsageRecord>);

/// The records of a batch that count.
#[derive(Default)]
struct Counting {
    accounts: Vec<Account>,
    /// Records that nobody can read.
    unreadable: usize,
    /// The first of a newer release: it and what follows comes again.
    newer: Option<String>,
}

/// Counts a batch. What of it is to come again is in the answer.
///
/// # Errors
/// It is no batch.
pub async fn handle(app: &App, event: Value) -> Result<Answer, NotABatch> {
    let batch: Batch = serde_json::from_value(event).map_err(|error| {
        tracing::error!(%error, "a batch of the stream cannot be read");
        NotABatch::Malformed(error)
    })?;
    let counting = sort(&batch, app.now());
    let mut counted = count(app, &batch.shard, &counting.accounts).await;
    counted.unreadable += counting.unreadable;
    counted.failed.extend(counting.newer);
    // All before the first that failed are counted: from there on the batch comes again.
    let again = counted.failed.iter().min_by_key(|sequence| {
        let place = |record: &Value| record["dynamodb"]["SequenceNumber"] == ***sequence;
        batch.records.iter().position(place)
    });
    measure(app, &counted);
    Ok(Answer::again_from(again.map(String::as_str)))
}

/// The batch's records by account, up to the first that waits for a newer release.
fn sort(batch: &Batch, now: Timestamp) -> Counting {
    let mut counting = Counting::default();
    for record in batch.records.iter().map(StreamRecord::read) {
        let (sequence, written_at) = (record.sequence.unwrap_or_default(), record.written_at);
        match record.read {
            ReadRecord::Nothing => {}
            ReadRecord::Counts(bot, record) => counting.add(bot, record),
            ReadRecord::Newer { version } if is_recent(written_at, now) => {
                tracing::warn!(sequence, version, "a record waits for a newer release");
                counting.newer = Some(sequence);
                return counting;
            }
            ReadRecord::Newer { version } => {
                let reason = format!("it has version {version}");
                counting.leave_out(&batch.shard, &sequence, &reason);
            }
            ReadRecord::Unreadable { reason } => {
                counting.leave_out(&batch.shard, &sequence, &reason);
            }
        }
    }
    counting
}

fn is_recent(written_at: Option<Timestamp>, now: Timestamp) -> bool {
    written_at.is_some_and(|at| now.since(at) < WAIT_FOR_RELEASE)
}

impl Counting {
    fn add(&mut self, bot: BotId, record: UsageRecord) {
        match self.accounts.iter_mut().find(|(known, _)| *known == bot) {
            Some((_, records)) => records.push(record),
            None => self.accounts.push((bot, vec![record])),
        }
    }

    /// It would stop its shard, and all accounts' with it.
    fn leave_out(&mut self, shard: &str, sequence: &str, reason: &str) {
        tracing::error!(shard, sequence, reason, "a record is not counted");
        self.unreadable += 1;
    }
}

/// What has become of a batch.
#[derive(Default)]
struct Counted {
    tally: Tally,
    /// Records that nobody can count.
    unreadable: usize,
    /// The sequence number of the first record of each account that could not be written.
    failed: Vec<String>,
}

async fn count(app: &App, shard: &str, accounts: &[Account]) -> Counted {
    let now = app.now();
    let write = |account| write(app, shard, account, now);
    let writes: Vec<_> = accounts.iter().map(write).collect();
    let mut written = futures::stream::iter(writes).buffer_unordered(SIDE_BY_SIDE);
    let mut counted = Counted::default();
    while let Some(((bot, records), result)) = written.next().await {
        match result {
            Ok(tally) => counted.add(bot, tally),
            Err(error) => counted.not_written(bot, records, &error, now),
        }
    }
    counted
}

async fn write<'a>(
    app: &App,
    shard: &str,
    account: &'a Account,
    now: Timestamp,
) -> (&'a Account, Result<Tally, StoreError>) {
    let (bot, records) = account;
    let written = app.store.count_usage(bot, shard, records, now).await;
    (account, written)
}

impl Counted {
    fn add(&mut self, bot: &BotId, tally: Tally) {
        if tally.late > 0 {
            let late = tally.late;
            tracing::warn!(%bot, late, "counts of a closed month are added to the first open one");
        }
        self.tally.counted += tally.counted;
        self.tally.late += tally.late;
        self.tally.repeated += tally.repeated;
    }

    /// The account's records come again, save where that can lead to nothing: it would stop the
    /// shard, and all other accounts' with it.
    fn not_written(
        &mut self,
        bot: &BotId,
        records: &[UsageRecord],
        error: &StoreError,
        now: Timestamp,
    ) {
        let first = records.first();
        let is_recent = is_recent(first.map(|record| record.written_at), now);
        let may_come_again = match error {
            StoreError::Unavailable { .. } => true,
            StoreError::Newer { .. } => is_recent,
            StoreError::Malformed { .. } => false,
        };
        if may_come_again {
            tracing::warn!(%bot, %error, "an account's usage is not written, and comes again");
            self.failed
                .extend(first.map(|record| record.sequence.clone()));
        } else {
            let records = records.len();
            tracing::error!(%bot, %error, records, "an account's usage cannot be written");
            self.unreadable += records;
        }
    }
}

fn measure(app: &App, counted: &Counted) {
    let (metrics, tally) = (&app.metrics, counted.tally);
    metrics.add(Metric::UsageCounted, tally.counted);
    metrics.add(Metric::UsageRepeated, tally.repeated);
    metrics.add(Metric::UsageLate, tally.late);
    metrics.add(Metric::UsageUnreadable, counted.unreadable);
    metrics.add(
        Metric::UsageGivenBack,
        usize::from(!counted.failed.is_empty()),
    );
    metrics.flush();
}
