//! Which handler takes an event, of those that run in one kind of place.

use std::sync::Arc;

use futures::future::BoxFuture;
use serde::de::DeserializeOwned;

use crate::daily::Daily;
use crate::dialogue::Registered;
use crate::hold::{Account, Active, Hold, InChat, Standby};
use crate::router::event::{
    Attached, Beacon, ControlGained, ControlLost, Detached, Erased, Follow, Join, Leave,
    LinkedAccount, MemberJoined, MemberLeft, Postback, Resumed, RouteInput, ScopesChanged,
    Suspended, TextMessage, Unfollow, VideoViewed,
};
use crate::router::named::Named;
use crate::router::taps::TapType;
use crate::router::{AnyHandler, Handler, Pattern, boxed};
use crate::{Context, Day, Handled, ModuleError, TimeOfDay};
use shared::domain::{Event, EventKind};

/// Routes of one kind of place, `H`. The first that takes an event has it.
pub struct Routes<H> {
    all: Vec<Arc<dyn Route<H>>>,
    /// Those of an account.
    pub(super) dailies: Vec<Daily>,
    /// Those of chats.
    pub(crate) dialogues: Vec<Registered>,
    /// The types of taps that they take.
    pub(crate) taps: Vec<TapType>,
    /// The names of signals that are kept while a chat is not ours.
    pub(crate) kept_signals: Vec<&'static str>,
    /// What is needed while staff have the chat.
    pub(crate) while_theirs: Vec<Routes<Standby>>,
}

/// Routes of this kind of place: [`Routes<H>`](Routes) alone.
#[diagnostic::on_unimplemented(
    message = "these handlers run in another place than where the chat is `{H}`",
    label = "expected handlers that take `&mut Context<'_, {H}>`, and this is `{Self}`",
    note = "`Router::active` takes handlers of `Active`, `Router::standby` of `Standby`, `Router::account` of `Account`"
)]
pub trait RoutesOf<H> {
    /// The routes.
    fn routes(self) -> Routes<H>;
}

impl<H> RoutesOf<H> for Routes<H> {
    fn routes(self) -> Self {
        self
    }
}

impl<H> Clone for Routes<H> {
    fn clone(&self) -> Self {
        Self {
            all: self.all.clone(),
            dailies: self.dailies.clone(),
            dialogues: self.dialogues.clone(),
            taps: self.taps.clone(),
            kept_signals: self.kept_signals.clone(),
            while_theirs: self.while_theirs.clone(),
        }
    }
}

impl<H: Hold> Default for Routes<H> {
    fn default() -> Self {
        Self::new()
    }
}

macro_rules! routes {
    ($($(#[$doc:meta])* $name:ident $event:ident)*) => {$(
        $(#[$doc])*
        #[must_use]
        pub fn $name<A: 'static>(self, handler: impl Handler<H, $event, A>) -> Self {
            self.on(RouteInput::from_event, handler)
        }
    )*};
}

impl<H: Hold> Routes<H> {
    /// None yet.
    pub fn new() -> Self {
        Self {
            all: Vec::new(),
            dailies: Vec::new(),
            dialogues: Vec::new(),
            taps: Vec::new(),
            kept_signals: Vec::new(),
            while_theirs: Vec::new(),
        }
    }

    /// Whatever `read` makes something of. The others are made of this one.
    #[must_use]
    pub fn on<E, R, A>(self, read: R, handler: impl Handler<H, E, A>) -> Self
    where
        A: 'static,
        E: Send + Sync + 'static,
        R: Fn(&Event) -> Option<E> + Send + Sync + 'static,
    {
        self.on_boxed(read, boxed(handler))
    }

    pub(crate) fn on_boxed<E, R>(self, read: R, handler: Box<dyn AnyHandler<H, E>>) -> Self
    where
        E: Send + Sync + 'static,
        R: Fn(&Event) -> Option<E> + Send + Sync + 'static,
    {
        self.add(Reading { read, handler })
    }

    /// These, and after them the others: of another file of yours, say.
    #[must_use]
    pub fn merge(mut self, mut others: Self) -> Self {
        self.all.append(&mut others.all);
        self.adopt(&mut others);
        self
    }

    /// Takes over what is known of routes beside the routes themselves.
    pub(crate) fn adopt(&mut self, inner: &mut Self) {
        self.dailies.append(&mut inner.dailies);
        self.dialogues.append(&mut inner.dialogues);
        self.taps.append(&mut inner.taps);
        self.kept_signals.append(&mut inner.kept_signals);
        self.while_theirs.append(&mut inner.while_theirs);
    }

    /// Whether one of them takes this event, whatever is kept of its chat.
    pub(crate) fn may_take(&self, event: &Event) -> bool {
        self.all.iter().any(|route| route.may_take(event))
    }

    pub(crate) fn find<'r>(&'r self, cx: &Context<'_, H>) -> Option<Box<dyn Match<H> + 'r>> {
        self.all.iter().find_map(|route| route.find(cx))
    }
}

impl<H: InChat> Routes<H> {
    /// A text that is `pattern`: words, one of several, or a [`Regex`](super::Regex).
    #[must_use]
    pub fn text<A: 'static>(
        self,
        pattern: impl Pattern,
        handler: impl Handler<H, TextMessage, A>,
    ) -> Self {
        self.on(
            move |event| TextMessage::from_event(event, |text| pattern.catch(text)),
            handler,
        )
    }

    /// Any text.
    #[must_use]
    pub fn any_text<A: 'static>(self, handler: impl Handler<H, TextMessage, A>) -> Self {
        self.on(
            |event| TextMessage::from_event(event, |text| Some(vec![text.to_owned()])),
            handler,
        )
    }

    /// Any message, of whatever kind.
    #[must_use]
    pub fn message<A: 'static>(self, handler: impl Handler<H, Event, A>) -> Self {
        self.on(
            |event| matches!(event.kind, EventKind::Message(_)).then(|| event.clone()),
            handler,
        )
    }

    /// A postback whose data begins with `prefix`. Postbacks of other channels' messages
    /// arrive here too, so let yours begin with a word of your own.
    #[must_use]
    pub fn postback<A: 'static>(
        self,
        prefix: impl Into<String>,
        handler: impl Handler<H, Postback, A>,
    ) -> Self {
        let prefix = prefix.into();
        self.on(move |event| Postback::from_event(event, &prefix), handler)
    }

    routes! {
        /// A user added the account as a friend.
        follow Follow
        /// The account joined a group or room.
        join Join
        /// People joined a group or room.
        member_joined MemberJoined
        /// People left a group or room.
        member_left MemberLeft
        /// A user is near a LINE Beacon.
        beacon Beacon
        /// A user watched a video to its end.
        video_viewed VideoViewed
        /// A user linked their LINE account with one elsewhere.
        account_linked LinkedAccount
        /// All that is kept of the chat is about to be erased.
        erased Erased
    }
}

/// Only where the chat is ours.
impl Routes<Active> {
    /// We hold the chat from now on.
    #[must_use]
    pub fn gained<A: 'static>(self, handler: impl Handler<Active, ControlGained, A>) -> Self {
        self.on(RouteInput::from_event, handler)
    }
}

/// Only where the chat is not ours.
impl Routes<Standby> {
    /// We hold the chat no longer.
    #[must_use]
    pub fn lost<A: 'static>(self, handler: impl Handler<Standby, ControlLost, A>) -> Self {
        self.on(RouteInput::from_event, handler)
    }

    /// A user blocked the account.
    #[must_use]
    pub fn unfollow<A: 'static>(self, handler: impl Handler<Standby, Unfollow, A>) -> Self {
        self.on(RouteInput::from_event, handler)
    }

    /// The account left, or was removed from, a group or room.
    #[must_use]
    pub fn leave<A: 'static>(self, handler: impl Handler<Standby, Leave, A>) -> Self {
        self.on(RouteInput::from_event, handler)
    }
}

/// The account's own lifecycle, and its days.
impl Routes<Account> {
    /// Every day, for every attached account: at the time that `time` makes of the account's
    /// settings, where the account is (the settings have a field of
    /// [`Kind::TimeZone`](crate::settings::Kind::TimeZone)); not at all where it gives none. The
    /// settings may change at any time. After an outage it runs once, for the last day that was
    /// due, and its `cx.now()` is that time. Of a handler that fails until its event is set
    /// aside, the next day's run is not held back.
    #[must_use]
    pub fn daily<S, T, A>(
        mut self,
        name: &str,
        time: impl Fn(&S) -> T + Send + Sync + 'static,
        handler: impl Handler<Account, Day, A>,
    ) -> Self
    where
        S: DeserializeOwned + 'static,
        T: Into<Option<TimeOfDay>> + 'static,
        A: 'static,
    {
        let daily = Daily::new(name, time);
        let timer = daily.timer();
        self.dailies.push(daily);
        self.named(Named::Timer, timer, handler)
    }

    /// The channel was attached to the account: reported once.
    #[must_use]
    pub fn attached<A: 'static>(self, handler: impl Handler<Account, Attached, A>) -> Self {
        self.on(RouteInput::from_event, handler)
    }

    /// The account's admin allowed something else than before.
    #[must_use]
    pub fn scopes_changed<A: 'static>(
        self,
        handler: impl Handler<Account, ScopesChanged, A>,
    ) -> Self {
        self.on(RouteInput::from_event, handler)
    }

    /// The channel was detached from the account: reported once.
    #[must_use]
    pub fn detached<A: 'static>(self, handler: impl Handler<Account, Detached, A>) -> Self {
        self.on(RouteInput::from_event, handler)
    }

    /// The account was suspended.
    #[must_use]
    pub fn suspended<A: 'static>(self, handler: impl Handler<Account, Suspended, A>) -> Self {
        self.on(RouteInput::from_event, handler)
    }

    /// The account is back.
    #[must_use]
    pub fn resumed<A: 'static>(self, handler: impl Handler<Account, Resumed, A>) -> Self {
        self.on(RouteInput::from_event, handler)
    }
}

/// A route, whatever it reads.
pub(crate) trait Route<H>: Send + Sync {
    /// Whether it takes this event, or may: by what is kept of its chat.
    fn may_take(&self, event: &Event) -> bool;

    /// Its handler, if it takes the event.
    fn find<'r>(&'r self, cx: &Context<'_, H>) -> Option<Box<dyn Match<H> + 'r>>;
}

/// A handler, with its input.
pub(crate) trait Match<H>: Send {
    fn run<'a>(self: Box<Self>, cx: &'a mut Context<'_, H>) -> BoxFuture<'a, Handled>
    where
        Self: 'a;
}

impl<H> Routes<H> {
    /// One more route.
    pub(crate) fn add(mut self, route: impl Route<H> + 'static) -> Self {
        self.all.push(Arc::new(route));
        self
    }
}

struct Reading<R, H, E> {
    read: R,
    handler: Box<dyn AnyHandler<H, E>>,
}

pub(super) struct MatchedRoute<'r, H, E> {
    pub(super) handler: &'r dyn AnyHandler<H, E>,
    pub(super) input: E,
}

impl<H, E, R> Route<H> for Reading<R, H, E>
where
    H: Hold,
    E: Send + Sync + 'static,
    R: Fn(&Event) -> Option<E> + Send + Sync,
{
    fn may_take(&self, event: &Event) -> bool {
        (self.read)(event).is_some()
    }

    fn find<'r>(&'r self, cx: &Context<'_, H>) -> Option<Box<dyn Match<H> + 'r>> {
        let input = (self.read)(cx.event())?;
        let handler = &*self.handler;
        Some(Box::new(MatchedRoute { handler, input }))
    }
}

impl<H, E> Match<H> for MatchedRoute<'_, H, E>
where
    H: Hold,
    E: Send + Sync + 'static,
{
    fn run<'a>(self: Box<Self>, cx: &'a mut Context<'_, H>) -> BoxFuture<'a, Handled>
    where
        Self: 'a,
    {
        Box::pin(async move {
            let mut cx = cx.reborrow();
            self.handler.run(&mut cx, &self.input).await
        })
    }
}

/// What its handler cannot be run for.
pub(crate) struct Failed(pub(crate) ModuleError);

impl<H: Hold> Match<H> for Failed {
    fn run<'a>(self: Box<Self>, _: &'a mut Context<'_, H>) -> BoxFuture<'a, Handled>
    where
        Self: 'a,
    {
        Box::pin(async move { Err(self.0) })
    }
}
