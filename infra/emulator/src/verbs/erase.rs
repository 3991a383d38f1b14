//! What is left of an account that was deleted three months ago: nothing but its name.
//!
//! Source: <https://developers.line.biz/en/reference/partner-docs/#detached-event>

use serde_json::Value;

use crate::clock::Millis;
use crate::emulator::Emulator;
use crate::platform::Platform;
use crate::webhook::{self, Built, module};

impl Emulator {
    /// Erases the accounts whose time has come, the oldest first, and tells the module by
    /// `detached` events.
    pub(crate) async fn erase_due(&self) {
        let told = erased(&mut self.platform());
        for built in told {
            // What comes of it is in the list of deliveries.
            let _ = self.deliver_some(built).await;
        }
        self.changed();
    }
}

fn erased(platform: &mut Platform) -> Vec<Option<Built>> {
    let now = platform.now();
    let accounts = platform.world.accounts.iter();
    let due = accounts.filter_map(|account| Some((account.erased_at()?, account.bot_id.clone())));
    let mut due: Vec<(Millis, String)> = due.filter(|(at, _)| *at <= now).collect();
    due.sort();
    let told = due.iter().map(|(at, bot)| erase(platform, bot, *at));
    told.collect()
}

fn erase(platform: &mut Platform, bot: &str, at: Millis) -> Option<Built> {
    let account = platform.world.account_mut(bot)?;
    let hears = account.hears();
    account.attached = false;
    account.scopes.clear();
    platform.world.users.remove(bot);
    platform.world.chats.remove(bot);
    platform.world.belongings.remove(bot);
    platform
        .world
        .contents
        .retain(|_, content| content.bot != bot);
    platform.world.read_tokens.retain(|_, (own, _)| own != bot);
    platform
        .world
        .link_tokens
        .retain(|_, token| token.bot != bot);
    let mut event = module::detached(bot, Some("bot_deleted"));
    event["timestamp"] = Value::from(at);
    hears.then(|| webhook::build(platform, bot, None, vec![event], at))
}
