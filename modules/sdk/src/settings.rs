//! What each account may set of the module. The module declares it; a value is checked
//! when it is written, so that a handler only meets what fits.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use jiff::tz::TimeZone;
use serde_json::{Map, Value};

use crate::Module;
use crate::daily::arm;
use shared::domain::{BotId, Timestamp};

pub use shared::domain::Words;
use shared::store::{Store, StoreError};

/// Values, by key.
pub type Values = BTreeMap<String, Value>;

/// What can be set.
#[derive(Debug, Clone, Default)]
pub struct Schema {
    /// Each setting, in the order in which they are shown.
    pub fields: Vec<Field>,
}

/// One setting.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Field {
    /// Its name in the module's code.
    pub key: &'static str,
    /// Its name for people.
    pub name: Words,
    /// What it holds.
    pub kind: Kind,
    /// What it is where the account has not set it.
    pub default: Value,
    /// What an admin must know to set it.
    pub help: Option<Words>,
    /// The heading under which it stands on the management screen, with those beside it of the
    /// same.
    pub group: Option<Words>,
}

impl Field {
    /// A setting with its name in the module's code, its name for people, what it holds, and
    /// what it is where the account has not set it.
    pub fn new(key: &'static str, name: Words, kind: Kind, default: impl Into<Value>) -> Self {
        Self {
            key,
            name,
            kind,
            default: default.into(),
            help: None,
            group: None,
        }
    }

    /// With what an admin must know to set it.
    #[must_use]
    pub fn help(self, words: Words) -> Self {
        let help = Some(words);
        Self { help, ..self }
    }

    /// Under this heading.
    #[must_use]
    pub fn group(self, words: Words) -> Self {
        let group = Some(words);
        Self { group, ..self }
    }
}

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
    /// On or off.
    Truth,
    /// One of some values, each with a name for people.
    Choice(Vec<(&'static str, Words)>),
    /// A time of day: `09:30`.
    Time,
    /// A time zone, by its name in the IANA database: `Asia/Tokyo`. Daily handlers go by the
    /// first setting of this kind.
    TimeZone,
    /// On or off: whether the account lets the module send to many, as
    /// [`Context::broadcast`](crate::Context::broadcast) does. The bundle goes by it; its default
    /// is off.
    MaySendToMany,
}

/// Why a value is not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// Which setting.
    pub key: String,
    /// What it must be.
    pub expected: String,
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {}", self.key, self.expected)
    }
}

/// Why settings are not saved.
#[derive(Debug, thiserror::Error)]
pub enum SaveError {
    /// Some values are wrong; nothing is saved.
    #[error("{}", list(.0))]
    Wrong(Vec<Wrong>),
    /// Somebody else has changed them since they were read: nothing is saved. All of them, as
    /// they are now.
    #[error("the settings were changed meanwhile")]
    Changed(Value),
    /// The table is not available.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn list(wrong: &[Wrong]) -> String {
    let all: Vec<_> = wrong.iter().map(Wrong::to_string).collect();
    all.join("; ")
}

/// A module without settings.
pub(super) static NONE: Schema = Schema { fields: Vec::new() };

impl Schema {
    /// One with these settings.
    pub fn new(fields: impl Into<Vec<Field>>) -> Self {
        Self {
            fields: fields.into(),
        }
    }

    /// All settings: what the account has set, and the default of the rest. A value that
    /// an older version of the module took, and this one does not, counts as not set.
    pub fn filled(&self, values: &Values) -> Value {
        let filled = self.fields.iter().map(|field| {
            let set = values
                .get(field.key)
                .filter(|value| field.kind.expected(value).is_none());
            let value = set.unwrap_or(&field.default).clone();
            (field.key.to_owned(), value)
        });
        Value::Object(filled.collect::<Map<_, _>>())
    }

    /// Whether the account lets the module send to many: by its setting of
    /// [`Kind::MaySendToMany`], if the module has one.
    pub fn may_send_to_many(&self, values: &Values) -> bool {
        let mut fields = self.fields.iter();
        let field = fields.find(|field| matches!(field.kind, Kind::MaySendToMany));
        field.is_some_and(|field| values.get(field.key) == Some(&Value::Bool(true)))
    }

    /// What is wrong with it, as its author's error.
    pub(super) fn fault(&self) -> Option<String> {
        let mut fields = self.fields.iter();
        let is_on = |field: &&Field| {
            matches!(field.kind, Kind::MaySendToMany) && field.default != Value::Bool(false)
        };
        fields.find(is_on).map(|field| {
            format!(
                "the setting {:?}: the default of `Kind::MaySendToMany` is false, so that an \
                 account says itself that many may be sent to",
                field.key
            )
        })
    }

    /// The account's time zone: the first setting that is one.
    pub fn time_zone(&self, values: &Values) -> Option<TimeZone> {
        let is_zone = |field: &&Field| matches!(field.kind, Kind::TimeZone);
        let field = self.fields.iter().find(is_zone)?;
        let filled = self.filled(values);
        TimeZone::get(filled[field.key].as_str()?).ok()
    }

    /// Whether all these values can be set.
    ///
    /// # Errors
    /// Each that cannot.
    pub fn check(&self, values: &Values) -> Result<(), Vec<Wrong>> {
        let wrong = values.iter().filter_map(|(key, value)| {
            let field = self.fields.iter().find(|field| field.key == key);
            let expected = match field {
                Some(field) => field.kind.expected(value)?,
                None => "is no setting of this module".into(),
            };
            let key = key.clone();
            Some(Wrong { key, expected })
        });
        let wrong: Vec<_> = wrong.collect();
        if wrong.is_empty() { Ok(()) } else { Err(wrong) }
    }
}

impl Kind {
    /// What a value must be, where it is not.
    fn expected(&self, value: &Value) -> Option<String> {
        let (fits, expected) = match self {
            Self::Text { most } => (
                value.as_str().is_some_and(|text| {
                    text.chars().count() <= *most && !text.contains(['\n', '\r'])
                }),
                format!("is a line of at most {most} characters"),
            ),
            Self::Number { least, most } => (
                value
                    .as_i64()
                    .is_some_and(|number| (*least..=*most).contains(&number)),
                format!("is a whole number from {least} to {most}"),
            ),
            Self::Truth | Self::MaySendToMany => (value.is_boolean(), "is true or false".into()),
            Self::Choice(options) => {
                let names: Vec<_> = options.iter().map(|(option, _)| *option).collect();
                let fits = value.as_str().is_some_and(|text| names.contains(&text));
                (fits, format!("is one of {}", names.join(", ")))
            }
            Self::Time => (
                value.as_str().is_some_and(is_time),
                "is a time of day such as 09:30".into(),
            ),
            Self::TimeZone => (
                value
                    .as_str()
                    .is_some_and(|name| TimeZone::get(name).is_ok()),
                "is a time zone such as Asia/Tokyo".into(),
            ),
        };
        (!fits).then_some(expected)
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

/// Sets what `values` has, for one account of the module; the rest stays as it is. Daily
/// handlers are moved to what is set now: where that cannot be written at once, with the
/// account's next event.
///
/// # Errors
/// [`SaveError`]: nothing is saved then.
pub async fn save<M: Module>(
    store: &Store,
    bot: &BotId,
    module: &M,
    values: &Values,
    now: Timestamp,
) -> Result<(), SaveError> {
    module.settings().check(values).map_err(SaveError::Wrong)?;
    let set = store.update_bot(bot, |row| row.settings.extend(values.clone()));
    let row = set.await?;
    // What could not be moved is found by the worker.
    let _ = arm(store, bot, &row, module, now).await;
    Ok(())
}

/// The same for whoever has looked at the settings before: only if all of them are still as `seen`
/// has them, filled.
///
/// # Errors
/// [`SaveError`]: nothing is saved then.
pub async fn change<M: Module>(
    store: &Store,
    bot: &BotId,
    module: &M,
    (seen, values): (&Value, &Values),
    now: Timestamp,
) -> Result<(), SaveError> {
    let schema = module.settings();
    schema.check(values).map_err(SaveError::Wrong)?;
    let other = Mutex::new(None);
    let set = store.update_bot(bot, |row| {
        let current = schema.filled(&row.settings);
        let is_seen = current == *seen;
        *other.lock().unwrap_or_else(PoisonError::into_inner) = (!is_seen).then_some(current);
        if is_seen {
            row.settings.extend(values.clone());
        }
    });
    let row = set.await?;
    let other = other.into_inner().unwrap_or_else(PoisonError::into_inner);
    if let Some(current) = other {
        return Err(SaveError::Changed(current));
    }
    // What could not be moved is found by the worker.
    let _ = arm(store, bot, &row, module, now).await;
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const OPENS: Words = Words {
        ja: "開店",
        zh: "開店時間",
        en: "Opens",
        th: "เปิด",
    };

    fn schema() -> Schema {
        let field = |key, kind, default| Field::new(key, OPENS, kind, default);
        let (least, most) = (1, 30);
        Schema::new([
            field("opens", Kind::Time, json!("10:00")),
            field("days", Kind::Number { least, most }, json!(7)),
            field("name", Kind::Text { most: 3 }, json!("")),
            field("zone", Kind::TimeZone, json!("Asia/Tokyo")),
            field("remind", Kind::Truth, json!(true)),
            field(
                "look",
                Kind::Choice(vec![("dark", OPENS), ("light", OPENS)]),
                json!("dark"),
            ),
        ])
    }

    fn values(values: &Value) -> Values {
        serde_json::from_value(values.clone()).unwrap()
    }

    #[test]
    fn what_is_not_set_has_its_default_and_so_has_what_no_longer_fits() {
        let set = values(&json!({"opens": "09:30", "days": 31, "gone": 1}));
        let expected = json!({"opens": "09:30", "days": 7, "name": "", "zone": "Asia/Tokyo", "remind": true, "look": "dark"});
        assert_eq!(schema().filled(&set), expected);
    }

    #[test]
    fn many_are_sent_to_only_where_the_account_has_said_so() {
        let news = |default| Field::new("news", OPENS, Kind::MaySendToMany, default);
        let with = Schema::new([news(json!(false))]);
        let may = |set: Value| with.may_send_to_many(&values(&set));
        assert!(may(json!({"news": true})));
        assert!(!may(json!({"news": false})) && !may(json!({})));
        assert!(!schema().may_send_to_many(&values(&json!({"news": true}))));
        assert_eq!(with.fault(), None);
        let fault = Schema::new([news(json!(true))]).fault().unwrap();
        assert!(fault.starts_with("the setting \"news\": "), "{fault}");
    }

    #[test]
    fn each_value_that_does_not_fit_is_named_with_what_it_must_be() {
        let wrong = json!({"opens": "9:30", "days": 0, "name": "四文字だ", "remind": "yes",
            "look": "red", "colour": "red", "zone": "Edo"});
        let faults = schema().check(&values(&wrong)).unwrap_err();
        let expected = r#""colour" is no setting of this module; "days" is a whole number from 1 to 30; "look" is one of dark, light; "name" is a line of at most 3 characters; "opens" is a time of day such as 09:30; "remind" is true or false; "zone" is a time zone such as Asia/Tokyo"#;
        assert_eq!(list(&faults), expected);
        let right = json!({"opens": "23:59", "days": 30, "name": "三文字", "remind": false, "look": "light", "zone": "Asia/Taipei"});
        assert_eq!(schema().check(&values(&right)), Ok(()));
    }
}
