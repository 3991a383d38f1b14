//! The event ledger, checked in every order: one event with a reply and a push, workers that are
//! given it at once, writes and calls that are lost, late or made twice, processes that end
//! anywhere, a person who has it run again. What workers do to the event's entry are the
//! functions that production runs (`shared::domain::ledger`); the rest is written once more here,
//! as small as it can be.

mod checking;
mod condition;
mod line;
mod model;
mod properties;
mod state;
mod table;
mod worker;

pub use checking::{Checked, check};
pub use condition::Condition;
pub use model::{LedgerModel, Limits};
