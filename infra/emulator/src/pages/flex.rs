//! Flex messages for the chat page: their texts and what can be tapped, in order. How they are
//! laid out and coloured is LINE's affair; the JSON is there beside them.

use serde_json::Value;

use super::bubble::{Column, button};

/// The parts of a bubble, from above.
const PARTS: [&str; 4] = ["header", "hero", "body", "footer"];
/// Sizes that make a text the card's title.
const LARGE: [&str; 6] = ["lg", "xl", "xxl", "3xl", "4xl", "5xl"];

/// A column for each bubble.
pub(super) fn columns(contents: &Value) -> Vec<Column> {
    let carousel = contents["contents"].as_array();
    let bubbles = carousel.map_or_else(|| vec![contents], |all| all.iter().collect());
    bubbles.into_iter().map(column).collect()
}

fn column(bubble: &Value) -> Column {
    let mut column = Column::default();
    let mut texts = Vec::new();
    for part in PARTS {
        walk(&bubble[part], &mut column, &mut texts);
    }
    column.buttons.extend(bubble.get("action").map(button));
    column.text = texts.join("\n");
    column
}

fn walk(component: &Value, column: &mut Column, texts: &mut Vec<String>) {
    match component["type"].as_str() {
        Some("text") => {
            let text = text(component);
            let is_large = component["size"]
                .as_str()
                .is_some_and(|size| LARGE.contains(&size));
            match column.title {
                None if is_large => column.title = Some(text),
                _ => texts.push(text),
            }
        }
        Some("box") => {
            for inner in component["contents"].as_array().into_iter().flatten() {
                walk(inner, column, texts);
            }
        }
        _ => {}
    }
    column.buttons.extend(component.get("action").map(button));
}

/// A text is in one piece or in spans.
fn text(component: &Value) -> String {
    let spans = component["contents"].as_array().into_iter().flatten();
    let spans: String = spans.filter_map(|span| span["text"].as_str()).collect();
    let whole = component["text"].as_str().filter(|_| spans.is_empty());
    whole.map_or(spans, str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::columns;

    #[test]
    fn a_card_has_its_texts_in_order_and_what_can_be_tapped() {
        let go = json!({"type": "uri", "label": "Go", "uri": "https://example.com"});
        let bubble = json!({"type": "bubble",
            "body": {"type": "box", "layout": "vertical", "contents": [
                {"type": "text", "text": "Reserved", "size": "sm"},
                {"type": "text", "text": "Monday", "size": "xl"},
                {"type": "text", "contents": [{"type": "span", "text": "11"}, {"type": "span", "text": ":00"}]},
            ]},
            "footer": {"type": "box", "layout": "horizontal", "contents": [
                {"type": "button", "action": go},
            ]},
        });
        let card = &columns(&bubble)[0];
        assert_eq!(card.title.as_deref(), Some("Monday"));
        assert_eq!(card.text, "Reserved\n11:00");
        assert_eq!(card.buttons[0].label, "Go");
        let carousel = json!({"type": "carousel", "contents": [bubble, bubble]});
        assert_eq!(columns(&carousel).len(), 2);
    }
}
