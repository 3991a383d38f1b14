//! What the builders make, and what they refuse.

use serde_json::{Value, json};

use super::*;
use crate::line::message::Color;

const URL: &str = "https://a.jp/i.png";

fn says() -> Action {
    Action::message("a", "a")
}

fn becomes(component: impl Serialize, expected: &Value) {
    assert_eq!(&serde_json::to_value(component).unwrap(), expected);
}

fn check(bubble: Bubble) -> Result<(), OverLimit> {
    Flex::new("a", bubble).check()
}

fn fault(contents: impl Into<Container>) -> String {
    Flex::new("a", contents).check().unwrap_err().to_string()
}

fn body(inner: impl Into<Component>) -> Bubble {
    Bubble::new().body(Column::new().add(inner))
}

#[test]
fn a_card_has_lines_json() {
    let green = Color::rgb(0x1f, 0x7a, 0x57);
    let card = Bubble::new()
        .size(BubbleSize::Kilo)
        .right_to_left()
        .header(Row::new().add(Text::new("Table").bold().size(Size::Xl).color(green)))
        .hero(
            Image::new(URL)
                .size(ImageSize::Full)
                .aspect_ratio(20, 13)
                .cover(),
        )
        .body(
            Column::new()
                .spacing(Space::Md)
                .padding(Inset::Percent(5))
                .add(
                    Baseline::new()
                        .add(Icon::new(URL))
                        .add(Text::new("4.0").flex(0)),
                )
                .add(Separator::new().margin(Space::Px(7))),
        )
        .footer(Row::new().add(Button::new(says()).primary().height(ButtonHeight::Sm)))
        .footer_style(BlockStyle::new().separator())
        .action(says());
    let action = json!({"type": "message", "label": "a", "text": "a"});
    becomes(
        card,
        &json!({"type": "bubble", "size": "kilo", "direction": "rtl", "action": action,
            "header": {"type": "box", "layout": "horizontal", "contents": [
                {"type": "text", "text": "Table", "weight": "bold", "size": "xl", "color": "#1f7a57"}]},
            "hero": {"type": "image", "url": URL, "size": "full", "aspectRatio": "20:13",
                "aspectMode": "cover"},
            "body": {"type": "box", "layout": "vertical", "spacing": "md", "paddingAll": "5%",
                "contents": [
                    {"type": "box", "layout": "baseline", "contents": [
                        {"type": "icon", "url": URL}, {"type": "text", "text": "4.0", "flex": 0}]},
                    {"type": "separator", "margin": "7px"}]},
            "footer": {"type": "box", "layout": "horizontal", "contents": [
                {"type": "button", "style": "primary", "height": "sm", "action": action}]},
            "styles": {"footer": {"separator": true}}}),
    );
}

#[test]
fn each_component_says_all_that_line_reads() {
    let text = Text::spans([
        Span::new("a").italic().underline(),
        Span::new("b").line_through().size(Size::Px(20)),
    ]);
    becomes(
        text.wrap()
            .max_lines(2)
            .line_spacing(3)
            .align(Align::Center)
            .gravity(Gravity::Bottom)
            .shrink_to_fit()
            .scaling()
            .margin(Space::None)
            .absolute()
            .offset_top(Space::Sm)
            .offset_end(Inset::Px(4)),
        &json!({"type": "text", "contents": [
                {"type": "span", "text": "a", "style": "italic", "decoration": "underline"},
                {"type": "span", "text": "b", "decoration": "line-through", "size": "20px"}],
            "wrap": true, "maxLines": 2, "lineSpacing": "3px", "align": "center",
            "gravity": "bottom", "adjustMode": "shrink-to-fit", "scaling": true,
            "margin": "none", "position": "absolute", "offsetTop": "sm", "offsetEnd": "4px"}),
    );
    let ground = Gradient::new(90, Color::BLACK, Color::WHITE.alpha(0)).center(Color::WHITE, 30);
    becomes(
        Row::new()
            .background(ground)
            .border_color(Color::BLACK)
            .border_width(Border::SemiBold)
            .corner_radius(Space::Lg)
            .width(Length::Percent(50))
            .max_height(Length::Px(90))
            .justify_content(Justify::SpaceBetween)
            .align_items(AlignItems::End)
            .padding_top(Space::Xl),
        &json!({"type": "box", "layout": "horizontal", "contents": [],
            "background": {"type": "linearGradient", "angle": "90deg", "startColor": "#000000",
                "endColor": "#ffffff00", "centerColor": "#ffffff", "centerPosition": "30%"},
            "borderColor": "#000000", "borderWidth": "semi-bold", "cornerRadius": "lg",
            "width": "50%", "maxHeight": "90px", "justifyContent": "space-between",
            "alignItems": "flex-end", "paddingTop": "xl"}),
    );
    becomes(
        Video::new(URL, URL, Image::new(URL)).aspect_ratio(16, 9),
        &json!({"type": "video", "url": URL, "previewUrl": URL, "aspectRatio": "16:9",
            "altContent": {"type": "image", "url": URL}}),
    );
}

#[test]
fn raw_json_may_stand_anywhere() {
    let newer = json!({"type": "hologram", "depth": 3});
    let card = body(newer.clone()).hero(newer);
    assert_eq!(check(card), Ok(()));
    let wrong = json!({"type": "button", "action": {"type": "uri", "label": "a", "uri": "a"}});
    assert!(fault(body(wrong)).starts_with("contents.body.contents[0].action.uri: LINE takes"));
    let carousel = Carousel::new()
        .add(json!({"type": "bubble"}))
        .add(Bubble::new());
    assert_eq!(Flex::new("a", carousel).check(), Ok(()));
}

#[test]
fn what_line_would_refuse_of_a_component_is_named_by_its_place() {
    assert_eq!(
        fault(body(Row::new().add(Text::new("")))),
        "contents.body.contents[0].contents[0].text: LINE takes no empty text"
    );
    assert!(fault(body(Image::new("http://a.jp"))).starts_with("contents.body.contents[0].url"));
    assert!(check(body(Image::new(URL).aspect_ratio(1, 3))).is_ok());
    assert_eq!(
        fault(body(Image::new(URL).aspect_ratio(1, 4))),
        "contents.body.contents[0].aspectRatio: LINE takes 1 to 100000 each, and a height of up \
         to three times the width, not 1:4"
    );
    assert!(check(body(Image::new(URL).aspect_ratio(100_000, 100_000))).is_ok());
    for (width, height) in [(0, 1), (1, 0), (100_001, 1), (u32::MAX, u32::MAX)] {
        assert!(check(body(Image::new(URL).aspect_ratio(width, height))).is_err());
    }
    assert!(fault(body(Text::new("a").line_spacing(0))).contains("lineSpacing"));
    let ground = |degrees| Gradient::new(degrees, Color::BLACK, Color::WHITE);
    let row = |ground| body(Row::new().background(ground));
    assert_eq!(check(row(ground(359).center(Color::BLACK, 100))), Ok(()));
    assert!(fault(row(ground(360))).contains("background.angle: LINE takes 0 to 359 degrees"));
    let beyond = fault(row(ground(0).center(Color::BLACK, 101)));
    assert!(beyond.contains("background.centerPosition: LINE takes 0 to 100 percent"));
    let long = Button::new(Action::message("a".repeat(41), "a"));
    assert_eq!(
        fault(body(long)),
        "contents.body.contents[0].action.label: LINE takes up to 40, not 41"
    );
}

#[test]
fn up_to_ten_images_of_a_message_play() {
    let images = |many| {
        let all = (0..many).map(|_| Image::new(URL).animated());
        Bubble::new().body(Column::new().add_all(all))
    };
    assert_eq!(check(images(10)), Ok(()));
    let eleven = fault(images(11));
    assert_eq!(
        eleven,
        "contents: LINE takes up to 10 animated images in a message, not 11"
    );
    let two = Carousel::new().add(images(6)).add(images(5));
    assert_eq!(fault(two), eleven);
}

#[test]
fn a_video_is_the_hero_of_a_wide_bubble_that_stands_alone() {
    let video = || Video::new(URL, URL, Row::new());
    let bubble = |size| Bubble::new().hero(video()).size(size);
    for size in [BubbleSize::Kilo, BubbleSize::Mega, BubbleSize::Giga] {
        assert_eq!(check(bubble(size)), Ok(()));
    }
    assert_eq!(
        fault(bubble(BubbleSize::Hecto)),
        "contents.size: LINE takes kilo, mega or giga where the hero is a video"
    );
    assert_eq!(
        fault(Carousel::new().add(bubble(BubbleSize::Mega))),
        "contents.contents[0].hero.type: LINE takes a video in a bubble that stands alone"
    );
    let opens = |action| check(Bubble::new().hero(video().action(action)));
    assert_eq!(opens(Action::uri("", "https://a.jp")), Ok(()));
    assert_eq!(
        opens(says()).unwrap_err().member,
        "contents.hero.action.type"
    );
}

#[test]
fn a_carousel_has_one_to_twelve_bubbles_of_one_width() {
    let of = |many| Carousel::new().add_all((0..many).map(|_| Bubble::new()));
    assert_eq!(Flex::new("a", of(12)).check(), Ok(()));
    assert_eq!(
        fault(of(13)),
        "contents.contents: LINE takes up to 12, not 13"
    );
    assert!(fault(of(0)).starts_with("contents.contents: LINE takes 1 to 12"));
    let mega = Bubble::new().size(BubbleSize::Mega);
    assert_eq!(Flex::new("a", of(1).add(mega)).check(), Ok(()));
    let micro = Bubble::new().size(BubbleSize::Micro);
    assert_eq!(
        fault(of(1).add(micro)),
        "contents.contents[1].size: LINE takes bubbles of one width in a carousel"
    );
}
