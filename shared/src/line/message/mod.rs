//! Builders for LINE's message objects. Anything else that serialises as one is
//! taken just as well
//! (<https://developers.line.biz/en/reference/messaging-api/#message-objects>).
//!
//! A builder holds what it is given. Whether that is within LINE's limits is asked
//! by its `check`, and without fail when it becomes JSON: one that is over a limit
//! does not serialise, and its error names the member.

#![warn(missing_docs)]

mod action;
mod around;
mod color;
mod date_time;
pub mod flex;
mod imagemap;
pub(crate) mod limit;
mod media;
mod place;
mod template;
#[cfg(test)]
mod tests;
mod text;

pub use action::{Action, AltUri, Input, PickMode};
pub use around::{QuickReply, Sender};
pub use color::{Color, NoColor};
pub use flex::Flex;
pub use imagemap::{Imagemap, ImagemapAction, ImagemapVideo};
pub use limit::OverLimit;
pub use media::{Audio, Coupon, Image, Location, Sticker, Video};
pub(crate) use place::Place;
pub use template::{
    Buttons, Card, Carousel, Column, Confirm, ImageCarousel, ImageColumn, ImageFit, ImageShape,
    TemplateMessage,
};
pub use text::{Text, TextV2};

/// Makes a type a message: what all messages can have, and that only what is within
/// LINE's limits serialises. The type has a member `around` and a method `limits`.
macro_rules! message {
    ($($type:ident)*) => {$(
        impl $type {
            /// With quick replies: LINE takes up to 13.
            #[must_use]
            pub fn quick_replies(
                mut self,
                items: impl IntoIterator<Item = $crate::line::message::QuickReply>,
            ) -> Self {
                self.around.set_quick_replies(items);
                self
            }

            /// With another name or icon than the account's.
            #[must_use]
            pub fn sender(mut self, sender: $crate::line::message::Sender) -> Self {
                self.around.set_sender(sender);
                self
            }

            /// Whether LINE would take it, as far as its published limits tell.
            ///
            /// # Errors
            /// The first member that is over its limit.
            pub fn check(&self) -> Result<(), $crate::line::message::OverLimit> {
                self.limits()?;
                self.around.check()
            }
        }

        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.check().map_err(serde::ser::Error::custom)?;
                // The derived one, which `remote = "Self"` makes an inherent function.
                Self::serialize(self, serializer)
            }
        }
    )*};
}
pub(crate) use message;
