//! The commit: ledger row with the plan, chat row with its new state, the
//! module's own rows, all or nothing. A crash before it leaves nothing.

use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{CancellationReason, Put, TransactWriteItem};

use crate::aws::reasons;
use crate::domain::{Chat, ChatId, EventId, LedgerEntry, Timestamp};
use crate::store::ledger::LedgerRow;
use crate::store::module_row::Writing;
use crate::store::row::{VersionedRow, given};
use crate::store::{BotRow, ChatRow, Item, LedgerKey, RowChange, Store, TimerChange, keys, timer};

/// One event's commit.
#[derive(Debug)]
pub struct Commit<'a> {
    /// Which event.
    pub key: &'a LedgerKey,
    /// Its row as it will be. Its `writes` is the one that was loaded.
    pub ledger: &'a LedgerEntry,
    /// The chat, or where there is none the account, as it will be. Its version
    /// is the one that was loaded.
    pub subject: Subject<'a>,
    /// The module's own rows.
    pub rows: &'a [RowChange],
    /// The timers that the module sets and cancels, each name once.
    pub timers: &'a [TimerChange],
    /// The timer that the event itself is, by name and id, if its row waits for this commit.
    pub rung: Option<(&'a str, &'a EventId)>,
    /// The chat, for its timers.
    pub chat: Option<&'a Chat>,
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
            epoch: commit.ledger.epoch,
            detached_at: commit.detached_at,
            now: commit.now,
        };
        for row in commit.rows {
            items.push(row.write(&self.table, &writing).map_err(invalid)?);
        }
        items.extend(self.write_timers(commit)?);
        let write = self
            .client
            .transact_write_items()
            .set_transact_items(Some(items))
            .send();
        write.await.map(drop).map_err(|error| {
            let refused = error.as_service_error().and_then(refused);
            refused.unwrap_or_else(|| CommitError::Unseen(reasons(&error)))
        })
    }

    fn write_timers(&self, commit: &Commit<'_>) -> Result<Vec<TransactWriteItem>, CommitError> {
        let setting = timer::Setting {
            table: &self.table,
            bot: &commit.key.bot,
            chat: commit.chat,
            epoch: commit.ledger.epoch,
            event: (&commit.key.event, commit.key.sort()),
            run: commit.ledger.replays.run,
        };
        timer::write(&setting, commit.timers, commit.rung)
    }

    fn put_ledger(&self, commit: &Commit<'_>) -> Result<TransactWriteItem, CommitError> {
        let row = LedgerRow::Entry(commit.ledger.clone());
        self.put(commit.key.key(), row, commit.now)
    }

    fn put_subject(&self, commit: &Commit<'_>) -> Result<TransactWriteItem, CommitError> {
        let bot = keys::bot(&commit.key.bot);
        match commit.subject {
            Subject::Chat(chat, row) => {
                let key = keys::key(&bot, &keys::chat(chat));
                self.put(key, row.clone(), commit.now)
            }
            Subject::Bot(row) => {
                let key = keys::key(&bot, keys::BOT);
                self.put(key, row.clone(), commit.now)
            }
        }
    }

    /// Writes a row, one write on from the one that was loaded.
    pub(super) fn put<R: VersionedRow>(
        &self,
        key: Item,
        row: R,
        now: Timestamp,
    ) -> Result<TransactWriteItem, CommitError> {
        let (condition, values) = row.unchanged(now);
        let mut item = row.next().to_item().map_err(invalid)?;
        item.extend(key);
        let put = Put::builder()
            .table_name(&self.table)
            .set_item(Some(item))
            .condition_expression(condition)
            .set_expression_attribute_values(given(values))
            .build()
            .map_err(invalid)?;
        Ok(TransactWriteItem::builder().put(put).build())
    }
}

pub(super) fn invalid(error: impl std::fmt::Display) -> CommitError {
    CommitError::Invalid(error.to_string())
}

/// What DynamoDB says of a commit that it has not taken, if it says so.
fn refused(error: &TransactWriteItemsError) -> Option<CommitError> {
    match error {
        TransactWriteItemsError::TransactionCanceledException(cancelled) => {
            Some(cancellation(cancelled.cancellation_reasons()))
        }
        TransactWriteItemsError::TransactionInProgressException(_) => Some(CommitError::Conflict),
        error if error.meta().code() == Some("ValidationException") => {
            Some(CommitError::Invalid(reasons(error)))
        }
        _ => None,
    }
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

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::error::ErrorMetadata;
    use aws_sdk_dynamodb::types::error::{
        TransactionCanceledException, TransactionInProgressException,
    };

    use super::*;

    fn cancelled(codes: &[&str]) -> Option<CommitError> {
        let reason = |code: &&str| CancellationReason::builder().code(*code).build();
        let reasons = codes.iter().map(reason).collect();
        let cancelled = TransactionCanceledException::builder()
            .set_cancellation_reasons(Some(reasons))
            .build();
        refused(&TransactWriteItemsError::TransactionCanceledException(
            cancelled,
        ))
    }

    fn generic(code: &str) -> Option<CommitError> {
        let metadata = ErrorMetadata::builder().code(code).build();
        refused(&TransactWriteItemsError::generic(metadata))
    }

    #[test]
    fn a_row_that_has_changed_counts_before_a_transaction_that_is_at_another() {
        use CommitError::{Conflict, Stale};
        let both = ["TransactionConflict", "None", "ConditionalCheckFailed"];
        assert!(matches!(cancelled(&both), Some(Stale)));
        let conflict = cancelled(&["None", "TransactionConflict"]);
        assert!(matches!(conflict, Some(Conflict)));
    }

    #[test]
    fn a_transaction_that_is_still_in_progress_is_a_conflict() {
        let in_progress = TransactionInProgressException::builder().build();
        let error = TransactWriteItemsError::TransactionInProgressException(in_progress);
        assert!(matches!(refused(&error), Some(CommitError::Conflict)));
    }

    #[test]
    fn what_can_never_be_written_is_distinguished_from_what_can_be_tried_again() {
        use CommitError::{Invalid, Unseen};
        assert!(matches!(generic("ValidationException"), Some(Invalid(_))));
        assert!(generic("InternalServerError").is_none());
        for code in ["ValidationError", "ItemCollectionSizeLimitExceeded"] {
            assert!(matches!(cancelled(&["None", code]), Some(Invalid(_))));
        }
        assert!(matches!(cancelled(&["ThrottlingError"]), Some(Unseen(_))));
    }
}
