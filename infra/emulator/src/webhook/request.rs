//! What is asked of `POST /_emulator/events`.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::error::Error;

/// A webhook to build, sign and deliver.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventsRequest {
    /// The bot, the webhook's destination. It need not be in the world.
    pub bot: String,
    /// The chat its events come from, unless they have a source of their own. Any text; one that
    /// begins with `C` is a group, with `R` a room, else a user. Without it there is no source.
    #[serde(default)]
    pub chat: Option<String>,
    /// The events. Members not given are filled in as LINE would; a member given as `null` is left
    /// out. What is no object is sent as it is.
    pub events: Vec<Value>,
    /// How it is delivered.
    #[serde(default)]
    pub deliver: Deliver,
}

/// How a webhook is delivered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Value", into = "Value")]
pub enum Deliver {
    /// It is sent.
    Send(DeliverOptions),
    /// `"hold"`: it is not sent; the caller gets body and signature.
    Hold,
}

/// What is special about a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeliverOptions {
    /// How often it is sent, all at the same time.
    pub copies: u32,
    /// How long the sending waits, in real milliseconds.
    pub delay_ms: u64,
    pub signature: SignatureKind,
}

/// The signature of a webhook.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SignatureKind {
    /// The right one.
    #[default]
    Good,
    /// One made with another key.
    Bad,
    /// No signature header.
    None,
    /// One made with the secret before the last reissue.
    Previous,
}

impl Default for DeliverOptions {
    fn default() -> Self {
        Self {
            copies: 1,
            delay_ms: 0,
            signature: SignatureKind::Good,
        }
    }
}

impl Default for Deliver {
    fn default() -> Self {
        Self::Send(DeliverOptions::default())
    }
}

impl TryFrom<Value> for Deliver {
    type Error = Error;

    fn try_from(value: Value) -> Result<Self, Error> {
        match &value {
            Value::Null => Ok(Self::default()),
            Value::String(text) if text == "hold" => Ok(Self::Hold),
            Value::Object(members) => options(members).map(Self::Send),
            _ => Err(Error::request(
                "\"deliver\" is \"hold\" or an object with copies, delay_ms or signature",
            )),
        }
    }
}

fn options(members: &Map<String, Value>) -> Result<DeliverOptions, Error> {
    let mut options = DeliverOptions::default();
    for (name, value) in members {
        match name.as_str() {
            "copies" => options.copies = copies(value)?,
            "delay_ms" => {
                options.delay_ms = value
                    .as_u64()
                    .ok_or_else(|| Error::request("\"delay_ms\" is a number of milliseconds"))?;
            }
            "signature" => options.signature = signature(value)?,
            other => {
                let sentence =
                    format!("\"deliver\" has copies, delay_ms and signature, not {other:?}");
                return Err(Error::request(sentence));
            }
        }
    }
    Ok(options)
}

fn copies(value: &Value) -> Result<u32, Error> {
    let number = value.as_u64().filter(|number| (1..=100).contains(number));
    number
        .and_then(|number| u32::try_from(number).ok())
        .ok_or_else(|| Error::request("\"copies\" is a number from 1 to 100"))
}

fn signature(value: &Value) -> Result<SignatureKind, Error> {
    match value.as_str() {
        Some("good") => Ok(SignatureKind::Good),
        Some("bad") => Ok(SignatureKind::Bad),
        Some("none") => Ok(SignatureKind::None),
        Some("previous") => Ok(SignatureKind::Previous),
        _ => Err(Error::request(
            "\"signature\" is \"good\", \"bad\", \"none\" or \"previous\"",
        )),
    }
}

impl From<Deliver> for Value {
    fn from(deliver: Deliver) -> Self {
        let Deliver::Send(options) = deliver else {
            return "hold".into();
        };
        let signature = match options.signature {
            SignatureKind::Good => "good",
            SignatureKind::Bad => "bad",
            SignatureKind::None => "none",
            SignatureKind::Previous => "previous",
        };
        serde_json::json!({
            "copies": options.copies,
            "delay_ms": options.delay_ms,
            "signature": signature,
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Deliver, DeliverOptions, EventsRequest, SignatureKind};

    #[test]
    fn delivery_options_are_read() {
        let request =
            json!({"bot": "U", "events": [], "deliver": {"copies": 2, "signature": "bad"}});
        let request: EventsRequest = serde_json::from_value(request).unwrap();
        let expected = DeliverOptions {
            copies: 2,
            delay_ms: 0,
            signature: SignatureKind::Bad,
        };
        assert_eq!(request.deliver, Deliver::Send(expected));
        assert_eq!(request.chat, None);
    }

    #[test]
    fn a_wrong_option_is_named() {
        let request = json!({"bot": "U", "events": [], "deliver": {"copy": 2}});
        let error = serde_json::from_value::<EventsRequest>(request).unwrap_err();
        assert!(error.to_string().contains("not \"copy\""), "{error}");
    }
}
