//! What an account's owner does.

use crate::emulator::Emulator;
use crate::error::Error;
use crate::webhook::module;
use crate::world::account::AccountStatus;
use crate::world::record::Delivery;

impl Emulator {
    /// The account is suspended. The module is told by a `botSuspended` event.
    pub async fn suspend(&self, bot: &str) -> Result<Option<Delivery>, Error> {
        if self.status(bot)? == AccountStatus::Deleted {
            return Err(Error::request("a deleted account is suspended already"));
        }
        let event = self.prepare(bot, None, vec![module::suspended()]);
        self.set_status(bot, AccountStatus::Suspended);
        self.deliver_some(event).await
    }

    /// The account is in use again. The module is told by a `botResumed` event.
    pub async fn resume(&self, bot: &str) -> Result<Option<Delivery>, Error> {
        if self.status(bot)? == AccountStatus::Deleted {
            return Err(Error::request("a deleted account does not come back"));
        }
        self.set_status(bot, AccountStatus::Active);
        self.notify(bot, None, vec![module::resumed()]).await
    }

    /// The owner deletes the account. That suspends it; it is detached three months later, when
    /// its data is erased.
    ///
    /// Source: <https://developers.line.biz/en/reference/partner-docs/#detached-event>
    pub async fn delete(&self, bot: &str) -> Result<Option<Delivery>, Error> {
        self.status(bot)?;
        let event = self.prepare(bot, None, vec![module::suspended()]);
        self.set_status(bot, AccountStatus::Deleted);
        {
            let mut platform = self.platform();
            let now = platform.now();
            if let Some(account) = platform.world.account_mut(bot) {
                account.deleted_at.get_or_insert(now);
            }
        }
        self.deliver_some(event).await
    }

    /// Attaches another module channel with Default Active to the account, or detaches it. There
    /// can be only one, so while it is there, the link screen refuses this one.
    ///
    /// Source: <https://developers.line.biz/en/docs/partner-docs/module-technical-chat-control/#default-active>
    pub async fn set_other_module(&self, bot: &str, attached: bool) -> Result<(), Error> {
        self.status(bot)?;
        {
            let mut platform = self.platform();
            let default_active = platform.settings.default_active;
            let account = platform.world.account_mut(bot);
            if let Some(account) = account {
                if attached && default_active && account.attached {
                    let sentence = "this module channel is attached with Default Active already";
                    return Err(Error::request(sentence));
                }
                account.other_module = attached;
            }
        }
        self.changed();
        Ok(())
    }

    pub(super) fn status(&self, bot: &str) -> Result<AccountStatus, Error> {
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
