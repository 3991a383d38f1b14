//! Flex messages: layouts made of rows and columns, or of LINE's own JSON, drawn with its
//! simulator or made by anything that serialises
//! (<https://developers.line.biz/en/reference/messaging-api/#flex-message>).
//!
//! ```
//! use shared::line::message::flex::{Bubble, Column, Separator, Size, Text};
//! use shared::line::message::Flex;
//!
//! let body = Column::new()
//!     .add(Text::new("Table for two").bold().size(Size::Xl))
//!     .add(Separator::new())
//!     .add(Text::new("Tonight at seven").wrap());
//! let card = Flex::new("Your table", Bubble::new().body(body));
//! ```

mod bubble;
mod button;
mod component;
mod image;
mod layout;
#[cfg(test)]
mod tests;
mod text;
mod value;

pub use bubble::{Block, BlockStyle, Bubble, Carousel, Hero, Side};
pub use button::{Button, Separator};
pub use image::{AltContent, Icon, Image, Video};
pub use layout::{Baseline, Column, Component, Gradient, Inline, Row};
pub use text::{Span, Text};
pub use value::{
    Align, AlignItems, Border, BubbleSize, ButtonHeight, ButtonStyle, Gravity, ImageSize, Inset,
    Justify, Length, Size, Space,
};

use serde::{Deserialize as _, Serialize};
use serde_json::Value;

use crate::line::message::around::Around;
use crate::line::message::limit::{OverLimit, at_most, each, units, within};
use crate::line::message::{Action, Place, message};
use bubble::MOST_BUBBLES;
use component::one_of;

/// Maximum length of a bubble's JSON, in bytes.
const LARGEST_BUBBLE: usize = 30 * 1024;
/// Maximum length of a carousel's JSON, in bytes.
const LARGEST_CAROUSEL: usize = 50 * 1024;
/// Maximum number of images of a message that play.
const MOST_ANIMATED: usize = 10;
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

one_of! {
    /// What a flex message is: one bubble, or several side by side.
    Container: Bubble Carousel;
}

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
    contents: Container,
    #[serde(flatten)]
    around: Around,
}

impl Flex {
    /// `alt_text` is what notifications show, up to 1,500 characters. Of contents that are
    /// LINE's own JSON the size and the actions are checked.
    pub fn new(alt_text: impl Into<String>, contents: impl Into<Container>) -> Self {
        Self {
            alt_text: alt_text.into(),
            contents: contents.into(),
            around: Around::default(),
        }
    }

    fn limits(&self) -> Result<(), OverLimit> {
        within("altText", units(&self.alt_text), 1, 1_500)?;
        let inside = |error: OverLimit| error.inside("contents");
        self.contents.limits().map_err(inside)?;
        let contents = self.contents.json()?;
        match contents["type"].as_str() {
            Some("bubble") => at_most("contents", size(&contents), LARGEST_BUBBLE)?,
            Some("carousel") => carousel_limits(&contents)?,
            _ => return Err(OverLimit::new("contents.type", "it is bubble or carousel")),
        }
        animated_limits(&contents)?;
        actions(&contents).map_err(inside)
    }
}

impl Container {
    fn json(&self) -> Result<Value, OverLimit> {
        let json = serde_json::to_value(self);
        json.map_err(|error| OverLimit::new("contents", error.to_string()))
    }
}

fn carousel_limits(carousel: &Value) -> Result<(), OverLimit> {
    let bubbles = carousel["contents"]
        .as_array()
        .map_or(&[][..], Vec::as_slice);
    at_most("contents.contents", bubbles.len(), MOST_BUBBLES)?;
    for (place, bubble) in bubbles.iter().enumerate() {
        let member = format!("contents.contents[{place}]");
        at_most(&member, size(bubble), LARGEST_BUBBLE)?;
    }
    at_most("contents", size(carousel), LARGEST_CAROUSEL)
}

fn animated_limits(contents: &Value) -> Result<(), OverLimit> {
    match animated(contents) {
        0..=MOST_ANIMATED => Ok(()),
        found => Err(OverLimit::new(
            "contents",
            format!("LINE takes up to {MOST_ANIMATED} animated images in a message, not {found}"),
        )),
    }
}

/// The number of images that play.
fn animated(component: &Value) -> usize {
    match component {
        Value::Object(members) => {
            let own = component["animated"] == true;
            usize::from(own) + members.values().map(animated).sum::<usize>()
        }
        Value::Array(all) => all.iter().map(animated).sum(),
        _ => 0,
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
