//! What a user does with messages in any chat, and with membership plans.

use serde_json::{Value, json};

use crate::emulator::Emulator;
use crate::error::Error;
use crate::world::record::Delivery;
use crate::world::user;

impl Emulator {
    /// The user does something in a chat: their own, a group or a room. `event` is as in
    /// [`send_events`](Self::send_events). `None` if the module is not sent what happens in this
    /// account.
    pub async fn user_does(
        &self,
        bot: &str,
        chat: &str,
        user: &str,
        mut event: Value,
    ) -> Result<Option<Delivery>, Error> {
        self.known(bot)?;
        if event["type"] == "message" && event["message"]["text"] == "" {
            return Err(Error::request("a message needs a text"));
        }
        if user::is_user(chat) {
            self.can_write(bot, user)?;
        } else {
            let (kind, id) = match chat.starts_with('R') {
                true => ("room", "roomId"),
                false => ("group", "groupId"),
            };
            event["source"] = json!({"type": kind, id: chat, "userId": user});
        }
        self.notify(bot, Some(chat), vec![event]).await
    }

    /// The user changes a text that they have sent. LINE lets users do so in groups, and not yet in
    /// chats with an account.
    ///
    /// Source: <https://developers.line.biz/en/reference/messaging-api/#edit-event>
    pub async fn user_edits(
        &self,
        bot: &str,
        group: &str,
        user: &str,
        message: &str,
        text: &str,
    ) -> Result<Option<Delivery>, Error> {
        if user::is_user(group) {
            let sentence = "a message can be edited in a group, and not in a chat with an account";
            return Err(Error::request(sentence));
        }
        let message = json!({"type": "text", "id": message, "text": text});
        let event = json!({"type": "messageEdited", "message": message});
        self.user_does(bot, group, user, event).await
    }

    /// The user takes a message back.
    ///
    /// Source: <https://developers.line.biz/en/reference/messaging-api/#unsend-event>
    pub async fn user_unsends(
        &self,
        bot: &str,
        chat: &str,
        user: &str,
        message: &str,
    ) -> Result<Option<Delivery>, Error> {
        let event = json!({"type": "unsend", "unsend": {"messageId": message}});
        self.user_does(bot, chat, user, event).await
    }

    /// The user has joined or left a membership plan, or paid for longer: `joined`, `left`, `renewed`.
    ///
    /// Source: <https://developers.line.biz/en/reference/messaging-api/#membership-event>
    pub async fn user_changes_membership(
        &self,
        bot: &str,
        user: &str,
        change: &str,
        plan: u64,
    ) -> Result<Option<Delivery>, Error> {
        if !matches!(change, "joined" | "left" | "renewed") {
            let sentence = format!("a membership is joined, left or renewed, not {change:?}");
            return Err(Error::request(sentence));
        }
        let membership = json!({"type": change, "membershipId": plan});
        let event = json!({"type": "membership", "membership": membership});
        self.user_does(bot, user, user, event).await
    }
}
