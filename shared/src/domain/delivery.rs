//! What became of one effect of a plan.

use serde::{Deserialize, Serialize};

use crate::domain::Silence;
use crate::domain::ledger::ParkKind;

/// What became of one effect.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Delivery {
    /// Not tried, or every try was definitely refused for now.
    #[default]
    Pending,
    /// Tried without a definite answer: it may have been accepted.
    Open,
    /// The reply was definitely refused, and a push stands in for it, not yet
    /// with a definite answer. Its retry key makes another try harmless.
    Pushing {
        /// Whether one of its tries may have been accepted.
        open: bool,
    },
    /// LINE accepted it.
    Sent {
        /// LINE's request id, for its support.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        request_id: Option<String>,
    },
    /// Not sent, on purpose.
    Dropped {
        /// Why.
        silence: Silence,
    },
    /// LINE did not take it, and nobody waits for it: it only goes with messages, as the
    /// loading animation, "read" and rich menus do. It neither holds the event back nor needs
    /// a person.
    Skipped {
        /// LINE's reason.
        reason: String,
    },
    /// The reply token was used, or too old, and no push was to stand in.
    Expired,
    /// LINE will not take it, now or later.
    Refused {
        /// LINE's reason.
        reason: String,
    },
    /// Whether LINE accepted it cannot be known.
    Unknown {
        /// Why.
        reason: String,
    },
}

impl Delivery {
    /// Whether nothing more can be done about it.
    pub fn is_final(&self) -> bool {
        !matches!(self, Self::Pending | Self::Open | Self::Pushing { .. })
    }

    /// Whether LINE may have accepted it: a try had no definite answer.
    pub fn may_be_accepted(&self) -> bool {
        matches!(self, Self::Open | Self::Pushing { open: true })
    }

    /// The same, where a try was found that has no end.
    #[must_use]
    pub fn left_open(self) -> Self {
        match self {
            Self::Pending => Self::Open,
            Self::Pushing { .. } => Self::Pushing { open: true },
            known => known,
        }
    }

    /// Why LINE will not take it, if so: the event needs a person.
    pub fn refusal(&self) -> Option<(ParkKind, &str)> {
        match self {
            Self::Refused { reason } => Some((ParkKind::RefusedByLine, reason)),
            Self::Expired => Some((ParkKind::ReplyExpired, EXPIRED)),
            _ => None,
        }
    }

    /// One word for screens.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Open => "open",
            Self::Pushing { .. } => "pushing",
            Self::Sent { .. } => "sent",
            Self::Dropped { .. } => "dropped",
            Self::Skipped { .. } => "skipped",
            Self::Expired => "expired",
            Self::Refused { .. } => "refused",
            Self::Unknown { .. } => "unknown",
        }
    }

    /// Why it is so, where the word alone does not tell.
    pub fn reason(&self) -> Option<String> {
        match self {
            Self::Dropped { silence } => Some(silence.to_string()),
            Self::Expired => Some(EXPIRED.to_owned()),
            Self::Skipped { reason } | Self::Refused { reason } | Self::Unknown { reason } => {
                Some(reason.clone())
            }
            Self::Pending | Self::Open | Self::Pushing { .. } | Self::Sent { .. } => None,
        }
    }

    /// Two workers' knowledge of the same send: what is sent stays sent, and what
    /// one of them does not know for sure is not known.
    #[must_use]
    pub fn merge(self, other: Self) -> Self {
        match (self, other) {
            (sent @ Self::Sent { .. }, _) | (_, sent @ Self::Sent { .. }) => sent,
            (unknown @ Self::Unknown { .. }, _) | (_, unknown @ Self::Unknown { .. }) => unknown,
            (no, open) | (open, no) if no.is_final() && open.may_be_accepted() => {
                let reason = no.reason().unwrap_or_default();
                Self::Unknown { reason }
            }
            (known, _) | (_, known) if known.is_final() => known,
            (Self::Pushing { open }, other) | (other, Self::Pushing { open }) => Self::Pushing {
                open: open || other.may_be_accepted(),
            },
            (Self::Open, _) | (_, Self::Open) => Self::Open,
            _ => Self::Pending,
        }
    }
}

const EXPIRED: &str = "the reply token is used or too old";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_worker_knows_to_be_sent_stays_sent() {
        let sent = Delivery::Sent { request_id: None };
        let unknown = Delivery::Unknown { reason: "x".into() };
        assert_eq!(unknown.clone().merge(sent.clone()), sent);
        assert_eq!(sent.clone().merge(unknown.clone()), sent);
        assert_eq!(Delivery::Pending.merge(Delivery::Open), Delivery::Open);
        assert_eq!(Delivery::Open.merge(Delivery::Pending), Delivery::Open);
        assert_eq!(Delivery::Open.merge(unknown.clone()), unknown);
        let refused = Delivery::Refused { reason: "x".into() };
        assert_eq!(refused.clone().merge(Delivery::Open), unknown);
        assert_eq!(refused.clone().merge(Delivery::Pending), refused);
        assert_eq!(refused.clone().merge(unknown.clone()), unknown);
        assert_eq!(unknown.clone().merge(refused), unknown);
    }

    /// Of a push in place of a reply one worker may know more than the other.
    #[test]
    fn what_may_be_accepted_for_one_worker_may_be_for_both() {
        let pushing = |open| Delivery::Pushing { open };
        for (one, other, both) in [
            (Delivery::Pending, pushing(false), pushing(false)),
            (Delivery::Open, pushing(false), pushing(true)),
            (pushing(true), pushing(false), pushing(true)),
            (pushing(false), pushing(false), pushing(false)),
        ] {
            assert_eq!(one.clone().merge(other.clone()), both);
            assert_eq!(other.merge(one), both);
        }
        let reason = || "x".into();
        let (refused, unknown) = (
            Delivery::Refused { reason: reason() },
            Delivery::Unknown { reason: reason() },
        );
        assert_eq!(refused.clone().merge(pushing(true)), unknown);
        assert_eq!(pushing(false).merge(refused.clone()), refused);
    }

    #[test]
    fn a_try_without_an_end_may_have_sent_what_was_not_settled() {
        let pushing = |open| Delivery::Pushing { open };
        let sent = Delivery::Sent { request_id: None };
        assert_eq!(Delivery::Pending.left_open(), Delivery::Open);
        assert_eq!(pushing(false).left_open(), pushing(true));
        assert_eq!(sent.clone().left_open(), sent);
    }
}
