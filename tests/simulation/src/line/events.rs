//! The events that LINE makes, and their JSON.

use serde_json::{Value, json};

use super::{Line, Token, bot_id, chat_id};
use crate::schedule::{Happening, Webhook, What};

/// A reply token is good for a minute.
const TOKEN_LIFE: i64 = 60_000;
/// And for no longer than this after its event, however late it is delivered.
const TOKEN_LIMIT: i64 = 20 * 60_000;

/// An event, as LINE has told it.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    pub(crate) id: String,
    /// The account.
    pub(crate) bot: String,
    /// The chat, if it happened in one.
    pub(crate) chat: Option<String>,
    /// When, by LINE's clock.
    pub(crate) at: i64,
    /// What happened.
    pub(crate) what: What,
    /// Whether its mode was active.
    pub(crate) active: bool,
    /// Whether it had a reply token.
    pub(crate) token: bool,
    /// Until when the chat is ours by it.
    pub(crate) expire_at: Option<i64>,
}

impl Line {
    /// A webhook's events happen, one after the other. Gives their JSON.
    pub(crate) fn happen(&mut self, webhook: &Webhook) -> Vec<Value> {
        let bot = bot_id(webhook.bot);
        let events = webhook.events.iter();
        events.map(|event| self.one(&bot, event)).collect()
    }

    /// What acquire and release tell of themselves.
    pub(crate) fn control_event(&mut self, bot: &str, chat: &str, id: &str, what: What) -> Value {
        let until = self.chat(bot, chat).ours.and_then(|(_, until)| until);
        let told = self.tell(bot, Some(chat.to_owned()), id, what, until);
        self.json(&told)
    }

    /// The JSON of an event that has happened.
    pub(crate) fn event_json(&self, id: &str) -> Option<Value> {
        let told = self.told.get(id)?;
        Some(self.json(told))
    }

    fn one(&mut self, bot: &str, event: &Happening) -> Value {
        let chat = (!event.what.is_of_bot()).then(|| chat_id(event.chat));
        let expire_at = self.effect(bot, chat.as_deref(), &event.what);
        let told = self.tell(bot, chat, &event.id, event.what.clone(), expire_at);
        self.json(&told)
    }

    /// What an event changes at LINE; gives until when the chat is ours.
    fn effect(&mut self, bot: &str, chat: Option<&str>, what: &What) -> Option<i64> {
        let now = self.now();
        let chat = chat.unwrap_or_default();
        match what {
            What::Suspended => self.bot(bot).suspended = true,
            What::Resumed => self.bot(bot).suspended = false,
            What::Detached => self.bot(bot).detached = true,
            What::Attached(scopes) => self.attach(bot, scopes.clone()),
            What::Follow => {
                let chat = self.chat(bot, chat);
                chat.blocked = false;
                chat.ours = None;
            }
            What::Unfollow => self.chat(bot, chat).blocked = true,
            What::Activated(seconds) => {
                let until = seconds.map(|seconds| now + i64::try_from(seconds * 1000).unwrap_or(0));
                self.chat(bot, chat).ours = Some((true, until));
                return until;
            }
            What::Deactivated => self.chat(bot, chat).ours = Some((false, None)),
            What::Message | What::Postback | What::Unknown | What::Misdirected => {}
        }
        None
    }

    pub(super) fn tell(
        &mut self,
        bot: &str,
        chat: Option<String>,
        id: &str,
        what: What,
        expire_at: Option<i64>,
    ) -> Told {
        let of_module = what.is_of_bot() || matches!(what, What::Activated(_) | What::Deactivated);
        let active = of_module || self.is_ours(bot, chat.as_deref().unwrap_or_default());
        let can_be_answered = matches!(what, What::Message | What::Postback | What::Follow);
        let told = Told {
            id: id.to_owned(),
            bot: bot.to_owned(),
            chat,
            at: self.now(),
            token: active && can_be_answered,
            what,
            active,
            expire_at,
        };
        self.told.insert(told.id.clone(), told.clone());
        told
    }

    pub(super) fn json(&self, told: &Told) -> Value {
        let mut event = json!({
            "timestamp": told.at,
            "mode": if told.active { "active" } else { "standby" },
            "webhookEventId": told.id,
            "deliveryContext": { "isRedelivery": false },
        });
        if let Some(chat) = &told.chat {
            event["source"] = json!({ "type": "user", "userId": chat });
        }
        if told.token {
            event["replyToken"] = token(&told.id).into();
        }
        let (kind, member, value) = self.of_kind(told);
        event["type"] = kind.into();
        if !member.is_empty() {
            event[member] = value;
        }
        event
    }

    fn of_kind(&self, told: &Told) -> (&'static str, &'static str, Value) {
        let bot = &told.bot;
        match &told.what {
            What::Message => (
                "message",
                "message",
                json!({
                    "type": "text", "id": "1", "text": told.id,
                    "markAsReadToken": told.chat,
                }),
            ),
            What::Postback => ("postback", "postback", json!({ "data": told.id })),
            What::Follow => ("follow", "follow", json!({ "isUnblocked": false })),
            What::Unfollow => ("unfollow", "", Value::Null),
            What::Activated(_) => (
                "activated",
                "chatControl",
                json!({ "expireAt": told.expire_at }),
            ),
            What::Deactivated => ("deactivated", "", Value::Null),
            What::Suspended => ("botSuspended", "", Value::Null),
            What::Resumed => ("botResumed", "", Value::Null),
            What::Attached(None) => (
                "module",
                "module",
                json!({ "type": "attached", "botId": bot }),
            ),
            What::Attached(Some(scopes)) => {
                let scopes: Vec<_> = scopes.split(' ').collect();
                let module = json!({ "type": "attached", "botId": bot, "scopes": scopes });
                ("module", "module", module)
            }
            What::Detached => (
                "module",
                "module",
                json!({ "type": "detached", "botId": bot }),
            ),
            What::Misdirected => (
                "module",
                "module",
                json!({ "type": "detached", "botId": "U-of-another" }),
            ),
            What::Unknown => ("thingHappened", "thing", json!({ "size": 3 })),
        }
    }

    /// A webhook is delivered: its reply tokens are good from now on.
    pub(crate) fn deliver(&mut self, ids: &[String]) {
        let now = self.now();
        for id in ids {
            let Some(told) = self.told.get(id).filter(|told| told.token) else {
                continue;
            };
            let good_until = (now + TOKEN_LIFE).min(told.at + TOKEN_LIMIT);
            let fresh = Token {
                bot: told.bot.clone(),
                chat: told.chat.clone().unwrap_or_default(),
                good_until,
                used: false,
            };
            let token = self.tokens.entry(token(id)).or_insert(fresh);
            token.good_until = token.good_until.max(good_until);
        }
    }
}

fn token(id: &str) -> String {
    format!("token-{id}")
}
