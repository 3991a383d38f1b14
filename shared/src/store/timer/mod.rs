//! Timers: events that a module schedules for later, in the same chat or for the account. A
//! timer's row stands under its name, so that setting it again replaces it. An index lists those
//! of all accounts that wait. Once it is queued it leaves the index, and its row stays until its
//! event is handled: one that is cancelled or set again on its way does not ring.

mod account;
mod change;
mod due;
mod row;
mod waiting;

pub use change::{NewTimer, TimerChange};
pub(super) use change::{Setting, write};
pub use due::DueTimers;
pub use row::{TIMER_SHARDS, Timer};
pub(super) use row::{id_of, key};
pub use waiting::WaitingTimer;
