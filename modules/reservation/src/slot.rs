//! Times that can be reserved: every full hour from 10:00 to 17:00, Japan time.

use std::fmt;

use jiff::ToSpan as _;
use jiff::civil::{Date, DateTime};
use jiff::tz::{Offset, TimeZone};
use serde::{Deserialize, Serialize};
use shared::module::Timestamp;

const OPEN: i8 = 10;
const CLOSED: i8 = 18;
const DAYS_AHEAD: i64 = 7;

/// One time, as `2026-11-21T10:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct Slot(DateTime);

/// One day's times.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Day(Date);

/// The days from tomorrow on.
pub(crate) fn next_days(now: Timestamp) -> impl Iterator<Item = Day> {
    let today = local(now).date();
    (1..=DAYS_AHEAD).filter_map(move |days| Some(Day(today.checked_add(days.days()).ok()?)))
}

impl Day {
    pub(crate) fn slots(self) -> impl Iterator<Item = Slot> {
        (OPEN..CLOSED).map(move |hour| Slot(self.0.at(hour, 0, 0, 0)))
    }

    /// What the keys of this day's slots begin with.
    pub(crate) fn key_prefix(self) -> String {
        format!("slot#{}", self.0)
    }
}

impl Slot {
    pub(crate) fn read(text: &str) -> Option<Self> {
        let time: DateTime = text.parse().ok()?;
        (Self(time).to_string() == text).then_some(Self(time))
    }

    /// Whether it is a time that this shop has.
    pub(crate) fn is_offered(self) -> bool {
        Day(self.0.date()).slots().any(|slot| slot == self)
    }

    pub(crate) fn is_past(self, now: Timestamp) -> bool {
        self.0 <= local(now)
    }

    /// The key of its row.
    pub(crate) fn key(self) -> String {
        format!("slot#{self}")
    }

    pub(crate) fn month_day(self) -> (i8, i8) {
        (self.0.month(), self.0.day())
    }

    pub(crate) fn time(self) -> String {
        format!("{:02}:{:02}", self.0.hour(), self.0.minute())
    }

    /// 0 for Sunday.
    pub(crate) fn weekday(self) -> usize {
        usize::try_from(self.0.weekday().to_sunday_zero_offset()).unwrap_or_default()
    }
}

impl fmt::Display for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}T{}", self.0.date(), self.time())
    }
}

impl TryFrom<String> for Slot {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::read(&text).ok_or("a time is written as 2026-11-21T10:00")
    }
}

impl From<Slot> for String {
    fn from(slot: Slot) -> Self {
        slot.to_string()
    }
}

fn local(now: Timestamp) -> DateTime {
    let utc = jiff::Timestamp::from_millisecond(now.0).unwrap_or_default();
    utc.to_zoned(TimeZone::fixed(Offset::constant(9)))
        .datetime()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-20, 23:30 in Japan.
    const LATE: Timestamp = Timestamp(1_795_185_000_000);

    #[test]
    fn tomorrow_is_japans_tomorrow() {
        let first = next_days(LATE).next().unwrap().slots().next().unwrap();
        assert_eq!(first.to_string(), "2026-11-21T10:00");
        assert_eq!(first.key(), "slot#2026-11-21T10:00");
        assert!(!first.is_past(LATE));
    }

    #[test]
    fn only_a_time_of_the_shop_is_a_slot() {
        assert!(Slot::read("2026-11-21T10:00").unwrap().is_offered());
        assert!(!Slot::read("2026-11-21T09:00").unwrap().is_offered());
        assert!(!Slot::read("2026-11-21T10:30").unwrap().is_offered());
        assert_eq!(Slot::read("2026-11-21 10:00"), None);
        assert_eq!(Slot::read("tomorrow"), None);
    }
}
