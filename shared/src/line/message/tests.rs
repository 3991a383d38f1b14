//! What the builders make, and what they refuse.

use serde::Serialize;
use serde_json::{Value, json};

use super::*;

fn becomes(message: impl Serialize, expected: &Value) {
    assert_eq!(&serde_json::to_value(message).unwrap(), expected);
}

/// The error of a message that does not become JSON.
fn refused(message: impl Serialize) -> String {
    serde_json::to_value(message).unwrap_err().to_string()
}

#[test]
fn texts_have_lines_json() {
    let text = Text::new("いつ？").quick_replies([
        QuickReply::postback("10:00", "at:10"),
        QuickReply::message("やめる", "cancel").icon("https://example.com/i.png"),
    ]);
    becomes(
        text,
        &json!({"type": "text", "text": "いつ？", "quickReply": {"items": [
            {"type": "action", "action": {"type": "postback", "label": "10:00", "data": "at:10", "displayText": "10:00"}},
            {"type": "action", "imageUrl": "https://example.com/i.png",
             "action": {"type": "message", "label": "やめる", "text": "cancel"}}]}}),
    );
    becomes(
        Text::new("a").quick_replies([]),
        &json!({"type": "text", "text": "a"}),
    );
    let text = Text::new("いい$").emoji(2, "5ac1", "001").quoting("q");
    becomes(
        text.sender(Sender::new().name("Bo")),
        &json!({"type": "text", "text": "いい$", "quoteToken": "q", "sender": {"name": "Bo"},
            "emojis": [{"index": 2, "productId": "5ac1", "emojiId": "001"}]}),
    );
    let text = TextV2::new("{who}, {all} {smile}");
    becomes(
        text.mention("who", &crate::domain::UserId::new("L1").unwrap())
            .mention_all("all")
            .emoji("smile", "5ac1", "001"),
        &json!({"type": "textV2", "text": "{who}, {all} {smile}", "substitution": {
            "who": {"type": "mention", "mentionee": {"type": "user", "userId": "L1"}},
            "all": {"type": "mention", "mentionee": {"type": "all"}},
            "smile": {"type": "emoji", "productId": "5ac1", "emojiId": "001"}}}),
    );
}

#[test]
fn media_have_lines_json() {
    becomes(
        Sticker::new("446", "1988"),
        &json!({"type": "sticker", "packageId": "446", "stickerId": "1988"}),
    );
    let url = "https://example.com/a";
    becomes(
        Image::new(url, url),
        &json!({"type": "image", "originalContentUrl": url, "previewImageUrl": url}),
    );
    becomes(
        Video::new(url, url).tracked_as("v1"),
        &json!({"type": "video", "originalContentUrl": url, "previewImageUrl": url, "trackingId": "v1"}),
    );
    becomes(
        Audio::new(url, std::time::Duration::from_secs(60)),
        &json!({"type": "audio", "originalContentUrl": url, "duration": 60_000}),
    );
    becomes(
        Location::new("LY", "東京", 35.5, 139.75),
        &json!({"type": "location", "title": "LY", "address": "東京", "latitude": 35.5, "longitude": 139.75}),
    );
    becomes(
        Coupon::new("c1"),
        &json!({"type": "coupon", "couponId": "c1"}),
    );
}

#[test]
fn templates_and_flex_have_lines_json() {
    let yes = || Action::message("はい", "はい");
    let confirm = TemplateMessage::new(
        "?",
        Confirm::new("よい？", yes(), Action::uri("見る", "https://a.jp")),
    );
    becomes(
        confirm,
        &json!({"type": "template", "altText": "?", "template": {"type": "confirm", "text": "よい？", "actions": [
            {"type": "message", "label": "はい", "text": "はい"},
            {"type": "uri", "label": "見る", "uri": "https://a.jp"}]}}),
    );
    let buttons = Buttons::new("どれ？", [yes()])
        .title("T")
        .image("https://a.jp/i.png");
    becomes(
        TemplateMessage::new("?", buttons),
        &json!({"type": "template", "altText": "?", "template": {"type": "buttons", "text": "どれ？", "title": "T",
            "thumbnailImageUrl": "https://a.jp/i.png", "actions": [{"type": "message", "label": "はい", "text": "はい"}]}}),
    );
    let carousel = Carousel::new([Column::new("一", [yes()]), Column::new("二", [yes()])]);
    let sent = serde_json::to_value(TemplateMessage::new("?", carousel)).unwrap();
    assert_eq!(sent["template"]["type"], "carousel");
    assert_eq!(sent["template"]["columns"][1]["text"], "二");
    let images = ImageCarousel::new([ImageColumn::new("https://a.jp/i.png", yes())]);
    let sent = serde_json::to_value(TemplateMessage::new("?", images)).unwrap();
    assert_eq!(sent["template"]["type"], "image_carousel");
    becomes(
        Flex::new("?", json!({"type": "bubble"})),
        &json!({"type": "flex", "altText": "?", "contents": {"type": "bubble"}}),
    );
}

#[test]
fn what_is_over_a_limit_does_not_become_json() {
    assert_eq!(
        refused(Text::new("あ".repeat(5_001))),
        "text: LINE takes 1 to 5000, not 5001".replace("1 to", "up to")
    );
    assert!(refused(Text::new("")).starts_with("text: LINE takes 1 to 5000"));
    let many = (0..14).map(|n| QuickReply::message(n.to_string(), "a"));
    assert_eq!(
        refused(Text::new("a").quick_replies(many)),
        "quickReply.items: LINE takes up to 13, not 14"
    );
    let long = QuickReply::message("a".repeat(21), "a");
    assert_eq!(
        refused(Text::new("a").quick_replies([long])),
        "quickReply.items[0].action.label: LINE takes up to 20, not 21"
    );
    let act = |label: &str| Action::postback(label, "d");
    let buttons = Buttons::new("a".repeat(61), [act("a")]).title("t");
    assert_eq!(
        refused(TemplateMessage::new("?", buttons)),
        "template.text: LINE takes up to 60, not 61"
    );
    assert!(
        TemplateMessage::new("?", Buttons::new("a".repeat(160), [act("a")]))
            .check()
            .is_ok()
    );
    let uneven = Carousel::new([
        Column::new("1", [act("a")]),
        Column::new("2", [act("a"), act("b")]),
    ]);
    assert_eq!(
        refused(TemplateMessage::new("?", uneven)),
        "template.columns[1].actions: LINE takes as many in each column: 1, not 2"
    );
    let bubbles = vec![json!({"type": "bubble"}); 13];
    assert_eq!(
        refused(Flex::new(
            "?",
            json!({"type": "carousel", "contents": bubbles})
        )),
        "contents.contents: LINE takes up to 12, not 13"
    );
    let large = json!({"type": "bubble", "body": "a".repeat(31_000)});
    assert_eq!(
        refused(Flex::new(
            "?",
            json!({"type": "carousel", "contents": [large]})
        )),
        "contents.contents[0]: LINE takes up to 30720, not 31027"
    );
    assert!(refused(Text::new("a").emoji(0, "p", "e")).starts_with("emojis[0].index"));
    assert!(refused(TextV2::new("a").mention_all("who")).starts_with("substitution.who"));
    assert!(refused(Image::new("http://a.jp", "https://a.jp")).starts_with("originalContentUrl"));
    assert!(refused(Location::new("a", "b", 91.0, 0.0)).starts_with("latitude"));
}

fn buttons(action: Action) -> TemplateMessage {
    TemplateMessage::new("?", Buttons::new("?", [action]))
}

fn button(action: &Action) -> Flex {
    let contents = json!([{"type": "button", "action": action}]);
    let body = json!({"type": "box", "layout": "vertical", "contents": contents});
    Flex::new("?", json!({"type": "bubble", "body": body}))
}

#[test]
fn texts_of_actions_and_templates_are_counted_in_grapheme_clusters() {
    let apples = |number| "🍎".repeat(number);
    let says = |label: String| Action::message(label, apples(300));
    assert_eq!(buttons(says(apples(20))).check(), Ok(()));
    assert!(buttons(says(apples(21))).check().is_err());
    let text = |number| TemplateMessage::new("?", Buttons::new(apples(number), [says(apples(1))]));
    assert_eq!(text(160).check(), Ok(()));
    assert!(text(161).check().is_err());
    // A text message is counted in UTF-16 units.
    assert_eq!(Text::new(apples(2_500)).check(), Ok(()));
    assert!(Text::new(apples(2_501)).check().is_err());
}

#[test]
fn a_label_is_as_long_as_its_place_allows() {
    let says = |length| Action::message("a".repeat(length), "a");
    let image = |length| {
        let column = ImageColumn::new("https://a.jp/i.png", says(length));
        TemplateMessage::new("?", ImageCarousel::new([column])).check()
    };
    let reply = |length| {
        let items = [QuickReply::new(says(length))];
        Text::new("?").quick_replies(items).check()
    };
    let tapped = |length| {
        let body =
            json!({"type": "box", "layout": "vertical", "contents": [], "action": says(length)});
        Flex::new("?", json!({"type": "bubble", "body": body})).check()
    };
    type Check<'a> = &'a dyn Fn(usize) -> Result<(), OverLimit>;
    let places: [(Check<'_>, usize, usize); 5] = [
        (&|length| buttons(says(length)).check(), 1, 20),
        (&reply, 1, 20),
        (&image, 0, 12),
        (&|length| button(&says(length)).check(), 1, 40),
        (&tapped, 0, 40),
    ];
    for (number, (check, least, most)) in places.into_iter().enumerate() {
        for length in [0, 1, 12, 13, 20, 21, 40, 41] {
            let taken = (least..=most).contains(&length);
            assert_eq!(check(length).is_ok(), taken, "{number}: {length}");
        }
    }
}

#[test]
fn an_action_that_line_would_refuse_is_the_authors_error() {
    assert_eq!(
        refused(buttons(Action::message("", "a"))),
        "template.actions[0].label: LINE takes 1 to 20, not 0"
    );
    assert_eq!(
        refused(buttons(Action::uri("a", "not a uri"))),
        "template.actions[0].uri: LINE takes URIs with http, https, line and tel, not \"not a uri\""
    );
    let tomorrow = Action::DatetimePicker {
        label: "a".into(),
        data: "d".into(),
        mode: PickMode::Datetime,
        initial: Some("tomorrow".into()),
        min: None,
        max: None,
    };
    assert_eq!(
        refused(button(&tomorrow)),
        "contents.body.contents[0].action.initial: LINE takes a date and time such as \
         2026-11-21T09:30, not \"tomorrow\""
    );
    let nothing = QuickReply::new(Action::postback("a", ""));
    assert_eq!(
        refused(Text::new("a").quick_replies([nothing])),
        "quickReply.items[0].action.data: LINE takes 1 to 300, not 0"
    );
    let camera = Action::Camera { label: "a".into() };
    assert_eq!(
        refused(buttons(camera.clone())),
        "template.actions[0].type: LINE takes this action in quick replies only"
    );
    let photo = Text::new("a").quick_replies([QuickReply::new(camera)]);
    assert_eq!(photo.check(), Ok(()));
}

#[test]
fn an_action_in_a_flex_message_need_not_be_one_that_is_known_here() {
    let flex = |action: Value| Flex::new("?", json!({"type": "bubble", "action": action})).check();
    assert_eq!(flex(json!({"type": "hologram", "depth": 3})), Ok(()));
    let more = json!({"type": "uri", "uri": "https://a.jp", "altUri": {"desktop": "https://b.jp"}});
    assert_eq!(flex(more), Ok(()));
    for (wrong, member) in [
        (json!({"type": "uri", "label": "a"}), "contents.action.uri"),
        (
            json!({"type": "message", "text": 7}),
            "contents.action.type",
        ),
        (json!({}), "contents.action.type"),
        (
            json!({"type": "richmenuswitch", "richMenuAliasId": "a", "data": "d"}),
            "contents.action.type",
        ),
    ] {
        assert_eq!(flex(wrong).unwrap_err().member, member);
    }
}

#[test]
fn an_empty_label_is_left_out() {
    let image = ImageColumn::new("https://a.jp/i.png", Action::message("", "a"));
    let sent = serde_json::to_value(TemplateMessage::new("?", ImageCarousel::new([image])));
    let action = json!({"type": "message", "text": "a"});
    assert_eq!(sent.unwrap()["template"]["columns"][0]["action"], action);
}

#[test]
fn columns_have_a_title_or_an_image_all_or_none() {
    let column = || Column::new("a", [Action::message("a", "a")]);
    let carousel = |columns: [Column; 2]| TemplateMessage::new("?", Carousel::new(columns));
    let image = || column().image("https://a.jp/i.png");
    assert_eq!(carousel([image(), image()]).check(), Ok(()));
    assert_eq!(
        refused(carousel([image(), column()])),
        "template.columns[1].thumbnailImageUrl: LINE takes it in all columns or in none"
    );
    assert_eq!(
        refused(carousel([column(), column().title("t")])),
        "template.columns[1].title: LINE takes it in all columns or in none"
    );
}

#[test]
fn the_places_of_a_text_are_its_substitutions() {
    let text = |text: &str| TextV2::new(text).mention_all("all").check();
    for good in ["{all}", "{{no}} {all}{all}", "{{{all}}}"] {
        assert_eq!(text(good), Ok(()), "{good}");
    }
    for bad in [
        "{all} {b}",
        "{all} {",
        "} {all}",
        "{{all}}",
        "{a{all}}",
        "none",
    ] {
        assert!(text(bad).is_err(), "{bad}");
    }
    let named = |name: &str| TextV2::new(format!("{{{name}}}")).mention_all(name).check();
    assert_eq!(named(&"a".repeat(20)), Ok(()));
    assert!(named(&"a".repeat(21)).is_err() && named("a b").is_err() && named("").is_err());
    assert!(text(&"{all}".repeat(21)).is_err());
}

#[test]
fn names_for_statistics_have_only_the_characters_that_line_takes() {
    let url = "https://example.com/a";
    assert_eq!(Video::new(url, url).tracked_as("a-1=&").check(), Ok(()));
    assert!(Video::new(url, url).tracked_as("a_1").check().is_err());
    assert_eq!(Coupon::new("c").tagged("a_1").check(), Ok(()));
    assert!(Coupon::new("c").tagged("a-1").check().is_err());
}

#[test]
fn the_images_of_templates_have_a_shape_a_fit_and_a_ground() {
    let says = || Action::message("a", "a");
    let column = Column::new("1", [says()])
        .image("https://a.jp/i.png")
        .image_background(Color::BLACK);
    let carousel = Carousel::new([column])
        .image_shape(ImageShape::Square)
        .image_fit(ImageFit::Contain);
    let sent = serde_json::to_value(TemplateMessage::new("?", carousel)).unwrap();
    assert_eq!(sent["template"]["imageAspectRatio"], "square");
    assert_eq!(sent["template"]["imageSize"], "contain");
    let column = &sent["template"]["columns"][0];
    assert_eq!(column["imageBackgroundColor"], "#000000");
    let seen_through = Buttons::new("a", [says()]).image_background(Color::BLACK.alpha(9));
    assert_eq!(
        refused(TemplateMessage::new("?", seen_through)),
        "template.imageBackgroundColor: LINE takes a colour without opacity"
    );
    let buttons = Buttons::new("a", [says()]).image_shape(ImageShape::Rectangle);
    let sent = serde_json::to_value(TemplateMessage::new("?", buttons)).unwrap();
    assert_eq!(sent["template"]["imageAspectRatio"], "rectangle");
}

#[test]
fn a_postback_can_open_the_keyboard_and_an_address_differ_on_a_computer() {
    becomes(
        Action::fill_in("Name", "name", "My name: "),
        &json!({"type": "postback", "label": "Name", "data": "name",
            "inputOption": "openKeyboard", "fillInText": "My name: "}),
    );
    let long = buttons(Action::fill_in("a", "d", "a".repeat(301)));
    assert_eq!(
        refused(long),
        "template.actions[0].fillInText: LINE takes up to 300, not 301"
    );
    let page = Action::uri_or_desktop("a", "https://a.jp", "https://b.jp");
    let desktop = json!({"type": "uri", "label": "a", "uri": "https://a.jp",
        "altUri": {"desktop": "https://b.jp"}});
    becomes(&page, &desktop);
    assert_eq!(button(&page).check(), Ok(()));
    let wrong = Action::uri_or_desktop("a", "https://a.jp", "b");
    assert!(refused(button(&wrong)).contains("action.altUri.desktop: LINE takes URIs"));
    let quick = Text::new("a").quick_replies([QuickReply::new(page)]);
    assert_eq!(
        refused(quick),
        "quickReply.items[0].action.altUri: LINE does not take it in quick replies"
    );
}
