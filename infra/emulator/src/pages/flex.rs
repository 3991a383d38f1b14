//! Flex messages as a person sees them: LINE's boxes are CSS flexboxes with words of their own.
//!
//! Source: <https://developers.line.biz/en/docs/messaging-api/flex-message-layout/>

mod css;
mod look;
mod words;

use askama::Template;
use serde_json::Value;

use super::bubble::{Button, Tap, button};
use css::Css;
use look::Room;

/// A bubble.
pub(super) struct FlexBubble {
    css: Css,
    is_rtl: bool,
    blocks: Vec<Component>,
    tap: Option<Button>,
}

/// A component with what it holds.
struct Component {
    css: Css,
    content: Content,
    tap: Option<Button>,
}

/// What a component shows.
enum Content {
    /// A box.
    Components(Vec<Component>),
    /// A text, in its pieces.
    Text(Vec<(Css, String)>),
    /// A button, and the name of its style.
    Button(Button, &'static str),
    /// An image, an icon, or the still of a video.
    Picture {
        url: String,
        name: String,
        frame: Css,
    },
    /// A line between others.
    Separator,
    /// Free space.
    Nothing,
}

/// A bubble as HTML; what is tapped goes to `base`.
#[derive(Template)]
#[template(path = "flex_bubble.html")]
pub(super) struct BubbleHtml<'a> {
    bubble: &'a FlexBubble,
    base: &'a str,
}

#[derive(Template)]
#[template(path = "flex_component.html")]
struct ComponentHtml<'a> {
    component: &'a Component,
    base: &'a str,
}

impl FlexBubble {
    /// For the page whose address is `base`.
    pub(super) fn html<'a>(&'a self, base: &'a str) -> BubbleHtml<'a> {
        BubbleHtml { bubble: self, base }
    }
}

impl Component {
    fn html<'a>(&'a self, base: &'a str) -> ComponentHtml<'a> {
        ComponentHtml {
            component: self,
            base,
        }
    }
}

/// The bubbles of a flex message.
pub(super) fn bubbles(contents: &Value) -> Vec<FlexBubble> {
    let carousel = contents["contents"].as_array();
    let all = carousel.map_or_else(|| vec![contents], |all| all.iter().collect());
    all.into_iter().map(bubble).collect()
}

fn bubble(bubble: &Value) -> FlexBubble {
    let size = bubble["size"].as_str().unwrap_or("mega");
    let mut blocks = Vec::new();
    for name in ["header", "hero", "body", "footer"] {
        let Some(content) = bubble.get(name) else {
            continue;
        };
        let mut block = component(content, &Room::Block(words::padding(name, size)));
        look::block(&mut block.css, &bubble["styles"][name], blocks.is_empty());
        blocks.push(block);
    }
    FlexBubble {
        css: look::bubble(size),
        is_rtl: bubble["direction"] == "rtl",
        blocks,
        tap: bubble.get("action").map(button),
    }
}

fn component(object: &Value, room: &Room<'_>) -> Component {
    let mut css = look::placed(object, room);
    let mut tap = object.get("action").map(button);
    let content = match object["type"].as_str() {
        Some("box") => {
            look::container(&mut css, object, room);
            Content::Components(within(object))
        }
        Some("text") => {
            look::text(&mut css, object);
            Content::Text(pieces(object))
        }
        Some("button") => {
            look::button(&mut css, object);
            tap.take()
                .map_or(Content::Nothing, |tap| Content::Button(tap, style(object)))
        }
        Some("image") => picture(object, "url", look::image(&mut css, object)),
        Some("video") => picture(object, "previewUrl", look::image(&mut css, object)),
        Some("icon") => picture(object, "url", look::icon(&mut css, object)),
        Some("separator") => {
            look::separator(&mut css, object);
            Content::Separator
        }
        _ => Content::Nothing,
    };
    Component { css, content, tap }
}

fn within(parent: &Value) -> Vec<Component> {
    let contents = parent["contents"].as_array().into_iter().flatten();
    let components = contents.enumerate().map(|(place, inner)| {
        let is_first = place == 0;
        component(inner, &Room::Box { parent, is_first })
    });
    components.collect()
}

/// A text is in one piece or in spans.
fn pieces(object: &Value) -> Vec<(Css, String)> {
    let words = |piece: &Value| piece["text"].as_str().unwrap_or_default().to_owned();
    match object["contents"].as_array() {
        Some(spans) => spans
            .iter()
            .map(|span| (look::span(span), words(span)))
            .collect(),
        None => vec![(Css::default(), words(object))],
    }
}

fn style(object: &Value) -> &'static str {
    match object["style"].as_str() {
        Some("primary") => "primary",
        Some("secondary") => "secondary",
        _ => "link",
    }
}

/// Its file's name stands for it where it cannot be shown.
fn picture(object: &Value, member: &str, frame: Css) -> Content {
    let url = object[member].as_str().unwrap_or_default();
    Content::Picture {
        name: url.rsplit('/').next().unwrap_or_default().to_owned(),
        url: url.to_owned(),
        frame,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::bubbles;

    fn html(contents: &Value) -> String {
        let drawn = bubbles(contents);
        let html = drawn.iter().map(|one| one.html("/chats/a/b").to_string());
        html.collect::<String>().replace('\n', "")
    }

    fn bubble(components: &Value) -> Value {
        let body =
            json!({"type": "box", "layout": "vertical", "spacing": "md", "contents": components});
        json!({"type": "bubble", "body": body})
    }

    #[test]
    fn a_card_has_its_blocks_from_above_and_what_can_be_tapped() {
        let go = json!({"type": "uri", "label": "Go", "uri": "https://example.com"});
        let mut card = bubble(&json!([
            {"type": "text", "text": "Monday", "size": "xl", "weight": "bold"},
            {"type": "text", "contents": [{"type": "span", "text": "11"}, {"type": "span", "text": ":00"}]},
        ]));
        card["footer"] = json!({"type": "box", "layout": "horizontal", "contents": [
            {"type": "button", "style": "primary", "color": "#1f7a57", "action": go},
        ]});
        let drawn = html(&card);
        let parts = [
            "width:300px",
            "padding:20px",
            "font-size:22px;font-weight:bold;\"><span style=\"\">Monday<",
            "<span style=\"\">11</span><span style=\"\">:00</span>",
            "padding:10px",
            "flex-primary\" style=\"flex:1 0 0%;align-content:start;--colour:#1f7a57;\"",
            "href=\"https://example.com\" target=\"_blank\" rel=\"noreferrer\">Go</a>",
        ];
        let places = parts.map(|part| drawn.find(part).ok_or(part));
        assert!(
            places.is_sorted() && places.iter().all(Result::is_ok),
            "{places:?} {drawn}"
        );
        let carousel = json!({"type": "carousel", "contents": [card, card]});
        assert_eq!(html(&carousel), drawn.repeat(2));
    }

    #[test]
    fn the_space_before_a_component_is_its_own_or_its_boxs_and_none_before_the_first() {
        let text = |margin: &str| json!({"type": "text", "text": "a", "margin": margin});
        let html = html(&bubble(&json!([
            text("xxl"), text("none"), text("20px"), {"type": "separator"},
        ])));
        let spaces: Vec<_> = html
            .split("margin-top:")
            .skip(1)
            .map(|rest| &rest[..4])
            .collect();
        assert_eq!(spaces, ["0;al", "20px", "8px;"]);
    }

    #[test]
    fn what_is_no_word_number_or_colour_gets_into_no_style() {
        let evil = "red;background:url(https://example.com)";
        let html = html(&bubble(&json!([
            {"type": "text", "text": "<b>", "color": evil, "size": evil, "align": evil, "lineSpacing": evil},
            {"type": "box", "layout": evil, "width": evil, "backgroundColor": "#12345z", "contents": [],
             "background": {"type": "linearGradient", "angle": evil, "startColor": evil, "endColor": evil}},
            {"type": "image", "url": "https://example.com/a\"b.png", "aspectRatio": evil, "size": evil},
        ])));
        assert!(
            !html.contains("url(") && !html.contains("#12345z"),
            "{html}"
        );
        assert!(
            html.contains("&#60;b&#62;") && html.contains("a&#34;b.png"),
            "{html}"
        );
    }

    #[test]
    fn odd_contents_are_drawn_as_far_as_they_go() {
        for odd in [
            json!(null),
            json!({"type": "bubble", "body": 3}),
            bubble(&json!([7, {"type": "button"}])),
        ] {
            assert!(html(&odd).contains("class=\"flex\""));
        }
    }
}
