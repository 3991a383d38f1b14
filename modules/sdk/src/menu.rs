//! Rich menus of the module's own. They are the module's, by name; LINE's ids, which
//! differ per account, are the worker's affair.

use std::sync::OnceLock;

use bytes::Bytes;

use shared::hash::sha256_hex;
use shared::line::endpoints::rich_menu::{ImageKind, RichMenu};

/// LINE takes an image of this size at most, in bytes.
const LARGEST_IMAGE: usize = 1024 * 1024;

/// A rich menu with its image.
#[derive(Debug, Clone)]
pub struct Menu {
    /// The menu. Handlers know it by its name.
    pub menu: RichMenu,
    /// The image: 800 to 2,500 pixels wide, at most 1 MB.
    pub image: Bytes,
    /// The image's format.
    pub kind: ImageKind,
    name_at_line: OnceLock<String>,
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
            name_at_line: OnceLock::new(),
        }
    }

    /// The name at LINE: it tells this version from older ones, of another look.
    pub fn name_at_line(&self) -> &str {
        self.name_at_line.get_or_init(|| {
            let look = serde_json::to_vec(&self.menu).unwrap_or_default();
            let hash = sha256_hex([&look[..], &self.image]);
            format!("{} {}", self.menu.name, &hash[..8])
        })
    }

    /// What LINE would refuse of it, as its author's error.
    pub(super) fn fault(&self) -> Option<String> {
        let named = RichMenu {
            name: self.name_at_line().to_owned(),
            ..self.menu.clone()
        };
        let problem = match named.check() {
            Err(error) => error.to_string(),
            Ok(()) if self.image.len() > LARGEST_IMAGE => {
                format!(
                    "image: LINE takes up to 1 MB, not {} bytes",
                    self.image.len()
                )
            }
            Ok(()) => return None,
        };
        Some(format!("the rich menu {:?}: {problem}", self.menu.name))
    }

    /// Whether a menu at LINE is this one, in this version or another.
    pub fn is_version(&self, name_at_line: &str) -> bool {
        let version = name_at_line
            .strip_prefix(&self.menu.name)
            .and_then(|rest| rest.strip_prefix(' '));
        version.is_some_and(|hash| {
            hash.len() == 8 && hash.bytes().all(|sign| sign.is_ascii_hexdigit())
        })
    }
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
}
