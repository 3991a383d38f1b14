//! Parts that messages of several types have: who they are from, emojis, mentions, areas.

use serde_json::Value;

use super::findings::Findings;

/// The most emojis of a text.
const MOST_EMOJIS: usize = 20;

/// Another name and icon for the sender.
///
/// Source: <https://developers.line.biz/en/reference/messaging-api/#icon-nickname-switch>
pub(super) fn sender(findings: &mut Findings, message: &Value, at: &str) {
    if let Some(sender) = message.get("sender") {
        let at = format!("{at}.sender");
        findings.optional_text(sender, &at, "name", 20);
        if sender.get("iconUrl").is_some() {
            findings.url(sender, &at, "iconUrl");
        }
    }
}

/// Emojis in a text: each stands at a `$`.
///
/// Source: <https://developers.line.biz/en/reference/messaging-api/#text-message>
pub(super) fn emojis(findings: &mut Findings, message: &Value, at: &str) {
    if message.get("emojis").is_none() {
        return;
    }
    let text: Vec<u16> = message["text"]
        .as_str()
        .unwrap_or_default()
        .encode_utf16()
        .collect();
    for (place, emoji) in findings
        .list(message, at, "emojis", (0, MOST_EMOJIS))
        .iter()
        .enumerate()
    {
        let at = format!("{at}.emojis[{place}]");
        let index = findings.whole(emoji, &at, "index", (0, i64::from(i32::MAX)));
        let sign = index.and_then(|index| text.get(usize::try_from(index).ok()?));
        if index.is_some() && sign != Some(&u16::from(b'$')) {
            findings.add(
                "Must be the place of a $ in the text",
                format!("{at}.index"),
            );
        }
        findings.text(emoji, &at, "productId", 100);
        findings.text(emoji, &at, "emojiId", 100);
    }
}

/// What stands for the `{names}` in a text of the second version.
///
/// Source: <https://developers.line.biz/en/reference/messaging-api/#text-message-v2>
pub(super) fn substitution(findings: &mut Findings, message: &Value, at: &str) {
    let Some(all) = message.get("substitution").and_then(Value::as_object) else {
        return;
    };
    for (name, value) in all {
        let at = format!("{at}.substitution.{name}");
        findings.one_of(value, &at, "type", &["mention", "emoji"]);
        match value["type"].as_str() {
            Some("emoji") => {
                findings.text(value, &at, "productId", 100);
                findings.text(value, &at, "emojiId", 100);
            }
            Some("mention") => {
                let (mentionee, at) = (&value["mentionee"], format!("{at}.mentionee"));
                findings.one_of(mentionee, &at, "type", &["user", "all"]);
                if mentionee["type"] == "user" {
                    findings.text(mentionee, &at, "userId", 100);
                }
            }
            _ => {}
        }
    }
}

/// An imagemap's areas and what they do.
///
/// Source: <https://developers.line.biz/en/reference/messaging-api/#imagemap-action-objects>
pub(super) fn imagemap_actions(findings: &mut Findings, message: &Value, at: &str) {
    for (place, action) in findings
        .list(message, at, "actions", (0, 50))
        .iter()
        .enumerate()
    {
        let at = format!("{at}.actions[{place}]");
        findings.one_of(action, &at, "type", &["uri", "message", "clipboard"]);
        match action["type"].as_str() {
            Some("uri") => findings.text(action, &at, "linkUri", 1000),
            Some("message") => findings.text(action, &at, "text", 400),
            Some("clipboard") => findings.text(action, &at, "clipboardText", 1000),
            _ => {}
        }
        for member in ["x", "y", "width", "height"] {
            findings.whole(
                &action["area"],
                &format!("{at}.area"),
                member,
                (0, i64::from(i32::MAX)),
            );
        }
    }
}
