//! The module's rich menus at LINE. A menu is found by its name, which tells its look
//! too: so whoever comes second, or again after a crash, finds what the first has made.

use line_module::{Menu, Module};
use shared::line::LineError;
use shared::line::body::Upload;
use shared::line::endpoints::rich_menu::{
    CreateRichMenu, DeleteRichMenu, ListRichMenus, RichMenu, SetRichMenuImage,
};
use shared::line::error::LineErrorKind;
use shared::store::StoreError;

use super::{NotSent, Sender, Step};

impl<M: Module> Sender<'_, M> {
    /// The id at LINE of the menu of this name, as it is remembered; if it is not, as LINE
    /// has it.
    pub(super) async fn remembered_menu(
        &mut self,
        name: &str,
        step: Step<'_>,
    ) -> Result<String, NotSent> {
        let menu = module_menu(self.app.module.menus(), name)?;
        match self.view.bot.menus.get(menu.name_at_line()) {
            Some(id) => Ok(id.clone()),
            None => self.menu_at_line(name, step).await,
        }
    }

    /// The id at LINE of the menu of this name, as LINE has it, or of one newly made.
    pub(super) async fn menu_at_line(
        &mut self,
        name: &str,
        step: Step<'_>,
    ) -> Result<String, NotSent> {
        let app = self.app;
        let menu = module_menu(app.module.menus(), name)?;
        let id = match self.ensure(menu).await {
            Ok(id) => id,
            Err(error) => return Err(self.not_shown(&error, step).await),
        };
        let remembered = self.remember(menu, &id).await;
        remembered.map_err(|error| NotSent::interrupted(step.before.clone(), error))?;
        Ok(id)
    }

    /// Finds or makes the menu, and takes its older versions away.
    async fn ensure(&self, menu: &Menu) -> Result<String, LineError> {
        let name = menu.name_at_line();
        let all = self.line.call(&ListRichMenus).await?.richmenus;
        let (same, others): (Vec<_>, Vec<_>) = all
            .into_iter()
            .filter(|known| menu.is_version(&known.menu.name))
            .partition(|known| known.menu.name == name);
        let id = match same.into_iter().next() {
            Some(known) => self.complete(menu, known.rich_menu_id).await?,
            None => self.create(menu, name.to_owned()).await?,
        };
        for old in others {
            let menu = &old.rich_menu_id;
            gone(self.line.call(&DeleteRichMenu { menu }).await)?;
        }
        Ok(id)
    }

    async fn create(&self, menu: &Menu, name: String) -> Result<String, LineError> {
        let named = RichMenu {
            name,
            ..menu.menu.clone()
        };
        let id = self.line.call(&CreateRichMenu(&named)).await?.rich_menu_id;
        self.set_image(menu, &id).await?;
        Ok(id)
    }

    /// Whoever made it may have stopped before its image. LINE takes one once, so a
    /// refusal tells that it is there.
    async fn complete(&self, menu: &Menu, id: String) -> Result<String, LineError> {
        match self.set_image(menu, &id).await {
            Err(error) if error.kind != LineErrorKind::Invalid => Err(error),
            _ => Ok(id),
        }
    }

    async fn set_image(&self, menu: &Menu, id: &str) -> Result<(), LineError> {
        let image = SetRichMenuImage {
            menu: id,
            kind: menu.kind,
            image: Upload::bytes(menu.image.clone()),
        };
        self.line.call(&image).await
    }

    async fn remember(&mut self, menu: &Menu, id: &str) -> Result<(), StoreError> {
        let write = self.app.store.update_bot(&self.work.key.bot, |row| {
            row.menus.retain(|name, _| !menu.is_version(name));
            row.menus
                .insert(menu.name_at_line().to_owned(), id.to_owned());
        });
        self.view.bot.menus = write.await?.menus;
        Ok(())
    }
}

fn module_menu<'m>(menus: &'m [Menu], name: &str) -> Result<&'m Menu, NotSent> {
    let menu = menus.iter().find(|menu| menu.menu.name == name);
    menu.ok_or_else(|| NotSent::skipped("the module has no such rich menu now"))
}

/// What is gone already need not go.
fn gone(deleted: Result<(), LineError>) -> Result<(), LineError> {
    match deleted {
        Err(error) if error.kind == LineErrorKind::NotFound => Ok(()),
        deleted => deleted,
    }
}
