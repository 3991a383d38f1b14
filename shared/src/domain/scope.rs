//! What an Official Account's admin has allowed the module channel to do.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// One permission, such as `message:send`. LINE adds to them, so it is a text
/// (<https://developers.line.biz/en/docs/partner-docs/module-technical-attach-channel/>).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Scope(String);

impl Scope {
    /// Reply, push and the other ways to send.
    pub const MESSAGE_SEND: &str = "message:send";
    /// Webhooks and chat control.
    pub const MESSAGE_RECEIVE: &str = "message:receive";
    /// Profiles of users and members.
    pub const PROFILE_READ: &str = "profile:read";
    /// Insight, and the default rich menu.
    pub const ACCOUNT_MANAGE: &str = "account:manage";
    /// Marking chats as read.
    pub const MESSAGE_MARK_AS_READ: &str = "message:mark_as_read";
    /// Templated notification messages, by phone number.
    pub const MESSAGE_TEMPLATED_PNP: &str = "message:templated_pnp";
    /// Coupons.
    pub const COUPON_MANAGE: &str = "coupon:manage";

    /// Every scope that LINE documents for module channels.
    pub const DOCUMENTED: [&str; 7] = [
        Self::MESSAGE_SEND,
        Self::MESSAGE_RECEIVE,
        Self::PROFILE_READ,
        Self::ACCOUNT_MANAGE,
        Self::MESSAGE_MARK_AS_READ,
        Self::MESSAGE_TEMPLATED_PNP,
        Self::COUPON_MANAGE,
    ];

    /// A scope by its name.
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// Its name as LINE writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What is known of the scopes granted by one Official Account.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(from = "Option<BTreeSet<Scope>>", into = "Option<BTreeSet<Scope>>")]
pub enum Scopes {
    /// Neither the attach answer nor the attached event has them: try, and let
    /// LINE decide.
    #[default]
    Unknown,
    /// Exactly these.
    Granted(BTreeSet<Scope>),
}

impl Scopes {
    /// Scopes from a list of names; none at all counts as granted none.
    pub fn granted<S: Into<String>>(names: impl IntoIterator<Item = S>) -> Self {
        Self::Granted(names.into_iter().map(Scope::new).collect())
    }

    /// Scopes from names separated by spaces.
    pub fn from_words(words: &str) -> Self {
        Self::granted(words.split_whitespace())
    }

    /// Whether a call that needs `scope` is worth trying.
    pub fn may(&self, scope: &str) -> bool {
        match self {
            Self::Unknown => true,
            Self::Granted(scopes) => scopes.iter().any(|granted| granted.as_str() == scope),
        }
    }
}

impl From<Option<BTreeSet<Scope>>> for Scopes {
    fn from(known: Option<BTreeSet<Scope>>) -> Self {
        known.map_or(Self::Unknown, Self::Granted)
    }
}

impl From<Scopes> for Option<BTreeSet<Scope>> {
    fn from(scopes: Scopes) -> Self {
        match scopes {
            Scopes::Unknown => None,
            Scopes::Granted(scopes) => Some(scopes),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_scopes_mean_try_and_known_ones_decide() {
        assert!(Scopes::Unknown.may(Scope::MESSAGE_SEND));
        assert!(Scopes::from_words("message:send  profile:read").may(Scope::PROFILE_READ));
        assert!(!Scopes::from_words("message:send").may(Scope::PROFILE_READ));
        assert!(!Scopes::from_words("").may(Scope::MESSAGE_SEND));
    }
}
