//! The rich menu, in each language. Its image is a picture of `assets/menu.html`.

use bytes::Bytes;
use line_module::{Action, Area, Bounds, Menu, RichMenu, Size};

use crate::texts::Language;

const WIDTH: u32 = 2500;
const HEIGHT: u32 = 843;

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
    let image = |language| match language {
        Language::Ja => Bytes::from_static(include_bytes!("../assets/menu.ja.png")),
        Language::Zh => Bytes::from_static(include_bytes!("../assets/menu.zh.png")),
        Language::En => Bytes::from_static(include_bytes!("../assets/menu.en.png")),
    };
    let all = Language::ALL.into_iter();
    all.map(|language| Menu::png(menu(language), image(language)))
        .collect()
}

/// Three areas side by side. A tap says what the label says, as the quick replies do.
fn menu(language: Language) -> RichMenu {
    let texts = language.texts();
    let labels = [
        texts.reserve_label(),
        texts.list_label(),
        texts.staff_label(),
    ];
    let third = WIDTH / 3;
    let area = |(label, x): (String, u32)| Area {
        bounds: Bounds {
            x,
            y: 0,
            width: third,
            height: HEIGHT,
        },
        action: Action::message(label.clone(), label),
    };
    RichMenu {
        size: Size {
            width: WIDTH,
            height: HEIGHT,
        },
        selected: true,
        name: name(language).to_owned(),
        chat_bar_text: texts.menu_bar(),
        areas: labels
            .into_iter()
            .zip([0, third, 2 * third])
            .map(area)
            .collect(),
    }
}
