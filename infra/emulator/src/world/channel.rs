//! The module channels: the one under test, and another one beside it.

use serde::{Deserialize, Serialize};

use super::chat::Holder;

/// A module channel.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Side {
    /// The one under test.
    #[default]
    Ours,
    /// The other one.
    Other,
}

impl Side {
    /// It, among the channels of an account.
    pub(crate) fn channel(self) -> Holder {
        match self {
            Self::Ours => Holder::Module,
            Self::Other => Holder::Other,
        }
    }

    /// A word for it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::Other => "other",
        }
    }
}
