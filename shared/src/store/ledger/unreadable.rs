//! Rows that this version cannot read: of a newer one, or damaged. They stay as they are, so
//! that whoever can read them finds all of it; their events must come to an end all the same.

use aws_sdk_dynamodb::types::AttributeValue;

use crate::domain::ledger::Change;
use crate::domain::{Outcome, Parked, Timestamp, ledger_end};
use crate::store::ledger::row::IN_INDEX;
use crate::store::ledger::{is_settled, word};
use crate::store::version::Unread;
use crate::store::{Item, StoreError, n, number_of, s};

/// A row that cannot be read, and why.
#[derive(Debug, Clone)]
pub struct Unreadable {
    pub(super) item: Item,
    reason: Unread,
}

impl Unreadable {
    pub(super) fn new(item: Item, reason: Unread) -> Self {
        Self { item, reason }
    }

    /// What is said of it where it must be read.
    pub(super) fn error(&self, operation: &'static str) -> StoreError {
        StoreError::unread(operation)(self.reason.clone())
    }

    /// Its counter, whatever stands there.
    fn writes(&self) -> Option<&AttributeValue> {
        self.item.get("writes")
    }

    /// The row one write on.
    pub(super) fn next(mut self) -> Self {
        let writes = number_of(&self.item, "writes").unwrap_or_default();
        self.item.insert("writes".into(), n(writes + 1));
        self
    }

    /// The condition that nobody has written it since it was read.
    pub(super) fn unchanged(&self) -> (&'static str, Item) {
        match self.writes() {
            Some(writes) => {
                let values = Item::from([(":writes".into(), writes.clone())]);
                ("writes = :writes", values)
            }
            None => (
                "attribute_exists(chat_id) AND attribute_not_exists(writes)",
                Item::new(),
            ),
        }
    }

    /// Notes a transient failure; tells since when it meets them, if it is not settled.
    pub(super) fn note_failure(&self, now: Timestamp) -> Change<Self, Option<Timestamp>> {
        if is_settled(&self.item) {
            return Change::Keep(None);
        }
        if let Some(since) = number_of(&self.item, "failing_since") {
            return Change::Keep(Some(Timestamp(since)));
        }
        let mut row = self.clone();
        row.item.insert("failing_since".into(), n(now.0));
        let end = || n(ledger_end(now));
        row.item.entry("expires_at".into()).or_insert_with(end);
        Change::Write(row, Some(now))
    }

    /// Parks the event, unless others have written its row since it was `known`; tells
    /// whether it is parked.
    pub(super) fn park(&self, known: &Self, parked: &Parked) -> Change<Self, bool> {
        match self.writes() == known.writes() {
            true => Change::Write(self.clone().parked(parked), true),
            false => Change::Keep(false),
        }
    }

    /// Without the event's JSON and its plan, whatever they are; none if it has neither.
    pub(in crate::store) fn without_words(&self) -> Option<Self> {
        let mut row = self.clone();
        let is_parked = row.item.contains_key("parked");
        let had_raw = match is_parked {
            // A parked row must have it.
            true => row.item.insert("raw".into(), s("{}")) != Some(s("{}")),
            false => row.item.remove("raw").is_some(),
        };
        let had_plan = row.item.remove("plan").is_some();
        (had_raw || had_plan).then_some(row)
    }

    /// Of a parked event whose time is over: settled, and out of the index.
    pub(in crate::store) fn expired(&self, now: Timestamp) -> Self {
        let mut row = self.clone();
        for name in ["raw", "plan", "parked", "parked_at"] {
            row.item.remove(name);
        }
        let ended = [
            ("outcome".to_owned(), word(Outcome::Done)),
            ("expires_at".to_owned(), n(ledger_end(now))),
        ];
        row.item.extend(ended);
        row
    }

    /// Since when it is parked, if it is.
    pub(in crate::store) fn parked_at(&self) -> Option<Timestamp> {
        number_of(&self.item, "parked_at").map(Timestamp)
    }

    /// With what parks an event: it is in the index, and stays.
    fn parked(mut self, parked: &Parked) -> Self {
        self.item.extend([
            ("outcome".into(), word(Outcome::Parked)),
            ("park_kind".into(), s(parked.kind.name())),
            ("reason".into(), s(&parked.reason)),
            ("raw".into(), s(&parked.raw)),
            ("parked".into(), s(IN_INDEX)),
            ("parked_at".into(), n(parked.since.0)),
        ]);
        self.item.remove("expires_at");
        self
    }
}

#[cfg(test)]
mod tests {
    use crate::domain::ledger::ParkKind;

    use super::*;

    fn row(attributes: &[(&str, AttributeValue)]) -> Unreadable {
        let attributes = attributes.iter().cloned();
        Unreadable {
            item: attributes.map(|(name, it)| (name.into(), it)).collect(),
            reason: Unread::Malformed("missing field".into()),
        }
    }

    #[test]
    fn all_that_it_has_stays() {
        let parked = Parked::new(
            ParkKind::RetriesOver,
            "hours of failures",
            "{}",
            Timestamp(9),
        );
        let row = row(&[("tomorrow", s("x")), ("expires_at", n(5))]);
        let failing = row.note_failure(Timestamp(7)).written().unwrap();
        let row = failing.parked(&parked).next();
        assert_eq!(row.item["tomorrow"], s("x"));
        assert_eq!(row.item["failing_since"], n(7));
        assert_eq!(row.item["writes"], n(1));
        assert!(is_settled(&row.item) && !row.item.contains_key("expires_at"));
    }

    #[test]
    fn it_is_parked_only_as_it_was_known() {
        let parked = Parked::new(
            ParkKind::RetriesOver,
            "hours of failures",
            "{}",
            Timestamp(9),
        );
        let known = row(&[("writes", n(3)), ("tomorrow", s("x"))]);
        let others = row(&[("writes", n(4)), ("tomorrow", s("y"))]);
        assert!(others.park(&known, &parked).written().is_none());
        let row = known.park(&known, &parked).written().unwrap();
        assert_eq!(row.item["outcome"], s("parked"));
    }

    #[test]
    fn it_is_written_over_only_as_it_was_read() {
        let (condition, values) = row(&[("writes", s("not a number"))]).unchanged();
        assert_eq!(condition, "writes = :writes");
        assert_eq!(values[":writes"], s("not a number"));
        assert!(row(&[]).unchanged().1.is_empty());
    }
}
