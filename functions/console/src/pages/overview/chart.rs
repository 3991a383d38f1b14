//! The month's quota: what is used, and what will be by its end if it goes on like this. Drawn,
//! and as numbers for whoever does not see it.

use shared::domain::Timestamp;
use shared::domain::usage::Month;
use shared::line::quota::{Level, Quota};
use shared::pages::Texts;

use crate::screen::number;

/// The drawing's width, in units of its own.
const WIDTH: u64 = 640;

/// The month's quota, drawn.
pub(super) struct Chart {
    /// The quota in words, for whoever does not see it.
    pub(super) label: String,
    /// Widths of what is used and of the forecast; none without a limit.
    pub(super) bars: Option<Bars>,
    /// Each number with its name.
    pub(super) rows: Vec<(String, String)>,
    /// What should be thought of, if anything.
    pub(super) warning: Option<String>,
}

/// Where the parts of the drawing end.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Bars {
    pub(super) used: u64,
    pub(super) forecast: u64,
    pub(super) limit: u64,
}

impl Chart {
    pub(super) fn of(quota: Quota, now: Timestamp, texts: &Texts) -> Self {
        let forecast = forecast(quota.used, now);
        let used = number(quota.used);
        let mut rows = vec![
            (texts.get("quota-used"), used.clone()),
            (texts.get("quota-forecast"), number(forecast)),
        ];
        let label = match quota.limit {
            Some(limit) => {
                rows.push((texts.get("quota-limit"), number(limit)));
                let left = limit.saturating_sub(quota.used);
                rows.push((texts.get("quota-left"), number(left)));
                let arguments = [
                    ("used", used.into()),
                    ("limit", number(limit).into()),
                    ("forecast", number(forecast).into()),
                ];
                texts.of("quota-label", arguments)
            }
            None => texts.with("quota-label-unlimited", "used", used),
        };
        Self {
            label,
            bars: quota
                .limit
                .map(|limit| Bars::of(quota.used, forecast, limit)),
            rows,
            warning: warning(quota, forecast).map(|key| texts.get(key)),
        }
    }
}

impl Bars {
    fn of(used: u64, forecast: u64, limit: u64) -> Self {
        let whole = used.max(forecast).max(limit).max(1);
        let width = |part: u64| {
            let width = u128::from(part) * u128::from(WIDTH) / u128::from(whole);
            u64::try_from(width).unwrap_or(WIDTH)
        };
        Self {
            used: width(used),
            forecast: width(forecast),
            limit: width(limit),
        }
    }
}

/// What will be used by the month's end, if the rest goes as what is over. Of a month's first day
/// too little is known: then nothing more is expected.
fn forecast(used: u64, now: Timestamp) -> u64 {
    let month = Month::of(now);
    let over = now.since(month.start()).as_secs();
    let whole = month.end().since(month.start()).as_secs();
    if over < 24 * 3600 {
        return used;
    }
    let forecast = u128::from(used) * u128::from(whole) / u128::from(over);
    u64::try_from(forecast).unwrap_or(u64::MAX)
}

fn warning(quota: Quota, forecast: u64) -> Option<&'static str> {
    let limit = quota.limit?;
    match quota.level() {
        Level::Out => Some("quota-out"),
        Level::NearlyOut => Some("quota-nearly-out"),
        _ if forecast > limit => Some("quota-will-be-out"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400_000;

    fn november(days: i64) -> Timestamp {
        let month: Month = "2026-11".parse().unwrap();
        Timestamp(month.start().0 + days * DAY)
    }

    #[test]
    fn the_rest_of_the_month_goes_as_what_is_over() {
        assert_eq!(forecast(100, november(10)), 300);
        assert_eq!(forecast(100, november(29)), 103);
        assert_eq!(forecast(7, Timestamp(november(1).0 - 1)), 7);
    }

    #[test]
    fn the_drawing_holds_whatever_is_largest() {
        let bars = Bars::of(50, 100, 200);
        assert_eq!((bars.used, bars.forecast, bars.limit), (160, 320, 640));
        let over = Bars::of(300, 400, 200);
        assert_eq!((over.used, over.forecast, over.limit), (480, 640, 320));
        let none = Bars::of(0, 0, 0);
        assert_eq!((none.used, none.forecast, none.limit), (0, 0, 0));
    }

    #[test]
    fn a_warning_comes_before_the_quota_is_used_up() {
        let quota = |used| Quota {
            limit: Some(200),
            used,
        };
        assert_eq!(warning(quota(50), 190), None);
        assert_eq!(warning(quota(50), 201), Some("quota-will-be-out"));
        assert_eq!(warning(quota(190), 190), Some("quota-nearly-out"));
        assert_eq!(warning(quota(200), 200), Some("quota-out"));
    }
}
