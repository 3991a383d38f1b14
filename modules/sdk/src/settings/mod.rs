//! What each account may set of the module. The module declares it; a value is checked
//! when it is written, so that a handler only meets what fits.

mod kind;
mod place;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::tz::TimeZone;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::Module;
use crate::daily::arm;
use shared::domain::{BotId, Language, Timestamp};

pub use kind::Kind;
pub use place::{Place, Zone};
pub use shared::domain::Words;
use shared::store::{Store, StoreError};

/// Values, by key.
pub type Values = BTreeMap<String, Value>;

/// What can be set.
#[derive(Debug, Clone, Default)]
pub struct Schema {
    /// Each setting, in the order in which they are shown.
    pub fields: Vec<Field>,
    rules: Rules,
}

/// What the module says of settings that fit each by itself.
#[derive(Clone, Default)]
struct Rules(Option<Arc<Rule>>);

type Rule = dyn Fn(&Value) -> Vec<Wrong> + Send + Sync;

impl fmt::Debug for Rules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "rules" } else { "none" })
    }
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

    fn fault(&self) -> Option<String> {
        if matches!(self.kind, Kind::MaySendToMany) && self.default != Value::Bool(false) {
            let fault = "the default of `Kind::MaySendToMany` is false, so that an account says \
                         itself that many may be sent to";
            return Some(fault.to_owned());
        }
        let default = || {
            let expected = self.kind.expected(&self.default)?;
            Some(format!(
                "its default {} does not fit: it {expected}",
                self.default
            ))
        };
        self.kind.fault().map(str::to_owned).or_else(default)
    }
}

/// Why a value is not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// Which setting.
    pub key: String,
    /// What it must be.
    pub expected: String,
    /// What an admin reads beside it, if it is a rule of the module's own that says so.
    pub words: Option<Words>,
}

impl Wrong {
    /// By a rule of the module's own: see [`Schema::check_with`].
    pub fn new(key: &str, words: Words) -> Self {
        Self {
            key: key.to_owned(),
            expected: format!("is wrong: {}", words.of(Language::En)),
            words: Some(words),
        }
    }
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
pub(super) static NONE: Schema = Schema {
    fields: Vec::new(),
    rules: Rules(None),
};

impl Schema {
    /// One with these settings.
    pub fn new(fields: impl Into<Vec<Field>>) -> Self {
        Self {
            fields: fields.into(),
            rules: Rules::default(),
        }
    }

    /// With one more setting, under the ones before.
    #[must_use]
    pub fn field(mut self, field: Field) -> Self {
        self.fields.push(field);
        self
    }

    /// With some more settings, under a heading of their own.
    ///
    /// ```
    /// use line_module::Words;
    /// use line_module::settings::{Field, Kind, Schema};
    ///
    /// let opens = Field::new("opens", Words::ja("開店").en("Opens"), Kind::Time, "10:00");
    /// let closes = Field::new("closes", Words::ja("閉店").en("Closes"), Kind::Time, "20:00");
    /// let schema = Schema::default().group(Words::ja("営業時間").en("Hours"), [opens, closes]);
    /// assert!(schema.fields.iter().all(|field| field.group.is_some()));
    /// ```
    #[must_use]
    pub fn group(mut self, words: Words, fields: impl IntoIterator<Item = Field>) -> Self {
        let fields = fields.into_iter().map(|field| field.group(words));
        self.fields.extend(fields);
        self
    }

    /// With a rule of the module's own, about settings that fit each by itself: that a shop opens
    /// before it closes, say. `S` is what handlers take the settings as. What it finds is said
    /// beside the setting, and nothing is saved.
    #[must_use]
    pub fn check_with<S: DeserializeOwned>(
        self,
        rule: impl Fn(&S) -> Vec<Wrong> + Send + Sync + 'static,
    ) -> Self {
        let rule = move |filled: &Value| {
            let settings = S::deserialize(filled);
            settings.map_or_else(|_| Vec::new(), |settings| rule(&settings))
        };
        let rules = Rules(Some(Arc::new(rule)));
        Self { rules, ..self }
    }

    /// What the module's own rule finds wrong with all settings, each of which fits by itself.
    pub fn broken_rules(&self, filled: &Value) -> Vec<Wrong> {
        let rule = self.rules.0.as_ref();
        rule.map_or_else(Vec::new, |rule| rule(filled))
    }

    /// The same, of what is set with `values` on top of what an account has.
    fn check_all(&self, set: &Values, values: &Values) -> Result<(), SaveError> {
        self.check(values).map_err(SaveError::Wrong)?;
        let mut all = set.clone();
        all.extend(values.clone());
        let wrong = self.broken_rules(&self.filled(&all));
        match wrong.is_empty() {
            true => Ok(()),
            false => Err(SaveError::Wrong(wrong)),
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
        let of_field = self.fields.iter().enumerate().find_map(|(nth, field)| {
            let is_twice = || self.fields[..nth].iter().any(|it| it.key == field.key);
            let fault = match field.fault() {
                None if is_twice() => "there are two of this key".to_owned(),
                fault => fault?,
            };
            Some(format!("the setting {:?}: {fault}", field.key))
        });
        of_field.or_else(|| {
            let broken = self.broken_rules(&self.filled(&Values::new()));
            let first = broken.first()?;
            Some(format!("the settings' defaults break the rule: {first}"))
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
            let (key, words) = (key.clone(), None);
            Some(Wrong {
                key,
                expected,
                words,
            })
        });
        let wrong: Vec<_> = wrong.collect();
        if wrong.is_empty() { Ok(()) } else { Err(wrong) }
    }
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
    let before = store.bot(bot).await?.unwrap_or_default().settings;
    module.settings().check_all(&before, values)?;
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
    let before = serde_json::from_value(seen.clone()).unwrap_or_default();
    schema.check_all(&before, values)?;
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
    fn lists_places_and_decimals_fit_or_do_not() {
        let place = || json!({"latitude": 35.0, "longitude": 139.0});
        let (texts, two) = (Kind::list(Kind::Text { most: 3 }, 2), json!(["a", "b"]));
        let tax = Kind::Decimal {
            least: 0.0,
            most: 1.5,
        };
        for (kind, fits, does_not) in [
            (texts, two, json!(["a", ""])),
            (Kind::list(Kind::Time, 1), json!([]), json!(["9:00"])),
            (
                Kind::Place,
                place(),
                json!({"latitude": 95, "longitude": 0}),
            ),
            (Kind::Place, Value::Null, json!("35, 139")),
            (Kind::list(Kind::Place, 3), json!([place()]), json!([null])),
            (tax, json!(0.5), json!(1.6)),
        ] {
            assert_eq!(kind.expected(&fits), None, "{fits}");
            assert!(kind.expected(&does_not).is_some(), "{does_not}");
        }
    }

    #[test]
    fn a_schema_that_cannot_be_is_a_fault_before_a_worker_starts() {
        let fault = |schema: Schema| schema.fault().unwrap_or_default();
        assert_eq!(fault(schema()), "");
        let odd = Schema::new([Field::new("opens", OPENS, Kind::Time, "9:30")]);
        assert_eq!(
            fault(odd),
            r#"the setting "opens": its default "9:30" does not fit: it is a time of day such as 09:30"#
        );
        let twice = schema().field(Field::new("days", OPENS, Kind::Truth, true));
        assert_eq!(
            fault(twice),
            r#"the setting "days": there are two of this key"#
        );
        let kind = Kind::list(Kind::Truth, 2);
        let of_truths = Schema::new([Field::new("flags", OPENS, kind, json!([]))]);
        assert!(fault(of_truths).contains("a list is of texts"));
    }

    #[test]
    fn a_rule_of_the_modules_own_names_the_setting() {
        #[derive(serde::Deserialize)]
        struct Shop {
            opens: String,
            closes: String,
        }
        let time = |key, default| Field::new(key, OPENS, Kind::Time, default);
        let rule = |shop: &Shop| match shop.opens < shop.closes {
            true => Vec::new(),
            false => vec![Wrong::new(
                "closes",
                Words::same("It closes after it opens."),
            )],
        };
        let schema = |closes| Schema::new([time("opens", "10:00"), time("closes", closes)]);
        let shop = schema("20:00").check_with(rule);
        let late = values(&json!({"opens": "21:00"}));
        let refused = shop.check_all(&Values::new(), &late).unwrap_err();
        let expected = r#""closes" is wrong: It closes after it opens."#;
        assert_eq!(refused.to_string(), expected);
        let closes = values(&json!({"closes": "23:00"}));
        assert!(shop.check_all(&closes, &late).is_ok());
        assert!(schema("09:00").check_with(rule).fault().is_some());
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
