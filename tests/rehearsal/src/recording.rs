//! What the functions have called, as the accesses that IAM decides about.

use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use crate::aws::REGION;
use crate::error::{Failed, because};
use crate::policy::Access;

/// The account of the emulator of AWS.
const ACCOUNT: &str = "000000000000";

/// A call of a function, as aws.py writes it down.
#[derive(Debug, Deserialize)]
struct Called {
    function: String,
    target: String,
    request: Value,
}

/// A function's accesses by one call.
#[derive(Debug)]
pub(crate) struct Call {
    /// The function's name in AWS.
    pub(crate) function: String,
    pub(crate) accesses: Vec<Access>,
}

/// All calls so far, in their order.
pub(crate) fn read(path: &Path) -> Result<Vec<Call>, Failed> {
    let text = std::fs::read_to_string(path).map_err(because("the recording"))?;
    // The last line may be half written.
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    whole.lines().map(call).collect()
}

fn call(line: &str) -> Result<Call, Failed> {
    let called: Called = serde_json::from_str(line).map_err(because("the recording"))?;
    let (service, action) = called
        .target
        .split_once('.')
        .unwrap_or(("", &called.target));
    let accesses = match service {
        "DynamoDB_20120810" => of_dynamodb(action, &called.request),
        "AmazonSQS" => vec![access(
            &format!("sqs:{}", action.trim_end_matches("Batch")),
            queue(&called.request),
        )],
        "secretsmanager" => vec![access(
            &format!("secretsmanager:{action}"),
            text(&called.request, "SecretId"),
        )],
        _ => return Err(Failed(format!("a call that is not understood: {line}"))),
    };
    Ok(Call {
        function: called.function,
        accesses,
    })
}

/// A transaction needs the right for each of its parts, and none of its own.
fn of_dynamodb(action: &str, request: &Value) -> Vec<Access> {
    let on = |action: &str, request: &Value| access(&format!("dynamodb:{action}"), table(request));
    let items = request["TransactItems"].as_array().into_iter().flatten();
    match action {
        "TransactWriteItems" => items
            .flat_map(|item| item.as_object().into_iter().flatten())
            .map(|(part, request)| {
                let action = match part.as_str() {
                    "ConditionCheck" => "ConditionCheckItem",
                    "Delete" => "DeleteItem",
                    "Put" => "PutItem",
                    _ => "UpdateItem",
                };
                on(action, request)
            })
            .collect(),
        "TransactGetItems" => items.map(|item| on("GetItem", &item["Get"])).collect(),
        "BatchGetItem" | "BatchWriteItem" => {
            let tables = request["RequestItems"].as_object().into_iter().flatten();
            tables
                .map(|(name, _)| access(&format!("dynamodb:{action}"), table_named(name)))
                .collect()
        }
        _ => vec![on(action, request)],
    }
}

fn access(action: &str, resource: String) -> Access {
    Access {
        action: action.to_owned(),
        resource,
    }
}

/// The table, or the index of it that is asked.
fn table(request: &Value) -> String {
    let table = table_named(&text(request, "TableName"));
    match request["IndexName"].as_str() {
        Some(index) => format!("{table}/index/{index}"),
        None => table,
    }
}

fn table_named(name: &str) -> String {
    format!("arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{name}")
}

fn queue(request: &Value) -> String {
    let url = text(request, "QueueUrl");
    let name = url.rsplit('/').next().unwrap_or_default();
    format!("arn:aws:sqs:{REGION}:{ACCOUNT}:{name}")
}

fn text(request: &Value, name: &str) -> String {
    request[name].as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn accesses(target: &str, request: &Value) -> Vec<String> {
        let line = json!({"function": "f", "target": target, "request": request}).to_string();
        let accesses = call(&line).unwrap().accesses;
        accesses
            .iter()
            .map(|it| format!("{} {}", it.action, it.resource))
            .collect()
    }

    #[test]
    fn a_transaction_is_its_parts() {
        let items = json!({"TransactItems": [
            {"Put": {"TableName": "t"}},
            {"ConditionCheck": {"TableName": "t"}},
        ]});
        assert_eq!(
            accesses("DynamoDB_20120810.TransactWriteItems", &items),
            [
                "dynamodb:PutItem arn:aws:dynamodb:us-east-1:000000000000:table/t",
                "dynamodb:ConditionCheckItem arn:aws:dynamodb:us-east-1:000000000000:table/t",
            ]
        );
    }

    #[test]
    fn an_index_is_a_resource_of_its_own() {
        assert_eq!(
            accesses(
                "DynamoDB_20120810.Query",
                &json!({"TableName": "t", "IndexName": "bots"})
            ),
            ["dynamodb:Query arn:aws:dynamodb:us-east-1:000000000000:table/t/index/bots"]
        );
    }

    #[test]
    fn a_batch_for_a_queue_needs_the_right_of_one_message() {
        let request = json!({"QueueUrl": "http://localhost:1/000000000000/q.fifo"});
        assert_eq!(
            accesses("AmazonSQS.SendMessageBatch", &request),
            ["sqs:SendMessage arn:aws:sqs:us-east-1:000000000000:q.fifo"]
        );
    }

    #[test]
    fn a_call_of_another_service_is_an_error() {
        assert!(call(r#"{"function": "f", "target": "Kms.Sign", "request": {}}"#).is_err());
    }
}
