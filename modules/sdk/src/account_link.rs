//! Linking a user's LINE account with one of the company's own.

use crate::hold::{Hold, InChat};
use crate::{Context, ModuleError};
use shared::domain::{Chat, ChatKind, UserId};
use shared::line::endpoints::account_link::{IssueLinkToken, LinkToken};

impl<H: Hold> Context<'_, H> {
    /// Asks LINE for a token with which the chat's user, or in a group the event's, can link
    /// their LINE account with one of the company's own. That they have done so comes as
    /// [`LinkedAccount`](crate::LinkedAccount). It needs no scope, and a handler that runs
    /// again gets another token: the earlier one does no harm.
    ///
    /// # Errors
    /// The author's: the event is of no chat, or names no user; LINE refuses. That it could
    /// not be asked.
    pub async fn link_token(&self) -> Result<LinkToken, ModuleError>
    where
        H: InChat,
    {
        let user = &self.linking_user()?;
        Ok(self.around.line.call(&IssueLinkToken { user }).await?)
    }

    /// A timer names no user, but the chat with one user has their id.
    fn linking_user(&self) -> Result<UserId, ModuleError>
    where
        H: InChat,
    {
        if let Some(user) = self.user() {
            return Ok(user.clone());
        }
        let of_one_user = |chat: &Chat| {
            let id = (chat.kind == ChatKind::User).then(|| UserId::new(chat.id.as_str()));
            id.and_then(Result::ok)
        };
        of_one_user(self.in_chat()?)
            .ok_or_else(|| ModuleError::bug("LINE does not tell whose account is to be linked"))
    }
}
