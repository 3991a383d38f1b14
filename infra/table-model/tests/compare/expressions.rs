//! Random expressions over few paths and values, so that they often fit the rows.

use proptest::collection::vec;
use proptest::prelude::{Just, Strategy};
use proptest::sample::select;
use proptest::{option, prop_oneof};
use serde_json::{Map, Value, json};

/// Paths that fit a row more often than not.
const PLAIN: [&str; 9] = [
    "a",
    "b",
    "c",
    "#open",
    "effects",
    "m",
    "version",
    "writes",
    "expires_at",
];
/// Paths that fit seldom, and those of the indexes.
const ODD: [&str; 11] = [
    "effects[0]",
    "effects[1]",
    "effects[5]",
    "m.x",
    "m.#y",
    "m.x.z",
    "effects[0].state",
    "parked",
    "parked_at",
    "listed",
    "a.b",
];

/// What the aliases of paths stand for.
const NAMES: [(&str, &str); 2] = [("#open", "open"), ("#y", "y")];

/// Values, each by its alias.
pub(super) fn values() -> Vec<(&'static str, Value)> {
    vec![
        (":a", json!({"S": "a"})),
        (":ab", json!({"S": "ab"})),
        (":empty", json!({"S": ""})),
        (":parked", json!({"S": "parked"})),
        (":bot", json!({"S": "bot"})),
        (":zero", json!({"N": "0"})),
        (":one", json!({"N": "1"})),
        (":onePointNil", json!({"N": "1.0"})),
        (":two", json!({"N": "2"})),
        (":half", json!({"N": "-2.50"})),
        (":many", json!({"N": "12345678901234567890"})),
        (":ss", json!({"SS": ["b", "a"]})),
        (":sa", json!({"SS": ["a"]})),
        (":ns", json!({"NS": ["2", "10", "1.0"]})),
        (":n1", json!({"NS": ["1"]})),
        (":bs", json!({"BS": ["YQ==", "Yg=="]})),
        (":bytes", json!({"B": "YWI="})),
        (":yes", json!({"BOOL": true})),
        (":null", json!({"NULL": true})),
        (
            ":list",
            json!({"L": [{"N": "1"}, {"M": {"state": {"S": "a"}}}]}),
        ),
        (":none", json!({"L": []})),
        (":map", json!({"M": {"x": {"N": "1.0"}, "y": {"S": "a"}}})),
    ]
}

/// Values that have an order. DynamoDB refuses the others beside `<` and BETWEEN;
/// the local one does not.
const ORDERED: [&str; 9] = [
    ":a",
    ":ab",
    ":empty",
    ":zero",
    ":one",
    ":onePointNil",
    ":two",
    ":half",
    ":bytes",
];

fn path() -> impl Strategy<Value = &'static str> + Clone {
    prop_oneof![3 => select(PLAIN.as_slice()), 1 => select(ODD.as_slice())]
}

fn value() -> impl Strategy<Value = &'static str> + Clone {
    let aliases: Vec<_> = values().into_iter().map(|(alias, _)| alias).collect();
    select(aliases)
}

fn ordered() -> impl Strategy<Value = &'static str> + Clone {
    select(ORDERED.as_slice())
}

pub(super) fn condition() -> impl Strategy<Value = String> {
    let sign = select(vec!["<", "<=", ">", ">="]);
    let equality = select(vec!["=", "<>"]);
    let leaf = prop_oneof![
        3 => (path(), equality.clone(), value()).prop_map(|(p, s, v)| format!("{p} {s} {v}")),
        3 => (path(), sign.clone(), ordered()).prop_map(|(p, s, v)| format!("{p} {s} {v}")),
        1 => (path(), sign.clone(), path())
            // DynamoDB refuses to compare a path with itself; the local one does not.
            .prop_filter("one path", |(one, _, two)| one != two)
            .prop_map(|(one, s, two)| format!("{one} {s} {two}")),
        2 => (path(), equality, select(vec![":zero", ":one", ":two"]))
            .prop_map(|(p, s, v)| format!("size({p}) {s} {v}")),
        1 => (ordered(), sign, path()).prop_map(|(v, s, p)| format!("{v} {s} {p}")),
        2 => (path(), ordered(), ordered()).prop_map(|(p, l, h)| format!("{p} BETWEEN {l} AND {h}")),
        2 => (path(), vec(value(), 1..4)).prop_map(|(p, vs)| format!("{p} IN ({})", vs.join(", "))),
        3 => path().prop_map(|p| format!("attribute_exists({p})")),
        3 => path().prop_map(|p| format!("attribute_not_exists({p})")),
        2 => (path(), value()).prop_map(|(p, v)| format!("begins_with({p}, {v})")),
        3 => (path(), value()).prop_map(|(p, v)| format!("contains({p}, {v})")),
        9 => select(vec!["attribute_exists(chat_id)", "attribute_not_exists(chat_id)"])
            .prop_map(str::to_owned),
        // What cannot be read.
        1 => select(vec!["a =", "a = :a AND", "((a = :a))", "nope(a)", "status = :a", "a == :a", "", "a = :undefined", "#undefined = :a", "a = :a b"])
            .prop_map(str::to_owned),
    ];
    leaf.prop_recursive(3, 8, 2, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(one, two)| format!("{one} AND {two}")),
            (inner.clone(), inner.clone()).prop_map(|(one, two)| format!("{one} OR {two}")),
            inner.clone().prop_map(|inner| format!("NOT {inner}")),
            inner.prop_map(|inner| format!("({inner})")),
        ]
    })
}

fn term() -> impl Strategy<Value = String> {
    let number = select(vec![":one", ":two", ":half", ":a"]);
    prop_oneof![
        12 => value().prop_map(str::to_owned),
        2 => path().prop_map(str::to_owned),
        2 => (path(), number.clone()).prop_map(|(p, n)| format!("{p} + {n}")),
        2 => (path(), number.clone()).prop_map(|(p, n)| format!("{p} - {n}")),
        2 => (path(), value()).prop_map(|(p, v)| format!("if_not_exists({p}, {v})")),
        2 => (path(), number).prop_map(|(p, n)| format!("if_not_exists({p}, :zero) + {n}")),
        2 => (path(), select(vec![":list", ":none", ":a"])).prop_map(|(p, l)| format!("list_append({p}, {l})")),
        1 => path().prop_map(|p| format!("list_append(:list, {p})")),
    ]
}

pub(super) fn update() -> impl Strategy<Value = String> {
    let assignment = prop_oneof![
        8 => (path(), term()).prop_map(|(p, t)| format!("{p} = {t}")),
        1 => select(vec!["effects[5] = :a", "m.y = :one"]).prop_map(str::to_owned),
    ];
    let set = vec(assignment, 1..3).prop_map(|all| format!("SET {}", all.join(", ")));
    let remove = vec(path(), 1..3).prop_map(|all| format!("REMOVE {}", all.join(", ")));
    let added = select(vec![
        ":one", ":half", ":ss", ":sa", ":ns", ":n1", ":bs", ":a",
    ]);
    let fitting = vec!["version :one", "#open :sa", "#open :ss", "writes :half"];
    let add = prop_oneof![
        2 => select(fitting).prop_map(|add| format!("ADD {add}")),
        1 => (path(), added).prop_map(|(p, v)| format!("ADD {p} {v}")),
    ];
    let deleted = select(vec![":ss", ":sa", ":ns", ":n1", ":bs", ":one"]);
    let delete = prop_oneof![
        2 => select(vec!["DELETE #open :sa", "DELETE #open :ss"]).prop_map(str::to_owned),
        1 => (path(), deleted).prop_map(|(p, v)| format!("DELETE {p} {v}")),
    ];
    let sections = (
        option::weighted(0.8, set),
        option::weighted(0.15, remove),
        option::weighted(0.2, add),
        option::weighted(0.15, delete),
    );
    let whole = sections.prop_map(|(set, remove, add, delete)| {
        let sections = [set, remove, add, delete].into_iter().flatten();
        sections.collect::<Vec<_>>().join(" ")
    });
    let odd = select(vec![
        "SET a",
        "SET a = :a SET b = :a",
        "SET chat_id = :a",
        "REMOVE bot_id",
        "UPDATE a = :a",
        "SET a = :a, a = :ab",
        "ADD a b",
        "SET a = nope(b)",
        "SET value = :a",
    ]);
    prop_oneof![
        12 => whole,
        1 => odd.prop_map(str::to_owned),
    ]
}

/// The attributes of an item, without its key.
pub(super) fn attributes() -> impl Strategy<Value = Map<String, Value>> {
    let values = select(
        values()
            .into_iter()
            .map(|(_, value)| value)
            .collect::<Vec<_>>(),
    );
    let names = select(vec![
        "a", "b", "c", "open", "effects", "m", "version", "writes",
    ]);
    let free = (names, values.clone());
    let set = (
        Just("open"),
        select(vec![json!({"SS": ["a", "b"]}), json!({"SS": ["a"]})]),
    );
    let list = (
        Just("effects"),
        Just(json!({"L": [{"M": {"state": {"S": "a"}}}, {"N": "2"}]})),
    );
    let map = (
        Just("m"),
        Just(json!({"M": {"x": {"M": {"z": {"N": "1"}}}, "y": {"S": "a"}}})),
    );
    let indexed = prop_oneof![
        4 => Just(("parked", json!({"S": "parked"}))),
        4 => select(vec!["1", "2", "1.50", "-3"]).prop_map(|n| ("parked_at", json!({"N": n}))),
        4 => Just(("listed", json!({"S": "bot"}))),
        1 => (select(vec!["parked", "parked_at", "listed"]), values),
    ];
    let attribute = prop_oneof![4 => free, 2 => set, 2 => list, 2 => map, 3 => indexed];
    vec(attribute, 0..6).prop_map(|all| {
        let all = all.into_iter();
        all.map(|(name, value)| (name.to_owned(), value)).collect()
    })
}

/// Adds the aliases that the expressions of a request use, and rarely one that none uses.
pub(super) fn add_aliases(request: &mut Value, with_unused: bool) {
    let text = ["ConditionExpression", "UpdateExpression"]
        .map(|member| request[member].as_str().unwrap_or_default().to_owned())
        .join(" ");
    let words: Vec<_> = text
        .split(|c: char| !c.is_ascii_alphanumeric() && !"#:_".contains(c))
        .collect();
    let used = |alias: &str| words.contains(&alias) || (with_unused && alias == ":null");
    let names: Map<_, _> = NAMES
        .iter()
        .filter(|(alias, _)| used(alias))
        .map(|(alias, name)| ((*alias).to_owned(), json!(name)))
        .collect();
    let values: Map<_, _> = values()
        .into_iter()
        .filter(|(alias, _)| used(alias))
        .map(|(alias, value)| (alias.to_owned(), value))
        .collect();
    for (member, aliases) in [
        ("ExpressionAttributeNames", names),
        ("ExpressionAttributeValues", values),
    ] {
        if !aliases.is_empty() {
            request[member] = Value::Object(aliases);
        }
    }
}
