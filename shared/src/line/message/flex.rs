//! Flex messages: layouts of LINE's own JSON, drawn with its simulator or made by
//! anything that serialises
//! (<https://developers.line.biz/en/reference/messaging-api/#flex-message>).

use serde::Serialize;
use serde_json::Value;

use crate::line::message::around::Around;
use crate::line::message::limit::{OverLimit, at_most, units, within};
use crate::line::message::message;

/// Maximum length of a bubble's JSON, in bytes.
const LARGEST_BUBBLE: usize = 30 * 1024;
/// Maximum length of a carousel's JSON, in bytes.
const LARGEST_CAROUSEL: usize = 50 * 1024;
/// Maximum number of bubbles of a carousel.
const MOST_BUBBLES: usize = 12;

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
    /// bubble or carousel.
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
            Some("bubble") => at_most("contents", size(&self.contents), LARGEST_BUBBLE),
            Some("carousel") => self.carousel_limits(),
            _ => Err(OverLimit::new("contents.type", "it is bubble or carousel")),
        }
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

fn size(container: &Value) -> usize {
    container.to_string().len()
}

message!(Flex);
