//! docs/privacy.md names every attribute of every kind of row, and no other.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::kept;

type Attributes = BTreeMap<String, BTreeSet<String>>;

/// As the table in the document has its rows.
fn kind(row: &Value) -> &'static str {
    let key = |name: &str| row[name]["S"].as_str().unwrap();
    match (key("bot_id"), key("chat_id")) {
        ("@attach", _) => "attach",
        ("@session", _) => "session",
        ("@message", _) => "message",
        ("@reconciler", _) => "reconciler",
        ("@channel", _) => "channel",
        ("@audit", _) => "audit",
        (_, "@bot") => "account",
        (_, sort) if sort.starts_with("@m#") => "module",
        (_, sort) if sort.starts_with("@timer#") => "timer",
        (_, sort) if sort.starts_with("@limit#") => "limit",
        (_, sort) if sort.starts_with("@erase#") => "receipt",
        (_, sort) if sort.starts_with("@usage#") => "usage",
        (_, sort) if sort.starts_with("@audit#") => "audit",
        (_, sort) if sort.contains('#') => "event",
        (_, sort) => {
            assert!(
                !sort.starts_with('@'),
                "{sort} is of a kind that the document lacks"
            );
            "chat"
        }
    }
}

fn written() -> Attributes {
    let mut all = Attributes::new();
    for row in kept(2).values() {
        let names = row.as_object().unwrap().keys();
        let own = names.filter(|name| !["bot_id", "chat_id", "v"].contains(&name.as_str()));
        let attributes = all.entry(kind(row).to_owned()).or_default();
        attributes.extend(own.cloned());
    }
    all
}

fn told() -> Attributes {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/privacy.md");
    let text = std::fs::read_to_string(path).unwrap();
    let section = text.split("## Attributes").nth(1).unwrap();
    let rows = section.lines().filter(|line| line.starts_with("| "));
    let rows = rows.skip(1).map(|row| {
        let cells: Vec<_> = row.trim_matches('|').split('|').collect();
        let names = cells[1..]
            .iter()
            .flat_map(|cell| cell.split('`').skip(1).step_by(2));
        (
            cells[0].trim().to_owned(),
            names.map(str::to_owned).collect(),
        )
    });
    rows.collect()
}

/// The types that are written as rows, each with the kind of row: their optional members are in no row that happens
/// not to have them.
const TYPES: [(&str, &str, &str); 16] = [
    ("account", "store/bot.rs", "BotRow"),
    ("account", "domain/bot.rs", "BotState"),
    ("chat", "store/chat.rs", "ChatRow"),
    ("chat", "domain/chat.rs", "ChatState"),
    ("event", "store/ledger/row.rs", "LedgerItem"),
    ("timer", "store/timer/row.rs", "Kept"),
    ("attach", "store/attach.rs", "AttachUnderWay"),
    ("session", "domain/session.rs", "Session"),
    ("session", "store/session.rs", "SignInLink"),
    ("limit", "store/limit.rs", "LimitRow"),
    ("receipt", "store/erase/receipt.rs", "Receipt"),
    ("audit", "store/audit.rs", "AuditRow"),
    ("reconciler", "store/profiles.rs", "KeptRound"),
    ("usage", "domain/usage/account.rs", "AccountUsage"),
    ("usage", "domain/usage/account.rs", "ClosedMonth"),
    ("usage", "domain/usage/counts.rs", "Counts"),
];

/// Members of no type: written beside one, or by an update alone.
const UPDATED: [(&str, &str); 4] = [
    ("attach", "taker"),
    ("audit", "expires_at"),
    ("session", "signed_out_at"),
    ("timer", "queued_at"),
];

/// The members of a type, as its source has them.
fn members(file: &str, name: &str) -> BTreeSet<String> {
    let path = format!("{}/../../shared/src/{file}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    let head = format!("struct {name} {{\n");
    let body = text.split(&head).nth(1).unwrap_or_else(|| panic!("{name}"));
    let body = body.split("\n}").next().unwrap();
    let mut is_flat = false;
    let mut members = BTreeSet::new();
    for line in body.lines().map(str::trim) {
        // The members of another type, or none of the row's.
        if line.starts_with("#[serde(flatten)]") || line.starts_with("#[serde(skip)]") {
            is_flat = true;
        }
        let Some((member, _)) = line
            .split_once(": ")
            .filter(|_| !line.starts_with(['/', '#']))
        else {
            continue;
        };
        let member = member
            .trim_start_matches("pub(super) ")
            .trim_start_matches("pub ");
        if !std::mem::take(&mut is_flat) {
            members.insert(member.to_owned());
        }
    }
    members
}

#[test]
fn the_document_names_every_attribute_of_every_kind_of_row() {
    let mut all = written();
    for (kind, file, name) in TYPES {
        let attributes = all.entry(kind.to_owned()).or_default();
        attributes.extend(members(file, name));
    }
    for (kind, name) in UPDATED {
        all.entry(kind.to_owned())
            .or_default()
            .insert(name.to_owned());
    }
    let told = told();
    let kinds = |all: &Attributes| all.keys().cloned().collect::<Vec<_>>();
    assert_eq!(kinds(&all), kinds(&told));
    for (kind, attributes) in &all {
        let missing: Vec<_> = attributes.difference(&told[kind]).collect();
        assert!(missing.is_empty(), "{kind}: the document lacks {missing:?}");
        let others: Vec<_> = told[kind].difference(attributes).collect();
        assert!(others.is_empty(), "{kind}: no row of it has {others:?}");
    }
}

/// A kind of row that is new is told there too.
#[test]
fn the_document_names_every_kind_of_key() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../shared/src/store/keys.rs"
    );
    let keys = std::fs::read_to_string(path).unwrap();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../ARCHITECTURE.md");
    let architecture = std::fs::read_to_string(path).unwrap();
    let consts = keys
        .lines()
        .filter_map(|line| line.split_once("&str = \"@"))
        // The end of a range, and no key.
        .filter(|(_, key)| !key.contains('\\'));
    for (_, key) in consts {
        let key = key.trim_end_matches("\";");
        assert!(architecture.contains(&format!("`@{key}")), "@{key}");
    }
}
