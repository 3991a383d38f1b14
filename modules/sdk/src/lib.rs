//! What a module's author sees. A module is one type: it is given an event and
//! a [`Context`], changes its own state and plans what goes out. Nothing goes out
//! before all of that is committed, so a handler that fails has done nothing, and
//! one that runs again does the same.
//!
//! Most modules are a [`Router`] of plain functions:
//!
//! ```
//! use line_module::{Active, Context, Handled, Router, Routes, Text, TextMessage};
//!
//! async fn hello(cx: &mut Context<'_, Active>, message: &TextMessage) -> Handled {
//!     cx.reply(&[Text::new(format!("You said: {}", message.text))])
//! }
//!
//! fn router() -> Router {
//!     Router::new().active(Routes::new().text("hello", hello))
//! }
//! ```
//!
//! | you want to | look at |
//! |---|---|
//! | take events | [`Router`], [`Routes`]; what a handler takes beside its event: [`Argument`] |
//! | know where a handler runs | [`Active`] (the chat is ours), [`Standby`] (another channel has it), [`Account`] (no chat) |
//! | answer, push, keep something, ask LINE | [`Context`] |
//! | make messages | [`Text`], [`Flex`] with [`flex`], [`TemplateMessage`] and the others beside them; several kinds in one send: [`messages!`] |
//! | have something tapped | [`Tap`], [`QuickReply`], [`Action`], [`Menu`] |
//! | ask one thing after the other | [`Dialogue`] |
//! | let a person answer | [`HandOver`] |
//! | say it in several languages | [`texts!`], to admins [`words!`] |
//! | keep what belongs to no one chat | [`Context::rows`], [`Context::create`], [`Context::count`] |
//! | come back later, each day, or in another chat | [`Context::after`], [`Routes::daily`], [`Signal`] |
//! | call a service of your own, once | [`Context::step`] |
//! | let each account set something | [`settings`] |
//!
//! What is not obvious is told in `docs/module.md`; a module is tested with the crate
//! `line-module-kit`.

#![warn(missing_docs)]

mod account_link;
mod argument;
mod context;
pub mod daily;
mod dialogue;
mod draft;
mod hand_over;
mod hold;
mod kept_at_line;
mod kept_signals;
mod menu;
mod narrowcast;
mod not_entitled;
mod outgoing;
mod picked;
mod read;
mod router;
mod row;
pub mod settings;
mod shared_values;
mod signal;
mod step;
mod step_log;
mod tap;
mod texts;
mod timer;
mod to_many;

use std::future::Future;
use std::sync::Arc;

pub use argument::{Argument, Settings, Shared, State};
pub use context::{Context, Surroundings};
pub use daily::{Day, TimeOfDay};
pub use dialogue::{
    Answer, Answered, Asked, Dialogue, DialogueRoute, Question, Turn, WhileNotOurs,
};
pub use draft::Draft;
pub use hand_over::HandOver;
pub use hold::{Account, Active, Anywhere, Hold, InChat, OneChat, Place, Speaks, Standby};
pub use menu::{Menu, Tab};
pub use narrowcast::{Narrowcast, NarrowcastEnded, NarrowcastOutcome};
pub use not_entitled::NotEntitled;
pub use outgoing::AnyMessage;
pub use picked::{Pickable, Picked};
pub use router::{
    Attached, AudioMessage, Beacon, ControlGained, ControlLost, Delivered, Detached, EditedMessage,
    Erased, FileMessage, Follow, Handler, ImageMessage, Join, Leave, LinkedAccount,
    LocationMessage, MemberJoined, MemberLeft, Membership, Next, Pattern, Postback, Regex, Resumed,
    Router, Routes, RoutesOf, ScopesChanged, StickerMessage, Suspended, TextMessage, Unfollow,
    Unknown, Unsend, VideoMessage, VideoViewed, Wrapper,
};
pub use row::{Row, Rows};
pub use signal::Signal;
pub use step::{LONGEST_STEP, Step, StepAttempt};
pub use step_log::{AFTER_STEPS, StepGround, StepLog, StepsEnded, Stop};
pub use tap::{Choices, StaleTap, Tap, TapField, TapReader, TapWriter, pages};
pub use texts::{CommandWords, TextValue};

pub use line_module_macros::{Signal, Tap, TapField, texts, words};

pub use shared::domain::message::{
    AudioContent, Emoji, ExternalContent, FileContent, ImageContent, ImageSet, LocationContent,
    Mention, Mentioned, Message, MessageContent, Provider, StickerContent, TextContent,
    VideoContent,
};
pub use shared::domain::{
    About, Accent, Chat, ChatId, ChatKind, CouponFields, Event, EventKind, Icon, Language,
    MembershipChange, RawJson, Recipient, Scope, Scopes, Support, Timestamp, UserId, Words,
};
/// What can be asked of LINE, by [`Context::ask`].
pub use shared::line::endpoints;
pub use shared::line::endpoints::account_link::LinkToken;
pub use shared::line::endpoints::profile::Profile;
pub use shared::line::endpoints::rich_menu::{Area, Bounds, ImageKind, RichMenu, Size};
/// Builders for cards: rows, columns and what they hold.
pub use shared::line::message::flex;
pub use shared::line::message::{
    Action, Audio, Buttons, Carousel, Color, Column, Confirm, Coupon, Flex, Image, ImageCarousel,
    ImageColumn, ImageFit, ImageShape, Imagemap, ImagemapAction, ImagemapVideo, Input, Location,
    OverLimit, PickMode, QuickReply, Sender, Sticker, TemplateMessage, Text, TextV2, Video,
};

use daily::Daily;
use shared::env::ConfigError;
use shared::line::LineError;
use shared::line::error::LineErrorKind;
use shared::store::StoreError;

/// What a handler ends with.
pub type Handled = Result<(), ModuleError>;

/// The company's own behaviour.
pub trait Module: Send + Sync + 'static {
    /// Handles one event: of a chat, or of the account itself (attached, detached,
    /// suspended, resumed), which has no chat. Each attach and each detach is
    /// reported once. Returning `Ok` without planning anything is a fine answer:
    /// postbacks of other channels' messages arrive here too.
    ///
    /// # Errors
    /// [`ModuleError`] says whether it is worth trying again.
    fn handle(&self, cx: &mut Context<'_>, event: &Event) -> impl Future<Output = Handled> + Send;

    /// Whether it wants to see this event in this place, of a type that is not known or
    /// without what its type must have: [`EventKind::Unknown`]. Else the event is recorded
    /// with its JSON, and nobody is asked. Messages whose content is not known are always
    /// handled.
    fn takes_unknown(&self, _event: &Event, _place: Place) -> bool {
        false
    }

    /// What a chat is told whose account is not entitled to the service, by what the company's
    /// billing says: by a reply, once until the account is entitled again. Meanwhile the
    /// module is asked about nothing but the account's own lifecycle. Without a text nothing is
    /// said.
    fn not_entitled(&self, _about: &NotEntitled<'_>) -> Option<Text> {
        None
    }

    /// Whether a push, which counts against the account's quota, may stand in
    /// for a reply whose token certainly did not work.
    fn may_push_instead_of_reply(&self) -> bool {
        false
    }

    /// Whose extension it is: what its pages say of it and of the company.
    fn about(&self) -> &About {
        &UNNAMED
    }

    /// What each account may set.
    fn settings(&self) -> &settings::Schema {
        &settings::NONE
    }

    /// What users would read by these settings, all of which are there: messages that the
    /// management screen shows beside the form.
    fn preview(&self, _settings: &serde_json::Value, _language: Language) -> Vec<String> {
        Vec::new()
    }

    /// The rich menus that handlers can give to accounts and users.
    fn menus(&self) -> &[Menu] {
        &[]
    }

    /// What each attached account has done every day.
    fn dailies(&self) -> &[Daily] {
        &[]
    }

    /// What is wrong with the module itself, a sentence for its author each: with one, a
    /// worker does not start.
    fn faults(&self) -> &[String] {
        &[]
    }
}

/// A module that says nothing of itself.
static UNNAMED: About = About::unnamed();

/// The module, if nothing is wrong with it.
///
/// # Errors
/// The first of [`Module::faults`]; a rich menu that LINE would refuse.
pub fn without_faults<M: Module>(module: M) -> Result<M, ConfigError> {
    let own = module.faults().first().cloned();
    let own = own.or_else(|| no_time_zone(&module));
    let own = own.or_else(|| module.settings().fault());
    let own = own.or_else(|| module.about().fault());
    match own.or_else(|| menu::fault(module.menus())) {
        None => Ok(module),
        Some(fault) => Err(ConfigError::Module(fault)),
    }
}

fn no_time_zone<M: Module>(module: &M) -> Option<String> {
    let zone = module.settings().time_zone(&settings::Values::new());
    let lacks = zone.is_none() && !module.dailies().is_empty();
    lacks.then(|| daily::NO_TIME_ZONE.to_owned())
}

/// A module that several hold.
impl<M: Module> Module for Arc<M> {
    async fn handle(&self, cx: &mut Context<'_>, event: &Event) -> Handled {
        M::handle(self, cx, event).await
    }

    fn takes_unknown(&self, event: &Event, place: Place) -> bool {
        M::takes_unknown(self, event, place)
    }

    fn not_entitled(&self, about: &NotEntitled<'_>) -> Option<Text> {
        M::not_entitled(self, about)
    }

    fn may_push_instead_of_reply(&self) -> bool {
        M::may_push_instead_of_reply(self)
    }

    fn about(&self) -> &About {
        M::about(self)
    }

    fn settings(&self) -> &settings::Schema {
        M::settings(self)
    }

    fn preview(&self, settings: &serde_json::Value, language: Language) -> Vec<String> {
        M::preview(self, settings, language)
    }

    fn menus(&self) -> &[Menu] {
        M::menus(self)
    }

    fn dailies(&self) -> &[Daily] {
        M::dailies(self)
    }

    fn faults(&self) -> &[String] {
        M::faults(self)
    }
}

/// Why a handler did not succeed.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ModuleError {
    /// A transient failure: the event is tried again later, for hours.
    #[error("{0}")]
    Retry(String),
    /// It will never work: the event is set aside at once, for a person to look at.
    #[error("{0}")]
    Park(String),
    /// The module's own fault: tried again a few times, then set aside.
    #[error("{0}")]
    Bug(String),
    /// Too little time was left for a [step](Context::step): the event comes again soon, and no
    /// failure is counted. Steps that have succeeded are kept. Only a step ends so.
    #[error("{reason}")]
    #[non_exhaustive]
    NoTime {
        /// Which step, and how long it may take.
        reason: String,
    },
}

impl ModuleError {
    /// A transient failure of something that the module itself calls.
    pub fn retry(reason: impl Into<String>) -> Self {
        Self::Retry(reason.into())
    }

    /// What will never work.
    pub fn park(reason: impl Into<String>) -> Self {
        Self::Park(reason.into())
    }

    /// The module's own fault.
    pub fn bug(reason: impl Into<String>) -> Self {
        Self::Bug(reason.into())
    }

    /// The reason, short enough for the ledger.
    pub fn reason(&self) -> String {
        self.to_string().chars().take(500).collect()
    }
}

impl From<StoreError> for ModuleError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable { .. } | StoreError::Newer { .. } => {
                Self::Retry(error.to_string())
            }
            StoreError::Malformed { .. } => Self::Bug(error.to_string()),
        }
    }
}

impl From<LineError> for ModuleError {
    fn from(error: LineError) -> Self {
        match error.kind {
            LineErrorKind::Open => Self::Retry(error.to_string()),
            kind if kind.may_pass() => Self::Retry(error.to_string()),
            LineErrorKind::Gone => Self::Park(error.to_string()),
            _ => Self::Bug(error.to_string()),
        }
    }
}

impl From<OverLimit> for ModuleError {
    fn from(error: OverLimit) -> Self {
        Self::Bug(error.to_string())
    }
}

impl From<serde_json::Error> for ModuleError {
    fn from(error: serde_json::Error) -> Self {
        Self::Bug(error.to_string())
    }
}

/// What the macros' code calls.
#[doc(hidden)]
pub mod __private {
    pub use crate::tap::tap_fits;
    pub use crate::texts::{TextFiles, heard, language};
    pub use serde;
}

/// The examples of the documents compile.
#[cfg(doctest)]
mod documents {
    #[doc = include_str!("../../../README.md")]
    struct Readme;

    #[doc = include_str!("../../../docs/module.md")]
    struct Reference;
}
