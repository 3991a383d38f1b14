//! Rich menus, and who sees which.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::clock::Millis;

/// The rich menus of an account.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Menus {
    /// The menus, the oldest first.
    pub(crate) all: Vec<Menu>,
    /// The menu of everybody without one of their own.
    pub(crate) default: Option<String>,
    /// The menus of single users.
    pub(crate) links: BTreeMap<String, String>,
    /// Menus by alias.
    pub(crate) aliases: BTreeMap<String, String>,
    /// Operations on many users, the oldest first.
    pub(crate) batches: Vec<Batch>,
    /// The taps on them, the oldest first.
    pub(crate) taps: Vec<Tap>,
}

/// A user tapped an area of a menu.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Tap {
    pub(crate) menu: String,
    /// The area's place in the menu.
    pub(crate) area: usize,
    /// Who it was.
    pub(crate) user: String,
    /// When.
    pub(crate) at: Millis,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Menu {
    pub(crate) id: String,
    /// What it was made of.
    pub(crate) body: Value,
    /// Its image, with the media type.
    pub(crate) image: Option<(String, Vec<u8>)>,
}

/// Operations on the users linked to rich menus.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Batch {
    /// The request that asked for them.
    pub(crate) request_id: String,
    /// The caller's own key, which keeps two from doing the same.
    pub(crate) resume_key: Option<String>,
    pub(crate) operations: Vec<Value>,
    /// When they were taken on.
    pub(crate) at: Millis,
    /// When they are done.
    pub(crate) due: Millis,
    /// Whether they have been done.
    pub(crate) done: bool,
}

impl Menu {
    /// What can be tapped.
    pub(crate) fn areas(&self) -> &[Value] {
        self.body["areas"].as_array().map_or(&[], Vec::as_slice)
    }
}

impl Menus {
    /// The menu that a user sees: their own, or everybody's.
    pub(crate) fn seen_by(&self, user: &str) -> Option<&Menu> {
        let id = self.links.get(user).or(self.default.as_ref())?;
        self.get(id)
    }

    /// A menu.
    pub(crate) fn get(&self, id: &str) -> Option<&Menu> {
        self.all.iter().find(|menu| menu.id == id)
    }

    /// A menu, to change it.
    pub(crate) fn get_mut(&mut self, id: &str) -> Option<&mut Menu> {
        self.all.iter_mut().find(|menu| menu.id == id)
    }

    /// Takes a menu away, from everybody who sees it too. Its aliases stay: that a switch can
    /// come to nothing because an alias's menu is gone is in LINE's documents.
    ///
    /// Source: <https://developers.line.biz/en/reference/messaging-api/#postback-params-object-for-richmenu-switch-action>
    pub(crate) fn remove(&mut self, id: &str) {
        self.all.retain(|menu| menu.id != id);
        self.links.retain(|_, menu| menu != id);
        self.taps.retain(|tap| tap.menu != id);
        if self.default.as_deref() == Some(id) {
            self.default = None;
        }
    }

    /// Does the operations whose time has come.
    pub(super) fn settle(&mut self, now: Millis) {
        let mut batches = std::mem::take(&mut self.batches);
        for batch in &mut batches {
            if !batch.done && batch.due <= now {
                batch.done = true;
                batch
                    .operations
                    .iter()
                    .for_each(|operation| self.operate(operation));
            }
        }
        self.batches = batches;
    }

    fn operate(&mut self, operation: &Value) {
        let text = |member: &str| operation.get(member).and_then(Value::as_str);
        let (from, to) = (text("from"), text("to"));
        match text("type") {
            Some("unlinkAll") => self.links.clear(),
            Some("unlink") => self.links.retain(|_, menu| Some(menu.as_str()) != from),
            _ => {
                let linked = self
                    .links
                    .values_mut()
                    .filter(|menu| Some(menu.as_str()) == from);
                linked.for_each(|menu| *menu = to.unwrap_or_default().to_owned());
            }
        }
    }
}
