//! A module as routes: which function takes which event.
//!
//! Three places, three sets of routes: where the chat is ours ([`Router::active`]), where
//! another channel holds it ([`Router::standby`]), and the account itself
//! ([`Router::account`]). An event that no route takes is handled by doing nothing:
//! LINE also sends what belongs to other channels' messages.

mod conditions;
mod contents;
mod event;
mod handler;
mod named;
mod pattern;
mod routes;
mod taps;

use std::any::Any;
use std::sync::Arc;

use futures::future::BoxFuture;
use serde::de::DeserializeOwned;

pub use contents::{
    AudioMessage, Delivered, EditedMessage, FileMessage, ImageMessage, LocationMessage, Membership,
    StickerMessage, Unknown, Unsend, VideoMessage,
};
pub use event::{
    Attached, Beacon, ControlGained, ControlLost, Detached, Erased, Follow, Join, Leave,
    LinkedAccount, MemberJoined, MemberLeft, Postback, Resumed, ScopesChanged, Suspended,
    TextMessage, Unfollow, VideoViewed,
};
pub(crate) use handler::{AnyHandler, boxed};
pub use handler::{Handler, Wrapper};
pub use pattern::{Pattern, Regex};
pub(crate) use routes::{Failed, Match, Route};
pub use routes::{Routes, RoutesOf};
pub(crate) use taps::TapType;

use crate::daily::Daily;
use crate::dialogue::{self, Registered};
use crate::settings::Schema;
use crate::shared_values::SharedValues;
use crate::{
    About, Account, Active, Anywhere, Context, Handled, Language, Menu, Module, NotEntitled, Place,
    Standby, Text, hand_over, kept_signals,
};
use shared::domain::Event;

/// What a chat is told whose account is not entitled.
type Notice = dyn Fn(&NotEntitled<'_>) -> Option<Text> + Send + Sync;

/// What users would read by some settings.
type Preview = dyn Fn(&serde_json::Value, Language) -> Vec<String> + Send + Sync;

/// A module made of routes. Clones are the same module.
#[derive(Clone, Default)]
pub struct Router {
    active: Routes<Active>,
    standby: Routes<Standby>,
    account: Routes<Account>,
    around: Vec<Arc<dyn Wrapper>>,
    nested: Vec<Router>,
    fallback: Option<Arc<dyn AnyHandler<Anywhere, Event>>>,
    shared: SharedValues,
    about: Option<Arc<About>>,
    settings: Schema,
    preview: Option<Arc<Preview>>,
    menus: Vec<Menu>,
    dailies: Vec<Daily>,
    dialogues: Vec<Registered>,
    kept_signals: Vec<&'static str>,
    /// What stands before the routes of `standby`.
    while_theirs: Routes<Standby>,
    hands_over: bool,
    not_entitled: Option<Arc<Notice>>,
    push_instead: bool,
    faults: Vec<String>,
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
    pub fn active(mut self, routes: impl RoutesOf<Active>) -> Self {
        let mut active = routes.routes();
        self.add_dialogues(std::mem::take(&mut active.dialogues));
        self.faults.extend(taps::fault(&active.taps));
        self.kept_signals.append(&mut active.kept_signals);
        for while_theirs in active.while_theirs.drain(..) {
            self.add_hand_over();
            self.standby = while_theirs.clone().merge(self.standby);
            self.while_theirs = while_theirs;
        }
        Self { active, ..self }
    }

    /// Where another channel holds the chat, or it is gone: nothing can be sent.
    #[must_use]
    pub fn standby(mut self, routes: impl RoutesOf<Standby>) -> Self {
        let standby = routes.routes();
        self.faults.extend(taps::fault(&standby.taps));
        let standby = self.while_theirs.clone().merge(standby);
        Self { standby, ..self }
    }

    /// For the account itself.
    #[must_use]
    pub fn account(mut self, routes: impl RoutesOf<Account>) -> Self {
        let account = routes.routes();
        self.add_dailies(account.dailies.clone());
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
    pub fn fallback<A: 'static>(self, handler: impl Handler<Anywhere, Event, A>) -> Self {
        Self {
            fallback: Some(Arc::from(boxed(handler))),
            ..self
        }
    }

    /// What all handlers may use, by [`Context::shared`]: a client of your own, say; one
    /// value of each type. It must not remember anything of an event: a handler may run
    /// again, elsewhere.
    #[must_use]
    pub fn share(mut self, shared: impl Any + Send + Sync) -> Self {
        self.faults.extend(self.shared.add(shared).err());
        self
    }

    /// Routes of another router, which come after this one's own; its wrappers lie around
    /// them alone. What it shares, its rich menus and its dialogues are for all. Settings, a fallback
    /// and the words of [`Router::not_entitled`] belong to the outermost router.
    #[must_use]
    pub fn nest(mut self, mut inner: Self) -> Self {
        let shared = std::mem::take(&mut inner.shared);
        self.faults.extend(self.shared.merge(shared));
        self.faults.append(&mut inner.faults);
        self.menus.append(&mut inner.menus);
        self.add_dailies(std::mem::take(&mut inner.dailies));
        self.add_dialogues(std::mem::take(&mut inner.dialogues));
        self.kept_signals.append(&mut inner.kept_signals);
        if std::mem::take(&mut inner.hands_over) {
            self.add_hand_over();
        }
        self.push_instead |= inner.push_instead;
        if inner.fallback.take().is_some() {
            let fault = "a nested router has a fallback: give it to the outermost router";
            self.faults.push(fault.to_owned());
        }
        if inner.not_entitled.take().is_some() {
            let fault = "a nested router has words for accounts that are not entitled: give them \
                         to the outermost router";
            self.faults.push(fault.to_owned());
        }
        if !inner.settings.fields.is_empty() {
            let fault = "a nested router has settings: give them to the outermost router";
            self.faults.push(fault.to_owned());
        }
        self.nested.push(inner);
        self
    }

    fn add_dailies(&mut self, dailies: Vec<Daily>) {
        for daily in dailies {
            let name = daily.timer();
            if self.dailies.iter().any(|known| known.timer() == name) {
                let fault = format!("two daily handlers have the name {:?}", daily.name());
                self.faults.push(fault);
            }
            self.dailies.push(daily);
        }
    }

    fn add_hand_over(&mut self) {
        if std::mem::replace(&mut self.hands_over, true) {
            let fault = "chats are handed over to staff by two routes: a module has one";
            self.faults.push(fault.to_owned());
        }
    }

    fn add_dialogues(&mut self, dialogues: Vec<Registered>) {
        for dialogue in dialogues {
            if self.dialogues.iter().any(|it| it.name == dialogue.name) {
                let name = dialogue.name;
                let fault = format!("two dialogues have the name {name:?}, or one is given twice");
                self.faults.push(fault);
            }
            self.dialogues.push(dialogue);
        }
    }

    /// Whose extension it is: what its pages say of it and of the company.
    #[must_use]
    pub fn about(self, about: About) -> Self {
        let about = Some(Arc::new(about));
        Self { about, ..self }
    }

    /// What users would read by these settings, for the management screen to show beside the
    /// form. `S` is what handlers take the settings as.
    #[must_use]
    pub fn preview<S: DeserializeOwned>(
        self,
        words: impl Fn(&S, Language) -> Vec<String> + Send + Sync + 'static,
    ) -> Self {
        let preview = move |settings: &serde_json::Value, language| {
            let settings = S::deserialize(settings);
            settings.map_or_else(|_| Vec::new(), |settings| words(&settings, language))
        };
        let preview: Option<Arc<Preview>> = Some(Arc::new(preview));
        Self { preview, ..self }
    }

    /// What each account may set.
    #[must_use]
    pub fn settings(self, settings: Schema) -> Self {
        Self { settings, ..self }
    }

    /// The rich menus that handlers can give to accounts and users.
    #[must_use]
    pub fn menus(mut self, menus: Vec<Menu>) -> Self {
        self.menus.extend(menus);
        self
    }

    /// What a chat is told, once, whose account is not entitled to the service: see
    /// [`Module::not_entitled`]. Without it, nothing is said.
    #[must_use]
    pub fn not_entitled(
        self,
        words: impl Fn(&NotEntitled<'_>) -> Option<Text> + Send + Sync + 'static,
    ) -> Self {
        Self {
            not_entitled: Some(Arc::new(words)),
            ..self
        }
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
            if let Some(found) = self.active.find(&cx) {
                return found.run(&mut cx).await;
            }
        } else if let Some(mut cx) = cx.standby() {
            if let Some(found) = self.standby.find(&cx) {
                return found.run(&mut cx).await;
            }
        } else if let Some(mut cx) = cx.account()
            && let Some(found) = self.account.find(&cx)
        {
            return found.run(&mut cx).await;
        }
        for inner in &self.nested {
            if inner.takes(cx) {
                return inner.enter(cx, event).await;
            }
        }
        match &self.fallback {
            Some(fallback) => fallback.run(&mut cx.reborrow(), event).await,
            None => {
                named::note_not_taken(cx, event);
                Ok(())
            }
        }
    }

    /// Whether a route of this router, or of one that is nested in it, takes the event.
    fn takes(&self, cx: &mut Context<'_>) -> bool {
        let takes = if let Some(cx) = cx.active() {
            self.active.find(&cx).is_some()
        } else if let Some(cx) = cx.standby() {
            self.standby.find(&cx).is_some()
        } else {
            cx.account()
                .is_some_and(|cx| self.account.find(&cx).is_some())
        };
        takes || self.nested.iter().any(|inner| inner.takes(cx))
    }

    /// Whether one may, whatever is kept of the chat.
    fn may_take(&self, event: &Event, place: Place) -> bool {
        let may_take = match place {
            Place::ActiveChat => self.active.may_take(event),
            Place::StandbyChat => self.standby.may_take(event),
            Place::NoChat => self.account.may_take(event),
        };
        may_take || self.nested.iter().any(|inner| inner.may_take(event, place))
    }

    /// Handles the event, with the wrappers around.
    fn enter<'a>(&'a self, cx: &'a mut Context<'_>, event: &'a Event) -> BoxFuture<'a, Handled> {
        let around = &*self.around;
        Next {
            router: self,
            around,
        }
        .run(cx, event)
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
                    first.run(&mut cx.reborrow(), event, next).await
                }
                None => router.route(cx, event).await,
            }
        })
    }
}

impl Module for Router {
    async fn handle(&self, cx: &mut Context<'_>, event: &Event) -> Handled {
        let mut cx = cx.of_router(&self.shared, &self.dialogues);
        dialogue::begin(&mut cx)?;
        kept_signals::keep(&mut cx, &self.kept_signals).await?;
        if self.hands_over {
            hand_over::end(&mut cx);
        }
        match self.around.is_empty() {
            true => self.route(&mut cx, event).await?,
            false => self.enter(&mut cx, event).await?,
        }
        kept_signals::bring_back(&mut cx, &self.kept_signals).await?;
        dialogue::resume(&mut cx).await
    }

    /// Where there is a route for it, or may be: what a [condition](Routes::when) needs is not
    /// known yet. One in `active` alone leaves what comes on standby
    /// recorded, and the other way round.
    fn takes_unknown(&self, event: &Event, place: Place) -> bool {
        self.may_take(event, place)
    }

    fn not_entitled(&self, about: &NotEntitled<'_>) -> Option<Text> {
        self.not_entitled.as_ref()?(about)
    }

    fn may_push_instead_of_reply(&self) -> bool {
        self.push_instead
    }

    fn about(&self) -> &About {
        self.about.as_deref().unwrap_or(&crate::UNNAMED)
    }

    fn settings(&self) -> &Schema {
        &self.settings
    }

    fn preview(&self, settings: &serde_json::Value, language: Language) -> Vec<String> {
        let preview = self.preview.as_ref();
        preview.map_or_else(Vec::new, |preview| preview(settings, language))
    }

    fn menus(&self) -> &[Menu] {
        &self.menus
    }

    fn dailies(&self) -> &[Daily] {
        &self.dailies
    }

    fn faults(&self) -> &[String] {
        &self.faults
    }
}
