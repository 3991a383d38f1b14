//! The event ledger: what became of each event, its plan, its tries. It is what
//! makes a second delivery harmless, and what answers "why did my bot not answer?".

use std::collections::BTreeSet;

use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};
use serde::{Deserialize, Serialize};
use serde_dynamo::aws_sdk_dynamodb_1::{to_attribute_value, to_item};
use serde_dynamo::string_set;

use crate::domain::{Delivery, Plan, Silence, Timestamp};
use crate::store::{Item, LedgerKey, Store, StoreError, if_held, keys, ledger_end, n, s};

const END: &str = "end a try";
const BEGIN_PUSH: &str = "begin a push in place of a reply";
/// An item has 400 KB at most, and a plan with its event 300 KB.
const LARGEST_RAW: usize = 300 * 1024;
/// A type is a word. What is longer is kept with the event itself.
const LONGEST_KIND: usize = 100;
/// Maximum number of times that a write is made again on what others have written meanwhile.
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
    /// Counts the writes of this row; 0 before the first. Each write is conditional on it
    /// and moves it: one that arrives after its client gave up undoes nothing of what
    /// came after it.
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
    /// Since when it meets transient failures, by the clock of the worker that met the
    /// first; the newest replay starts without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failing_since: Option<Timestamp>,
    /// The number of the newest replay that was begun.
    #[serde(default)]
    pub replays: u32,
    /// Whether that one was forced: it comes after one of its number that was not.
    #[serde(default)]
    pub replay_forced: bool,
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
            failing_since: None,
            replays: 0,
            replay_forced: false,
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

    /// Whether replay `number` has begun, or one that comes after it.
    pub fn has_begun(&self, number: u32, force: bool) -> bool {
        (self.replays, self.replay_forced) >= (number, force)
    }

    /// The row as replay `number` finds it: to be decided or sent again. What is done
    /// stays done, unless `force`.
    #[must_use]
    pub fn reopened(mut self, number: u32, force: bool, now: Timestamp) -> Self {
        self.replays = number;
        self.replay_forced = force;
        if !force && self.outcome == Outcome::Done {
            return self;
        }
        self.attempts = 0;
        self.begun = 0;
        self.failing_since = None;
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
        if self.nothing_may_be_accepted() {
            self.planned_at = Some(now);
        }
        self
    }

    /// Whether LINE surely has taken nothing of what is not settled: then no retry key
    /// is known to it, and their time starts with the next try.
    fn nothing_may_be_accepted(&self) -> bool {
        self.open.is_empty() && !self.effects.iter().any(Delivery::may_be_accepted)
    }

    /// The plan, if there is one that can be read.
    pub fn plan(&self) -> Option<Plan> {
        serde_json::from_str(self.plan.as_deref()?).ok()
    }

    /// The row as the table has it, one write on.
    pub(super) fn next_item(&self, key: &LedgerKey) -> Result<Item, serde_dynamo::Error> {
        let next = Self {
            writes: self.writes + 1,
            ..self.clone()
        };
        let item = to_item(&next)?;
        Ok(keys::with_key(item, &keys::bot(&key.bot), &key.sort()))
    }

    /// The condition that the row in the table is the one that was loaded; one past its
    /// time counts as absent.
    pub(super) fn as_loaded(&self, now: Timestamp) -> (&'static str, Item) {
        match self.writes {
            0 => (
                "attribute_not_exists(chat_id) OR expires_at <= :now",
                Item::from([(":now".into(), n(now.seconds()))]),
            ),
            writes => (
                "writes = :writes",
                Item::from([(":writes".into(), n(writes))]),
            ),
        }
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
    let theirs = theirs.map(|theirs| match others_open {
        true => theirs.left_open(),
        false => theirs,
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

/// Neither done nor parked.
const NOT_SETTLED: &str = "attribute_not_exists(outcome) OR outcome IN (:planned, :failed)";
/// What a row has from its first write on; and its counter, which every write moves.
const KEPT_FROM_THE_FIRST: &str = "writes = if_not_exists(writes, :zero) + :one, \
    kind = if_not_exists(kind, :kind), #at = if_not_exists(#at, :at), \
    received_at = if_not_exists(received_at, :received), \
    attempts = if_not_exists(attempts, :zero)";

/// The values of [`KEPT_FROM_THE_FIRST`].
fn first_values(row: &LedgerRow) -> Item {
    Item::from([
        (":kind".into(), s(&row.kind)),
        (":at".into(), n(row.at.0)),
        (":received".into(), n(row.received_at.0)),
        (":zero".into(), n(0)),
        (":one".into(), n(1)),
    ])
}

/// An event that meets transient failures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failing {
    /// Since when, by the clock of the worker that met the first.
    pub since: Timestamp,
    /// The row's `writes` now.
    pub writes: u32,
}

impl Failing {
    fn read(row: &Item) -> Option<Self> {
        let number = |name: &str| row.get(name)?.as_n().ok();
        Some(Self {
            since: Timestamp(number("failing_since")?.parse().ok()?),
            writes: number("writes")?.parse().ok()?,
        })
    }
}

impl Store {
    /// One event's row.
    ///
    /// # Errors
    /// The table is not available, or the row cannot be read.
    pub async fn ledger(&self, key: &LedgerKey) -> Result<Option<LedgerRow>, StoreError> {
        self.read("read the ledger", key.key()).await
    }

    /// Writes the row, outside of a commit; false if the table's is not the one that was
    /// loaded: `row.writes` tells which that was.
    ///
    /// # Errors
    /// The table is not available, or the row cannot be written.
    pub async fn replace_ledger(
        &self,
        key: &LedgerKey,
        row: &LedgerRow,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        const OPERATION: &str = "write the ledger";
        let put = self.client.put_item().table_name(&self.table);
        let item = row.next_item(key);
        let item = item.map_err(StoreError::malformed(OPERATION))?;
        let (condition, values) = row.as_loaded(now);
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
            .update_expression("SET begun = :zero, writes = writes + :one")
            .condition_expression("begun = :one AND begun_by = :name")
            .expression_attribute_values(":name", s(name))
            .expression_attribute_values(":zero", n(0))
            .expression_attribute_values(":one", n(1));
        if_held("end an attempt", update.send().await).map(drop)
    }

    /// Takes down that an event which is not settled has met a transient failure at
    /// `now`. Needs no row, and none that can be read: `row` is what one is made of.
    /// None if the event is settled or parked; a row whose time has passed says neither.
    ///
    /// # Errors
    /// The table is not available.
    pub async fn note_failure(
        &self,
        key: &LedgerKey,
        row: &LedgerRow,
        now: Timestamp,
    ) -> Result<Option<Failing>, StoreError> {
        let update = self
            .update_ledger(key)
            .update_expression(format!(
                "SET failing_since = if_not_exists(failing_since, :now), \
                 outcome = if_not_exists(outcome, :failed), \
                 expires_at = if_not_exists(expires_at, :end), {}",
                KEPT_FROM_THE_FIRST
            ))
            .condition_expression(format!("{NOT_SETTLED} OR expires_at <= :seconds"))
            .expression_attribute_names("#at", "at")
            .set_expression_attribute_values(Some(first_values(row)))
            .expression_attribute_values(":planned", s("planned"))
            .expression_attribute_values(":failed", s("failed"))
            .expression_attribute_values(":now", n(now.0))
            .expression_attribute_values(":seconds", n(now.seconds()))
            .expression_attribute_values(":end", n(ledger_end(now)))
            .return_values(ReturnValue::AllNew);
        let written = if_held("note a failure", update.send().await)?;
        Ok(written.and_then(|written| Failing::read(&written.attributes?)))
    }

    /// Sets aside an event that no attempt will settle, whatever its row has so
    /// far: a plan and its open tries stay as they are. `writes` is that of the row which
    /// showed the event as not settled; false if others have written it since.
    ///
    /// # Errors
    /// The table is not available, or the row cannot be written.
    pub async fn park(
        &self,
        key: &LedgerKey,
        row: &LedgerRow,
        writes: u32,
    ) -> Result<bool, StoreError> {
        let update = self
            .update_ledger(key)
            .update_expression(format!(
                "SET outcome = :outcome, reason = :reason, #raw = :raw, parked = :outcome, \
                 parked_at = :now, begun = :zero, life = if_not_exists(life, :life), \
                 {KEPT_FROM_THE_FIRST} REMOVE expires_at"
            ))
            .condition_expression("writes = :seen")
            .expression_attribute_names("#raw", "raw")
            .expression_attribute_names("#at", "at")
            .set_expression_attribute_values(Some(first_values(row)))
            .expression_attribute_values(":seen", n(writes))
            .expression_attribute_values(":life", n(row.life.0))
            .expression_attribute_values(":outcome", s("parked"))
            .expression_attribute_values(":reason", s(row.reason.clone().unwrap_or_default()))
            .expression_attribute_values(":raw", s(row.raw.clone().unwrap_or_default()))
            .expression_attribute_values(":now", n(row.parked_at.unwrap_or_default().0));
        Ok(if_held("park an event", update.send().await)?.is_some())
    }

    /// The body of a parked message of the queue.
    ///
    /// # Errors
    /// The table is not available.
    pub async fn parked_message(&self, message_id: &str) -> Result<Option<String>, StoreError> {
        #[derive(Deserialize)]
        struct Parked {
            raw: Option<String>,
        }
        let key = keys::key(keys::MESSAGES, message_id);
        let parked: Option<Parked> = self.read("read a parked message", key).await?;
        Ok(parked.and_then(|parked| parked.raw))
    }

    /// Takes down that a message of the queue could not be read at `now`; tells when that
    /// was met first.
    ///
    /// # Errors
    /// The table is not available.
    pub async fn note_unread(
        &self,
        message_id: &str,
        now: Timestamp,
    ) -> Result<Timestamp, StoreError> {
        let update = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(keys::key(keys::MESSAGES, message_id)))
            .update_expression(
                "SET failing_since = if_not_exists(failing_since, :now), \
                 expires_at = if_not_exists(expires_at, :end)",
            )
            .expression_attribute_values(":now", n(now.0))
            .expression_attribute_values(":end", n(ledger_end(now)))
            .return_values(ReturnValue::AllNew);
        let written = update.send().await;
        let written = written.map_err(StoreError::unavailable("note an unread message"))?;
        let since = written.attributes.and_then(|row| {
            let since = row.get("failing_since")?.as_n().ok()?;
            Some(Timestamp(since.parse().ok()?))
        });
        Ok(since.unwrap_or(now))
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
            .update_expression("SET writes = writes + :one DELETE #open :mine")
            .condition_expression("contains(#open, :me)")
            .expression_attribute_names("#open", "open")
            .expression_attribute_values(":one", n(1))
            .expression_attribute_values(":me", s(&this.name))
            .expression_attribute_values(":mine", AttributeValue::Ss(vec![this.name.clone()]));
        if_held("leave a try", update.send().await).map(drop)
    }

    /// Writes that a push is about to stand in for a reply that was definitely
    /// refused; false unless this is the only try that may have sent it.
    ///
    /// # Errors
    /// The table is not available, or the row cannot be read or written.
    pub async fn begin_push(
        &self,
        key: &LedgerKey,
        this: &mut Try,
        ordinal: usize,
    ) -> Result<bool, StoreError> {
        for _ in 0..MOST_ROUNDS {
            if self.write_push(key, this, ordinal).await? {
                return Ok(true);
            }
            // Others may have written the row and tried nothing: parked it, for one.
            let Some(row) = self.ledger(key).await? else {
                return Ok(false);
            };
            let is_alone = row.open.len() == 1 && row.open.contains(&this.name);
            match row.effects.get(ordinal) {
                Some(Delivery::Pending) if is_alone => this.writes = row.writes,
                // Written, and its answer lost. Were it another's, it would have the same key.
                Some(Delivery::Pushing { .. }) => {
                    this.writes = row.writes;
                    return Ok(true);
                }
                _ => return Ok(false),
            }
        }
        Err(StoreError::Unavailable {
            operation: BEGIN_PUSH,
            reason: "the row keeps changing".into(),
        })
    }

    async fn write_push(
        &self,
        key: &LedgerKey,
        this: &mut Try,
        ordinal: usize,
    ) -> Result<bool, StoreError> {
        // Not open before it is made; a process that ends in it leaves its try in the row.
        let pushing = to_attribute_value(&Delivery::Pushing { open: false })
            .map_err(StoreError::malformed(BEGIN_PUSH))?;
        let effect = format!("effects[{ordinal}]");
        let update = self
            .update_ledger(key)
            .update_expression(format!("SET {effect} = :pushing, writes = :next"))
            // No other try was open when this one began, or was found alone; and none has
            // begun since.
            .condition_expression("contains(#open, :me) AND writes = :seen")
            .expression_attribute_values(":pushing", pushing);
        self.write_try(BEGIN_PUSH, update, this).await
    }

    /// Ends a try with what became of each send. What another worker has written
    /// meanwhile is merged: `sent` is never overwritten, and no row is made. A row that
    /// was parked meanwhile stays so, unless all sends are settled. `raw` is kept if the
    /// event is parked by it.
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
        const SET: &str = "SET effects = :effects, writes = :next";
        let update = self
            .update_ledger(key)
            .condition_expression("contains(#open, :me) AND writes = :seen")
            .expression_attribute_values(":mine", AttributeValue::Ss(vec![this.name.clone()]))
            .expression_attribute_values(
                ":effects",
                to_attribute_value(effects).map_err(StoreError::malformed(END))?,
            );
        if !effects.iter().all(Delivery::is_final) {
            // Planned or parked, as it is.
            return Ok(update.update_expression(format!("{SET} DELETE #open :mine")));
        }
        Ok(match effects.iter().find_map(Delivery::refusal) {
            Some(reason) => update
                .update_expression(format!(
                    "{SET}, outcome = :outcome, reason = :reason, #raw = :raw, \
                     parked = :outcome, parked_at = :now REMOVE expires_at DELETE #open :mine"
                ))
                .expression_attribute_names("#raw", "raw")
                .expression_attribute_values(":outcome", s("parked"))
                .expression_attribute_values(":reason", s(reason))
                .expression_attribute_values(":raw", s(keepable(raw)))
                .expression_attribute_values(":now", n(now.0)),
            None => update
                .update_expression(format!(
                    "{SET}, outcome = :outcome, expires_at = :end \
                     REMOVE parked, parked_at, reason DELETE #open :mine"
                ))
                .expression_attribute_values(":end", n(ledger_end(now)))
                .expression_attribute_values(":outcome", s("done")),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ChatEffect, Effect, Push};

    const REPLAYED: Timestamp = Timestamp(90_000);

    /// Parked with these, its plan made at 1 s.
    fn parked(effects: Vec<Delivery>, open: &[&str]) -> LedgerRow {
        let push = Effect::from(ChatEffect::Push(Push {
            messages: Vec::new(),
            unit: None,
        }));
        let plan = Plan {
            effects: vec![push; effects.len()],
        };
        let first = Try {
            name: "first".into(),
            writes: 0,
        };
        let at = Timestamp(1_000);
        let row = LedgerRow::done("message", at, at, at);
        let row = row.with_plan(&plan, &first, at).unwrap();
        LedgerRow {
            effects,
            open: open.iter().map(|&name| name.to_owned()).collect(),
            ..row.into_parked("a reason", "{}", at)
        }
    }

    fn refused() -> Delivery {
        let reason = "no".into();
        Delivery::Refused { reason }
    }

    #[test]
    fn a_replay_tries_again_what_was_refused_and_its_keys_are_as_new() {
        let sent = Delivery::Sent { request_id: None };
        let row = parked(vec![sent.clone(), refused()], &[]);
        let row = row.reopened(1, false, REPLAYED);
        assert_eq!(row.effects, [sent, Delivery::Pending]);
        assert_eq!(row.planned_at, Some(REPLAYED));
        assert_eq!((row.outcome, row.parked), (Outcome::Planned, None));
    }

    #[test]
    fn keys_that_line_may_know_do_not_become_new_by_a_replay() {
        let planned_at = |effects, open: &[&str]| {
            let row = parked(effects, open).reopened(1, false, REPLAYED);
            row.planned_at
        };
        let then = Some(Timestamp(1_000));
        assert_eq!(planned_at(vec![Delivery::Pending], &["a try"]), then);
        assert_eq!(planned_at(vec![Delivery::Open, refused()], &[]), then);
        let pushing = |open| vec![refused(), Delivery::Pushing { open }];
        assert_eq!(planned_at(pushing(true), &[]), then);
        assert_eq!(planned_at(pushing(false), &[]), Some(REPLAYED));
        assert_eq!(planned_at(pushing(false), &["a try"]), then);
    }

    #[test]
    fn what_others_call_pending_may_be_sent_while_a_try_of_theirs_is_open() {
        let together = |open: &[&str]| {
            let theirs = parked(vec![Delivery::Pending], open);
            merged(vec![Delivery::Pending], theirs)
        };
        assert_eq!(together(&["ours"]), [Delivery::Pending]);
        assert_eq!(together(&["ours", "theirs"]), [Delivery::Open]);
    }
}
