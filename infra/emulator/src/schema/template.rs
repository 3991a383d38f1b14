//! Templates: buttons, a confirmation, and carousels.
//!
//! Source: <https://developers.line.biz/en/reference/messaging-api/#template-messages>

use serde_json::{Value, json};

use super::action::{IMAGE_CAROUSEL, TEMPLATE};
use super::form::Form;
use super::{Member, Object, Rule, Shape, Unit, formed, graphemes, https, optional, required};
use crate::api::Findings;

pub(super) static TEMPLATES: &[&Object] = &[&BUTTONS, &CONFIRM, &CAROUSEL, &IMAGES];

/// What buttons and columns can have beside their text.
const EXTRAS: [&str; 2] = ["title", "thumbnailImageUrl"];
/// Maximum number of characters of a text beside those.
const BESIDE: usize = 60;

static BUTTONS: Object = Object {
    name: "buttons template",
    anchor: "buttons",
    kind: "buttons",
    members: &[
        PICTURES,
        FACE,
        &[
            required("text", graphemes(160)),
            required("actions", Shape::List(1, 4, &Shape::Action(&TEMPLATE))),
        ],
    ],
    rules: &[SHORTER],
};

static CONFIRM: Object = Object {
    name: "confirm template",
    anchor: "confirm",
    kind: "confirm",
    members: &[&[
        required("text", graphemes(240)),
        required("actions", Shape::List(2, 2, &Shape::Action(&TEMPLATE))),
    ]],
    rules: &[],
};

static CAROUSEL: Object = Object {
    name: "carousel template",
    anchor: "carousel",
    kind: "carousel",
    members: &[
        PICTURES,
        &[required(
            "columns",
            Shape::List(1, 10, &Shape::Object(&COLUMN)),
        )],
    ],
    rules: &[
        Rule {
            says: "all columns have as many actions",
            check: as_many_actions,
            kept: || json!({"columns": [{"text": "a", "actions": [{"type": "message", "label": "a", "text": "a"}]}]}),
            broken: || {
                json!({"columns": [{"text": "a", "actions": [{"type": "message", "label": "a", "text": "a"}]},
                {"text": "a", "actions": [{"type": "message", "label": "a", "text": "a"},
                    {"type": "message", "label": "a", "text": "a"}]}]})
            },
            at: "columns[1].actions",
        },
        Rule {
            says: "all columns have a title, or none has",
            check: |findings, carousel, at| all_or_none(findings, carousel, at, "title"),
            kept: || json!({"columns": [{"title": "a", "text": "a", "actions": [{"type": "message", "label": "a", "text": "a"}]}]}),
            broken: || {
                json!({"columns": [{"title": "a", "text": "a", "actions": [{"type": "message", "label": "a", "text": "a"}]},
                {"text": "a", "actions": [{"type": "message", "label": "a", "text": "a"}]}]})
            },
            at: "columns[1].title",
        },
        Rule {
            says: "all columns have a picture, or none has",
            check: |findings, carousel, at| {
                all_or_none(findings, carousel, at, "thumbnailImageUrl");
            },
            kept: || json!({"columns": [{"thumbnailImageUrl": "https://a.jp", "text": "a", "actions": [{"type": "message", "label": "a", "text": "a"}]}]}),
            broken: || {
                json!({"columns": [{"text": "a", "actions": [{"type": "message", "label": "a", "text": "a"}]},
                {"thumbnailImageUrl": "https://a.jp", "text": "a", "actions": [{"type": "message", "label": "a", "text": "a"}]}]})
            },
            at: "columns[1].thumbnailImageUrl",
        },
    ],
};

static COLUMN: Object = Object {
    name: "column of a carousel",
    anchor: "column-object-for-carousel",
    kind: "",
    members: &[
        FACE,
        &[
            required("text", graphemes(120)),
            required("actions", Shape::List(1, 3, &Shape::Action(&TEMPLATE))),
        ],
    ],
    rules: &[SHORTER],
};

static IMAGES: Object = Object {
    name: "image carousel template",
    anchor: "image-carousel",
    kind: "image_carousel",
    members: &[&[required(
        "columns",
        Shape::List(1, 10, &Shape::Object(&IMAGE_COLUMN)),
    )]],
    rules: &[],
};

static IMAGE_COLUMN: Object = Object {
    name: "column of an image carousel",
    anchor: "column-object-for-image-carousel",
    kind: "",
    members: &[&[
        required("imageUrl", https()),
        required("action", Shape::Action(&IMAGE_CAROUSEL)),
    ]],
    rules: &[],
};

/// How pictures are shown.
static PICTURES: &[Member] = &[
    optional("imageAspectRatio", Shape::OneOf(&["rectangle", "square"])),
    optional("imageSize", Shape::OneOf(&["cover", "contain"])),
];

/// What buttons and columns have in common.
static FACE: &[Member] = &[
    optional("thumbnailImageUrl", https()),
    optional("imageBackgroundColor", formed(7, Form::Rgb)),
    optional("title", graphemes(40)),
    optional("defaultAction", Shape::Action(&TEMPLATE)),
];

const SHORTER: Rule = Rule {
    says: "beside a title or a picture the text has at most 60 grapheme clusters",
    check: |findings, object, at| {
        let has_extra = EXTRAS.iter().any(|member| object.get(member).is_some());
        let length = Unit::Graphemes.length(object["text"].as_str().unwrap_or_default());
        if has_extra && length > BESIDE {
            let text = format!("must not be longer than {BESIDE} characters");
            findings.add(text, format!("{at}.text"));
        }
    },
    kept: || json!({"title": "a", "text": "a".repeat(BESIDE)}),
    broken: || json!({"title": "a", "text": "a".repeat(BESIDE + 1)}),
    at: "text",
};

/// All objects of templates, for the document.
pub(super) static ALL: &[&Object] = &[
    &BUTTONS,
    &CONFIRM,
    &CAROUSEL,
    &COLUMN,
    &IMAGES,
    &IMAGE_COLUMN,
];

fn columns(carousel: &Value) -> &[Value] {
    carousel["columns"].as_array().map_or(&[], Vec::as_slice)
}

/// The texts of this and the following are not documented.
fn as_many_actions(findings: &mut Findings, carousel: &Value, at: &str) {
    let number = |column: &Value| column["actions"].as_array().map_or(0, Vec::len);
    let columns = columns(carousel);
    for (place, column) in columns.iter().enumerate() {
        if number(column) != number(&columns[0]) {
            let text = "The number of actions must be the same in all columns";
            findings.add(text, format!("{at}.columns[{place}].actions"));
        }
    }
}

fn all_or_none(findings: &mut Findings, carousel: &Value, at: &str, member: &str) {
    let columns = columns(carousel);
    for (place, column) in columns.iter().enumerate() {
        if column.get(member).is_some() != columns[0].get(member).is_some() {
            let text = "Must be specified in all columns or in none";
            findings.add(text, format!("{at}.columns[{place}].{member}"));
        }
    }
}
