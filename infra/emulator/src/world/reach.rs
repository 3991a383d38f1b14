//! Whom messages reach, and what they count for.

use serde_json::Value;

use super::World;
use super::chat::Speaker;
use super::user;
use crate::clock::{self, Millis};

impl World {
    /// Puts messages into a chat, unless the user blocks the account. Whether it reached somebody.
    pub(crate) fn deliver(
        &mut self,
        bot: &str,
        chat: &str,
        messages: &[Value],
        now: Millis,
    ) -> bool {
        if self.user(bot, chat).is_some_and(|user| user.blocked) {
            return false;
        }
        for message in messages {
            self.say(bot, chat, Speaker::Account, message.clone(), now);
        }
        true
    }

    /// How many people a message into a chat is counted for: the users in a group or room, as far
    /// as they are known, and nobody who blocks the account.
    ///
    /// Source: <https://developers.line.biz/en/docs/messaging-api/pricing/>
    pub(crate) fn people(&self, bot: &str, chat: &str) -> u64 {
        if user::is_user(chat) {
            let blocked = self.user(bot, chat).is_some_and(|user| user.blocked);
            return u64::from(!blocked);
        }
        let members = self.chat(bot, chat).map_or(0, |chat| chat.members.len());
        members.max(1) as u64
    }

    /// The friends who do not block the account.
    pub(crate) fn friends(&self, bot: &str) -> Vec<String> {
        let users = self.users.get(bot).into_iter().flatten();
        let friends = users.filter(|(_, user)| user.friend && !user.blocked);
        friends.map(|(id, _)| id.clone()).collect()
    }

    /// What narrowcasts under way keep of an account's quota.
    pub(crate) fn reserved(&self, bot: &str) -> u64 {
        if !self.is_busy(bot) {
            return 0;
        }
        let sent = self
            .belongings
            .get(bot)
            .into_iter()
            .flat_map(|own| &own.sent);
        let narrowcasts = sent.filter_map(|sent| sent.narrowcast.as_ref());
        narrowcasts
            .filter(|cast| !cast.done)
            .map(|cast| cast.reserved)
            .sum()
    }

    /// What is left of an account's quota this month; `None` is no limit.
    pub(crate) fn left(&self, bot: &str, usual: Option<u64>, now: Millis) -> Option<u64> {
        let account = self.account(bot)?;
        let limit = account.monthly_limit.or(usual)?;
        let used = account.pushed_in(&clock::month(now));
        Some(limit.saturating_sub(used + self.reserved(bot)))
    }
}
