//! Routes for taps that are types.

use crate::hold::InChat;
use crate::router::{Handler, Routes};
use crate::{StaleTap, Tap};
use shared::domain::{Event, EventKind};

impl<H: InChat> Routes<H> {
    /// A tap of the handler's type. Data with another prefix is left alone, as is what has this one
    /// and another version, or does not read: see [`stale_tap`](Self::stale_tap).
    #[must_use]
    pub fn tap<T: Tap, A: 'static>(self, handler: impl Handler<H, T, A>) -> Self {
        self.on(|event| T::from_data(data(event)?), handler)
    }

    /// A tap that has `T`'s prefix and is no `T`: one that an older release has sent, as a rule.
    /// Without this route it is left alone, and whoever taps it hears nothing. It is given as
    /// `stale_tap::<Seat, _>(handler)`. An older version that is still a type of yours, with the same
    /// prefix, can have its own [`tap`](Self::tap) before this.
    #[must_use]
    pub fn stale_tap<T: Tap, A: 'static>(self, handler: impl Handler<H, StaleTap, A>) -> Self {
        self.on(|event| StaleTap::of::<T>(data(event)?), handler)
    }
}

fn data(event: &Event) -> Option<&str> {
    match &event.kind {
        EventKind::Postback { data, .. } => Some(data),
        _ => None,
    }
}
