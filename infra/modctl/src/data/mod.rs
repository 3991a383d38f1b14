//! Data of a user or an account: what is kept, and its end.

pub(crate) mod erase;
pub(crate) mod export;

use shared::domain::{BotId, ChatId};

use crate::failure::Failure;

/// The chat of this very id: a part of a name would be too little to give data away or to end it.
fn chat(named: Option<&str>) -> Result<Option<ChatId>, Failure> {
    let chat = named.map(ChatId::new).transpose();
    chat.map_err(|error| Failure::Refused(format!("the chat's id: {error}")))
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
