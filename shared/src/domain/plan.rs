//! What a handler wants done, in order. A plan is committed before anything of it is
//! sent, so that a crash can neither lose nor double it.

use serde::{Deserialize, Serialize};

use crate::domain::Effect;

/// The effects of one event, in order.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// Each effect.
    pub effects: Vec<Effect>,
}
