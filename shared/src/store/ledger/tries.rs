//! Tries to send a plan: each begins and ends in the event's row.

use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::AttributeValue;
use serde_dynamo::aws_sdk_dynamodb_1::to_attribute_value;

use crate::domain::{Delivery, Outcome, Sends, Timestamp, keepable, ledger_end};
use crate::store::ledger::word;
use crate::store::{LedgerKey, Store, StoreError, if_held, n, s};

const END: &str = "end a try";
const BEGIN_PUSH: &str = "begin a push in place of a reply";
/// Maximum number of times that a write is made again on what others have written meanwhile.
const MOST_ROUNDS: u32 = 8;

/// One try to send, by one worker. It has a name, so that a write whose answer
/// was lost can be told from another worker's.
#[derive(Debug, Clone)]
pub struct Try {
    /// Its name: random.
    pub name: String,
    /// The row's `writes` as this worker knows it.
    pub writes: u32,
}

/// Our knowledge of the sends with that of a row that others have written. While
/// another try is open, what the row calls pending may have been sent by it.
fn merged(ours: Vec<Delivery>, theirs: &Sends) -> Vec<Delivery> {
    let others_open = theirs.open.len() > 1;
    let theirs = theirs
        .effects
        .iter()
        .cloned()
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

impl Store {
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
            // The plan is as this worker has read it; or its own write was made, and its answer lost.
            .condition_expression(
                "(outcome = :planned AND writes = :seen) OR (contains(#open, :me) AND writes = :next)",
            )
            .expression_attribute_values(":planned", word(Outcome::Planned))
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
            // One that was not begun, or has ended, leaves the row as it is.
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
            let Some(sends) = row.sends() else {
                return Ok(false);
            };
            let is_alone = sends.open.len() == 1 && sends.open.contains(&this.name);
            match sends.effects.get(ordinal) {
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
                Some(row) => match row.sends() {
                    Some(sends) if sends.open.contains(&this.name) => {
                        this.writes = row.writes;
                        effects = merged(effects, sends);
                    }
                    _ => return Ok(row.effects().to_vec()),
                },
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
            // Others may have written the row since: what they know is merged first.
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
                .expression_attribute_values(":outcome", word(Outcome::Parked))
                .expression_attribute_values(":reason", s(reason))
                .expression_attribute_values(":raw", s(keepable(raw)))
                .expression_attribute_values(":now", n(now.0)),
            None => update
                .update_expression(format!(
                    "{SET}, outcome = :outcome, expires_at = :end \
                     REMOVE parked, parked_at, reason DELETE #open :mine"
                ))
                .expression_attribute_values(":end", n(ledger_end(now)))
                .expression_attribute_values(":outcome", word(Outcome::Done)),
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
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_call_pending_may_be_sent_while_a_try_of_theirs_is_open() {
        let together = |open: &[&str]| {
            let theirs = Sends {
                plan: "{}".into(),
                planned_at: Timestamp(1_000),
                effects: vec![Delivery::Pending],
                open: open.iter().map(|&name| name.to_owned()).collect(),
            };
            merged(vec![Delivery::Pending], &theirs)
        };
        assert_eq!(together(&["ours"]), [Delivery::Pending]);
        assert_eq!(together(&["ours", "theirs"]), [Delivery::Open]);
    }
}
