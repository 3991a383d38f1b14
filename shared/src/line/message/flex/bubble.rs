//! Bubbles, alone or side by side.

use serde::Serialize;

use crate::line::message::flex::component::{component, one_of};
use crate::line::message::flex::{Baseline, BubbleSize, Column, Image, Row, Video};
use crate::line::message::limit::{OverLimit, each, within};
use crate::line::message::{Action, Color};

/// Maximum number of bubbles of a carousel.
pub(super) const MOST_BUBBLES: usize = 12;

one_of! {
    /// The header, body or footer of a bubble: a box.
    Block: Row Column Baseline;
    /// The hero of a bubble.
    Hero: Row Column Baseline Image Video;
    /// One of those that stand side by side.
    Side: Bubble;
}

component! {
    /// One bubble: header, hero, body and footer below each other, each if it is there
    /// (<https://developers.line.biz/en/reference/messaging-api/#bubble>).
    Bubble("bubble") {} else {
        #[serde(skip_serializing_if = "Option::is_none")]
        direction: Option<&'static str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        header: Option<Block>,
        #[serde(skip_serializing_if = "Option::is_none")]
        hero: Option<Hero>,
        #[serde(skip_serializing_if = "Option::is_none")]
        body: Option<Block>,
        #[serde(skip_serializing_if = "Option::is_none")]
        footer: Option<Block>,
        #[serde(skip_serializing_if = "Styles::is_empty")]
        styles: Styles,
    }

    /// Its width.
    size: BubbleSize,
    /// What a tap does.
    action: Action,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
struct Styles {
    #[serde(skip_serializing_if = "Option::is_none")]
    header: Option<BlockStyle>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hero: Option<BlockStyle>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<BlockStyle>,
    #[serde(skip_serializing_if = "Option::is_none")]
    footer: Option<BlockStyle>,
}

impl Styles {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The look of a block of a bubble
/// (<https://developers.line.biz/en/reference/messaging-api/#block-style>).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BlockStyle {
    #[serde(skip_serializing_if = "Option::is_none")]
    background_color: Option<Color>,
    #[serde(skip_serializing_if = "Option::is_none")]
    separator: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    separator_color: Option<Color>,
}

impl BlockStyle {
    /// LINE's own default.
    pub fn new() -> Self {
        Self::default()
    }

    /// With a ground of this colour.
    #[must_use]
    pub fn background_color(mut self, color: Color) -> Self {
        self.background_color = Some(color);
        self
    }

    /// With a line above, if it is not the first block.
    #[must_use]
    pub fn separator(mut self) -> Self {
        self.separator = Some(true);
        self
    }

    /// With a line of this colour above, if it is not the first block.
    #[must_use]
    pub fn separator_color(mut self, color: Color) -> Self {
        self.separator_color = Some(color);
        self.separator()
    }
}

impl Default for Bubble {
    fn default() -> Self {
        Self::new()
    }
}

macro_rules! blocks {
    ($($block:ident $style:ident $of:ident;)*) => {
        impl Bubble {
            $(
                #[doc = concat!("With this ", stringify!($block), ".")]
                #[must_use]
                pub fn $block(mut self, block: impl Into<$of>) -> Self {
                    self.$block = Some(block.into());
                    self
                }

                #[doc = concat!("With this look of its ", stringify!($block), ".")]
                #[must_use]
                pub fn $style(mut self, style: BlockStyle) -> Self {
                    self.styles.$block = Some(style);
                    self
                }
            )*
        }
    };
}

blocks! {
    header header_style Block;
    hero hero_style Hero;
    body body_style Block;
    footer footer_style Block;
}

impl Bubble {
    /// An empty one.
    pub fn new() -> Self {
        Self::of()
    }

    /// Reads from right to left.
    #[must_use]
    pub fn right_to_left(mut self) -> Self {
        self.direction = Some("rtl");
        self
    }

    pub(super) fn limits(&self) -> Result<(), OverLimit> {
        let block = |member, block: &Option<Block>| {
            let limits = block.as_ref().map_or(Ok(()), Block::limits);
            limits.map_err(|error: OverLimit| error.inside(member))
        };
        block("header", &self.header)?;
        let hero = self.hero.as_ref().map_or(Ok(()), Hero::limits);
        hero.map_err(|error| error.inside("hero"))?;
        block("body", &self.body)?;
        block("footer", &self.footer)?;
        let shows_videos = matches!(
            self.width(),
            BubbleSize::Kilo | BubbleSize::Mega | BubbleSize::Giga
        );
        match self.has_video() && !shows_videos {
            false => Ok(()),
            true => Err(OverLimit::new(
                "size",
                "LINE takes kilo, mega or giga where the hero is a video",
            )),
        }
    }

    fn has_video(&self) -> bool {
        matches!(self.hero, Some(Hero::Video(_)))
    }

    fn width(&self) -> BubbleSize {
        self.size.unwrap_or(BubbleSize::Mega)
    }
}

/// Up to twelve bubbles side by side, all of one width
/// (<https://developers.line.biz/en/reference/messaging-api/#f-carousel>).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename = "carousel")]
pub struct Carousel {
    contents: Vec<Side>,
}

impl Carousel {
    /// An empty one; LINE wants a bubble at least.
    pub fn new() -> Self {
        Self::default()
    }

    /// With one more at its end.
    #[must_use]
    #[expect(clippy::should_implement_trait, reason = "nothing is summed up")]
    pub fn add(mut self, bubble: impl Into<Side>) -> Self {
        self.contents.push(bubble.into());
        self
    }

    /// With several more at its end.
    #[must_use]
    pub fn add_all<T: Into<Side>>(mut self, bubbles: impl IntoIterator<Item = T>) -> Self {
        self.contents.extend(bubbles.into_iter().map(Into::into));
        self
    }

    pub(super) fn limits(&self) -> Result<(), OverLimit> {
        within("contents", self.contents.len(), 1, MOST_BUBBLES)?;
        let mut built = self.contents.iter().filter_map(Side::bubble);
        let width = built.next().map(Bubble::width);
        each("contents", &self.contents, |side| {
            side.limits()?;
            side.bubble().map_or(Ok(()), |bubble| bubble.beside(width))
        })
    }
}

impl Bubble {
    /// Whether it may stand beside bubbles of this width.
    fn beside(&self, width: Option<BubbleSize>) -> Result<(), OverLimit> {
        if self.has_video() {
            let problem = "LINE takes a video in a bubble that stands alone";
            return Err(OverLimit::new("hero.type", problem));
        }
        match width.is_none_or(|width| width == self.width()) {
            true => Ok(()),
            false => Err(OverLimit::new(
                "size",
                "LINE takes bubbles of one width in a carousel",
            )),
        }
    }
}

impl Side {
    fn bubble(&self) -> Option<&Bubble> {
        match self {
            Self::Bubble(bubble) => Some(bubble),
            Self::Json(_) => None,
        }
    }
}
