//! What DynamoDB refuses, in its words and its JSON.

use serde_json::{Value as Json, json};

use crate::number::Wrong;
use crate::value::Item;

/// Why a call is refused.
#[derive(Debug, Clone)]
pub(super) enum Failure {
    /// The request is wrong, or does not fit what it is for.
    Validation(String),
    /// A key is an empty text, which ends a whole transaction.
    EmptyKey(String),
    /// The condition does not hold. With the item, if that was asked for.
    Condition(Option<Item>),
    /// A transaction, with a reason for each of its actions.
    Cancelled(Vec<Option<Failure>>),
    /// Anything else, by its code.
    Other(&'static str, String),
}

impl From<Wrong> for Failure {
    fn from(Wrong(message): Wrong) -> Self {
        Self::Validation(message)
    }
}

const CONDITION: &str = "The conditional request failed";

impl Failure {
    pub(super) fn validation(message: &str) -> Self {
        Self::Validation(message.to_owned())
    }

    pub(super) fn serialization(message: &str) -> Self {
        Self::Other("SerializationException", message.to_owned())
    }

    /// The answer: status and body.
    pub(super) fn answer(self) -> (u16, Vec<u8>) {
        let code = self.code();
        let mut body = json!({
            "__type": format!("com.amazonaws.dynamodb.v20120810#{code}"),
            "message": self.message(),
        });
        match self {
            Self::Condition(Some(item)) => body["Item"] = json!(item),
            Self::Cancelled(reasons) => {
                body["CancellationReasons"] = reasons.into_iter().map(reason).collect();
            }
            _ => {}
        }
        let status = if code == "InternalServerError" {
            500
        } else {
            400
        };
        (status, body.to_string().into_bytes())
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Validation(_) | Self::EmptyKey(_) => "ValidationException",
            Self::Condition(_) => "ConditionalCheckFailedException",
            Self::Cancelled(_) => "TransactionCanceledException",
            Self::Other(code, _) => code,
        }
    }

    fn message(&self) -> String {
        match self {
            Self::Validation(message) | Self::EmptyKey(message) | Self::Other(_, message) => {
                message.clone()
            }
            Self::Condition(_) => CONDITION.to_owned(),
            Self::Cancelled(reasons) => {
                let codes: Vec<_> = reasons.iter().map(reason_code).collect();
                format!(
                    "Transaction cancelled, please refer cancellation reasons for specific reasons [{}]",
                    codes.join(", ")
                )
            }
        }
    }
}

fn reason_code(reason: &Option<Failure>) -> &'static str {
    match reason {
        None => "None",
        Some(Failure::Condition(_)) => "ConditionalCheckFailed",
        Some(Failure::Other(code, _)) => code,
        Some(_) => "ValidationError",
    }
}

fn reason(reason: Option<Failure>) -> Json {
    let code = reason_code(&reason);
    match reason {
        None => json!({"Code": code}),
        Some(Failure::Condition(Some(item))) => {
            json!({"Code": code, "Message": CONDITION, "Item": item})
        }
        Some(failure) => json!({"Code": code, "Message": failure.message()}),
    }
}
