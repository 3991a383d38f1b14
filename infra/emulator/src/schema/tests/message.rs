//! Messages.

use serde_json::{Value, json};

use super::super::SENT;

fn errors(messages: impl Into<Value>) -> Vec<(String, String)> {
    super::found_in(&SENT, &json!({ "messages": messages.into() }))
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
    let item = json!({"type": "action", "action": {"type": "message", "label": "a", "text": "a"}});
    let message =
        |items: Vec<Value>| json!([{"type": "text", "text": "a", "quickReply": {"items": items}}]);
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
        json!([{"type": "uri", "label": "", "area": {"x": 0, "y": 0, "width": 1}}]),
    ));
    let places: Vec<&str> = found.iter().map(|(place, _)| place.as_str()).collect();
    let expected = [
        "messages[0].actions[0].label",
        "messages[0].actions[0].linkUri",
        "messages[0].actions[0].area.height",
    ];
    assert_eq!(places, expected);
}

#[test]
fn an_imagemap_can_have_a_video_with_a_link_behind_it() {
    let message = |link: Value| {
        let url = "https://example.com/a";
        let area = json!({"x": 0, "y": 0, "width": 520, "height": 1040});
        json!([{
            "type": "imagemap", "baseUrl": url, "altText": "a", "actions": [],
            "baseSize": {"width": 1040, "height": 1040},
            "video": {"originalContentUrl": url, "previewImageUrl": url, "area": area, "externalLink": link},
        }])
    };
    assert_eq!(
        errors(message(json!({"linkUri": "tel:09001", "label": "a"}))),
        []
    );
    let found = errors(message(
        json!({"linkUri": "ftp://a.jp", "label": "a".repeat(31)}),
    ));
    assert_eq!(found[0].0, "messages[0].video.externalLink.linkUri");
    assert_eq!(found[1].0, "messages[0].video.externalLink.label");
}

#[test]
fn names_in_braces_are_those_of_the_substitution() {
    let places = |text: &str, name: &str| {
        let mut message = json!({"type": "textV2", "text": text, "substitution": {}});
        let mention = json!({"type": "mention", "mentionee": {"type": "all"}});
        message["substitution"][name] = mention;
        let found = errors(json!([message])).into_iter();
        found.map(|(place, _)| place).collect::<Vec<_>>()
    };
    for text in ["{a}", "{{no}} {a}{a}", "{{{a}}}"] {
        assert_eq!(places(text, "a"), [""; 0], "{text}");
    }
    for text in ["{a} {", "} {a}", "{a{a}}", "{a} {b}"] {
        assert_eq!(places(text, "a")[0], "messages[0].text", "{text}");
    }
    assert_eq!(places("a", "a"), ["messages[0].substitution.a"]);
    let long = "a".repeat(21);
    let place = format!("messages[0].substitution.{long}");
    assert_eq!(places(&format!("{{{long}}}"), &long), [place]);
    assert_eq!(places(&"{a}".repeat(20), "a"), [""; 0]);
    assert_eq!(places(&"{a}".repeat(21), "a"), ["messages[0].substitution"]);
}

#[test]
fn names_for_statistics_have_only_the_characters_that_line_takes() {
    let url = "https://example.com/a";
    let video = |id: &str| {
        errors(json!([{
            "type": "video", "originalContentUrl": url, "previewImageUrl": url, "trackingId": id,
        }]))
    };
    assert_eq!(video("a-1=&"), []);
    assert_eq!(video("a_1")[0].0, "messages[0].trackingId");
    assert_eq!(video(&"a".repeat(101))[0].0, "messages[0].trackingId");
    let coupon =
        |tag: &str| errors(json!([{"type": "coupon", "couponId": "c", "deliveryTag": tag}]));
    assert_eq!(coupon("a_1"), []);
    assert_eq!(coupon("a-1")[0].0, "messages[0].deliveryTag");
}

#[test]
fn a_url_is_https_and_has_at_most_2000_units() {
    let image = |url: &str| {
        errors(
            json!([{"type": "image", "originalContentUrl": url, "previewImageUrl": "https://a.jp"}]),
        )
    };
    let long = |length: usize| format!("https://a.jp/{}", "a".repeat(length - 13));
    assert_eq!(image(&long(2000)), []);
    assert_eq!(image(&long(2001))[0].1, "Length must be between 1 and 2000");
    for bad in ["http://a.jp", "https://", "https://a.jp/b c"] {
        assert_eq!(image(bad)[0].1, "Must be a valid HTTPS URL", "{bad}");
    }
}

#[test]
fn templates_need_their_members() {
    let message = json!([{"type": "template", "altText": "a", "template": {"type": "confirm", "text": "b", "actions": []}}]);
    assert_eq!(errors(message)[0].0, "messages[0].template.actions");
}
