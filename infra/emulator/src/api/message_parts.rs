//! Parts that messages of several types have: who they are from, emojis, mentions, areas.

use serde_json::{Map, Value};

use super::findings::Findings;
use super::uri;

/// The most emojis of a text.
const MOST_EMOJIS: usize = 20;
/// The most mentions of a text.
const MOST_MENTIONS: usize = 20;
/// The most substitutions of a text.
const MOST_NAMES: usize = 100;
/// The most characters of the name of one.
const LONGEST_NAME: usize = 20;

/// Another name and icon for the sender.
///
/// Source: <https://developers.line.biz/en/reference/messaging-api/#icon-nickname-switch>
pub(super) fn sender(findings: &mut Findings, message: &Value, at: &str) {
    if let Some(sender) = message.get("sender") {
        let at = format!("{at}.sender");
        findings.optional_text(sender, &at, "name", 20);
        findings.optional_url(sender, &at, "iconUrl");
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
    let nothing = Map::new();
    let all = message.get("substitution").and_then(Value::as_object);
    let all = all.unwrap_or(&nothing);
    named(
        findings,
        message["text"].as_str().unwrap_or_default(),
        all,
        at,
    );
    for (name, value) in all {
        let at = format!("{at}.substitution.{name}");
        let is_name = |name: &str| {
            name.chars()
                .all(|it| it.is_ascii_alphanumeric() || it == '_')
        };
        if !(1..=LONGEST_NAME).contains(&name.len()) || !is_name(name) {
            findings.add(
                "Must be a name of 1 to 20 letters, digits and _",
                at.clone(),
            );
        }
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

/// The `{names}` of a text, each with what stands for it. The texts are not documented.
fn named(findings: &mut Findings, text: &str, all: &Map<String, Value>, at: &str) {
    let Some(names) = names(text) else {
        findings.add("Braces must be paired", format!("{at}.text"));
        return;
    };
    if names.iter().any(|name| !all.contains_key(*name)) {
        findings.add("Must be in the substitution", format!("{at}.text"));
    }
    for name in all.keys().filter(|name| !names.contains(&name.as_str())) {
        findings.add("Must be in the text", format!("{at}.substitution.{name}"));
    }
    let kinds = names
        .iter()
        .map(|name| all.get(*name).map(|it| &it["type"]));
    let mentions = kinds
        .filter(|kind| kind.is_some_and(|kind| kind == "mention"))
        .count();
    let is_too_much = all.len() > MOST_NAMES
        || mentions > MOST_MENTIONS
        || names.len().saturating_sub(mentions) > MOST_EMOJIS;
    if is_too_much {
        let text = "Must be at most 100 names, 20 mentions and 20 emojis";
        findings.add(text, format!("{at}.substitution"));
    }
}

/// The names between braces, or nothing if a brace has no other. Two of one kind stand for one.
fn names(text: &str) -> Option<Vec<&str>> {
    let (mut names, mut opened) = (Vec::new(), None);
    let mut characters = text.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        match (character, opened) {
            ('{' | '}', None) if characters.next_if(|(_, next)| *next == character).is_some() => {}
            ('{', None) => opened = Some(at + 1),
            ('}', Some(from)) => {
                names.push(&text[from..at]);
                opened = None;
            }
            ('{' | '}', _) => return None,
            _ => {}
        }
    }
    opened.is_none().then_some(names)
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
        findings.optional_text(action, &at, "label", 100);
        match action["type"].as_str() {
            Some("uri") => uri::opened(findings, action, &at, "linkUri"),
            Some("message") => findings.text(action, &at, "text", 400),
            Some("clipboard") => findings.text(action, &at, "clipboardText", 1000),
            _ => {}
        }
        area(findings, action, &at);
    }
}

/// A video on an imagemap, and the label behind it.
///
/// Source: <https://developers.line.biz/en/reference/messaging-api/#imagemap-message>
pub(super) fn imagemap_video(findings: &mut Findings, message: &Value, at: &str) {
    let Some(video) = message.get("video") else {
        return;
    };
    let at = format!("{at}.video");
    findings.url(video, &at, "originalContentUrl");
    findings.url(video, &at, "previewImageUrl");
    area(findings, video, &at);
    if let Some(link) = video.get("externalLink") {
        let at = format!("{at}.externalLink");
        uri::opened(findings, link, &at, "linkUri");
        findings.text(link, &at, "label", 30);
    }
}

fn area(findings: &mut Findings, object: &Value, at: &str) {
    let (area, at) = (&object["area"], format!("{at}.area"));
    for member in ["x", "y", "width", "height"] {
        findings.whole(area, &at, member, (0, i64::from(i32::MAX)));
    }
}
