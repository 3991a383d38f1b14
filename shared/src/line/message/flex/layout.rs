//! Boxes of flex messages: what lies beside or below what.

use serde::{Serialize, Serializer};

use crate::line::message::flex::component::{Placed, component, insets, one_of, placed};
use crate::line::message::flex::{
    AlignItems, Border, Button, Icon, Image, Inset, Justify, Length, Separator, Space, Text,
};
use crate::line::message::limit::{OverLimit, each};
use crate::line::message::{Action, Color};

one_of! {
    /// What a row or a column holds.
    Component: Row Column Baseline Button Image Separator Text;
    /// What a line of text holds.
    Inline: Icon Text;
}

macro_rules! boxes {
    ($($(#[$meta:meta])* $name:ident $layout:literal $holds:ident;)*) => {$(
        component! {
            $(#[$meta])*
            $name("box") {
                layout: &'static str,
                contents: Vec<$holds>,
            } else {
                #[serde(flatten)]
                padding: Padding,
                #[serde(flatten)]
                placed: Placed,
            }

            /// The distance between what it holds.
            spacing: Space,
            /// How much of the free room of its box it takes, beside the others; 0 is what it
            /// needs.
            flex: u32,
            /// Its width.
            width: Length,
            /// Its maximum width.
            max_width: Length,
            /// Its height.
            height: Length,
            /// Its maximum height.
            max_height: Length,
            /// The colour of its ground.
            background_color: Color,
            /// Its ground, from one colour to another.
            background: Gradient,
            /// The colour of its border.
            border_color: Color,
            /// The width of its border.
            border_width: Border,
            /// How round its corners are.
            corner_radius: Space,
            /// How what it holds shares the free room along its direction.
            justify_content: Justify,
            /// Where what it holds stands across its direction.
            align_items: AlignItems,
            /// What a tap does.
            action: Action,
        }

        placed!($name);

        impl Default for $name {
            fn default() -> Self {
                Self::new()
            }
        }

        impl $name {
            /// An empty one.
            pub fn new() -> Self {
                Self::of($layout, Vec::new())
            }

            /// With one more at its end.
            #[must_use]
            #[expect(clippy::should_implement_trait, reason = "nothing is summed up")]
            pub fn add(mut self, inner: impl Into<$holds>) -> Self {
                self.contents.push(inner.into());
                self
            }

            /// With several more at its end.
            #[must_use]
            pub fn add_all<T: Into<$holds>>(mut self, inner: impl IntoIterator<Item = T>) -> Self {
                self.contents.extend(inner.into_iter().map(Into::into));
                self
            }

            /// With this distance to its border on all sides.
            #[must_use]
            pub fn padding(mut self, by: impl Into<Inset>) -> Self {
                self.padding.padding_all = Some(by.into());
                self
            }

            insets! {
                padding
                /// With this distance to its upper border.
                padding_top
                /// With this distance to its lower border.
                padding_bottom
                /// With this distance to the border where lines begin.
                padding_start
                /// With this distance to the border where lines end.
                padding_end
            }

            pub(super) fn limits(&self) -> Result<(), OverLimit> {
                self.background.map_or(Ok(()), Gradient::limits)?;
                each("contents", &self.contents, $holds::limits)
            }
        }
    )*};
}

boxes! {
    /// What it holds stands side by side
    /// (<https://developers.line.biz/en/reference/messaging-api/#box>).
    Row "horizontal" Component;
    /// What it holds stands one below the other
    /// (<https://developers.line.biz/en/reference/messaging-api/#box>).
    Column "vertical" Component;
    /// A line of texts and icons, on one baseline whatever their sizes
    /// (<https://developers.line.biz/en/reference/messaging-api/#box>).
    Baseline "baseline" Inline;
}

/// The distance between a box's border and what it holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Padding {
    #[serde(skip_serializing_if = "Option::is_none")]
    padding_all: Option<Inset>,
    #[serde(skip_serializing_if = "Option::is_none")]
    padding_top: Option<Inset>,
    #[serde(skip_serializing_if = "Option::is_none")]
    padding_bottom: Option<Inset>,
    #[serde(skip_serializing_if = "Option::is_none")]
    padding_start: Option<Inset>,
    #[serde(skip_serializing_if = "Option::is_none")]
    padding_end: Option<Inset>,
}

/// A ground from one colour to another
/// (<https://developers.line.biz/en/docs/messaging-api/flex-message-layout/#linear-gradient-bg>).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename = "linearGradient", rename_all = "camelCase")]
pub struct Gradient {
    #[serde(serialize_with = "degrees")]
    angle: u16,
    start_color: Color,
    end_color: Color,
    #[serde(skip_serializing_if = "Option::is_none")]
    center_color: Option<Color>,
    #[serde(skip_serializing_if = "Option::is_none")]
    center_position: Option<Length>,
}

impl Gradient {
    /// At 0 degrees it begins at the bottom, at 90 on the left, at 180 at the top; less than
    /// 360.
    pub fn new(degrees: u16, start: Color, end: Color) -> Self {
        Self {
            angle: degrees,
            start_color: start,
            end_color: end,
            center_color: None,
            center_position: None,
        }
    }

    /// With a third colour in between, at this part of the way: 0 to 100 percent.
    #[must_use]
    pub fn center(mut self, color: Color, percent: u16) -> Self {
        self.center_color = Some(color);
        self.center_position = Some(Length::Percent(percent));
        self
    }

    fn limits(self) -> Result<(), OverLimit> {
        if self.angle >= 360 {
            let problem = format!("LINE takes 0 to 359 degrees, not {}", self.angle);
            return Err(OverLimit::new("background.angle", problem));
        }
        match self.center_position {
            Some(Length::Percent(percent)) if percent > 100 => Err(OverLimit::new(
                "background.centerPosition",
                format!("LINE takes 0 to 100 percent, not {percent}"),
            )),
            _ => Ok(()),
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn degrees<S: Serializer>(angle: &u16, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("{angle}deg"))
}
