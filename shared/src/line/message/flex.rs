//! Flex messages: layouts of LINE's own JSON, drawn with its simulator or made by
//! anything that serialises
//! (<https://developers.line.biz/en/reference/messaging-api/#flex-message>).

use serde::{Deserialize as _, Serialize};
use serde_json::Value;

use crate::line::message::around::Around;
use crate::line::message::limit::{OverLimit, at_most, each, units, within};
use crate::line::message::{Action, Place, message};

/// Maximum length of a bubble's JSON, in bytes.
const LARGEST_BUBBLE: usize = 30 * 1024;
/// Maximum length of a carousel's JSON, in bytes.
const LARGEST_CAROUSEL: usize = 50 * 1024;
/// Maximum number of bubbles of a carousel.
const MOST_BUBBLES: usize = 12;
/// The types of [`Action`]; another is newer than this, and LINE's to judge.
const ACTIONS: [&str; 9] = [
    "postback",
    "message",
    "uri",
    "datetimepicker",
    "camera",
    "cameraRoll",
    "location",
    "richmenuswitch",
    "clipboard",
];

/// A flex message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(
    remote = "Self",
    tag = "type",
    rename = "flex",
    rename_all = "camelCase"
)]
pub struct Flex {
    alt_text: String,
    contents: Value,
    #[serde(flatten)]
    around: Around,
}

impl Flex {
    /// `alt_text` is what notifications show, up to 1,500 characters; `contents` is a
    /// bubble or carousel. Its size is checked, and its actions are.
    pub fn new(alt_text: impl Into<String>, contents: Value) -> Self {
        Self {
            alt_text: alt_text.into(),
            contents,
            around: Around::default(),
        }
    }

    fn limits(&self) -> Result<(), OverLimit> {
        within("altText", units(&self.alt_text), 1, 1_500)?;
        match self.contents["type"].as_str() {
            Some("bubble") => at_most("contents", size(&self.contents), LARGEST_BUBBLE)?,
            Some("carousel") => self.carousel_limits()?,
            _ => return Err(OverLimit::new("contents.type", "it is bubble or carousel")),
        }
        actions(&self.contents).map_err(|error| error.inside("contents"))
    }

    fn carousel_limits(&self) -> Result<(), OverLimit> {
        let bubbles = self.contents["contents"]
            .as_array()
            .map_or(&[][..], Vec::as_slice);
        at_most("contents.contents", bubbles.len(), MOST_BUBBLES)?;
        for (place, bubble) in bubbles.iter().enumerate() {
            let member = format!("contents.contents[{place}]");
            at_most(&member, size(bubble), LARGEST_BUBBLE)?;
        }
        at_most("contents", size(&self.contents), LARGEST_CAROUSEL)
    }
}

/// The action of each component, however deep it is.
fn actions(component: &Value) -> Result<(), OverLimit> {
    let members = component.as_object().into_iter().flatten();
    for (name, member) in members {
        let inner = match member {
            Value::Object(_) if name == "action" => action(component, member),
            Value::Object(_) => actions(member),
            Value::Array(all) => {
                each(name, all, actions)?;
                continue;
            }
            _ => continue,
        };
        inner.map_err(|error| error.inside(name))?;
    }
    Ok(())
}

fn action(component: &Value, action: &Value) -> Result<(), OverLimit> {
    let kind = action["type"].as_str().unwrap_or_default();
    if !kind.is_empty() && !ACTIONS.contains(&kind) {
        return Ok(());
    }
    let place = match component["type"].as_str() {
        Some("button") => Place::FlexButton,
        _ => Place::Flex,
    };
    match Action::deserialize(action) {
        Ok(action) => action.limits(place),
        Err(error) => Err(OverLimit::new("type", error.to_string())),
    }
}

fn size(container: &Value) -> usize {
    container.to_string().len()
}

message!(Flex);
