//! What is left of an account that was deleted three months ago: nothing but its name.
//!
//! Source: <https://developers.line.biz/en/reference/partner-docs/#detached-event>

use serde_json::Value;

use crate::clock::Millis;
use crate::emulator::Emulator;
use crate::platform::Platform;
use crate::webhook::{self, Webhooks, module};
use crate::world::channel::Side;
use crate::world::chat::Holder;

impl Emulator {
    /// Erases the accounts whose time has come, the oldest first, and tells the modules by
    /// `detached` events.
    pub(crate) async fn erase_due(&self) {
        let webhooks = erased(&mut self.platform());
        for built in webhooks {
            // What comes of it is in the list of deliveries.
            let _ = self.deliver_some(built).await;
        }
        self.changed();
    }
}

fn erased(platform: &mut Platform) -> Vec<Webhooks> {
    let now = platform.now();
    let accounts = platform.world.accounts.iter();
    let mut due: Vec<(Millis, String)> = accounts
        .filter_map(|account| Some((account.erased_at()?, account.bot_id.clone())))
        .filter(|(at, _)| *at <= now)
        .collect();
    due.sort();
    due.iter()
        .flat_map(|(at, bot)| erase(platform, bot, *at))
        .collect()
}

/// Gives the webhooks for the module channels that were attached: one for each.
fn erase(platform: &mut Platform, bot: &str, at: Millis) -> Vec<Webhooks> {
    let left = leave(platform, bot);
    forget(platform, bot);
    let mut event = module::detached(bot, Some("bot_deleted"));
    event["timestamp"] = Value::from(at);
    let webhook =
        |channel| webhook::build(platform, bot, None, vec![event.clone()], &[channel], at);
    left.into_iter().map(webhook).collect()
}

/// Detaches the module channels. Gives those that may receive.
fn leave(platform: &mut Platform, bot: &str) -> Vec<Holder> {
    let Some(account) = platform.world.account_mut(bot) else {
        return Vec::new();
    };
    let ours = account.attached && account.hears(Side::Ours);
    let other = account.other_module && account.hears(Side::Other);
    (account.attached, account.other_module) = (false, false);
    account.scopes.clear();
    account.other_scopes.clear();
    let both = [(ours, Holder::Module), (other, Holder::Other)];
    let hear = both.into_iter().filter(|(hears, _)| *hears);
    hear.map(|(_, channel)| channel).collect()
}

fn forget(platform: &mut Platform, bot: &str) {
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
}
