//! The emulator's clock: the system's, moved forward by the control interface.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A moment in milliseconds since 1970, as LINE's timestamps are.
pub(crate) type Millis = i64;

/// The system's time.
pub(crate) fn system_now() -> Millis {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, in_millis)
}

/// A length of time in milliseconds.
pub(crate) fn in_millis(duration: Duration) -> Millis {
    Millis::try_from(duration.as_millis()).unwrap_or(Millis::MAX)
}

/// Reads a moment such as `2026-11-20T10:00`: by the clocks in Japan, unless it names an offset, as
/// `2026-11-20T10:00+08:00` and `2026-11-20T01:00Z` do.
///
/// # Errors
/// It is none.
pub fn read_moment(text: &str) -> Result<SystemTime, String> {
    let in_japan = || {
        let civil: jiff::civil::DateTime = text.parse().ok()?;
        let zone = jiff::tz::TimeZone::fixed(jiff::tz::offset(9));
        Some(civil.to_zoned(zone).ok()?.timestamp())
    };
    let moment = text.parse::<jiff::Timestamp>().ok().or_else(in_japan);
    let moment = moment.map(SystemTime::from);
    let fits = moment.filter(|moment| *moment > UNIX_EPOCH);
    fits.ok_or_else(|| format!("{text:?} is no time such as 2026-11-20T10:00"))
}

/// Seconds in milliseconds.
pub(crate) fn seconds(seconds: u64) -> Millis {
    Millis::try_from(seconds)
        .unwrap_or(Millis::MAX)
        .saturating_mul(1000)
}

/// A moment as the value of a `Date` header.
pub(crate) fn http_date(now: Millis) -> String {
    httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_millis(now.max(0).unsigned_abs()))
}

/// The month of a moment in Japan, such as `2026-11`: LINE counts messages by it.
pub(crate) fn month(now: Millis) -> String {
    zoned(now, 9).map_or_else(String::new, |time| time.strftime("%Y-%m").to_string())
}

/// The time of day of a moment, such as `14:05:09`.
pub(crate) fn time_of_day(now: Millis, hours: i8) -> String {
    zoned(now, hours).map_or_else(String::new, |time| time.strftime("%H:%M:%S").to_string())
}

/// A moment as a clock on the wall shows it, as if that were UTC: for scripts that let it go on.
pub(crate) fn wall(now: Millis, hours: i8) -> Millis {
    now.saturating_add(Millis::from(hours) * 3_600_000)
}

/// The same time of day some calendar months later.
pub(crate) fn months_later(moment: Millis, months: i64, hours: i8) -> Millis {
    let span = jiff::Span::new().try_months(months).ok();
    let later = zoned(moment, hours)
        .zip(span)
        .and_then(|(time, span)| time.checked_add(span).ok());
    later.map_or(Millis::MAX, |time| time.timestamp().as_millisecond())
}

/// The day of a moment, such as `2026-11-20`.
pub(crate) fn day(now: Millis, hours: i8) -> String {
    zoned(now, hours).map_or_else(String::new, |time| time.strftime("%Y-%m-%d").to_string())
}

/// The day of a moment in Japan as LINE's parameters have it, such as `20261120`.
pub(crate) fn date(now: Millis) -> String {
    day(now, 9).replace('-', "")
}

/// Whether a text is a day as LINE's parameters have it.
pub(crate) fn is_date(text: &str) -> bool {
    let digits = text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit());
    let dashed = || format!("{}-{}-{}", &text[..4], &text[4..6], &text[6..]);
    digits && dashed().parse::<jiff::civil::Date>().is_ok()
}

/// A moment as LINE's answers have it, such as `2020-12-03T10:15:30.121Z`.
pub(crate) fn iso(now: Millis) -> String {
    let time = zoned(now, 0);
    time.map_or_else(String::new, |time| {
        time.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
    })
}

/// A moment for reading: its time, with the day where that is not today.
pub(crate) fn moment(at: Millis, now: Millis, hours: i8) -> String {
    let time = time_of_day(at, hours);
    let day = day(at, hours);
    if day == self::day(now, hours) {
        time
    } else {
        format!("{day} {time}")
    }
}

/// A length of time for reading, such as `1 day 2 h 5 min`.
pub(crate) fn length(of: Millis) -> String {
    let seconds = of / 1000;
    let days = seconds / 86_400;
    let units = [
        (days, if days == 1 { "day" } else { "days" }),
        (seconds / 3600 % 24, "h"),
        (seconds / 60 % 60, "min"),
        (seconds % 60, "s"),
    ];
    let parts = units.iter().filter(|(count, _)| *count > 0);
    let words: Vec<_> = parts
        .map(|(count, unit)| format!("{count} {unit}"))
        .collect();
    words.join(" ")
}

/// A moment at a distance of `hours` from UTC.
fn zoned(now: Millis, hours: i8) -> Option<jiff::Zoned> {
    let zone = jiff::tz::TimeZone::fixed(jiff::tz::offset(hours));
    let timestamp = jiff::Timestamp::from_millisecond(now).ok()?;
    Some(timestamp.to_zoned(zone))
}

#[cfg(test)]
mod tests {
    use super::{
        date, day, http_date, is_date, iso, length, moment, month, months_later, read_moment,
        time_of_day,
    };

    #[test]
    fn a_moment_is_read_by_the_clocks_in_japan_unless_it_names_others() {
        let read = |text| read_moment(text).unwrap();
        assert_eq!(read("2026-11-20T10:00"), read("2026-11-20T01:00Z"));
        assert_eq!(read("2026-11-20T10:00+08:00"), read("2026-11-20T11:00:00"));
        let error = read_moment("tomorrow").unwrap_err();
        assert!(
            error.contains("\"tomorrow\" is no time such as 2026-11-20T10:00"),
            "{error}"
        );
    }

    #[test]
    fn a_moment_is_shown_in_japan() {
        let new_year = 1_767_193_200_000;
        assert_eq!(http_date(new_year), "Wed, 31 Dec 2025 15:00:00 GMT");
        assert_eq!(month(new_year), "2026-01");
        assert_eq!(day(new_year, 9), "2026-01-01");
        assert_eq!(time_of_day(new_year, 8), "23:00:00");
        assert_eq!(day(months_later(new_year, 3, 9), 9), "2026-04-01");
    }

    #[test]
    fn a_moment_is_written_as_in_lines_answers() {
        let new_year = 1_767_193_200_000;
        assert_eq!(iso(new_year + 5), "2025-12-31T15:00:00.005Z");
        assert_eq!(date(new_year), "20260101");
        assert!(is_date("20260101"));
        assert!(!is_date("20260230") && !is_date("2026-1-1") && !is_date(""));
    }

    #[test]
    fn the_day_is_shown_where_it_is_not_today() {
        let (midnight, hour) = (1_767_193_200_000, 3_600_000);
        assert_eq!(moment(midnight + hour, midnight, 9), "01:00:00");
        assert_eq!(
            moment(midnight + 24 * hour, midnight, 9),
            "2026-01-02 00:00:00"
        );
    }

    #[test]
    fn a_length_is_shown_in_the_units_that_it_has() {
        assert_eq!(length(3_600_000), "1 h");
        assert_eq!(length(2 * 86_400_000 + 61_000), "2 days 1 min 1 s");
        assert_eq!(length(86_400_000), "1 day");
        assert_eq!(length(999), "");
    }
}
