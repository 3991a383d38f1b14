//! What a worker does to an event's entry as it finds it in the table. Each is a pure function
//! of the entry; the store reads, changes and writes it, as often as others write it in between.

/// Whether a row is written or kept, and the result that the caller gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change<R, T> {
    /// It is written.
    Write(R, T),
    /// It stays as it is.
    Keep(T),
}

impl<R, T> Change<R, T> {
    /// Writes the row if there is one to be written; the result is `written` or `kept`.
    pub fn write_if(row: Option<R>, written: T, kept: T) -> Self {
        match row {
            Some(row) => Self::Write(row, written),
            None => Self::Keep(kept),
        }
    }

    /// The row that is written, if one is.
    pub fn written(self) -> Option<R> {
        match self {
            Self::Write(row, _) => Some(row),
            Self::Keep(_) => None,
        }
    }

    /// The same, of another type of row.
    pub fn map<S>(self, row: impl FnOnce(R) -> S) -> Change<S, T> {
        match self {
            Self::Write(it, result) => Change::Write(row(it), result),
            Self::Keep(result) => Change::Keep(result),
        }
    }
}
