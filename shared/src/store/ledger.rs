//! The event ledger: what became of each event, its plan, its tries. It is what
//! makes a second delivery harmless, and what answers "why did my bot not answer?".

use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Deserialize, Serialize};
use serde_dynamo::aws_sdk_dynamodb_1::{from_item, to_attribute_value, to_item};

use crate::domain::{Delivery, Plan, Timestamp};
use crate::store::{Item, LedgerKey, Store, StoreError, keys, ledger_end, n, s};

/// What became of an event so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// Its plan is committed, and not all of it is settled.
    Planned,
    /// Settled.
    Done,
    /// The module failed; it will be tried again.
    Failed,
    /// Set aside, for a person to look at.
    Parked,
}

/// One event, as kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LedgerRow {
    /// What became of it.
    pub outcome: Outcome,
    /// LINE's `type`.
    pub kind: String,
    /// When it happened, by LINE's clock.
    pub at: Timestamp,
    /// When it reached us first.
    pub received_at: Timestamp,
    /// Why, where the outcome alone does not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The sends, as JSON: see [`Plan`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<String>,
    /// When the plan was committed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub planned_at: Option<Timestamp>,
    /// What became of each send.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub effects: Vec<Delivery>,
    /// Tries to send that were begun.
    #[serde(default)]
    pub tries: u32,
    /// Tries whose end was written. While there are fewer than `tries`, one that
    /// vanished may have sent anything.
    #[serde(default)]
    pub ends: u32,
    /// Attempts at which the module failed.
    #[serde(default)]
    pub attempts: u32,
    /// The event itself, where it must not be lost: an unknown type, or parked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw: Option<String>,
    /// The newest attach known when it was written.
    #[serde(default)]
    pub life: Timestamp,
    /// When the row may go, in epoch seconds; a parked one stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<i64>,
    /// `parked`, to be found by the index.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parked: Option<String>,
    /// Since when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parked_at: Option<Timestamp>,
}

/// How a try to send ended.
#[derive(Debug, Clone)]
pub struct Ended {
    /// The row's `ends` as this worker knows it.
    pub ends: u32,
    /// What became of each send.
    pub effects: Vec<Delivery>,
    /// Why the event is parked, if it is, and its JSON.
    pub parked: Option<(String, String)>,
}

impl LedgerRow {
    /// A settled event.
    pub fn done(kind: &str, at: Timestamp, received_at: Timestamp, now: Timestamp) -> Self {
        Self {
            outcome: Outcome::Done,
            kind: kind.to_owned(),
            at,
            received_at,
            reason: None,
            plan: None,
            planned_at: None,
            effects: Vec::new(),
            tries: 0,
            ends: 0,
            attempts: 0,
            raw: None,
            life: Timestamp::default(),
            expires_at: Some(ledger_end(now)),
            parked: None,
            parked_at: None,
        }
    }

    /// With the plan, whose first try is opened by the commit itself.
    ///
    /// # Errors
    /// Only if the plan cannot be written as JSON.
    pub fn with_plan(mut self, plan: &Plan, now: Timestamp) -> Result<Self, serde_json::Error> {
        if !plan.effects.is_empty() {
            self.outcome = Outcome::Planned;
            self.plan = Some(serde_json::to_string(plan)?);
            self.planned_at = Some(now);
            self.effects = vec![Delivery::Pending; plan.effects.len()];
            self.tries = 1;
        }
        Ok(self)
    }

    /// Set aside, with the event itself.
    #[must_use]
    pub fn into_parked(mut self, reason: impl Into<String>, raw: &str, now: Timestamp) -> Self {
        self.outcome = Outcome::Parked;
        self.reason = Some(reason.into());
        self.raw = Some(raw.to_owned());
        self.expires_at = None;
        self.parked = Some("parked".into());
        self.parked_at = Some(now);
        self
    }

    /// The plan, if there is one that can be read.
    pub fn plan(&self) -> Option<Plan> {
        serde_json::from_str(self.plan.as_deref()?).ok()
    }

    pub(super) fn item(&self, key: &LedgerKey) -> Result<Item, serde_dynamo::Error> {
        Ok(keys::with_key(
            to_item(self)?,
            &keys::bot(&key.bot),
            &key.sort(),
        ))
    }
}

impl Store {
    /// One event's row.
    ///
    /// # Errors
    /// The table is not available, or the row cannot be read.
    pub async fn ledger(&self, key: &LedgerKey) -> Result<Option<LedgerRow>, StoreError> {
        const OPERATION: &str = "read the ledger";
        let get = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(key.key()))
            .consistent_read(true);
        let item = get
            .send()
            .await
            .map_err(StoreError::unavailable(OPERATION))?
            .item;
        item.map(|item| from_item(item).map_err(StoreError::malformed(OPERATION)))
            .transpose()
    }

    /// Begins the next try of a plan that was found; false if another worker did.
    ///
    /// # Errors
    /// The table is not available.
    pub async fn open_try(&self, key: &LedgerKey, tries: u32) -> Result<bool, StoreError> {
        const OPERATION: &str = "begin a try";
        let update = self
            .update_ledger(key)
            .update_expression("SET tries = :next")
            .condition_expression("outcome = :planned AND tries = :tries")
            .expression_attribute_values(":planned", s("planned"))
            .expression_attribute_values(":tries", n(tries))
            .expression_attribute_values(":next", n(tries + 1));
        applied(OPERATION, update).await
    }

    /// Writes how a try ended. What another worker has written meanwhile is
    /// merged: `sent` is never overwritten, and no row is made.
    ///
    /// # Errors
    /// The table is not available, or the row cannot be read.
    pub async fn end_try(
        &self,
        key: &LedgerKey,
        mut ended: Ended,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        while !self.write_end(key, &ended, now).await? {
            let Some(row) = self.ledger(key).await? else {
                return Ok(());
            };
            ended.ends = row.ends;
            let mut theirs = row.effects.into_iter();
            for effect in &mut ended.effects {
                *effect = std::mem::take(effect).merge(theirs.next().unwrap_or_default());
            }
        }
        Ok(())
    }

    /// Whether nobody else has ended a try since.
    async fn write_end(
        &self,
        key: &LedgerKey,
        ended: &Ended,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        const OPERATION: &str = "end a try";
        let effects: AttributeValue =
            to_attribute_value(&ended.effects).map_err(StoreError::malformed(OPERATION))?;
        let settled = ended.effects.iter().all(Delivery::is_final);
        let outcome = match (&ended.parked, settled) {
            (Some(_), _) => "parked",
            (None, true) => "done",
            (None, false) => "planned",
        };
        let mut update = self
            .update_ledger(key)
            .condition_expression("ends = :ends")
            .expression_attribute_values(":ends", n(ended.ends))
            .expression_attribute_values(":next", n(ended.ends + 1))
            .expression_attribute_values(":effects", effects)
            .expression_attribute_values(":outcome", s(outcome));
        let mut set = "SET effects = :effects, outcome = :outcome, ends = :next".to_owned();
        if let Some((reason, raw)) = &ended.parked {
            set += ", reason = :reason, #raw = :raw, parked = :outcome, parked_at = :now REMOVE expires_at";
            update = update
                .expression_attribute_names("#raw", "raw")
                .expression_attribute_values(":reason", s(reason))
                .expression_attribute_values(":raw", s(raw))
                .expression_attribute_values(":now", n(now.0));
        }
        applied(OPERATION, update.update_expression(set)).await
    }

    fn update_ledger(&self, key: &LedgerKey) -> UpdateItemFluentBuilder {
        self.client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key.key()))
    }
}

/// Whether the update's condition held.
async fn applied(
    operation: &'static str,
    update: UpdateItemFluentBuilder,
) -> Result<bool, StoreError> {
    match update.send().await {
        Ok(_) => Ok(true),
        Err(error)
            if error
                .as_service_error()
                .is_some_and(UpdateItemError::is_conditional_check_failed_exception) =>
        {
            Ok(false)
        }
        Err(error) => Err(StoreError::unavailable(operation)(error)),
    }
}
