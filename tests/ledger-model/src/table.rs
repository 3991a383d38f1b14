//! The table's one row: written if it is as the writer has seen it.

use std::sync::Arc;

use shared::domain::LedgerEntry;

use crate::condition::Condition;

/// The event's row; none before its first write.
pub(crate) type Row = Option<Arc<LedgerEntry>>;

/// A write on its way.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Write {
    /// The writes of the row that its writer has seen; 0 if there was none.
    pub(crate) seen: u32,
    /// The row as it is to be: one write on.
    pub(crate) next: Arc<LedgerEntry>,
    /// The try that it ends, if it does.
    pub(crate) ends: Option<String>,
}

impl Write {
    /// In place of `seen`.
    pub(crate) fn new(seen: &Row, mut next: LedgerEntry) -> Self {
        let seen = writes(seen);
        next.writes = seen + 1;
        Self {
            seen,
            next: Arc::new(next),
            ends: None,
        }
    }

    /// It arrives at the table; tells whether it was made.
    pub(crate) fn arrives(&self, row: &mut Row, without: Option<Condition>) -> bool {
        let is_seen = writes(row) == self.seen;
        let is_made = match without {
            Some(Condition::RowIsAsSeen) => self.seen > 0 || is_seen,
            Some(Condition::RowIsAbsent) => self.seen == 0 || is_seen,
            Some(Condition::EndCountsWrites) => is_seen || self.try_is_open(row),
            _ => is_seen,
        };
        if is_made {
            *row = Some(self.next.clone());
        }
        is_made
    }

    fn try_is_open(&self, row: &Row) -> bool {
        let sends = row.as_ref().and_then(|row| row.sends());
        let open = sends.zip(self.ends.as_ref());
        open.is_some_and(|(sends, name)| sends.open.contains(name))
    }
}

/// How often a row was written.
pub(crate) fn writes(row: &Row) -> u32 {
    row.as_ref().map_or(0, |row| row.writes)
}
