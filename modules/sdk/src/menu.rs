//! Rich menus of the module's own. They are the module's, by name; LINE's ids and aliases,
//! which differ per account, are the worker's affair.

use std::sync::OnceLock;

use bytes::Bytes;

use shared::hash::sha256_hex;
use shared::line::endpoints::rich_menu::{ImageKind, RichMenu};
use shared::line::message::Action;

/// LINE takes an image of this size at most, in bytes.
const LARGEST_IMAGE: usize = 1024 * 1024;
/// LINE takes an alias of this length at most.
const LONGEST_ALIAS: usize = 32;

/// A rich menu with its image, and with more tabs if it has any.
#[derive(Debug, Clone)]
pub struct Menu {
    /// The menu. Handlers know it by its name.
    pub menu: RichMenu,
    /// The image: 800 to 2,500 pixels wide, at most 1 MB.
    pub image: Bytes,
    /// The image's format.
    pub kind: ImageKind,
    others: Vec<Menu>,
    at_line: OnceLock<Vec<Tab>>,
}

/// A rich menu as LINE gets it: one tab of a [`Menu`], which may be its only one.
#[derive(Debug, Clone)]
pub struct Tab {
    /// The module's name for it.
    pub name: String,
    /// The menu. Its name tells this version from others, and its areas switch by LINE's
    /// aliases.
    pub menu: RichMenu,
    /// The image.
    pub image: Bytes,
    /// The image's format.
    pub kind: ImageKind,
    /// The alias by which other tabs switch to it; none where it is the only one.
    pub alias: Option<String>,
}

impl Menu {
    /// One whose image is a PNG.
    pub fn png(menu: RichMenu, image: impl Into<Bytes>) -> Self {
        Self::new(menu, image.into(), ImageKind::Png)
    }

    /// One whose image is a JPEG.
    pub fn jpeg(menu: RichMenu, image: impl Into<Bytes>) -> Self {
        Self::new(menu, image.into(), ImageKind::Jpeg)
    }

    fn new(menu: RichMenu, image: Bytes, kind: ImageKind) -> Self {
        Self {
            menu,
            image,
            kind,
            others: Vec::new(),
            at_line: OnceLock::new(),
        }
    }

    /// With another tab: a menu that an area of this one shows in its place, by
    /// [`Action::switch`] with the tab's name. Tabs switch to each other in the same way, and
    /// to this one. Handlers know each of them by its name too.
    #[must_use]
    pub fn tab(mut self, mut tab: Self) -> Self {
        let inner = std::mem::take(&mut tab.others);
        self.others.push(tab);
        self.others.extend(inner);
        self.at_line = OnceLock::new();
        self
    }

    /// Its tabs as LINE gets them, this one first.
    pub fn tabs(&self) -> &[Tab] {
        self.at_line.get_or_init(|| {
            let version = self.version();
            self.all()
                .map(|tab| self.tab_at_line(tab, &version))
                .collect()
        })
    }

    /// The menu that has a tab of this name, and the tab.
    pub fn with_tab<'m>(menus: &'m [Self], name: &str) -> Option<(&'m Self, &'m Tab)> {
        menus.iter().find_map(|menu| {
            let tab = menu.tabs().iter().find(|tab| tab.name == name)?;
            Some((menu, tab))
        })
    }

    /// The name at LINE: it tells this version from older ones, of another look.
    pub fn name_at_line(&self) -> &str {
        &self.tabs()[0].menu.name // this one
    }

    /// Whether a menu at LINE is a tab of this one, in this version or another.
    pub fn is_version(&self, name_at_line: &str) -> bool {
        self.all()
            .any(|tab| is_version(&tab.menu.name, name_at_line))
    }

    /// What LINE would refuse of it, as its author's error.
    pub(super) fn fault(&self) -> Option<String> {
        let version = self.version();
        self.all().find_map(|tab| {
            let at_line = || self.tab_at_line(tab, &version).problem();
            let problem = self.unknown_tab(tab).or_else(at_line)?;
            Some(format!("the rich menu {:?}: {problem}", tab.menu.name))
        })
    }

    fn all(&self) -> impl Iterator<Item = &Self> {
        std::iter::once(self).chain(&self.others)
    }

    /// What all tabs look like, as a short hash: a tab switches to others of its own version
    /// only, so a new look of one is a new version of all.
    fn version(&self) -> String {
        let looks = self.all().flat_map(|tab| {
            let look = serde_json::to_vec(&tab.menu).unwrap_or_default();
            [Bytes::from(look), tab.image.clone()]
        });
        sha256_hex(looks)[..8].to_owned()
    }

    fn tab_at_line(&self, tab: &Self, version: &str) -> Tab {
        let mut menu = RichMenu {
            name: name_at_line(&tab.menu.name, version),
            ..tab.menu.clone()
        };
        for area in &mut menu.areas {
            if let Action::RichMenuSwitch {
                rich_menu_alias_id, ..
            } = &mut area.action
            {
                *rich_menu_alias_id = alias(&name_at_line(rich_menu_alias_id, version));
            }
        }
        let has_others = !self.others.is_empty();
        Tab {
            name: tab.menu.name.clone(),
            alias: has_others.then(|| alias(&menu.name)),
            menu,
            image: tab.image.clone(),
            kind: tab.kind,
        }
    }

    /// An area that switches to what is no other tab of this menu.
    fn unknown_tab(&self, tab: &Self) -> Option<String> {
        let mut areas = tab.menu.areas.iter().enumerate();
        areas.find_map(|(place, area)| {
            let Action::RichMenuSwitch {
                rich_menu_alias_id: to,
                ..
            } = &area.action
            else {
                return None;
            };
            let is_tab = self.all().any(|other| other.menu.name == *to);
            let has_others = !self.others.is_empty();
            (!is_tab || !has_others)
                .then(|| format!("areas[{place}].action: it has no other tab {to:?}"))
        })
    }
}

impl Tab {
    fn problem(&self) -> Option<String> {
        match self.menu.check() {
            Err(error) => Some(error.to_string()),
            Ok(()) if self.image.len() > LARGEST_IMAGE => Some(format!(
                "image: LINE takes up to 1 MB, not {} bytes",
                self.image.len()
            )),
            Ok(()) => None,
        }
    }
}

/// A fault of one of the menus, or of several: handlers know each tab by its name.
pub(super) fn fault(menus: &[Menu]) -> Option<String> {
    let mut names: Vec<&str> = menus
        .iter()
        .flat_map(|menu| menu.all().map(|tab| tab.menu.name.as_str()))
        .collect();
    names.sort_unstable();
    let twice = names.windows(2).find(|pair| pair[0] == pair[1]);
    let twice = twice.map(|pair| format!("two rich menus have the name {:?}", pair[0]));
    menus.iter().find_map(Menu::fault).or(twice)
}

fn name_at_line(name: &str, version: &str) -> String {
    format!("{name} {version}")
}

/// Lower-case letters and digits, as LINE has it; the same for the same tab of the same
/// version, at every account.
fn alias(name_at_line: &str) -> String {
    let mut alias = format!("tab-{}", sha256_hex([name_at_line]));
    alias.truncate(LONGEST_ALIAS);
    alias
}

fn is_version(name: &str, name_at_line: &str) -> bool {
    let version = name_at_line
        .strip_prefix(name)
        .and_then(|rest| rest.strip_prefix(' '));
    version.is_some_and(|hash| hash.len() == 8 && hash.bytes().all(|sign| sign.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::line::endpoints::rich_menu::{Area, Bounds, Size};
    use shared::line::message::Action;

    const BOUNDS: Bounds = Bounds {
        x: 0,
        y: 0,
        width: 1,
        height: 1,
    };

    fn menu(name: &str, image: &'static [u8]) -> Menu {
        let size = Size {
            width: 2500,
            height: 843,
        };
        let menu = RichMenu {
            size,
            selected: true,
            name: name.into(),
            chat_bar_text: "Menu".into(),
            areas: Vec::new(),
        };
        Menu::png(menu, image)
    }

    #[test]
    fn another_look_is_another_version_of_the_same_menu() {
        let (old, new) = (menu("main", b"a"), menu("main", b"b"));
        assert_ne!(old.name_at_line(), new.name_at_line());
        assert!(new.is_version(old.name_at_line()));
        assert!(!new.is_version("main"));
        assert!(!new.is_version(menu("main menu", b"a").name_at_line()));
    }

    #[test]
    fn what_line_would_refuse_is_the_authors_error() {
        let fault = |change: fn(&mut RichMenu)| {
            let mut menu = menu("main", b"a");
            change(&mut menu.menu);
            menu.fault().unwrap_or_default()
        };
        let area = |action| Area {
            bounds: BOUNDS,
            action,
        };
        assert_eq!(fault(|_| ()), "");
        assert_eq!(fault(|menu| menu.name = "🍎".repeat(291)), "");
        let long = fault(|menu| menu.name = "n".repeat(292));
        assert!(
            long.ends_with(": name: LINE takes up to 300, not 301"),
            "{long}"
        );
        assert_eq!(
            fault(|menu| menu.chat_bar_text = "m".repeat(15)),
            r#"the rich menu "main": chatBarText: LINE takes up to 14, not 15"#
        );
        assert_eq!(
            fault(|menu| menu.size.height = 2_000),
            r#"the rich menu "main": size.height: LINE takes 250 pixels or more, and up to the width by 1.45, not 2000"#
        );
        let mut menu = menu("main", b"a");
        menu.menu.areas = vec![
            area(Action::message("", "a")),
            area(Action::uri("a", "not a uri")),
        ];
        let fault = menu.fault().unwrap();
        assert!(
            fault.contains("areas[1].action.uri: LINE takes URIs"),
            "{fault}"
        );
        menu.menu.areas.clear();
        let large = Menu::png(menu.menu, vec![0; LARGEST_IMAGE + 1]);
        let fault = large.fault().unwrap();
        assert!(fault.contains("image: LINE takes up to 1 MB"), "{fault}");
    }

    fn switching(name: &str, to: &str) -> Menu {
        let mut menu = menu(name, b"a");
        menu.menu.areas.push(Area {
            bounds: BOUNDS,
            action: Action::switch(to),
        });
        menu
    }

    fn switches_to(tab: &Tab) -> &str {
        match &tab.menu.areas[0].action {
            Action::RichMenuSwitch {
                rich_menu_alias_id, ..
            } => rich_menu_alias_id,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn tabs_switch_to_each_other_by_aliases_that_are_the_same_everywhere() {
        let tabbed = || switching("book", "orders").tab(switching("orders", "book"));
        let (first, again) = (tabbed(), tabbed());
        let [book, orders] = first.tabs() else {
            panic!("{first:?}");
        };
        assert_eq!(Some(switches_to(book)), orders.alias.as_deref());
        assert_eq!(Some(switches_to(orders)), book.alias.as_deref());
        assert_ne!(book.alias, orders.alias);
        assert_eq!(again.tabs()[0].alias, book.alias);
        let alias = book.alias.as_deref().unwrap();
        assert_eq!(alias.len(), LONGEST_ALIAS);
        let is_sign =
            |sign: char| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == '-';
        assert!(alias.chars().all(is_sign), "{alias}");
        assert_eq!(first.fault(), None);
        assert!(first.is_version(&orders.menu.name));
        let menus = [menu("main", b"a"), first];
        let (with, tab) = Menu::with_tab(&menus, "orders").unwrap();
        assert_eq!(
            (with.name_at_line(), &*tab.name),
            (menus[1].name_at_line(), "orders")
        );
        assert!(Menu::with_tab(&menus, "other").is_none());
    }

    #[test]
    fn a_new_look_of_one_tab_is_a_new_version_with_new_aliases_of_all() {
        let old = switching("book", "orders").tab(menu("orders", b"a"));
        let new = switching("book", "orders").tab(menu("orders", b"b"));
        for (old, new) in old.tabs().iter().zip(new.tabs()) {
            assert_ne!(old.menu.name, new.menu.name);
            assert_ne!(old.alias, new.alias);
        }
        assert!(new.is_version(&old.tabs()[1].menu.name));
    }

    #[test]
    fn a_menu_of_one_tab_has_no_alias_and_switches_nowhere() {
        let alone = menu("main", b"a");
        assert_eq!(alone.tabs().len(), 1);
        assert_eq!(alone.tabs()[0].alias, None);
        assert_eq!(
            switching("main", "main").fault().unwrap(),
            r#"the rich menu "main": areas[0].action: it has no other tab "main""#
        );
        let lost = switching("book", "help").tab(menu("orders", b"a"));
        assert_eq!(
            lost.fault().unwrap(),
            r#"the rich menu "book": areas[0].action: it has no other tab "help""#
        );
    }

    #[test]
    fn each_name_is_of_one_menu_or_tab() {
        let tabbed = menu("book", b"a").tab(menu("orders", b"a"));
        let menus = [menu("orders", b"b"), tabbed];
        assert_eq!(
            fault(&menus).unwrap(),
            r#"two rich menus have the name "orders""#
        );
        assert_eq!(fault(&menus[1..]), None);
    }
}
