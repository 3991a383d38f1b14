//! Data of a user or an account: what is kept, and its end.

pub(crate) mod erase;
pub(crate) mod export;

use shared::domain::{BotId, ChatId};

use crate::failure::Failure;
use crate::look::find;
use crate::site::Site;

/// The chat, by its whole id, if one is named.
async fn chat(site: &Site, bot: &BotId, named: Option<&str>) -> Result<Option<ChatId>, Failure> {
    match named {
        None => Ok(None),
        Some(named) => find::by_whole_id(site, bot, named).await.map(Some),
    }
}

/// For the list of changes, which outlives what is erased.
fn about(chat: Option<&ChatId>) -> &'static str {
    match chat {
        Some(_) => "a chat",
        None => "the account",
    }
}

fn words(bot: &BotId, chat: Option<&ChatId>) -> String {
    match chat {
        Some(chat) => format!("the chat {chat} of {bot}"),
        None => format!("the account {bot}"),
    }
}
