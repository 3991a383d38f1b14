//! What people have written, and who they are, taken out of JSON that is kept: its form stays, so
//! that whoever reads it can go on.

use serde_json::{Map, Value, json};

/// What no module may mistake for something that a user wrote.
pub(super) const NOTHING: &str = "{}";

/// An event's JSON without what its message holds. What cannot be read as JSON is dropped.
pub fn without_message(raw: &str) -> String {
    let Ok(Value::Object(mut event)) = serde_json::from_str(raw) else {
        return NOTHING.to_owned();
    };
    if let Some(message) = event.get_mut("message") {
        *message = emptied(message);
    }
    Value::Object(event).to_string()
}

/// A text stays a text, without characters; of all else only the id and the kind are left.
fn emptied(message: &Value) -> Value {
    let kept = ["id", "type"].into_iter();
    let kept = kept.filter_map(|name| Some((name.to_owned(), message.get(name)?.clone())));
    let mut kept: Map<String, Value> = kept.collect();
    if message["type"] == "text" {
        kept.insert("text".into(), "".into());
    }
    Value::Object(kept)
}

/// A message that was to be sent: its kind alone.
pub(super) fn kind_alone(message: &Value) -> Value {
    match message.get("type") {
        Some(kind) => json!({ "type": kind }),
        None => json!({}),
    }
}

/// Some JSON with each of its texts, names of members too, as `change` makes it. What is no JSON
/// is one text.
pub fn with_texts(json: &str, change: &dyn Fn(&str) -> String) -> String {
    match serde_json::from_str::<Value>(json) {
        Ok(value) => changed(value, change).to_string(),
        Err(_) => change(json),
    }
}

/// The same of a value.
pub fn changed(value: Value, change: &dyn Fn(&str) -> String) -> Value {
    match value {
        Value::String(text) => Value::String(change(&text)),
        Value::Array(values) => values.into_iter().map(|it| changed(it, change)).collect(),
        Value::Object(members) => members
            .into_iter()
            .map(|(name, value)| (change(&name), changed(value, change)))
            .collect(),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_message_its_id_and_kind_are_left() {
        let text = r#"{"type":"message","source":{"userId":"U1"},"message":{"type":"text","id":"9","text":"a wish","emojis":[],"quoteToken":"q"}}"#;
        let emptied: Value = serde_json::from_str(&without_message(text)).unwrap();
        assert_eq!(
            emptied["message"],
            json!({"type": "text", "id": "9", "text": ""})
        );
        assert_eq!(emptied["source"]["userId"], "U1");
        let file = r#"{"message":{"type":"file","id":"9","fileName":"a wish.pdf"}}"#;
        assert!(!without_message(file).contains("wish"));
        for raw in [r#"{"message":{"text":"a wi"#, "7", r#""a wish""#] {
            assert_eq!(without_message(raw), "{}");
        }
        assert_eq!(
            without_message(&without_message(text)),
            without_message(text)
        );
    }

    #[test]
    fn texts_are_changed_wherever_they_stand() {
        let change = |text: &str| text.replace("U1", "x");
        let changed = with_texts(r#"{"U1":["U1",{"a":"to U1"},7]}"#, &change);
        assert_eq!(changed, r#"{"x":["x",{"a":"to x"},7]}"#);
        assert_eq!(with_texts("not U1's JSON", &change), "not x's JSON");
    }
}
