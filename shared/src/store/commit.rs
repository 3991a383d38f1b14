//! The commit: ledger row with the plan, chat row with its new state, the
//! module's own rows, all or nothing. A crash before it leaves nothing.

use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{CancellationReason, Put, TransactWriteItem};

use crate::aws::reasons;
use crate::domain::{ChatId, ChatKind, Timestamp};
use crate::store::module_row::Writing;
use crate::store::{BotRow, ChatRow, Item, LedgerKey, LedgerRow, NewTimer, RowChange, Store, n};

/// One event's commit.
#[derive(Debug)]
pub struct Commit<'a> {
    /// Which event.
    pub key: &'a LedgerKey,
    /// Its row as it will be. Its `writes` is the one that was loaded.
    pub ledger: &'a LedgerRow,
    /// The chat, or where there is none the account, as it will be. Its version
    /// is the one that was loaded.
    pub subject: Subject<'a>,
    /// The module's own rows.
    pub rows: &'a [RowChange],
    /// The timers that the module sets: of a chat's event.
    pub timers: &'a [NewTimer],
    /// What kind of chat it is, for the timers.
    pub chat_kind: Option<ChatKind>,
    /// The newest detach known.
    pub detached_at: Option<Timestamp>,
    /// The time, for rows past theirs.
    pub now: Timestamp,
}

/// Whose state the event changes.
#[derive(Debug)]
pub enum Subject<'a> {
    /// A chat's.
    Chat(&'a ChatId, &'a ChatRow),
    /// The account's: its commits stand in for a chat's where there is none.
    Bot(&'a BotRow),
}

/// Nothing is committed, or it is not known: read again and decide again.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// A row is not as it was read.
    #[error("a row has changed since it was read")]
    Stale,
    /// Another commit was at one of the rows.
    #[error("another transaction is at one of the rows")]
    Conflict,
    /// No answer was seen.
    #[error("the commit's answer was not seen: {0}")]
    Unseen(String),
    /// The commit itself is wrong: too large, or not writable.
    #[error("the commit cannot be written: {0}")]
    Invalid(String),
}

impl Store {
    /// Commits. Each call has a request token of its own, made by the SDK, which
    /// its retries share.
    ///
    /// # Errors
    /// [`CommitError`].
    pub async fn commit(&self, commit: &Commit<'_>) -> Result<(), CommitError> {
        let mut items = vec![self.put_ledger(commit)?, self.put_subject(commit)?];
        let writing = Writing {
            bot: &commit.key.bot,
            version: commit.key.event.as_str(),
            life: commit.ledger.life,
            detached_at: commit.detached_at,
        };
        for row in commit.rows {
            items.push(row.write(&self.table, &writing).map_err(invalid)?);
        }
        items.extend(commit.put_timers(&self.table)?);
        let write = self
            .client
            .transact_write_items()
            .set_transact_items(Some(items))
            .send();
        write
            .await
            .map(drop)
            .map_err(|error| match error.as_service_error() {
                Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => {
                    cancellation(cancelled.cancellation_reasons())
                }
                Some(error) if error.is_transaction_in_progress_exception() => {
                    CommitError::Conflict
                }
                Some(error) if error.meta().code() == Some("ValidationException") => {
                    CommitError::Invalid(reasons(error))
                }
                _ => CommitError::Unseen(reasons(&error)),
            })
    }

    fn put_ledger(&self, commit: &Commit<'_>) -> Result<TransactWriteItem, CommitError> {
        let item = commit.ledger.next_item(commit.key).map_err(invalid)?;
        let put = Put::builder().table_name(&self.table).set_item(Some(item));
        let (condition, values) = commit.ledger.as_loaded(commit.now);
        let put = put
            .condition_expression(condition)
            .set_expression_attribute_values(Some(values));
        transaction(put)
    }

    fn put_subject(&self, commit: &Commit<'_>) -> Result<TransactWriteItem, CommitError> {
        let bot = &commit.key.bot;
        let (item, version): (Item, u64) = match commit.subject {
            Subject::Chat(chat, row) => (row.next_item(bot, chat).map_err(invalid)?, row.version),
            Subject::Bot(row) => (row.next_item(bot).map_err(invalid)?, row.version),
        };
        let put = Put::builder().table_name(&self.table).set_item(Some(item));
        transaction(match version {
            0 => put.condition_expression("attribute_not_exists(chat_id)"),
            version => put
                .condition_expression("version = :v")
                .expression_attribute_values(":v", n(version)),
        })
    }
}

fn transaction(
    put: aws_sdk_dynamodb::types::builders::PutBuilder,
) -> Result<TransactWriteItem, CommitError> {
    Ok(TransactWriteItem::builder()
        .put(put.build().map_err(invalid)?)
        .build())
}

pub(super) fn invalid(error: impl std::fmt::Display) -> CommitError {
    CommitError::Invalid(error.to_string())
}

fn cancellation(reasons: &[CancellationReason]) -> CommitError {
    let codes: Vec<_> = reasons
        .iter()
        .filter_map(CancellationReason::code)
        .filter(|c| *c != "None")
        .collect();
    match codes.as_slice() {
        codes if codes.contains(&"ConditionalCheckFailed") => CommitError::Stale,
        codes if codes.contains(&"TransactionConflict") => CommitError::Conflict,
        codes
            if codes.contains(&"ValidationError")
                || codes.contains(&"ItemCollectionSizeLimitExceeded") =>
        {
            CommitError::Invalid(codes.join(", "))
        }
        codes => CommitError::Unseen(codes.join(", ")),
    }
}
