//! Times that can be reserved, by the clocks where the shop is.

use std::fmt;

use jiff::civil::{Date, DateTime};
use line_module::TapField;
use serde::{Deserialize, Serialize};

/// One time, as `2026-11-21T10:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TapField)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct Slot(pub(crate) DateTime);

/// One day of a shop.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Day(pub(crate) Date);

impl Day {
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

    pub(crate) fn is_past(self, now: DateTime) -> bool {
        self.0 <= now
    }

    /// The key of its row.
    pub(crate) fn key(self) -> String {
        format!("slot#{self}")
    }

    pub(crate) fn of_key(key: &str) -> Option<Self> {
        Self::read(key.strip_prefix("slot#")?)
    }

    pub(crate) fn month_day(self) -> (i8, i8) {
        (self.0.month(), self.0.day())
    }

    pub(crate) fn time(self) -> String {
        format!("{:02}:{:02}", self.0.hour(), self.0.minute())
    }

    /// 0 for Sunday.
    pub(crate) fn weekday(self) -> usize {
        usize::from(self.0.weekday().to_sunday_zero_offset().unsigned_abs())
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

#[cfg(test)]
mod tests {
    use line_module::Timestamp;
    use serde_json::json;

    use super::*;
    use crate::shop::Shop;

    /// 2026-11-20, 23:30 in Japan.
    const LATE: Timestamp = Timestamp(1_795_185_000_000);

    fn shop(values: serde_json::Value) -> Shop {
        let values = serde_json::from_value(values).unwrap();
        serde_json::from_value(crate::shop::schema().filled(&values)).unwrap()
    }

    fn slots(shop: &Shop) -> Vec<String> {
        let tomorrow = shop.next_days(LATE).next().unwrap();
        shop.slots(tomorrow).map(Slot::time).collect()
    }

    #[test]
    fn tomorrow_is_the_shops_tomorrow() {
        let shop = shop(json!({}));
        let day = shop.next_days(LATE).next().unwrap();
        let first = shop.slots(day).next().unwrap();
        assert_eq!(first.to_string(), "2026-11-21T10:00");
        assert_eq!(first.key(), "slot#2026-11-21T10:00");
        assert_eq!(Slot::of_key(&first.key()), Some(first));
        assert!(!first.is_past(shop.local(LATE)));
        let abroad = self::shop(json!({"time_zone": "Pacific/Kiritimati"}));
        let day = abroad.next_days(LATE).next().unwrap();
        assert_eq!(day.0.to_string(), "2026-11-22");
    }

    #[test]
    fn a_day_has_the_times_that_end_before_the_shop_closes() {
        assert_eq!(slots(&shop(json!({}))).last().unwrap(), "17:00");
        let late = json!({"opens": "11:30", "closes": "15:00", "minutes": 90});
        assert_eq!(slots(&shop(late)), ["11:30", "13:00"]);
        let never = json!({"opens": "18:00", "closes": "10:00"});
        assert_eq!(slots(&shop(never)), Vec::<String>::new());
    }

    #[test]
    fn only_a_time_of_the_shop_is_offered() {
        let shop = shop(json!({"days": 2}));
        let offers = |text| shop.offers(Slot::read(text).unwrap(), LATE);
        assert!(offers("2026-11-21T10:00"));
        assert!(!offers("2026-11-21T09:00"));
        assert!(!offers("2026-11-21T10:30"));
        assert!(!offers("2026-11-20T10:00"));
        assert!(!offers("2026-11-23T10:00"));
        assert_eq!(Slot::read("2026-11-21 10:00"), None);
        assert_eq!(Slot::read("tomorrow"), None);
    }

    #[test]
    fn a_guest_is_reminded_at_six_on_the_day_before_if_that_is_to_come() {
        let shop = shop(json!({}));
        let reminder = |text| shop.reminder(Slot::read(text).unwrap(), LATE);
        assert_eq!(reminder("2026-11-21T10:00"), None);
        // 2026-11-21, 18:00 in Japan.
        assert_eq!(
            reminder("2026-11-22T10:00"),
            Some(Timestamp(1_795_251_600_000))
        );
    }
}
