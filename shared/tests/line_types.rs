//! Our types against what LINE's webhooks are made of: `line_types/types.toml` lists it, and
//! `line_types/events.json` has a webhook in which all of it occurs. Each member is changed
//! there, one at a time: what then reads as before is not in our types, and must be left out
//! with a reason. docs/line.md says how to bring in what is new.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::Value;
use sha2::Sha256;
use shared::domain::{Event, Timestamp};
use shared::line::webhook::Webhook;
use shared::line::{Signature, VerifiedBody, event};

/// `types.toml`.
#[derive(Deserialize)]
struct Types {
    /// What is not read, as `Schema.member`, and why.
    left_out: BTreeMap<String, String>,
    schemas: BTreeMap<String, Schema>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Schema {
    /// The schema that stands for this one and others, by their `type`.
    of: Option<String>,
    r#type: Option<String>,
    members: Vec<String>,
    /// All that a member can say, where LINE lists it.
    #[serde(default)]
    words: BTreeMap<String, Vec<String>>,
}

/// A value in the webhook: the schema and member that it is, and where it is.
struct Place {
    member: String,
    pointer: String,
}

/// All members of a webhook, and what of it is in no list.
#[derive(Default)]
struct Found {
    /// Each value that is no object with a schema of its own.
    places: Vec<Place>,
    members: BTreeSet<String>,
    schemas: BTreeSet<String>,
    unlisted: Vec<String>,
}

impl Types {
    fn read() -> Self {
        toml::from_str(include_str!("line_types/types.toml")).unwrap()
    }

    /// The schema of an object: the one for its `type`, if `name` stands for several.
    fn concrete(&self, name: &str, object: &Value) -> String {
        let has_type = |schema: &Schema| {
            schema.of.as_deref() == Some(name)
                && schema.r#type.as_deref() == object["type"].as_str()
        };
        let found = self.schemas.iter().find(|(_, schema)| has_type(schema));
        found.map_or(name, |(name, _)| name).to_owned()
    }

    /// The members of a schema, those of the one that stands for it among them, each with
    /// the schema of what it holds.
    fn members(&self, name: &str) -> BTreeMap<&str, Option<&str>> {
        let schema = &self.schemas[name];
        let mut members = match &schema.of {
            Some(of) => self.members(of),
            None => BTreeMap::new(),
        };
        for member in &schema.members {
            match member.split_once(": ") {
                Some((member, held)) => members.insert(member, Some(held)),
                None => members.insert(member, None),
            };
        }
        members
    }

    /// All that a member can say, where LINE lists it.
    fn words(&self, name: &str, member: &str) -> &[String] {
        let schema = &self.schemas[name];
        let own = schema.words.get(member).map(Vec::as_slice);
        let of = || schema.of.as_ref().map(|of| self.words(of, member));
        own.or_else(of).unwrap_or_default()
    }

    /// Whether other schemas stand for what there is of this one.
    fn is_base(&self, name: &str) -> bool {
        let all = self.schemas.values();
        all.into_iter()
            .any(|schema| schema.of.as_deref() == Some(name))
    }

    /// Each member of each object in `value`, which is of this schema.
    fn walk(&self, name: &str, value: &Value, pointer: &str, found: &mut Found) {
        let name = self.concrete(name, value);
        let members = self.members(&name);
        found.schemas.insert(name.clone());
        for (member, value) in value.as_object().unwrap() {
            let (pointer, full) = (format!("{pointer}/{member}"), format!("{name}.{member}"));
            found.members.insert(full.clone());
            match members.get(&**member) {
                None => found.unlisted.push(full),
                Some(Some(held)) => self.walk_all(held, value, &pointer, found),
                Some(None) => found
                    .places
                    .extend(leaves(value, &pointer).map(|pointer| Place {
                        member: full.clone(),
                        pointer,
                    })),
            }
        }
    }

    fn walk_all(&self, name: &str, value: &Value, pointer: &str, found: &mut Found) {
        match value {
            Value::Array(all) => {
                for (n, value) in all.iter().enumerate() {
                    self.walk(name, value, &format!("{pointer}/{n}"), found);
                }
            }
            object => self.walk(name, object, pointer, found),
        }
    }
}

/// Where the values are that a member has: itself, or what is in its list or object.
fn leaves<'a>(value: &'a Value, pointer: &'a str) -> Box<dyn Iterator<Item = String> + 'a> {
    match value {
        Value::Array(all) => Box::new((0..all.len()).map(move |n| format!("{pointer}/{n}"))),
        Value::Object(all) => Box::new(all.keys().map(move |name| format!("{pointer}/{name}"))),
        _ => Box::new(std::iter::once(pointer.to_owned())),
    }
}

fn webhook() -> Value {
    serde_json::from_str(include_str!("line_types/events.json")).unwrap()
}

fn found() -> Found {
    let mut found = Found::default();
    Types::read().walk("CallbackRequest", &webhook(), "", &mut found);
    found
}

/// A webhook's events, through the same doors as LINE's: signed, split, read.
fn read(webhook: &Value) -> Vec<Event> {
    let (secret, body) = ("secret", webhook.to_string().into_bytes());
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(&body);
    let signed = base64::engine::general_purpose::STANDARD.encode(mac.finalize().into_bytes());
    let signature = Signature::read(Some(&signed)).unwrap();
    let secrets = [SecretString::from(secret)];
    let body = VerifiedBody::check(body, &signature, &secrets).unwrap();
    let Ok(Some(webhook)) = Webhook::parse(&body) else {
        return Vec::new();
    };
    let now = Timestamp(1_800_000_000_000);
    let read = |raw: shared::line::webhook::RawEvent| {
        event::read(&webhook.bot, &raw.id, raw.raw.get(), now)
    };
    webhook.events.into_iter().map(read).collect()
}

/// All that our types have of an event, but for its JSON.
fn ours(event: Event) -> String {
    let Event {
        id,
        bot,
        at,
        mode,
        chat,
        user,
        redelivered,
        reply_token,
        kind,
        raw: _,
    } = event;
    let token = reply_token.as_ref().map(|token| token.expose().to_owned());
    format!(
        "{:?}",
        (id, bot, at, mode, chat, user, redelivered, token, kind)
    )
}

fn all(webhook: &Value) -> Vec<String> {
    read(webhook).into_iter().map(ours).collect()
}

/// Another value of the same type.
fn changed(value: &mut Value) {
    *value = match &*value {
        Value::String(text) => format!("{text}x").into(),
        Value::Bool(truth) => (!truth).into(),
        Value::Number(number) if number.is_f64() => (number.as_f64().unwrap() + 1.0).into(),
        Value::Number(number) => (number.as_i64().unwrap() + 1).into(),
        _ => Value::Null,
    };
}

#[test]
fn every_member_that_line_lists_is_in_our_types_or_left_out_with_a_reason() {
    let (types, webhook) = (Types::read(), webhook());
    let before = all(&webhook);
    let (mut read, mut unread) = (BTreeSet::new(), BTreeSet::new());
    for place in found().places {
        let mut webhook = webhook.clone();
        changed(webhook.pointer_mut(&place.pointer).unwrap());
        match all(&webhook) == before {
            true => unread.insert(place.member),
            false => read.insert(place.member),
        };
    }
    // A mode that is neither reads as standby: it is enough that active does not.
    unread.retain(|member| !read.contains(member));
    let left_out: BTreeSet<_> = types.left_out.keys().cloned().collect();
    let missing: Vec<_> = unread.difference(&left_out).collect();
    assert!(
        missing.is_empty(),
        "not in our types, and not left out with a reason: {missing:?}"
    );
    let stale: Vec<_> = left_out.difference(&unread).collect();
    assert!(
        stale.is_empty(),
        "left out, but read or not there: {stale:?}"
    );
    assert!(types.left_out.values().all(|reason| !reason.is_empty()));
}

#[test]
fn every_type_and_member_of_the_list_occurs_in_the_webhook_and_no_other() {
    let (types, found) = (Types::read(), found());
    assert!(
        found.unlisted.is_empty(),
        "not in types.toml: {:?}",
        found.unlisted
    );
    let bases = |name: &&String| types.is_base(name);
    let unused: Vec<_> = types
        .schemas
        .keys()
        .filter(|name| !bases(name) && !found.schemas.contains(*name))
        .collect();
    assert!(unused.is_empty(), "not in events.json: {unused:?}");
    for name in &found.schemas {
        for member in types.members(name).keys() {
            let full = format!("{name}.{member}");
            // Some types of events have none.
            let optional = member == &"source";
            let occurs = found.members.contains(&full);
            assert!(occurs || optional, "not in events.json: {full}");
        }
    }
}

#[test]
fn every_event_of_lines_types_is_read_as_what_it_is() {
    let webhook = webhook();
    for (event, sent) in read(&webhook)
        .iter()
        .zip(webhook["events"].as_array().unwrap())
    {
        assert!(!event.kind.is_unknown(), "{:?} of {sent}", event.kind);
        let raw: Value = serde_json::from_str(event.raw()).unwrap();
        assert_eq!(raw, *sent);
    }
}

#[test]
fn every_type_with_another_word_is_unknown_and_keeps_its_json() {
    let places = found().places;
    let is_type = |place: &&Place| place.member.ends_with("Event.type");
    let of_contents = |place: &&Place| place.member.ends_with("MessageContent.type");
    let types: Vec<_> = places
        .iter()
        .filter(|place| is_type(place) || of_contents(place))
        .collect();
    assert!(types.len() > 40);
    for place in types {
        let mut webhook = webhook();
        *webhook.pointer_mut(&place.pointer).unwrap() = "teleport".into();
        let number: usize = place.pointer.split('/').nth(2).unwrap().parse().unwrap();
        let event = &read(&webhook)[number];
        assert!(event.kind.is_unknown(), "{:?}", event.kind);
        assert!(event.raw().contains("teleport"));
    }
}

#[test]
fn every_word_that_line_lists_is_read_as_what_it_is() {
    let (types, webhook) = (Types::read(), webhook());
    for place in found().places {
        let (schema, member) = place.member.split_once('.').unwrap();
        for word in types.words(schema, member) {
            let mut webhook = webhook.clone();
            *webhook.pointer_mut(&place.pointer).unwrap() = word.as_str().into();
            let number: usize = place.pointer.split('/').nth(2).unwrap().parse().unwrap();
            let event = &all(&webhook)[number];
            assert!(!event.contains("Unknown("), "{member} {word:?}: {event}");
        }
    }
}
