//! What a tap does
//! (<https://developers.line.biz/en/reference/messaging-api/#action-objects>).

use serde::Serialize;

use crate::line::message::limit::{OverLimit, at_most, graphemes, units};

/// What a tap does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(
    tag = "type",
    rename_all = "lowercase",
    rename_all_fields = "camelCase"
)]
pub enum Action {
    /// Comes back as a postback with `data`.
    Postback {
        /// What the button says.
        label: String,
        /// What comes back.
        data: String,
        /// What the user is shown to have said.
        #[serde(skip_serializing_if = "Option::is_none")]
        display_text: Option<String>,
    },
    /// Comes back as the user's own message.
    Message {
        /// What the button says.
        label: String,
        /// What the user says.
        text: String,
    },
    /// Opens an address: https, http, line or tel.
    Uri {
        /// What the button says.
        label: String,
        /// The address.
        uri: String,
    },
    /// Lets the user pick a time, which comes back as a postback.
    DatetimePicker {
        /// What the button says.
        label: String,
        /// What comes back beside the time.
        data: String,
        /// Date, time or both.
        mode: PickMode,
        /// What is picked at first, in the mode's form.
        #[serde(skip_serializing_if = "Option::is_none")]
        initial: Option<String>,
        /// The first that can be picked.
        #[serde(skip_serializing_if = "Option::is_none")]
        min: Option<String>,
        /// The last that can be picked.
        #[serde(skip_serializing_if = "Option::is_none")]
        max: Option<String>,
    },
    /// Opens the camera. In quick replies only.
    Camera {
        /// What the button says.
        label: String,
    },
    /// Opens the camera roll. In quick replies only.
    #[serde(rename = "cameraRoll")]
    CameraRoll {
        /// What the button says.
        label: String,
    },
    /// Lets the user pick a place. In quick replies only.
    Location {
        /// What the button says.
        label: String,
    },
    /// Shows another rich menu. In rich menus only.
    RichMenuSwitch {
        /// What is read to those who cannot see it.
        label: String,
        /// The menu's alias.
        rich_menu_alias_id: String,
        /// What comes back.
        data: String,
    },
    /// Copies a text.
    Clipboard {
        /// What the button says.
        label: String,
        /// The text.
        clipboard_text: String,
    },
}

/// What is picked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum PickMode {
    /// `2026-11-21`.
    Date,
    /// `09:30`.
    Time,
    /// `2026-11-21T09:30`.
    Datetime,
}

impl Action {
    /// A postback that is not shown.
    pub fn postback(label: impl Into<String>, data: impl Into<String>) -> Self {
        Self::Postback {
            label: label.into(),
            data: data.into(),
            display_text: None,
        }
    }

    /// A message of the user's.
    pub fn message(label: impl Into<String>, text: impl Into<String>) -> Self {
        Self::Message {
            label: label.into(),
            text: text.into(),
        }
    }

    /// An address.
    pub fn uri(label: impl Into<String>, uri: impl Into<String>) -> Self {
        Self::Uri {
            label: label.into(),
            uri: uri.into(),
        }
    }

    fn label(&self) -> &str {
        match self {
            Self::Postback { label, .. }
            | Self::Message { label, .. }
            | Self::Uri { label, .. }
            | Self::DatetimePicker { label, .. }
            | Self::Camera { label }
            | Self::CameraRoll { label }
            | Self::Location { label }
            | Self::RichMenuSwitch { label, .. }
            | Self::Clipboard { label, .. } => label,
        }
    }

    pub(super) fn limits(&self, label: usize) -> Result<(), OverLimit> {
        at_most("label", graphemes(self.label()), label)?;
        match self {
            Self::Postback {
                data, display_text, ..
            } => {
                at_most("data", units(data), 300)?;
                at_most(
                    "displayText",
                    display_text.as_deref().map_or(0, graphemes),
                    300,
                )
            }
            Self::Message { text, .. } => at_most("text", graphemes(text), 300),
            Self::Uri { uri, .. } => at_most("uri", units(uri), 1_000),
            Self::DatetimePicker { data, .. } => at_most("data", units(data), 300),
            Self::RichMenuSwitch {
                rich_menu_alias_id,
                data,
                ..
            } => {
                at_most("richMenuAliasId", units(rich_menu_alias_id), 32)?;
                at_most("data", units(data), 300)
            }
            Self::Clipboard { clipboard_text, .. } => {
                at_most("clipboardText", units(clipboard_text), 1_000)
            }
            Self::Camera { .. } | Self::CameraRoll { .. } | Self::Location { .. } => Ok(()),
        }
    }
}
