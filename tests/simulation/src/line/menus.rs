//! The rich menus of the accounts.

use serde_json::{Value, json};

use super::Line;
use super::api::{Answer, ok, refused};

/// What is done with an account's rich menus.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Menus {
    /// They are listed.
    List,
    /// One is made.
    Make,
    /// One is given its image, which LINE takes once.
    Image(String),
    /// The image of one is fetched.
    FetchImage(String),
    /// One is deleted.
    Delete(String),
    /// Their aliases are listed: the module's menu has no tabs, so there are none.
    Aliases,
}

#[derive(Debug, Clone)]
pub(super) struct Menu {
    id: String,
    menu: Value,
    has_image: bool,
}

impl Line {
    pub(super) fn look_after_menus(&mut self, bot: &str, what: &Menus, body: &Value) -> Answer {
        let number = self.requests;
        let menus = self.menus.entry(bot.to_owned()).or_default();
        match what {
            Menus::List => {
                let all = menus.iter().map(|known| {
                    let mut menu = known.menu.clone();
                    menu["richMenuId"] = known.id.clone().into();
                    menu
                });
                ok(json!({ "richmenus": all.collect::<Vec<_>>() }))
            }
            Menus::Make => {
                let id = format!("richmenu-{number}");
                let menu = body.clone();
                menus.push(Menu {
                    id: id.clone(),
                    menu,
                    has_image: false,
                });
                ok(json!({ "richMenuId": id }))
            }
            Menus::Image(id) => match menus.iter_mut().find(|known| known.id == *id) {
                Some(known) if known.has_image => refused(400, "An image has already been set"),
                Some(known) => {
                    known.has_image = true;
                    ok(json!({}))
                }
                None => refused(404, "Not found"),
            },
            Menus::FetchImage(id) => {
                match menus.iter().any(|known| known.id == *id && known.has_image) {
                    true => ok(json!({})),
                    false => refused(404, "Not found"),
                }
            }
            Menus::Aliases => ok(json!({"aliases": []})),
            Menus::Delete(id) => {
                let before = menus.len();
                menus.retain(|known| known.id != *id);
                match menus.len() < before {
                    true => ok(json!({})),
                    false => refused(404, "Not found"),
                }
            }
        }
    }
}
