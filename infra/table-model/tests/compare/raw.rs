//! Random calls as JSON.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::{Just, Strategy, any};
use proptest::prop_oneof;
use proptest::sample::select;
use serde_json::{Map, Value, json};

use super::expressions::{add_aliases, attributes, condition, update};
use super::twin::Twin;

/// A call but for the table's name.
#[derive(Debug, Clone)]
pub(super) struct RawCall {
    operation: &'static str,
    body: Value,
}

impl RawCall {
    pub(super) async fn make(&self, twin: &Twin) {
        let mut body = self.body.clone();
        name_table(&mut body, &twin.table);
        twin.call(self.operation, &body).await;
    }
}

/// Puts the table's name where each operation has it. Request tokens are of all
/// tables together, and so get it too.
fn name_table(body: &mut Value, table: &str) {
    if let Some(token) = body["ClientRequestToken"].as_str() {
        body["ClientRequestToken"] = json!(format!("{table} {token}"));
    }
    let actions = body.get_mut("TransactItems");
    if let Some(actions) = actions.and_then(Value::as_array_mut) {
        let actions = actions.iter_mut().filter_map(Value::as_object_mut);
        for action in actions.flat_map(Map::values_mut) {
            action["TableName"] = json!(table);
        }
    } else if let Some(keys) = body.as_object_mut().and_then(|body| body.remove("Keys")) {
        body["RequestItems"] = json!({table: {"Keys": keys, "ConsistentRead": true}});
    } else {
        body["TableName"] = json!(table);
    }
}

/// Few keys, so that calls meet.
fn key() -> impl Strategy<Value = Value> + Clone {
    let bots = select(vec!["U1", "U1", "U1", "U2"]);
    let chats = select(vec!["@bot", "C1", "C1#e1", "C1#e1", "@m#k1"]);
    (bots, chats).prop_map(|(bot, chat)| json!({"bot_id": {"S": bot}, "chat_id": {"S": chat}}))
}

/// A key that is none.
fn odd_key() -> impl Strategy<Value = Value> {
    select(vec![
        json!({"bot_id": {"S": "U1"}}),
        json!({"bot_id": {"S": "U1"}, "chat_id": {"N": "1"}}),
        json!({"bot_id": {"S": "U1"}, "chat_id": {"S": ""}}),
        json!({"bot_id": {"S": ""}, "chat_id": {"S": "C1"}}),
        json!({"bot_id": {"S": "U1"}, "chat_id": {"S": "x".repeat(1025)}}),
    ])
}

fn any_key() -> impl Strategy<Value = Value> {
    prop_oneof![20 => key(), 1 => odd_key()]
}

pub(super) fn call() -> impl Strategy<Value = RawCall> {
    let returns = |all: Vec<&'static str>| option::weighted(0.5, select(all));
    let put = (
        write(put_action()),
        returns(vec!["NONE", "ALL_OLD", "ALL_NEW"]),
    );
    let update = (
        write(update_action()),
        returns(vec!["NONE", "ALL_OLD", "ALL_NEW"]),
    );
    let delete = (write(delete_action()), returns(vec!["NONE", "ALL_OLD"]));
    prop_oneof![
        160 => put.prop_map(|(body, returns)| returning("PutItem", body, returns)),
        240 => update.prop_map(|(body, returns)| returning("UpdateItem", body, returns)),
        80 => delete.prop_map(|(body, returns)| returning("DeleteItem", body, returns)),
        160 => transaction(),
        40 => any_key().prop_map(|key| plain("GetItem", json!({"Key": key, "ConsistentRead": true}))),
        40 => vec(any_key(), 1..5).prop_map(|keys| plain("BatchGetItem", json!({"Keys": keys}))),
        80 => query(),
        1 => large_put(),
    ]
}

fn plain(operation: &'static str, body: Value) -> RawCall {
    RawCall { operation, body }
}

fn returning(operation: &'static str, mut body: Value, returns: Option<&str>) -> RawCall {
    if let Some(returns) = returns {
        body["ReturnValues"] = json!(returns);
    }
    plain(operation, body)
}

fn put_action() -> impl Strategy<Value = Value> {
    (any_key(), attributes()).prop_map(|(mut item, attributes)| {
        if let Some(item) = item.as_object_mut() {
            item.extend(attributes);
        }
        json!({"Item": item})
    })
}

fn update_action() -> impl Strategy<Value = Value> {
    (any_key(), update()).prop_map(|(key, update)| match update.as_str() {
        "" => json!({"Key": key}),
        update => json!({"Key": key, "UpdateExpression": update}),
    })
}

fn delete_action() -> impl Strategy<Value = Value> {
    any_key().prop_map(|key| json!({"Key": key}))
}

/// A write with a condition, perhaps, and its aliases.
fn write(action: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
    let condition = option::weighted(0.35, condition());
    (action, condition, any::<bool>(), unused()).prop_map(|(mut body, condition, old, unused)| {
        if let Some(condition) = condition {
            body["ConditionExpression"] = json!(condition);
        }
        if old {
            body["ReturnValuesOnConditionCheckFailure"] = json!("ALL_OLD");
        }
        add_aliases(&mut body, unused);
        body
    })
}

fn unused() -> impl Strategy<Value = bool> {
    prop_oneof![15 => Just(false), 1 => Just(true)]
}

fn transaction() -> impl Strategy<Value = RawCall> {
    let check = (any_key(), condition(), unused()).prop_map(|(key, condition, unused)| {
        let mut body = json!({"Key": key, "ConditionExpression": condition});
        add_aliases(&mut body, unused);
        body
    });
    let action = prop_oneof![
        4 => write(put_action()).prop_map(|body| json!({"Put": body})),
        3 => write(update_action()).prop_map(|body| json!({"Update": body})),
        1 => write(delete_action()).prop_map(|body| json!({"Delete": body})),
        1 => check.prop_map(|body| json!({"ConditionCheck": body})),
    ];
    let token = option::weighted(0.3, select(vec!["one", "two"]));
    (vec(action, 1..4), token).prop_map(|(actions, token)| {
        let mut body = json!({"TransactItems": actions});
        if let Some(token) = token {
            body["ClientRequestToken"] = json!(token);
        }
        plain("TransactWriteItems", body)
    })
}

fn query() -> impl Strategy<Value = RawCall> {
    let table = select(vec![
        "bot_id = :hash",
        "bot_id = :hash AND begins_with(chat_id, :text)",
        "bot_id = :hash AND chat_id > :text",
        "bot_id = :hash AND chat_id <= :text",
        "(bot_id = :hash) AND (chat_id BETWEEN :text AND :later)",
        "chat_id = :text AND bot_id = :hash",
        "bot_id = :hash AND chat_id = :number",
        "bot_id > :hash",
        "bot_id = :hash AND a = :text",
        "bot_id = :hash OR chat_id = :text",
    ])
    .prop_map(|condition| (None, condition));
    let bots = select(vec!["listed = :bot", "listed = :bot AND bot_id = :hash"])
        .prop_map(|condition| (Some("bots"), condition));
    let parked = select(vec![
        "parked = :parked",
        "parked = :parked AND parked_at >= :number",
        "parked = :parked AND parked_at < :text",
    ])
    .prop_map(|condition| (Some("parked"), condition));
    let which = prop_oneof![table, bots, parked];
    let start = option::weighted(0.3, start_key());
    let limit = option::weighted(0.5, 1..4_u32);
    (which, any::<bool>(), limit, start).prop_map(|((index, condition), forward, limit, start)| {
        let mut body = json!({"KeyConditionExpression": condition, "ScanIndexForward": forward});
        body["ExpressionAttributeValues"] = key_values(condition);
        for (member, value) in [
            ("IndexName", json!(index)),
            ("Limit", json!(limit)),
            ("ExclusiveStartKey", json!(start)),
        ] {
            if !value.is_null() {
                body[member] = value;
            }
        }
        plain("Query", body)
    })
}

fn key_values(condition: &str) -> Value {
    let all = [
        (":hash", json!({"S": "U1"})),
        (":text", json!({"S": "C1"})),
        (":later", json!({"S": "C1#f"})),
        (":number", json!({"N": "1.50"})),
        (":bot", json!({"S": "bot"})),
        (":parked", json!({"S": "parked"})),
    ];
    let words: Vec<_> = condition.split([' ', ',', '(', ')']).collect();
    let used = all.into_iter().filter(|(alias, _)| words.contains(alias));
    used.map(|(alias, value)| (alias.to_owned(), value))
        .collect::<Map<_, _>>()
        .into()
}

/// Where a page may begin; what belongs to an index does not fit the table.
fn start_key() -> impl Strategy<Value = Value> {
    let of_index = select(vec![
        json!({}),
        json!({}),
        json!({"listed": {"S": "bot"}}),
        json!({"parked": {"S": "parked"}, "parked_at": {"N": "1.5"}}),
    ]);
    (key(), of_index).prop_map(|(mut key, of_index)| {
        if let (Some(key), Value::Object(more)) = (key.as_object_mut(), of_index) {
            key.extend(more);
        }
        key
    })
}

/// An item as large as one may be, or a byte larger. Two fit into a page.
fn large_put() -> impl Strategy<Value = RawCall> {
    (select(vec!["C1", "C2", "C3"]), any::<bool>()).prop_map(|(chat, fits)| put_large(chat, fits))
}

/// Fills pages by their bytes, and tries what is a byte too large.
pub(super) fn large_puts() -> Vec<RawCall> {
    let puts = [("C1", true), ("C2", true), ("C3", true), ("C4", false)];
    puts.map(|(chat, fits)| put_large(chat, fits)).into()
}

/// Puts the largest item that fits, or one of a byte more.
fn put_large(chat: &str, fits: bool) -> RawCall {
    let names_and_keys = ["bot_id", "U1", "chat_id", chat, "a"].concat().len();
    let size = 400 * 1024 - names_and_keys + usize::from(!fits);
    let item = json!({
        "bot_id": {"S": "U1"},
        "chat_id": {"S": chat},
        "a": {"S": "x".repeat(size)},
    });
    plain("PutItem", json!({"Item": item}))
}
