//! Action objects: what a tap does.
//!
//! Source of the rules: <https://developers.line.biz/en/reference/messaging-api/#action-objects>. The
//! texts are those that users of LINE's API report: of a missing label
//! <https://github.com/line/line-bot-sdk-java/pull/258>, of URIs
//! <https://github.com/line/line-bot-sdk-python/issues/646> and `/issues/314`; those for dates are in
//! their style.

use jiff::civil::{Date, Time};
use serde_json::Value;

use super::findings::Findings;
use super::uri;

/// Where an action stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// In buttons, a confirmation or a carousel.
    Template,
    ImageCarousel,
    QuickReply,
    RichMenu,
    FlexButton,
    /// Another component of a flex message, or a bubble.
    Flex,
    /// A video of a flex message.
    FlexVideo,
}

/// What a label must be.
struct Label {
    is_required: bool,
    /// In grapheme clusters.
    longest: usize,
}

const EVERYWHERE: [&str; 5] = ["postback", "message", "uri", "datetimepicker", "clipboard"];

impl Place {
    /// Source: <https://developers.line.biz/en/reference/messaging-api/#action-object-label-spec>
    const fn label(self) -> Label {
        let (is_required, longest) = match self {
            Self::ImageCarousel => (false, 12),
            Self::Template | Self::QuickReply => (true, 20),
            Self::RichMenu => (false, 20),
            Self::FlexButton => (true, 40),
            Self::Flex | Self::FlexVideo => (false, 40),
        };
        Label {
            is_required,
            longest,
        }
    }

    /// The types of actions that it takes.
    fn types(self) -> Vec<&'static str> {
        let mut types = EVERYWHERE.to_vec();
        match self {
            Self::QuickReply => types.extend(["camera", "cameraRoll", "location"]),
            Self::RichMenu => types.push("richmenuswitch"),
            Self::FlexVideo => return vec!["uri"],
            Self::Template | Self::ImageCarousel | Self::FlexButton | Self::Flex => {}
        }
        types
    }
}

/// Looks at an action.
pub(super) fn check(findings: &mut Findings, action: &Value, at: &str, place: Place) {
    let types = place.types();
    let kind = action["type"].as_str().unwrap_or_default();
    if !types.contains(&kind) {
        findings.one_of(action, at, "type", &types);
        return;
    }
    label(findings, action, at, &place.label());
    match kind {
        "postback" => postback(findings, action, at),
        "message" => findings.clusters(action, at, "text", 300),
        "uri" => {
            uri::opened(findings, action, at, "uri");
            if let Some(other) = action.get("altUri") {
                let at = format!("{at}.altUri");
                match place {
                    Place::QuickReply => findings.add("May not be in a quick reply", at),
                    _ => uri::opened(findings, other, &at, "desktop"),
                }
            }
        }
        "datetimepicker" => picker(findings, action, at),
        "richmenuswitch" => {
            findings.text(action, at, "richMenuAliasId", 32);
            findings.text(action, at, "data", 300);
        }
        "clipboard" => findings.text(action, at, "clipboardText", 1000),
        _ => {}
    }
}

fn label(findings: &mut Findings, action: &Value, at: &str, label: &Label) {
    let is_empty = matches!(
        action.get("label").map(Value::as_str),
        None | Some(Some(""))
    );
    if !is_empty {
        findings.clusters(action, at, "label", label.longest);
    } else if label.is_required {
        findings.add("`label` must be specified", at);
    }
}

fn postback(findings: &mut Findings, action: &Value, at: &str) {
    findings.text(action, at, "data", 300);
    findings.optional_clusters(action, at, "displayText", 300);
    findings.optional_clusters(action, at, "text", 300);
    if action.get("displayText").is_some() && action.get("text").is_some() {
        findings.add("May not be used with displayText", format!("{at}.text"));
    }
    if action.get("inputOption").is_some() {
        let options = ["closeRichMenu", "openRichMenu", "openKeyboard", "openVoice"];
        findings.one_of(action, at, "inputOption", &options);
    }
    findings.optional_clusters(action, at, "fillInText", 300);
}

/// Source: <https://developers.line.biz/en/reference/messaging-api/#date-and-time-format>
fn picker(findings: &mut Findings, action: &Value, at: &str) {
    findings.text(action, at, "data", 300);
    findings.one_of(action, at, "mode", &["date", "time", "datetime"]);
    let Some(read) = action["mode"].as_str().and_then(reader) else {
        return;
    };
    let mut given = |member: &str| {
        let text = action.get(member)?.as_str();
        let date_time = text.and_then(read);
        if date_time.is_none() {
            findings.add("Invalid date or time format", format!("{at}.{member}"));
        }
        date_time
    };
    let (initial, min, max) = (given("initial"), given("min"), given("max"));
    if min.zip(max).is_some_and(|(min, max)| min >= max) {
        findings.add("Must be later than min", format!("{at}.max"));
    }
    let (least, most) = (min.or(initial), max.or(initial));
    if initial.is_some() && (initial < least || initial > most) {
        findings.add("Must be between min and max", format!("{at}.initial"));
    }
}

type DateTime = (Date, Time);

fn reader(mode: &str) -> Option<fn(&str) -> Option<DateTime>> {
    match mode {
        "date" => Some(|text| Some((date(text)?, Time::midnight()))),
        "time" => Some(|text| Some((Date::default(), time(text)?))),
        "datetime" => Some(|text| {
            let (day, hour) = text.split_once(['T', 't'])?;
            Some((date(day)?, time(hour)?))
        }),
        _ => None,
    }
}

fn date(text: &str) -> Option<Date> {
    let date: Date = has_shape(text, "0000-00-00").then(|| text.parse().ok())??;
    (1900..=2100).contains(&date.year()).then_some(date)
}

fn time(text: &str) -> Option<Time> {
    has_shape(text, "00:00").then(|| text.parse().ok())?
}

/// Whether a text has a digit for each 0 of the shape, and else the same characters.
fn has_shape(text: &str, shape: &str) -> bool {
    let fits = |(given, wanted): (u8, u8)| match wanted {
        b'0' => given.is_ascii_digit(),
        _ => given == wanted,
    };
    text.len() == shape.len() && text.bytes().zip(shape.bytes()).all(fits)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Findings, Place, check};
    use crate::api::Answer;

    const PLACES: [Place; 7] = [
        Place::Template,
        Place::ImageCarousel,
        Place::QuickReply,
        Place::RichMenu,
        Place::FlexButton,
        Place::Flex,
        Place::FlexVideo,
    ];

    /// What is wrong with an action, and where.
    fn errors(place: Place, action: &Value) -> Vec<(String, String)> {
        let mut findings = Findings::default();
        check(&mut findings, action, "action", place);
        let Err(refusal) = findings.done() else {
            return Vec::new();
        };
        let details = Answer::from(refusal).body["details"].clone();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let details = details.as_array().unwrap().iter();
        details
            .map(|detail| (text(&detail["property"]), text(&detail["message"])))
            .collect()
    }

    fn one(property: &str, message: &str) -> Vec<(String, String)> {
        vec![(property.to_owned(), message.to_owned())]
    }

    #[test]
    fn a_label_is_measured_in_grapheme_clusters_and_by_its_place() {
        let says = |label: &str| json!({"type": "uri", "label": label, "uri": "https://a.jp"});
        for place in PLACES {
            let label = place.label();
            let apples = "🍎".repeat(label.longest);
            assert_eq!(errors(place, &says(&apples)), [], "{place:?}");
            let text = format!("must not be longer than {} characters", label.longest);
            let found = errors(place, &says(&(apples + "a")));
            assert_eq!(found, one("action.label", &text), "{place:?}");
        }
        let longest = PLACES.map(|place| place.label().longest);
        assert_eq!(longest, [20, 12, 20, 20, 40, 40, 40]);
    }

    #[test]
    fn some_places_want_a_label_and_others_do_not() {
        let wanted = one("action", "`label` must be specified");
        for place in PLACES {
            let expected = match place.label().is_required {
                true => wanted.clone(),
                false => Vec::new(),
            };
            let without = json!({"type": "uri", "uri": "https://a.jp"});
            assert_eq!(errors(place, &without), expected, "{place:?}");
            let empty = json!({"type": "uri", "label": "", "uri": "https://a.jp"});
            assert_eq!(errors(place, &empty), expected, "{place:?}");
        }
        let required = PLACES.map(|place| place.label().is_required);
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
        let opens = |uri: &str| errors(Place::Flex, &json!({"type": "uri", "uri": uri}));
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
        let found = errors(Place::Flex, &other);
        assert_eq!(found, one("action.altUri.desktop", "invalid uri scheme"));
        let other = json!({"type": "uri", "label": "a", "uri": "https://a.jp",
            "altUri": {"desktop": "https://a.jp"}});
        let found = errors(Place::QuickReply, &other);
        assert_eq!(found, one("action.altUri", "May not be in a quick reply"));
    }

    #[test]
    fn a_date_picker_has_dates_in_its_modes_form_and_in_order() {
        let picks = |mode: &str, more: Value| {
            let mut action = json!({"type": "datetimepicker", "data": "d", "mode": mode});
            let members = action.as_object_mut().unwrap();
            members.extend(more.as_object().unwrap().clone());
            let found = errors(Place::Flex, &action);
            found
                .into_iter()
                .map(|(place, _)| place)
                .collect::<Vec<_>>()
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
            let mut action = json!({"type": "postback", "data": "d"});
            let members = action.as_object_mut().unwrap();
            members.extend(more.as_object().unwrap().clone());
            let found = errors(Place::Flex, &action);
            found
                .into_iter()
                .map(|(place, _)| place)
                .collect::<Vec<_>>()
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
}
