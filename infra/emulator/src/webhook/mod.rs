//! Webhooks: built as LINE builds them, signed, delivered within LINE's two seconds, written down.

mod effect;
mod fill;
pub(crate) mod module;
mod payload;
pub(crate) mod request;
pub(crate) mod send;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::clock::{Millis, seconds};
use crate::platform::Platform;
use crate::world::account::Account;
use crate::world::grant::ReplyToken;
use crate::world::record::Delivery;

/// What came of an events request.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Outcome {
    /// It was sent; of several copies the first.
    Delivered(Box<Delivery>),
    /// It was held back, for the caller to send.
    Held(Held),
}

/// A webhook that was not sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// The exact body to send.
    pub body: String,
    /// The `x-line-signature` that goes with it.
    pub signature: String,
    /// The ids of its events.
    pub event_ids: Vec<String>,
}

/// A webhook ready to go.
#[derive(Debug, Clone)]
pub(crate) struct Built {
    /// The bot it is for.
    pub(crate) bot: String,
    /// The exact body.
    pub(crate) body: String,
    /// The chats of its events.
    pub(crate) chats: Vec<String>,
    /// The ids of its events.
    pub(crate) event_ids: Vec<String>,
    /// Its reply tokens, to be started at delivery.
    pub(crate) reply_tokens: Vec<String>,
    /// Whether it is a redelivery.
    pub(crate) redelivery: bool,
}

/// Builds a webhook: fills in what the events leave open, and lets the world take them in.
pub(crate) fn build(
    platform: &mut Platform,
    bot: &str,
    chat: Option<&str>,
    events: Vec<Value>,
    now: Millis,
) -> Built {
    let default_active = platform.settings.default_active;
    let world = &mut platform.world;
    let mut filled = Vec::with_capacity(events.len());
    for mut event in events {
        if let Some(event) = event.as_object_mut() {
            fill::before(world, bot, chat, event, now);
            effect::presence(world, bot, event);
            fill::after(world, bot, event, default_active, now);
            effect::conversation(world, bot, event, now);
            remember_token(world, bot, event, now);
        }
        filled.push(event);
    }
    assemble(bot, &filled, false)
}

/// The same, for an account of the world: `None` if the module is not sent what happens there.
pub(crate) fn prepare(
    platform: &mut Platform,
    bot: &str,
    chat: Option<&str>,
    events: Vec<Value>,
    now: Millis,
) -> Option<Built> {
    let account = platform.world.account(bot);
    let sends = account.is_some_and(Account::sends_webhooks);
    let built = build(platform, bot, chat, events, now);
    sends.then_some(built)
}

/// The same webhook again, marked as a redelivery.
///
/// Source: <https://developers.line.biz/en/docs/messaging-api/receiving-messages/#webhook-redelivery>
pub(crate) fn again(delivery: &Delivery) -> Built {
    let body: Value = serde_json::from_str(&delivery.body).unwrap_or_default();
    let events = body.get("events").and_then(Value::as_array);
    let mut events = events.cloned().unwrap_or_default();
    for event in events.iter_mut().filter_map(Value::as_object_mut) {
        event.insert("deliveryContext".into(), json!({"isRedelivery": true}));
    }
    assemble(&delivery.bot, &events, true)
}

fn assemble(bot: &str, events: &[Value], redelivery: bool) -> Built {
    let texts = |member: &str| -> Vec<String> {
        let values = events
            .iter()
            .filter_map(|event| event.get(member)?.as_str());
        values.map(str::to_owned).collect()
    };
    let mut chats: Vec<String> = events
        .iter()
        .filter_map(chat_of)
        .map(str::to_owned)
        .collect();
    chats.dedup();
    Built {
        bot: bot.to_owned(),
        chats,
        event_ids: texts("webhookEventId"),
        reply_tokens: texts("replyToken"),
        redelivery,
        body: json!({"destination": bot, "events": events}).to_string(),
    }
}

/// The chat of an event: the group, the room or the user of its source.
pub(crate) fn chat_of(event: &Value) -> Option<&str> {
    let source = event.get("source")?;
    let ids = ["groupId", "roomId", "userId"];
    ids.iter().find_map(|id| source.get(id)?.as_str())
}

fn remember_token(
    world: &mut crate::world::World,
    bot: &str,
    event: &serde_json::Map<String, Value>,
    now: Millis,
) {
    let token = event.get("replyToken").and_then(Value::as_str);
    let chat = fill::chat_of_map(event);
    if let (Some(token), Some(chat)) = (token, chat) {
        let entry = world.reply_tokens.entry(token.to_owned());
        entry.or_insert_with(|| ReplyToken {
            bot: bot.to_owned(),
            chat: chat.to_owned(),
            event_at: event
                .get("timestamp")
                .and_then(Value::as_i64)
                .unwrap_or(now),
            usable_until: 0,
            used: false,
        });
    }
}

/// Starts the time of a webhook's reply tokens: it is being delivered.
pub(crate) fn start_tokens(platform: &mut Platform, built: &Built, now: Millis) {
    let life = seconds(platform.settings.reply_token_ttl_s);
    for token in &built.reply_tokens {
        if let Some(token) = platform.world.reply_tokens.get_mut(token) {
            token.delivered(now, life);
        }
    }
}
