//! What a guest gets for a reservation: a card to keep, with what can be done about it.

use line_module::Flex;
use serde_json::{Value, json};

use crate::shop::Shop;
use crate::slot::Slot;
use crate::texts::Texts;

/// The card of a reservation that has just been made.
pub(crate) fn confirmation(shop: &Shop, texts: &Texts, slot: Slot) -> Flex {
    let line = |text: String, size: &str, weight: &str| json!({"type": "text", "text": text, "size": size, "weight": weight, "wrap": true});
    let mut lines = vec![
        json!({"type": "text", "text": texts.reserved, "size": "sm", "weight": "bold", "color": "#1f7a57"}),
        line(texts.slot(slot), "xl", "bold"),
    ];
    if !shop.name.is_empty() {
        lines.insert(1, line(shop.name.clone(), "md", "regular"));
    }
    let bubble = json!({
        "type": "bubble",
        "body": {"type": "box", "layout": "vertical", "spacing": "md", "contents": lines},
        "footer": {"type": "box", "layout": "horizontal", "spacing": "sm", "contents": [
            button("primary", &json!({"type": "message", "label": texts.list_label, "text": texts.list_label})),
            button("secondary", &json!({"type": "postback", "label": texts.cancel_label,
                "data": format!("cancel {slot}"), "displayText": texts.cancel_label})),
        ]},
    });
    Flex::new(texts.confirmed(slot), bubble)
}

fn button(style: &str, action: &Value) -> Value {
    let mut button = json!({"type": "button", "style": style, "height": "sm", "action": action});
    if style == "primary" {
        button["color"] = "#1f7a57".into();
    }
    button
}
