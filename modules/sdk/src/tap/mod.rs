//! Taps: the data of a postback as a type.
//!
//! What a tap becomes stays in chats for as long as the chats do, so its form does not change:
//! prefix, version, for an enum the variant's word, and then each field's text, with a `/` between
//! them. In a field's text `~` is written as `~0` and `/` as `~1`, as in a JSON Pointer (RFC 6901).

mod field;
mod pages;
mod text;

pub use field::TapField;
pub use pages::pages;
pub use text::{TapReader, TapWriter, tap_fits};

use crate::{Action, PickMode, QuickReply};

/// The data of a postback as a type: what a quick reply, a button, a place in a rich menu or a date
/// picker brings back when it is tapped. It is derived, for a struct with named fields or without
/// fields, or an enum of such variants; what the fields can be is [`TapField`].
///
/// ```
/// use line_module::{Active, Context, Handled, QuickReply, Routes, Tap, Text, TextMessage};
///
/// #[derive(Tap)]
/// #[tap("table")]
/// struct Table {
///     number: u8,
///     by_the_window: bool,
/// }
///
/// async fn offer(cx: &mut Context<'_, Active>, _: &TextMessage) -> Handled {
///     let table = Table { number: 7, by_the_window: true };
///     cx.reply(&[Text::new("Which table?").quick_replies([table.quick_reply("By the window")])])
/// }
///
/// async fn reserve(cx: &mut Context<'_, Active>, table: &Table) -> Handled {
///     cx.reply(&[Text::new(format!("Table {} is yours.", table.number))])
/// }
///
/// fn routes() -> Routes<Active> {
///     Routes::new().text("reserve", offer).tap(reserve)
/// }
/// ```
///
/// A tap is part of a message that stays in its chat: after months a user may tap what an older
/// release has sent. So change the version when the fields change, as in
/// `#[tap("table", version = 2)]`, and let [`Routes::stale_tap`](crate::Routes::stale_tap) answer
/// those who tap the older one.
///
/// LINE takes data of up to 300 characters, counted in UTF-16 units
/// (<https://developers.line.biz/en/reference/messaging-api/#postback-action>). A tap that can become
/// longer does not compile. Where a field has no limit of its own, as a `String`, the length is
/// checked when a message with it is planned: one that is too long is the author's error.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no tap",
    label = "expected a type that derives `Tap`",
    note = "write `#[derive(Tap)]` and `#[tap(\"…\")]` above it, with a word that no other tap of this module has"
)]
pub trait Tap: Sized + Send + Sync + 'static {
    /// What its data begins with: no other tap's of this module.
    const PREFIX: &'static str;
    /// The version of its fields.
    const VERSION: u32;

    /// Writes the variant and the fields. Derived.
    fn write(&self, out: &mut TapWriter);

    /// Reads what [`write`](Self::write) has written; none of anything else. Derived.
    fn read(input: &mut TapReader<'_>) -> Option<Self>;

    /// The data of the postback.
    fn data(&self) -> String {
        let mut out = TapWriter::new(Self::PREFIX, Self::VERSION);
        self.write(&mut out);
        out.into_data()
    }

    /// The tap that a postback's data is; none if it is no tap of this type and version.
    fn from_data(data: &str) -> Option<Self> {
        let (version, mut input) = TapReader::open(Self::PREFIX, data)?;
        if version != Some(Self::VERSION) {
            return None;
        }
        let tap = Self::read(&mut input)?;
        input.is_at_end().then_some(tap)
    }

    /// Something to tap that reads `label`. In the chat nothing is shown to have been said.
    fn action(&self, label: impl Into<String>) -> Action {
        Action::postback(label, self.data())
    }

    /// Something to tap that reads `label`; the chat shows it as if the user had said so.
    fn shown(&self, label: impl Into<String>) -> Action {
        let label = label.into();
        Action::postback_shown(label.clone(), self.data(), label)
    }

    /// A quick reply that reads `label`; the chat shows it as if the user had said so.
    fn quick_reply(&self, label: impl Into<String>) -> QuickReply {
        QuickReply::new(self.shown(label))
    }

    /// Lets the user pick a date, a time or both: the tap comes when they have, and its handler takes
    /// what they picked as [`Picked`](crate::Picked).
    fn date_picker(&self, mode: PickMode, label: impl Into<String>) -> Action {
        Action::pick(mode, label, self.data())
    }

    /// Something to tap that opens the keyboard with `text` written, for the user to complete.
    fn fill_in(&self, label: impl Into<String>, text: impl Into<String>) -> Action {
        Action::fill_in(label, self.data(), text)
    }
}

/// All values of an enum whose variants have no fields, in the order of the code. It is derived with
/// [`Tap`] or [`TapField`]; such a tap is a [`TapField`] too, which other taps can hold.
///
/// ```
/// use line_module::{Choices as _, QuickReply, Tap};
///
/// #[derive(Debug, Tap)]
/// #[tap("size")]
/// enum Size {
///     Small,
///     Large,
/// }
///
/// fn sizes() -> impl Iterator<Item = QuickReply> {
///     Size::ALL.iter().map(|size| size.quick_reply(format!("{size:?}")))
/// }
/// ```
pub trait Choices: Sized + 'static {
    /// Each of them.
    const ALL: &'static [Self];
}

/// A tap of an older or newer release: it has the prefix of the tap that a route is for, and is not
/// what that tap is now. See [`Routes::stale_tap`](crate::Routes::stale_tap).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaleTap {
    /// The data, whole.
    pub data: String,
    /// The version that it was made with; none where that cannot be read. It may be the present one,
    /// if the fields have changed and the version has not.
    pub version: Option<u32>,
}

impl StaleTap {
    /// What has `T`'s prefix and is no `T`.
    pub(crate) fn of<T: Tap>(data: &str) -> Option<Self> {
        let (version, _) = TapReader::open(T::PREFIX, data)?;
        let stale = || Self {
            data: data.to_owned(),
            version,
        };
        T::from_data(data).is_none().then(stale)
    }
}
