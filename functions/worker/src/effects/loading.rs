//! A sign that an answer is coming. To show it twice changes nothing.

use line_module::Module;
use shared::domain::ChatId;
use shared::line::endpoints::chat::ShowLoading;

use super::{NotSent, Sender, Sent, Step};

impl<M: Module> Sender<'_, M> {
    /// Shows it.
    pub(super) async fn loading(
        &self,
        chat: &ChatId,
        seconds: Option<u32>,
        step: Step<'_>,
    ) -> Result<Sent, NotSent> {
        let user = &self.may_show(chat, step)?;
        let answer = self.line.call(&ShowLoading { user, seconds }).await;
        self.shown(answer, step).await
    }
}
