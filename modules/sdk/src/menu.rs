//! Rich menus of the module's own. They are the module's, by name; LINE's ids, which
//! differ per account, are the worker's affair.

use std::sync::OnceLock;

use bytes::Bytes;

use shared::hash::sha256_hex;
use shared::line::endpoints::rich_menu::{ImageKind, RichMenu};

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
    use shared::line::endpoints::rich_menu::Size;

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
}
