//! Ids as types. LINE may change their form, so they are opaque: any text that
//! is not empty and within a length.

use std::fmt;

use secrecy::SecretString;
use serde::{Deserialize, Serialize, Serializer};

use crate::domain::Timestamp;

/// The longest id taken, in bytes. LINE's longest is a module channel's user
/// id: 68 characters, beginning with `L`
/// (<https://developers.line.biz/en/docs/partner-docs/module-technical-using-messaging-api/>).
pub const MAX_ID_BYTES: usize = 256;

/// Why a text cannot be an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// The text is empty.
    #[error("the id is empty")]
    Empty,
    /// The text is longer than [`MAX_ID_BYTES`].
    #[error("the id is longer than {MAX_ID_BYTES} bytes")]
    TooLong,
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Takes any text that is not empty and not too long.
            ///
            /// # Errors
            /// [`IdError`] says which of the two it is.
            pub fn new(text: impl Into<String>) -> Result<Self, IdError> {
                let text = text.into();
                match text.len() {
                    0 => Err(IdError::Empty),
                    1..=MAX_ID_BYTES => Ok(Self(text)),
                    _ => Err(IdError::TooLong),
                }
            }

            /// The id as LINE sent it.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:?}", self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;
            fn try_from(text: String) -> Result<Self, IdError> {
                Self::new(text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }
    };
}

id!(
    /// The user id of an Official Account's bot: who a webhook is for
    /// (`destination`), and what the bot header carries.
    BotId
);
id!(
    /// A chat: the id of a user, a group or a room, as LINE sent it.
    ChatId
);
id!(
    /// A person, under the id that this Official Account sees.
    UserId
);
id!(
    /// `webhookEventId`, or the hash that stands in for it.
    EventId
);

impl EventId {
    /// What LINE's ids of events at `at` or later are not less than. They are ULIDs, which begin
    /// with their time
    /// (<https://developers.line.biz/en/reference/messaging-api/#common-properties>). Ids of our
    /// own begin with a lower-case letter, and come after all of LINE's.
    pub fn first_at(at: Timestamp) -> Self {
        const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
        let time = at.0.max(0).unsigned_abs();
        let digit = |place: u32| {
            let index = usize::try_from((time >> (5 * place)) & 31).unwrap_or_default();
            char::from(DIGITS[index])
        };
        Self((0..10).rev().map(digit).collect())
    }

    /// The id of something that we make ourselves: the same for the same deed.
    pub fn dated(word: &str, at: Timestamp) -> Self {
        Self(format!("{word}-{}", at.0))
    }

    /// The same, named by the hash of what it is.
    pub fn hashed(word: &str, hash: &str) -> Self {
        Self(format!("{word}-{hash}"))
    }
}

/// What kind of chat an event came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ChatKind {
    /// One person.
    User,
    /// A group.
    Group,
    /// A multi-person chat.
    Room,
}

/// A chat with its kind.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Chat {
    /// One person, a group or a room.
    pub kind: ChatKind,
    /// Its id.
    pub id: ChatId,
}

impl Chat {
    /// The chat of this id, where nothing else tells what kind of chat it is. LINE's ids of
    /// groups begin with `C`, of rooms with `R`, and all others are of people
    /// (<https://developers.line.biz/en/docs/messaging-api/getting-user-ids/>).
    pub fn of_id(id: ChatId) -> Self {
        let kind = match id.as_str().bytes().next() {
            Some(b'C') => ChatKind::Group,
            Some(b'R') => ChatKind::Room,
            _ => ChatKind::User,
        };
        Self { kind, id }
    }
}

/// The token that answers one event, once, within about a minute. It is never
/// printed; it is written only as part of a plan.
#[derive(Debug, Clone, Deserialize)]
#[serde(transparent)]
pub struct ReplyToken(SecretString);

impl Serialize for ReplyToken {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.expose())
    }
}

impl PartialEq for ReplyToken {
    fn eq(&self, other: &Self) -> bool {
        self.expose() == other.expose()
    }
}

impl ReplyToken {
    /// Wraps a token as LINE sent it.
    pub fn new(token: impl Into<String>) -> Self {
        Self(SecretString::from(token.into()))
    }

    /// The token itself, for the call that uses it.
    pub fn expose(&self) -> &str {
        use secrecy::ExposeSecret;
        self.0.expose_secret()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_channels_user_id_is_an_id_like_any_other() {
        let text = "LUb577ef3cbe786a8da85ff8e902a03fc6-U5fac33f633e72c192759f09afc41fa28";
        assert_eq!(text.len(), 68);
        assert_eq!(UserId::new(text).unwrap().as_str(), text);
    }

    #[test]
    fn only_emptiness_and_length_are_judged() {
        assert_eq!(BotId::new(""), Err(IdError::Empty));
        assert_eq!(BotId::new("x".repeat(257)), Err(IdError::TooLong));
        assert!(ChatId::new("何でも #@").is_ok());
    }

    #[test]
    fn ids_of_line_are_in_the_order_of_their_time() {
        // The example of the ULID specification.
        let at = Timestamp(1_469_918_176_385);
        assert_eq!(EventId::first_at(at).as_str(), "01ARYZ6S41");
        assert!(EventId::first_at(at) < EventId::new("01ARYZ6S41TSV4RRFFQ69G5FAV").unwrap());
        assert!(EventId::first_at(Timestamp(at.0 + 1)) > EventId::first_at(at));
        assert!(EventId::first_at(at) < EventId::dated("timer", Timestamp(0)));
    }

    #[test]
    fn reply_tokens_are_distinguished() {
        let token = ReplyToken::new("one");
        assert_eq!(token, token.clone());
        assert_ne!(token, ReplyToken::new("two"));
    }

    #[test]
    fn a_reply_token_is_not_printed() {
        assert!(
            !format!("{:?}", ReplyToken::new("nHuyWiB7yP5Zw52FIkcQobQuGDXCTA")).contains("nHuy")
        );
    }
}
