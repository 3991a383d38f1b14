//! A module as routes: which function takes which event.
//!
//! Three places, three sets of routes: where the chat is ours ([`Router::active`]), where
//! another channel holds it ([`Router::standby`]), and the account itself
//! ([`Router::account`]). An event that no route takes is handled by doing nothing:
//! LINE also sends what belongs to other channels' messages.

mod event;
mod handler;
mod pattern;
mod routes;

use std::any::Any;
use std::sync::Arc;

use futures::future::BoxFuture;

pub use event::{
    Attached, Beacon, ControlGained, ControlLost, Detached, Follow, Join, Leave, LinkedAccount,
    MemberJoined, MemberLeft, Postback, Resumed, ScopesChanged, Suspended, TextMessage, Unfollow,
    VideoViewed,
};
pub use handler::{Handler, Wrapper};
pub use pattern::{Pattern, Regex};
pub use routes::Routes;

use crate::domain::Event;
use crate::module::settings::Schema;
use crate::module::{Account, Active, Anywhere, Context, Handled, Menu, Module, Standby};

/// A module made of routes. Clones are the same module.
#[derive(Clone, Default)]
pub struct Router {
    active: Routes<Active>,
    standby: Routes<Standby>,
    account: Routes<Account>,
    around: Vec<Arc<dyn Wrapper>>,
    fallback: Option<Arc<dyn Handler<Anywhere, Event>>>,
    shared: Option<Arc<dyn Any + Send + Sync>>,
    settings: Schema,
    menus: Vec<Menu>,
    push_instead: bool,
}

/// All that a wrapper lies around.
pub struct Next<'a> {
    router: &'a Router,
    around: &'a [Arc<dyn Wrapper>],
}

impl Router {
    /// One that does nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Where the chat is ours.
    #[must_use]
    pub fn active(self, active: Routes<Active>) -> Self {
        Self { active, ..self }
    }

    /// Where another channel holds the chat, or it is gone: nothing can be sent.
    #[must_use]
    pub fn standby(self, standby: Routes<Standby>) -> Self {
        Self { standby, ..self }
    }

    /// For the account itself.
    #[must_use]
    pub fn account(self, account: Routes<Account>) -> Self {
        Self { account, ..self }
    }

    /// Lies around all handlers; the first given is the outermost.
    #[must_use]
    pub fn wrap(mut self, wrapper: impl Wrapper) -> Self {
        self.around.push(Arc::new(wrapper));
        self
    }

    /// What no route takes. Without it, nothing is done.
    #[must_use]
    pub fn fallback(self, handler: impl Handler<Anywhere, Event>) -> Self {
        Self {
            fallback: Some(Arc::new(handler)),
            ..self
        }
    }

    /// What all handlers may use, by [`Context::shared`]: a client of your own, say. It
    /// must not remember anything of an event: a handler may run again, elsewhere.
    #[must_use]
    pub fn share(self, shared: impl Any + Send + Sync) -> Self {
        Self {
            shared: Some(Arc::new(shared)),
            ..self
        }
    }

    /// What each account may set.
    #[must_use]
    pub fn settings(self, settings: Schema) -> Self {
        Self { settings, ..self }
    }

    /// The rich menus that handlers can give to accounts and users.
    #[must_use]
    pub fn menus(self, menus: Vec<Menu>) -> Self {
        Self { menus, ..self }
    }

    /// A push, which counts against the account's quota, may stand in for a reply whose
    /// token certainly did not work.
    #[must_use]
    pub fn push_instead_of_reply(self) -> Self {
        Self {
            push_instead: true,
            ..self
        }
    }

    async fn route(&self, cx: &mut Context<'_>, event: &Event) -> Handled {
        if let Some(mut cx) = cx.active() {
            if let Some(found) = self.active.find(event) {
                return found.run(&mut cx).await;
            }
        } else if let Some(mut cx) = cx.standby() {
            if let Some(found) = self.standby.find(event) {
                return found.run(&mut cx).await;
            }
        } else if let Some(mut cx) = cx.account()
            && let Some(found) = self.account.find(event)
        {
            return found.run(&mut cx).await;
        }
        match &self.fallback {
            Some(fallback) => fallback.run(&mut cx.again(), event).await,
            None => Ok(()),
        }
    }
}

impl Next<'_> {
    /// Runs it.
    ///
    /// # Errors
    /// The handler's.
    pub fn run<'a>(self, cx: &'a mut Context<'_>, event: &'a Event) -> BoxFuture<'a, Handled>
    where
        Self: 'a,
    {
        Box::pin(async move {
            let Self { router, around } = self;
            match around.split_first() {
                Some((first, around)) => {
                    let next = Next { router, around };
                    first.run(&mut cx.again(), event, next).await
                }
                None => router.route(cx, event).await,
            }
        })
    }
}

impl Module for Router {
    async fn handle(&self, cx: &mut Context<'_>, event: &Event) -> Handled {
        let mut cx = cx.sharing(self.shared.as_deref());
        if self.around.is_empty() {
            return self.route(&mut cx, event).await;
        }
        let next = Next {
            router: self,
            around: &self.around,
        };
        next.run(&mut cx, event).await
    }

    fn may_push_instead_of_reply(&self) -> bool {
        self.push_instead
    }

    fn settings(&self) -> &Schema {
        &self.settings
    }

    fn menus(&self) -> &[Menu] {
        &self.menus
    }
}
