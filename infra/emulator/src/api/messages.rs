//! Message objects: what LINE refuses in them.
//!
//! The rules are those of <https://developers.line.biz/en/reference/messaging-api/#message-objects>
//! at a basic level. Of the texts, those for empty texts and wrong types are in LINE's own example
//! of an error; the others are in their style.

use serde_json::Value;

use super::findings::Findings;
use super::{flex, message_parts};

const TYPES: [&str; 11] = [
    "text", "textV2", "sticker", "image", "video", "audio", "location", "imagemap", "template",
    "flex", "coupon",
];

const ACTIONS: [&str; 9] = [
    "postback",
    "message",
    "uri",
    "datetimepicker",
    "camera",
    "cameraRoll",
    "location",
    "richmenuswitch",
    "clipboard",
];

/// Looks at the messages of a body.
pub(super) fn check(findings: &mut Findings, body: &Value) {
    let messages = findings.list(body, "", "messages", (1, 5));
    for (place, message) in messages.iter().enumerate() {
        one(findings, message, &format!("messages[{place}]"));
    }
    findings.optional_truth(body, "", "notificationDisabled");
}

/// Whether a sent message gets a quote token.
///
/// Source: <https://developers.line.biz/en/docs/messaging-api/get-quote-tokens/>
pub(super) fn can_be_quoted(message: &Value) -> bool {
    let kind = message.get("type").and_then(Value::as_str);
    matches!(
        kind,
        Some("text" | "textV2" | "sticker" | "image" | "video" | "template")
    )
}

fn one(findings: &mut Findings, message: &Value, at: &str) {
    let kind = message
        .get("type")
        .and_then(Value::as_str)
        .unwrap_or_default();
    if !TYPES.contains(&kind) {
        let text = format!(
            "Must be one of the following values: [{}]",
            TYPES.join(", ")
        );
        findings.add(text, format!("{at}.type"));
        return;
    }
    content(findings, kind, message, at);
    message_parts::sender(findings, message, at);
    if let Some(quick_reply) = message.get("quickReply") {
        quick_replies(findings, quick_reply, &format!("{at}.quickReply"));
    }
}

fn content(findings: &mut Findings, kind: &str, message: &Value, at: &str) {
    match kind {
        "text" => {
            findings.text(message, at, "text", 5000);
            message_parts::emojis(findings, message, at);
            findings.optional_text(message, at, "quoteToken", 1000);
        }
        "textV2" => {
            findings.text(message, at, "text", 5000);
            message_parts::substitution(findings, message, at);
            findings.optional_text(message, at, "quoteToken", 1000);
        }
        "sticker" => {
            findings.text(message, at, "packageId", 100);
            findings.text(message, at, "stickerId", 100);
        }
        "image" | "video" => {
            findings.url(message, at, "originalContentUrl");
            findings.url(message, at, "previewImageUrl");
        }
        "audio" => {
            findings.url(message, at, "originalContentUrl");
            findings.number(message, at, "duration");
        }
        "location" => {
            findings.text(message, at, "title", 100);
            findings.text(message, at, "address", 100);
            findings.number(message, at, "latitude");
            findings.number(message, at, "longitude");
        }
        "imagemap" => imagemap(findings, message, at),
        "coupon" => findings.text(message, at, "couponId", 100),
        "template" => {
            findings.text(message, at, "altText", 1500);
            template(findings, &message["template"], &format!("{at}.template"));
        }
        _ => {
            findings.text(message, at, "altText", 1500);
            flex::container(findings, &message["contents"], &format!("{at}.contents"));
        }
    }
}

fn imagemap(findings: &mut Findings, message: &Value, at: &str) {
    findings.url(message, at, "baseUrl");
    findings.text(message, at, "altText", 1500);
    let size = &message["baseSize"];
    findings.number(size, &format!("{at}.baseSize"), "width");
    findings.number(size, &format!("{at}.baseSize"), "height");
    message_parts::imagemap_actions(findings, message, at);
}

fn template(findings: &mut Findings, template: &Value, at: &str) {
    match template.get("type").and_then(Value::as_str) {
        Some("buttons") => {
            let extras = ["title", "thumbnailImageUrl"];
            let has_extra = extras.iter().any(|member| template.get(member).is_some());
            findings.text(template, at, "text", if has_extra { 60 } else { 160 });
            actions(findings, template, at, (1, 4));
        }
        Some("confirm") => {
            findings.text(template, at, "text", 240);
            actions(findings, template, at, (2, 2));
        }
        Some("carousel") => {
            for (place, column) in findings
                .list(template, at, "columns", (1, 10))
                .iter()
                .enumerate()
            {
                let at = format!("{at}.columns[{place}]");
                findings.text(column, &at, "text", 120);
                actions(findings, column, &at, (1, 3));
            }
        }
        Some("image_carousel") => {
            for (place, column) in findings
                .list(template, at, "columns", (1, 10))
                .iter()
                .enumerate()
            {
                let at = format!("{at}.columns[{place}]");
                findings.url(column, &at, "imageUrl");
                action(findings, &column["action"], &format!("{at}.action"));
            }
        }
        _ => {
            let text =
                "Must be one of the following values: [buttons, confirm, carousel, image_carousel]";
            findings.add(text, format!("{at}.type"));
        }
    }
}

fn actions(findings: &mut Findings, object: &Value, at: &str, sizes: (usize, usize)) {
    for (place, entry) in findings
        .list(object, at, "actions", sizes)
        .iter()
        .enumerate()
    {
        action(findings, entry, &format!("{at}.actions[{place}]"));
    }
}

fn quick_replies(findings: &mut Findings, quick_reply: &Value, at: &str) {
    for (place, item) in findings
        .list(quick_reply, at, "items", (1, 13))
        .iter()
        .enumerate()
    {
        let at = format!("{at}.items[{place}]");
        if item.get("imageUrl").is_some() {
            findings.url(item, &at, "imageUrl");
        }
        action(findings, &item["action"], &format!("{at}.action"));
    }
}

/// Source: <https://developers.line.biz/en/reference/messaging-api/#action-objects>
pub(super) fn action(findings: &mut Findings, action: &Value, at: &str) {
    let kind = action
        .get("type")
        .and_then(Value::as_str)
        .unwrap_or_default();
    if !ACTIONS.contains(&kind) {
        let text = format!(
            "Must be one of the following values: [{}]",
            ACTIONS.join(", ")
        );
        findings.add(text, format!("{at}.type"));
        return;
    }
    findings.optional_text(action, at, "label", 20);
    match kind {
        "postback" => {
            findings.text(action, at, "data", 300);
            findings.optional_text(action, at, "displayText", 300);
        }
        "message" => findings.text(action, at, "text", 300),
        "uri" => findings.text(action, at, "uri", 1000),
        "datetimepicker" => {
            findings.text(action, at, "data", 300);
            findings.one_of(action, at, "mode", &["date", "time", "datetime"]);
        }
        "richmenuswitch" => {
            findings.text(action, at, "richMenuAliasId", 32);
            findings.text(action, at, "data", 300);
        }
        "clipboard" => findings.text(action, at, "clipboardText", 1000),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Findings, check};
    use crate::api::Answer;

    fn errors(messages: impl Into<Value>) -> Vec<(String, String)> {
        let mut findings = Findings::default();
        check(&mut findings, &json!({ "messages": messages.into() }));
        let Err(refusal) = findings.done() else {
            return Vec::new();
        };
        let answer = Answer::from(refusal);
        let details = answer.body["details"].as_array().unwrap().clone();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let pairs = details
            .iter()
            .map(|d| (text(&d["property"]), text(&d["message"])));
        pairs.collect()
    }

    #[test]
    fn lines_own_example_of_an_error_comes_out_as_line_shows_it() {
        let found = errors(json!([{"type": "text", "text": ""}, {"type": "picture"}]));
        assert_eq!(
            found[0],
            ("messages[0].text".into(), "May not be empty".into())
        );
        assert_eq!(found[1].0, "messages[1].type");
        assert!(
            found[1]
                .1
                .starts_with("Must be one of the following values: [text,")
        );
    }

    #[test]
    fn a_text_is_measured_in_utf_16_units() {
        assert_eq!(
            errors(json!([{"type": "text", "text": "😀".repeat(2500)}])),
            []
        );
        let long = errors(json!([{"type": "text", "text": "😀".repeat(2501)}]));
        assert_eq!(long[0].1, "Length must be between 1 and 5000");
    }

    #[test]
    fn one_to_five_messages() {
        let text = json!({"type": "text", "text": "a"});
        assert_eq!(errors(json!([]))[0].0, "messages");
        assert_eq!(errors(vec![text.clone(); 5]), []);
        assert_eq!(errors(vec![text; 6])[0].1, "Size must be between 1 and 5");
        assert_eq!(errors(Value::Null)[0].1, "May not be null");
    }

    #[test]
    fn at_most_thirteen_quick_replies_each_with_a_proper_action() {
        let item =
            json!({"type": "action", "action": {"type": "message", "label": "a", "text": "a"}});
        let message = |items: Vec<Value>| json!([{"type": "text", "text": "a", "quickReply": {"items": items}}]);
        assert_eq!(errors(message(vec![item.clone(); 13])), []);
        assert_eq!(
            errors(message(vec![item; 14]))[0].0,
            "messages[0].quickReply.items"
        );
        let broken = json!({"type": "action", "action": {"type": "postback", "label": "a"}});
        assert_eq!(
            errors(message(vec![broken]))[0].0,
            "messages[0].quickReply.items[0].action.data"
        );
    }

    #[test]
    fn an_emoji_stands_at_a_dollar_sign_and_a_sender_has_a_short_name() {
        let emoji = |index: u32| json!({"index": index, "productId": "5ac1", "emojiId": "001"});
        let text = |index: u32| json!([{"type": "text", "text": "a $", "emojis": [emoji(index)]}]);
        assert_eq!(errors(text(2)), []);
        assert_eq!(errors(text(0))[0].0, "messages[0].emojis[0].index");
        let sender = json!({"name": "a".repeat(21), "iconUrl": "http://example.com/a.png"});
        let found = errors(json!([{"type": "text", "text": "a", "sender": sender}]));
        assert_eq!(found[0].0, "messages[0].sender.name");
        assert_eq!(found[1].0, "messages[0].sender.iconUrl");
    }

    #[test]
    fn a_mention_says_whom_it_is_for() {
        let message = |mentionee: Value| {
            let mention = json!({"type": "mention", "mentionee": mentionee});
            json!([{"type": "textV2", "text": "{a}", "substitution": {"a": mention}}])
        };
        assert_eq!(errors(message(json!({"type": "all"}))), []);
        let found = errors(message(json!({"type": "user"})));
        assert_eq!(found[0].0, "messages[0].substitution.a.mentionee.userId");
    }

    #[test]
    fn an_imagemap_has_areas_that_do_something() {
        let message = |actions: Value| {
            json!([{
                "type": "imagemap", "baseUrl": "https://example.com/a", "altText": "a",
                "baseSize": {"width": 1040, "height": 1040}, "actions": actions,
            }])
        };
        let area = json!({"x": 0, "y": 0, "width": 520, "height": 1040});
        let good = json!([{"type": "message", "text": "a", "area": area}]);
        assert_eq!(errors(message(good)), []);
        let found = errors(message(
            json!([{"type": "uri", "area": {"x": 0, "y": 0, "width": 1}}]),
        ));
        let places: Vec<&str> = found.iter().map(|(place, _)| place.as_str()).collect();
        let expected = [
            "messages[0].actions[0].linkUri",
            "messages[0].actions[0].area.height",
        ];
        assert_eq!(places, expected);
    }

    #[test]
    fn templates_need_their_members() {
        let message = json!([{"type": "template", "altText": "a", "template": {"type": "confirm", "text": "b", "actions": []}}]);
        assert_eq!(errors(message)[0].0, "messages[0].template.actions");
    }
}
