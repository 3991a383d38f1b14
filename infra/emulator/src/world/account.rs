//! LINE Official Accounts.

use serde::{Deserialize, Serialize};

use super::channel::Side;
use super::chat::Holder;
use crate::clock::{self, Millis};

/// A LINE Official Account and its bot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// The bot's user id.
    pub bot_id: String,
    /// The basic id, `@` and eight characters.
    pub basic_id: String,
    /// The premium id, if the account has bought one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub premium_id: Option<String>,
    /// Where its picture is, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture_url: Option<String>,
    /// The name that users see.
    pub display_name: String,
    /// Where the account is at home.
    pub region: Region,
    /// What LINE has checked of it.
    pub brand_type: BrandType,
    /// Whether it can be used.
    pub status: AccountStatus,
    /// Whether the module channel is attached to it.
    pub attached: bool,
    /// The scopes granted to the module channel.
    pub scopes: Vec<String>,
    /// Whether it has a Messaging API channel of its own, where its staff may be. Without one nobody
    /// takes a chat from a module channel.
    #[serde(default = "yes")]
    pub primary_channel: bool,
    /// Whether the other module channel, which has Default Active too, is attached to it.
    #[serde(default)]
    pub other_module: bool,
    /// The scopes granted to the other module channel.
    #[serde(default)]
    pub other_scopes: Vec<String>,
    /// When its owner deleted it.
    #[serde(default)]
    pub(crate) deleted_at: Option<Millis>,
    /// Until when calls for it still succeed although it is detached.
    #[serde(default)]
    pub(crate) lingers_until: Option<Millis>,
    /// Messages counted against the quota, with the month they were counted in.
    #[serde(default)]
    pub(crate) pushed: (String, u64),
    /// Messages that each month has at most; if not set, the setting applies.
    #[serde(default)]
    pub(crate) monthly_limit: Option<u64>,
}

fn yes() -> bool {
    true
}

/// Where an account is at home.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Region {
    /// Japan.
    Jp,
    /// Taiwan.
    Tw,
}

/// What LINE has checked of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BrandType {
    /// Premium.
    Premium,
    /// Verified.
    Verified,
    /// Unverified.
    Unverified,
}

/// Whether an account can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AccountStatus {
    /// It can.
    Active,
    /// Suspended by LINE or its owner; may come back.
    Suspended,
    /// Deleted by its owner; its data is erased three months later.
    Deleted,
}

impl Account {
    /// Whether a scope was granted to a module channel.
    pub(crate) fn has_scope(&self, side: Side, scope: &str) -> bool {
        let scopes = match side {
            Side::Ours => &self.scopes,
            Side::Other => &self.other_scopes,
        };
        scopes.iter().any(|granted| granted == scope)
    }

    /// Whether a channel is sent what happens in this account: it is there, may receive, and the
    /// account is in use.
    ///
    /// Source: <https://developers.line.biz/en/docs/partner-docs/module-technical-using-messaging-api/#get-webhook>
    pub(crate) fn sends_webhooks(&self, channel: Holder) -> bool {
        let hears = match channel {
            Holder::Module => self.attached && self.hears(Side::Ours),
            Holder::Other => self.other_module && self.hears(Side::Other),
            Holder::Primary => self.primary_channel,
        };
        hears && self.status == AccountStatus::Active
    }

    /// Whether a module channel was granted webhooks.
    pub(crate) fn hears(&self, side: Side) -> bool {
        self.has_scope(side, "message:receive")
    }

    /// Whether calls for it succeed: the module channel is attached, or has just been detached.
    pub(crate) fn answers(&self, side: Side, now: Millis) -> bool {
        match side {
            Side::Ours => self.attached || self.lingers_until.is_some_and(|end| now < end),
            Side::Other => self.other_module,
        }
    }

    /// Whether LINE has checked the account: only then it may list its users.
    ///
    /// Source: <https://developers.line.biz/en/reference/messaging-api/#get-follower-ids>
    pub(crate) fn is_checked(&self) -> bool {
        self.brand_type != BrandType::Unverified
    }

    /// When its data is erased and the module channels are detached: three months after its owner
    /// deleted it.
    ///
    /// Source: <https://developers.line.biz/en/reference/partner-docs/#detached-event>
    pub(crate) fn erased_at(&self) -> Option<Millis> {
        let attached = self.attached || self.other_module;
        let deleted_at = self.deleted_at.filter(|_| attached);
        deleted_at.map(|at| clock::months_later(at, 3, self.region.hours()))
    }

    /// Messages counted in a month.
    pub(crate) fn pushed_in(&self, month: &str) -> u64 {
        if self.pushed.0 == month {
            self.pushed.1
        } else {
            0
        }
    }

    /// Counts messages.
    pub(crate) fn count(&mut self, month: &str, messages: u64) {
        self.pushed = (month.to_owned(), self.pushed_in(month) + messages);
    }
}

impl Region {
    /// Hours that its clocks are ahead of UTC.
    pub(crate) fn hours(self) -> i8 {
        match self {
            Self::Jp => 9,
            Self::Tw => 8,
        }
    }

    /// The value in LINE's parameters.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Jp => "JP",
            Self::Tw => "TW",
        }
    }
}

impl BrandType {
    /// The value in LINE's parameters.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Premium => "premium",
            Self::Verified => "verified",
            Self::Unverified => "unverified",
        }
    }
}

impl AccountStatus {
    /// The value in the control interface.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Deleted => "deleted",
        }
    }
}
