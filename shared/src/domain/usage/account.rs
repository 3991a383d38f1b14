//! What is kept of an account's usage: the months that still take counts, its contracts, and how
//! far each part of the stream has been counted, so that a record which comes again counts nothing.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::domain::Timestamp;
use crate::domain::usage::{Contract, Counts, Month, UsageChange, contract};

/// How long after the newest record of a shard its position is kept. Records stay in the stream for
/// 24 hours: what has been counted of such a shard is no longer there.
const POSITION_KEPT: Duration = Duration::from_secs(48 * 3600);

/// The usage of an account that may still change.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountUsage {
    /// The months that still take counts, and those that do not and are to be put away.
    #[serde(default)]
    pub months: BTreeMap<Month, Counts>,
    /// No month before it takes counts; absent before the first count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_open: Option<Month>,
    /// Its contracts, in order.
    #[serde(default)]
    pub contracts: Vec<Contract>,
    /// How far each shard has been counted, by its id.
    #[serde(default)]
    pub shards: BTreeMap<String, Position>,
}

/// How far a shard of the stream has been counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// The sequence number of the last record that was counted. Numbers grow within a shard.
    pub last: String,
    /// When that was written.
    pub at: Timestamp,
}

/// A month that is closed: it never changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClosedMonth {
    /// What was counted.
    #[serde(flatten)]
    pub counts: Counts,
    /// Days on which the account was attached at some time.
    pub attached_days: u32,
    /// Of these: on which it was suspended from the first moment to the last.
    pub suspended_days: u32,
}

/// A record of the stream that counts.
#[derive(Debug, Clone, PartialEq)]
pub struct UsageRecord {
    /// Its sequence number: digits.
    pub sequence: String,
    /// When the row was written, to the second.
    pub written_at: Timestamp,
    /// What it comes to.
    pub change: UsageChange,
}

/// What has become of records.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// They are counted.
    pub counted: usize,
    /// Of these: their month was closed, and they count in the first that is open.
    pub late: usize,
    /// They were counted before.
    pub repeated: usize,
}

impl AccountUsage {
    /// Counts records of one shard at `now`, in order; those that were counted before are left out.
    pub fn count(&mut self, shard: &str, records: &[UsageRecord], now: Timestamp) -> Tally {
        let mut tally = Tally::default();
        let first_open = Some(Month::first_open(now)).max(self.first_open);
        for record in records {
            if self.has_counted(shard, &record.sequence) {
                tally.repeated += 1;
                continue;
            }
            self.first_open = first_open;
            self.advance(shard, record);
            tally.counted += 1;
            tally.late += usize::from(self.take_in(record));
        }
        tally
    }

    /// Adds one record's counts; tells whether its month was closed.
    fn take_in(&mut self, record: &UsageRecord) -> bool {
        match &record.change {
            UsageChange::Lifecycle(lifecycle) => {
                contract::take_in(&mut self.contracts, lifecycle);
                false
            }
            UsageChange::Counted(at, counts) => {
                let own = Month::of(at.unwrap_or(record.written_at));
                let month = self.first_open.map_or(own, |open| open.max(own));
                let of_month = self.months.entry(month).or_default();
                of_month.add(counts);
                of_month.late += u64::from(month != own);
                month != own
            }
        }
    }

    fn has_counted(&self, shard: &str, sequence: &str) -> bool {
        let position = self.shards.get(shard);
        position.is_some_and(|it| in_order(sequence, &it.last) != Ordering::Greater)
    }

    fn advance(&mut self, shard: &str, record: &UsageRecord) {
        let position = Position {
            last: record.sequence.clone(),
            at: record.written_at,
        };
        self.shards.insert(shard.to_owned(), position);
        let newest = record.written_at;
        let is_needed = |position: &Position| position.at.plus(POSITION_KEPT) >= newest;
        self.shards.retain(|_, position| is_needed(position));
    }

    /// The months that take no counts any more, as they are put away.
    pub fn closed(&self) -> Vec<(Month, ClosedMonth)> {
        let months = self.months.iter();
        let closed = months.take_while(|(month, _)| Some(**month) < self.first_open);
        closed
            .map(|(month, counts)| (*month, self.as_closed(*month, counts.clone())))
            .collect()
    }

    fn as_closed(&self, month: Month, counts: Counts) -> ClosedMonth {
        let (attached_days, suspended_days) = self.days(month, month.end());
        ClosedMonth {
            counts,
            attached_days,
            suspended_days,
        }
    }

    /// The same, when they have been put away.
    #[must_use]
    pub fn without_closed(mut self) -> Self {
        let first_open = self.first_open;
        self.months.retain(|month, _| Some(*month) >= first_open);
        self
    }

    /// Days of the month, until `now`, on which the account was attached at some time; and of these,
    /// on which it was suspended from the first moment to the last.
    pub fn days(&self, month: Month, now: Timestamp) -> (u32, u32) {
        // The month's last moment, not the first of the next.
        let until = now.min(Timestamp(month.end().0 - 1));
        contract::days(&self.contracts, month, until)
    }

    /// A month that is not put away, as it is at `now`.
    pub fn month(&self, month: Month, now: Timestamp) -> ClosedMonth {
        let counts = self.months.get(&month).cloned().unwrap_or_default();
        let (attached_days, suspended_days) = self.days(month, now);
        ClosedMonth {
            counts,
            attached_days,
            suspended_days,
        }
    }
}

/// Sequence numbers are digits, of 21 to 40.
fn in_order(one: &str, other: &str) -> Ordering {
    let digits = |text: &str| text.trim_start_matches('0').to_owned();
    let (one, other) = (digits(one), digits(other));
    one.len().cmp(&other.len()).then_with(|| one.cmp(&other))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn month(text: &str) -> Month {
        text.parse().unwrap()
    }

    fn record(sequence: u64, at: Timestamp) -> UsageRecord {
        let counts = Counts {
            events: 1,
            ..Counts::default()
        };
        UsageRecord {
            sequence: format!("{sequence:021}"),
            written_at: Timestamp(1_796_000_000_000 + i64::try_from(sequence).unwrap()),
            change: UsageChange::Counted(Some(at), counts),
        }
    }

    fn events(usage: &AccountUsage) -> Vec<(String, u64)> {
        let months = usage.months.iter();
        months
            .map(|(month, counts)| (month.to_string(), counts.events))
            .collect()
    }

    #[test]
    fn a_record_counts_once_and_in_the_month_of_its_own_time() {
        let november = month("2026-11");
        let (in_november, in_december) = (november.start(), november.end());
        let records = [record(1, in_november), record(2, in_december)];
        let mut usage = AccountUsage::default();
        let tally = usage.count("a", &records, in_december);
        assert_eq!((tally.counted, tally.repeated, tally.late), (2, 0, 0));
        let tally = usage.count("a", &records, in_december);
        assert_eq!((tally.counted, tally.repeated), (0, 2));
        let expected = [("2026-11".to_owned(), 1), ("2026-12".to_owned(), 1)];
        assert_eq!(events(&usage), expected);
    }

    #[test]
    fn what_is_late_counts_in_the_first_open_month_and_is_named() {
        let november = month("2026-11");
        let mut usage = AccountUsage::default();
        usage.count("a", &[record(1, november.start())], november.start());
        let closed = november.closes_at();
        let tally = usage.count("a", &[record(2, november.start())], closed);
        assert_eq!((tally.counted, tally.late), (1, 1));
        assert_eq!(usage.closed()[0].1.counts.events, 1);
        let open = usage.without_closed();
        assert_eq!(events(&open), [("2026-12".to_owned(), 1)]);
        assert_eq!(open.months[&november.next()].late, 1);
    }

    /// Another process's clock may be a little behind.
    #[test]
    fn a_month_that_was_closed_stays_so_for_a_clock_that_is_behind() {
        let november = month("2026-11");
        let mut usage = AccountUsage::default();
        usage.count("a", &[record(1, november.start())], november.closes_at());
        usage.count("a", &[record(2, november.start())], november.start());
        assert_eq!(events(&usage), [("2026-12".to_owned(), 2)]);
    }

    #[test]
    fn a_shard_whose_records_are_no_longer_in_the_stream_is_forgotten() {
        let mut usage = AccountUsage::default();
        let now = month("2026-11").start();
        usage.count("old", &[record(1, now)], now);
        usage.count("new", &[record(2, now)], now);
        assert_eq!(usage.shards.len(), 2);
        let mut late = record(3, now);
        late.written_at = late.written_at.plus(POSITION_KEPT + Duration::from_secs(1));
        usage.count("new", &[late], now);
        assert_eq!(usage.shards.keys().collect::<Vec<_>>(), ["new"]);
    }

    #[test]
    fn sequence_numbers_are_compared_as_numbers() {
        assert_eq!(in_order("9", "10"), Ordering::Less);
        assert_eq!(in_order("0010", "10"), Ordering::Equal);
        assert_eq!(
            in_order(
                "4421584500000000017450439092",
                "4421584500000000017450439091"
            ),
            Ordering::Greater
        );
    }

    /// What a poller of the stream does: batches of a shard in order; one that failed or whose answer
    /// was lost comes again, whole or cut, also from further back.
    fn deliveries(records: usize) -> impl Strategy<Value = Vec<(usize, usize)>> {
        let step = (0..=3_usize, 1..=4_usize);
        proptest::collection::vec(step, 1..40).prop_map(move |steps| {
            let mut reached = 0;
            let mut batches = Vec::new();
            for (back, forward) in steps {
                let from = reached - back.min(reached);
                let to = (from + forward).min(records);
                batches.push((from, to));
                reached = reached.max(to);
            }
            batches.push((reached, records));
            batches
        })
    }

    proptest! {
        /// Two shards side by side, any repetition and any cut: the same counts as once and whole.
        #[test]
        fn any_repetition_and_any_cut_count_the_same(
            one in deliveries(20), other in deliveries(20), order in proptest::collection::vec(any::<bool>(), 80)
        ) {
            let start = month("2026-11").end();
            let at = |index: u64| Timestamp(start.0 - 10 + i64::try_from(index).unwrap());
            let shard = |from: u64| (from..from + 20).map(|index| record(index, at(index % 20))).collect::<Vec<_>>();
            let (a, b) = (shard(1_000), shard(10));
            let mut once = AccountUsage::default();
            once.count("a", &a, start);
            once.count("b", &b, start);
            let mut usage = AccountUsage::default();
            let (mut one, mut other) = (one.into_iter(), other.into_iter());
            for of_one in order.into_iter().chain(std::iter::repeat_n(true, 50)) {
                let next = if of_one { one.next().map(|it| ("a", &a, it)) } else { other.next().map(|it| ("b", &b, it)) };
                if let Some((name, records, (from, to))) = next {
                    usage.count(name, &records[from..to], start);
                }
            }
            for (from, to) in other {
                usage.count("b", &b[from..to], start);
            }
            prop_assert_eq!(&usage.months, &once.months);
            prop_assert_eq!(&usage.shards, &once.shards);
        }
    }
}
