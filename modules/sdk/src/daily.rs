//! What every attached account has done each day, at a time of its own: an account's timer that
//! the bundle sets at the attach, again each day, and whenever the settings change it.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{ToSpan as _, Zoned};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::settings::{Schema, Values};
use crate::{Module, ModuleError};
use shared::domain::{BotId, Timestamp};
use shared::store::{ArmedDaily, BotRow, NewTimer, Store, StoreError, TimerChange};

/// What the names of these timers begin with: no timer of an author's does.
const PREFIX: &str = "@daily/";

pub(crate) const NO_TIME_ZONE: &str = "a daily handler needs the account's time zone: give the settings a field of \
    `Kind::TimeZone`";

/// A time of day, on a clock of 24 hours: `18:00`, as a setting of
/// [`Kind::Time`](crate::settings::Kind::Time) has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TimeOfDay(Time);

impl TimeOfDay {
    /// This hour, 0 to 23, and minute, 0 to 59; none if there is no such time.
    pub fn new(hour: i8, minute: i8) -> Option<Self> {
        Time::new(hour, minute, 0, 0).ok().map(Self)
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0.hour(), self.0.minute())
    }
}

impl From<TimeOfDay> for String {
    fn from(time: TimeOfDay) -> Self {
        time.to_string()
    }
}

impl TryFrom<String> for TimeOfDay {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let parts = text.split_once(':');
        let time =
            parts.and_then(|(hour, minute)| Self::new(hour.parse().ok()?, minute.parse().ok()?));
        time.ok_or_else(|| format!("{text:?} is no time of day such as 09:30"))
    }
}

/// The day that a daily handler runs for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Day {
    /// Its date where the account is: `2026-11-29`.
    pub date: String,
}

/// When a handler runs each day: see [`Routes::daily`](crate::Routes::daily).
#[derive(Clone)]
pub struct Daily {
    name: String,
    time: Arc<TimeOf>,
}

type TimeOf = dyn Fn(Value) -> Result<Option<TimeOfDay>, ModuleError> + Send + Sync;

/// One time that it runs.
pub struct Occurrence {
    /// When.
    pub due: Timestamp,
    /// The day, where the account is.
    pub day: Day,
}

impl Daily {
    pub(crate) fn new<S, T>(
        name: impl Into<String>,
        time: impl Fn(&S) -> T + Send + Sync + 'static,
    ) -> Self
    where
        S: DeserializeOwned,
        T: Into<Option<TimeOfDay>>,
    {
        let time = move |settings| Ok(time(&serde_json::from_value(settings)?).into());
        Self {
            name: name.into(),
            time: Arc::new(time),
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The name of its timer.
    pub fn timer(&self) -> String {
        format!("{PREFIX}{}", self.name)
    }

    /// Whether this is the name of a timer of a daily handler, the module's or an older version's.
    pub fn is_timer(name: &str) -> bool {
        name.starts_with(PREFIX)
    }

    fn clock(&self, schema: &Schema, values: &Values) -> Result<Option<Clock>, ModuleError> {
        let Some(time) = (self.time)(schema.filled(values))? else {
            return Ok(None);
        };
        let zone = schema.time_zone(values);
        let zone = zone.ok_or_else(|| ModuleError::bug(NO_TIME_ZONE))?;
        Ok(Some(Clock { time, zone }))
    }

    /// The first time after `after` that it runs for an account with these settings; none if
    /// they say that it does not.
    ///
    /// # Errors
    /// The author's: the settings do not fit its type, or have no time zone.
    pub fn next(
        &self,
        schema: &Schema,
        values: &Values,
        after: Timestamp,
    ) -> Result<Option<Occurrence>, ModuleError> {
        let clock = self.clock(schema, values)?;
        Ok(clock.and_then(|clock| clock.next(after)))
    }

    /// The last time up to `now` that it was due.
    ///
    /// # Errors
    /// As [`Daily::next`].
    pub fn last(
        &self,
        schema: &Schema,
        values: &Values,
        now: Timestamp,
    ) -> Result<Option<Occurrence>, ModuleError> {
        let clock = self.clock(schema, values)?;
        Ok(clock.and_then(|clock| clock.last(now)))
    }
}

/// A time of day, where an account is.
struct Clock {
    time: TimeOfDay,
    zone: TimeZone,
}

impl fmt::Display for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let zone = self.zone.iana_name().unwrap_or_default();
        write!(f, "{} {zone}", self.time)
    }
}

impl Clock {
    fn next(&self, after: Timestamp) -> Option<Occurrence> {
        let today = self.date(after)?;
        let days = [
            Some(today),
            today.tomorrow().ok(),
            today.checked_add(2.days()).ok(),
        ];
        let mut all = days.into_iter().flatten().filter_map(|day| self.on(day));
        all.find(|it| it.due > after)
    }

    fn last(&self, now: Timestamp) -> Option<Occurrence> {
        let today = self.date(now)?;
        let days = [Some(today), today.yesterday().ok()];
        let mut all = days.into_iter().flatten().filter_map(|day| self.on(day));
        all.find(|it| it.due <= now)
    }

    fn date(&self, at: Timestamp) -> Option<Date> {
        let at = jiff::Timestamp::from_millisecond(at.0).ok()?;
        Some(at.to_zoned(self.zone.clone()).date())
    }

    fn on(&self, date: Date) -> Option<Occurrence> {
        let zoned: Zoned = date
            .to_datetime(self.time.0)
            .to_zoned(self.zone.clone())
            .ok()?;
        let date = date.to_string();
        Some(Occurrence {
            due: Timestamp(zoned.timestamp().as_millisecond()),
            day: Day { date },
        })
    }
}

impl Occurrence {
    /// As the timer with this name.
    ///
    /// # Errors
    /// Only if the day cannot be written as JSON.
    pub fn timer(&self, name: String) -> Result<NewTimer, ModuleError> {
        Ok(NewTimer {
            due: self.due,
            name,
            payload: serde_json::to_string(&self.day)?,
        })
    }
}

/// How an account's daily timers must be changed, for what the module and the settings say now.
#[derive(Debug, Default)]
pub struct Arming {
    /// What the account's row will say of them.
    pub dailies: BTreeMap<String, ArmedDaily>,
    /// The changes.
    pub timers: Vec<TimerChange>,
}

/// What of an account's daily timers is not as it must be; none if all are.
///
/// # Errors
/// The author's, as of [`Daily::next`].
pub fn arming<M: Module>(
    module: &M,
    row: &BotRow,
    now: Timestamp,
) -> Result<Option<Arming>, ModuleError> {
    if module.dailies().is_empty() && row.dailies.is_empty() {
        return Ok(None);
    }
    let mut arming = Arming::default();
    for daily in module.dailies() {
        if let Some(clock) = daily.clock(module.settings(), &row.settings)? {
            arming.add(daily.timer(), &clock, row, now)?;
        }
    }
    let wanted = &arming.dailies;
    let gone = row
        .dailies
        .keys()
        .filter(|name| !wanted.contains_key(*name));
    let cancelled: Vec<_> = gone.cloned().map(TimerChange::Cancel).collect();
    arming.timers.extend(cancelled);
    Ok(Some(arming).filter(|arming| !arming.timers.is_empty()))
}

impl Arming {
    /// One that must be set: as it is, if it is set so.
    fn add(
        &mut self,
        name: String,
        clock: &Clock,
        row: &BotRow,
        now: Timestamp,
    ) -> Result<(), ModuleError> {
        let (at, epoch) = (clock.to_string(), row.state.epoch());
        let armed = row.dailies.get(&name);
        let armed = armed.filter(|armed| armed.at == at && armed.epoch == epoch);
        if let Some(armed) = armed {
            self.dailies.insert(name, armed.clone());
        } else if let Some(next) = clock.next(now) {
            let due = next.due;
            self.timers
                .push(TimerChange::Set(next.timer(name.clone())?));
            self.dailies.insert(name, ArmedDaily { at, due, epoch });
        }
        Ok(())
    }
}

/// Sets the daily timers of an attached account as the module and the settings want them now;
/// false if nothing had to be changed, or someone else has changed the account's row meanwhile.
///
/// # Errors
/// [`ArmError`].
pub async fn arm<M: Module>(
    store: &Store,
    bot: &BotId,
    row: &BotRow,
    module: &M,
    now: Timestamp,
) -> Result<bool, ArmError> {
    if !row.state.is_attached() {
        return Ok(false);
    }
    let Some(arming) = arming(module, row, now)? else {
        return Ok(false);
    };
    let row = BotRow {
        dailies: arming.dailies,
        ..row.clone()
    };
    Ok(store
        .set_account_timers(bot, row, &arming.timers, now)
        .await?)
}

/// Why daily timers could not be set.
#[derive(Debug, thiserror::Error)]
pub enum ArmError {
    /// The author's fault.
    #[error(transparent)]
    Module(#[from] ModuleError),
    /// The table is not available.
    #[error(transparent)]
    Store(#[from] StoreError),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clock(time: &str, zone: &str) -> Clock {
        Clock {
            time: time.to_owned().try_into().unwrap(),
            zone: TimeZone::get(zone).unwrap(),
        }
    }

    fn at(text: &str) -> Timestamp {
        let at: jiff::Timestamp = text.parse().unwrap();
        Timestamp(at.as_millisecond())
    }

    #[test]
    fn a_time_of_day_is_read_as_a_setting_has_it() {
        let read = |text: &str| TimeOfDay::try_from(text.to_owned());
        assert_eq!(read("09:30").unwrap(), TimeOfDay::new(9, 30).unwrap());
        assert_eq!(read("18:05").unwrap().to_string(), "18:05");
        for odd in ["24:00", "9", "09:60", ""] {
            assert!(read(odd).unwrap_err().contains("no time of day"), "{odd}");
        }
    }

    #[test]
    fn a_day_ends_where_the_account_is() {
        let tokyo = clock("18:00", "Asia/Tokyo");
        let next = tokyo.next(at("2026-11-29T08:59:59Z")).unwrap();
        assert_eq!(
            (next.due, next.day.date.as_str()),
            (at("2026-11-29T09:00:00Z"), "2026-11-29")
        );
        let next = tokyo.next(at("2026-11-29T09:00:00Z")).unwrap();
        assert_eq!(
            (next.due, next.day.date.as_str()),
            (at("2026-11-30T09:00:00Z"), "2026-11-30")
        );
        // Where it is tomorrow already.
        let next = clock("01:00", "Asia/Tokyo")
            .next(at("2026-11-29T15:30:00Z"))
            .unwrap();
        assert_eq!(
            (next.due, next.day.date.as_str()),
            (at("2026-11-29T16:00:00Z"), "2026-11-30")
        );
    }

    #[test]
    fn the_last_time_is_of_today_or_of_yesterday() {
        let tokyo = clock("18:00", "Asia/Tokyo");
        let last = |now| tokyo.last(at(now)).unwrap().day.date;
        assert_eq!(last("2026-11-29T09:00:00Z"), "2026-11-29");
        assert_eq!(last("2026-11-29T08:59:59Z"), "2026-11-28");
    }

    #[test]
    fn a_time_that_a_change_of_clocks_leaves_out_comes_after_it() {
        let london = clock("01:30", "Europe/London");
        let next = london.next(at("2026-03-28T12:00:00Z")).unwrap();
        assert_eq!(
            (next.due, next.day.date.as_str()),
            (at("2026-03-29T01:30:00Z"), "2026-03-29")
        );
        let after = london.next(next.due).unwrap();
        assert_eq!(after.day.date, "2026-03-30");
    }
}
