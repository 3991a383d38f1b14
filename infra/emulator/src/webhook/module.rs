//! The events that only module channels get. Their `mode` is always `active`; what is the same in
//! all events is filled in when the webhook is built.
//!
//! Source: <https://developers.line.biz/en/reference/partner-docs/#module-channel-specific-webhook-events>

use serde_json::{Value, json};

use crate::clock::Millis;

/// The module channel has been attached to an account.
pub(crate) fn attached(bot: &str, scopes: &[String]) -> Value {
    json!({
        "type": "module",
        "module": {"type": "attached", "botId": bot, "scopes": scopes},
    })
}

/// The module channel has been detached from an account. The reason is there only where the
/// account was erased: `bot_deleted`.
pub(crate) fn detached(bot: &str, reason: Option<&str>) -> Value {
    let mut module = json!({"type": "detached", "botId": bot});
    if let Some(reason) = reason {
        module["reason"] = reason.into();
    }
    json!({"type": "module", "module": module})
}

/// The module has acquired a chat. The end is left out where there is none, which LINE does not
/// document.
pub(crate) fn activated(until: Option<Millis>) -> Value {
    let control = until.map_or_else(|| json!({}), |end| json!({"expireAt": end}));
    json!({"type": "activated", "chatControl": control})
}

/// The module has released a chat, or another channel has acquired it.
pub(crate) fn deactivated() -> Value {
    json!({"type": "deactivated"})
}

/// The account is suspended. It has no payload and no source.
pub(crate) fn suspended() -> Value {
    json!({"type": "botSuspended"})
}

/// The account is in use again. It has no payload and no source.
pub(crate) fn resumed() -> Value {
    json!({"type": "botResumed"})
}
