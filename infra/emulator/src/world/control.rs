//! Who may speak in a chat, and until when.
//!
//! Source: <https://developers.line.biz/en/docs/partner-docs/module-technical-chat-control/>

use super::World;
use super::account::Account;
use super::channel::Side;
use super::chat::Holder;
use super::user;
use crate::clock::Millis;

impl World {
    /// Who may speak in a chat now. A chat without a holder of its own has the default one: the
    /// module if it is Default Active, else the primary channel. A module that is not attached
    /// holds nothing.
    pub(crate) fn holder(
        &self,
        bot: &str,
        chat: &str,
        default_active: bool,
        now: Millis,
    ) -> Holder {
        let account = self.account(bot);
        let own = self.chat(bot, chat).and_then(|chat| chat.holder_at(now));
        let default = || default_holder(account, default_active, now);
        let holder = own.unwrap_or_else(default);
        if account.is_none_or(|account| attached(account, holder, now)) {
            holder
        } else {
            Holder::Primary
        }
    }

    /// The channels that are sent what happens in an account, the one under test first.
    pub(crate) fn listeners(&self, bot: &str) -> Vec<Holder> {
        let hears = |channel: &Holder| self.listens(bot, *channel);
        Holder::ALL.into_iter().filter(hears).collect()
    }

    /// Whether a channel is sent what happens in an account.
    pub(crate) fn listens(&self, bot: &str, channel: Holder) -> bool {
        let account = self.account(bot);
        account.is_some_and(|account| account.sends_webhooks(channel))
    }

    /// When the module loses a chat that it holds now; `None` if it does not hold it, or has it
    /// for good.
    pub(crate) fn held_until(
        &self,
        bot: &str,
        chat: &str,
        default_active: bool,
        now: Millis,
    ) -> Option<Millis> {
        let held = self.holder(bot, chat, default_active, now) == Holder::Module;
        let end = self.chat(bot, chat).and_then(|chat| chat.expire_at);
        end.filter(|_| held)
    }

    /// Whether the account can talk there: with a friend who does not block it, or in a group or
    /// room that it is in.
    pub(crate) fn reaches(&self, bot: &str, chat: &str) -> bool {
        if user::is_user(chat) {
            let user = self.user(bot, chat);
            user.is_some_and(|user| user.friend && !user.blocked)
        } else {
            self.chat(bot, chat).is_some_and(|chat| !chat.left)
        }
    }
}

/// The module channel with Default Active that is attached, if one is; else the primary channel.
fn default_holder(account: Option<&Account>, default_active: bool, now: Millis) -> Holder {
    let answers = |side| account.is_none_or(|account| account.answers(side, now));
    if !default_active {
        Holder::Primary
    } else if answers(Side::Ours) {
        Holder::Module
    } else {
        Holder::Other
    }
}

fn attached(account: &Account, holder: Holder, now: Millis) -> bool {
    match holder {
        Holder::Primary => true,
        Holder::Module => account.answers(Side::Ours, now),
        Holder::Other => account.answers(Side::Other, now),
    }
}
