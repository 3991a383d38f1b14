//! What each account has used: counted from what changes in the table, row by row, and kept by
//! account and month. Nothing here names a user.

mod account;
mod check;
mod contract;
mod counts;
mod event;
mod month;
mod user;

pub use account::{AccountUsage, ClosedMonth, Position, Tally, UsageRecord};
pub use check::{Difference, Likely, LineCounts, UsageCheck, check};
pub use contract::{Contract, Lifecycle, Suspension};
pub use counts::{Counts, Multicasts};
pub use event::of_event;
pub use month::{Day, Month, MonthError};
pub use user::of_chat;

use crate::domain::Timestamp;

/// What one change of a row comes to.
#[derive(Debug, Clone, PartialEq)]
pub enum UsageChange {
    /// Counts of the month of this time; without a time, of the month in which the row was written.
    Counted(Option<Timestamp>, Counts),
    /// The account's registers, as they are since.
    Lifecycle(Lifecycle),
}
