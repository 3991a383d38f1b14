//! The one DynamoDB table, a file per noun. Keyed by account (`bot_id`) and
//! chat (`chat_id`): everything an account owns is in its partition, and no call
//! crosses from one account to another.

mod attach;
mod audit;
mod bot;
mod bots;
mod chat;
mod chats;
mod commit;
mod erase;
mod export;
mod keys;
mod kind;
mod ledger;
mod limit;
mod load;
mod module_row;
mod parked_end;
mod parked_keys;
mod partition;
mod pause;
mod profiles;
mod reconciler;
mod row;
mod session;
mod timer;
mod usage;
mod version;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::types::AttributeValue;

use crate::aws::reasons;
use crate::domain::Timestamp;
use crate::store::version::Unread;

pub use attach::{AttachUnderWay, browser_hash};
pub use audit::{AuditKey, AuditPage, AuditRow, SettingChange};
pub use bot::{ArmedDaily, BotRow, Changed};
pub use bots::{BotsPage, Place};
pub use chat::{ChatRow, DialogueChange, KeptDialogue, KeptProfile};
pub use chats::ChatsPage;
pub use commit::{Commit, CommitError, Subject};
pub use erase::{AccountPage, ChatPage, Counts, Receipt, Target};
pub use export::ExportPage;
pub use keys::LedgerKey;
pub use kind::RowKind;
pub use ledger::{
    Failing, KeptEvent, LedgerChange, LedgerRow, ParkedPage, ParkedRow, ParkedThing, ParkedWhy,
    Since, Try, inflated_plan,
};
pub use load::Loaded;
pub use module_row::{ModuleRow, ModuleRowsPage, RowChange};
pub use parked_end::EndingParked;
pub use parked_keys::{ParkedKey, ParkedKeyOf, ParkedKeysPage};
pub use profiles::ProfilesRound;
pub use reconciler::{Stopped, WalkRow, fingerprint};
pub use session::{SessionRead, SignInLink};
pub use timer::{DueTimers, NewTimer, TIMER_SHARDS, Timer, TimerChange, WaitingTimer};
pub use usage::{ReadRecord, StreamRecord};

/// An item as DynamoDB has it.
type Item = std::collections::HashMap<String, AttributeValue>;

/// The table.
#[derive(Debug, Clone)]
pub struct Store {
    client: aws_sdk_dynamodb::Client,
    table: String,
}

/// The table did not do what was asked. Nothing may have happened, or all.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// It did not answer, or not now.
    #[error("{operation}: the table is not available: {reason}")]
    Unavailable {
        /// What was asked.
        operation: &'static str,
        /// What the SDK said.
        reason: String,
    },
    /// A row is not what this version writes.
    #[error("{operation}: a row cannot be read: {reason}")]
    Malformed {
        /// What was asked.
        operation: &'static str,
        /// What does not fit.
        reason: String,
    },
    /// A row was written by a newer release.
    #[error(
        "{operation}: a row has version {version}, this release knows {}",
        version::NEWEST
    )]
    Newer {
        /// What was asked.
        operation: &'static str,
        /// The row's version.
        version: i64,
    },
}

impl Store {
    /// By its name, `TABLE_NAME`.
    pub fn new(client: aws_sdk_dynamodb::Client, table: String) -> Self {
        Self { client, table }
    }
}

impl StoreError {
    fn unavailable<E, R>(operation: &'static str) -> impl FnOnce(SdkError<E, R>) -> Self
    where
        E: std::error::Error + 'static,
        R: std::fmt::Debug,
    {
        move |error| Self::Unavailable {
            operation,
            reason: reasons(&error),
        }
    }

    /// A row that cannot be written.
    fn malformed(operation: &'static str) -> impl FnOnce(serde_dynamo::Error) -> Self {
        move |error| Self::Malformed {
            operation,
            reason: error.to_string(),
        }
    }

    /// A row that cannot be read.
    fn unread(operation: &'static str) -> impl FnOnce(Unread) -> Self {
        move |unread| match unread {
            Unread::Newer(version) => Self::Newer { operation, version },
            Unread::Malformed(reason) => Self::Malformed { operation, reason },
        }
    }
}

/// A conditional write's answer; none if its condition did not hold.
fn if_held<O, E, R>(
    operation: &'static str,
    result: Result<O, SdkError<E, R>>,
) -> Result<Option<O>, StoreError>
where
    E: std::error::Error + ProvideErrorMetadata + 'static,
    R: std::fmt::Debug,
{
    match result {
        Ok(answer) => Ok(Some(answer)),
        Err(error) if error.code() == Some("ConditionalCheckFailedException") => Ok(None),
        Err(error) => Err(StoreError::unavailable(operation)(error)),
    }
}

fn s(text: impl Into<String>) -> AttributeValue {
    AttributeValue::S(text.into())
}

fn n(number: impl std::fmt::Display) -> AttributeValue {
    AttributeValue::N(format!("{number}"))
}

/// A number of a row, if it has one by this name.
fn number_of(row: &Item, name: &str) -> Option<i64> {
    row.get(name)?.as_n().ok()?.parse().ok()
}

/// Whether the time of a row has passed, which DynamoDB deletes some time afterwards.
fn is_past(row: &Item, now: Timestamp) -> bool {
    number_of(row, "expires_at").is_some_and(|seconds| seconds <= now.seconds())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_of_a_row_has_passed_from_the_second_that_it_names() {
        let row = |end: Option<i64>| {
            let end = end.map(|end| ("expires_at".to_owned(), n(end)));
            end.into_iter().collect::<Item>()
        };
        let at = |seconds: i64| is_past(&row(Some(10)), Timestamp(seconds * 1000));
        assert!(!at(9));
        assert!(at(10));
        assert!(!is_past(&row(None), Timestamp(i64::MAX)));
    }
}
