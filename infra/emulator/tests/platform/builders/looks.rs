//! Each keyword, pixel, percentage and colour that a builder of flex messages or templates
//! writes: the emulator, which has LINE's lists by itself, takes all of them.

use shared::line::message::flex::{
    Align, AlignItems, Baseline, BlockStyle, Border, Bubble, BubbleSize, Button, ButtonHeight,
    ButtonStyle, Carousel, Column, Component, Gravity, Icon, Image, ImageSize, Inset, Justify,
    Length, Row, Separator, Size, Space, Span, Text,
};
use shared::line::message::{
    Buttons, Carousel as Columns, Color, Column as Card, Flex, ImageFit, ImageShape,
    TemplateMessage,
};

use super::{Built, Pair, URL, built, says};

/// Each, in a message of its own.
pub(super) fn all() -> Vec<Pair> {
    let messages = texts()
        .into_iter()
        .chain(images())
        .chain(buttons())
        .chain(boxes())
        .chain(bubbles())
        .chain(templates());
    let pair = |built: Built| Pair {
        what: format!("{built:?}"),
        json: built.clone().unwrap(),
        built,
    };
    messages.map(pair).collect()
}

fn card(component: impl Into<Component>) -> Built {
    bubble(Bubble::new().body(Column::new().add(component)))
}

fn bubble(bubble: Bubble) -> Built {
    built(Flex::new("a", bubble))
}

const SIZES: [Size; 12] = [
    Size::Xxs,
    Size::Xs,
    Size::Sm,
    Size::Md,
    Size::Lg,
    Size::Xl,
    Size::Xxl,
    Size::X3l,
    Size::X4l,
    Size::X5l,
    Size::Px(0),
    Size::Px(u16::MAX),
];
const SPACES: [Space; 8] = [
    Space::None,
    Space::Xs,
    Space::Sm,
    Space::Md,
    Space::Lg,
    Space::Xl,
    Space::Xxl,
    Space::Px(9),
];
const ALIGNS: [Align; 3] = [Align::Start, Align::End, Align::Center];
const GRAVITIES: [Gravity; 3] = [Gravity::Top, Gravity::Bottom, Gravity::Center];

fn texts() -> Vec<Built> {
    let text = || Text::new("a");
    let icon = |size| Baseline::new().add(Icon::new(URL).size(size).aspect_ratio(2, 1).scaling());
    let mut all: Vec<Built> = SIZES.map(|size| card(text().size(size))).into();
    all.extend(SIZES.map(|size| card(Text::spans([Span::new("a").size(size)]))));
    all.extend(SIZES.map(|size| card(icon(size))));
    all.extend(SPACES.map(|space| card(text().margin(space))));
    all.extend(SPACES.map(|space| card(text().absolute().offset_top(space))));
    all.extend(ALIGNS.map(|align| card(text().align(align))));
    all.extend(GRAVITIES.map(|gravity| card(text().gravity(gravity))));
    all.extend([
        card(text().bold().italic().underline().color(Color::BLACK)),
        card(text().line_through().color(Color::WHITE.alpha(0))),
        card(text().wrap().max_lines(0).line_spacing(1).flex(0)),
        card(text().shrink_to_fit().scaling().action(says())),
        card(
            text()
                .offset_bottom(Inset::Percent(5))
                .offset_start(Inset::Px(1)),
        ),
        card(text().offset_end(Inset::None)),
        card(Text::spans([
            Span::new("a").bold().italic(),
            Span::new("b").underline(),
        ])),
        card(Separator::new().margin(Space::Lg).color(Color::BLACK)),
    ]);
    all
}

fn images() -> Vec<Built> {
    let sizes = [
        ImageSize::Xxs,
        ImageSize::Xs,
        ImageSize::Sm,
        ImageSize::Md,
        ImageSize::Lg,
        ImageSize::Xl,
        ImageSize::Xxl,
        ImageSize::X3l,
        ImageSize::X4l,
        ImageSize::X5l,
        ImageSize::Full,
        ImageSize::Px(9),
        ImageSize::Percent(50),
    ];
    let image = || Image::new(URL);
    let mut all: Vec<Built> = sizes.map(|size| card(image().size(size))).into();
    all.extend(ALIGNS.map(|align| card(image().align(align))));
    all.extend(GRAVITIES.map(|gravity| card(image().gravity(gravity))));
    all.push(card(
        image().cover().animated().background_color(Color::BLACK),
    ));
    all.push(card(image().flex(2).margin(Space::Sm)));
    all
}

fn buttons() -> Vec<Built> {
    let button = || Button::new(says());
    let styles = [
        ButtonStyle::Primary,
        ButtonStyle::Secondary,
        ButtonStyle::Link,
    ];
    let mut all: Vec<Built> = styles.map(|style| card(button().style(style))).into();
    all.extend(GRAVITIES.map(|gravity| card(button().gravity(gravity))));
    all.extend([
        card(button().height(ButtonHeight::Sm).color(Color::BLACK)),
        card(button().height(ButtonHeight::Md).secondary().flex(1)),
        card(button().shrink_to_fit().scaling().absolute()),
    ]);
    all
}

fn boxes() -> Vec<Built> {
    let borders = [
        Border::None,
        Border::Light,
        Border::Normal,
        Border::Medium,
        Border::SemiBold,
        Border::Bold,
        Border::Px(2),
    ];
    let justifies = [
        Justify::Center,
        Justify::Start,
        Justify::End,
        Justify::SpaceBetween,
        Justify::SpaceAround,
        Justify::SpaceEvenly,
    ];
    let aligns = [AlignItems::Center, AlignItems::Start, AlignItems::End];
    let insets = [
        Inset::None,
        Inset::Xs,
        Inset::Xxl,
        Inset::Px(1),
        Inset::Percent(9),
    ];
    let row = Row::new;
    let mut all: Vec<Built> = borders
        .map(|border| card(row().border_width(border)))
        .into();
    all.extend(justifies.map(|justify| card(row().justify_content(justify))));
    all.extend(aligns.map(|align| card(row().align_items(align))));
    all.extend(SPACES.map(|space| card(row().spacing(space).corner_radius(space))));
    all.extend(insets.map(|inset| card(row().padding(inset).padding_top(inset))));
    all.extend(insets.map(|inset| card(row().padding_bottom(inset).padding_start(inset))));
    all.extend([
        card(row().padding_end(Space::Md).border_color(Color::BLACK)),
        card(row().width(Length::Px(9)).max_width(Length::Percent(9))),
        card(row().height(Length::Percent(9)).max_height(Length::Px(9))),
        card(row().background_color(Color::BLACK.alpha(1)).action(says())),
        card(Column::new().add_all([Row::new(), Row::new()]).flex(3)),
    ]);
    all
}

fn bubbles() -> Vec<Built> {
    let sizes = [
        BubbleSize::Nano,
        BubbleSize::Micro,
        BubbleSize::Deca,
        BubbleSize::Hecto,
        BubbleSize::Kilo,
        BubbleSize::Mega,
        BubbleSize::Giga,
    ];
    let style = || BlockStyle::new().background_color(Color::BLACK);
    let styled = Bubble::new()
        .right_to_left()
        .header(Column::new())
        .header_style(style())
        .hero(Row::new())
        .hero_style(style().separator())
        .body(Baseline::new())
        .body_style(style().separator_color(Color::WHITE))
        .footer(Row::new())
        .footer_style(BlockStyle::new());
    let mut all: Vec<Built> = sizes.map(|size| bubble(Bubble::new().size(size))).into();
    all.push(bubble(styled));
    let plain = Carousel::new().add(Bubble::new());
    let sized = plain.add(Bubble::new().size(BubbleSize::Mega));
    all.push(built(Flex::new("a", sized)));
    all
}

fn templates() -> Vec<Built> {
    let shapes = [ImageShape::Rectangle, ImageShape::Square];
    let fits = [ImageFit::Cover, ImageFit::Contain];
    let buttons = || Buttons::new("a", [says()]).image(URL);
    let mut all: Vec<Built> = shapes
        .map(|shape| built(TemplateMessage::new("a", buttons().image_shape(shape))))
        .into();
    all.extend(fits.map(|fit| {
        let column = Card::new("a", [says()]).image(URL);
        let columns = [column.image_background(Color::WHITE)];
        built(TemplateMessage::new(
            "a",
            Columns::new(columns).image_fit(fit),
        ))
    }));
    all
}
