//! Months and days by the clocks in Japan, by which LINE counts and bills.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::domain::Timestamp;

/// Japan is nine hours ahead of UTC, and has no summer time.
const OFFSET_MS: i64 = 9 * 3_600_000;
const DAY_MS: i64 = 86_400_000;
/// How long after its end a month still takes counts. The stream keeps its records for a day, so
/// that what is later than this is late for another reason.
const OPEN_AFTER_END: Duration = Duration::from_secs(3 * 86_400);

/// A month, as `2026-11`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Month {
    year: i64,
    /// 1 to 12.
    month: u8,
}

/// A day of a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day {
    /// Days since 1970-01-01.
    number: i64,
}

/// A text that is no month.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no month: write it as 2026-11")]
pub struct MonthError(String);

impl Month {
    /// The month of this moment.
    pub fn of(at: Timestamp) -> Self {
        let (year, month, _) = date(Day::of(at).number);
        Self { year, month }
    }

    /// The one after.
    #[must_use]
    pub fn next(self) -> Self {
        match self.month {
            12 => Self {
                year: self.year + 1,
                month: 1,
            },
            month => Self {
                year: self.year,
                month: month + 1,
            },
        }
    }

    /// The one before.
    #[must_use]
    pub fn previous(self) -> Self {
        match self.month {
            1 => Self {
                year: self.year - 1,
                month: 12,
            },
            month => Self {
                year: self.year,
                month: month - 1,
            },
        }
    }

    /// Its first moment.
    pub fn start(self) -> Timestamp {
        Day::first_of(self).start()
    }

    /// The first moment after it.
    pub fn end(self) -> Timestamp {
        self.next().start()
    }

    /// From when on it takes no more counts.
    pub fn closes_at(self) -> Timestamp {
        self.end().plus(OPEN_AFTER_END)
    }

    /// The first month that still takes counts at `now`.
    pub fn first_open(now: Timestamp) -> Self {
        Self::of(now.minus(OPEN_AFTER_END))
    }

    /// Its days, in order.
    pub fn days(self) -> impl Iterator<Item = Day> {
        let last = Day::first_of(self.next()).number;
        (Day::first_of(self).number..last).map(|number| Day { number })
    }
}

impl Day {
    /// The day of this moment.
    pub fn of(at: Timestamp) -> Self {
        let number = at.0.saturating_add(OFFSET_MS).div_euclid(DAY_MS);
        Self { number }
    }

    fn first_of(month: Month) -> Self {
        let number = number(month.year, month.month, 1);
        Self { number }
    }

    /// Its first moment.
    pub fn start(self) -> Timestamp {
        Timestamp(self.number * DAY_MS - OFFSET_MS)
    }

    /// The first moment after it.
    pub fn end(self) -> Timestamp {
        Timestamp(self.start().0 + DAY_MS)
    }
}

/// As LINE writes a day: `20261121`.
impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = date(self.number);
        write!(f, "{year:04}{month:02}{day:02}")
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

impl FromStr for Month {
    type Err = MonthError;

    fn from_str(text: &str) -> Result<Self, MonthError> {
        let read = || {
            let (year, month) = text.split_once('-')?;
            let is_form = text.len() == 7 && text.bytes().all(|b| b == b'-' || b.is_ascii_digit());
            let (year, month) = (year.parse().ok()?, month.parse().ok()?);
            (is_form && (1..=12).contains(&month)).then_some(Self { year, month })
        };
        read().ok_or_else(|| MonthError(text.to_owned()))
    }
}

impl TryFrom<String> for Month {
    type Error = MonthError;

    fn try_from(text: String) -> Result<Self, MonthError> {
        text.parse()
    }
}

impl From<Month> for String {
    fn from(month: Month) -> Self {
        month.to_string()
    }
}

/// Days since 1970-01-01 of a date of the Gregorian calendar. Years are taken to begin in March, so
/// that the day that is put in now and then is the last one.
fn number(year: i64, month: u8, day: i64) -> i64 {
    let month = i64::from(month);
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// Year, month and day of the month of a day that is so many days after 1970-01-01.
fn date(number: i64) -> (i64, u8, i64) {
    let days = number + 719_468;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let years = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * years + years / 4 - years / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = (from_march + 2) % 12 + 1;
    let year = years + era * 400 + i64::from(month <= 2);
    (year, u8::try_from(month).unwrap_or(1), day)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn month(text: &str) -> Month {
        text.parse().unwrap()
    }

    /// 2026-11-30 23:59:59.999 and the next millisecond, in Tokyo.
    #[test]
    fn a_month_begins_and_ends_by_the_clocks_in_japan() {
        let last = Timestamp(1_796_050_799_999);
        assert_eq!(Month::of(last).to_string(), "2026-11");
        assert_eq!(Month::of(Timestamp(last.0 + 1)).to_string(), "2026-12");
        assert_eq!(month("2026-11").end(), Timestamp(last.0 + 1));
        assert_eq!(Day::of(last).to_string(), "20261130");
        assert_eq!(Month::of(Timestamp(0)).to_string(), "1970-01");
    }

    #[test]
    fn a_month_takes_counts_for_three_days_after_its_end() {
        let november = month("2026-11");
        let closes_at = november.closes_at();
        assert_eq!(Day::of(closes_at).to_string(), "20261204");
        assert_eq!(Month::first_open(Timestamp(closes_at.0 - 1)), november);
        assert_eq!(Month::first_open(closes_at), november.next());
    }

    #[test]
    fn a_text_is_a_month_or_says_how_one_is_written() {
        for text in [
            "",
            "2026",
            "2026-13",
            "2026-00",
            "2026-1",
            "26-11",
            "2026-11-1",
            "-026-11",
        ] {
            let error = text.parse::<Month>().unwrap_err();
            assert!(error.to_string().ends_with("write it as 2026-11"), "{text}");
        }
        assert_eq!(month("2024-02").days().count(), 29);
        assert_eq!(month("2026-12").next(), month("2027-01"));
        assert_eq!(month("2027-01").previous(), month("2026-12"));
    }

    proptest! {
        /// From 1900 to 2100.
        #[test]
        fn every_day_has_its_date_and_each_date_its_day(number_of_day in -25_567_i64..47_482) {
            let (year, month, day) = date(number_of_day);
            prop_assert_eq!(number(year, month, day), number_of_day);
            let (later, ..) = date(number_of_day + 1);
            prop_assert!(later == year || (month, day) == (12, 31));
            let month = Month { year, month };
            prop_assert!(month.days().any(|day| day.number == number_of_day));
        }
    }
}
