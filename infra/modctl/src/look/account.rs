//! An account, as commands show it.

use serde::Serialize;
use shared::domain::{Attachment, BotId, Entitlement, Pause, Scopes, Timestamp};
use shared::store::BotRow;

/// What is known of an account.
#[derive(Debug, Serialize)]
pub(crate) struct Account {
    pub(crate) bot: BotId,
    pub(crate) basic_id: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) state: State,
    pub(crate) attached_at: Option<Timestamp>,
    pub(crate) detached_at: Option<Timestamp>,
    pub(crate) suspended_at: Option<Timestamp>,
    /// Since when LINE's list lacks it.
    pub(crate) missing_since: Option<Timestamp>,
    /// Absent if not known.
    pub(crate) scopes: Option<Vec<String>>,
    /// An operator's pause of the account itself.
    pub(crate) pause: Option<Pause>,
    /// What billing says of it.
    pub(crate) entitled: Entitlement,
    /// When the data of an ended attachment was erased.
    pub(crate) erased_at: Option<Timestamp>,
}

/// In one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum State {
    Attached,
    Suspended,
    Detaching,
    Detached,
}

impl State {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Attached => "attached",
            Self::Suspended => "suspended",
            Self::Detaching => "detaching",
            Self::Detached => "detached",
        }
    }
}

impl Account {
    pub(crate) fn of(bot: BotId, row: &BotRow) -> Self {
        let state = &row.state;
        Self {
            bot,
            basic_id: row.basic_id.clone(),
            name: row.display_name.clone(),
            state: match state.attachment() {
                Attachment::Detaching(_) => State::Detaching,
                Attachment::Detached(_) => State::Detached,
                Attachment::Attached if state.is_suspended() => State::Suspended,
                Attachment::Attached => State::Attached,
            },
            attached_at: state.attached_at,
            detached_at: state.detached_at,
            suspended_at: state.suspended_at.filter(|_| state.is_suspended()),
            missing_since: state.missing_since,
            pause: state.pause.clone(),
            entitled: state.entitlement(),
            erased_at: state.erased_at,
            scopes: match state.scopes() {
                Scopes::Unknown => None,
                Scopes::Granted(scopes) => {
                    Some(scopes.iter().map(|it| it.as_str().to_owned()).collect())
                }
            },
        }
    }
}
