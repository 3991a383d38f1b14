//! The module's rich menus at LINE, with all their tabs. A tab is found by its name, which
//! tells its look too, and its alias by that name: so whoever comes second, or again after a
//! crash, finds what the first has made.

use line_module::{Menu, Module, Tab};
use shared::line::LineError;
use shared::line::body::Upload;
use shared::line::endpoints::rich_menu::{
    CreateRichMenu, DeleteRichMenu, GetRichMenuImage, KnownRichMenu, ListRichMenus,
    SetRichMenuImage,
};
use shared::line::endpoints::rich_menu_alias::{
    Alias, CreateAlias, DeleteAlias, ListAliases, UpdateAlias,
};
use shared::line::error::LineErrorKind;
use shared::store::StoreError;

use super::{NotSent, Sender, Step};

impl<M: Module> Sender<'_, M> {
    /// The id at LINE of the menu or tab of this name, as it is remembered; if it is not, as
    /// LINE has it.
    pub(super) async fn remembered_menu(
        &mut self,
        name: &str,
        step: Step<'_>,
    ) -> Result<String, NotSent> {
        let (_, tab) = module_menu(self.app.module.menus(), name)?;
        match self.view.bot.menus.get(&tab.menu.name) {
            Some(id) => Ok(id.clone()),
            None => self.menu_at_line(name, step).await,
        }
    }

    /// The id at LINE of the menu or tab of this name, as LINE has it, or of one newly made,
    /// with all tabs beside it.
    pub(super) async fn menu_at_line(
        &mut self,
        name: &str,
        step: Step<'_>,
    ) -> Result<String, NotSent> {
        let app = self.app;
        let (menu, wanted) = module_menu(app.module.menus(), name)?;
        let ids = match self.ensure(menu).await {
            Ok(ids) => ids,
            Err(error) => return Err(self.not_shown(&error, step).await),
        };
        let remembered = self.remember(menu, &ids).await;
        remembered.map_err(|error| NotSent::interrupted(step.before.clone(), error))?;
        let mut tabs = menu.tabs().iter().zip(ids);
        let found = tabs.find(|(tab, _)| tab.name == wanted.name);
        let id = found.map(|(_, id)| id);
        id.ok_or_else(|| NotSent::skipped("the module has no such rich menu now"))
    }

    /// Finds or makes the menu's tabs and their aliases, and takes older versions away. Gives
    /// the tabs' ids, in order.
    async fn ensure(&self, menu: &Menu) -> Result<Vec<String>, LineError> {
        let all = self.line.call(&ListRichMenus).await?.richmenus;
        let is_current = |known: &KnownRichMenu| {
            let mut tabs = menu.tabs().iter();
            tabs.any(|tab| tab.menu.name == known.menu.name)
        };
        let (current, old): (Vec<_>, Vec<_>) = all
            .into_iter()
            .filter(|known| menu.is_version(&known.menu.name))
            .partition(is_current);
        let mut ids = Vec::new();
        for tab in menu.tabs() {
            let known = current
                .iter()
                .find(|known| known.menu.name == tab.menu.name);
            ids.push(match known {
                Some(known) => self.complete(tab, &known.rich_menu_id).await?,
                None => self.create(tab).await?,
            });
        }
        let aliases = self.aliases(menu, !old.is_empty()).await?;
        self.name(menu, &ids, &aliases).await?;
        self.take_away(&old, &aliases).await?;
        Ok(ids)
    }

    async fn create(&self, tab: &Tab) -> Result<String, LineError> {
        let made = self.line.call(&CreateRichMenu(&tab.menu)).await?;
        self.set_image(tab, &made.rich_menu_id).await?;
        Ok(made.rich_menu_id)
    }

    /// Whoever made it may have stopped before its image.
    async fn complete(&self, tab: &Tab, id: &str) -> Result<String, LineError> {
        self.set_image(tab, id).await?;
        Ok(id.to_owned())
    }

    /// LINE takes an image once. Two workers may set that of one menu: the one that has made it, and
    /// one that has found it in LINE's list since. Who comes second is refused, and the image is there.
    async fn set_image(&self, tab: &Tab, id: &str) -> Result<(), LineError> {
        let image = SetRichMenuImage {
            menu: id,
            kind: tab.kind,
            image: Upload::bytes(tab.image.clone()),
        };
        match self.line.call(&image).await {
            Err(error) if error.kind == LineErrorKind::Invalid => {
                let there = self.line.call(&GetRichMenuImage { menu: id }).await;
                there.map(drop).map_err(|_| error)
            }
            set => set,
        }
    }

    /// The account's aliases, where a tab has one or an older version may have.
    async fn aliases(&self, menu: &Menu, has_old: bool) -> Result<Vec<Alias>, LineError> {
        match has_old || menu.tabs().iter().any(|tab| tab.alias.is_some()) {
            true => Ok(self.line.call(&ListAliases).await?.aliases),
            false => Ok(Vec::new()),
        }
    }

    /// Gives each tab its alias, where it does not have it. LINE wants its image to be there.
    async fn name(&self, menu: &Menu, ids: &[String], known: &[Alias]) -> Result<(), LineError> {
        for (tab, id) in menu.tabs().iter().zip(ids) {
            let Some(alias) = &tab.alias else {
                continue;
            };
            let known = known.iter().find(|it| it.rich_menu_alias_id == *alias);
            match known {
                Some(known) if known.rich_menu_id == *id => {}
                Some(_) => self.line.call(&UpdateAlias { alias, menu: id }).await?,
                None => self.create_alias(alias, id).await?,
            }
        }
        Ok(())
    }

    /// LINE refuses one that another worker has made since our list: then it is changed.
    async fn create_alias(&self, alias: &str, menu: &str) -> Result<(), LineError> {
        match self.line.call(&CreateAlias { alias, menu }).await {
            Err(error) if error.kind == LineErrorKind::Invalid => {
                let changed = self.line.call(&UpdateAlias { alias, menu }).await;
                changed.map_err(|_| error)
            }
            created => created,
        }
    }

    /// An alias goes before its menu: one that leads nowhere would stay at LINE.
    async fn take_away(&self, old: &[KnownRichMenu], aliases: &[Alias]) -> Result<(), LineError> {
        for known in old {
            let menu = &known.rich_menu_id;
            for alias in aliases.iter().filter(|alias| alias.rich_menu_id == *menu) {
                let alias = &alias.rich_menu_alias_id;
                gone(self.line.call(&DeleteAlias { alias }).await)?;
            }
            gone(self.line.call(&DeleteRichMenu { menu }).await)?;
        }
        Ok(())
    }

    async fn remember(&mut self, menu: &Menu, ids: &[String]) -> Result<(), StoreError> {
        let tabs = || menu.tabs().iter().map(|tab| tab.menu.name.clone());
        let write = self.app.store.update_bot(&self.work.key.bot, |row| {
            row.menus.retain(|name, _| !menu.is_version(name));
            row.menus.extend(tabs().zip(ids.iter().cloned()));
        });
        self.view.bot.menus = write.await?.menus;
        Ok(())
    }
}

/// The module's menu that has a tab of this name, and the tab.
fn module_menu<'m>(menus: &'m [Menu], name: &str) -> Result<(&'m Menu, &'m Tab), NotSent> {
    let found = Menu::with_tab(menus, name);
    found.ok_or_else(|| NotSent::skipped("the module has no such rich menu now"))
}

/// What is gone already need not go.
fn gone(deleted: Result<(), LineError>) -> Result<(), LineError> {
    match deleted {
        Err(error) if error.kind == LineErrorKind::NotFound => Ok(()),
        deleted => deleted,
    }
}
