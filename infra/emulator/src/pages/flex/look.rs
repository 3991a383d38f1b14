//! How a component looks: its properties as CSS.
//!
//! Source: <https://developers.line.biz/en/reference/messaging-api/#flex-message>

use serde_json::Value;

use super::css::{Css, colour, length};
use super::words;

/// Where a component is put.
pub(super) enum Room<'a> {
    /// It is a block of a bubble, with that space inside.
    Block(&'static str),
    /// In a box, as its first or behind another.
    Box {
        /// The box.
        parent: &'a Value,
        /// Whether it is the first, before which there is no space.
        is_first: bool,
    },
}

/// As wide as a bubble of that size.
pub(super) fn bubble(size: &str) -> Css {
    let mut css = Css::default();
    css.set("width", words::bubble(size));
    css
}

/// A block has a background, and a line above if another is there.
pub(super) fn block(css: &mut Css, style: &Value, is_first: bool) {
    css.colour("background-color", &style["backgroundColor"]);
    if style["separator"] == true && !is_first {
        let line = colour(&style["separatorColor"]).unwrap_or("#d4d6da");
        css.set("border-top", format_args!("1px solid {line}"));
    }
}

/// How much of its box a component takes, and where.
pub(super) fn placed(component: &Value, room: &Room<'_>) -> Css {
    let mut css = Css::default();
    if let Room::Box { parent, is_first } = room {
        share(&mut css, component, parent);
        if !is_first {
            before(&mut css, component, parent);
        }
    }
    let gravity = match component["gravity"].as_str() {
        Some("bottom") => "end",
        Some("center") => "center",
        _ => "start",
    };
    css.set("align-content", gravity);
    css.one_of("position", &component["position"], &["absolute"]);
    for (property, member) in [
        ("top", "offsetTop"),
        ("bottom", "offsetBottom"),
        ("inset-inline-start", "offsetStart"),
        ("inset-inline-end", "offsetEnd"),
    ] {
        css.length(property, &component[member], words::space);
    }
    css
}

/// The components of a horizontal box share its width, those of a vertical one take the height that they need.
///
/// Source: <https://developers.line.biz/en/docs/messaging-api/flex-message-layout/#component-width-and-height>
fn share(css: &mut Css, component: &Value, parent: &Value) {
    let own = match (component["type"].as_str(), parent["layout"].as_str()) {
        (Some("filler"), _) => 1,
        (Some("icon" | "separator"), _) | (_, Some("vertical")) => 0,
        _ => u64::from(component.get("width").is_none()),
    };
    match component["flex"].as_u64().unwrap_or(own) {
        0 => css.set("flex", "0 0 auto"),
        // In percent, so that a column without a height of its own still is as high as what lies in it.
        part => css.set("flex", format_args!("{part} 0 0%")),
    }
}

/// The space before a component: its own, or what its box says.
fn before(css: &mut Css, component: &Value, parent: &Value) {
    let property = match parent["layout"].as_str() {
        Some("vertical") => "margin-top",
        _ => "margin-inline-start",
    };
    let own = component.get("margin");
    css.length(property, own.unwrap_or(&parent["spacing"]), words::space);
}

/// A box, with what lies in it in a row or a column.
pub(super) fn container(css: &mut Css, component: &Value, room: &Room<'_>) {
    let direction = match component["layout"].as_str() {
        Some("vertical") => "column",
        _ => "row",
    };
    css.set("flex-direction", direction);
    if component["layout"] == "baseline" {
        css.set("align-items", "baseline");
    }
    let ends = ["center", "flex-start", "flex-end"];
    let shares = ["space-between", "space-around", "space-evenly"];
    let all = [&ends[..], &shares[..]].concat();
    css.one_of("align-items", &component["alignItems"], &ends);
    css.one_of("justify-content", &component["justifyContent"], &all);
    if let Room::Block(padding) = room {
        css.set("padding", padding);
    }
    for (property, member) in [
        ("padding", "paddingAll"),
        ("padding-top", "paddingTop"),
        ("padding-bottom", "paddingBottom"),
        ("padding-inline-start", "paddingStart"),
        ("padding-inline-end", "paddingEnd"),
        ("border-radius", "cornerRadius"),
    ] {
        css.length(property, &component[member], words::space);
    }
    for (property, member) in [
        ("width", "width"),
        ("max-width", "maxWidth"),
        ("height", "height"),
        ("max-height", "maxHeight"),
    ] {
        css.length(property, &component[member], words::none);
    }
    css.length("border-width", &component["borderWidth"], words::border);
    css.colour("border-color", &component["borderColor"]);
    css.colour("background-color", &component["backgroundColor"]);
    gradient(css, &component["background"]);
}

fn gradient(css: &mut Css, background: &Value) {
    let degrees: Option<f32> = background["angle"]
        .as_str()
        .and_then(|angle| angle.strip_suffix("deg"))
        .and_then(|number| number.parse().ok());
    let (start, end) = (
        colour(&background["startColor"]),
        colour(&background["endColor"]),
    );
    let (Some(degrees), Some(start), Some(end)) = (degrees, start, end) else {
        return;
    };
    let place = length(&background["centerPosition"], words::none).unwrap_or_else(|| "50%".into());
    let centre = colour(&background["centerColor"])
        .map_or_else(String::new, |colour| format!("{colour} {place},"));
    let gradient = format_args!("linear-gradient({degrees}deg,{start},{centre}{end})");
    css.set("background-image", gradient);
}

pub(super) fn text(css: &mut Css, component: &Value) {
    letters(css, component);
    css.one_of(
        "text-align",
        &component["align"],
        &["start", "center", "end"],
    );
    let apart = length(&component["lineSpacing"], words::none);
    if let Some(apart) = apart {
        css.set("line-height", format_args!("calc(1.4em + {apart})"));
    }
    if component["wrap"] == true {
        css.set("white-space", "pre-wrap");
    }
    if let Some(lines) = component["maxLines"].as_u64().filter(|lines| *lines > 0) {
        css.set("display", "-webkit-box");
        css.set("-webkit-box-orient", "vertical");
        css.set("-webkit-line-clamp", lines);
    }
}

/// A piece of a text.
pub(super) fn span(component: &Value) -> Css {
    let mut css = Css::default();
    letters(&mut css, component);
    css
}

fn letters(css: &mut Css, component: &Value) {
    css.length("font-size", &component["size"], words::font);
    css.one_of("font-weight", &component["weight"], &["bold"]);
    css.one_of("font-style", &component["style"], &["italic"]);
    let lines = ["underline", "line-through"];
    css.one_of("text-decoration", &component["decoration"], &lines);
    css.colour("color", &component["color"]);
}

/// A button: its colour, which is that of the words where it has no ground, and its height.
pub(super) fn button(css: &mut Css, component: &Value) {
    css.colour("--colour", &component["color"]);
    if component["height"] == "sm" {
        css.set("--height", "40px");
    }
}

/// The frame of an image, and where it stands in the width that it has.
pub(super) fn image(css: &mut Css, component: &Value) -> Css {
    let align = component["align"].as_str().unwrap_or("center");
    css.one_of("text-align", &align.into(), &["start", "center", "end"]);
    let mut frame = Css::default();
    let size = match component["type"].as_str() {
        Some("video") => "100%".into(),
        _ => length(&component["size"], words::picture).unwrap_or_else(|| "100px".into()),
    };
    frame.set("width", size);
    frame.set("aspect-ratio", ratio(component));
    frame.colour("background-color", &component["backgroundColor"]);
    frame.one_of("--fit", &component["aspectMode"], &["cover"]);
    frame
}

/// An icon is as high as letters of its size.
pub(super) fn icon(css: &mut Css, component: &Value) -> Css {
    css.length("font-size", &component["size"], words::font);
    let mut frame = Css::default();
    frame.set("height", "1em");
    frame.set("aspect-ratio", ratio(component));
    frame
}

/// Such as `20:13`; a square where it says nothing.
fn ratio(component: &Value) -> String {
    let parts = component["aspectRatio"]
        .as_str()
        .and_then(|text| text.split_once(':'));
    let number = |text: &str| text.parse::<f32>().ok().filter(|number| number.is_normal());
    let parts = parts.and_then(|(width, height)| Some((number(width)?, number(height)?)));
    let (width, height) = parts.unwrap_or((1.0, 1.0));
    format!("{width}/{height}")
}

/// A line across its box.
pub(super) fn separator(css: &mut Css, component: &Value) {
    css.set("background-color", "#d4d6da");
    css.colour("background-color", &component["color"]);
}
