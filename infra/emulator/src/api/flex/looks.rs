//! How components of flex messages look: LINE's keywords, pixels, percentages and colours.
//!
//! Source: <https://developers.line.biz/en/docs/messaging-api/flex-message-layout/>

use serde_json::Value;

use super::Findings;

const SPACES: &[&str] = &["none", "xs", "sm", "md", "lg", "xl", "xxl"];
const SIZES: &[&str] = &[
    "xxs", "xs", "sm", "md", "lg", "xl", "xxl", "3xl", "4xl", "5xl",
];
const IMAGE_SIZES: &[&str] = &[
    "xxs", "xs", "sm", "md", "lg", "xl", "xxl", "3xl", "4xl", "5xl", "full",
];
const BUBBLES: &[&str] = &["nano", "micro", "deca", "hecto", "kilo", "mega", "giga"];
const BORDERS: &[&str] = &["none", "light", "normal", "medium", "semi-bold", "bold"];
const ALIGNS: &[&str] = &["start", "end", "center"];
const GRAVITIES: &[&str] = &["top", "bottom", "center"];
const JUSTIFIES: &[&str] = &[
    "center",
    "flex-start",
    "flex-end",
    "space-between",
    "space-around",
    "space-evenly",
];
const ALIGNS_ITEMS: &[&str] = &["center", "flex-start", "flex-end"];
const DECORATIONS: &[&str] = &["none", "underline", "line-through"];
const BUTTON_STYLES: &[&str] = &["primary", "secondary", "link"];

/// What a member may be: some keywords, and numbers with some units.
type Form = (&'static [&'static str], &'static [&'static str]);

/// What a member of a component of some type may be, if it is one of its looks.
fn form(kind: &str, member: &str) -> Option<Form> {
    Some(match (kind, member) {
        ("image", "size") => (IMAGE_SIZES, &["px", "%"]),
        ("bubble", "size") => (BUBBLES, &[]),
        (_, "size") => (SIZES, &["px"]),
        ("button", "height") => (&["sm", "md"], &[]),
        ("button", "style") => (BUTTON_STYLES, &[]),
        (_, "style") => (&["normal", "italic"], &[]),
        (_, "width" | "maxWidth" | "height" | "maxHeight") => (&[], &["px", "%"]),
        (_, "spacing" | "margin" | "cornerRadius") => (SPACES, &["px"]),
        (_, "lineSpacing") => (&[], &["px"]),
        (_, "borderWidth") => (BORDERS, &["px"]),
        (_, "centerPosition") => (&[], &["%"]),
        (_, "angle") => (&[], &["deg"]),
        (_, "align") => (ALIGNS, &[]),
        (_, "alignItems") => (ALIGNS_ITEMS, &[]),
        (_, "justifyContent") => (JUSTIFIES, &[]),
        (_, "gravity") => (GRAVITIES, &[]),
        (_, "weight") => (&["regular", "bold"], &[]),
        (_, "decoration") => (DECORATIONS, &[]),
        (_, "position") => (&["relative", "absolute"], &[]),
        (_, "aspectMode") => (&["fit", "cover"], &[]),
        (_, "adjustMode") => (&["shrink-to-fit"], &[]),
        (_, "direction") => (&["ltr", "rtl"], &[]),
        (_, other) if other.starts_with("padding") || other.starts_with("offset") => {
            (SPACES, &["px", "%"])
        }
        _ => return None,
    })
}

/// Looks at all members of a component, a bubble or a style.
pub(super) fn check(findings: &mut Findings, object: &Value, at: &str) {
    let kind = object["type"].as_str().unwrap_or_default();
    for (member, value) in object.as_object().into_iter().flatten() {
        let problem = match member.as_str() {
            "flex" | "maxLines" => (!value.is_u64()).then_some("Must be 0 or more"),
            "wrap" | "scaling" | "animated" | "separator" if kind != "separator" => {
                (!value.is_boolean()).then_some("Must be a boolean")
            }
            "aspectRatio" => (!is_ratio(value)).then_some("Must be a ratio"),
            "lineSpacing" if value.as_str() == Some("0px") => Some("Must be positive"),
            color if color.ends_with("olor") => {
                (!is_color(value)).then_some("invalid property: a color is #RRGGBB or #RRGGBBAA")
            }
            other => form(kind, other)
                .filter(|form| !is_one(*form, value))
                .map(|_| "invalid property"),
        };
        if let Some(problem) = problem {
            findings.add(problem, format!("{at}.{member}"));
        }
    }
}

fn is_one((words, units): Form, value: &Value) -> bool {
    let Some(text) = value.as_str() else {
        return false;
    };
    let mut numbers = units.iter().filter_map(|unit| text.strip_suffix(unit));
    words.contains(&text) || numbers.any(|number| number.parse::<f64>().is_ok_and(f64::is_finite))
}

fn is_color(value: &Value) -> bool {
    let digits = value.as_str().and_then(|text| text.strip_prefix('#'));
    digits.is_some_and(|digits| {
        [6, 8].contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_hexdigit())
    })
}

/// Width to height, 1 to 100,000 each, and a height of up to three times the width.
fn is_ratio(value: &Value) -> bool {
    let parts = value.as_str().and_then(|text| text.split_once(':'));
    let number = |text: &str| {
        text.parse::<f64>()
            .ok()
            .filter(|it| (1.0..=1e5).contains(it))
    };
    parts
        .and_then(|(width, height)| Some((number(width)?, number(height)?)))
        .is_some_and(|(width, height)| height <= 3.0 * width)
}

/// A ground from one colour to another.
pub(super) fn gradient(findings: &mut Findings, outer: &Value, at: &str) {
    let Some(background) = outer.get("background") else {
        return;
    };
    let at = format!("{at}.background");
    findings.one_of(background, &at, "type", &["linearGradient"]);
    check(findings, background, &at);
    for member in ["angle", "startColor", "endColor"] {
        findings.some_text(background, &at, member);
    }
    let number = |member: &str, unit| {
        let text = background[member].as_str()?;
        text.strip_suffix(unit)?.parse::<f64>().ok()
    };
    if number("angle", "deg").is_some_and(|angle| !(0.0..360.0).contains(&angle)) {
        findings.add(
            "Must be from 0deg to less than 360deg",
            format!("{at}.angle"),
        );
    }
    if number("centerPosition", "%").is_some_and(|part| !(0.0..=100.0).contains(&part)) {
        findings.add("Must be from 0% to 100%", format!("{at}.centerPosition"));
    }
}
