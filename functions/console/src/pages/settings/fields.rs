//! The fields of the form, by the module's schema: how each is shown, and how what was sent is
//! read. A value that was sent is shown again as it was sent, be it wrong.

use line_module::settings::{Field, Kind, Place, Schema, Values};
use serde_json::{Map, Value};
use shared::domain::Words;
use shared::pages::Texts;

use crate::form::Form;
use crate::screen::number;

/// Fields that stand together.
pub(super) struct Group {
    pub(super) name: String,
    pub(super) fields: Vec<Shown>,
}

/// A field, as it is shown.
pub(super) struct Shown {
    /// Its name in the form.
    pub(super) name: String,
    pub(super) label: String,
    pub(super) help: Option<String>,
    pub(super) wrong: Option<String>,
    pub(super) input: Input,
}

/// What the field is filled in by.
pub(super) enum Input {
    Text {
        value: String,
        most: usize,
    },
    Number {
        value: String,
        /// Which keyboard a phone shows: `numeric`, `decimal`.
        keyboard: &'static str,
    },
    Lines {
        value: String,
        /// How many lines it shows.
        rows: usize,
    },
    Time {
        value: String,
    },
    /// On or off; whether it is.
    Check(bool),
    /// One of some, each with its name; whether it is the one.
    Choice(Vec<(String, String, bool)>),
}

impl Shown {
    /// What describes the field, by the ids of those elements.
    pub(super) fn described_by(&self) -> String {
        let mut ids = Vec::new();
        if self.help.is_some() {
            ids.push(format!("{}-help", self.name));
        }
        if self.wrong.is_some() {
            ids.push(format!("{}-wrong", self.name));
        }
        ids.join(" ")
    }
}

/// What was sent: values that fit, and what is wrong with those that do not.
pub(super) struct Sent {
    pub(super) values: Values,
    /// By the settings' keys.
    pub(super) wrong: Vec<(&'static str, String)>,
}

impl Sent {
    /// All settings, with what was sent.
    pub(super) fn filled(&self, saved: &Value) -> Value {
        let mut all: Map<String, Value> = saved.as_object().cloned().unwrap_or_default();
        all.extend(self.values.clone());
        Value::Object(all)
    }
}

/// Reads a form. A setting that the form was without is as it is saved.
pub(super) fn read(schema: &Schema, form: &Form, saved: &Value, texts: &Texts) -> Sent {
    let mut sent = Sent {
        values: Values::new(),
        wrong: Vec::new(),
    };
    for field in &schema.fields {
        let value = match form.get(&marker(field)) {
            Some(_) => value(&field.kind, form.get(&name(field))),
            None => saved.get(field.key).cloned().unwrap_or_default(),
        };
        let one = Values::from([(field.key.to_owned(), value.clone())]);
        match schema.check(&one) {
            Ok(()) => drop(sent.values.insert(field.key.to_owned(), value)),
            Err(_) => sent.wrong.push((field.key, expected(&field.kind, texts))),
        }
    }
    if sent.wrong.is_empty() {
        sent.wrong = broken_rules(schema, &sent.filled(saved), texts);
    }
    sent
}

/// What the module's own rule says, beside the settings that it names.
fn broken_rules(schema: &Schema, filled: &Value, texts: &Texts) -> Vec<(&'static str, String)> {
    let broken = schema.broken_rules(filled).into_iter();
    let beside = broken.filter_map(|wrong| {
        let mut fields = schema.fields.iter();
        // One that names no setting stands beside the first.
        let named = fields.find(|field| field.key == wrong.key);
        let field = named.or(schema.fields.first())?;
        let words = wrong.words.map(|words| words.of(texts.language()));
        Some((field.key, words.unwrap_or(&wrong.expected).to_owned()))
    });
    beside.collect()
}

/// The form's fields, with what is saved; or with what was sent, where it differs from what was
/// `before` when the form was made.
pub(super) fn groups(
    schema: &Schema,
    saved: &Value,
    (sent, before): (Option<&Form>, &Value),
    texts: &Texts,
) -> Vec<Group> {
    let read = sent.map(|form| read(schema, form, saved, texts));
    let mut groups: Vec<Group> = Vec::new();
    let mut heading: Option<Option<Words>> = None;
    for field in &schema.fields {
        let wrong = read.as_ref().and_then(|read| {
            let mut wrong = read.wrong.iter();
            wrong
                .find(|(key, _)| *key == field.key)
                .map(|(_, text)| text.clone())
        });
        let raw = sent
            .filter(|form| form.get(&marker(field)).is_some())
            .map(|form| value(&field.kind, form.get(&name(field))))
            .filter(|value| Some(value) != before.get(field.key));
        let value = raw.unwrap_or_else(|| saved.get(field.key).cloned().unwrap_or_default());
        if heading != Some(field.group) {
            heading = Some(field.group);
            groups.push(Group {
                name: match field.group {
                    Some(words) => words.of(texts.language()).to_owned(),
                    None => texts.get("settings-group"),
                },
                fields: Vec::new(),
            });
        }
        if let Some(group) = groups.last_mut() {
            group.fields.push(shown(field, &value, wrong, texts));
        }
    }
    groups
}

fn shown(field: &Field, value: &Value, wrong: Option<String>, texts: &Texts) -> Shown {
    let language = texts.language();
    let help = field.help.map(|help| help.of(language).to_owned());
    Shown {
        name: name(field),
        label: field.name.of(language).to_owned(),
        help: match help_of_kind(&field.kind, texts) {
            Some(of_kind) => Some(join(help, of_kind)),
            None => help,
        },
        wrong,
        input: input(&field.kind, value, texts),
    }
}

/// How a kind is written that nobody can guess, whatever the module says of the field.
fn help_of_kind(kind: &Kind, texts: &Texts) -> Option<String> {
    match kind {
        Kind::MaySendToMany => Some(texts.get("settings-to-many")),
        Kind::Place => Some(texts.get("settings-place")),
        Kind::List { most, .. } => Some(texts.with("settings-list", "most", *most)),
        _ => None,
    }
}

/// A setting's value as a form or a page has it.
pub(super) fn written(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        Value::Array(values) => {
            let lines: Vec<_> = values.iter().map(written).collect();
            lines.join("\n")
        }
        other => match serde_json::from_value::<Place>(other.clone()) {
            Ok(place) => place.to_string(),
            Err(_) => other.to_string(),
        },
    }
}

fn input(kind: &Kind, value: &Value, texts: &Texts) -> Input {
    let text = written(value);
    match kind {
        Kind::Text { most } => Input::Text {
            value: text,
            most: *most,
        },
        Kind::Number { .. } => Input::Number {
            value: text,
            keyboard: "numeric",
        },
        Kind::Decimal { .. } => Input::Number {
            value: text,
            keyboard: "decimal",
        },
        // Degrees with signs and a comma: a phone's number keys may have neither.
        Kind::Place => Input::Text {
            value: text,
            most: LONGEST_PLACE,
        },
        Kind::List { most, .. } => Input::Lines {
            value: text,
            rows: (*most).clamp(2, MOST_LINES_SHOWN),
        },
        Kind::Time => Input::Time { value: text },
        Kind::Truth | Kind::MaySendToMany => Input::Check(*value == Value::Bool(true)),
        Kind::Choice(options) => Input::Choice(
            options
                .iter()
                .map(|(option, words)| {
                    let name = words.of(texts.language()).to_owned();
                    ((*option).to_owned(), name, text == *option)
                })
                .collect(),
        ),
        Kind::TimeZone => Input::Choice(zones(&text)),
    }
}

/// Maximum number of characters of two numbers of degrees.
const LONGEST_PLACE: usize = 60;
/// Maximum number of lines of a list that are seen at once.
const MOST_LINES_SHOWN: usize = 8;

/// Where LINE's accounts are, and those around; and the one that is set.
const ZONES: [&str; 22] = [
    "Asia/Tokyo",
    "Asia/Taipei",
    "Asia/Bangkok",
    "Asia/Jakarta",
    "Asia/Seoul",
    "Asia/Shanghai",
    "Asia/Hong_Kong",
    "Asia/Singapore",
    "Asia/Kuala_Lumpur",
    "Asia/Manila",
    "Asia/Ho_Chi_Minh",
    "Asia/Yangon",
    "Asia/Kolkata",
    "Asia/Dubai",
    "Australia/Sydney",
    "Pacific/Auckland",
    "Pacific/Honolulu",
    "America/Los_Angeles",
    "America/New_York",
    "Europe/London",
    "Europe/Paris",
    "UTC",
];

fn zones(set: &str) -> Vec<(String, String, bool)> {
    let other = Some(set).filter(|set| !set.is_empty() && !ZONES.contains(set));
    let all = other.into_iter().chain(ZONES);
    all.map(|zone| (zone.to_owned(), zone.replace('_', " "), zone == set))
        .collect()
}

/// What a field's text means. What cannot be read stays a text, which fits no other kind.
fn value(kind: &Kind, sent: Option<&str>) -> Value {
    let text = sent.unwrap_or_default();
    match kind {
        Kind::Truth | Kind::MaySendToMany => Value::Bool(sent.is_some()),
        Kind::Number { .. } => {
            let number = narrow(text).parse::<i64>();
            number.map_or_else(|_| text.into(), Value::from)
        }
        Kind::Decimal { .. } => {
            let number = narrow(text).parse::<f64>();
            number.map_or_else(|_| text.into(), Value::from)
        }
        Kind::Place if text.trim().is_empty() => Value::Null,
        Kind::Place => Place::read(&narrow(text)).map_or_else(|| text.into(), Value::from),
        Kind::List { of, .. } => {
            let lines = text.lines().filter(|line| !line.trim().is_empty());
            lines.map(|line| value(of, Some(line.trim()))).collect()
        }
        Kind::Time => {
            let time = narrow(text);
            // Some browsers add seconds.
            let time = match time.len() {
                8 => time.get(..5).unwrap_or_default().to_owned(),
                _ => time,
            };
            Value::String(time)
        }
        Kind::Text { .. } | Kind::Choice(_) | Kind::TimeZone => Value::String(text.to_owned()),
    }
}

/// Digits and colons as an input method for Japanese or Chinese may write them, as ASCII has them.
fn narrow(text: &str) -> String {
    let narrow = |sign: char| match sign {
        '０'..='９' => char::from_digit(u32::from(sign) - u32::from('０'), 10).unwrap_or(sign),
        '：' => ':',
        '．' => '.',
        '，' | '、' => ',',
        '－' | '−' | 'ー' => '-',
        other => other,
    };
    text.trim().chars().map(narrow).collect()
}

fn expected(kind: &Kind, texts: &Texts) -> String {
    match kind {
        Kind::Text { most } => texts.with("wrong-text", "most", *most),
        Kind::Number { least, most } => {
            let write = |value: i64| match u64::try_from(value) {
                Ok(value) => number(value),
                Err(_) => value.to_string(),
            };
            let arguments = [
                ("least", write(*least).into()),
                ("most", write(*most).into()),
            ];
            texts.of("wrong-number", arguments)
        }
        Kind::Decimal { least, most } => {
            let arguments = [
                ("least", least.to_string().into()),
                ("most", most.to_string().into()),
            ];
            texts.of("wrong-decimal", arguments)
        }
        Kind::Place => texts.get("wrong-place"),
        Kind::List { of, most } => {
            let each = expected(of, texts);
            join(Some(texts.with("wrong-list", "most", *most)), each)
        }
        Kind::Time => texts.get("wrong-time"),
        Kind::Truth | Kind::MaySendToMany | Kind::Choice(_) | Kind::TimeZone => {
            texts.get("wrong-choice")
        }
    }
}

fn name(field: &Field) -> String {
    format!("s-{}", field.key)
}

/// Says that the form has the field: an unticked box sends nothing itself.
pub(super) fn marker(field: &Field) -> String {
    format!("has-{}", name(field))
}

fn join(one: Option<String>, other: String) -> String {
    match one {
        Some(one) => format!("{one} {other}"),
        None => other,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_an_input_method_writes_is_read() {
        let number = Kind::Number { least: 0, most: 99 };
        assert_eq!(value(&number, Some(" １２ ")), json!(12));
        assert_eq!(value(&number, Some("－３")), json!(-3));
        assert_eq!(value(&number, Some("a few")), json!("a few"));
        assert_eq!(value(&number, Some("")), json!(""));
        assert_eq!(value(&Kind::Time, Some("９：３０")), json!("9:30"));
        assert_eq!(value(&Kind::Time, Some("09:30:00")), json!("09:30"));
    }

    #[test]
    fn places_and_lists_are_read_as_they_are_written() {
        let place = value(&Kind::Place, Some(" ３５．６５８，１３９．７０１６ "));
        assert_eq!(place, json!({"latitude": 35.658, "longitude": 139.7016}));
        assert_eq!(written(&place), "35.658, 139.7016");
        assert_eq!(value(&Kind::Place, Some(" ")), Value::Null);
        assert_eq!(value(&Kind::Place, Some("Shibuya")), json!("Shibuya"));
        let times = Kind::list(Kind::Time, 3);
        let read = value(&times, Some("09:30\r\n\r\n １２：００\r\n"));
        assert_eq!(read, json!(["09:30", "12:00"]));
        assert_eq!(written(&read), "09:30\n12:00");
    }

    #[test]
    fn a_field_says_how_a_place_and_a_list_are_written() {
        let texts = crate::screen::TEXTS.of(shared::domain::Language::En);
        let help = |kind| {
            let field = Field::new("key", Words::ja("名"), kind, Value::Null);
            shown(&field, &Value::Null, None, texts).help
        };
        assert!(help(Kind::Place).is_some_and(|help| help.contains("35.6580, 139.7016")));
        let list = Kind::list(Kind::Time, 3);
        assert_eq!(help(list).as_deref(), Some("One a line, at most 3 lines."));
        assert_eq!(help(Kind::Time), None);
    }

    #[test]
    fn a_box_is_ticked_or_not() {
        assert_eq!(value(&Kind::Truth, Some("on")), json!(true));
        assert_eq!(value(&Kind::MaySendToMany, None), json!(false));
    }

    #[test]
    fn a_zone_that_is_set_and_not_among_ours_is_offered_too() {
        let offered = zones("Asia/Kathmandu");
        assert_eq!(
            offered[0],
            ("Asia/Kathmandu".into(), "Asia/Kathmandu".into(), true)
        );
        assert_eq!(offered.len(), ZONES.len() + 1);
        assert_eq!(zones("UTC").len(), ZONES.len());
    }
}
