//! What a user sees in a chat beside messages.

use serde::Serialize;

use crate::domain::UserId;
use crate::line::endpoint::{Unsendable, endpoint};

/// Shows that an answer is on its way, in a chat with one user
/// (<https://developers.line.biz/en/reference/messaging-api/#display-a-loading-indicator>).
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ShowLoading<'a> {
    #[serde(rename = "chatId")]
    pub user: &'a UserId,
    /// Seconds: 5 to 60, in steps of 5. LINE's default is 20.
    #[serde(rename = "loadingSeconds", skip_serializing_if = "Option::is_none")]
    pub seconds: Option<u32>,
}

impl ShowLoading<'_> {
    fn check(&self) -> Result<(), Unsendable> {
        match self.seconds {
            Some(seconds) if !(5..=60).contains(&seconds) || !seconds.is_multiple_of(5) => Err(
                Unsendable("loadingSeconds is 5 to 60, in steps of 5".into()),
            ),
            _ => Ok(()),
        }
    }
}

endpoint!(ShowLoading<'_>: LOADING, ForBot -> (), checked_body());

/// Shows a user's messages as read, all of them
/// (<https://developers.line.biz/en/reference/partner-docs/#mark-messages-from-users-as-read>).
#[derive(Debug, Clone, Serialize)]
pub struct MarkAsRead<'a> {
    chat: ChatOf<'a>,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct ChatOf<'a> {
    user_id: &'a UserId,
}

impl<'a> MarkAsRead<'a> {
    /// Those of `user`.
    pub fn of(user: &'a UserId) -> Self {
        let chat = ChatOf { user_id: user };
        Self { chat }
    }
}

endpoint!(MarkAsRead<'_>: MARK_AS_READ, ForBot -> (), body());

/// Shows a message, and all before it, as read; the token is the message's own
/// (<https://developers.line.biz/en/reference/messaging-api/#mark-as-read>).
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MarkAsReadByToken<'a> {
    /// `markAsReadToken` of the message's event.
    #[serde(rename = "markAsReadToken")]
    pub token: &'a str,
}

endpoint!(MarkAsReadByToken<'_>: MARK_AS_READ_BY_TOKEN, ForBot -> (), body());
