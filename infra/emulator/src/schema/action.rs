//! What a tap does, and where each action may stand.
//!
//! Source: <https://developers.line.biz/en/reference/messaging-api/#action-objects>

use serde_json::{Value, json};

use super::form::{Form, reader};
use super::{
    ANY, Object, Rule, Shape, Text, Unit, check, formed, graphemes, optional, required, utf16,
};
use crate::api::Findings;

/// A place where actions stand.
#[derive(Debug)]
pub(crate) struct Place {
    pub(super) name: &'static str,
    pub(super) is_label_required: bool,
    pub(super) label: Text,
    pub(super) takes: &'static [&'static Object],
    pub(super) rules: &'static [Rule],
}

const fn place(
    name: &'static str,
    (is_label_required, most): (bool, usize),
    takes: &'static [&'static Object],
    rules: &'static [Rule],
) -> Place {
    Place {
        name,
        is_label_required,
        label: Text {
            may_be_empty: true,
            most,
            unit: Unit::Graphemes,
            form: Form::Any,
        },
        takes,
        rules,
    }
}

/// Source of the labels: <https://developers.line.biz/en/reference/messaging-api/#action-object-label-spec>
pub(super) static TEMPLATE: Place = place("a template", (true, 20), EVERYWHERE, &[]);
pub(super) static IMAGE_CAROUSEL: Place = place("an image carousel", (false, 12), EVERYWHERE, &[]);
pub(super) static QUICK_REPLY: Place = place(
    "a quick reply",
    (true, 20),
    &[
        &POSTBACK,
        &MESSAGE,
        &URI,
        &DATETIME_PICKER,
        &CLIPBOARD,
        &CAMERA,
        &CAMERA_ROLL,
        &LOCATION,
    ],
    &[Rule {
        says: "`altUri` is not for a quick reply",
        check: |findings, action, at| {
            if action.get("altUri").is_some() {
                findings.add("May not be in a quick reply", format!("{at}.altUri"));
            }
        },
        kept: || json!({"type": "uri", "label": "a", "uri": "https://a.jp"}),
        broken: || json!({"type": "uri", "label": "a", "uri": "https://a.jp", "altUri": {"desktop": "https://a.jp"}}),
        at: "altUri",
    }],
);
pub(super) static AREA: Place = place(
    "a rich menu",
    (false, 20),
    &[
        &POSTBACK,
        &MESSAGE,
        &URI,
        &DATETIME_PICKER,
        &CLIPBOARD,
        &RICH_MENU_SWITCH,
    ],
    &[],
);
pub(super) static BUTTON: Place = place("a button of a flex message", (true, 40), EVERYWHERE, &[]);
pub(super) static FLEX: Place = place(
    "another part of a flex message",
    (false, 40),
    EVERYWHERE,
    &[],
);
pub(super) static VIDEO: Place = place("a video of a flex message", (false, 40), &[&URI], &[]);

/// All places.
pub(super) static PLACES: [&Place; 7] = [
    &TEMPLATE,
    &IMAGE_CAROUSEL,
    &QUICK_REPLY,
    &AREA,
    &BUTTON,
    &FLEX,
    &VIDEO,
];

static EVERYWHERE: &[&Object] = &[&POSTBACK, &MESSAGE, &URI, &DATETIME_PICKER, &CLIPBOARD];

static POSTBACK: Object = Object {
    name: "postback action",
    anchor: "postback-action",
    kind: "postback",
    members: &[&[
        required("data", utf16(300)),
        optional("displayText", graphemes(300)),
        optional("text", graphemes(300)),
        optional(
            "inputOption",
            Shape::OneOf(&["closeRichMenu", "openRichMenu", "openKeyboard", "openVoice"]),
        ),
        optional("fillInText", graphemes(300)),
    ]],
    rules: &[Rule {
        says: "`displayText` and `text` do not stand together",
        check: |findings, action, at| {
            if action.get("displayText").is_some() && action.get("text").is_some() {
                findings.add("May not be used with displayText", format!("{at}.text"));
            }
        },
        kept: || json!({"displayText": "a"}),
        broken: || json!({"displayText": "a", "text": "a"}),
        at: "text",
    }],
};

static MESSAGE: Object = Object {
    name: "message action",
    anchor: "message-action",
    kind: "message",
    members: &[&[required("text", graphemes(300))]],
    rules: &[],
};

static URI: Object = Object {
    name: "URI action",
    anchor: "uri-action",
    kind: "uri",
    members: &[&[
        required("uri", formed(1000, Form::Opened)),
        optional("altUri", Shape::Object(&ALT_URI)),
    ]],
    rules: &[],
};

static ALT_URI: Object = Object {
    name: "address for computers",
    anchor: "uri-action",
    kind: "",
    members: &[&[required("desktop", formed(1000, Form::Opened))]],
    rules: &[],
};

static DATETIME_PICKER: Object = Object {
    name: "datetime picker action",
    anchor: "datetime-picker-action",
    kind: "datetimepicker",
    members: &[&[
        required("data", utf16(300)),
        required("mode", Shape::OneOf(&["date", "time", "datetime"])),
        optional("initial", formed(ANY, Form::DateTime)),
        optional("max", formed(ANY, Form::DateTime)),
        optional("min", formed(ANY, Form::DateTime)),
    ]],
    rules: &[
        Rule {
            says: "`initial`, `max` and `min` have the form of the mode, from 1900-01-01 to 2100-12-31",
            check: forms,
            kept: || json!({"mode": "datetime", "initial": "2026-11-21t09:30"}),
            broken: || json!({"mode": "date", "initial": "20261121"}),
            at: "initial",
        },
        Rule {
            says: "`max` is later than `min`",
            check: order,
            kept: || json!({"mode": "time", "min": "09:00", "max": "09:01"}),
            broken: || json!({"mode": "time", "min": "09:00", "max": "09:00"}),
            at: "max",
        },
        Rule {
            says: "`initial` is not before `min` and not after `max`",
            check: between,
            kept: || json!({"mode": "time", "min": "09:00", "initial": "09:00", "max": "18:00"}),
            broken: || json!({"mode": "time", "min": "09:00", "initial": "08:59", "max": "18:00"}),
            at: "initial",
        },
    ],
};

static CLIPBOARD: Object = Object {
    name: "clipboard action",
    anchor: "clipboard-action",
    kind: "clipboard",
    members: &[&[required("clipboardText", utf16(1000))]],
    rules: &[],
};

static CAMERA: Object = by_label("camera action", "camera-action", "camera");
static CAMERA_ROLL: Object = by_label("camera roll action", "camera-roll-action", "cameraRoll");
static LOCATION: Object = by_label("location action", "location-action", "location");

const fn by_label(name: &'static str, anchor: &'static str, kind: &'static str) -> Object {
    Object {
        name,
        anchor,
        kind,
        members: &[],
        rules: &[],
    }
}

static RICH_MENU_SWITCH: Object = Object {
    name: "rich menu switch action",
    anchor: "richmenu-switch-action",
    kind: "richmenuswitch",
    members: &[&[
        required("richMenuAliasId", formed(32, Form::LowerCase("_-"))),
        required("data", utf16(300)),
    ]],
    rules: &[],
};

/// The members of all actions of one type, for the document.
pub(super) static KINDS: &[&Object] = &[
    &POSTBACK,
    &MESSAGE,
    &URI,
    &DATETIME_PICKER,
    &CAMERA,
    &CAMERA_ROLL,
    &LOCATION,
    &RICH_MENU_SWITCH,
    &CLIPBOARD,
];

/// The text of a missing label is as users report it, see
/// <https://github.com/line/line-bot-sdk-java/pull/258>.
pub(super) fn label(findings: &mut Findings, place: &Place, action: &Value, at: &str) {
    let given = findings.given(action, "label");
    match given.filter(|label| label.as_str() != Some("")) {
        Some(given) => check::text(findings, &place.label, given, &format!("{at}.label")),
        None if place.is_label_required => findings.add("`label` must be specified", at),
        None => {}
    }
}

type DateTime = super::form::DateTime;

/// A member of a date picker, if it has the form of the mode.
fn read(action: &Value, member: &str) -> Option<DateTime> {
    let read = action["mode"].as_str().and_then(reader)?;
    read(action[member].as_str()?)
}

fn forms(findings: &mut Findings, action: &Value, at: &str) {
    let has_mode = action["mode"].as_str().and_then(reader).is_some();
    for member in ["initial", "min", "max"] {
        let is_text = action[member].as_str().is_some_and(|text| !text.is_empty());
        if has_mode && is_text && read(action, member).is_none() {
            findings.add("Invalid date or time format", format!("{at}.{member}"));
        }
    }
}

fn order(findings: &mut Findings, action: &Value, at: &str) {
    let both = read(action, "min").zip(read(action, "max"));
    if both.is_some_and(|(min, max)| min >= max) {
        findings.add("Must be later than min", format!("{at}.max"));
    }
}

fn between(findings: &mut Findings, action: &Value, at: &str) {
    let Some(initial) = read(action, "initial") else {
        return;
    };
    let is_early = read(action, "min").is_some_and(|min| initial < min);
    let is_late = read(action, "max").is_some_and(|max| initial > max);
    if is_early || is_late {
        findings.add("Must be between min and max", format!("{at}.initial"));
    }
}
