//! Times and spans as people write them.

use std::str::FromStr;
use std::time::Duration;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use shared::domain::Timestamp;

/// A moment: `2h` or `3d` ago, a date, a date and time in the reader's zone, or one with its
/// own zone, such as `2026-11-20T10:00:00+09:00`.
///
/// # Errors
/// It is none of these.
pub(crate) fn moment(text: &str, now: Timestamp) -> Result<Timestamp, String> {
    let since: Result<Since, _> = text.parse();
    since.map(|since| since.moment(now)).map_err(|_| {
        format!("{text} is no time: write 2h, 3d, 2026-11-20 or 2026-11-20T10:00:00+09:00")
    })
}

/// Since when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Since {
    /// This long ago.
    Ago(Duration),
    /// Since this moment.
    At(Timestamp),
}

impl Since {
    /// The moment, for whoever asks at `now`.
    pub(crate) fn moment(self, now: Timestamp) -> Timestamp {
        match self {
            Self::Ago(time) => now.minus(time),
            Self::At(at) => at,
        }
    }
}

impl FromStr for Since {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let ago = span(text).ok().map(Self::Ago);
        ago.or_else(|| time(text).map(Self::At)).ok_or_else(|| {
            "say how long ago, such as 30m, 2h or 3d, or a time, such as 2026-11-20T10:00 (in \
             your zone) or 2026-11-20T10:00:00+09:00"
                .to_owned()
        })
    }
}

fn time(text: &str) -> Option<Timestamp> {
    let exact: Option<jiff::Timestamp> = text.parse().ok();
    let in_zone = || {
        let here: DateTime = text.parse().ok()?;
        Some(here.to_zoned(TimeZone::system()).ok()?.timestamp())
    };
    let at = exact.or_else(in_zone)?;
    Some(Timestamp(at.as_millisecond()))
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

    #[test]
    fn a_moment_is_told_by_how_long_ago_or_as_a_time() {
        let now = Timestamp(100_000_000);
        let moment = |text: &str| text.parse::<Since>().map(|it| it.moment(now).0);
        assert_eq!(moment("30s"), Ok(99_970_000));
        assert_eq!(moment("2h"), Ok(92_800_000));
        assert_eq!(moment("1970-01-01T00:00:01Z"), Ok(1_000));
        assert_eq!(moment("1970-01-01T09:00:01+09:00"), Ok(1_000));
        assert!(moment("1970-01-02").is_ok() && moment("1970-01-02T10:00").is_ok());
        for wrong in ["", "h", "2w", "yesterday", "１h"] {
            assert!(moment(wrong).is_err(), "{wrong}");
        }
    }
}
