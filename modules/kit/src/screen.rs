//! What is on a user's screen that can be tapped.

use emulator::{Bubble, Speaker};
use serde_json::Value;

/// The actions of a message: of its buttons, then of its quick replies.
pub(crate) fn actions(message: &Value) -> Vec<&Value> {
    let mut found = Vec::new();
    collect(message, &mut found);
    found
}

/// An action is an object with a label, or what stands under `action` or in a list of `actions`, wherever that is.
fn collect<'a>(value: &'a Value, found: &mut Vec<&'a Value>) {
    match value {
        Value::Array(values) => values.iter().for_each(|value| collect(value, found)),
        Value::Object(members) => {
            // Quick replies stand below everything else, whatever their place in the JSON.
            let (last, first): (Vec<_>, Vec<_>) =
                members.iter().partition(|(name, _)| *name == "quickReply");
            for (name, value) in first.into_iter().chain(last) {
                match (name.as_str(), value) {
                    ("action" | "defaultAction", Value::Object(_)) => found.push(value),
                    ("actions", Value::Array(actions)) => found.extend(actions),
                    _ => collect(value, found),
                }
            }
        }
        _ => {}
    }
}

/// What is read on it.
pub(crate) fn label(action: &Value) -> &str {
    let text = |name: &str| action[name].as_str();
    let label = text("label").or_else(|| text("text"));
    label.or_else(|| text("data")).unwrap_or_default()
}

/// All that can be tapped, the nearest first: the newest message with its quick replies, the older messages'
/// buttons, the rich menu.
pub(crate) fn tappable(bubbles: &[Bubble], menu: Option<&Value>) -> Vec<Value> {
    let newest = bubbles.last().map(|bubble| bubble.number);
    let own = bubbles
        .iter()
        .rev()
        .filter(|bubble| bubble.from == Speaker::Account);
    let of_messages = own.flat_map(|bubble| {
        let mut message = bubble.message.clone();
        // Quick replies go when the next message comes.
        if let (false, Some(members)) = (Some(bubble.number) == newest, message.as_object_mut()) {
            members.remove("quickReply");
        }
        actions(&message).into_iter().cloned().collect::<Vec<_>>()
    });
    let of_menu = menu.into_iter().flat_map(actions).cloned();
    of_messages.chain(of_menu).collect()
}
