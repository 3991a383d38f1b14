//! Membership plans, and who has joined them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::clock::Millis;

/// A membership plan of an account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Membership {
    pub id: u64,
    /// Its name.
    pub title: String,
    /// What it is.
    #[serde(default)]
    pub description: String,
    /// What a member gets.
    pub benefits: Vec<String>,
    /// What a month costs.
    pub price: f64,
    /// In which currency: `JPY`, `TWD` or `THB`.
    pub currency: String,
    /// How many members there can be.
    #[serde(default)]
    pub limit: Option<u64>,
    /// Since when each member is one, in milliseconds since 1970.
    #[serde(default)]
    pub members: BTreeMap<String, i64>,
}

impl Membership {
    /// A member's number: how many joined before, and one.
    pub(crate) fn number(&self, user: &str) -> usize {
        let since = self.members.get(user).copied().unwrap_or(Millis::MAX);
        1 + self.members.values().filter(|at| **at < since).count()
    }
}
