//! Timers, signals and commands: events that are found by a name, and bring a payload of the
//! module's own or of its company's.

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::hold::{Hold, InChat};
use crate::router::routes::{Failed, Match, MatchedRoute, Route};
use crate::router::{AnyHandler, Handler, Routes, boxed};
use crate::{Context, ModuleError, Signal};
use shared::domain::{Event, EventKind};

impl<H: Hold> Routes<H> {
    /// A timer of this name, or of one such as `name/1`: see [`Context::after`]. One that comes
    /// while the chat is not ours is for the routes of
    /// [`Router::standby`](super::Router::standby), and one of the account itself for those of
    /// [`Router::account`](super::Router::account). A payload that is no `T` is the author's
    /// error: the event is tried again, and then parked.
    #[must_use]
    pub fn timer<T, A: 'static>(
        self,
        name: impl Into<String>,
        handler: impl Handler<H, T, A>,
    ) -> Self
    where
        T: DeserializeOwned + Send + Sync + 'static,
    {
        self.named(Named::Timer, name.into(), handler)
    }

    /// A command of this name, which a system of the company's own has sent by the inbox. One to
    /// a chat is for the routes of [`Router::active`](super::Router::active), or while the chat
    /// is not ours for those of [`Router::standby`](super::Router::standby); one to the account
    /// for those of [`Router::account`](super::Router::account). A command has no reply token: a
    /// chat's handler may push. A payload that is no `T` is the caller's error, which no other
    /// attempt mends: the command is parked at once, and its reason says what does not fit.
    #[must_use]
    pub fn command<T, A: 'static>(
        self,
        name: impl Into<String>,
        handler: impl Handler<H, T, A>,
    ) -> Self
    where
        T: DeserializeOwned + Send + Sync + 'static,
    {
        self.named(Named::Command, name.into(), handler)
    }

    pub(super) fn named<T, A: 'static>(
        self,
        kind: Named,
        name: String,
        handler: impl Handler<H, T, A>,
    ) -> Self
    where
        T: DeserializeOwned + Send + Sync + 'static,
    {
        self.add(NamedRoute {
            kind,
            name,
            handler: boxed(handler),
        })
    }
}

impl<H: InChat> Routes<H> {
    /// A signal of another chat: see [`Context::signal`]. The payload's type says which. One
    /// that comes while the chat is not ours is for the routes of
    /// [`Router::standby`](super::Router::standby). A payload that is no `T` is the author's
    /// error: the event is tried again, and then parked.
    #[must_use]
    pub fn signal<T, A: 'static>(self, handler: impl Handler<H, T, A>) -> Self
    where
        T: Signal + DeserializeOwned,
    {
        self.named(Named::Signal, T::NAME.to_owned(), handler)
    }
}

/// The kinds of events that have a name, and a payload of the module's own.
#[derive(Clone, Copy)]
pub(super) enum Named {
    Timer,
    Signal,
    /// Of the company's own systems.
    Command,
}

impl Named {
    /// Name and payload of an event, if it is of this kind and for the route of this name.
    fn find<'e>(self, route: &str, event: &'e Event) -> Option<(&'e str, &'e Value)> {
        match (self, &event.kind) {
            (Self::Timer, EventKind::Timer { name, payload, .. }) => {
                let rest = name.strip_prefix(route)?;
                let is_ours = rest.is_empty() || rest.starts_with('/');
                is_ours.then_some((name, payload))
            }
            (Self::Signal, EventKind::Signal { name, payload, .. })
            | (Self::Command, EventKind::Command { name, payload, .. }) => {
                (name == route).then_some((name, payload))
            }
            _ => None,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Timer => "timer",
            Self::Signal => "signal",
            Self::Command => "command",
        }
    }

    /// A payload that is not what the handler takes: of a command it is the caller's error, which
    /// no other attempt mends.
    fn unreadable(self, reason: String) -> ModuleError {
        match self {
            Self::Timer | Self::Signal => ModuleError::bug(reason),
            Self::Command => ModuleError::park(reason),
        }
    }
}

/// The route of an event that has a name: found by it, whatever the payload is.
struct NamedRoute<H, T> {
    kind: Named,
    name: String,
    handler: Box<dyn AnyHandler<H, T>>,
}

impl<H, T> Route<H> for NamedRoute<H, T>
where
    H: Hold,
    T: DeserializeOwned + Send + Sync + 'static,
{
    fn may_take(&self, event: &Event) -> bool {
        self.kind.find(&self.name, event).is_some()
    }

    fn find<'r>(&'r self, cx: &Context<'_, H>) -> Option<Box<dyn Match<H> + 'r>> {
        let (name, payload) = self.kind.find(&self.name, cx.event())?;
        let handler = &*self.handler;
        Some(match serde_json::from_value(payload.clone()) {
            Ok(input) => Box::new(MatchedRoute { handler, input }),
            Err(error) => {
                let kind = self.kind.word();
                let reason = format!("the payload of the {kind} {name:?}: {error}");
                Box::new(Failed(self.kind.unreadable(reason)))
            }
        })
    }
}

/// Somebody at the company waits for what comes of a command: that nothing does is recorded.
pub(super) fn note_not_taken(cx: &mut Context<'_>, event: &Event) {
    let EventKind::Command { name, .. } = &event.kind else {
        return;
    };
    let place = match cx.silence() {
        _ if event.chat.is_none() => "for the account",
        None => "where the chat is active",
        Some(_) => "where the chat is standby or gone",
    };
    cx.draft.not_taken = Some(format!("no route takes the command {name:?} {place}"));
}
