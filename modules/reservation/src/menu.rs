//! The rich menu, in each language. Its image is a picture of `assets/menu.html`.

use bytes::Bytes;
use line_module::{Action, Menu, RichMenu, Size};

use crate::texts::Language;

const SIZE: Size = Size {
    width: 2500,
    height: 843,
};

/// The name of a language's menu.
pub(crate) fn name(language: Language) -> &'static str {
    match language {
        Language::Ja => "reservation-ja",
        Language::Zh => "reservation-zh",
        Language::En => "reservation-en",
    }
}

/// The menus.
pub(crate) fn all() -> Vec<Menu> {
    Language::ALL.map(menu).into()
}

/// A tap says what the label says, as the quick replies do.
fn menu(language: Language) -> Menu {
    let image = Bytes::from_static(match language {
        Language::Ja => include_bytes!("../assets/menu.ja.png"),
        Language::Zh => include_bytes!("../assets/menu.zh.png"),
        Language::En => include_bytes!("../assets/menu.en.png"),
    });
    let labels = language.texts().menu().map(Action::say);
    let bar = language.texts().menu_bar();
    Menu::png(RichMenu::columns(SIZE, name(language), bar, labels), image)
}
