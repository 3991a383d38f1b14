//! What a tap becomes, and that it is read again: also after months.

use jiff::civil::{Date, DateTime, Time, date, time};
use line_module::{Action, Choices as _, PickMode, QuickReply, Tap, TapField, Text};
use proptest::prelude::*;
use serde_json::json;

#[derive(Debug, Clone, PartialEq, Tap)]
#[tap("seat", version = 2)]
struct Seat {
    table: TableId,
    day: Date,
    note: String,
}

#[derive(Debug, Clone, PartialEq, TapField)]
struct TableId(u32);

#[derive(Debug, Clone, Copy, PartialEq, TapField)]
enum Meal {
    Lunch,
    #[tap("supper")]
    Dinner,
}

#[derive(Debug, Clone, PartialEq, Tap)]
#[tap("everything")]
enum Everything {
    Numbers {
        a: u8,
        b: i64,
        c: usize,
    },
    #[tap("words")]
    Texts {
        first: String,
        second: Option<String>,
        third: char,
    },
    Times {
        day: Date,
        from: Option<Time>,
        to: DateTime,
    },
    Others {
        meal: Meal,
        yes: bool,
        nested: Option<Option<Meal>>,
    },
    Nothing,
}

#[derive(Debug, Clone, Copy, PartialEq, Tap)]
#[tap("size")]
enum Size {
    Small,
    Large,
}

#[derive(Debug, PartialEq, Tap)]
#[tap("again")]
struct Again;

fn seat(note: &str) -> Seat {
    Seat {
        table: TableId(12),
        day: date(2026, 11, 21),
        note: note.to_owned(),
    }
}

/// What is in chats now must be read as long as there are such chats.
#[test]
fn the_form_does_not_change() {
    let texts = Everything::Texts {
        first: "a/b".to_owned(),
        second: None,
        third: '~',
    };
    let times = Everything::Times {
        day: date(2026, 11, 21),
        from: Some(time(9, 30, 0, 0)),
        to: date(2026, 11, 22).at(0, 0, 5, 0),
    };
    let others = Everything::Others {
        meal: Meal::Dinner,
        yes: true,
        nested: Some(None),
    };
    assert_eq!(
        seat("at the window").data(),
        "seat/2/12/2026-11-21/at the window"
    );
    assert_eq!(seat("").data(), "seat/2/12/2026-11-21/");
    for (tap, data) in [
        (
            Everything::Numbers { a: 1, b: -2, c: 3 },
            "everything/1/Numbers/1/-2/3",
        ),
        (texts, "everything/1/words/a~1b//~0"),
        (
            times,
            "everything/1/Times/2026-11-21/09:30/2026-11-22T00:00:05",
        ),
        (others, "everything/1/Others/supper/1/+"),
        (Everything::Nothing, "everything/1/Nothing"),
    ] {
        assert_eq!(tap.data(), data);
        assert_eq!(Everything::from_data(data), Some(tap));
    }
    assert_eq!(Again.data(), "again/1");
    assert_eq!(Again::from_data("again/1"), Some(Again));
}

#[test]
fn what_is_no_tap_of_the_type_is_not_read() {
    for other in [
        "",
        "seat",
        "seat/",
        "seats/2/12/2026-11-21/",
        "seat 2/12/2026-11-21/",
        "seat/1/12/2026-11-21/",
        "seat/two/12/2026-11-21/",
        "seat/2",
        "seat/2/12/2026-11-21",
        "seat/2/12/2026-02-30/",
        "seat/2/twelve/2026-11-21/",
        "seat/2/12/2026-11-21/a/b",
        "seat/2/12/2026-11-21/~2",
    ] {
        assert_eq!(Seat::from_data(other), None, "{other}");
    }
    assert_eq!(Again::from_data("again/1/"), None);
    assert_eq!(Size::from_data("size/1/Medium"), None);
}

#[test]
fn a_tap_is_made_into_whatever_can_be_tapped() {
    let json = |action: &Action| serde_json::to_value(action).unwrap();
    assert_eq!(
        json(&Again.action("Again")),
        json!({"type": "postback", "label": "Again", "data": "again/1"})
    );
    assert_eq!(
        json(&Again.shown("Again")),
        json!({"type": "postback", "label": "Again", "data": "again/1", "displayText": "Again"})
    );
    assert_eq!(
        Again.quick_reply("Again"),
        QuickReply::new(Again.shown("Again"))
    );
    assert_eq!(
        json(&Again.date_picker(PickMode::Time, "When")),
        json!({"type": "datetimepicker", "label": "When", "data": "again/1", "mode": "time"})
    );
    assert_eq!(
        json(&Again.fill_in("Name", "I am ")),
        json!({"type": "postback", "label": "Name", "data": "again/1", "inputOption": "openKeyboard",
            "fillInText": "I am "})
    );
}

#[test]
fn the_variants_without_fields_are_choices() {
    assert_eq!(Size::ALL, [Size::Small, Size::Large]);
    assert_eq!(Meal::ALL, [Meal::Lunch, Meal::Dinner]);
}

/// LINE counts UTF-16 units, and a field of any length is known only now.
#[test]
fn a_tap_that_is_too_long_is_refused_when_its_message_is_made_and_the_error_names_it() {
    let message = |note: &str| Text::new("Where?").quick_replies([seat(note).quick_reply("Here")]);
    let most = 300 - seat("").data().len();
    assert_eq!(message(&"a".repeat(most)).check(), Ok(()));
    assert_eq!(message(&"🍎".repeat(most / 2)).check(), Ok(()));
    let error = message(&"a".repeat(most + 1)).check().unwrap_err();
    assert_eq!(
        error.to_string(),
        "quickReply.items[0].action.data: LINE takes up to 300, not 301, of data that begins with \"seat\""
    );
    let refused = serde_json::to_string(&message(&"🍎".repeat(300))).unwrap_err();
    assert!(
        refused.to_string().contains("begins with \"seat\""),
        "{refused}"
    );
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![any::<String>(), "[/~+01a]{0,8}"]
}

proptest! {
    #[test]
    fn whatever_the_texts_are_the_tap_is_read_again(
        first in text(),
        second in proptest::option::of(text()),
        third: char,
    ) {
        let tap = Everything::Texts { first, second, third };
        prop_assert_eq!(Everything::from_data(&tap.data()), Some(tap));
    }

    #[test]
    fn whatever_the_numbers_are_the_tap_is_read_again(a: u8, b: i64, c: usize) {
        let tap = Everything::Numbers { a, b, c };
        prop_assert_eq!(Everything::from_data(&tap.data()), Some(tap));
    }

    #[test]
    fn whatever_data_comes_it_is_read_or_not(data in "(seat|everything)/[12]/[a-z0-9/~+-]{0,20}") {
        if let Some(tap) = Seat::from_data(&data) {
            prop_assert_eq!(Seat::from_data(&tap.data()), Some(tap));
        }
        if let Some(tap) = Everything::from_data(&data) {
            prop_assert_eq!(Everything::from_data(&tap.data()), Some(tap));
        }
    }
}
