//! Flex messages: bubbles, carousels and the components in them.
//!
//! Source: <https://developers.line.biz/en/reference/messaging-api/#flex-message>

use serde_json::Value;

use super::actions::{self, Place};
use super::findings::Findings;

mod looks;

/// What stands in a row or a column.
const IN_BOXES: [&str; 6] = ["box", "button", "image", "text", "separator", "filler"];
/// What stands on a baseline.
const ON_BASELINES: [&str; 3] = ["icon", "text", "filler"];
/// The parts of a bubble, and what each may be.
const PARTS: [(&str, &[&str]); 4] = [
    ("header", &["box"]),
    ("hero", &["box", "image", "video"]),
    ("body", &["box"]),
    ("footer", &["box"]),
];
/// The widths of a bubble that shows a video.
const WIDE: [&str; 3] = ["kilo", "mega", "giga"];
/// The most bytes of a bubble's JSON.
const LARGEST_BUBBLE: usize = 30 * 1024;
/// The most bytes of a carousel's JSON.
const LARGEST_CAROUSEL: usize = 50 * 1024;
/// The most images of a message that play.
const MOST_ANIMATED: usize = 10;
/// How deep boxes may lie in each other here, so that a body cannot exhaust the stack.
const DEEPEST: usize = 50;

/// Looks at a container: a bubble or a carousel of at most twelve.
pub(super) fn container(findings: &mut Findings, contents: &Value, at: &str) {
    match contents["type"].as_str() {
        Some("bubble") => {
            bubble(findings, contents, at);
            if has_video(contents) && !WIDE.contains(&width(contents)) {
                findings.add("Must be wide enough for a video", format!("{at}.size"));
            }
        }
        Some("carousel") => carousel(findings, contents, at),
        _ => findings.one_of(contents, at, "type", &["bubble", "carousel"]),
    }
    if animated(contents) > MOST_ANIMATED {
        findings.add("Must have at most 10 animated images", at);
    }
}

fn carousel(findings: &mut Findings, carousel: &Value, at: &str) {
    size(findings, carousel, at, LARGEST_CAROUSEL);
    let bubbles = findings.list(carousel, at, "contents", (1, 12));
    for (place, entry) in bubbles.iter().enumerate() {
        let at = format!("{at}.contents[{place}]");
        findings.one_of(entry, &at, "type", &["bubble"]);
        bubble(findings, entry, &at);
        if has_video(entry) {
            findings.add("May not be in a carousel", format!("{at}.hero.type"));
        }
        if width(entry) != width(&bubbles[0]) {
            findings.add("Must be the same in all bubbles", format!("{at}.size"));
        }
    }
}

fn has_video(bubble: &Value) -> bool {
    bubble["hero"]["type"] == "video"
}

fn width(bubble: &Value) -> &str {
    bubble["size"].as_str().unwrap_or("mega")
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
    looks::check(findings, bubble, at);
    for (part, kinds) in PARTS {
        if let Some(inner) = bubble.get(part) {
            component(findings, inner, &format!("{at}.{part}"), kinds, 0);
        }
        if let Some(style) = bubble["styles"].get(part) {
            looks::check(findings, style, &format!("{at}.styles.{part}"));
        }
    }
    tapped(findings, bubble, at);
}

/// Looks at a component that is one of some kinds.
fn component(findings: &mut Findings, component: &Value, at: &str, kinds: &[&str], depth: usize) {
    findings.one_of(component, at, "type", kinds);
    looks::check(findings, component, at);
    match component["type"].as_str() {
        Some("box") if depth < DEEPEST => boxed(findings, component, at, depth),
        Some("button") => {
            let (action, at) = (&component["action"], format!("{at}.action"));
            actions::check(findings, action, &at, Place::FlexButton);
        }
        Some("image" | "icon") => findings.url(component, at, "url"),
        Some("video") => video(findings, component, at, depth),
        Some("text") => text(findings, component, at),
        _ => {}
    }
    if component["type"] != "button" {
        tapped(findings, component, at);
    }
}

fn video(findings: &mut Findings, video: &Value, at: &str, depth: usize) {
    findings.url(video, at, "url");
    findings.url(video, at, "previewUrl");
    let (other, at) = (&video["altContent"], format!("{at}.altContent"));
    component(findings, other, &at, &["image", "box"], depth + 1);
}

/// A text has words of its own, or spans.
fn text(findings: &mut Findings, text: &Value, at: &str) {
    if text.get("contents").is_none() {
        findings.some_text(text, at, "text");
        return;
    }
    let spans = findings.list(text, at, "contents", (0, usize::MAX));
    for (place, span) in spans.iter().enumerate() {
        component(
            findings,
            span,
            &format!("{at}.contents[{place}]"),
            &["span"],
            0,
        );
    }
}

fn boxed(findings: &mut Findings, outer: &Value, at: &str, depth: usize) {
    let layouts = ["horizontal", "vertical", "baseline"];
    findings.one_of(outer, at, "layout", &layouts);
    looks::gradient(findings, outer, at);
    let kinds = match outer["layout"].as_str() {
        Some("baseline") => &ON_BASELINES[..],
        _ => &IN_BOXES[..],
    };
    let contents = findings.list(outer, at, "contents", (0, usize::MAX));
    for (place, inner) in contents.iter().enumerate() {
        let at = format!("{at}.contents[{place}]");
        component(findings, inner, &at, kinds, depth + 1);
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

    #[test]
    fn each_place_has_its_kinds_of_components() {
        let inside = |layout: &str, kind: &str| {
            let inner = json!({"type": kind, "url": "https://a.jp", "text": "a", "layout": layout,
                "contents": [], "action": {"type": "uri", "label": "a", "uri": "https://a.jp"}});
            let body = json!({"type": "box", "layout": layout, "contents": [inner]});
            places(&json!({"type": "bubble", "body": body})).is_empty()
        };
        for kind in ["box", "button", "image", "text", "separator", "filler"] {
            assert!(
                inside("vertical", kind) && inside("horizontal", kind),
                "{kind}"
            );
        }
        for kind in ["icon", "video", "span"] {
            assert!(!inside("vertical", kind), "{kind}");
        }
        let on_baselines = ["icon", "text", "filler"].map(|kind| inside("baseline", kind));
        assert_eq!(on_baselines, [true; 3]);
        assert!(!inside("baseline", "image") && !inside("baseline", "box"));
        let image = json!({"type": "image", "url": "https://a.jp"});
        assert_eq!(places(&json!({"type": "bubble", "hero": image})), [""; 0]);
        let body = json!({"type": "bubble", "body": image});
        assert_eq!(places(&body)[0], "contents.body.type");
    }

    #[test]
    fn a_look_is_one_of_lines_keywords_or_a_number_with_its_unit() {
        let wrong = |more: Value| {
            let mut inner = json!({"type": "text", "text": "a"});
            let members = inner.as_object_mut().unwrap();
            members.extend(more.as_object().unwrap().clone());
            let body = json!({"type": "box", "layout": "vertical", "contents": [inner]});
            places(&json!({"type": "bubble", "body": body}))
        };
        for good in [
            json!({"size": "xl", "weight": "bold", "color": "#1F7A57", "margin": "12.5px"}),
            json!({"size": "14px", "color": "#1f7a5780", "offsetTop": "10%", "flex": 0}),
            json!({"lineSpacing": "1px", "maxLines": 2, "wrap": true, "align": "center"}),
        ] {
            assert_eq!(wrong(good.clone()), [""; 0], "{good}");
        }
        for (bad, member) in [
            (json!({"size": "huge"}), "size"),
            (json!({"size": "50%"}), "size"),
            (json!({"size": "full"}), "size"),
            (json!({"color": "green"}), "color"),
            (json!({"color": "#fff"}), "color"),
            (json!({"margin": "10%"}), "margin"),
            (json!({"flex": -1}), "flex"),
            (json!({"wrap": "yes"}), "wrap"),
            (json!({"lineSpacing": "0px"}), "lineSpacing"),
            (json!({"weight": 700}), "weight"),
        ] {
            let place = format!("contents.body.contents[0].{member}");
            assert_eq!(wrong(bad), [place]);
        }
    }

    #[test]
    fn a_ratio_is_not_too_high_and_a_gradient_has_an_angle() {
        let image = |ratio: &str| {
            let image = json!({"type": "image", "url": "https://a.jp", "aspectRatio": ratio});
            places(&json!({"type": "bubble", "hero": image}))
        };
        for good in ["1:1", "1.91:1", "1:3", "100000:1"] {
            assert_eq!(image(good), [""; 0], "{good}");
        }
        for bad in ["1:4", "0:1", "100001:1", "1", "wide"] {
            assert_eq!(image(bad), ["contents.hero.aspectRatio"], "{bad}");
        }
        let ground = |angle: &str| {
            let background = json!({"type": "linearGradient", "angle": angle,
                "startColor": "#000000", "endColor": "#ffffff"});
            let body = json!({"type": "box", "layout": "vertical", "contents": [],
                "background": background});
            places(&json!({"type": "bubble", "body": body}))
        };
        assert_eq!(ground("23.5deg"), [""; 0]);
        assert_eq!(ground("360deg"), ["contents.body.background.angle"]);
    }

    #[test]
    fn a_video_stands_alone_in_a_wide_bubble_and_bubbles_side_by_side_have_one_width() {
        let image = json!({"type": "image", "url": "https://a.jp"});
        let video = json!({"type": "video", "url": "https://a.jp", "previewUrl": "https://a.jp",
            "altContent": image});
        let bubble = |size: &str| json!({"type": "bubble", "size": size, "hero": video});
        assert_eq!(places(&bubble("kilo")), [""; 0]);
        assert_eq!(places(&bubble("micro")), ["contents.size"]);
        let carousel = |bubbles: Value| json!({"type": "carousel", "contents": bubbles});
        let place = "contents.contents[0].hero.type";
        assert_eq!(places(&carousel(json!([bubble("mega")]))), [place]);
        let two = json!([{"type": "bubble"}, {"type": "bubble", "size": "mega"}]);
        assert_eq!(places(&carousel(two)), [""; 0]);
        let two = json!([{"type": "bubble"}, {"type": "bubble", "size": "nano"}]);
        assert_eq!(places(&carousel(two)), ["contents.contents[1].size"]);
    }

    #[test]
    fn at_most_ten_images_of_a_message_play() {
        let images = |many: usize| {
            let image = json!({"type": "image", "url": "https://a.jp", "animated": true});
            let body = json!({"type": "box", "layout": "vertical", "contents": vec![image; many]});
            places(&json!({"type": "bubble", "body": body}))
        };
        assert_eq!(images(10), [""; 0]);
        assert_eq!(images(11), ["contents"]);
    }
}
