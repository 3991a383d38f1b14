//! What the function is called with: a batch of the queue, or by an operator, who asks what its
//! module would do with an event, or changes an account's settings. IAM decides who may ask.

use std::collections::BTreeMap;

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent, SqsMessage};
use line_module::{Module, ModuleError};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use shared::domain::{BotId, ChatId, EventId, Plan, Timestamp};
use shared::store::{DialogueChange, LedgerKey, RowChange, TimerChange};

use crate::set::{SetError, set_settings};
use crate::shadow::{Shadow, ShadowError, shadow};
use crate::{App, handle};

/// What the function is called with: only one of these has anything.
#[derive(Deserialize)]
pub struct Call {
    #[serde(default, rename = "Records")]
    records: Vec<SqsMessage>,
    #[serde(default)]
    shadow: Option<Asked>,
    #[serde(default)]
    set: Option<Set>,
}

/// Settings of an account that are to be changed, by key.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Set {
    bot: BotId,
    values: BTreeMap<String, Value>,
}

/// An event of which is asked what the module would do with it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    bot: BotId,
    /// None for events of the account itself.
    #[serde(default)]
    chat: Option<ChatId>,
    event: EventId,
    /// Its JSON; without it, what the ledger keeps.
    #[serde(default)]
    raw: Option<String>,
}

/// What the function answers.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Answer {
    /// To the queue.
    Batch(SqsBatchResponse),
    /// To an operator.
    Shadow(Answered),
}

/// What an operator is answered.
#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Answered {
    Shadow(Shown),
    /// All settings of the account, as they are now.
    Set(Value),
    Failure(Failure),
}

/// What the module would do with an event, as JSON.
#[derive(Debug, Serialize)]
pub struct Shown {
    /// Why nothing could be sent, if so.
    silence: Option<String>,
    plan: Plan,
    /// The module's new state of the chat, if it would change it.
    state: Option<Value>,
    /// How far the chat's dialogue would be, or `"ends"`, if it would change.
    #[serde(skip_serializing_if = "Option::is_none")]
    dialogue: Option<Value>,
    /// The changes to its own rows.
    rows: Vec<Value>,
    /// The timers that it would set and cancel.
    timers: Vec<Value>,
}

/// Why it is not known what the module would do.
#[derive(Debug, Serialize)]
pub struct Failure {
    /// `unknown`: the event's JSON is not kept; `not_now`; `would_call`: it would make a step;
    /// `module`: it fails; `refused`: a setting does not exist, or cannot have this value.
    kind: &'static str,
    reason: String,
}

/// Answers a batch or an operator. `deadline` is Lambda's.
pub async fn answer<M: Module>(app: &App<M>, call: Call, deadline: Timestamp) -> Answer {
    match (call.shadow, call.set) {
        (Some(asked), _) => Answer::Shadow(show(app, asked).await),
        (None, Some(asked)) => Answer::Shadow(set(app, asked).await),
        (None, None) => {
            let mut batch = SqsEvent::default();
            batch.records = call.records;
            Answer::Batch(handle(app, batch, deadline).await)
        }
    }
}

async fn set<M: Module>(app: &App<M>, asked: Set) -> Answered {
    match set_settings(app, &asked.bot, &asked.values).await {
        Ok(settings) => Answered::Set(settings),
        Err(error) => {
            let kind = match error {
                SetError::NotNow(_) => "not_now",
                SetError::NoAccount(_) | SetError::Wrong { .. } => "refused",
            };
            Answered::Failure(Failure::new(kind, error.to_string()))
        }
    }
}

async fn show<M: Module>(app: &App<M>, asked: Asked) -> Answered {
    let key = LedgerKey {
        bot: asked.bot,
        chat: asked.chat,
        event: asked.event,
    };
    let raw = match asked.raw {
        Some(raw) => raw,
        None => match kept(app, &key).await {
            Ok(raw) => raw,
            Err(failure) => return Answered::Failure(failure),
        },
    };
    match shadow(app, &key, &raw).await {
        Ok(shown) => Answered::Shadow(Shown::from(&shown)),
        Err(error) => Answered::Failure(Failure::from(&error)),
    }
}

/// The event's JSON, if the ledger keeps it.
async fn kept<M>(app: &App<M>, key: &LedgerKey) -> Result<String, Failure> {
    let row = app.store.ledger(key).await;
    let row = row.map_err(|error| Failure::new("not_now", error.to_string()))?;
    let raw = row.and_then(|row| row.raw().map(str::to_owned));
    raw.ok_or_else(|| Failure::new("unknown", "the event's JSON is not kept: give it".into()))
}

impl Failure {
    fn new(kind: &'static str, reason: String) -> Self {
        Self { kind, reason }
    }
}

impl From<&ShadowError> for Failure {
    fn from(error: &ShadowError) -> Self {
        let kind = match error {
            ShadowError::NotNow(_) => "not_now",
            ShadowError::WouldCall(_) => "would_call",
            ShadowError::Module(ModuleError::Retry(_) | ModuleError::NoTime { .. }) => "not_now",
            ShadowError::Module(_) => "module",
        };
        Self::new(kind, error.to_string())
    }
}

impl From<&Shadow> for Shown {
    fn from(shown: &Shadow) -> Self {
        let state = shown.state.as_deref();
        Self {
            silence: shown.silence.map(|silence| silence.to_string()),
            plan: shown.plan.clone(),
            state: state.and_then(|state| serde_json::from_str(state).ok()),
            dialogue: shown.dialogue.as_ref().map(dialogue),
            rows: shown.rows.iter().map(row).collect(),
            timers: shown.timers.iter().map(timer).collect(),
        }
    }
}

fn dialogue(change: &DialogueChange) -> Value {
    match change {
        DialogueChange::Goes(progress) => serde_json::from_str(progress).unwrap_or_default(),
        DialogueChange::Ends => "ends".into(),
    }
}

fn row(change: &RowChange) -> Value {
    let json = |value: &str| serde_json::from_str::<Value>(value).unwrap_or_default();
    match change {
        RowChange::Create { key, value, .. } => json!({ "create": key, "value": json(value) }),
        RowChange::Replace { key, value, .. } => json!({ "replace": key, "value": json(value) }),
        RowChange::Delete { key, .. } => json!({ "delete": key }),
    }
}

fn timer(change: &TimerChange) -> Value {
    match change {
        TimerChange::Set(timer) => {
            json!({ "set": timer.name, "due": timer.due, "payload": timer.payload })
        }
        TimerChange::Cancel(name) => json!({ "cancel": name }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_and_a_question_are_told_apart() {
        let call = |json: &str| serde_json::from_str::<Call>(json).unwrap();
        let batch = call(r#"{"Records":[{"messageId":"m","body":"{}"}]}"#);
        assert!(batch.shadow.is_none());
        assert_eq!(batch.records.len(), 1);
        let asked = call(r#"{"shadow":{"bot":"U1","chat":"L2","event":"e"}}"#);
        let asked = asked.shadow.unwrap();
        assert_eq!((asked.event.as_str(), asked.raw), ("e", None));
        assert!(serde_json::from_str::<Call>(r#"{"shadow":{"bot":"U1"}}"#).is_err());
    }
}
