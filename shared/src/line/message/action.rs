//! What a tap does
//! (<https://developers.line.biz/en/reference/messaging-api/#action-objects>).

use serde::{Deserialize, Serialize};

use crate::line::message::date_time;
use crate::line::message::limit::{OverLimit, graphemes, units, uri, within};
use crate::line::message::place::Place;

/// What a tap does. In rich menus, image carousels and flex messages an empty label is none
/// (<https://developers.line.biz/en/reference/messaging-api/#action-object-label-spec>).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "type",
    rename_all = "lowercase",
    rename_all_fields = "camelCase"
)]
pub enum Action {
    /// Comes back as a postback with `data`.
    Postback {
        /// What the button says.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        label: String,
        /// What comes back.
        #[serde(default)]
        data: String,
        /// What the user is shown to have said.
        #[serde(skip_serializing_if = "Option::is_none")]
        display_text: Option<String>,
        /// What opens or closes on the user's phone.
        #[serde(flatten)]
        input: Option<Input>,
    },
    /// Comes back as the user's own message.
    Message {
        /// What the button says.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        label: String,
        /// What the user says.
        #[serde(default)]
        text: String,
    },
    /// Opens an address: https, http, line or tel.
    Uri {
        /// What the button says.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        label: String,
        /// The address.
        #[serde(default)]
        uri: String,
        /// Another for LINE on a computer. In flex messages, not in quick replies.
        #[serde(skip_serializing_if = "Option::is_none")]
        alt_uri: Option<AltUri>,
    },
    /// Lets the user pick a time, which comes back as a postback.
    DatetimePicker {
        /// What the button says.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        label: String,
        /// What comes back beside the time.
        #[serde(default)]
        data: String,
        /// Date, time or both.
        mode: PickMode,
        /// What is picked at first, in the mode's form; not before `min` or after `max`.
        #[serde(skip_serializing_if = "Option::is_none")]
        initial: Option<String>,
        /// The first that can be picked.
        #[serde(skip_serializing_if = "Option::is_none")]
        min: Option<String>,
        /// The last that can be picked: later than `min`.
        #[serde(skip_serializing_if = "Option::is_none")]
        max: Option<String>,
    },
    /// Opens the camera. In quick replies only.
    Camera {
        /// What the button says.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        label: String,
    },
    /// Opens the camera roll. In quick replies only.
    #[serde(rename = "cameraRoll")]
    CameraRoll {
        /// What the button says.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        label: String,
    },
    /// Lets the user pick a place. In quick replies only.
    Location {
        /// What the button says.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        label: String,
    },
    /// Shows another rich menu. In rich menus only.
    RichMenuSwitch {
        /// What is read to those who cannot see it.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        label: String,
        /// The menu's alias.
        #[serde(default)]
        rich_menu_alias_id: String,
        /// What comes back.
        #[serde(default)]
        data: String,
    },
    /// Copies a text.
    Clipboard {
        /// What the button says.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        label: String,
        /// The text.
        #[serde(default)]
        clipboard_text: String,
    },
}

/// What a postback opens or closes on the user's phone
/// (<https://developers.line.biz/en/reference/messaging-api/#postback-action>).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "inputOption",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum Input {
    /// Closes the rich menu.
    CloseRichMenu,
    /// Opens the rich menu.
    OpenRichMenu,
    /// Opens the keyboard.
    OpenKeyboard {
        /// What the user finds written: up to 300 characters, with line breaks if wanted.
        #[serde(skip_serializing_if = "Option::is_none")]
        fill_in_text: Option<String>,
    },
    /// Opens the recorder of voice messages.
    OpenVoice,
}

/// Where LINE on a computer goes instead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AltUri {
    /// The address, like that of the action.
    pub desktop: String,
}

/// What is picked, from 1900 to 2100
/// (<https://developers.line.biz/en/reference/messaging-api/#date-and-time-format>).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
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
            input: None,
        }
    }

    /// A postback that is shown as if the user had said `shown`.
    pub fn postback_shown(
        label: impl Into<String>,
        data: impl Into<String>,
        shown: impl Into<String>,
    ) -> Self {
        Self::Postback {
            label: label.into(),
            data: data.into(),
            display_text: Some(shown.into()),
            input: None,
        }
    }

    /// A postback that opens the keyboard with `text` written, for the user to complete.
    pub fn fill_in(
        label: impl Into<String>,
        data: impl Into<String>,
        text: impl Into<String>,
    ) -> Self {
        let fill_in_text = Some(text.into());
        Self::Postback {
            label: label.into(),
            data: data.into(),
            display_text: None,
            input: Some(Input::OpenKeyboard { fill_in_text }),
        }
    }

    /// A message of the user's.
    pub fn message(label: impl Into<String>, text: impl Into<String>) -> Self {
        Self::Message {
            label: label.into(),
            text: text.into(),
        }
    }

    /// A message of the user's, which says the label.
    pub fn say(label: impl Into<String>) -> Self {
        let label = label.into();
        Self::message(label.clone(), label)
    }

    /// An address.
    pub fn uri(label: impl Into<String>, uri: impl Into<String>) -> Self {
        Self::Uri {
            label: label.into(),
            uri: uri.into(),
            alt_uri: None,
        }
    }

    /// An address, and another for LINE on a computer.
    pub fn uri_or_desktop(
        label: impl Into<String>,
        uri: impl Into<String>,
        desktop: impl Into<String>,
    ) -> Self {
        let desktop = desktop.into();
        Self::Uri {
            label: label.into(),
            uri: uri.into(),
            alt_uri: Some(AltUri { desktop }),
        }
    }

    /// Lets the user pick a date, a time or both, of all that there are.
    pub fn pick(mode: PickMode, label: impl Into<String>, data: impl Into<String>) -> Self {
        Self::DatetimePicker {
            label: label.into(),
            data: data.into(),
            mode,
            initial: None,
            min: None,
            max: None,
        }
    }

    /// The camera, in a quick reply.
    pub fn camera(label: impl Into<String>) -> Self {
        let label = label.into();
        Self::Camera { label }
    }

    /// The pictures on the phone, in a quick reply.
    pub fn camera_roll(label: impl Into<String>) -> Self {
        let label = label.into();
        Self::CameraRoll { label }
    }

    /// Where the user is, in a quick reply.
    pub fn location(label: impl Into<String>) -> Self {
        let label = label.into();
        Self::Location { label }
    }

    /// Copies a text.
    pub fn clipboard(label: impl Into<String>, text: impl Into<String>) -> Self {
        Self::Clipboard {
            label: label.into(),
            clipboard_text: text.into(),
        }
    }

    /// Shows another tab of a module's rich menu. A postback with the data `tab` and the tab's
    /// name tells of it.
    pub fn switch(tab: impl Into<String>) -> Self {
        let tab = tab.into();
        Self::RichMenuSwitch {
            label: String::new(),
            data: format!("tab {tab}"),
            rich_menu_alias_id: tab,
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

    pub(crate) fn limits(&self, place: Place) -> Result<(), OverLimit> {
        place.takes(self)?;
        let (least, most) = place.label();
        within("label", graphemes(self.label()), least, most)?;
        match self {
            Self::Postback {
                data,
                display_text,
                input,
                ..
            } => {
                data_limits(data)?;
                if let Some(text) = display_text {
                    within("displayText", graphemes(text), 1, 300)?;
                }
                input.as_ref().map_or(Ok(()), Input::limits)
            }
            Self::Message { text, .. } => within("text", graphemes(text), 1, 300),
            Self::Uri { uri: to, .. } => {
                uri("uri", to)?;
                self.desktop(place)
            }
            Self::DatetimePicker {
                data,
                mode,
                initial,
                min,
                max,
                ..
            } => {
                data_limits(data)?;
                let [initial, min, max] = [initial, min, max].map(Option::as_deref);
                date_time::check(*mode, initial, min, max)
            }
            Self::RichMenuSwitch {
                rich_menu_alias_id,
                data,
                ..
            } => {
                within("richMenuAliasId", units(rich_menu_alias_id), 1, 32)?;
                data_limits(data)
            }
            Self::Clipboard { clipboard_text, .. } => {
                within("clipboardText", units(clipboard_text), 1, 1_000)
            }
            Self::Camera { .. } | Self::CameraRoll { .. } | Self::Location { .. } => Ok(()),
        }
    }
}

/// The error names too long data by its first word: of a tap's that is the prefix.
fn data_limits(data: &str) -> Result<(), OverLimit> {
    within("data", units(data), 1, 300).map_err(|error| {
        let first = data.split(['/', ' ']).next().unwrap_or_default();
        let first: String = first.chars().take(30).collect();
        match first.is_empty() {
            true => error,
            false => OverLimit {
                problem: format!("{}, of data that begins with {first:?}", error.problem),
                ..error
            },
        }
    })
}

impl Action {
    /// LINE's documents name flex messages as what takes another address for computers, and
    /// quick replies as what does not; elsewhere it is LINE's to judge.
    fn desktop(&self, place: Place) -> Result<(), OverLimit> {
        let Self::Uri {
            alt_uri: Some(AltUri { desktop }),
            ..
        } = self
        else {
            return Ok(());
        };
        if place == Place::QuickReply {
            let problem = "LINE does not take it in quick replies";
            return Err(OverLimit::new("altUri", problem));
        }
        uri("altUri.desktop", desktop)
    }
}

impl Input {
    fn limits(&self) -> Result<(), OverLimit> {
        match self {
            Self::OpenKeyboard {
                fill_in_text: Some(text),
            } => within("fillInText", graphemes(text), 1, 300),
            _ => Ok(()),
        }
    }
}
