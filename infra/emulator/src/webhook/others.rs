//! The webhooks for the other channels of an account: its own Messaging API channel, and the other
//! module channel.
//!
//! LINE sends what happens to all channels at the same time, and only one of them is active. Its
//! documents do not tell whether the copies share their `webhookEventId`; here they do, as they tell
//! of one event.
//!
//! Source: <https://developers.line.biz/en/docs/partner-docs/module-technical-using-messaging-api/#get-webhook>

use serde_json::{Map, Value};

use super::{Built, assemble, fill, remember_token};
use crate::clock::Millis;
use crate::platform::Platform;
use crate::world::channel::Side;
use crate::world::chat::Holder;

/// The webhooks for the channels among these that are not under test and have an address.
pub(super) fn copies(
    platform: &mut Platform,
    bot: &str,
    events: &[Value],
    to: &[Holder],
    now: Millis,
) -> Vec<Built> {
    let others = to.iter().filter(|channel| **channel != Holder::Module);
    let webhooks = others.filter_map(|channel| {
        platform.settings.webhook_url_of(*channel)?;
        let copies: Vec<Value> = events
            .iter()
            .filter_map(Value::as_object)
            .filter(|event| is_for(event, *channel, to))
            .map(|event| copy(platform, bot, event, *channel, now))
            .collect();
        (!copies.is_empty()).then(|| assemble(*channel, bot, &copies, false))
    });
    webhooks.collect()
}

/// What is about one module channel goes to the first of the recipients, and the primary channel
/// gets nothing that only module channels get.
fn is_for(event: &Map<String, Value>, channel: Holder, to: &[Holder]) -> bool {
    let about_one = matches!(
        fill::kind(event),
        "module" | "activated" | "deactivated" | "delivery"
    );
    let first = to.first() == Some(&channel);
    (first || !about_one) && (channel != Holder::Primary || !fill::is_for_modules(event))
}

fn copy(
    platform: &mut Platform,
    bot: &str,
    event: &Map<String, Value>,
    channel: Holder,
    now: Millis,
) -> Value {
    let default_active = platform.settings.default_active;
    let world = &mut platform.world;
    let mut event = event.clone();
    event.retain(|name, _| name != "mode" && name != "replyToken");
    fill::after(world, bot, &mut event, channel, default_active, now);
    if channel == Holder::Other {
        remember_token(world, Side::Other, bot, &event, now);
    }
    Value::Object(event)
}
