//! The cards: of a reservation, to keep, with what can be done about it; and of a time that is
//! free again.

use line_module::flex::{Bubble, Button, ButtonHeight, Column, Row, Size, Space, Text};
use line_module::{Action, Color, Flex, Tap as _};

use crate::reserve::{Cancel, Reserve};
use crate::shop::Shop;
use crate::slot::Slot;
use crate::texts::Texts;

const GREEN: Color = Color::rgb(0x1f, 0x7a, 0x57);

/// The card of a reservation that has just been made.
pub(crate) fn confirmation(shop: &Shop, texts: Texts, slot: Slot) -> Flex {
    let list = Action::say(texts.list_label());
    let cancel = Cancel { slot }.shown(texts.cancel_label());
    let footer = Row::new()
        .spacing(Space::Sm)
        .add(small(list).primary().color(GREEN))
        .add(small(cancel).secondary());
    let card = Bubble::new().body(body(shop, texts, &texts.reserved_heading(), slot));
    Flex::new(texts.confirmed(texts.slot(slot)), card.footer(footer))
}

/// The card of a time that is free again: one tap reserves it.
pub(crate) fn offer(shop: &Shop, texts: Texts, slot: Slot) -> Flex {
    let reserve = Reserve { slot }.shown(texts.reserve_label());
    let footer = Row::new().add(small(reserve).primary().color(GREEN));
    let card = Bubble::new().body(body(shop, texts, &texts.free_again_heading(), slot));
    Flex::new(texts.freed(texts.slot(slot)), card.footer(footer))
}

fn body(shop: &Shop, texts: Texts, heading: &str, slot: Slot) -> Column {
    let heading = Text::new(heading).size(Size::Sm);
    let name = Some(shop.name.as_str()).filter(|name| !name.is_empty());
    Column::new()
        .spacing(Space::Md)
        .add(heading.bold().color(GREEN))
        .add_all(name.map(|name| Text::new(name).wrap()))
        .add(Text::new(texts.slot(slot)).size(Size::Xl).bold().wrap())
}

fn small(action: Action) -> Button {
    Button::new(action).height(ButtonHeight::Sm)
}
