//! Whether something is as expected.

use serde_json::{Map, Value};

use super::file::Expect;

/// Whether an API call, webhook or entry of the state is one that is expected.
pub(super) fn fits(expect: &Expect, thing: &Value) -> bool {
    let call = expect
        .call
        .as_deref()
        .is_none_or(|call| is_call(call, thing));
    let kind = expect
        .webhook
        .as_deref()
        .is_none_or(|kind| has_event(kind, thing));
    let verdict = expect
        .trace
        .as_deref()
        .is_none_or(|verdict| thing["verdict"] == verdict);
    let text = expect
        .contains
        .as_deref()
        .is_none_or(|text| holds(text, thing));
    call && kind && verdict && text && has_all(&expect.members, thing)
}

fn is_call(call: &str, thing: &Value) -> bool {
    let Some((method, path)) = call.split_once(' ') else {
        return false;
    };
    let given = thing["path"].as_str().unwrap_or_default();
    let (wanted, given): (Vec<&str>, Vec<&str>) =
        (path.split('/').collect(), given.split('/').collect());
    let same = |(want, part): (&&str, &&str)| *want == "*" || want == part;
    thing["method"] == method && wanted.len() == given.len() && wanted.iter().zip(&given).all(same)
}

fn has_event(kind: &str, thing: &Value) -> bool {
    let json = thing["body"].as_str().unwrap_or_default();
    let body: Value = serde_json::from_str(json).unwrap_or_default();
    let events = body["events"].as_array();
    events
        .into_iter()
        .flatten()
        .any(|event| event["type"] == kind)
}

/// Whether a text stands in any string of a value.
fn holds(text: &str, thing: &Value) -> bool {
    match thing {
        Value::String(string) => string.contains(text),
        Value::Array(list) => list.iter().any(|entry| holds(text, entry)),
        Value::Object(members) => members.values().any(|value| holds(text, value)),
        _ => false,
    }
}

/// Whether a value has these members, and those of its objects the ones given of them.
fn has_all(members: &Map<String, Value>, thing: &Value) -> bool {
    members
        .iter()
        .all(|(name, wanted)| match (wanted, thing.get(name)) {
            (Value::Object(inner), Some(value)) => has_all(inner, value),
            (wanted, Some(value)) => wanted == value,
            (_, None) => false,
        })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Expect, fits};

    fn expect(value: serde_json::Value) -> Expect {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn a_call_fits_by_method_path_members_and_text() {
        let call = json!({
            "method": "POST", "path": "/v2/bot/message/push", "status": 200,
            "request": {"to": "LUa", "messages": [{"type": "text", "text": "はい、どうぞ"}]},
        });
        let yes = [
            json!({"call": "POST /v2/bot/message/push"}),
            json!({"call": "POST /v2/bot/message/*", "contains": "はい"}),
            json!({"call": "POST /v2/bot/message/*", "is": {"status": 200, "request": {"to": "LUa"}}}),
        ];
        let no = [
            json!({"call": "GET /v2/bot/message/push"}),
            json!({"call": "POST /v2/bot/message"}),
            json!({"call": "POST /v2/bot/message/*", "contains": "いいえ"}),
            json!({"call": "POST /v2/bot/message/*", "is": {"status": 409}}),
        ];
        assert!(yes.into_iter().all(|value| fits(&expect(value), &call)));
        assert!(!no.into_iter().any(|value| fits(&expect(value), &call)));
    }

    #[test]
    fn a_webhook_fits_by_its_events() {
        let body = json!({"events": [{"type": "message"}, {"type": "follow"}]}).to_string();
        let webhook = json!({"status": 200, "body": body});
        assert!(fits(&expect(json!({"webhook": "follow"})), &webhook));
        assert!(!fits(&expect(json!({"webhook": "join"})), &webhook));
    }
}
