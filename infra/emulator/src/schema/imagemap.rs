//! An imagemap: a picture with areas that do something.
//!
//! Source: <https://developers.line.biz/en/reference/messaging-api/#imagemap-message>

use super::form::Form;
use super::message::FILES;
use super::{Member, Object, PIXELS, Shape, formed, https, optional, required, utf16};

/// The width that an imagemap has for LINE, whatever is downloaded.
const WIDTH: i64 = 1040;

pub(super) static MEMBERS: &[Member] = &[
    required("baseUrl", https()),
    required("altText", utf16(1500)),
    required("baseSize", Shape::Object(&BASE_SIZE)),
    optional("video", Shape::Object(&VIDEO)),
    required("actions", Shape::List(0, 50, &Shape::Typed(ACTIONS))),
];

static BASE_SIZE: Object = Object {
    name: "size of an imagemap",
    anchor: "imagemap-message",
    kind: "",
    members: &[&[
        required("width", Shape::Whole(WIDTH, WIDTH)),
        required("height", Shape::Whole(1, PIXELS)),
    ]],
    rules: &[],
};

static VIDEO: Object = Object {
    name: "video of an imagemap",
    anchor: "imagemap-message",
    kind: "",
    members: &[
        FILES,
        &[
            required("area", Shape::Object(&AREA)),
            optional("externalLink", Shape::Object(&LINK)),
        ],
    ],
    rules: &[],
};

static LINK: Object = Object {
    name: "link behind the video of an imagemap",
    anchor: "imagemap-message",
    kind: "",
    members: &[&[
        required("linkUri", formed(1000, Form::Opened)),
        required("label", utf16(30)),
    ]],
    rules: &[],
};

static ACTIONS: &[&Object] = &[&URI, &MESSAGE, &CLIPBOARD];

static URI: Object = Object {
    name: "imagemap URI action",
    anchor: "imagemap-uri-action-object",
    kind: "uri",
    members: &[
        LABEL,
        &[required("linkUri", formed(1000, Form::Opened))],
        PLACE,
    ],
    rules: &[],
};

static MESSAGE: Object = Object {
    name: "imagemap message action",
    anchor: "imagemap-message-action-object",
    kind: "message",
    members: &[LABEL, &[required("text", utf16(400))], PLACE],
    rules: &[],
};

static CLIPBOARD: Object = Object {
    name: "imagemap clipboard action",
    anchor: "imagemap-clipboard-action-object",
    kind: "clipboard",
    members: &[LABEL, &[required("clipboardText", utf16(1000))], PLACE],
    rules: &[],
};

/// What is read out of an area, and where it is.
static LABEL: &[Member] = &[optional("label", utf16(100))];
static PLACE: &[Member] = &[required("area", Shape::Object(&AREA))];

static AREA: Object = Object {
    name: "imagemap area",
    anchor: "imagemap-area-object",
    kind: "",
    members: &[&[
        required("x", Shape::Whole(0, PIXELS)),
        required("y", Shape::Whole(0, PIXELS)),
        required("width", Shape::Whole(0, PIXELS)),
        required("height", Shape::Whole(0, PIXELS)),
    ]],
    rules: &[],
};

/// All objects of an imagemap, for the document.
pub(super) static ALL: &[&Object] = &[&BASE_SIZE, &VIDEO, &LINK, &URI, &MESSAGE, &CLIPBOARD, &AREA];
