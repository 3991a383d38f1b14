//! What a chat is told, once, whose account is not entitled to the service.

use serde::de::DeserializeOwned;

use crate::outgoing::{reply_deadline, wire};
use crate::settings::Schema;
use crate::{ModuleError, Text};
use shared::domain::{ChatEffect, Event, Plan, Reply, Timestamp};
use shared::store::BotRow;

/// An event of a chat whose account is not entitled: what its notice can be made of.
pub struct NotEntitled<'a> {
    /// The event.
    pub event: &'a Event,
    /// The account's row.
    pub bot: &'a BotRow,
    /// What can be set of the module.
    pub schema: &'a Schema,
    /// When the event's webhook arrived.
    pub received_at: Timestamp,
}

impl NotEntitled<'_> {
    /// The event that would be answered.
    pub fn event(&self) -> &Event {
        self.event
    }

    /// The account's name, if it is known.
    pub fn bot_name(&self) -> Option<&str> {
        self.bot.display_name.as_deref()
    }

    /// What the account has set, as [`Context::settings`](crate::Context::settings).
    ///
    /// # Errors
    /// The author's: the settings do not fit the type.
    pub fn settings<T: DeserializeOwned>(&self) -> Result<T, ModuleError> {
        let values = self.schema.filled(&self.bot.settings);
        Ok(serde_json::from_value(values)?)
    }

    /// Whether the event can be replied to at `now`. Nothing is pushed: that would count against
    /// the quota of an account that is not served.
    pub fn can_be_told(&self, now: Timestamp) -> bool {
        let deadline = reply_deadline(self.event, self.received_at);
        self.event.reply_token.is_some() && now <= deadline
    }

    /// The notice with this text, as a plan; an empty one for an event that cannot be replied to.
    ///
    /// # Errors
    /// The author's: the text does not serialise.
    pub fn plan(&self, text: &Text) -> Result<Plan, ModuleError> {
        let Some(token) = self.event.reply_token.clone() else {
            return Ok(Plan::default());
        };
        let reply = ChatEffect::Reply(Reply {
            token,
            messages: wire(std::slice::from_ref(text))?,
            or_push: false,
            deadline: reply_deadline(self.event, self.received_at),
            silent: false,
            is_notice: true,
        });
        let effects = vec![reply.into()];
        Ok(Plan { effects })
    }
}
