//! Timers that the bundle sets for an account, without an event whose handler does it.

use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError as Failed;

use crate::aws::reasons;
use crate::domain::{BotId, EventId, Timestamp};
use crate::store::commit::CommitError;
use crate::store::timer::{Setting, TimerChange, write};
use crate::store::{BotRow, Store, StoreError, keys};

const OPERATION: &str = "set an account's timers";

impl Store {
    /// Changes timers of an account together with its row, which is written one version on from
    /// the one that `row` has; false if that is not the table's any more.
    ///
    /// # Errors
    /// The table is not available; a change cannot be written.
    pub async fn set_account_timers(
        &self,
        bot: &BotId,
        row: BotRow,
        changes: &[TimerChange],
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        // Each version of the row sets timers of its own.
        let setter = EventId::hashed("account", &row.version.to_string());
        let setting = Setting {
            table: &self.table,
            bot,
            chat: None,
            epoch: row.state.epoch(),
            event: (&setter, format!("{}#{setter}", keys::BOT)),
            run: 0,
        };
        let key = keys::key(&keys::bot(bot), keys::BOT);
        let items = self.put(key, row, now).and_then(|put| {
            let mut items = write(&setting, changes, None)?;
            items.push(put);
            Ok(items)
        });
        let items = items.map_err(|error| unwritable(&error))?;
        let write = self
            .client
            .transact_write_items()
            .set_transact_items(Some(items));
        match write.send().await {
            Ok(_) => Ok(true),
            Err(error) if is_refused(error.as_service_error()) => Ok(false),
            Err(error) => Err(StoreError::Unavailable {
                operation: OPERATION,
                reason: reasons(&error),
            }),
        }
    }
}

/// Someone else has written the account's row, or is at it.
fn is_refused(error: Option<&Failed>) -> bool {
    matches!(
        error,
        Some(Failed::TransactionCanceledException(_) | Failed::TransactionInProgressException(_))
    )
}

fn unwritable(error: &CommitError) -> StoreError {
    StoreError::Malformed {
        operation: OPERATION,
        reason: error.to_string(),
    }
}
