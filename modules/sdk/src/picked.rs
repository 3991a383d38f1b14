//! What a user has picked at a date picker.

use jiff::civil::{Date, DateTime, Time};

use crate::hold::Hold;
use crate::{Argument, Context, ModuleError, PickMode};
use shared::domain::{Event, EventKind};

/// What a user has picked at a date picker, as an argument of the handler of its postback: jiff's
/// civil `Date`, `Time` or `DateTime`, by the picker's [`PickMode`]. Take it as an `Option` where the
/// same postback comes from a button too.
///
/// ```
/// use jiff::civil::Date;
/// use line_module::{Active, Context, Handled, PickMode, Picked, Routes, Tap, Text};
///
/// #[derive(Tap)]
/// #[tap("move")]
/// struct Move {
///     booking: u32,
/// }
///
/// fn offer() -> line_module::Action {
///     Move { booking: 12 }.date_picker(PickMode::Date, "Another day")
/// }
///
/// async fn move_it(cx: &mut Context<'_, Active>, tap: &Move, day: Picked<Date>) -> Handled {
///     cx.reply(&[Text::new(format!("Booking {} is on {} now.", tap.booking, day.0))])
/// }
///
/// fn routes() -> Routes<Active> {
///     Routes::new().tap(move_it)
/// }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Picked<T>(pub T);

/// What can be picked.
pub trait Pickable: sealed::Sealed + Send + 'static {
    /// How the picker asks for it.
    const MODE: PickMode;
}

mod sealed {
    pub trait Sealed: Sized {
        /// Where LINE has it.
        const MEMBER: &'static str;
        /// What a reader knows it as.
        const WORDS: &'static str;
        fn read(text: &str) -> Option<Self>;
    }
}

macro_rules! pickable {
    ($($name:ident: $mode:ident $member:literal $words:literal;)*) => {$(
        impl Pickable for $name {
            const MODE: PickMode = PickMode::$mode;
        }

        impl sealed::Sealed for $name {
            const MEMBER: &'static str = $member;
            const WORDS: &'static str = $words;

            fn read(text: &str) -> Option<Self> {
                text.parse().ok()
            }
        }
    )*};
}

pickable! {
    Date: Date "date" "a date";
    Time: Time "time" "a time";
    DateTime: Datetime "datetime" "a date and time";
}

impl<T: Pickable> Picked<T> {
    fn of(event: &Event) -> Result<Option<Self>, ModuleError> {
        let EventKind::Postback { params, .. } = &event.kind else {
            return Ok(None);
        };
        let Some(text) = params.get(T::MEMBER) else {
            return Ok(None);
        };
        match T::read(text) {
            Some(picked) => Ok(Some(Self(picked))),
            None => Err(ModuleError::bug(format!(
                "what was picked is no {}: {text:?}",
                T::WORDS
            ))),
        }
    }
}

impl<T: Pickable, H: Hold> Argument<H> for Picked<T> {
    async fn read(cx: &mut Context<'_, H>) -> Result<Self, ModuleError> {
        let missing = || {
            ModuleError::bug(format!(
                "the handler takes {} that was picked, and this event has none: make its action \
                 with `PickMode::{:?}`, or take an `Option<Picked<…>>`",
                T::WORDS,
                T::MODE
            ))
        };
        Self::of(cx.event()).and_then(|picked| picked.ok_or_else(missing))
    }
}

/// None where nothing was picked.
impl<T: Pickable, H: Hold> Argument<H> for Option<Picked<T>> {
    async fn read(cx: &mut Context<'_, H>) -> Result<Self, ModuleError> {
        Picked::of(cx.event())
    }
}
