//! What an account's primary channel does, where its staff may be.

use serde_json::json;

use crate::emulator::Emulator;
use crate::error::Error;
use crate::platform::Platform;
use crate::webhook::module;
use crate::world::chat::{Holder, Speaker};
use crate::world::record::Delivery;

impl Emulator {
    /// The primary channel acquires a chat: the module is on standby there, and gets a
    /// `deactivated` event if it held the chat. So does the other module. For a few seconds the
    /// module cannot acquire it.
    pub async fn take(&self, bot: &str, chat: &str) -> Result<Option<Delivery>, Error> {
        self.status(bot)?;
        self.has_primary(bot)?;
        let lost = taken(&mut self.platform(), bot, chat);
        self.lose(bot, chat, lost).await
    }

    /// The primary channel gives a chat to the module, for good.
    ///
    /// LINE's documents know three ways for a module to become active: its own acquire, which
    /// sends `activated`; the default at the attach; and the default at a follow. None is a gift:
    /// a release by the primary channel would return the chat to the primary channel. So this
    /// stands for whatever LINE does when staff are finished. The module gets `activated`, as for
    /// the documented change without an expiry or a follow; only an acquire knows an end, so
    /// there is none. A module that has the chat for good already gets no event.
    pub async fn give(&self, bot: &str, chat: &str) -> Result<Option<Delivery>, Error> {
        self.status(bot)?;
        self.has_primary(bot)?;
        let (lost, news) = given(&mut self.platform(), bot, chat);
        let delivery = self.lose(bot, chat, lost).await?;
        if !news {
            return Ok(delivery);
        }
        let event = module::activated(None);
        self.tell(Holder::Module, bot, Some(chat), event).await
    }

    /// Tells the module channel that has lost a chat.
    async fn lose(
        &self,
        bot: &str,
        chat: &str,
        holder: Option<Holder>,
    ) -> Result<Option<Delivery>, Error> {
        self.changed();
        match holder {
            Some(holder) => {
                let event = module::deactivated();
                self.tell(holder, bot, Some(chat), event).await
            }
            None => Ok(None),
        }
    }
}

impl Emulator {
    /// Staff write to a chat. The user sees it as the account's words; no webhook tells of it.
    pub async fn staff_says(&self, bot: &str, chat: &str, text: &str) -> Result<(), Error> {
        self.status(bot)?;
        self.has_primary(bot)?;
        {
            let mut platform = self.platform();
            let now = platform.now();
            let message = json!({"type": "text", "text": text});
            let world = &mut platform.world;
            world.say(bot, chat, Speaker::Account, message, now);
        }
        self.changed();
        Ok(())
    }

    fn has_primary(&self, bot: &str) -> Result<(), Error> {
        let platform = self.platform();
        let account = platform.world.account(bot);
        if account.is_some_and(|account| account.primary_channel) {
            return Ok(());
        }
        Err(Error::request("the account has no channel of its own"))
    }
}

/// Gives the module channel that held the chat, if one did.
fn taken(platform: &mut Platform, bot: &str, chat: &str) -> Option<Holder> {
    let now = platform.now();
    let before = holder(platform, bot, chat);
    platform.world.chat_mut(bot, chat).take(now);
    Some(before).filter(|holder| *holder != Holder::Primary)
}

/// Gives the other module channel, if it held the chat, and whether it is news for the one that has
/// it now.
fn given(platform: &mut Platform, bot: &str, chat: &str) -> (Option<Holder>, bool) {
    let (now, default_active) = (platform.now(), platform.settings.default_active);
    let ends = platform.world.held_until(bot, chat, default_active, now);
    let before = holder(platform, bot, chat);
    let chat = platform.world.chat_mut(bot, chat);
    chat.reset();
    chat.give(Holder::Module);
    let lost = Some(before).filter(|holder| *holder == Holder::Other);
    (lost, ends.is_some() || before != Holder::Module)
}

fn holder(platform: &Platform, bot: &str, chat: &str) -> Holder {
    let default_active = platform.settings.default_active;
    let now = platform.now();
    platform.world.holder(bot, chat, default_active, now)
}
