//! What each shop sets: where it is, when it is open, how far ahead it takes reservations, when it
//! reminds guests and tells its staff.

use jiff::civil::{DateTime, Time};
use jiff::{SignedDuration, ToSpan as _};
use line_module::settings::{Field, Kind, Schema, Zone};
use line_module::{TimeOfDay, Timestamp};
use serde::Deserialize;

use crate::admin;
use crate::branch::Branch;
use crate::slot::{Day, Slot};
use crate::texts::Language;

/// What a shop has that has set nothing.
const PASSWORD: &str = "スタッフ通知";
const SHIBUYA: &str = "渋谷店 35.6580,139.7016";
const SHINJUKU: &str = "新宿店 35.6896,139.7006";

/// One shop's settings.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Shop {
    /// Shown on a reservation's card.
    pub(crate) name: String,
    /// Of those whose language is not known.
    pub(crate) language: Language,
    /// The first time of a day.
    pub(crate) opens: Time,
    /// No time ends after this.
    pub(crate) closes: Time,
    /// How long one reservation takes.
    pub(crate) minutes: i64,
    /// How far ahead, from tomorrow on.
    pub(crate) days: i64,
    /// Whether guests are reminded,
    pub(crate) remind: bool,
    /// and when, on the day before.
    pub(crate) remind_at: Time,
    /// Hours until a chat that staff were asked into is ours again.
    pub(crate) staff_hours: u64,
    /// Where its clocks are.
    time_zone: Zone,
    /// Its branches, as [`Branch::read`] reads them.
    branch_1: String,
    branch_2: String,
    /// What staff write in their group, so that it is told of tomorrow.
    pub(crate) staff_word: String,
    /// When it is told.
    pub(crate) digest_at: TimeOfDay,
}

impl Shop {
    /// The shop's branches.
    pub(crate) fn branches(&self) -> impl Iterator<Item = Branch> {
        let all = [&self.branch_1, &self.branch_2].into_iter();
        all.filter_map(|text| Branch::read(text))
    }

    /// The date and time of day where the shop is.
    pub(crate) fn local(&self, now: Timestamp) -> DateTime {
        self.time_zone.local(now).datetime()
    }

    /// The days from tomorrow on.
    pub(crate) fn next_days(&self, now: Timestamp) -> impl Iterator<Item = Day> + use<> {
        let today = self.local(now).date();
        (1..=self.days).filter_map(move |days| Some(Day(today.checked_add(days.days()).ok()?)))
    }

    /// The times of a day: each ends before the shop closes.
    pub(crate) fn slots(&self, day: Day) -> impl Iterator<Item = Slot> + use<> {
        let long = SignedDuration::from_mins(self.minutes.max(1));
        let first = day.0.to_datetime(self.opens);
        let end = day.0.to_datetime(self.closes);
        let next = move |start: &DateTime| start.checked_add(long).ok();
        std::iter::successors(Some(first), next)
            .take_while(move |start| next(start).is_some_and(|ends| ends <= end))
            .map(Slot)
    }

    /// Whether it is a time that can be reserved now.
    pub(crate) fn offers(&self, slot: Slot, now: Timestamp) -> bool {
        let day = Day(slot.0.date());
        let soon = self.next_days(now).any(|next| next.0 == day.0);
        soon && self.slots(day).any(|offered| offered == slot)
    }

    /// When the guest is reminded of it; none if that is over already.
    pub(crate) fn reminder(&self, slot: Slot, now: Timestamp) -> Option<Timestamp> {
        let day_before = slot.0.date().yesterday().ok()?;
        let at = day_before.to_datetime(self.remind_at);
        let at = self.time_zone.to_timestamp(at).ok()?.as_millisecond();
        (self.remind && at > now.0).then_some(Timestamp(at))
    }
}

/// What can be set.
pub(crate) fn schema() -> Schema {
    let languages = vec![
        ("ja", admin::JAPANESE),
        ("zh", admin::CHINESE),
        ("en", admin::ENGLISH),
    ];
    let shop = [
        Field::new("name", admin::SHOP_NAME, Kind::text(40), "").help(admin::SHOP_NAME_HELP),
        Field::new("language", admin::LANGUAGE, Kind::Choice(languages), "ja")
            .help(admin::LANGUAGE_HELP),
        Field::new("time_zone", admin::ZONE, Kind::TimeZone, "Asia/Tokyo"),
    ];
    let times = [
        Field::new("opens", admin::OPENS, Kind::Time, "10:00"),
        Field::new("closes", admin::CLOSES, Kind::Time, "18:00").help(admin::CLOSES_HELP),
        Field::new("minutes", admin::MINUTES, Kind::number(15, 480), 60),
        Field::new("days", admin::DAYS, Kind::number(1, 60), 7),
    ];
    let reminders = [
        Field::new("remind", admin::REMIND, Kind::Truth, true).help(admin::REMIND_HELP),
        Field::new("remind_at", admin::REMIND_AT, Kind::Time, "18:00"),
    ];
    let staff = [
        Field::new("staff_hours", admin::STAFF_HOURS, Kind::number(1, 72), 12)
            .help(admin::STAFF_HOURS_HELP),
        Field::new("staff_word", admin::STAFF_WORD, Kind::text(60), PASSWORD)
            .help(admin::STAFF_WORD_HELP),
        Field::new("digest_at", admin::DIGEST_AT, Kind::Time, "20:00"),
    ];
    let branches = [
        Field::new("branch_1", admin::BRANCH, Kind::text(60), SHIBUYA).help(admin::BRANCH_HELP),
        Field::new("branch_2", admin::BRANCH, Kind::text(60), SHINJUKU),
    ];
    Schema::default()
        .group(admin::YOUR_SHOP, shop)
        .group(admin::TIMES, times)
        .group(admin::REMINDERS, reminders)
        .group(admin::STAFF, staff)
        .group(admin::BRANCHES, branches)
}

/// What a guest would read by these settings.
pub(crate) fn preview(shop: &Shop, language: line_module::Language) -> Vec<String> {
    let texts = Language::known(language.tag())
        .unwrap_or(Language::En)
        .texts();
    let day = Day(jiff::civil::date(2026, 12, 1));
    let Some(slot) = shop.slots(day).next() else {
        return vec![texts.nothing_free()];
    };
    let mut messages = vec![texts.greeting(), texts.confirmed(texts.slot(slot))];
    messages.extend(shop.remind.then(|| texts.reminder(texts.slot(slot))));
    messages
}

#[cfg(test)]
mod tests {
    use line_module::settings::Values;

    use super::*;

    #[test]
    fn the_defaults_are_a_shop() {
        let shop: Shop = serde_json::from_value(schema().filled(&Values::new())).unwrap();
        assert_eq!((shop.opens, shop.days), (Time::constant(10, 0, 0, 0), 7));
        for field in schema().fields {
            let value = Values::from([(field.key.to_owned(), field.default)]);
            assert_eq!(schema().check(&value), Ok(()), "{}", field.key);
        }
    }
}
