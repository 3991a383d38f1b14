//! A conversation as a person sees it in LINE.

use serde_json::{Value, json};

use super::flex::{self, FlexBubble};
use crate::clock;
use crate::world::chat::{Bubble, Speaker};

/// One bubble, ready for the template.
pub(super) struct BubbleView {
    /// `user`, `account` or `notice`.
    pub(super) side: &'static str,
    /// The day, where it is another one than that of the bubble before.
    pub(super) day: Option<String>,
    /// The time of day.
    pub(super) time: String,
    /// What kind of card it is, for all but texts.
    pub(super) kind: Option<String>,
    /// The bubbles of a flex message.
    pub(super) flex: Vec<FlexBubble>,
    /// The columns of any other; a text is one column without buttons.
    pub(super) columns: Vec<Column>,
    /// Whether its buttons stand side by side.
    pub(super) confirm: bool,
    /// The message as JSON, where the page shows only a part of it.
    pub(super) json: Option<String>,
}

/// One card.
#[derive(Default)]
pub(super) struct Column {
    /// The bold line.
    pub(super) title: Option<String>,
    pub(super) text: String,
    pub(super) buttons: Vec<Button>,
}

/// Something to tap.
pub(super) struct Button {
    /// What it says.
    pub(super) label: String,
    /// What it does.
    pub(super) does: Tap,
}

/// What a tap does in LINE.
pub(super) enum Tap {
    /// The user says a text.
    Say { text: String },
    /// A postback.
    Post {
        data: String,
        /// What the user is shown to have said.
        display_text: String,
    },
    /// A postback with a picked date or time.
    Pick {
        data: String,
        /// `date`, `time` or `datetime`.
        mode: String,
        /// The type of the input field.
        input: &'static str,
    },
    /// Opens a page.
    Open {
        /// Its address.
        uri: String,
    },
    /// Another rich menu.
    Switch,
    /// Nothing here.
    Nothing,
}

/// The bubbles of a conversation. `hours` is the distance of its clock from UTC.
pub(super) fn bubbles<'a>(
    conversation: impl Iterator<Item = &'a Bubble>,
    hours: i8,
) -> Vec<BubbleView> {
    let mut last_day = String::new();
    let views = conversation.map(|bubble| {
        let mut view = view(bubble, hours);
        let day = clock::day(bubble.at, hours);
        if day != last_day {
            view.day = Some(day.clone());
            last_day = day;
        }
        view
    });
    views.collect()
}

/// The quick replies under the last bubble; they go when anything follows.
pub(super) fn chips(last: Option<&Bubble>) -> Vec<Button> {
    let last = last.filter(|bubble| bubble.from == Speaker::Account);
    last.map_or_else(Vec::new, |bubble| {
        bubble.quick_replies().into_iter().map(button).collect()
    })
}

fn view(bubble: &Bubble, hours: i8) -> BubbleView {
    let message = &bubble.message;
    let kind = text(message, "type");
    let (columns, confirm) = columns(&kind, message);
    let plain = matches!(kind.as_str(), "text" | "textV2" | "notice");
    BubbleView {
        side: match bubble.from {
            Speaker::User => "user",
            Speaker::Account => "account",
            Speaker::Notice => "notice",
        },
        day: None,
        time: clock::time_of_day(bubble.at, hours)
            .chars()
            .take(5)
            .collect(),
        json: columns.is_empty().then(|| pretty(message)),
        flex: match kind.as_str() {
            "flex" => flex::bubbles(&message["contents"]),
            _ => Vec::new(),
        },
        kind: (!plain).then_some(kind),
        columns,
        confirm,
    }
}

fn columns(kind: &str, message: &Value) -> (Vec<Column>, bool) {
    match kind {
        "template" => template(&message["template"]),
        "location" => {
            let title = text(message, "title");
            (vec![titled(title, text(message, "address"))], false)
        }
        "sticker" => {
            let (package, sticker) = (text(message, "packageId"), text(message, "stickerId"));
            (vec![plain(format!("{package} / {sticker}"))], false)
        }
        "image" | "video" | "audio" => (vec![plain(text(message, "originalContentUrl"))], false),
        "file" => (vec![plain(text(message, "fileName"))], false),
        "coupon" => (vec![plain(text(message, "couponId"))], false),
        "imagemap" => (vec![imagemap(message)], false),
        "text" | "textV2" | "notice" => (vec![plain(text(message, "text"))], false),
        _ => (Vec::new(), false),
    }
}

fn template(template: &Value) -> (Vec<Column>, bool) {
    match template.get("columns").and_then(Value::as_array) {
        Some(columns) => (columns.iter().map(card).collect(), false),
        None => (vec![card(template)], text(template, "type") == "confirm"),
    }
}

fn card(object: &Value) -> Column {
    let actions = object.get("actions").and_then(Value::as_array);
    let several = actions.into_iter().flatten();
    let title = object.get("title").and_then(Value::as_str);
    Column {
        title: title.map(str::to_owned),
        text: text(object, "text"),
        buttons: several.chain(object.get("action")).map(button).collect(),
    }
}

/// What an imagemap says in place of its picture, and a button for each of its areas.
fn imagemap(message: &Value) -> Column {
    let actions = message["actions"].as_array().into_iter().flatten();
    Column {
        buttons: actions.map(|area| button(&area_action(area))).collect(),
        ..plain(text(message, "altText"))
    }
}

/// An area does what an action of other messages does, by other names; it need not have a label.
fn area_action(area: &Value) -> Value {
    let members = ["label", "text", "linkUri", "clipboardText"];
    let mut texts = members.iter().map(|member| text(area, member));
    let label = texts.find(|text| !text.is_empty());
    json!({"type": area["type"], "label": label, "text": area["text"], "uri": area["linkUri"]})
}

fn plain(text: String) -> Column {
    Column {
        text,
        ..Column::default()
    }
}

fn titled(title: String, text: String) -> Column {
    Column {
        title: Some(title),
        ..plain(text)
    }
}

/// Something to tap, by its action.
///
/// Source: <https://developers.line.biz/en/reference/messaging-api/#action-objects>
pub(super) fn button(action: &Value) -> Button {
    let kind = text(action, "type");
    let given = text(action, "label");
    let label = if given.is_empty() {
        kind.clone()
    } else {
        given
    };
    let does = match kind.as_str() {
        "message" => Tap::Say {
            text: text(action, "text"),
        },
        "postback" => Tap::Post {
            data: text(action, "data"),
            display_text: text(action, "displayText"),
        },
        "datetimepicker" => pick(action),
        "richmenuswitch" => Tap::Switch,
        "uri" => open(text(action, "uri")),
        _ => Tap::Nothing,
    };
    Button { label, does }
}

fn pick(action: &Value) -> Tap {
    let mode = text(action, "mode");
    Tap::Pick {
        data: text(action, "data"),
        input: match mode.as_str() {
            "date" => "date",
            "time" => "time",
            _ => "datetime-local",
        },
        mode,
    }
}

/// Only web pages are opened: a message must not be able to run a script here.
fn open(uri: String) -> Tap {
    if uri.starts_with("https://") || uri.starts_with("http://") {
        Tap::Open { uri }
    } else {
        Tap::Nothing
    }
}

fn text(object: &Value, member: &str) -> String {
    let text = object.get(member).and_then(Value::as_str);
    text.unwrap_or_default().to_owned()
}

/// JSON for reading.
pub(super) fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Tap, bubbles, button, chips};
    use crate::world::chat::{Bubble, Speaker};

    fn bubble(from: Speaker, at: i64) -> Bubble {
        let item =
            json!({"type": "action", "action": {"type": "message", "label": "a", "text": "b"}});
        let message = json!({"type": "text", "text": "a", "quickReply": {"items": [item]}});
        Bubble {
            number: 1,
            at,
            from,
            message,
            edited_at: None,
        }
    }

    #[test]
    fn quick_replies_are_shown_under_the_accounts_last_message_only() {
        assert_eq!(chips(Some(&bubble(Speaker::Account, 0))).len(), 1);
        assert_eq!(chips(Some(&bubble(Speaker::User, 0))).len(), 0);
        assert_eq!(chips(None).len(), 0);
    }

    #[test]
    fn a_new_day_is_marked_once() {
        let said = [0, 1, 86_400_000].map(|at| bubble(Speaker::User, at));
        let days: Vec<bool> = bubbles(said.iter(), 9)
            .iter()
            .map(|view| view.day.is_some())
            .collect();
        assert_eq!(days, [true, false, true]);
    }

    #[test]
    fn an_imagemap_has_a_button_for_each_area() {
        let message = json!({"type": "imagemap", "altText": "Floors", "actions": [
            {"type": "message", "text": "first floor"},
            {"type": "uri", "linkUri": "https://a.jp", "label": "Site"},
            {"type": "clipboard", "clipboardText": "A-1"}]});
        let column = super::imagemap(&message);
        assert_eq!(column.text, "Floors");
        let labels: Vec<_> = column.buttons.iter().map(|it| it.label.as_str()).collect();
        assert_eq!(labels, ["first floor", "Site", "A-1"]);
        let does: Vec<_> = column.buttons.into_iter().map(|it| it.does).collect();
        assert!(matches!(&does[0], Tap::Say { text } if text == "first floor"));
        assert!(matches!(&does[1], Tap::Open { uri } if uri == "https://a.jp"));
        assert!(matches!(&does[2], Tap::Nothing));
    }

    #[test]
    fn a_link_that_would_run_a_script_is_dead() {
        let action = json!({"type": "uri", "label": "a", "uri": "javascript:alert(1)"});
        assert!(matches!(button(&action).does, Tap::Nothing));
    }
}
