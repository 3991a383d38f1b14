//! Who may speak in a chat, and until when.
//!
//! Source: <https://developers.line.biz/en/docs/partner-docs/module-technical-chat-control/>

use super::World;
use super::account::Account;
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
        let attached = |account: &Account| account.answers(now);
        if !self.account(bot).is_none_or(attached) {
            return Holder::Primary;
        }
        let default = if default_active {
            Holder::Module
        } else {
            Holder::Primary
        };
        let own = self.chat(bot, chat).and_then(|chat| chat.holder_at(now));
        own.unwrap_or(default)
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
