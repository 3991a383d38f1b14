//! What a setting holds, and which values fit.

use jiff::tz::TimeZone;
use serde_json::Value;

use super::Place;
use shared::domain::Words;

/// What a setting holds.
#[derive(Debug, Clone)]
pub enum Kind {
    /// One line of text, with a maximum number of characters.
    Text {
        /// The maximum.
        most: usize,
    },
    /// A whole number within bounds.
    Number {
        /// The least.
        least: i64,
        /// The most.
        most: i64,
    },
    /// A number within bounds, with decimals.
    Decimal {
        /// The least.
        least: f64,
        /// The most.
        most: f64,
    },
    /// On or off.
    Truth,
    /// One of some values, each with a name for people.
    Choice(Vec<(&'static str, Words)>),
    /// A time of day: `09:30`. Handlers have it as [`TimeOfDay`](crate::TimeOfDay).
    Time,
    /// A time zone, by its name in the IANA database: `Asia/Tokyo`. Handlers have it as
    /// [`Zone`](super::Zone). Daily handlers go by the first setting of this kind.
    TimeZone,
    /// A place, or none: handlers have it as `Option<`[`Place`]`>`.
    Place,
    /// Some values of one kind, at most so many: one a line.
    List {
        /// What each is: a text, a number, a decimal, a time or a place.
        of: Box<Kind>,
        /// The maximum number.
        most: usize,
    },
    /// On or off: whether the account lets the module send to many, as
    /// [`Context::broadcast`](crate::Context::broadcast) does. The bundle goes by it; its default
    /// is off.
    MaySendToMany,
}

impl Kind {
    /// A text of at most so many characters.
    pub fn text(most: usize) -> Self {
        Self::Text { most }
    }

    /// A whole number from `least` to `most`.
    pub fn number(least: i64, most: i64) -> Self {
        Self::Number { least, most }
    }

    /// A number with decimals from `least` to `most`.
    pub fn decimal(least: f64, most: f64) -> Self {
        Self::Decimal { least, most }
    }

    /// A list of at most `most` of this kind.
    pub fn list(of: Self, most: usize) -> Self {
        let of = Box::new(of);
        Self::List { of, most }
    }

    /// What a value must be, where it is not.
    pub(super) fn expected(&self, value: &Value) -> Option<String> {
        (!self.fits(value)).then(|| self.in_words())
    }

    fn fits(&self, value: &Value) -> bool {
        let text = value.as_str();
        match self {
            Self::Text { most } => text
                .is_some_and(|text| text.chars().count() <= *most && !text.contains(['\n', '\r'])),
            Self::Number { least, most } => value
                .as_i64()
                .is_some_and(|number| (*least..=*most).contains(&number)),
            Self::Decimal { least, most } => value
                .as_f64()
                .is_some_and(|number| (*least..=*most).contains(&number)),
            Self::Truth | Self::MaySendToMany => value.is_boolean(),
            Self::Choice(options) => {
                text.is_some_and(|text| options.iter().any(|(option, _)| *option == text))
            }
            Self::Time => text.is_some_and(is_time),
            Self::TimeZone => text.is_some_and(|name| TimeZone::get(name).is_ok()),
            Self::Place => value.is_null() || Place::of(value).is_some(),
            Self::List { of, most } => value.as_array().is_some_and(|values| {
                values.len() <= *most && values.iter().all(|value| of.fits_in_list(value))
            }),
        }
    }

    /// Empty lines are left out.
    fn fits_in_list(&self, value: &Value) -> bool {
        let is_empty = value.is_null() || value.as_str() == Some("");
        self.fits(value) && !is_empty
    }

    fn in_words(&self) -> String {
        match self {
            Self::Text { most } => format!("is a line of at most {most} characters"),
            Self::Number { least, most } => format!("is a whole number from {least} to {most}"),
            Self::Decimal { least, most } => format!("is a number from {least} to {most}"),
            Self::Truth | Self::MaySendToMany => "is true or false".into(),
            Self::Choice(options) => {
                let names: Vec<_> = options.iter().map(|(option, _)| *option).collect();
                format!("is one of {}", names.join(", "))
            }
            Self::Time => "is a time of day such as 09:30".into(),
            Self::TimeZone => "is a time zone such as Asia/Tokyo".into(),
            Self::Place => "is a place such as 35.6580, 139.7016, or none".into(),
            Self::List { of, most } => {
                let each = of.in_words();
                format!("is a list of at most {most}, each of which {each}")
            }
        }
    }

    /// What no list can be of.
    pub(super) fn fault(&self) -> Option<&'static str> {
        match self {
            Self::List { of, .. } => match **of {
                Self::Text { .. }
                | Self::Number { .. }
                | Self::Decimal { .. }
                | Self::Time
                | Self::Place => None,
                _ => Some("a list is of texts, numbers, decimals, times or places"),
            },
            _ => None,
        }
    }
}

fn is_time(text: &str) -> bool {
    let parts = text.split_once(':');
    parts.is_some_and(|(hour, minute)| {
        let number = |text: &str, below: u8| {
            text.len() == 2
                && text.bytes().all(|sign| sign.is_ascii_digit())
                && text.parse::<u8>().is_ok_and(|number| number < below)
        };
        number(hour, 24) && number(minute, 60)
    })
}
