//! A moment as a person gives it: `2h` ago, or a time.

use std::str::FromStr;
use std::time::Duration;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use shared::domain::Timestamp;

/// Since when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Since {
    /// So long ago.
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
        let ago = ago(text).map(Self::Ago);
        ago.or_else(|| time(text).map(Self::At)).ok_or_else(|| {
            "say how long ago, such as 30m, 2h or 3d, or a time, such as 2026-11-20T10:00 (in \
             your zone) or 2026-11-20T10:00:00+09:00"
                .to_owned()
        })
    }
}

fn ago(text: &str) -> Option<Duration> {
    let (unit, _) = text.char_indices().next_back()?;
    let number: u64 = text[..unit].parse().ok()?;
    let seconds = match &text[unit..] {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => return None,
    };
    Some(Duration::from_secs(number.checked_mul(seconds)?))
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

#[cfg(test)]
mod tests {
    use super::*;

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
