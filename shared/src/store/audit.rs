//! What people have changed: a row for each change, written before it and completed after it.
//! The operator's command line and management screens write the same rows.

use serde::{Deserialize, Serialize};
use serde_dynamo::aws_sdk_dynamodb_1::to_item;
use serde_json::Value;

use crate::domain::{BotId, Timestamp};
use crate::store::{Item, Place, Store, StoreError, if_held, keys, n, s, version};

/// How long a row stays, in days: a year, and time to look back at it.
const RETENTION: std::time::Duration = std::time::Duration::from_secs(400 * 24 * 3600);

/// A change by a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditRow {
    /// When it began, by the clock of whoever wrote it.
    pub at: Timestamp,
    /// The ARN of an AWS identity, a signed-in account, or `local` and a user's name.
    pub who: String,
    /// What was done, in words that a person reads: `settle`, `replay --force`.
    pub what: String,
    /// To what: a chat, an event, a selection of events; none where `what` says it all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// Why, as the person said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// How many rows, events or accounts it was to touch.
    #[serde(default)]
    pub count: u64,
    /// When it was over; none while it is under way, and if it was interrupted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// What it came to; none like `ended_at`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<String>,
    /// The settings of the module that it changes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub settings: Vec<SettingChange>,
}

/// A setting of the module that was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingChange {
    /// Its name in the module's code.
    pub key: String,
    /// What it was: the default where it was not set.
    pub from: Value,
    pub to: Value,
}

/// The row of a change that is under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditKey {
    partition: String,
    sort: String,
}

impl AuditKey {
    /// Of a change to one account, or to more or none of them. `name` is random: it tells two
    /// changes of the same millisecond apart.
    pub fn new(bot: Option<&BotId>, at: Timestamp, name: &str) -> Self {
        let moment = moment(at);
        match bot {
            Some(bot) => Self {
                partition: keys::bot(bot),
                sort: format!("{}{moment}-{name}", keys::AUDIT_OF_ACCOUNT),
            },
            None => Self {
                partition: keys::AUDIT.to_owned(),
                sort: format!("{moment}-{name}"),
            },
        }
    }

    fn key(&self) -> Item {
        keys::key(&self.partition, &self.sort)
    }
}

/// One page of changes, the oldest first.
#[derive(Debug)]
pub struct AuditPage {
    pub rows: Vec<AuditRow>,
    /// Where the next page begins; none on the last.
    pub next: Option<Place>,
}

impl Store {
    /// Keeps a change that is about to be made.
    ///
    /// # Errors
    /// The table is not available: then nothing may be changed.
    pub async fn begin_audit(&self, key: &AuditKey, row: &AuditRow) -> Result<(), StoreError> {
        const OPERATION: &str = "keep who changes something";
        let mut item: Item = to_item(row).map_err(StoreError::malformed(OPERATION))?;
        let end = row.at.plus(RETENTION).seconds();
        item.insert("expires_at".into(), n(end));
        let item = keys::with_key(version::stamped(item), &key.partition, &key.sort);
        let put = self.client.put_item().table_name(&self.table);
        let put = put.set_item(Some(item)).send().await;
        put.map(drop).map_err(StoreError::unavailable(OPERATION))
    }

    /// Keeps what a change came to.
    ///
    /// # Errors
    /// The table is not available: the row says then that the change was interrupted.
    pub async fn end_audit(
        &self,
        key: &AuditKey,
        at: Timestamp,
        result: &str,
    ) -> Result<(), StoreError> {
        let update = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key.key()))
            .update_expression("SET ended_at = :at, #result = :result")
            .condition_expression("attribute_exists(chat_id)")
            .expression_attribute_names("#result", "result")
            .expression_attribute_values(":at", n(at.0))
            .expression_attribute_values(":result", s(result));
        if_held("keep what a change came to", update.send().await).map(drop)
    }

    /// A page of the changes to one account, or of those that are about no single one, since
    /// `since`; `from` is the page before's `next`.
    ///
    /// # Errors
    /// The table is not available, or a row cannot be read.
    pub async fn audit(
        &self,
        bot: Option<&BotId>,
        since: Timestamp,
        from: Option<&Place>,
    ) -> Result<AuditPage, StoreError> {
        const OPERATION: &str = "list the changes";
        let first = AuditKey::new(bot, since, "");
        // `-` comes before every digit's successor: nothing that is no moment is in between.
        let last = match bot {
            Some(_) => format!("{}:", keys::AUDIT_OF_ACCOUNT),
            None => ":".to_owned(),
        };
        let query = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("bot_id = :partition AND chat_id BETWEEN :first AND :last")
            .expression_attribute_values(":partition", s(first.partition))
            .expression_attribute_values(":first", s(first.sort))
            .expression_attribute_values(":last", s(last))
            .set_exclusive_start_key(from.map(|place| place.0.clone()));
        let page = query.send().await;
        let page = page.map_err(StoreError::unavailable(OPERATION))?;
        let rows = page.items.unwrap_or_default().into_iter();
        let read = |item| version::read(item).map_err(StoreError::unread(OPERATION));
        Ok(AuditPage {
            rows: rows.map(read).collect::<Result<_, _>>()?,
            next: page.last_evaluated_key.map(Place),
        })
    }
}

/// A moment as text that sorts by time.
fn moment(at: Timestamp) -> String {
    format!("{:015}", at.0.max(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_to_an_account_are_in_its_partition_by_their_time() {
        let bot = BotId::new("U1").unwrap();
        let key = |bot, at| AuditKey::new(bot, Timestamp(at), "x");
        let (early, late) = (key(Some(&bot), 999), key(Some(&bot), 1_795_136_400_000));
        assert_eq!(early.partition, "U1");
        assert_eq!(late.sort, "@audit#001795136400000-x");
        assert!(early.sort < late.sort);
        let other = key(None, 1);
        assert_eq!(
            (other.partition.as_str(), other.sort.as_str()),
            ("@audit", "000000000000001-x")
        );
    }
}
