//! What kind of row it is: its sort key tells.

use crate::store::keys;

/// What kind of row it is, in an account's partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RowKind {
    /// Of the account itself.
    Account,
    /// Of a chat.
    Chat,
    /// Of an event: the ledger's.
    Event,
    /// Of the module's own.
    Module,
    /// Of a timer.
    Timer,
    /// Calls that are counted.
    Limit,
    /// What an erasure came to.
    Receipt,
    /// A change by a person: it stays, and may say about whom it was.
    Audit,
    /// Any other: it names no user.
    Other,
}

impl RowKind {
    pub(super) fn of(sort: &str) -> Self {
        let prefixes = [
            (keys::MODULE, Self::Module),
            (keys::TIMER, Self::Timer),
            (keys::LIMIT, Self::Limit),
            (keys::RECEIPT, Self::Receipt),
            (keys::AUDIT_OF_ACCOUNT, Self::Audit),
            ("@bot#", Self::Event),
        ];
        let known = prefixes.iter().find(|(prefix, _)| sort.starts_with(prefix));
        match known {
            Some((_, kind)) => *kind,
            None if sort == keys::BOT => Self::Account,
            None if sort.starts_with('@') => Self::Other,
            None if sort.contains('#') => Self::Event,
            None => Self::Chat,
        }
    }

    /// As receipts and exports have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Chat => "chat",
            Self::Event => "event",
            Self::Module => "module",
            Self::Timer => "timer",
            Self::Limit => "limit",
            Self::Receipt => "receipt",
            Self::Audit => "audit",
            Self::Other => "other",
        }
    }

    /// Whether it may hold what users said or did, and so ends with its account's attachment.
    pub(super) fn is_of_users(self) -> bool {
        matches!(self, Self::Chat | Self::Event | Self::Module | Self::Timer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_tells_what_its_row_is() {
        for (sort, kind) in [
            ("@bot", RowKind::Account),
            ("@bot#attached-7", RowKind::Event),
            ("U1", RowKind::Chat),
            ("U1#01A", RowKind::Event),
            ("sha256:ab", RowKind::Chat),
            ("@m#slot#1", RowKind::Module),
            ("@timer#ab", RowKind::Timer),
            ("@limit#narrowcast", RowKind::Limit),
            ("@erase#a", RowKind::Receipt),
            ("@audit#1-a", RowKind::Audit),
            ("@usage#2026-11", RowKind::Other),
        ] {
            assert_eq!(RowKind::of(sort), kind, "{sort}");
        }
    }
}
