//! What an account's owner, and its primary channel, do.

use serde_json::json;

use crate::emulator::Emulator;
use crate::error::Error;
use crate::world::account::AccountStatus;
use crate::world::chat::Holder;
use crate::world::record::Delivery;

impl Emulator {
    /// The account is suspended. The module is told by a `botSuspended` event.
    pub async fn suspend(&self, bot: &str) -> Result<Option<Delivery>, Error> {
        self.status(bot)?;
        let event = self.prepare(bot, None, vec![json!({"type": "botSuspended"})]);
        self.set_status(bot, AccountStatus::Suspended);
        self.deliver_some(event).await
    }

    /// The account is in use again. The module is told by a `botResumed` event.
    pub async fn resume(&self, bot: &str) -> Result<Option<Delivery>, Error> {
        if self.status(bot)? == AccountStatus::Deleted {
            return Err(Error::request("a deleted account does not come back"));
        }
        self.set_status(bot, AccountStatus::Active);
        self.notify(bot, None, vec![json!({"type": "botResumed"})])
            .await
    }

    /// The owner deletes the account. That suspends it; it is detached three months later, when
    /// its data is erased.
    ///
    /// Source: <https://developers.line.biz/en/reference/partner-docs/#detached-event>
    pub async fn delete(&self, bot: &str) -> Result<Option<Delivery>, Error> {
        self.status(bot)?;
        let event = self.prepare(bot, None, vec![json!({"type": "botSuspended"})]);
        self.set_status(bot, AccountStatus::Deleted);
        self.deliver_some(event).await
    }

    /// The primary channel takes a chat: the module is on standby there.
    pub async fn take(&self, bot: &str, chat: &str) -> Result<(), Error> {
        self.hand(bot, chat, Holder::Primary)
    }

    /// The primary channel gives a chat to the module.
    pub async fn give(&self, bot: &str, chat: &str) -> Result<(), Error> {
        self.hand(bot, chat, Holder::Module)
    }

    fn hand(&self, bot: &str, chat: &str, holder: Holder) -> Result<(), Error> {
        self.status(bot)?;
        self.platform().world.chat_mut(bot, chat).give(holder);
        self.changed();
        Ok(())
    }

    fn status(&self, bot: &str) -> Result<AccountStatus, Error> {
        let platform = self.platform();
        let account = platform.world.account(bot);
        let account =
            account.ok_or_else(|| Error::request(format!("there is no account {bot:?}")))?;
        Ok(account.status)
    }

    fn set_status(&self, bot: &str, status: AccountStatus) {
        if let Some(account) = self.platform().world.account_mut(bot) {
            account.status = status;
        }
        self.changed();
    }
}
