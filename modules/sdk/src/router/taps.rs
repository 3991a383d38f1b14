//! Routes for taps that are types.

use std::any::{TypeId, type_name};

use crate::hold::InChat;
use crate::router::{Handler, Routes};
use crate::{StaleTap, Tap};
use shared::domain::{Event, EventKind};

impl<H: InChat> Routes<H> {
    /// A tap of the handler's type. Data with another prefix is left alone, as is what has this one
    /// and another version, or does not read: see [`stale_tap`](Self::stale_tap).
    #[must_use]
    pub fn tap<T: Tap, A: 'static>(mut self, handler: impl Handler<H, T, A>) -> Self {
        self.taps.push(TapType::of::<T>());
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

/// A type of taps that a route takes.
#[derive(Clone, Copy)]
pub(crate) struct TapType {
    id: TypeId,
    name: &'static str,
    prefix: &'static str,
    version: u32,
}

impl TapType {
    pub(crate) fn of<T: Tap>() -> Self {
        Self {
            id: TypeId::of::<T>(),
            name: type_name::<T>(),
            prefix: T::PREFIX,
            version: T::VERSION,
        }
    }

    /// Whether what one of them sends reads as the other.
    fn is_mistaken_for(&self, other: &Self) -> bool {
        self.id != other.id && (self.prefix, self.version) == (other.prefix, other.version)
    }
}

/// Two types whose data nobody can tell apart: the first route would have the taps of both.
pub(super) fn fault(taps: &[TapType]) -> Option<String> {
    let mut pairs = taps.iter().enumerate().flat_map(|(nth, tap)| {
        let before = taps[..nth].iter();
        before.map(move |other| (other, tap))
    });
    let (one, other) = pairs.find(|(one, other)| one.is_mistaken_for(other))?;
    Some(format!(
        "the taps `{}` and `{}` are both \"{}\", version {}: give one another prefix",
        one.name, other.name, one.prefix, one.version
    ))
}

fn data(event: &Event) -> Option<&str> {
    match &event.kind {
        EventKind::Postback { data, .. } => Some(data),
        _ => None,
    }
}
