//! What was given out and can be used once, or for a time.

use serde::{Deserialize, Serialize};

use super::channel::Side;
use crate::clock::Millis;

/// An authorization code, and what the exchange must repeat.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Code {
    /// The account that the admin chose.
    pub(crate) bot: String,
    /// The scopes granted.
    pub(crate) scopes: Vec<String>,
    /// The redirect URI of the authorize URL.
    pub(crate) redirect_uri: String,
    /// The PKCE challenge of the authorize URL.
    pub(crate) challenge: Option<String>,
    /// The parameters that must have the same value again, as far as they were given.
    pub(crate) repeated: Vec<(String, String)>,
    /// When it ends.
    pub(crate) expires_at: Millis,
    /// Whether it was exchanged.
    pub(crate) used: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ReplyToken {
    /// The module channel that it was given to, and that alone can use it.
    #[serde(default)]
    pub(crate) side: Side,
    /// The bot it was given out for.
    pub(crate) bot: String,
    /// The chat it answers to.
    pub(crate) chat: String,
    /// The timestamp of its event.
    pub(crate) event_at: Millis,
    /// When it ends; each delivery moves it.
    pub(crate) usable_until: Millis,
    /// Whether it was taken.
    pub(crate) used: bool,
}

/// A channel access token. Its SHA-256 is its name.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct AccessToken {
    /// The channel it was issued to.
    pub(crate) side: Side,
    /// How it was issued.
    pub(crate) kind: TokenKind,
    /// Its place among the tokens issued, so that the oldest can be found.
    pub(crate) number: u64,
    /// When it ends.
    pub(crate) ends: Millis,
    /// The name by which `GET /oauth2/v2.1/tokens/kid` lists it.
    pub(crate) key_id: Option<String>,
}

/// A kind of channel access token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum TokenKind {
    /// Short-lived.
    Short,
    /// With a life of the caller's choice, v2.1.
    Chosen,
    /// Stateless.
    Stateless,
}

impl AccessToken {
    /// Whether it can be used.
    pub(crate) fn is_valid(&self, now: Millis) -> bool {
        now < self.ends
    }
}

/// A public key that was registered for a channel.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct AssertionKey {
    /// The channel.
    pub(crate) side: Side,
    /// The modulus, big-endian.
    pub(crate) modulus: Vec<u8>,
    /// The exponent, big-endian.
    pub(crate) exponent: Vec<u8>,
}

/// A token that links a user to an account of the provider's service.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct LinkToken {
    pub(crate) bot: String,
    pub(crate) user: String,
    /// When it ends.
    pub(crate) ends: Millis,
}

/// What is left of a rate limit.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Bucket {
    /// The calls that are left.
    pub(crate) calls: f64,
    /// When they were counted.
    pub(crate) at: Millis,
}

/// A continuation token of a list.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ListToken {
    /// The list: bot, method and path. Empty for the list of bots.
    #[serde(default)]
    pub(crate) of: String,
    /// The place in the list at which the next page begins.
    pub(crate) place: usize,
    /// When it ends.
    pub(crate) expires_at: Millis,
}

/// A retry key of an accepted request.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct AcceptedKey {
    /// When it was accepted.
    pub(crate) accepted_at: Millis,
    /// The request id of the accepted request.
    pub(crate) request_id: String,
    /// SHA-256 of its body: a later request must be identical.
    pub(crate) body: String,
    /// What it sent.
    pub(crate) sent: serde_json::Value,
}

impl ReplyToken {
    /// Takes in a delivery: the token works for its time from now, unless it was taken or, for a
    /// redelivery, 20 minutes have gone since the event.
    ///
    /// Source: <https://developers.line.biz/en/reference/messaging-api/#send-reply-message-reply-token>
    pub(crate) fn delivered(&mut self, now: Millis, life: Millis) {
        const REDELIVERED: Millis = 20 * 60_000;
        let first = self.usable_until == 0;
        if first {
            self.usable_until = now + life;
        } else if now < self.event_at + REDELIVERED {
            self.usable_until = self.usable_until.max(now + life);
        }
    }

    /// Whether it can be used.
    pub(crate) fn usable(&self, now: Millis) -> bool {
        !self.used && now < self.usable_until
    }
}

#[cfg(test)]
mod tests {
    use super::{ReplyToken, Side};

    fn token() -> ReplyToken {
        ReplyToken {
            side: Side::Ours,
            bot: "U".into(),
            chat: "L".into(),
            event_at: 1_000,
            usable_until: 0,
            used: false,
        }
    }

    #[test]
    fn a_reply_token_works_for_a_minute_after_its_delivery() {
        let mut token = token();
        assert!(!token.usable(1_000));
        token.delivered(2_000, 60_000);
        assert!(token.usable(61_999));
        assert!(!token.usable(62_000));
    }

    #[test]
    fn a_redelivery_gives_it_another_minute_within_twenty() {
        let mut token = token();
        token.delivered(2_000, 60_000);
        token.delivered(600_000, 60_000);
        assert!(token.usable(659_000));
        token.delivered(1_201_000, 60_000);
        assert!(!token.usable(1_201_000));
    }
}
