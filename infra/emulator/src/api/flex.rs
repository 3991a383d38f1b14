//! Flex messages: bubbles, carousels and the components in them.
//!
//! Source: <https://developers.line.biz/en/reference/messaging-api/#flex-message>

use serde_json::Value;

use super::actions::{self, Place};
use super::findings::Findings;

const COMPONENTS: [&str; 9] = [
    "box",
    "button",
    "image",
    "video",
    "icon",
    "text",
    "span",
    "separator",
    "filler",
];
/// The parts of a bubble.
const PARTS: [&str; 4] = ["header", "hero", "body", "footer"];
/// The most bytes of a bubble's JSON.
const LARGEST_BUBBLE: usize = 30 * 1024;
/// The most bytes of a carousel's JSON.
const LARGEST_CAROUSEL: usize = 50 * 1024;
/// How deep boxes may lie in each other here, so that a body cannot exhaust the stack.
const DEEPEST: usize = 50;

/// Looks at a container: a bubble or a carousel of at most twelve.
pub(super) fn container(findings: &mut Findings, contents: &Value, at: &str) {
    match contents["type"].as_str() {
        Some("bubble") => bubble(findings, contents, at),
        Some("carousel") => {
            size(findings, contents, at, LARGEST_CAROUSEL);
            let bubbles = findings.list(contents, at, "contents", (1, 12));
            for (place, entry) in bubbles.iter().enumerate() {
                let at = format!("{at}.contents[{place}]");
                findings.one_of(entry, &at, "type", &["bubble"]);
                bubble(findings, entry, &at);
            }
        }
        _ => findings.one_of(contents, at, "type", &["bubble", "carousel"]),
    }
}

/// How many bytes it is as JSON without spaces. The text is not documented.
///
/// Source: <https://developers.line.biz/en/reference/messaging-api/#bubble>
fn size(findings: &mut Findings, container: &Value, at: &str, most: usize) {
    if container.to_string().len() > most {
        findings.add(format!("Must be at most {} KB", most / 1024), at);
    }
}

fn bubble(findings: &mut Findings, bubble: &Value, at: &str) {
    size(findings, bubble, at, LARGEST_BUBBLE);
    for part in PARTS {
        if let Some(inner) = bubble.get(part) {
            component(findings, inner, &format!("{at}.{part}"), 0);
        }
    }
    tapped(findings, bubble, at);
}

fn component(findings: &mut Findings, component: &Value, at: &str, depth: usize) {
    match component["type"].as_str() {
        Some("box") if depth < DEEPEST => boxed(findings, component, at, depth),
        Some("button") => {
            let (action, at) = (&component["action"], format!("{at}.action"));
            actions::check(findings, action, &at, Place::FlexButton);
        }
        Some("image" | "icon") => findings.url(component, at, "url"),
        Some("video") => {
            findings.url(component, at, "url");
            findings.url(component, at, "previewUrl");
            let other = &component["altContent"];
            findings.one_of(
                other,
                &format!("{at}.altContent"),
                "type",
                &["image", "box"],
            );
        }
        Some("text") if component.get("contents").is_none() => {
            findings.text(component, at, "text", 2000);
        }
        Some("separator" | "filler" | "text" | "span") => {}
        _ => findings.one_of(component, at, "type", &COMPONENTS),
    }
    if component["type"] != "button" {
        tapped(findings, component, at);
    }
}

fn boxed(findings: &mut Findings, outer: &Value, at: &str, depth: usize) {
    let layouts = ["horizontal", "vertical", "baseline"];
    findings.one_of(outer, at, "layout", &layouts);
    let contents = findings.list(outer, at, "contents", (0, usize::MAX));
    for (place, inner) in contents.iter().enumerate() {
        component(
            findings,
            inner,
            &format!("{at}.contents[{place}]"),
            depth + 1,
        );
    }
}

/// What happens at a tap, where anything does.
fn tapped(findings: &mut Findings, object: &Value, at: &str) {
    let place = match object["type"].as_str() {
        Some("video") => Place::FlexVideo,
        _ => Place::Flex,
    };
    if let Some(action) = object.get("action") {
        actions::check(findings, action, &format!("{at}.action"), place);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Findings, container};
    use crate::api::Answer;

    fn places(contents: &Value) -> Vec<String> {
        let mut findings = Findings::default();
        container(&mut findings, contents, "contents");
        let Err(refusal) = findings.done() else {
            return Vec::new();
        };
        let answer = Answer::from(refusal);
        let details = answer.body["details"].as_array().unwrap();
        details
            .iter()
            .map(|detail| detail["property"].as_str().unwrap().to_owned())
            .collect()
    }

    #[test]
    fn a_bubble_is_looked_at_down_to_its_components() {
        let text = json!({"type": "text", "text": "a"});
        let button = json!({"type": "button", "action": {"type": "uri", "label": "a", "uri": "https://example.com"}});
        let body = json!({"type": "box", "layout": "vertical", "contents": [text, button]});
        let good = json!({"type": "bubble", "body": body});
        assert_eq!(places(&good), Vec::<String>::new());
        let wrong = json!({"type": "box", "layout": "diagonal", "contents": [
            {"type": "text", "text": ""},
            {"type": "box", "layout": "baseline", "contents": [{"type": "marquee"}]},
            {"type": "button", "action": {"type": "message", "label": "a"}},
            {"type": "image", "url": "http://example.com/a.png"},
        ]});
        let expected = [
            "contents.footer.layout",
            "contents.footer.contents[0].text",
            "contents.footer.contents[1].contents[0].type",
            "contents.footer.contents[2].action.text",
            "contents.footer.contents[3].url",
        ];
        assert_eq!(
            places(&json!({"type": "bubble", "footer": wrong})),
            expected
        );
    }

    #[test]
    fn a_bubble_has_at_most_30_kb_and_a_carousel_50() {
        let bubble = |texts: usize| {
            let text = json!({"type": "text", "text": "a".repeat(2000)});
            let contents = vec![text; texts];
            let body = json!({"type": "box", "layout": "vertical", "contents": contents});
            json!({"type": "bubble", "body": body})
        };
        let carousel = |bubbles: &[Value]| json!({"type": "carousel", "contents": bubbles});
        assert_eq!(places(&bubble(15)), Vec::<String>::new());
        assert_eq!(places(&bubble(16)), ["contents"]);
        let one_large = carousel(&[bubble(1), bubble(16)]);
        assert_eq!(places(&one_large), ["contents.contents[1]"]);
        assert_eq!(
            places(&carousel(&vec![bubble(12); 2])),
            Vec::<String>::new()
        );
        assert_eq!(places(&carousel(&vec![bubble(13); 2])), ["contents"]);
    }

    #[test]
    fn a_carousel_has_one_to_twelve_bubbles() {
        let carousel = |bubbles: Vec<Value>| json!({"type": "carousel", "contents": bubbles});
        let bubble = json!({"type": "bubble"});
        assert_eq!(
            places(&carousel(vec![bubble.clone(); 12])),
            Vec::<String>::new()
        );
        assert_eq!(places(&carousel(vec![bubble; 13])), ["contents.contents"]);
        assert_eq!(
            places(&carousel(vec![json!({"type": "box"})])),
            ["contents.contents[0].type"]
        );
    }
}
