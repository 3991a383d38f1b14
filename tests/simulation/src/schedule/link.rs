//! Admins who link the channel, and what LINE lists.

use serde::{Deserialize, Serialize};

/// An admin links the channel by our own pages: the code is exchanged, and LINE tells
/// of the attach by an event as well.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Link {
    /// When the admin opens our page.
    pub at_ms: u64,
    /// The account's number.
    pub bot: u8,
    /// How long the admin looks at LINE's link screen.
    pub consent_ms: u64,
    /// What the admin grants.
    pub scopes: String,
    /// Whether the answer to the exchange names the scopes.
    pub answer_names_scopes: bool,
    /// Whether the event does.
    pub event_names_scopes: bool,
    /// How long after the attach each copy of the event is delivered.
    pub copies_ms: Vec<u64>,
    /// Who comes back from LINE.
    #[serde(default, skip_serializing_if = "Visit::is_own")]
    pub visit: Visit,
}

/// Who opens the address that LINE leads back to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Visit {
    /// The browser that has begun.
    #[default]
    Own,
    /// Another one before it.
    AnotherFirst,
    /// The browser, twice at once.
    Twice,
}

impl Visit {
    fn is_own(&self) -> bool {
        *self == Self::Own
    }
}

/// What LINE's list of accounts is like.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Listing {
    /// How many accounts it has of which nothing else is said.
    #[serde(default)]
    pub others: u8,
    /// How many accounts a page has at most; 0 for as many as are asked for.
    #[serde(default)]
    pub page: usize,
    /// When accounts are not in it.
    #[serde(default)]
    pub absences: Vec<Absence>,
}

/// For a while LINE leaves accounts out of its list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Absence {
    /// The accounts' numbers.
    pub bots: Vec<u8>,
    /// From when.
    pub from_ms: u64,
    /// Until when.
    pub to_ms: u64,
    /// Whether their bot info is refused as well.
    pub info_refused: bool,
    /// Whether LINE fails when it is asked for it, if it is not refused.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub info_fails: bool,
}
