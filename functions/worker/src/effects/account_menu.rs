//! The module's rich menus of an account. To make one, or make it the default, twice
//! changes nothing.

use line_module::Module;
use shared::domain::{Scope, Silence};
use shared::line::endpoints::rich_menu_link::SetDefaultRichMenu;

use super::{NotSent, Sender, Sent, Step};

impl<M: Module> Sender<'_, M> {
    /// Sees to it that LINE has the menu of this name.
    pub(super) async fn ensure_menu(
        &mut self,
        name: &str,
        step: Step<'_>,
    ) -> Result<Sent, NotSent> {
        match self.may_manage_account() {
            // LINE names the scope for the default alone: being attached is enough.
            Ok(()) | Err(Silence::ScopeMissing) => {}
            Err(silence) => return Err(NotSent::silenced(step, silence)),
        }
        self.menu_at_line(name, step).await?;
        Ok(Sent::default())
    }

    /// The same, and makes it the menu of all who have none of their own.
    pub(super) async fn set_default_menu(
        &mut self,
        name: &str,
        step: Step<'_>,
    ) -> Result<Sent, NotSent> {
        let may = self.may_manage_account();
        may.map_err(|silence| NotSent::silenced(step, silence))?;
        let menu = &self.menu_at_line(name, step).await?;
        let answer = self.line.call(&SetDefaultRichMenu { menu }).await;
        self.shown(answer, step).await
    }

    fn may_manage_account(&self) -> Result<(), Silence> {
        let account = &self.view.bot.state;
        account.may_act(Scope::ACCOUNT_MANAGE, self.app.now())
    }
}
