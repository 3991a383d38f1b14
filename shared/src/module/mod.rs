//! What a module's author sees. A module is one type: it is given an event and
//! a [`Context`], changes its own state and plans what to send. Nothing goes out
//! before all of that is committed, so a handler that fails has done nothing, and
//! one that runs again does the same.

mod context;

use std::future::Future;

pub use context::{Active, Context, Draft, Row, Surroundings};

pub use crate::domain::event::MessageContent;
pub use crate::domain::{Chat, ChatKind, Event, EventKind, Scopes, Timestamp, UserId};
pub use crate::line::endpoints::profile::Profile;
pub use crate::line::message::{
    Action, Audio, Buttons, Carousel, Column, Confirm, Flex, Image, ImageCarousel, ImageColumn,
    Location, PickMode, QuickReply, Sender, Sticker, TemplateMessage, Text, TextV2, Video,
};

use crate::line::LineError;
use crate::line::error::LineErrorKind;
use crate::store::StoreError;

/// The company's own behaviour.
pub trait Module: Send + Sync + 'static {
    /// Handles one event: of a chat, or of the account itself (attached, detached,
    /// suspended, resumed), which has no chat. Of each attach and each detach it is
    /// told once. Returning `Ok` without planning anything is a fine answer:
    /// postbacks of other channels' messages arrive here too.
    ///
    /// # Errors
    /// [`ModuleError`] says whether it is worth trying again.
    fn handle(
        &self,
        cx: &mut Context<'_>,
        event: &Event,
    ) -> impl Future<Output = Result<(), ModuleError>> + Send;

    /// Whether a push, which counts against the account's quota, may stand in
    /// for a reply whose token certainly did not work.
    fn may_push_instead_of_reply(&self) -> bool {
        false
    }
}

/// Why a handler did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum ModuleError {
    /// A bad moment: the event is tried again later.
    #[error("{0}")]
    Retry(String),
    /// The module's own fault: tried again a few times, then parked.
    #[error("{0}")]
    Bug(String),
}

impl ModuleError {
    /// The reason, short enough for the ledger.
    pub fn reason(&self) -> String {
        self.to_string().chars().take(500).collect()
    }
}

impl From<StoreError> for ModuleError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable { .. } => Self::Retry(error.to_string()),
            StoreError::Malformed { .. } => Self::Bug(error.to_string()),
        }
    }
}

impl From<LineError> for ModuleError {
    fn from(error: LineError) -> Self {
        match error.kind {
            LineErrorKind::Open => Self::Retry(error.to_string()),
            kind if kind.may_pass() => Self::Retry(error.to_string()),
            _ => Self::Bug(error.to_string()),
        }
    }
}

impl From<serde_json::Error> for ModuleError {
    fn from(error: serde_json::Error) -> Self {
        Self::Bug(error.to_string())
    }
}
