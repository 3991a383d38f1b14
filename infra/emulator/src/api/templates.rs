//! Template messages: buttons, a confirmation, and carousels.
//!
//! Source: <https://developers.line.biz/en/reference/messaging-api/#template-messages>

use serde_json::Value;

use super::actions::{self, Place};
use super::findings::Findings;

/// What buttons and columns can have beside their text.
const EXTRAS: [&str; 2] = ["title", "thumbnailImageUrl"];

/// Looks at a template.
pub(super) fn check(findings: &mut Findings, template: &Value, at: &str) {
    match template["type"].as_str() {
        Some("buttons") => {
            images(findings, template, at);
            face(findings, template, at, 160);
            taps(findings, template, at, (1, 4));
        }
        Some("confirm") => {
            findings.clusters(template, at, "text", 240);
            taps(findings, template, at, (2, 2));
        }
        Some("carousel") => carousel(findings, template, at),
        Some("image_carousel") => {
            let columns = findings.list(template, at, "columns", (1, 10));
            for (place, column) in columns.iter().enumerate() {
                let at = format!("{at}.columns[{place}]");
                findings.url(column, &at, "imageUrl");
                let action = &column["action"];
                actions::check(
                    findings,
                    action,
                    &format!("{at}.action"),
                    Place::ImageCarousel,
                );
            }
        }
        _ => {
            let known = ["buttons", "confirm", "carousel", "image_carousel"];
            findings.one_of(template, at, "type", &known);
        }
    }
}

fn carousel(findings: &mut Findings, template: &Value, at: &str) {
    images(findings, template, at);
    let columns = findings.list(template, at, "columns", (1, 10));
    let first = columns.first().unwrap_or(&Value::Null);
    for (place, column) in columns.iter().enumerate() {
        let at = format!("{at}.columns[{place}]");
        face(findings, column, &at, 120);
        taps(findings, column, &at, (1, 3));
        like_the_first(findings, first, column, &at);
    }
}

/// All columns have as many actions, and all or none of them a title or an image. The texts
/// are not documented.
///
/// Source: <https://developers.line.biz/en/reference/messaging-api/#column-object-for-carousel>
fn like_the_first(findings: &mut Findings, first: &Value, column: &Value, at: &str) {
    let number = |column: &Value| column["actions"].as_array().map_or(0, Vec::len);
    if number(column) != number(first) {
        let text = "The number of actions must be the same in all columns";
        findings.add(text, format!("{at}.actions"));
    }
    for member in EXTRAS {
        if column.get(member).is_some() != first.get(member).is_some() {
            let text = "Must be specified in all columns or in none";
            findings.add(text, format!("{at}.{member}"));
        }
    }
}

/// How images are shown.
fn images(findings: &mut Findings, template: &Value, at: &str) {
    let members = [
        ("imageAspectRatio", ["rectangle", "square"]),
        ("imageSize", ["cover", "contain"]),
    ];
    for (member, known) in members {
        if template.get(member).is_some() {
            findings.one_of(template, at, member, &known);
        }
    }
}

/// A colour without opacity. The text is not documented.
fn ground(findings: &mut Findings, object: &Value, at: &str) {
    let Some(color) = object.get("imageBackgroundColor") else {
        return;
    };
    let digits = color.as_str().and_then(|text| text.strip_prefix('#'));
    let is_hex = |digits: &str| digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    if !digits.is_some_and(|digits| digits.len() == 6 && is_hex(digits)) {
        findings.add("Must be an RGB color", format!("{at}.imageBackgroundColor"));
    }
}

/// What buttons and columns have in common; beside a title or an image a text is shorter.
fn face(findings: &mut Findings, object: &Value, at: &str, longest: usize) {
    let has_extra = EXTRAS.iter().any(|member| object.get(member).is_some());
    findings.optional_url(object, at, "thumbnailImageUrl");
    ground(findings, object, at);
    findings.optional_clusters(object, at, "title", 40);
    findings.clusters(object, at, "text", if has_extra { 60 } else { longest });
    if let Some(action) = object.get("defaultAction") {
        let at = format!("{at}.defaultAction");
        actions::check(findings, action, &at, Place::Template);
    }
}

fn taps(findings: &mut Findings, object: &Value, at: &str, sizes: (usize, usize)) {
    let all = findings.list(object, at, "actions", sizes);
    for (place, action) in all.iter().enumerate() {
        let at = format!("{at}.actions[{place}]");
        actions::check(findings, action, &at, Place::Template);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Findings, check};
    use crate::api::Answer;

    fn places(template: &Value) -> Vec<String> {
        let mut findings = Findings::default();
        check(&mut findings, template, "template");
        let Err(refusal) = findings.done() else {
            return Vec::new();
        };
        let details = Answer::from(refusal).body["details"].clone();
        let places = details.as_array().unwrap().iter();
        places
            .map(|detail| detail["property"].as_str().unwrap().to_owned())
            .collect()
    }

    fn action() -> Value {
        json!({"type": "message", "label": "a", "text": "a"})
    }

    #[test]
    fn texts_are_measured_in_grapheme_clusters() {
        let apples = |number| "🍎".repeat(number);
        let buttons =
            |text: String| json!({"type": "buttons", "text": text, "actions": [action()]});
        assert_eq!(places(&buttons(apples(160))), [""; 0]);
        assert_eq!(places(&buttons(apples(161))), ["template.text"]);
        let titled = |title, text| {
            let mut buttons = buttons(apples(text));
            buttons["title"] = apples(title).into();
            places(&buttons)
        };
        assert_eq!(titled(40, 60), [""; 0]);
        assert_eq!(titled(41, 61), ["template.title", "template.text"]);
        let confirm = |text| {
            let actions = [action(), action()];
            places(&json!({"type": "confirm", "text": apples(text), "actions": actions}))
        };
        assert_eq!(confirm(240), [""; 0]);
        assert_eq!(confirm(241), ["template.text"]);
    }

    #[test]
    fn columns_are_alike() {
        let column = |more: Value| {
            let mut column = json!({"text": "a", "actions": [action()]});
            let members = column.as_object_mut().unwrap();
            members.extend(more.as_object().unwrap().clone());
            column
        };
        let carousel =
            |columns: [Value; 2]| places(&json!({"type": "carousel", "columns": columns}));
        let plain = || column(json!({}));
        assert_eq!(carousel([plain(), plain()]), [""; 0]);
        let two = column(json!({"actions": [action(), action()]}));
        assert_eq!(carousel([plain(), two]), ["template.columns[1].actions"]);
        let titled = || column(json!({"title": "t"}));
        assert_eq!(carousel([titled(), titled()]), [""; 0]);
        assert_eq!(carousel([titled(), plain()]), ["template.columns[1].title"]);
        let long = |length: usize| column(json!({"text": "a".repeat(length)}));
        assert_eq!(carousel([long(120), plain()]), [""; 0]);
        assert_eq!(carousel([long(121), plain()]), ["template.columns[0].text"]);
    }

    #[test]
    fn what_a_tap_beside_the_buttons_does_is_an_action_too() {
        let buttons = json!({
            "type": "buttons", "text": "a", "actions": [action()],
            "defaultAction": {"type": "uri", "label": "a", "uri": "x"},
        });
        assert_eq!(places(&buttons), ["template.defaultAction.uri"]);
    }

    #[test]
    fn images_have_a_shape_a_fit_and_a_ground_without_opacity() {
        let buttons = |member: &str, value: &str| {
            let action = json!({"type": "message", "label": "a", "text": "a"});
            let mut buttons = json!({"type": "buttons", "text": "a", "actions": [action]});
            buttons[member] = value.into();
            places(&buttons)
        };
        for (member, good, bad) in [
            ("imageAspectRatio", "square", "round"),
            ("imageSize", "contain", "stretch"),
            ("imageBackgroundColor", "#1f7a57", "#1f7a5780"),
        ] {
            assert_eq!(buttons(member, good), [""; 0]);
            assert_eq!(buttons(member, bad), [format!("template.{member}")]);
        }
    }
}
