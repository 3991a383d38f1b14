//! What the simulation sees of the calls, and holds against what must be.

mod line;
mod queue;
mod silence;
mod table;

pub(super) use line::{answered, judge};
pub(super) use queue::{lets_go, queue};
pub(super) use silence::writes;
pub(super) use table::table;
