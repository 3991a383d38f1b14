//! Setting and cancelling timers: part of the commit of the event whose handler does it.

use aws_sdk_dynamodb::types::{Delete, Put, TransactWriteItem};
use serde_dynamo::aws_sdk_dynamodb_1::to_item;

use crate::domain::{BotId, Chat, ChatId, EventId, Timestamp};
use crate::store::commit::{CommitError, invalid};
use crate::store::timer::row::{Kept, id, key, shard};
use crate::store::{keys, s, version};

/// What a handler does with a timer of its chat, or of the account where there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TimerChange {
    /// Sets it, in place of one of the same name.
    Set(NewTimer),
    /// Ends the one of this name, if there is one.
    Cancel(String),
}

/// A timer that an event's handler plans.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTimer {
    /// When it is due; at once, if that is past.
    pub due: Timestamp,
    /// Its name, by which its route finds it.
    pub name: String,
    /// What the module is given then, as JSON.
    pub payload: String,
}

impl TimerChange {
    /// The timer's name.
    pub fn name(&self) -> &str {
        match self {
            Self::Set(timer) => &timer.name,
            Self::Cancel(name) => name,
        }
    }
}

/// What is written with each timer of one commit.
pub(in crate::store) struct Setting<'a> {
    pub(in crate::store) table: &'a str,
    pub(in crate::store) bot: &'a BotId,
    /// None for timers of the account.
    pub(in crate::store) chat: Option<&'a Chat>,
    pub(in crate::store) epoch: Timestamp,
    /// The event whose handler sets them: the sort key of its ledger row tells it from all others.
    pub(in crate::store) event: (&'a EventId, String),
    /// Which forced replay of the event it is.
    pub(in crate::store) run: u32,
}

/// The writes of all these changes; `rung` is the timer that the event itself was, with its name:
/// its row must still be there, and goes.
pub(in crate::store) fn write(
    setting: &Setting<'_>,
    changes: &[TimerChange],
    rung: Option<(&str, &EventId)>,
) -> Result<Vec<TransactWriteItem>, CommitError> {
    let own = |name: &str| rung.filter(|(rung, _)| *rung == name).map(|(_, id)| id);
    let mut items = Vec::new();
    for (n, change) in changes.iter().enumerate() {
        let own = own(change.name());
        items.push(match change {
            TimerChange::Set(timer) => setting.put(n, timer, own)?,
            TimerChange::Cancel(name) => setting.delete(name, own)?,
        });
    }
    if let Some((name, id)) = rung
        && !changes.iter().any(|change| change.name() == name)
    {
        items.push(setting.delete(name, Some(id))?);
    }
    Ok(items)
}

/// Besides the event's own timer, these writes have no condition: all that changes a chat's
/// timers is committed with the chat's row, or the account's, and on condition of its version.
impl Setting<'_> {
    fn put(
        &self,
        n: usize,
        timer: &NewTimer,
        own: Option<&EventId>,
    ) -> Result<TransactWriteItem, CommitError> {
        let kept = self
            .kept(n, timer)
            .ok_or_else(|| invalid("a timer's event has no id"))?;
        let fields = version::stamped_as(version::NEWEST, to_item(kept).map_err(invalid)?);
        let sort = key(self.chat_id(), &timer.name);
        let item = keys::with_key(fields, &keys::bot(self.bot), &sort);
        let put = Put::builder().table_name(self.table).set_item(Some(item));
        let put = match own {
            None => put,
            Some(id) => put
                .condition_expression("id = :id")
                .expression_attribute_values(":id", s(id.as_str())),
        };
        let put = put.build().map_err(invalid)?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    fn delete(&self, name: &str, own: Option<&EventId>) -> Result<TransactWriteItem, CommitError> {
        let key = keys::key(&keys::bot(self.bot), &key(self.chat_id(), name));
        let delete = Delete::builder().table_name(self.table).set_key(Some(key));
        let delete = match own {
            None => delete,
            Some(id) => delete
                .condition_expression("id = :id")
                .expression_attribute_values(":id", s(id.as_str())),
        };
        let delete = delete.build().map_err(invalid)?;
        Ok(TransactWriteItem::builder().delete(delete).build())
    }

    fn kept(&self, n: usize, timer: &NewTimer) -> Option<Kept> {
        let (event, ledger_sort) = &self.event;
        Some(Kept {
            bot: self.bot.clone(),
            chat: self.chat_id().cloned(),
            chat_kind: self.chat.map(|chat| chat.kind),
            timer_shard: shard(self.bot, self.chat_id()).to_string(),
            due_at: timer.due,
            name: timer.name.clone(),
            payload: timer.payload.clone(),
            epoch: self.epoch,
            id: Some(id(ledger_sort, (n, self.run), timer.due)?),
            event: (*event).clone(),
            n,
            run: self.run,
        })
    }

    fn chat_id(&self) -> Option<&ChatId> {
        self.chat.map(|chat| &chat.id)
    }
}
