//! Flex messages.

use serde_json::{Value, json};

use super::super::SENT;

/// Where something is wrong with the contents of a flex message, from the contents on.
fn places(contents: &Value) -> Vec<String> {
    let message = json!({"type": "flex", "altText": "a", "contents": contents});
    let found = super::places(super::found_in(&SENT, &json!({ "messages": [message] })));
    let places = found
        .iter()
        .map(|place| place.trim_start_matches("messages[0]."));
    places.map(str::to_owned).collect()
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
