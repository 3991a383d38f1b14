//! Dates and times of a date picker
//! (<https://developers.line.biz/en/reference/messaging-api/#date-and-time-format>).

use crate::line::message::PickMode;
use crate::line::message::limit::OverLimit;

/// Whether each is in the mode's form, and none is out of order.
pub(super) fn check(
    mode: PickMode,
    initial: Option<&str>,
    min: Option<&str>,
    max: Option<&str>,
) -> Result<(), OverLimit> {
    let read = |member, text: Option<&str>| text.map(|text| read(mode, member, text)).transpose();
    let (initial, min, max) = (
        read("initial", initial)?,
        read("min", min)?,
        read("max", max)?,
    );
    if max.is_some() && min >= max {
        return Err(OverLimit::new(
            "max",
            "LINE takes one that is later than min",
        ));
    }
    let too_early = initial.is_some() && initial < min;
    let too_late = max.is_some() && initial > max;
    match too_early || too_late {
        true => Err(OverLimit::new("initial", "it is between min and max")),
        false => Ok(()),
    }
}

/// In a form that sorts by time.
fn read(mode: PickMode, member: &str, text: &str) -> Result<String, OverLimit> {
    let sortable = text.replace('t', "T");
    let (is_one, form) = match mode {
        PickMode::Date => (is_date(text), "a date such as 2026-11-21"),
        PickMode::Time => (is_time(text), "a time such as 09:30"),
        PickMode::Datetime => {
            let parts = sortable.split_once('T');
            let is_one = parts.is_some_and(|(date, time)| is_date(date) && is_time(time));
            (is_one, "a date and time such as 2026-11-21T09:30")
        }
    };
    match is_one {
        true => Ok(sortable),
        false => Err(OverLimit::new(
            member,
            format!("LINE takes {form}, not {text:?}"),
        )),
    }
}

fn is_date(text: &str) -> bool {
    let [year, month, day] = match numbers(text, '-') {
        Some(parts) => parts,
        None => return false,
    };
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    text.len() == "2026-11-21".len()
        && (1900..=2100).contains(&year)
        && (1..=12).contains(&month)
        && (1..=days).contains(&day)
}

fn is_time(text: &str) -> bool {
    let is_one = |[hour, minute]: [u32; 2]| hour < 24 && minute < 60;
    text.len() == "09:30".len() && numbers(text, ':').is_some_and(is_one)
}

/// As many numbers as there are parts, with two digits at least.
fn numbers<const N: usize>(text: &str, between: char) -> Option<[u32; N]> {
    let is_number =
        |part: &str| part.len() >= 2 && part.bytes().all(|digit| digit.is_ascii_digit());
    let parts = text.split(between);
    let numbers: Option<Vec<u32>> = parts
        .map(|part| part.parse().ok().filter(|_| is_number(part)))
        .collect();
    numbers?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_mode_has_its_form() {
        let takes = |mode, text: &str| check(mode, Some(text), None, None).is_ok();
        for (mode, good, bad) in [
            (
                PickMode::Date,
                &["1900-01-01", "2024-02-29", "2100-12-31"][..],
                &[
                    "",
                    "tomorrow",
                    "2026-1-5",
                    "20261121",
                    "1899-12-31",
                    "2101-01-01",
                    "2026-13-01",
                    "2026-02-29",
                    "2100-02-29",
                    "2026-11-21T09:30",
                    "02026-11-2",
                ][..],
            ),
            (
                PickMode::Time,
                &["00:00", "23:59"],
                &["24:00", "09:60", "9:30", "0930", "09:30:00", "+9:30"],
            ),
            (
                PickMode::Datetime,
                &["2026-11-21T09:30", "2026-11-21t09:30"],
                &[
                    "2026-11-21",
                    "09:30",
                    "2026-11-21 09:30",
                    "2026-11-21T09:30Z",
                ],
            ),
        ] {
            for text in good {
                assert!(takes(mode, text), "{mode:?} {text}");
            }
            for text in bad {
                assert!(!takes(mode, text), "{mode:?} {text}");
            }
        }
    }

    #[test]
    fn the_first_comes_before_the_last_and_the_initial_one_between() {
        let check = |initial, min, max| check(PickMode::Time, initial, min, max);
        let (early, noon, late) = (Some("09:00"), Some("12:00"), Some("18:00"));
        for (initial, min, max) in [
            (noon, early, late),
            (early, early, late),
            (late, early, late),
            (noon, None, None),
            (None, early, late),
            (noon, early, None),
            (noon, None, late),
        ] {
            assert_eq!(check(initial, min, max), Ok(()));
        }
        let member = |initial, min, max| check(initial, min, max).unwrap_err().member;
        assert_eq!(member(None, late, early), "max");
        assert_eq!(member(None, noon, noon), "max");
        assert_eq!(member(early, noon, late), "initial");
        assert_eq!(member(late, early, noon), "initial");
        assert_eq!(member(early, noon, None), "initial");
        assert_eq!(member(late, None, noon), "initial");
    }
}
