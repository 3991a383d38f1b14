//! The events that LINE makes, and their JSON.

use serde_json::{Value, json};

use super::{Line, Token, bot_id, chat_id};
use crate::schedule::{Happening, Webhook, What};

/// A reply token is good for a minute.
const TOKEN_LIFE: i64 = 60_000;
/// And for no longer than this after its event, however late it is delivered.
const TOKEN_LIMIT: i64 = 20 * 60_000;

/// An event, as LINE sends it.
#[derive(Debug, Clone)]
pub(crate) struct LineEvent {
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

    /// The event that LINE sends of an acquire or a release.
    pub(crate) fn control_event(&mut self, bot: &str, chat: &str, id: &str, what: What) -> Value {
        let until = self.chat(bot, chat).ours.and_then(|(_, until)| until);
        let event = self.record(bot, Some(chat.to_owned()), id, what, until);
        self.json(&event)
    }

    /// The JSON of an event that has happened.
    pub(crate) fn event_json(&self, id: &str) -> Option<Value> {
        let event = self.events.get(id)?;
        Some(self.json(event))
    }

    fn one(&mut self, bot: &str, happening: &Happening) -> Value {
        let chat = (!happening.what.is_of_bot()).then(|| chat_id(happening.chat));
        let expire_at = self.effect(bot, chat.as_deref(), &happening.what);
        let event = self.record(bot, chat, &happening.id, happening.what.clone(), expire_at);
        self.json(&event)
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

    /// Makes an event, and keeps it.
    pub(super) fn record(
        &mut self,
        bot: &str,
        chat: Option<String>,
        id: &str,
        what: What,
        expire_at: Option<i64>,
    ) -> LineEvent {
        let of_module = what.is_of_bot() || matches!(what, What::Activated(_) | What::Deactivated);
        let active = of_module || self.is_ours(bot, chat.as_deref().unwrap_or_default());
        let can_be_answered = matches!(what, What::Message | What::Postback | What::Follow);
        let event = LineEvent {
            id: id.to_owned(),
            bot: bot.to_owned(),
            chat,
            at: self.now(),
            token: active && can_be_answered,
            what,
            active,
            expire_at,
        };
        self.events.insert(event.id.clone(), event.clone());
        event
    }

    pub(super) fn json(&self, event: &LineEvent) -> Value {
        let mut json = json!({
            "timestamp": event.at,
            "mode": if event.active { "active" } else { "standby" },
            "webhookEventId": event.id,
            "deliveryContext": { "isRedelivery": false },
        });
        if let Some(chat) = &event.chat {
            json["source"] = json!({ "type": "user", "userId": chat });
        }
        if event.token {
            json["replyToken"] = token(&event.id).into();
        }
        let (kind, member, value) = self.of_kind(event);
        json["type"] = kind.into();
        if !member.is_empty() {
            json[member] = value;
        }
        json
    }

    fn of_kind(&self, event: &LineEvent) -> (&'static str, &'static str, Value) {
        let bot = &event.bot;
        match &event.what {
            What::Message => (
                "message",
                "message",
                json!({
                    "type": "text", "id": "1", "text": event.id,
                    "markAsReadToken": event.chat,
                }),
            ),
            What::Postback => ("postback", "postback", json!({ "data": event.id })),
            What::Follow => ("follow", "follow", json!({ "isUnblocked": false })),
            What::Unfollow => ("unfollow", "", Value::Null),
            What::Activated(_) => (
                "activated",
                "chatControl",
                json!({ "expireAt": event.expire_at }),
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
            let Some(event) = self.events.get(id).filter(|event| event.token) else {
                continue;
            };
            let good_until = (now + TOKEN_LIFE).min(event.at + TOKEN_LIMIT);
            let fresh = Token {
                bot: event.bot.clone(),
                chat: event.chat.clone().unwrap_or_default(),
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
