//! That a user's message was read. To show it twice changes nothing.

use line_module::Module;
use shared::domain::ChatId;
use shared::line::endpoints::chat::MarkAsReadByToken;

use super::{NotSent, Sender, Sent, Step};

impl<M: Module> Sender<'_, M> {
    /// Shows the message of this token, and all before it, as read.
    pub(super) async fn mark_as_read(
        &self,
        chat: &ChatId,
        token: &str,
        step: Step<'_>,
    ) -> Result<Sent, NotSent> {
        self.may_show(chat, step)?;
        let answer = self.line.call(&MarkAsReadByToken { token }).await;
        self.shown(answer, step).await
    }
}
