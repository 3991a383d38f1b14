//! The event ledger: what became of each event, its plan, its tries. It is what
//! makes a second delivery harmless, and what answers "why did my bot not answer?".

use std::collections::BTreeSet;

use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Deserialize, Serialize};
use serde_dynamo::aws_sdk_dynamodb_1::{to_attribute_value, to_item};
use serde_dynamo::string_set;

use crate::domain::{Delivery, Plan, Silence, Timestamp};
use crate::store::{Item, LedgerKey, Store, StoreError, if_held, keys, ledger_end, n, s};

const END: &str = "end a try";
/// An item has 400 KB at most, and a plan with its event 300 KB.
const LARGEST_RAW: usize = 300 * 1024;
/// A type is a word. What is longer is kept with the event itself.
const LONGEST_KIND: usize = 100;
/// So often is a try's end merged with what others write.
const MOST_ROUNDS: u32 = 8;

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

impl Outcome {
    /// As the table has it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Parked => "parked",
        }
    }
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
    /// Why nothing could be sent for it when it was decided, if so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub silence: Option<Silence>,
    /// The sends, as JSON: see [`Plan`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<String>,
    /// When the plan was committed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub planned_at: Option<Timestamp>,
    /// What became of each send.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub effects: Vec<Delivery>,
    /// Tries to send that were begun and have not ended: each may have sent
    /// anything that is not settled.
    #[serde(
        default,
        skip_serializing_if = "BTreeSet::is_empty",
        with = "string_set"
    )]
    pub open: BTreeSet<String>,
    /// Counts the writes of tries.
    #[serde(default)]
    pub writes: u32,
    /// Attempts at which the module failed.
    #[serde(default)]
    pub attempts: u32,
    /// An attempt that was counted before the module ran, and has not ended: it is
    /// under way, or has vanished with its process.
    #[serde(default)]
    pub begun: u32,
    /// The name of the attempt that was begun last: a worker that has not seen the
    /// answer to its count finds its own by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub begun_by: Option<String>,
    /// Counts the replays that were begun.
    #[serde(default)]
    pub replays: u32,
    /// Counts those that were forced: each has retry keys of its own.
    #[serde(default)]
    pub run: u32,
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

/// One try to send, by one worker. It has a name, so that a write whose answer
/// was lost can be told from another worker's.
#[derive(Debug, Clone)]
pub struct Try {
    /// Its name: random.
    pub name: String,
    /// The row's `writes` as this worker knows it.
    pub writes: u32,
}

impl LedgerRow {
    /// A settled event.
    pub fn done(kind: &str, at: Timestamp, received_at: Timestamp, now: Timestamp) -> Self {
        Self {
            outcome: Outcome::Done,
            kind: format!("{kind:.LONGEST_KIND$}"),
            at,
            received_at,
            reason: None,
            silence: None,
            plan: None,
            planned_at: None,
            effects: Vec::new(),
            open: BTreeSet::new(),
            writes: 0,
            attempts: 0,
            begun: 0,
            begun_by: None,
            replays: 0,
            run: 0,
            raw: None,
            life: Timestamp::default(),
            expires_at: Some(ledger_end(now)),
            parked: None,
            parked_at: None,
        }
    }

    /// With what keeps us from speaking in its chat, if anything does.
    #[must_use]
    pub fn silenced(mut self, silence: Option<Silence>) -> Self {
        self.reason = silence.map(|silence| silence.to_string());
        self.silence = silence;
        self
    }

    /// With the plan, whose first try, `first`, is begun by the commit itself.
    ///
    /// # Errors
    /// Only if the plan cannot be written as JSON.
    pub fn with_plan(
        mut self,
        plan: &Plan,
        first: &Try,
        now: Timestamp,
    ) -> Result<Self, serde_json::Error> {
        if !plan.effects.is_empty() {
            self.outcome = Outcome::Planned;
            self.plan = Some(serde_json::to_string(plan)?);
            self.planned_at = Some(now);
            self.effects = vec![Delivery::Pending; plan.effects.len()];
            self.open.insert(first.name.clone());
        }
        Ok(self)
    }

    /// Set aside, with the event itself.
    #[must_use]
    pub fn into_parked(mut self, reason: impl Into<String>, raw: &str, now: Timestamp) -> Self {
        self.outcome = Outcome::Parked;
        self.reason = Some(reason.into());
        self.raw = Some(keepable(raw).to_owned());
        self.expires_at = None;
        self.parked = Some("parked".into());
        self.parked_at = Some(now);
        self
    }

    /// The row as replay `number` finds it: to be decided or sent anew. What is done
    /// stays done, unless `force`.
    #[must_use]
    pub fn reopened(mut self, number: u32, force: bool, now: Timestamp) -> Self {
        self.replays = number;
        if !force && self.outcome == Outcome::Done {
            return self;
        }
        self.attempts = 0;
        self.begun = 0;
        self.parked = None;
        self.parked_at = None;
        self.expires_at = Some(ledger_end(now));
        if force || self.plan.is_none() {
            self.run += u32::from(force);
            self.outcome = Outcome::Failed;
            self.plan = None;
            self.effects.clear();
            self.open.clear();
            return self;
        }
        for effect in &mut self.effects {
            if matches!(effect, Delivery::Refused { .. }) {
                *effect = Delivery::Pending;
            }
        }
        self.outcome = Outcome::Planned;
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

/// The condition that a row is as it was loaded; one past its time counts as absent.
pub(super) fn as_loaded(was: Option<&LedgerRow>, now: Timestamp) -> (&'static str, Item) {
    match was {
        None => (
            "attribute_not_exists(chat_id) OR expires_at <= :now",
            Item::from([(":now".into(), n(now.seconds()))]),
        ),
        Some(was) => (
            "outcome = :was AND attempts = :attempts AND begun = :begun AND writes = :writes",
            Item::from([
                (":was".into(), s(was.outcome.name())),
                (":attempts".into(), n(was.attempts)),
                (":begun".into(), n(was.begun)),
                (":writes".into(), n(was.writes)),
            ]),
        ),
    }
}

/// Our knowledge of the sends with that of a row that others have written. While
/// another try is open, what the row calls pending may have been sent by it.
fn merged(ours: Vec<Delivery>, row: LedgerRow) -> Vec<Delivery> {
    let others_open = row.open.len() > 1;
    let theirs = row
        .effects
        .into_iter()
        .chain(std::iter::repeat(Delivery::Pending));
    let theirs = theirs.map(|theirs| match theirs {
        Delivery::Pending if others_open => Delivery::Open,
        known => known,
    });
    ours.into_iter()
        .zip(theirs)
        .map(|(ours, theirs)| ours.merge(theirs))
        .collect()
}

/// What of an event's JSON fits into its row: all of it, save of one so large that
/// LINE has never sent its like.
pub fn keepable(raw: &str) -> &str {
    let end = (0..=LARGEST_RAW.min(raw.len()))
        .rev()
        .find(|at| raw.is_char_boundary(*at));
    &raw[..end.unwrap_or(0)]
}

impl Store {
    /// One event's row.
    ///
    /// # Errors
    /// The table is not available, or the row cannot be read.
    pub async fn ledger(&self, key: &LedgerKey) -> Result<Option<LedgerRow>, StoreError> {
        self.read("read the ledger", key.key()).await
    }

    /// Writes the row, outside of a commit; false if it is not as it was loaded.
    ///
    /// # Errors
    /// The table is not available, or the row cannot be written.
    pub async fn replace_ledger(
        &self,
        key: &LedgerKey,
        was: Option<&LedgerRow>,
        row: &LedgerRow,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        const OPERATION: &str = "write the ledger";
        let put = self.client.put_item().table_name(&self.table);
        let item = row.item(key).map_err(StoreError::malformed(OPERATION))?;
        let (condition, values) = as_loaded(was, now);
        let put = put
            .set_item(Some(item))
            .condition_expression(condition)
            .set_expression_attribute_values(Some(values));
        Ok(if_held(OPERATION, put.send().await)?.is_some())
    }

    /// Ends the attempt of this name, if it was counted and came to nothing: it has not
    /// vanished.
    ///
    /// # Errors
    /// The table is not available.
    pub async fn end_attempt(&self, key: &LedgerKey, name: &str) -> Result<(), StoreError> {
        let update = self
            .update_ledger(key)
            .update_expression("SET begun = :zero")
            .condition_expression("outcome = :failed AND begun = :one AND begun_by = :name")
            .expression_attribute_values(":name", s(name))
            .expression_attribute_values(":zero", n(0))
            .expression_attribute_values(":failed", s("failed"))
            .expression_attribute_values(":one", n(1));
        if_held("end an attempt", update.send().await).map(drop)
    }

    /// Sets aside an event that no attempt will settle, whatever its row has so
    /// far: a plan stays as it is. False if it is settled.
    ///
    /// # Errors
    /// The table is not available, or the row cannot be written.
    pub async fn park(&self, key: &LedgerKey, row: &LedgerRow) -> Result<bool, StoreError> {
        let value = |name: &str, value| (format!(":{name}"), value);
        let kept = [
            value("kind", s(&row.kind)),
            value("at", n(row.at.0)),
            value("received", n(row.received_at.0)),
            value("life", n(row.life.0)),
            value("zero", n(0)),
            value("outcome", s("parked")),
            value("reason", s(row.reason.clone().unwrap_or_default())),
            value("raw", s(row.raw.clone().unwrap_or_default())),
            value("now", n(row.parked_at.unwrap_or_default().0)),
            value("planned", s("planned")),
            value("failed", s("failed")),
        ];
        let update = self
            .update_ledger(key)
            .update_expression(
                "SET outcome = :outcome, reason = :reason, #raw = :raw, parked = :outcome,                  parked_at = :now, begun = :zero, kind = if_not_exists(kind, :kind),                  #at = if_not_exists(#at, :at), life = if_not_exists(life, :life),                  received_at = if_not_exists(received_at, :received),                  writes = if_not_exists(writes, :zero),                  attempts = if_not_exists(attempts, :zero) REMOVE expires_at",
            )
            .condition_expression("attribute_not_exists(outcome) OR outcome IN (:planned, :failed)")
            .expression_attribute_names("#raw", "raw")
            .expression_attribute_names("#at", "at")
            .set_expression_attribute_values(Some(kept.into()));
        Ok(if_held("park an event", update.send().await)?.is_some())
    }

    /// The body of a parked message of the queue.
    ///
    /// # Errors
    /// The table is not available.
    pub async fn parked_message(&self, message_id: &str) -> Result<Option<String>, StoreError> {
        #[derive(Deserialize)]
        struct Parked {
            raw: String,
        }
        let key = keys::key(keys::MESSAGES, message_id);
        let parked: Option<Parked> = self.read("read a parked message", key).await?;
        Ok(parked.map(|parked| parked.raw))
    }

    /// Keeps a message of the queue that no worker can read.
    ///
    /// # Errors
    /// The table is not available.
    pub async fn park_message(
        &self,
        message_id: &str,
        body: &str,
        reason: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let fields = Item::from([
            ("outcome".into(), s("parked")),
            ("reason".into(), s(reason)),
            ("raw".into(), s(keepable(body))),
            ("parked".into(), s("parked")),
            ("parked_at".into(), n(now.0)),
        ]);
        let put = self.client.put_item().table_name(&self.table);
        let put = put.set_item(Some(keys::with_key(fields, keys::MESSAGES, message_id)));
        put.send()
            .await
            .map(drop)
            .map_err(StoreError::unavailable("park a message"))
    }

    /// Begins another try of a plan that was found; false if another worker did
    /// something since it was read. Where only the answer was lost, the write is made
    /// once more, and must not take back what others have written in between.
    ///
    /// # Errors
    /// The table is not available.
    pub async fn begin_try(&self, key: &LedgerKey, this: &mut Try) -> Result<bool, StoreError> {
        let update = self
            .update_ledger(key)
            .update_expression("SET writes = :next ADD #open :mine")
            .condition_expression(
                "(outcome = :planned AND writes = :seen) OR (contains(#open, :me) AND writes = :next)",
            )
            .expression_attribute_values(":planned", s("planned"))
            .expression_attribute_values(":mine", AttributeValue::Ss(vec![this.name.clone()]));
        self.write_try("begin a try", update, this).await
    }

    /// Takes back a try that has sent nothing: else it would count as one that may have.
    ///
    /// # Errors
    /// The table is not available.
    pub async fn leave_try(&self, key: &LedgerKey, this: &Try) -> Result<(), StoreError> {
        let update = self
            .update_ledger(key)
            .update_expression("DELETE #open :mine")
            .condition_expression("contains(#open, :me)")
            .expression_attribute_names("#open", "open")
            .expression_attribute_values(":me", s(&this.name))
            .expression_attribute_values(":mine", AttributeValue::Ss(vec![this.name.clone()]));
        if_held("leave a try", update.send().await).map(drop)
    }

    /// Writes that a push is about to stand in for a reply that was definitely
    /// refused; false unless this is the only try that may have sent it.
    ///
    /// # Errors
    /// The table is not available, or the row cannot be written.
    pub async fn begin_push(
        &self,
        key: &LedgerKey,
        this: &mut Try,
        ordinal: usize,
    ) -> Result<bool, StoreError> {
        const OPERATION: &str = "begin a push in place of a reply";
        let pushing =
            to_attribute_value(&Delivery::Pushing).map_err(StoreError::malformed(OPERATION))?;
        let effect = format!("effects[{ordinal}]");
        let update = self
            .update_ledger(key)
            .update_expression(format!("SET {effect} = :pushing, writes = :next"))
            .condition_expression(format!(
                "contains(#open, :me) AND size(#open) = :one \
                 AND (writes = :seen OR ({effect} = :pushing AND writes = :next))"
            ))
            .expression_attribute_values(":one", n(1))
            .expression_attribute_values(":pushing", pushing);
        self.write_try(OPERATION, update, this).await
    }

    /// Ends a try with what became of each send. What another worker has written
    /// meanwhile is merged: `sent` is never overwritten, and no row is made. `raw`
    /// is kept if the event is parked by it.
    ///
    /// # Errors
    /// The table is not available, or the row cannot be read.
    pub async fn end_try(
        &self,
        key: &LedgerKey,
        mut this: Try,
        mut effects: Vec<Delivery>,
        raw: &str,
        now: Timestamp,
    ) -> Result<Vec<Delivery>, StoreError> {
        for _ in 0..MOST_ROUNDS {
            let update = self.end(key, &this, &effects, raw, now)?;
            if self.write_try(END, update, &mut this).await? {
                return Ok(effects);
            }
            match self.ledger(key).await? {
                // Erased, or ended by a write whose answer was lost.
                None => return Ok(effects),
                Some(row) if !row.open.contains(&this.name) => return Ok(row.effects),
                Some(row) => {
                    this.writes = row.writes;
                    effects = merged(effects, row);
                }
            }
        }
        Err(StoreError::Unavailable {
            operation: END,
            reason: "the row keeps changing".into(),
        })
    }

    fn end(
        &self,
        key: &LedgerKey,
        this: &Try,
        effects: &[Delivery],
        raw: &str,
        now: Timestamp,
    ) -> Result<UpdateItemFluentBuilder, StoreError> {
        let settled = effects.iter().all(Delivery::is_final);
        let refusal = effects
            .iter()
            .find_map(Delivery::refusal)
            .filter(|_| settled);
        let update = self
            .update_ledger(key)
            .condition_expression("contains(#open, :me) AND writes = :seen")
            .expression_attribute_values(":mine", AttributeValue::Ss(vec![this.name.clone()]))
            .expression_attribute_values(
                ":effects",
                to_attribute_value(effects).map_err(StoreError::malformed(END))?,
            );
        const SET: &str = "SET effects = :effects, writes = :next, outcome = :outcome";
        Ok(match refusal {
            Some(reason) => update
                .update_expression(format!(
                    "{SET}, reason = :reason, #raw = :raw, parked = :outcome, parked_at = :now \
                     REMOVE expires_at DELETE #open :mine"
                ))
                .expression_attribute_names("#raw", "raw")
                .expression_attribute_values(":outcome", s("parked"))
                .expression_attribute_values(":reason", s(reason))
                .expression_attribute_values(":raw", s(keepable(raw)))
                .expression_attribute_values(":now", n(now.0)),
            None => update
                .update_expression(format!(
                    "{SET}, expires_at = :end REMOVE parked, parked_at DELETE #open :mine"
                ))
                .expression_attribute_values(":end", n(ledger_end(now)))
                .expression_attribute_values(
                    ":outcome",
                    s(if settled { "done" } else { "planned" }),
                ),
        })
    }

    /// Makes one write of a try, if the row is as the try knows it.
    async fn write_try(
        &self,
        operation: &'static str,
        update: UpdateItemFluentBuilder,
        this: &mut Try,
    ) -> Result<bool, StoreError> {
        let next = this.writes + 1;
        let update = update
            .expression_attribute_names("#open", "open")
            .expression_attribute_values(":me", s(&this.name))
            .expression_attribute_values(":seen", n(this.writes))
            .expression_attribute_values(":next", n(next));
        let written = if_held(operation, update.send().await)?.is_some();
        if written {
            this.writes = next;
        }
        Ok(written)
    }

    fn update_ledger(&self, key: &LedgerKey) -> UpdateItemFluentBuilder {
        self.client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key.key()))
    }
}
