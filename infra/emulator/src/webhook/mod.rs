//! Webhooks: built as LINE builds them, signed, delivered within LINE's two seconds, written down.

mod effect;
mod fill;
pub(crate) mod module;
mod others;
mod payload;
pub(crate) mod request;
pub(crate) mod send;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::clock::{Millis, seconds};
use crate::platform::Platform;
use crate::world::channel::Side;
use crate::world::chat::Holder;
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

/// What happened, as webhooks for the channels that listen.
#[derive(Debug, Default)]
pub(crate) struct Webhooks {
    /// For the module channel under test, if it listens.
    pub(crate) ours: Option<Built>,
    /// For the other channels.
    pub(crate) others: Vec<Built>,
}

/// A webhook ready to go.
#[derive(Debug, Clone)]
pub(crate) struct Built {
    /// The channel it is for.
    pub(crate) to: Holder,
    /// The bot it is for.
    pub(crate) bot: String,
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

/// Builds the webhooks for these channels: fills in what the events leave open, and lets the world
/// take them in.
pub(crate) fn build(
    platform: &mut Platform,
    bot: &str,
    chat: Option<&str>,
    events: Vec<Value>,
    to: &[Holder],
    now: Millis,
) -> Webhooks {
    let filled = take_in(platform, bot, chat, events, now);
    let others = others::copies(platform, bot, &filled, to, now);
    let ours = to.contains(&Holder::Module);
    Webhooks {
        ours: ours.then(|| assemble(Holder::Module, bot, &filled, false)),
        others,
    }
}

/// The same, for the channels that are sent what happens in the account.
pub(crate) fn prepare(
    platform: &mut Platform,
    bot: &str,
    chat: Option<&str>,
    events: Vec<Value>,
    now: Millis,
) -> Webhooks {
    let to = platform.world.listeners(bot);
    build(platform, bot, chat, events, &to, now)
}

/// The same, for one of them.
pub(crate) fn prepare_for(
    platform: &mut Platform,
    channel: Holder,
    bot: &str,
    chat: Option<&str>,
    event: Value,
    now: Millis,
) -> Webhooks {
    let to: &[Holder] = match platform.world.listens(bot, channel) {
        true => &[channel],
        false => &[],
    };
    build(platform, bot, chat, vec![event], to, now)
}

fn take_in(
    platform: &mut Platform,
    bot: &str,
    chat: Option<&str>,
    events: Vec<Value>,
    now: Millis,
) -> Vec<Value> {
    let default_active = platform.settings.default_active;
    let world = &mut platform.world;
    let mut filled = Vec::with_capacity(events.len());
    for mut event in events {
        if let Some(event) = event.as_object_mut() {
            fill::before(world, bot, chat, event, now);
            effect::presence(world, bot, event);
            fill::after(world, bot, event, Holder::Module, default_active, now);
            effect::conversation(world, bot, event, now);
            remember_token(world, Side::Ours, bot, event, now);
        }
        filled.push(event);
    }
    filled
}

/// The same webhook again, marked as a redelivery.
///
/// Source: <https://developers.line.biz/en/docs/messaging-api/receiving-messages/#webhook-redelivery>
pub(crate) fn again(delivery: &Delivery) -> Built {
    let body: Value = serde_json::from_str(&delivery.body).unwrap_or_default();
    let mut events = body
        .get("events")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    for event in events.iter_mut().filter_map(Value::as_object_mut) {
        event.insert("deliveryContext".into(), json!({"isRedelivery": true}));
    }
    assemble(Holder::Module, &delivery.bot, &events, true)
}

fn assemble(to: Holder, bot: &str, events: &[Value], redelivery: bool) -> Built {
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
        to,
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
    side: Side,
    bot: &str,
    event: &serde_json::Map<String, Value>,
    now: Millis,
) {
    let token = event.get("replyToken").and_then(Value::as_str);
    let chat = fill::chat_of_map(event);
    if let (Some(token), Some(chat)) = (token, chat) {
        let entry = world.reply_tokens.entry(token.to_owned());
        entry.or_insert_with(|| ReplyToken {
            side,
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
