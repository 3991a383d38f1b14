//! Sizes, distances and alignments of flex messages, in LINE's keywords, pixels and
//! percentages
//! (<https://developers.line.biz/en/docs/messaging-api/flex-message-layout/>).

use serde::{Serialize, Serializer};

use crate::line::message::limit::OverLimit;

/// Enums of LINE's keywords, with `Px` or `Percent` where LINE takes such values too.
macro_rules! keywords {
    ($($(#[$meta:meta])* $name:ident {
        $($(#[$doc:meta])* $variant:ident = $word:literal,)*
        $(; $($(#[$udoc:meta])* $unit:ident $suffix:literal,)*)?
    })*) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name {
            $($(#[$doc])* $variant,)*
            $($($(#[$udoc])* $unit(u16),)*)?
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self {
                    $(Self::$variant => serializer.serialize_str($word),)*
                    $($(Self::$unit(number) => {
                        serializer.collect_str(&format_args!("{number}{}", $suffix))
                    })*)?
                }
            }
        }
    )*};
}

keywords! {
    /// The size of letters and icons: `Md` if nothing is said.
    Size {
        /// The smallest.
        Xxs = "xxs",
        /// Very small.
        Xs = "xs",
        /// Small.
        Sm = "sm",
        /// LINE's own default.
        Md = "md",
        /// Large.
        Lg = "lg",
        /// Very large.
        Xl = "xl",
        /// Larger than `Xl`.
        Xxl = "xxl",
        /// Larger than `Xxl`.
        X3l = "3xl",
        /// Larger than `X3l`.
        X4l = "4xl",
        /// The largest.
        X5l = "5xl",
        ;
        /// In pixels.
        Px "px",
    }

    /// The maximum width of an image: `Md` if nothing is said.
    ImageSize {
        /// The smallest.
        Xxs = "xxs",
        /// Very small.
        Xs = "xs",
        /// Small.
        Sm = "sm",
        /// LINE's own default.
        Md = "md",
        /// Large.
        Lg = "lg",
        /// Very large.
        Xl = "xl",
        /// Larger than `Xl`.
        Xxl = "xxl",
        /// Larger than `Xxl`.
        X3l = "3xl",
        /// Larger than `X3l`.
        X4l = "4xl",
        /// Larger than `X4l`.
        X5l = "5xl",
        /// As wide as there is room.
        Full = "full",
        ;
        /// In pixels.
        Px "px",
        /// Of the width of its box.
        Percent "%",
    }

    /// A distance between components, or the radius of a box's corners: from none to very
    /// large.
    Space {
        /// None.
        None = "none",
        /// Very small.
        Xs = "xs",
        /// Small.
        Sm = "sm",
        /// In the middle.
        Md = "md",
        /// Large.
        Lg = "lg",
        /// Very large.
        Xl = "xl",
        /// The largest.
        Xxl = "xxl",
        ;
        /// In pixels.
        Px "px",
    }

    /// A distance within a box: its padding, or how far a component is moved. A
    /// [`Space`] is one too.
    Inset {
        /// None.
        None = "none",
        /// Very small.
        Xs = "xs",
        /// Small.
        Sm = "sm",
        /// In the middle.
        Md = "md",
        /// Large.
        Lg = "lg",
        /// Very large.
        Xl = "xl",
        /// The largest.
        Xxl = "xxl",
        ;
        /// In pixels.
        Px "px",
        /// Of the box: of its height where it is moved up or down, else of its width.
        Percent "%",
    }

    /// The width or height of a box.
    Length {
        ;
        /// In pixels.
        Px "px",
        /// Of the box around it.
        Percent "%",
    }

    /// The border of a box.
    Border {
        /// None.
        None = "none",
        /// The thinnest.
        Light = "light",
        /// A common one.
        Normal = "normal",
        /// A little thicker.
        Medium = "medium",
        /// Thick.
        SemiBold = "semi-bold",
        /// The thickest.
        Bold = "bold",
        ;
        /// In pixels.
        Px "px",
    }

    /// Where a text or an image stands from side to side.
    Align {
        /// Where lines begin: on the left, if the bubble is not from right to left.
        Start = "start",
        /// Where lines end.
        End = "end",
        /// In the middle.
        Center = "center",
    }

    /// Where a component stands from top to bottom.
    Gravity {
        /// At the top.
        Top = "top",
        /// At the bottom.
        Bottom = "bottom",
        /// In the middle.
        Center = "center",
    }

    /// How a box's components share the free room along its direction.
    Justify {
        /// In the middle.
        Center = "center",
        /// At the beginning.
        Start = "flex-start",
        /// At the end.
        End = "flex-end",
        /// All of it between them.
        SpaceBetween = "space-between",
        /// Around each of them.
        SpaceAround = "space-around",
        /// The same everywhere.
        SpaceEvenly = "space-evenly",
    }

    /// Where a box's components stand across its direction.
    AlignItems {
        /// In the middle.
        Center = "center",
        /// At the beginning.
        Start = "flex-start",
        /// At the end.
        End = "flex-end",
    }

    /// How a button looks: `Link` if nothing is said.
    ButtonStyle {
        /// White on a dark ground.
        Primary = "primary",
        /// Black on a light ground.
        Secondary = "secondary",
        /// As a link of a page.
        Link = "link",
    }

    /// How high a button is: `Md` if nothing is said.
    ButtonHeight {
        /// Small.
        Sm = "sm",
        /// LINE's own default.
        Md = "md",
    }

    /// The width of a bubble: `Mega` if nothing is said.
    BubbleSize {
        /// The smallest.
        Nano = "nano",
        /// Wider than `Nano`.
        Micro = "micro",
        /// Wider than `Micro`.
        Deca = "deca",
        /// Wider than `Deca`.
        Hecto = "hecto",
        /// Wider than `Hecto`.
        Kilo = "kilo",
        /// LINE's own default.
        Mega = "mega",
        /// The widest.
        Giga = "giga",
    }
}

impl From<Space> for Inset {
    fn from(space: Space) -> Self {
        match space {
            Space::None => Self::None,
            Space::Xs => Self::Xs,
            Space::Sm => Self::Sm,
            Space::Md => Self::Md,
            Space::Lg => Self::Lg,
            Space::Xl => Self::Xl,
            Space::Xxl => Self::Xxl,
            Space::Px(pixels) => Self::Px(pixels),
        }
    }
}

/// Width to height.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ratio {
    width: u32,
    height: u32,
}

impl Ratio {
    pub(super) fn new(width: u32, height: u32) -> Self {
        Self { width, height }
    }

    pub(super) fn limits(self) -> Result<(), OverLimit> {
        let Self { width, height } = self;
        let is_one = |number| (1..=100_000).contains(&number);
        match is_one(width) && is_one(height) && height <= 3 * width {
            true => Ok(()),
            false => Err(OverLimit::new(
                "aspectRatio",
                format!(
                    "LINE takes 1 to 100000 each, and a height of up to three times the width, \
                     not {width}:{height}"
                ),
            )),
        }
    }
}

impl Serialize for Ratio {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{}:{}", self.width, self.height))
    }
}
