//! Texts of flex messages.

use serde::Serialize;

use crate::line::message::flex::component::{Placed, component, placed};
use crate::line::message::flex::{Align, Gravity, Size};
use crate::line::message::limit::{OverLimit, not_empty};
use crate::line::message::{Action, Color};

component! {
    /// A text: of one line, cut off at its end, unless it is to wrap
    /// (<https://developers.line.biz/en/reference/messaging-api/#f-text>).
    Text("text") {
        #[serde(skip_serializing_if = "String::is_empty")]
        text: String,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        contents: Vec<Span>,
    } else {
        #[serde(skip_serializing_if = "Option::is_none")]
        wrap: Option<bool>,
        #[serde(skip_serializing_if = "Option::is_none")]
        line_spacing: Option<Size>,
        #[serde(skip_serializing_if = "Option::is_none")]
        adjust_mode: Option<&'static str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        scaling: Option<bool>,
        #[serde(flatten)]
        font: Font,
        #[serde(flatten)]
        placed: Placed,
    }

    /// How much of the free room of its box it takes, beside the others; 0 is what it needs.
    flex: u32,
    /// Where it stands from side to side.
    align: Align,
    /// Where it stands from top to bottom.
    gravity: Gravity,
    /// Maximum number of lines, of a text that wraps; 0 is any number.
    max_lines: u32,
    /// What a tap does.
    action: Action,
}

placed!(Text);

impl Text {
    /// A text, which is not empty.
    pub fn new(text: impl Into<String>) -> Self {
        Self::of(text.into(), Vec::new())
    }

    /// A text of several looks.
    pub fn spans(spans: impl IntoIterator<Item = Span>) -> Self {
        Self::of(String::new(), spans.into_iter().collect())
    }

    /// Goes on in the next line where it is too long, and at each `\n`.
    #[must_use]
    pub fn wrap(mut self) -> Self {
        self.wrap = Some(true);
        self
    }

    /// With this number of pixels between its lines: 1 or more.
    #[must_use]
    pub fn line_spacing(mut self, pixels: u16) -> Self {
        self.line_spacing = Some(Size::Px(pixels));
        self
    }

    /// In smaller letters where it is too long, as far as the phone can do that.
    #[must_use]
    pub fn shrink_to_fit(mut self) -> Self {
        self.adjust_mode = Some("shrink-to-fit");
        self
    }

    /// Grows with the size of letters that the user has set in LINE.
    #[must_use]
    pub fn scaling(mut self) -> Self {
        self.scaling = Some(true);
        self
    }

    pub(super) fn limits(&self) -> Result<(), OverLimit> {
        if self.contents.is_empty() {
            not_empty("text", &self.text)?;
        }
        match self.line_spacing {
            Some(Size::Px(0)) => Err(OverLimit::new("lineSpacing", "LINE takes 1 pixel or more")),
            _ => Ok(()),
        }
    }
}

/// A part of a text, with a look of its own
/// (<https://developers.line.biz/en/reference/messaging-api/#span>).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename = "span")]
pub struct Span {
    text: String,
    #[serde(flatten)]
    font: Font,
}

impl Span {
    /// A part of a text.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            font: Font::default(),
        }
    }
}

/// The look of letters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
struct Font {
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<Size>,
    #[serde(skip_serializing_if = "Option::is_none")]
    color: Option<Color>,
    #[serde(skip_serializing_if = "Option::is_none")]
    weight: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    style: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    decoration: Option<&'static str>,
}

macro_rules! font {
    ($($name:ident)*) => {$(
        impl $name {
            /// In letters of this size.
            #[must_use]
            pub fn size(mut self, size: Size) -> Self {
                self.font.size = Some(size);
                self
            }

            /// In this colour.
            #[must_use]
            pub fn color(mut self, color: Color) -> Self {
                self.font.color = Some(color);
                self
            }

            /// In bold letters.
            #[must_use]
            pub fn bold(mut self) -> Self {
                self.font.weight = Some("bold");
                self
            }

            /// In italics.
            #[must_use]
            pub fn italic(mut self) -> Self {
                self.font.style = Some("italic");
                self
            }

            /// With a line below.
            #[must_use]
            pub fn underline(mut self) -> Self {
                self.font.decoration = Some("underline");
                self
            }

            /// Crossed out.
            #[must_use]
            pub fn line_through(mut self) -> Self {
                self.font.decoration = Some("line-through");
                self
            }
        }
    )*};
}

font!(Text Span);
