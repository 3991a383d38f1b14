//! Forms of texts: addresses, colours, ratios, dates, and sets of characters.

use jiff::civil::{Date, Time};

/// What may be in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Any,
    /// An address of https.
    ///
    /// Source: <https://developers.line.biz/en/reference/messaging-api/#url-encoding>
    Https,
    /// What a tap can open.
    ///
    /// Source: <https://developers.line.biz/en/reference/messaging-api/#uri-action>
    Opened,
    /// ASCII letters and digits, and these.
    Characters(&'static str),
    /// Lower-case ASCII letters and digits, and these.
    LowerCase(&'static str),
    /// `#RRGGBB`.
    Rgb,
    /// `#RRGGBB` or `#RRGGBBAA`.
    Color,
    /// `width:height`, 1 to 100,000 each, and a height of up to three times the width.
    Ratio,
    /// A date or time in the form of the date picker's mode, which is a rule of the picker.
    DateTime,
}

/// A day and a time of it, as date pickers have them. One of both is enough for some.
pub(super) type DateTime = (Date, Time);

impl Form {
    /// What is wrong with a text that is not empty. The texts for addresses are those that users of
    /// LINE's API report, see <https://github.com/line/line-bot-sdk-python/issues/646> and
    /// `/issues/314`; the others are in their style.
    pub(super) fn problem(self, text: &str) -> Option<&'static str> {
        match self {
            Self::Any | Self::DateTime => None,
            Self::Https => (!is_https(text)).then_some("Must be a valid HTTPS URL"),
            Self::Opened => opened(text),
            Self::Characters(others) => {
                let is_one = |it: char| it.is_ascii_alphanumeric() || others.contains(it);
                (!text.chars().all(is_one)).then_some("Contains an invalid character")
            }
            Self::LowerCase(others) => {
                let small = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit();
                let is_one = |it: char| small(it) || others.contains(it);
                (!text.chars().all(is_one)).then_some("Contains an invalid character")
            }
            Self::Rgb => (!is_color(text, &[6])).then_some("Must be an RGB color"),
            Self::Color => (!is_color(text, &[6, 8]))
                .then_some("invalid property: a color is #RRGGBB or #RRGGBBAA"),
            Self::Ratio => (!is_ratio(text)).then_some("Must be a ratio"),
        }
    }

    /// What it is called in the document.
    pub(super) fn words(self) -> String {
        match self {
            Self::Any => String::new(),
            Self::DateTime => ", a date or time in the form of the mode".into(),
            Self::Https => ", an address of https".into(),
            Self::Opened => ", an address of http, https, line or tel".into(),
            Self::Characters(others) => {
                format!(", ASCII letters, digits and any of `{others}`")
            }
            Self::LowerCase(others) => {
                format!(", lower-case ASCII letters, digits and any of `{others}`")
            }
            Self::Rgb => ", `#RRGGBB`".into(),
            Self::Color => ", `#RRGGBB` or `#RRGGBBAA`".into(),
            Self::Ratio => {
                ", `width:height`, each from 1 to 100000, the height at most three times the width"
                    .into()
            }
        }
    }
}

fn opened(text: &str) -> Option<&'static str> {
    let scheme = text.split_once(':').map(|(scheme, _)| scheme);
    if !matches!(scheme, Some("http" | "https" | "line" | "tel")) {
        Some("invalid uri scheme")
    } else if !is_well_formed(text) {
        Some("invalid uri")
    } else {
        None
    }
}

/// Whether an address is one of https.
fn is_https(text: &str) -> bool {
    text.starts_with("https:") && is_well_formed(text)
}

/// Whether an address has a host or a number, and nothing that must be percent-encoded. Letters
/// outside ASCII should be too, but LINE does not say that it refuses them.
fn is_well_formed(text: &str) -> bool {
    let host = match text.split_once(':') {
        Some(("tel", number)) => number,
        Some((_, rest)) if rest.starts_with("//") => {
            rest[2..].split(['/', '?', '#']).next().unwrap_or_default()
        }
        _ => return false,
    };
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        let may_stand = match character {
            '%' => [characters.next(), characters.next()]
                .iter()
                .all(|digit| digit.is_some_and(|digit| digit.is_ascii_hexdigit())),
            '"' | '<' | '>' | '\\' | '^' | '`' | '{' | '|' | '}' => false,
            _ => !character.is_whitespace() && !character.is_control(),
        };
        if !may_stand {
            return false;
        }
    }
    !host.is_empty()
}

fn is_color(text: &str, lengths: &[usize]) -> bool {
    let digits = text.strip_prefix('#');
    digits.is_some_and(|digits| {
        lengths.contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_hexdigit())
    })
}

fn is_ratio(text: &str) -> bool {
    let number = |text: &str| {
        let number = text.parse::<f64>().ok();
        number.filter(|it| (1.0..=1e5).contains(it))
    };
    text.split_once(':')
        .and_then(|(width, height)| Some((number(width)?, number(height)?)))
        .is_some_and(|(width, height)| height <= 3.0 * width)
}

/// Reads a date or time as a date picker of a mode has it; nothing if there is no such mode.
///
/// Source: <https://developers.line.biz/en/reference/messaging-api/#date-and-time-format>
pub(super) fn reader(mode: &str) -> Option<fn(&str) -> Option<DateTime>> {
    match mode {
        "date" => Some(|text| Some((date(text)?, Time::midnight()))),
        "time" => Some(|text| Some((Date::default(), time(text)?))),
        "datetime" => Some(|text| {
            let (day, hour) = text.split_once(['T', 't'])?;
            Some((date(day)?, time(hour)?))
        }),
        _ => None,
    }
}

fn date(text: &str) -> Option<Date> {
    let date: Date = has_shape(text, "0000-00-00").then(|| text.parse().ok())??;
    (1900..=2100).contains(&date.year()).then_some(date)
}

fn time(text: &str) -> Option<Time> {
    has_shape(text, "00:00").then(|| text.parse().ok())?
}

/// Whether a text has a digit for each 0 of the shape, and else the same characters.
fn has_shape(text: &str, shape: &str) -> bool {
    let fits = |(given, wanted): (u8, u8)| match wanted {
        b'0' => given.is_ascii_digit(),
        _ => given == wanted,
    };
    text.len() == shape.len() && text.bytes().zip(shape.bytes()).all(fits)
}
