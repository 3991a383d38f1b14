//! What a function's answer says of its batch.

use std::collections::HashSet;

use serde_json::Value;

use sqs::ReceivedMessage;

/// The messages that are done, or why the answer says nothing and so the whole batch has failed.
pub(super) fn done<'m>(
    answer: &Value,
    messages: &'m [ReceivedMessage],
) -> Result<Vec<&'m ReceivedMessage>, &'static str> {
    let failed = failed(answer)?;
    let known = |id: &&str| messages.iter().any(|message| message.message_id == **id);
    if !failed.iter().all(known) {
        return Err("itemIdentifier is of no message of the batch");
    }
    let done = messages.iter();
    Ok(done
        .filter(|message| !failed.contains(message.message_id.as_str()))
        .collect())
}

/// The ids in the answer. No answer, an empty one and an empty list all mean that nothing failed.
fn failed(answer: &Value) -> Result<HashSet<&str>, &'static str> {
    let failures = match answer {
        Value::Null => return Ok(HashSet::new()),
        Value::Object(members) => members.get("batchItemFailures").unwrap_or(&Value::Null),
        _ => return Err("the answer is no object"),
    };
    match failures {
        Value::Null => Ok(HashSet::new()),
        Value::Array(failures) => failures.iter().map(identifier).collect(),
        _ => Err("batchItemFailures is no list"),
    }
}

fn identifier(failure: &Value) -> Result<&str, &'static str> {
    match failure["itemIdentifier"].as_str() {
        None | Some("") => Err("a failure has no itemIdentifier"),
        Some(id) => Ok(id),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;

    fn message(id: &str) -> ReceivedMessage {
        ReceivedMessage {
            message_id: id.to_owned(),
            receipt_handle: String::new(),
            body: String::new(),
            body_md5: String::new(),
            system_attributes: BTreeMap::new(),
            attributes: BTreeMap::new(),
        }
    }

    fn ids(answer: &Value) -> Result<Vec<String>, &'static str> {
        let messages = [message("a"), message("b"), message("c")];
        let done = done(answer, &messages)?;
        Ok(done.iter().map(|m| m.message_id.clone()).collect())
    }

    #[test]
    fn an_answer_without_failures_is_all_done() {
        for answer in [
            json!(null),
            json!({}),
            json!({"batchItemFailures": null}),
            json!({"batchItemFailures": []}),
        ] {
            assert_eq!(ids(&answer).unwrap(), ["a", "b", "c"], "{answer}");
        }
    }

    #[test]
    fn what_is_listed_is_not_done() {
        let answer =
            json!({"batchItemFailures": [{"itemIdentifier": "c"}, {"itemIdentifier": "a"}]});
        assert_eq!(ids(&answer).unwrap(), ["b"]);
    }

    #[test]
    fn an_answer_that_makes_no_sense_is_nothing_done() {
        for answer in [
            json!("done"),
            json!([]),
            json!({"batchItemFailures": "a"}),
            json!({"batchItemFailures": ["a"]}),
            json!({"batchItemFailures": [{"itemIdentifier": ""}]}),
            json!({"batchItemFailures": [{"itemIdentifier": null}]}),
            json!({"batchItemFailures": [{"messageId": "a"}]}),
            json!({"batchItemFailures": [{"itemIdentifier": "a"}, {"itemIdentifier": "x"}]}),
        ] {
            assert!(ids(&answer).is_err(), "{answer}");
        }
    }
}
