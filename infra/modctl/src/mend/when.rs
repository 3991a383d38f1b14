//! Times and spans as people write them.

use std::time::Duration;

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use shared::domain::Timestamp;

/// A moment: `2h` or `3d` ago, a date, a date and time in the reader's zone, or one with its
/// own zone, such as `2026-11-20T10:00:00+09:00`.
///
/// # Errors
/// It is none of these.
pub(crate) fn moment(text: &str, now: Timestamp) -> Result<Timestamp, String> {
    if let Ok(span) = span(text) {
        return Ok(now.minus(span));
    }
    if let Ok(at) = text.parse::<jiff::Timestamp>() {
        return Ok(Timestamp(at.as_millisecond()));
    }
    let local = text.parse::<DateTime>();
    let local = local.or_else(|_| text.parse::<Date>().map(DateTime::from));
    let zoned = local.and_then(|at| at.to_zoned(TimeZone::system()));
    zoned
        .map(|at| Timestamp(at.timestamp().as_millisecond()))
        .map_err(|_| {
            format!("{text} is no time: write 2h, 3d, 2026-11-20 or 2026-11-20T10:00:00+09:00")
        })
}

/// A span of time: a number and `s`, `m`, `h` or `d`.
///
/// # Errors
/// It is none.
pub(crate) fn span(text: &str) -> Result<Duration, String> {
    let wrong = || format!("{text} is no span of time: write 90s, 30m, 12h or 7d");
    let unit = text.chars().last().ok_or_else(wrong)?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 24 * 3_600,
        _ => return Err(wrong()),
    };
    let number: u64 = text[..text.len() - 1].parse().map_err(|_| wrong())?;
    let seconds = number
        .checked_mul(seconds)
        .filter(|it| *it <= u64::from(u32::MAX));
    seconds.map(Duration::from_secs).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_a_span_ago_a_date_or_a_time() {
        let now = Timestamp(1_795_136_400_000);
        assert_eq!(moment("2h", now).unwrap(), Timestamp(1_795_129_200_000));
        let at = moment("2026-11-20T10:00:00+09:00", now).unwrap();
        assert_eq!(at, moment("2026-11-20T01:00:00Z", now).unwrap());
        assert!(moment("2026-11-20", now).is_ok());
        for wrong in ["", "yesterday", "2x", "99999999999d", "é"] {
            assert!(moment(wrong, now).is_err(), "{wrong}");
        }
    }
}
