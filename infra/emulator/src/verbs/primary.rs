//! What an account's primary channel does, where its staff may be.

use serde_json::Value;

use crate::emulator::Emulator;
use crate::error::Error;
use crate::platform::Platform;
use crate::webhook::{self, Built, module};
use crate::world::chat::Holder;
use crate::world::record::Delivery;

impl Emulator {
    /// The primary channel acquires a chat: the module is on standby there, and is told so by a
    /// `deactivated` event if it held the chat. For a few seconds the module cannot acquire it.
    pub async fn take(&self, bot: &str, chat: &str) -> Result<Option<Delivery>, Error> {
        self.status(bot)?;
        self.has_primary(bot)?;
        let built = taken(&mut self.platform(), bot, chat);
        self.changed();
        self.deliver_some(built).await
    }

    /// The primary channel gives a chat to the module, for good.
    ///
    /// LINE's documents know three ways for a module to become active: its own acquire, which
    /// sends `activated`; the default at the attach; and the default at a follow. None is a gift:
    /// a release by the primary channel would return the chat to the primary channel. So this
    /// stands for whatever LINE does when staff are finished. It is told as the documented change
    /// without an expiry or a follow is told, by `activated`; only an acquire knows an end, so
    /// there is none. A module that has the chat for good already is told nothing.
    pub async fn give(&self, bot: &str, chat: &str) -> Result<Option<Delivery>, Error> {
        self.status(bot)?;
        self.has_primary(bot)?;
        let built = given(&mut self.platform(), bot, chat);
        self.changed();
        self.deliver_some(built).await
    }
}

impl Emulator {
    fn has_primary(&self, bot: &str) -> Result<(), Error> {
        let platform = self.platform();
        let account = platform.world.account(bot);
        if account.is_some_and(|account| account.primary_channel) {
            return Ok(());
        }
        Err(Error::request("the account has no channel of its own"))
    }
}

fn taken(platform: &mut Platform, bot: &str, chat: &str) -> Option<Built> {
    let now = platform.now();
    let held = holds(platform, bot, chat);
    platform.world.chat_mut(bot, chat).take(now);
    held.then(|| told(platform, bot, chat, module::deactivated()))?
}

fn given(platform: &mut Platform, bot: &str, chat: &str) -> Option<Built> {
    let (now, default_active) = (platform.now(), platform.settings.default_active);
    let ends = platform.world.held_until(bot, chat, default_active, now);
    let news = ends.is_some() || !holds(platform, bot, chat);
    platform.world.chat_mut(bot, chat).reset();
    platform.world.chat_mut(bot, chat).give(Holder::Module);
    news.then(|| told(platform, bot, chat, module::activated(None)))?
}

fn holds(platform: &Platform, bot: &str, chat: &str) -> bool {
    let default_active = platform.settings.default_active;
    let holder = platform
        .world
        .holder(bot, chat, default_active, platform.now());
    holder == Holder::Module
}

fn told(platform: &mut Platform, bot: &str, chat: &str, event: Value) -> Option<Built> {
    let now = platform.now();
    webhook::prepare(platform, bot, Some(chat), vec![event], now)
}
