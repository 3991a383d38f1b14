//! What every message can have: quick replies, and another sender's name.

use serde::Serialize;

use crate::line::message::limit::{OverLimit, at_most, each, https, units, within};
use crate::line::message::{Action, Place};

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Around {
    #[serde(skip_serializing_if = "Option::is_none")]
    quick_reply: Option<QuickReplies>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sender: Option<Sender>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct QuickReplies {
    items: Vec<QuickReply>,
}

/// One button above the keyboard
/// (<https://developers.line.biz/en/reference/messaging-api/#quick-reply>).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename = "action", rename_all = "camelCase")]
pub struct QuickReply {
    #[serde(skip_serializing_if = "Option::is_none")]
    image_url: Option<String>,
    action: Action,
}

/// Another name or icon than the account's
/// (<https://developers.line.biz/en/reference/messaging-api/#icon-nickname-switch>).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Sender {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    icon_url: Option<String>,
}

impl Around {
    pub(super) fn set_quick_replies(&mut self, items: impl IntoIterator<Item = QuickReply>) {
        let items: Vec<_> = items.into_iter().collect();
        self.quick_reply = (!items.is_empty()).then_some(QuickReplies { items });
    }

    pub(super) fn set_sender(&mut self, sender: Sender) {
        self.sender = Some(sender);
    }

    pub(super) fn check(&self) -> Result<(), OverLimit> {
        let items = self.quick_reply.as_ref().map_or(&[][..], |all| &all.items);
        at_most("quickReply.items", items.len(), QuickReply::MOST)?;
        each("quickReply.items", items, QuickReply::limits)?;
        let sender = self.sender.as_ref().map_or(Ok(()), Sender::limits);
        sender.map_err(|error| error.inside("sender"))
    }
}

impl QuickReply {
    /// Maximum number of a message.
    pub const MOST: usize = 13;

    /// A button that does this.
    pub fn new(action: Action) -> Self {
        Self {
            image_url: None,
            action,
        }
    }

    /// A button whose tap comes back as `data`, and shows `label` as said.
    pub fn postback(label: impl Into<String>, data: impl Into<String>) -> Self {
        let label = label.into();
        Self::new(Action::postback_shown(label.clone(), data, label))
    }

    /// A button whose tap says `text`.
    pub fn message(label: impl Into<String>, text: impl Into<String>) -> Self {
        Self::new(Action::message(label, text))
    }

    /// A button whose tap says its label.
    pub fn say(label: impl Into<String>) -> Self {
        Self::new(Action::say(label))
    }

    /// With an icon: the https URL of a square PNG.
    #[must_use]
    pub fn icon(mut self, url: impl Into<String>) -> Self {
        self.image_url = Some(url.into());
        self
    }

    fn limits(&self) -> Result<(), OverLimit> {
        if let Some(url) = &self.image_url {
            https("imageUrl", url)?;
        }
        let action = self.action.limits(Place::QuickReply);
        action.map_err(|error| error.inside("action"))
    }
}

impl Sender {
    /// The account's own name and icon.
    pub fn new() -> Self {
        Self::default()
    }

    /// With this name: up to 20 characters.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// With this icon: the https URL of a PNG.
    #[must_use]
    pub fn icon(mut self, url: impl Into<String>) -> Self {
        self.icon_url = Some(url.into());
        self
    }

    fn limits(&self) -> Result<(), OverLimit> {
        if let Some(name) = &self.name {
            within("name", units(name), 1, 20)?;
        }
        self.icon_url
            .as_deref()
            .map_or(Ok(()), |url| https("iconUrl", url))
    }
}
