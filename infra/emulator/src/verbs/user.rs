//! What a user does.

use serde_json::{Value, json};

use crate::emulator::Emulator;
use crate::error::Error;
use crate::world::chat::Speaker;
use crate::world::record::Delivery;

impl Emulator {
    /// The user writes a text. `None` if the module is not sent what happens in this account.
    pub async fn user_says(
        &self,
        bot: &str,
        user: &str,
        text: &str,
    ) -> Result<Option<Delivery>, Error> {
        if text.is_empty() {
            return Err(Error::request("a message needs a text"));
        }
        self.user_sends(bot, user, json!({"type": "text", "text": text}))
            .await
    }

    /// The user sends a message of any type. Members not given are filled in.
    pub async fn user_sends(
        &self,
        bot: &str,
        user: &str,
        message: Value,
    ) -> Result<Option<Delivery>, Error> {
        self.known(bot)?;
        self.can_write(bot, user)?;
        let event = json!({"type": "message", "message": message});
        self.notify(bot, Some(user), vec![event]).await
    }

    /// The user taps something with a postback action.
    pub async fn user_taps(
        &self,
        bot: &str,
        user: &str,
        data: &str,
        display_text: Option<&str>,
    ) -> Result<Option<Delivery>, Error> {
        self.known(bot)?;
        self.can_write(bot, user)?;
        if let Some(text) = display_text.filter(|text| !text.is_empty()) {
            let mut platform = self.platform();
            let now = platform.now();
            let message = json!({"type": "text", "text": text});
            platform.world.say(bot, user, Speaker::User, message, now);
        }
        let event = json!({"type": "postback", "postback": {"data": data}});
        self.notify(bot, Some(user), vec![event]).await
    }

    /// The user picks a date or time for a datetime picker action. `mode` is `date`, `time` or
    /// `datetime`.
    ///
    /// Source: <https://developers.line.biz/en/reference/messaging-api/#postback-params-object-for-datetime-selection-action>
    pub async fn user_picks(
        &self,
        bot: &str,
        user: &str,
        data: &str,
        mode: &str,
        value: &str,
    ) -> Result<Option<Delivery>, Error> {
        if !matches!(mode, "date" | "time" | "datetime") || value.is_empty() {
            return Err(Error::request("a date picker needs a mode and a value"));
        }
        self.known(bot)?;
        self.can_write(bot, user)?;
        let params = json!({ mode: value });
        let event = json!({"type": "postback", "postback": {"data": data, "params": params}});
        self.notify(bot, Some(user), vec![event]).await
    }

    /// The user adds the account as a friend, or unblocks it.
    pub async fn follow(&self, bot: &str, user: &str) -> Result<Option<Delivery>, Error> {
        self.known(bot)?;
        self.notify(bot, Some(user), vec![json!({"type": "follow"})])
            .await
    }

    /// The user blocks the account.
    pub async fn unfollow(&self, bot: &str, user: &str) -> Result<Option<Delivery>, Error> {
        self.known(bot)?;
        self.notify(bot, Some(user), vec![json!({"type": "unfollow"})])
            .await
    }

    /// The same as [`unfollow`](Self::unfollow), as the control interface names it.
    pub async fn block(&self, bot: &str, user: &str) -> Result<Option<Delivery>, Error> {
        self.unfollow(bot, user).await
    }

    /// The user unblocks the account: a follow event.
    pub async fn unblock(&self, bot: &str, user: &str) -> Result<Option<Delivery>, Error> {
        self.follow(bot, user).await
    }

    /// The rich menu that a user sees, as it was made: their own, else the account's default one.
    pub async fn menu(&self, bot: &str, user: &str) -> Option<Value> {
        let mut platform = self.platform();
        let menus = &platform.world.of(bot).menus;
        let id = menus.links.get(user).or(menus.default.as_ref())?;
        Some(menus.get(id)?.body.clone())
    }

    pub(super) fn known(&self, bot: &str) -> Result<(), Error> {
        let found = self.platform().world.account(bot).is_some();
        found
            .then_some(())
            .ok_or_else(|| Error::request(format!("there is no account {bot:?}")))
    }

    pub(super) fn can_write(&self, bot: &str, user: &str) -> Result<(), Error> {
        let blocked = {
            let platform = self.platform();
            let user = platform.world.user(bot, user);
            user.is_some_and(|user| user.blocked)
        };
        if blocked {
            return Err(Error::request(
                "the user blocks this account and cannot write to it",
            ));
        }
        Ok(())
    }
}
