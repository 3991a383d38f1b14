//! Actions.

use serde_json::{Value, json};

use super::super::action::{FLEX, PLACES, Place, QUICK_REPLY};
use super::super::{check, sample};
use crate::api::Findings;

/// What is wrong with an action, and where.
fn errors(place: &'static Place, action: &Value) -> Vec<(String, String)> {
    let mut findings = Findings::default();
    check::action(&mut findings, place, action, "action");
    findings.all()
}

fn one(property: &str, message: &str) -> Vec<(String, String)> {
    vec![(property.to_owned(), message.to_owned())]
}

#[test]
fn a_label_is_measured_in_grapheme_clusters_and_by_its_place() {
    let says = |label: &str| json!({"type": "uri", "label": label, "uri": "https://a.jp"});
    for place in PLACES {
        let apples = "🍎".repeat(place.label.most);
        assert_eq!(errors(place, &says(&apples)), [], "{place:?}");
        let text = format!("must not be longer than {} characters", place.label.most);
        let found = errors(place, &says(&(apples + "a")));
        assert_eq!(found, one("action.label", &text), "{place:?}");
    }
    let longest = PLACES.map(|place| place.label.most);
    assert_eq!(longest, [20, 12, 20, 20, 40, 40, 40]);
}

#[test]
fn some_places_want_a_label_and_others_do_not() {
    let wanted = one("action", "`label` must be specified");
    for place in PLACES {
        let expected = match place.is_label_required {
            true => wanted.clone(),
            false => Vec::new(),
        };
        let without = json!({"type": "uri", "uri": "https://a.jp"});
        assert_eq!(errors(place, &without), expected, "{place:?}");
        let empty = json!({"type": "uri", "label": "", "uri": "https://a.jp"});
        assert_eq!(errors(place, &empty), expected, "{place:?}");
    }
    let required = PLACES.map(|place| place.is_label_required);
    assert_eq!(required, [true, false, true, false, true, false, false]);
}

#[test]
fn some_actions_are_for_one_place() {
    let takes = |kind: &str, place| {
        let found = errors(place, &json!({"type": kind}));
        found.iter().all(|(property, _)| property != "action.type")
    };
    let quick = |kind| PLACES.map(|place| takes(kind, place));
    let only_quick = [false, false, true, false, false, false, false];
    assert_eq!(quick("camera"), only_quick);
    assert_eq!(quick("cameraRoll"), only_quick);
    assert_eq!(quick("location"), only_quick);
    let only_menus = [false, false, false, true, false, false, false];
    assert_eq!(quick("richmenuswitch"), only_menus);
    assert_eq!(quick("uri"), [true; 7]);
    assert_eq!(
        quick("postback"),
        [true, true, true, true, true, true, false]
    );
}

#[test]
fn a_uri_has_one_of_four_schemes() {
    let opens = |uri: &str| errors(&FLEX, &json!({"type": "uri", "uri": uri}));
    for good in [
        "http://a.jp",
        "https://a.jp/%20?b#c",
        "line://nv/chat",
        "tel:0900",
    ] {
        assert_eq!(opens(good), [], "{good}");
    }
    for bad in ["not a uri", "ftp://a.jp", "javascript:alert(1)", "a.jp"] {
        assert_eq!(opens(bad), one("action.uri", "invalid uri scheme"), "{bad}");
    }
    for bad in [
        "https://",
        "https:a.jp",
        "tel:",
        "https://a.jp/b c",
        "https://a.jp/100%",
    ] {
        assert_eq!(opens(bad), one("action.uri", "invalid uri"), "{bad}");
    }
    let long = format!("https://a.jp/{}", "b".repeat(988));
    let size = "size must be between 0 and 1000";
    assert_eq!(opens(&long), one("action.uri", size));
    let other = json!({"type": "uri", "uri": "https://a.jp", "altUri": {"desktop": "x"}});
    let found = errors(&FLEX, &other);
    assert_eq!(found, one("action.altUri.desktop", "invalid uri scheme"));
    let other = json!({"type": "uri", "label": "a", "uri": "https://a.jp",
        "altUri": {"desktop": "https://a.jp"}});
    let found = errors(&QUICK_REPLY, &other);
    assert_eq!(found, one("action.altUri", "May not be in a quick reply"));
}

#[test]
fn a_date_picker_has_dates_in_its_modes_form_and_in_order() {
    let picks = |mode: &str, more: Value| {
        let action = json!({"type": "datetimepicker", "data": "d", "mode": mode});
        super::places(errors(&FLEX, &sample::added(&action, &more)))
    };
    for (mode, good, bad) in [
        (
            "date",
            &["2026-11-21", "1900-01-01", "2100-12-31"][..],
            &[
                "tomorrow",
                "2026-1-1",
                "20261121",
                "2026-02-29",
                "1899-12-31",
                "2101-01-01",
            ][..],
        ),
        (
            "time",
            &["00:00", "23:59"],
            &["24:00", "9:30", "0930", "T0930", "09:30:00"],
        ),
        (
            "datetime",
            &["2026-11-21T09:30", "2026-11-21t09:30"],
            &["tomorrow", "2026-11-21", "2026-11-21 09:30"],
        ),
    ] {
        for text in good {
            assert_eq!(picks(mode, json!({"initial": text})), [""; 0], "{text}");
        }
        for text in bad {
            assert_eq!(
                picks(mode, json!({"initial": text})),
                ["action.initial"],
                "{text}"
            );
        }
    }
    let times = |initial: &str, min: &str, max: &str| {
        picks("time", json!({"initial": initial, "min": min, "max": max}))
    };
    assert_eq!(times("09:00", "09:00", "18:00"), [""; 0]);
    assert_eq!(times("18:01", "09:00", "18:00"), ["action.initial"]);
    assert_eq!(times("08:59", "09:00", "18:00"), ["action.initial"]);
    assert_eq!(times("09:00", "09:00", "09:00"), ["action.max"]);
    assert_eq!(picks("day", json!({"initial": "x"})), ["action.mode"]);
}

#[test]
fn a_postback_shows_one_text_and_has_300_units_of_data() {
    let found = |more: Value| {
        let action = json!({"type": "postback", "data": "d"});
        super::places(errors(&FLEX, &sample::added(&action, &more)))
    };
    assert_eq!(found(json!({"data": "🍎".repeat(150)})), [""; 0]);
    assert_eq!(found(json!({"data": "🍎".repeat(151)})), ["action.data"]);
    assert_eq!(found(json!({"data": ""})), ["action.data"]);
    assert_eq!(found(json!({"displayText": "🍎".repeat(300)})), [""; 0]);
    assert_eq!(
        found(json!({"displayText": "🍎".repeat(301)})),
        ["action.displayText"]
    );
    assert_eq!(
        found(json!({"displayText": "a", "text": "a"})),
        ["action.text"]
    );
    assert_eq!(
        found(json!({"inputOption": "openDoor"})),
        ["action.inputOption"]
    );
    assert_eq!(
        found(json!({"fillInText": "a".repeat(301)})),
        ["action.fillInText"]
    );
}
