//! What an account's owner does.

use crate::emulator::Emulator;
use crate::error::Error;
use crate::webhook::module;
use crate::world::account::AccountStatus;
use crate::world::chat::Holder;
use crate::world::record::Delivery;

/// The most accounts that can be made at once.
const MOST_ACCOUNTS: usize = 1_000_000;

impl Emulator {
    /// The account is suspended. The modules get a `botSuspended` event.
    pub async fn suspend(&self, bot: &str) -> Result<Option<Delivery>, Error> {
        if self.status(bot)? == AccountStatus::Deleted {
            return Err(Error::request("a deleted account is suspended already"));
        }
        let event = self.prepare(bot, None, vec![module::suspended()]);
        self.set_status(bot, AccountStatus::Suspended);
        self.deliver_some(event).await
    }

    /// The account is in use again. The modules get a `botResumed` event.
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

    /// Makes accounts without users, with the module channel attached by these scopes, if any are
    /// given. No event is sent. Gives their bots.
    pub async fn make_accounts(
        &self,
        count: usize,
        scopes: Option<Vec<String>>,
    ) -> Result<Vec<String>, Error> {
        if !(1..=MOST_ACCOUNTS).contains(&count) {
            let sentence = format!("\"count\" is between 1 and {MOST_ACCOUNTS}");
            return Err(Error::request(sentence));
        }
        let made = {
            let world = &mut self.platform().world;
            world.make_accounts(count, scopes.as_deref())
        };
        self.changed();
        Ok(made)
    }

    /// Attaches another module channel with Default Active to the account, or detaches it. There
    /// can be only one, so while it is there, the link screen refuses this one. It gets an
    /// `attached` event.
    ///
    /// Source: <https://developers.line.biz/en/docs/partner-docs/module-technical-chat-control/#default-active>
    pub async fn set_other_module(
        &self,
        bot: &str,
        attached: bool,
        scopes: Vec<String>,
    ) -> Result<(), Error> {
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
                account.other_scopes.clone_from(&scopes);
            }
        }
        if attached {
            let event = module::attached(bot, &scopes);
            self.tell(Holder::Other, bot, None, event).await?;
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
