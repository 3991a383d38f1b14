//! The rich menu of a chat's user. To link or unlink it twice changes nothing.

use line_module::Module;
use shared::domain::{ChatId, UserId};
use shared::line::LineError;
use shared::line::endpoints::rich_menu_link::{LinkRichMenu, UnlinkRichMenu};
use shared::line::error::LineErrorKind;

use super::{NotSent, Sender, Sent, Step};

impl<M: Module> Sender<'_, M> {
    /// Leaves the user without one of their own.
    pub(super) async fn unlink_menu(&self, chat: &ChatId, step: Step<'_>) -> Result<Sent, NotSent> {
        let user = &self.may_show(chat, step)?;
        let answer = self.line.call(&UnlinkRichMenu { user }).await;
        self.shown(answer, step).await
    }

    /// Gives the user the module's menu of this name. One that LINE no longer knows, though
    /// we remember its id, is made again.
    pub(super) async fn link_menu(
        &mut self,
        chat: &ChatId,
        name: &str,
        step: Step<'_>,
    ) -> Result<Sent, NotSent> {
        let user = &self.may_show(chat, step)?;
        let menu = self.remembered_menu(name, step).await?;
        // To make it may have taken long.
        self.may_speak(step)?;
        let answer = self.line.call(&LinkRichMenu { user, menu: &menu }).await;
        match answer {
            Err(error) if is_gone(&error) => self.link_new_menu(user, name, step).await,
            answer => self.shown(answer, step).await,
        }
    }

    async fn link_new_menu(
        &mut self,
        user: &UserId,
        name: &str,
        step: Step<'_>,
    ) -> Result<Sent, NotSent> {
        let menu = self.menu_at_line(name, step).await?;
        self.may_speak(step)?;
        let answer = self.line.call(&LinkRichMenu { user, menu: &menu }).await;
        self.shown(answer, step).await
    }
}

fn is_gone(error: &LineError) -> bool {
    error.kind == LineErrorKind::NotFound
}
