//! The module's rich menus at LINE. A menu is found by its name, which tells its look
//! too: so whoever comes second, or again after a crash, finds what the first has made.

use shared::domain::{Delivery, Effect, Scope, Silence};
use shared::line::LineError;
use shared::line::body::Upload;
use shared::line::endpoints::rich_menu::{
    CreateRichMenu, DeleteRichMenu, ListRichMenus, RichMenu, SetRichMenuImage,
};
use shared::line::endpoints::rich_menu_link::SetDefaultRichMenu;
use shared::line::error::LineErrorKind;
use shared::module::{Menu, Module};
use shared::store::StoreError;

use crate::send::{Interrupted, Sender, interrupted, silenced, skipped};

/// What became of looking for a menu.
pub(crate) enum Found {
    /// Its id at LINE.
    Id(String),
    /// LINE did not give it, and this is what becomes of the effect.
    Not(Delivery),
}

impl<M: Module> Sender<'_, M> {
    /// Makes a menu of the account's, or makes it the default.
    pub(crate) async fn account_menu(
        &mut self,
        effect: &Effect,
        before: &Delivery,
    ) -> Result<Delivery, Interrupted> {
        let (menu, default) = match effect {
            Effect::SetDefaultMenu { menu } => (menu, true),
            Effect::EnsureMenu { menu } => (menu, false),
            _ => return Ok(skipped("this is no rich menu")),
        };
        if let Err(silence) = self.may_have_menus(default) {
            return Ok(silenced(before, silence));
        }
        let menu = match self.menu_id(menu, false, before).await? {
            Found::Id(menu) => menu,
            Found::Not(delivery) => return Ok(delivery),
        };
        if default {
            let set = self.line.call(&SetDefaultRichMenu { menu: &menu }).await;
            if let Err(error) = set {
                return Ok(self.after_decoration(&error, before).await);
            }
        }
        Ok(Delivery::Sent { request_id: None })
    }

    /// LINE names a scope for the default alone; without one, being attached is enough.
    fn may_have_menus(&self, default: bool) -> Result<(), Silence> {
        let (bot, now) = (&self.view.bot.state, self.app.now());
        match bot.may_act(Scope::ACCOUNT_MANAGE, now) {
            Err(Silence::ScopeMissing) if !default => Ok(()),
            may => may,
        }
    }

    /// A menu's id at LINE: as it is remembered, or as LINE has it, or of one newly made.
    pub(crate) async fn menu_id(
        &mut self,
        name: &str,
        remembered: bool,
        before: &Delivery,
    ) -> Result<Found, Interrupted> {
        let app = self.app;
        let menus = app.module.menus();
        let Some(menu) = menus.iter().find(|menu| menu.menu.name == name) else {
            let delivery = skipped("the module has no such rich menu now");
            return Ok(Found::Not(delivery));
        };
        let known = self.view.bot.menus.get(menu.name_at_line());
        if let Some(id) = known.filter(|_| remembered) {
            return Ok(Found::Id(id.clone()));
        }
        let id = match self.ensure(menu).await {
            Ok(id) => id,
            Err(error) => return Ok(Found::Not(self.after_decoration(&error, before).await)),
        };
        match self.remember(menu, &id).await {
            Ok(()) => Ok(Found::Id(id)),
            Err(error) => Err(interrupted(before.clone(), error)),
        }
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

/// What is gone already need not go.
fn gone(deleted: Result<(), LineError>) -> Result<(), LineError> {
    match deleted {
        Err(error) if error.kind == LineErrorKind::NotFound => Ok(()),
        deleted => deleted,
    }
}
