//! Where a command goes: an account, or one of its chats.

use shared::domain::{BotId, ChatId};
use shared::gateway::Request;

use crate::refusal::Refusal;

/// Where a command goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) bot: BotId,
    /// None for the account itself.
    pub(crate) chat: Option<ChatId>,
}

impl Place {
    /// By the ids as a caller writes them. Only what could be ids of LINE's is one: whether the
    /// account is attached, the table alone knows, which is not read here.
    ///
    /// # Errors
    /// [`Refusal::UnknownAccount`], [`Refusal::UnknownChat`].
    pub(crate) fn new(bot: &str, chat: Option<&str>) -> Result<Self, Refusal> {
        let is_bot = bot.len() > 1 && bot.starts_with('U') && bot.bytes().all(is_of_id);
        let bot = is_bot.then(|| BotId::new(bot).ok()).flatten();
        let chat = chat.map(|chat| {
            let is_chat = chat.bytes().all(is_of_id);
            let chat = is_chat.then(|| ChatId::new(chat).ok()).flatten();
            chat.ok_or(Refusal::UnknownChat)
        });
        Ok(Self {
            bot: bot.ok_or(Refusal::UnknownAccount)?,
            chat: chat.transpose()?,
        })
    }

    /// From the path of a request.
    ///
    /// # Errors
    /// As [`Place::new`].
    pub(crate) fn of(request: &Request) -> Result<Self, Refusal> {
        // What may stand before it is of a domain that leads to several APIs.
        let (_, place) = request.path().split_once("/inbox/").unwrap_or_default();
        match place.split_once('/') {
            Some((bot, chat)) => Self::new(bot, Some(chat)),
            None => Self::new(place, None),
        }
    }

    /// The path by which it is called, as it is signed.
    pub(crate) fn path(&self) -> String {
        let Self { bot, chat } = self;
        match chat {
            Some(chat) => format!("/inbox/{bot}/{chat}"),
            None => format!("/inbox/{bot}"),
        }
    }
}

/// LINE's ids have letters and digits; that of a module channel's user has a hyphen too.
fn is_of_id(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_no_id_of_lines_is_unknown() {
        assert!(Place::new("U0123abc", None).is_ok());
        assert!(Place::new("U0123abc", Some("Lab-U5f")).is_ok());
        for bot in ["", "U", "C0123", "u0123", "U 1", "U1#2", "@bot", "U１"] {
            let refused = Place::new(bot, None);
            assert!(matches!(refused, Err(Refusal::UnknownAccount)), "{bot}");
        }
        for chat in ["", "@bot", "L1#2", "L1/2", "L 1", &"L".repeat(257)] {
            let refused = Place::new("U1", Some(chat));
            assert!(matches!(refused, Err(Refusal::UnknownChat)), "{chat}");
        }
    }

    #[test]
    fn the_path_that_is_signed_is_the_one_that_is_called() {
        for path in ["/inbox/U1", "/inbox/U1/L2"] {
            let event = format!(r#"{{"requestContext":{{"http":{{"path":"{path}"}}}}}}"#);
            let request: Request = serde_json::from_str(&event).unwrap();
            assert_eq!(Place::of(&request).unwrap().path(), path);
        }
    }
}
