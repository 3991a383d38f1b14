//! Templates.

use serde_json::{Value, json};

use super::super::Shape;
use super::super::template::TEMPLATES;

fn places(template: &Value) -> Vec<String> {
    super::places(super::found(&Shape::Typed(TEMPLATES), template, "template"))
}

fn action() -> Value {
    json!({"type": "message", "label": "a", "text": "a"})
}

#[test]
fn texts_are_measured_in_grapheme_clusters() {
    let apples = |number| "🍎".repeat(number);
    let buttons = |text: String| json!({"type": "buttons", "text": text, "actions": [action()]});
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
    let carousel = |columns: [Value; 2]| places(&json!({"type": "carousel", "columns": columns}));
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
