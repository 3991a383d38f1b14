//! Rich menus.
//!
//! Source: <https://developers.line.biz/en/reference/messaging-api/#rich-menu-structure>

use std::ops::RangeInclusive;

use serde_json::json;

use super::action::AREA as TAPPED;
use super::{Object, PIXELS, Rule, Shape, graphemes, required};

pub(crate) static RICH_MENU: Object = Object {
    name: "rich menu",
    anchor: "rich-menu-object",
    kind: "",
    members: &[&[
        required("size", Shape::Object(&SIZE)),
        required("selected", Shape::Truth),
        required("name", graphemes(300)),
        required("chatBarText", graphemes(14)),
        required("areas", Shape::List(0, 20, &Shape::Object(&AREA))),
    ]],
    rules: &[],
};

/// The widths of a menu, in pixels.
const WIDTHS: RangeInclusive<i64> = 800..=2500;

static SIZE: Object = Object {
    name: "size of a rich menu",
    anchor: "size-object",
    kind: "",
    members: &[&[
        required("width", Shape::Whole(*WIDTHS.start(), *WIDTHS.end())),
        required("height", Shape::Whole(250, PIXELS)),
    ]],
    rules: &[Rule {
        says: "the width is at least 1.45 times the height",
        check: |findings, size, at| {
            let width = size["width"].as_i64().filter(|it| WIDTHS.contains(it));
            let both = width.zip(size["height"].as_i64());
            // In i128 no number that JSON can have is too large.
            let is_narrow = |(width, height)| i128::from(width) * 100 < i128::from(height) * 145;
            if both.is_some_and(is_narrow) {
                findings.add("The width must be at least 1.45 times the height", at);
            }
        },
        kept: || json!({"width": 1450, "height": 1000}),
        broken: || json!({"width": 1449, "height": 1000}),
        at: "",
    }],
};

static AREA: Object = Object {
    name: "area of a rich menu",
    anchor: "area-object",
    kind: "",
    members: &[&[
        required("bounds", Shape::Object(&BOUNDS)),
        required("action", Shape::Action(&TAPPED)),
    ]],
    rules: &[],
};

static BOUNDS: Object = Object {
    name: "bounds of an area",
    anchor: "bounds-object",
    kind: "",
    members: &[&[
        required("x", Shape::Whole(0, PIXELS)),
        required("y", Shape::Whole(0, PIXELS)),
        required("width", Shape::Whole(1, PIXELS)),
        required("height", Shape::Whole(1, PIXELS)),
    ]],
    rules: &[],
};

/// All objects of rich menus, for the document.
pub(super) static ALL: &[&Object] = &[&RICH_MENU, &SIZE, &AREA, &BOUNDS];
