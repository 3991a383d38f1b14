//! Flex messages: bubbles, carousels and the components in them.
//!
//! Source: <https://developers.line.biz/en/reference/messaging-api/#flex-message>

use serde_json::{Value, json};

use super::action::{BUTTON, FLEX, VIDEO as OF_VIDEO};
use super::form::Form;
use super::look::Look;
use super::{
    ANY, Member, Object, PIXELS, Rule, Shape, Text, Unit, formed, https, one_of, optional,
    required, utf16,
};
use crate::api::Findings;

pub(super) static CONTAINERS: &[&Object] = &[&BUBBLE, &CAROUSEL];

/// What may stand in a box that is no baseline, and what on a baseline.
static IN_BOXES: &[&Object] = &[&BOX, &BUTTON_, &IMAGE, &TEXT, &SEPARATOR, &FILLER];
static ON_BASELINES: &[&Object] = &[&ICON, &TEXT, &FILLER];
static IN_ANY_BOX: &[&Object] = &[&BOX, &BUTTON_, &IMAGE, &TEXT, &SEPARATOR, &FILLER, &ICON];

/// The widths of a bubble that shows a video.
const WIDE: [&str; 3] = ["kilo", "mega", "giga"];
/// The most bytes of a bubble's JSON, and of a carousel's.
const LARGEST_BUBBLE: usize = 30 * 1024;
const LARGEST_CAROUSEL: usize = 50 * 1024;
/// Maximum number of images of a message that play.
const MOST_ANIMATED: usize = 10;

const SPACES: &[&str] = &["none", "xs", "sm", "md", "lg", "xl", "xxl"];
const SIZES: &[&str] = &[
    "xxs", "xs", "sm", "md", "lg", "xl", "xxl", "3xl", "4xl", "5xl",
];
const IMAGE_SIZES: &[&str] = &[
    "xxs", "xs", "sm", "md", "lg", "xl", "xxl", "3xl", "4xl", "5xl", "full",
];

const fn look(words: &'static [&'static str], units: &'static [&'static str]) -> Shape {
    Shape::Look(Look { words, units })
}

const fn color() -> Shape {
    formed(9, Form::Color)
}

const fn ratio() -> Shape {
    formed(ANY, Form::Ratio)
}

const FLEX_SHARE: Member = optional("flex", Shape::Whole(0, PIXELS));
const MARGIN: Member = optional("margin", look(SPACES, &["px"]));
const GRAVITY: Member = optional("gravity", look(&["top", "bottom", "center"], &[]));
const ALIGN: Member = optional("align", look(&["start", "end", "center"], &[]));
const TEXT_SIZE: Member = optional("size", look(SIZES, &["px"]));
const WEIGHT: Member = optional("weight", look(&["regular", "bold"], &[]));
const STYLE: Member = optional("style", look(&["normal", "italic"], &[]));
const DECORATION: Member = optional(
    "decoration",
    look(&["none", "underline", "line-through"], &[]),
);
const SHRINKS: Member = optional("adjustMode", look(&["shrink-to-fit"], &[]));
const SCALING: Member = optional("scaling", Shape::Truth);
const TAPPED: Member = optional("action", Shape::Action(&FLEX));
const RATIO: Member = optional("aspectRatio", ratio());

/// Where a component lies.
static OFFSETS: &[Member] = &[
    optional("position", look(&["relative", "absolute"], &[])),
    optional("offsetTop", look(SPACES, &["px", "%"])),
    optional("offsetBottom", look(SPACES, &["px", "%"])),
    optional("offsetStart", look(SPACES, &["px", "%"])),
    optional("offsetEnd", look(SPACES, &["px", "%"])),
];

static BUBBLE: Object = Object {
    name: "bubble",
    anchor: "bubble",
    kind: "bubble",
    members: &[&[
        optional(
            "size",
            look(
                &["nano", "micro", "deca", "hecto", "kilo", "mega", "giga"],
                &[],
            ),
        ),
        optional("direction", look(&["ltr", "rtl"], &[])),
        optional("header", Shape::Typed(&[&BOX])),
        optional("hero", Shape::Typed(&[&BOX, &IMAGE, &VIDEO])),
        optional("body", Shape::Typed(&[&BOX])),
        optional("footer", Shape::Typed(&[&BOX])),
        optional("styles", Shape::Object(&STYLES)),
        TAPPED,
    ]],
    rules: &[
        Rule {
            says: "its JSON has at most 30 KB",
            check: |findings, bubble, at| size(findings, bubble, at, LARGEST_BUBBLE),
            kept: || json!({}),
            broken: || json!({"body": texts(31)}),
            at: "",
        },
        Rule {
            says: "a bubble that shows a video is of the size kilo, mega or giga",
            check: |findings, bubble, at| {
                if has_video(bubble) && !WIDE.contains(&width(bubble)) {
                    findings.add("Must be wide enough for a video", format!("{at}.size"));
                }
            },
            kept: || {
                json!({"size": "kilo", "hero": {"type": "video", "url": "https://a.jp", "previewUrl": "https://a.jp",
                "altContent": {"type": "image", "url": "https://a.jp"}}})
            },
            broken: || {
                json!({"size": "micro", "hero": {"type": "video", "url": "https://a.jp", "previewUrl": "https://a.jp",
                "altContent": {"type": "image", "url": "https://a.jp"}}})
            },
            at: "size",
        },
    ],
};

static STYLES: Object = Object {
    name: "bubble style",
    anchor: "bubble-style",
    kind: "",
    members: &[&[
        optional("header", Shape::Object(&BLOCK_STYLE)),
        optional("hero", Shape::Object(&BLOCK_STYLE)),
        optional("body", Shape::Object(&BLOCK_STYLE)),
        optional("footer", Shape::Object(&BLOCK_STYLE)),
    ]],
    rules: &[],
};

static BLOCK_STYLE: Object = Object {
    name: "block style",
    anchor: "block-style",
    kind: "",
    members: &[&[
        optional("backgroundColor", color()),
        optional("separator", Shape::Truth),
        optional("separatorColor", color()),
    ]],
    rules: &[],
};

static CAROUSEL: Object = Object {
    name: "carousel of a flex message",
    anchor: "f-carousel",
    kind: "carousel",
    members: &[&[required(
        "contents",
        Shape::List(1, 12, &Shape::Typed(&[&BUBBLE])),
    )]],
    rules: &[
        Rule {
            says: "its JSON has at most 50 KB",
            check: |findings, carousel, at| size(findings, carousel, at, LARGEST_CAROUSEL),
            kept: || json!({"contents": [{"type": "bubble"}]}),
            broken: || {
                let bubble = json!({"type": "bubble", "body": texts(26)});
                json!({"contents": [bubble, bubble]})
            },
            at: "",
        },
        Rule {
            says: "no bubble of it shows a video",
            check: no_video,
            kept: || json!({"contents": [{"type": "bubble", "hero": {"type": "image", "url": "https://a.jp"}}]}),
            broken: || {
                json!({"contents": [{"type": "bubble", "hero": {"type": "video", "url": "https://a.jp", "previewUrl": "https://a.jp",
                "altContent": {"type": "image", "url": "https://a.jp"}}}]})
            },
            at: "contents[0].hero.type",
        },
        Rule {
            says: "all its bubbles have one size",
            check: one_width,
            kept: || json!({"contents": [{"type": "bubble"}, {"type": "bubble", "size": "mega"}]}),
            broken: || json!({"contents": [{"type": "bubble"}, {"type": "bubble", "size": "nano"}]}),
            at: "contents[1].size",
        },
    ],
};

/// Of the message, as a carousel's bubbles have their images together.
pub(super) const ANIMATED: Rule = Rule {
    says: "at most 10 images play",
    check: |findings, message, at| {
        if animated(&message["contents"]) > MOST_ANIMATED {
            let text = "Must have at most 10 animated images";
            findings.add(text, format!("{at}.contents"));
        }
    },
    kept: || {
        json!({"contents": {"type": "bubble", "body": {"type": "box", "layout": "vertical", "contents": [
        {"type": "image", "url": "https://a.jp", "animated": true}]}}})
    },
    broken: || {
        let image = json!({"type": "image", "url": "https://a.jp", "animated": true});
        let body = json!({"type": "box", "layout": "vertical", "contents": vec![image; 11]});
        json!({"contents": {"type": "bubble", "body": body}})
    },
    at: "contents",
};

static BOX: Object = Object {
    name: "box",
    anchor: "box",
    kind: "box",
    members: &[
        &[
            required(
                "layout",
                Shape::OneOf(&["horizontal", "vertical", "baseline"]),
            ),
            required("contents", Shape::List(0, ANY, &Shape::Typed(IN_ANY_BOX))),
            optional("backgroundColor", color()),
            optional("borderColor", color()),
            optional(
                "borderWidth",
                look(
                    &["none", "light", "normal", "medium", "semi-bold", "bold"],
                    &["px"],
                ),
            ),
            optional("cornerRadius", look(SPACES, &["px"])),
            optional("width", look(&[], &["px", "%"])),
            optional("maxWidth", look(&[], &["px", "%"])),
            optional("height", look(&[], &["px", "%"])),
            optional("maxHeight", look(&[], &["px", "%"])),
            FLEX_SHARE,
            optional("spacing", look(SPACES, &["px"])),
            MARGIN,
            optional("paddingAll", look(SPACES, &["px", "%"])),
            optional("paddingTop", look(SPACES, &["px", "%"])),
            optional("paddingBottom", look(SPACES, &["px", "%"])),
            optional("paddingStart", look(SPACES, &["px", "%"])),
            optional("paddingEnd", look(SPACES, &["px", "%"])),
            optional(
                "justifyContent",
                look(
                    &[
                        "center",
                        "flex-start",
                        "flex-end",
                        "space-between",
                        "space-around",
                        "space-evenly",
                    ],
                    &[],
                ),
            ),
            optional(
                "alignItems",
                look(&["center", "flex-start", "flex-end"], &[]),
            ),
            optional("background", Shape::Typed(&[&GRADIENT])),
            TAPPED,
        ],
        OFFSETS,
    ],
    rules: &[Rule {
        says: "on a baseline there are icons, texts and fillers, and elsewhere all but icons",
        check: right_place,
        kept: || json!({"layout": "baseline", "contents": [{"type": "icon", "url": "https://a.jp"}]}),
        broken: || json!({"layout": "vertical", "contents": [{"type": "icon", "url": "https://a.jp"}]}),
        at: "contents[0].type",
    }],
};

static GRADIENT: Object = Object {
    name: "linear gradient",
    anchor: "box",
    kind: "linearGradient",
    members: &[&[
        required("angle", look(&[], &["deg"])),
        required("startColor", color()),
        required("endColor", color()),
        optional("centerColor", color()),
        optional("centerPosition", look(&[], &["%"])),
    ]],
    rules: &[
        Rule {
            says: "`angle` is from 0deg to less than 360deg",
            check: |findings, gradient, at| {
                let angle = number(gradient, "angle", "deg");
                if angle.is_some_and(|angle| !(0.0..360.0).contains(&angle)) {
                    let text = "Must be from 0deg to less than 360deg";
                    findings.add(text, format!("{at}.angle"));
                }
            },
            kept: || json!({"angle": "359.5deg"}),
            broken: || json!({"angle": "360deg"}),
            at: "angle",
        },
        Rule {
            says: "`centerPosition` is from 0% to 100%",
            check: |findings, gradient, at| {
                let part = number(gradient, "centerPosition", "%");
                if part.is_some_and(|part| !(0.0..=100.0).contains(&part)) {
                    let text = "Must be from 0% to 100%";
                    findings.add(text, format!("{at}.centerPosition"));
                }
            },
            kept: || json!({"centerPosition": "100%"}),
            broken: || json!({"centerPosition": "101%"}),
            at: "centerPosition",
        },
    ],
};

static BUTTON_: Object = Object {
    name: "button",
    anchor: "button",
    kind: "button",
    members: &[
        &[
            required("action", Shape::Action(&BUTTON)),
            FLEX_SHARE,
            MARGIN,
            optional("height", look(&["sm", "md"], &[])),
            optional("style", look(&["primary", "secondary", "link"], &[])),
            optional("color", color()),
            GRAVITY,
            SHRINKS,
            SCALING,
        ],
        OFFSETS,
    ],
    rules: &[],
};

static IMAGE: Object = Object {
    name: "image of a flex message",
    anchor: "f-image",
    kind: "image",
    members: &[
        &[
            required("url", https()),
            FLEX_SHARE,
            MARGIN,
            ALIGN,
            GRAVITY,
            optional("size", look(IMAGE_SIZES, &["px", "%"])),
            RATIO,
            optional("aspectMode", look(&["fit", "cover"], &[])),
            optional("backgroundColor", color()),
            TAPPED,
            optional("animated", Shape::Truth),
        ],
        OFFSETS,
    ],
    rules: &[],
};

static VIDEO: Object = Object {
    name: "video of a flex message",
    anchor: "f-video",
    kind: "video",
    members: &[&[
        required("url", https()),
        required("previewUrl", https()),
        required("altContent", Shape::Typed(&[&IMAGE, &BOX])),
        RATIO,
        optional("action", Shape::Action(&OF_VIDEO)),
    ]],
    rules: &[],
};

static ICON: Object = Object {
    name: "icon",
    anchor: "icon",
    kind: "icon",
    members: &[
        &[required("url", https()), MARGIN, TEXT_SIZE, SCALING, RATIO],
        OFFSETS,
    ],
    rules: &[],
};

static TEXT: Object = Object {
    name: "text of a flex message",
    anchor: "f-text",
    kind: "text",
    members: &[
        &[
            optional("contents", Shape::List(0, ANY, &Shape::Typed(&[&SPAN]))),
            SHRINKS,
            FLEX_SHARE,
            MARGIN,
            TEXT_SIZE,
            SCALING,
            ALIGN,
            GRAVITY,
            optional("wrap", Shape::Truth),
            optional("lineSpacing", look(&[], &["px"])),
            optional("maxLines", Shape::Whole(0, PIXELS)),
            WEIGHT,
            optional("color", color()),
            TAPPED,
            STYLE,
            DECORATION,
            optional("text", WORDS),
        ],
        OFFSETS,
    ],
    rules: &[
        Rule {
            says: "it has a `text` that is not empty, or `contents`",
            check: |findings, text, at| {
                let is_empty = matches!(text["text"].as_str(), None | Some(""));
                if text.get("contents").is_none() && is_empty {
                    findings.add("May not be empty", format!("{at}.text"));
                }
            },
            kept: || json!({"text": "a"}),
            broken: || json!({"text": ""}),
            at: "text",
        },
        Rule {
            says: "`lineSpacing` is more than 0px",
            check: |findings, text, at| {
                if number(text, "lineSpacing", "px").is_some_and(|space| space <= 0.0) {
                    findings.add("Must be positive", format!("{at}.lineSpacing"));
                }
            },
            kept: || json!({"text": "a", "lineSpacing": "0.5px"}),
            broken: || json!({"text": "a", "lineSpacing": "0px"}),
            at: "lineSpacing",
        },
    ],
};

const WORDS: Shape = Shape::Text(Text {
    may_be_empty: true,
    most: ANY,
    unit: Unit::Utf16,
    form: Form::Any,
});

static SPAN: Object = Object {
    name: "span",
    anchor: "span",
    kind: "span",
    members: &[&[
        optional("text", utf16(ANY)),
        optional("color", color()),
        TEXT_SIZE,
        WEIGHT,
        STYLE,
        DECORATION,
    ]],
    rules: &[],
};

static SEPARATOR: Object = Object {
    name: "separator",
    anchor: "separator",
    kind: "separator",
    members: &[&[MARGIN, optional("color", color())]],
    rules: &[],
};

static FILLER: Object = Object {
    name: "filler",
    anchor: "filler",
    kind: "filler",
    members: &[&[FLEX_SHARE]],
    rules: &[],
};

/// All objects of flex messages, for the document.
pub(super) static ALL: &[&Object] = &[
    &BUBBLE,
    &STYLES,
    &BLOCK_STYLE,
    &CAROUSEL,
    &BOX,
    &GRADIENT,
    &BUTTON_,
    &IMAGE,
    &VIDEO,
    &ICON,
    &TEXT,
    &SPAN,
    &SEPARATOR,
    &FILLER,
];

/// A box with so many KB of texts.
fn texts(kilobytes: usize) -> Value {
    let text = json!({"type": "text", "text": "a".repeat(1024)});
    json!({"type": "box", "layout": "vertical", "contents": vec![text; kilobytes]})
}

/// How many bytes it is as JSON without spaces. The text is not documented.
fn size(findings: &mut Findings, container: &Value, at: &str, most: usize) {
    if container.to_string().len() > most {
        findings.add(format!("Must be at most {} KB", most / 1024), at);
    }
}

fn has_video(bubble: &Value) -> bool {
    bubble["hero"]["type"] == "video"
}

fn width(bubble: &Value) -> &str {
    bubble["size"].as_str().unwrap_or("mega")
}

fn bubbles(carousel: &Value) -> &[Value] {
    carousel["contents"].as_array().map_or(&[], Vec::as_slice)
}

fn no_video(findings: &mut Findings, carousel: &Value, at: &str) {
    for (place, bubble) in bubbles(carousel).iter().enumerate() {
        if has_video(bubble) {
            let at = format!("{at}.contents[{place}].hero.type");
            findings.add("May not be in a carousel", at);
        }
    }
}

fn one_width(findings: &mut Findings, carousel: &Value, at: &str) {
    let bubbles = bubbles(carousel);
    for (place, bubble) in bubbles.iter().enumerate() {
        if width(bubble) != width(&bubbles[0]) {
            let at = format!("{at}.contents[{place}].size");
            findings.add("Must be the same in all bubbles", at);
        }
    }
}

/// How many images play.
fn animated(value: &Value) -> usize {
    match value {
        Value::Object(members) => {
            let own = value["animated"] == true;
            usize::from(own) + members.values().map(animated).sum::<usize>()
        }
        Value::Array(all) => all.iter().map(animated).sum(),
        _ => 0,
    }
}

/// Components that could be in a box, but not in one of its layout.
fn right_place(findings: &mut Findings, outer: &Value, at: &str) {
    let allowed = match outer["layout"].as_str() {
        Some("baseline") => ON_BASELINES,
        _ => IN_BOXES,
    };
    let known: Vec<&str> = allowed.iter().map(|object| object.kind).collect();
    for (place, inner) in outer["contents"]
        .as_array()
        .into_iter()
        .flatten()
        .enumerate()
    {
        if !inner["type"]
            .as_str()
            .is_some_and(|kind| known.contains(&kind))
        {
            let at = format!("{at}.contents[{place}].type");
            findings.add(one_of(&known), at);
        }
    }
}

fn number(object: &Value, member: &str, unit: &str) -> Option<f64> {
    let text = object[member].as_str()?;
    text.strip_suffix(unit)?.parse().ok()
}
