//! What a guest gets for a reservation: a card to keep, with what can be done about it.

use line_module::flex::{Bubble, Button, ButtonHeight, Column, Row, Size, Space, Text};
use line_module::{Action, Color, Flex};

use crate::shop::Shop;
use crate::slot::Slot;
use crate::texts::Texts;

const GREEN: Color = Color::rgb(0x1f, 0x7a, 0x57);

/// The card of a reservation that has just been made.
pub(crate) fn confirmation(shop: &Shop, texts: &Texts, slot: Slot) -> Flex {
    let heading = Text::new(texts.reserved).size(Size::Sm);
    let name = Some(shop.name.as_str()).filter(|name| !name.is_empty());
    let body = Column::new()
        .spacing(Space::Md)
        .add(heading.bold().color(GREEN))
        .add_all(name.map(|name| Text::new(name).wrap()))
        .add(Text::new(texts.slot(slot)).size(Size::Xl).bold().wrap());
    let list = Action::message(texts.list_label, texts.list_label);
    let cancel = Action::postback_shown(
        texts.cancel_label,
        format!("cancel {slot}"),
        texts.cancel_label,
    );
    let footer = Row::new()
        .spacing(Space::Sm)
        .add(small(list).primary().color(GREEN))
        .add(small(cancel).secondary());
    let card = Bubble::new().body(body).footer(footer);
    Flex::new(texts.confirmed(slot), card)
}

fn small(action: Action) -> Button {
    Button::new(action).height(ButtonHeight::Sm)
}
