//! Why an event is parked, in one word.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Why an event is parked: what a person does about it goes by this.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ParkKind {
    /// The module failed with it as often as it is tried.
    ModuleFailed,
    /// The module set it aside itself.
    ByModule,
    /// Attempts at it ended with their process: killed, out of memory, or out of time.
    Vanished,
    /// It met transient failures for hours.
    RetriesOver,
    /// LINE refuses something that was to be sent.
    RefusedByLine,
    /// Its reply token was used or too old, and no push was to stand in.
    ReplyExpired,
    /// It came so late that the ledger may have forgotten it.
    TooOld,
    /// Its plan, its row or its message cannot be read.
    Unreadable,
    /// The release that parked it did not say, or this one does not know its word.
    #[default]
    #[serde(other)]
    Unknown,
}

impl ParkKind {
    /// As the table, the log and screens have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::ModuleFailed => "module_failed",
            Self::ByModule => "by_module",
            Self::Vanished => "vanished",
            Self::RetriesOver => "retries_over",
            Self::RefusedByLine => "refused_by_line",
            Self::ReplyExpired => "reply_expired",
            Self::TooOld => "too_old",
            Self::Unreadable => "unreadable",
            Self::Unknown => "unknown",
        }
    }
}

impl fmt::Display for ParkKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_each_by_its_name() {
        use ParkKind::{
            ByModule, ModuleFailed, RefusedByLine, ReplyExpired, RetriesOver, TooOld, Unknown,
            Unreadable, Vanished,
        };
        for kind in [
            ModuleFailed,
            ByModule,
            Vanished,
            RetriesOver,
            RefusedByLine,
            ReplyExpired,
            TooOld,
            Unreadable,
            Unknown,
        ] {
            let written = serde_json::to_value(kind).unwrap();
            assert_eq!(written, kind.name());
            assert_eq!(serde_json::from_value::<ParkKind>(written).unwrap(), kind);
        }
        let newer: ParkKind = serde_json::from_str(r#""of_tomorrow""#).unwrap();
        assert_eq!(newer, Unknown);
    }
}
