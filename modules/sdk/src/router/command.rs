//! Commands: what the company's own systems say, by the inbox.

use futures::future::BoxFuture;
use serde::de::DeserializeOwned;

use crate::hold::Hold;
use crate::router::routes::{Match, MatchedRoute, Route};
use crate::router::{Handler, Routes};
use crate::{Context, Handled, ModuleError};
use shared::domain::{Event, EventKind};

impl<H: Hold> Routes<H> {
    /// A command of this name, which a system of the company's own has sent by the inbox. One to
    /// a chat is for the routes of [`Router::active`](super::Router::active), or while the chat
    /// is not ours for those of [`Router::standby`](super::Router::standby); one to the account
    /// for those of [`Router::account`](super::Router::account). A command has no reply token: a
    /// chat's handler may push. A payload that is no `T` is the caller's error, which no other
    /// attempt mends: the command is parked at once, and its reason says what does not fit.
    #[must_use]
    pub fn command<T>(self, name: impl Into<String>, handler: impl Handler<H, T>) -> Self
    where
        T: DeserializeOwned + Send + Sync + 'static,
    {
        self.add(CommandRoute {
            name: name.into(),
            handler: Box::new(handler),
        })
    }
}

/// A command's route: found by its name, whatever the payload is.
struct CommandRoute<H, T> {
    name: String,
    handler: Box<dyn Handler<H, T>>,
}

impl<H, T> Route<H> for CommandRoute<H, T>
where
    H: Hold,
    T: DeserializeOwned + Send + Sync + 'static,
{
    fn find<'r>(&'r self, event: &Event) -> Option<Box<dyn Match<H> + 'r>> {
        match &event.kind {
            EventKind::Command { name, payload, .. } if *name == self.name => {
                let handler = &*self.handler;
                Some(match serde_json::from_value(payload.clone()) {
                    Ok(input) => Box::new(MatchedRoute { handler, input }),
                    Err(error) => Box::new(Misfit {
                        reason: format!("the payload of the command {name:?}: {error}"),
                    }),
                })
            }
            _ => None,
        }
    }
}

/// A payload that is not what the route's handler takes.
struct Misfit {
    reason: String,
}

impl<H: Hold> Match<H> for Misfit {
    fn run<'a>(self: Box<Self>, _: &'a mut Context<'_, H>) -> BoxFuture<'a, Handled>
    where
        Self: 'a,
    {
        Box::pin(async move { Err(ModuleError::park(self.reason)) })
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
