//! Audiences: groups of users to send to.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::clock::Millis;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Audience {
    pub(crate) id: u64,
    /// How it came about.
    pub(crate) kind: AudienceKind,
    /// Its name.
    pub(crate) description: String,
    /// Whether its ids are advertising identifiers.
    pub(crate) is_ifa: bool,
    /// Who is in it.
    pub(crate) users: BTreeSet<String>,
    /// When it was made.
    pub(crate) created_at: Millis,
    /// What was uploaded into it, the oldest first.
    pub(crate) uploads: Vec<Upload>,
}

/// How an audience came about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum AudienceKind {
    /// Its users were uploaded.
    Upload,
    /// They opened a link of a message.
    Click {
        /// The message's request.
        request_id: String,
        /// The link; any of the message's if not given.
        url: Option<String>,
    },
    /// They saw a message.
    Imp {
        /// The message's request.
        request_id: String,
    },
}

/// Users uploaded into an audience.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Upload {
    pub(crate) id: u64,
    /// Its name.
    pub(crate) description: String,
    /// How many ids it has.
    pub(crate) count: usize,
    /// When it was taken on.
    pub(crate) at: Millis,
    /// When it is done.
    pub(crate) due: Millis,
}

impl AudienceKind {
    /// The value in LINE's answers.
    pub(crate) fn as_str(&self) -> &'static str {
        match self {
            Self::Upload => "UPLOAD",
            Self::Click { .. } => "CLICK",
            Self::Imp { .. } => "IMP",
        }
    }
}

impl Audience {
    /// Whether everything uploaded into it is done.
    pub(crate) fn is_ready(&self, now: Millis) -> bool {
        self.running(now) == 0
    }

    /// How many uploads into it are not done yet.
    pub(crate) fn running(&self, now: Millis) -> usize {
        let uploads = self.uploads.iter();
        uploads.filter(|upload| upload.due > now).count()
    }

    /// The value in LINE's answers.
    pub(crate) fn status(&self, now: Millis) -> &'static str {
        if self.is_ready(now) {
            "READY"
        } else {
            "IN_PROGRESS"
        }
    }
}
