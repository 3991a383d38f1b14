//! An event's trace, for people: the answer to "why did my bot (not) answer?".

use std::fmt;

use serde::Serialize;

use crate::domain::{Delivery, LedgerEntry, Outcome, Silence, Timestamp};

/// What became of an event, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The module has handled it, and what it planned was sent.
    Handled,
    /// It was recorded, and nothing was to be done.
    Recorded,
    /// Another channel holds the chat, or has taken it since.
    Standby,
    /// The user has blocked the account, or it has left the group.
    Gone,
    /// The account is suspended.
    Suspended,
    /// An operator has paused the account, or the whole channel.
    Paused,
    /// The company's billing says that the account is not to be served.
    NotEntitled,
    /// The account is not attached.
    Detached,
    /// A scope that it needs is not granted.
    ScopeMissing,
    /// It was to reach many, and nobody has said that it may.
    ToManyNotAllowed,
    /// The reply token was used or too old.
    TokenExpired,
    /// Whether LINE has taken a message cannot be known.
    Unknown,
    /// LINE has refused a message for good.
    Refused,
    /// The module has failed.
    Failed,
    /// Not all of it is sent yet.
    Waiting,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Handled => "handled",
            Self::Recorded => "recorded",
            Self::Standby => "standby",
            Self::Gone => "gone",
            Self::Suspended => "suspended",
            Self::Paused => "paused",
            Self::NotEntitled => "not entitled",
            Self::Detached => "detached",
            Self::ScopeMissing => "scope missing",
            Self::ToManyNotAllowed => "to many not allowed",
            Self::TokenExpired => "token expired",
            Self::Unknown => "unknown",
            Self::Refused => "refused",
            Self::Failed => "failed",
            Self::Waiting => "waiting",
        })
    }
}

/// One event's trace.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Trace {
    /// What became of it.
    pub verdict: Verdict,
    /// The row's own word.
    pub outcome: Outcome,
    /// Why, where the verdict alone does not tell.
    pub reason: Option<String>,
    /// LINE's `type`.
    pub kind: String,
    /// Attempts at which the module failed.
    pub attempts: u32,
    /// When it happened, by LINE's clock.
    pub at: Timestamp,
    /// When it reached us first.
    pub received_at: Timestamp,
    /// Each send.
    pub effects: Vec<TracedEffect>,
}

/// What became of one send.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TracedEffect {
    /// See [`Effect::name`](crate::domain::Effect::name).
    pub name: &'static str,
    /// See [`Delivery::name`].
    pub state: &'static str,
    /// Why, where the state alone does not tell.
    pub reason: Option<String>,
    /// LINE's request id, for its support.
    pub request_id: Option<String>,
}

impl LedgerEntry {
    /// What became of the event so far, without what was sent.
    pub fn trace(&self) -> Trace {
        let planned = self.plan().unwrap_or_default().effects;
        let effects = planned.iter().zip(self.effects());
        let silence = || self.silence.map(|silence| silence.to_string());
        Trace {
            verdict: self.verdict(),
            outcome: self.outcome(),
            reason: self.reason().map(str::to_owned).or_else(silence),
            kind: self.kind.clone(),
            attempts: self.attempts.failed,
            at: self.at,
            received_at: self.received_at,
            effects: effects
                .map(|(effect, delivery)| traced(effect.name(), delivery))
                .collect(),
        }
    }

    /// What became of the event, in one word.
    pub fn verdict(&self) -> Verdict {
        match self.outcome() {
            Outcome::Planned => Verdict::Waiting,
            Outcome::Failed => Verdict::Failed,
            Outcome::Parked => self.why_parked(),
            Outcome::Done => self.how_done(),
        }
    }

    fn why_parked(&self) -> Verdict {
        let has = |wanted: fn(&Delivery) -> bool| self.effects().iter().any(wanted);
        if has(|effect| *effect == Delivery::Expired) {
            Verdict::TokenExpired
        } else if has(|effect| matches!(effect, Delivery::Refused { .. })) {
            Verdict::Refused
        } else {
            Verdict::Failed
        }
    }

    fn how_done(&self) -> Verdict {
        let is_unknown = |effect: &Delivery| matches!(effect, Delivery::Unknown { .. });
        if self.effects().iter().any(is_unknown) {
            return Verdict::Unknown;
        }
        let dropped = self.effects().iter().find_map(|effect| match effect {
            Delivery::Dropped { silence } => Some(*silence),
            _ => None,
        });
        // A silent chat can still be taken: what was done counts. What goes out where the account
        // is not entitled is only the notice of that.
        let is_not_entitled = self.silence == Some(Silence::NotEntitled);
        let silence = self
            .silence
            .filter(|_| is_not_entitled || self.effects().is_empty());
        match dropped.or(silence) {
            Some(silence) => silence.into(),
            None if !self.effects().is_empty() => Verdict::Handled,
            None if self.reason().is_some() => Verdict::Recorded,
            None => Verdict::Handled,
        }
    }
}

impl From<Silence> for Verdict {
    fn from(silence: Silence) -> Self {
        match silence {
            Silence::Gone => Self::Gone,
            Silence::Standby | Silence::Overtaken => Self::Standby,
            Silence::Suspended => Self::Suspended,
            Silence::Paused => Self::Paused,
            Silence::NotEntitled => Self::NotEntitled,
            Silence::NotAttached => Self::Detached,
            Silence::ScopeMissing => Self::ScopeMissing,
            Silence::ToManyNotAllowed => Self::ToManyNotAllowed,
            Silence::NoChat => Self::Recorded,
        }
    }
}

fn traced(name: &'static str, delivery: &Delivery) -> TracedEffect {
    let request_id = match delivery {
        Delivery::Sent { request_id } => request_id.clone(),
        _ => None,
    };
    TracedEffect {
        name,
        state: delivery.name(),
        reason: delivery.reason(),
        request_id,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::domain::ledger::ParkKind;
    use crate::domain::{Parked, Sends, State};

    fn entry(outcome: Outcome, effects: Vec<Delivery>) -> LedgerEntry {
        let at = Timestamp(1);
        let sends = (!effects.is_empty()).then(|| Sends {
            plan: "{}".into(),
            planned_at: at,
            effects,
            open: BTreeSet::new(),
        });
        let state = match outcome {
            Outcome::Failed => State::Failed { reason: None },
            Outcome::Planned => State::Planned(sends.unwrap()),
            Outcome::Done => State::Done {
                reason: None,
                sends,
            },
            Outcome::Parked => State::Parked(Parked {
                sends,
                ..Parked::new(ParkKind::ByModule, "a reason", "{}", at)
            }),
        };
        LedgerEntry {
            state,
            ..LedgerEntry::done("message", at, Timestamp(2), Timestamp(3))
        }
    }

    fn sent() -> Delivery {
        Delivery::Sent { request_id: None }
    }

    #[test]
    fn a_send_is_traced_with_lines_request_id() {
        let request_id = Some("r".to_owned());
        let effect = traced("push", &Delivery::Sent { request_id });
        assert_eq!((effect.name, effect.state), ("push", "sent"));
        assert_eq!(effect.request_id.as_deref(), Some("r"));
        assert_eq!(traced("push", &Delivery::Open).request_id, None);
    }

    #[test]
    fn what_was_sent_and_handled_is_distinguished_from_what_was_not() {
        let dropped = Delivery::Dropped {
            silence: Silence::Standby,
        };
        let unknown = Delivery::Unknown { reason: "x".into() };
        let refused = Delivery::Refused { reason: "x".into() };
        let verdict = |outcome, effects| entry(outcome, effects).verdict();
        assert_eq!(verdict(Outcome::Done, vec![]), Verdict::Handled);
        assert_eq!(verdict(Outcome::Done, vec![sent()]), Verdict::Handled);
        assert_eq!(
            verdict(Outcome::Done, vec![sent(), dropped]),
            Verdict::Standby
        );
        assert_eq!(
            verdict(Outcome::Done, vec![unknown, sent()]),
            Verdict::Unknown
        );
        assert_eq!(
            verdict(Outcome::Parked, vec![Delivery::Expired]),
            Verdict::TokenExpired
        );
        assert_eq!(verdict(Outcome::Parked, vec![refused]), Verdict::Refused);
        assert_eq!(verdict(Outcome::Parked, vec![]), Verdict::Failed);
        assert_eq!(
            verdict(Outcome::Planned, vec![Delivery::Open]),
            Verdict::Waiting
        );
    }

    #[test]
    fn silence_and_mere_recording_are_reported_where_nothing_was_planned() {
        let quiet = entry(Outcome::Done, vec![]).recorded("the event's type is not known");
        assert_eq!(quiet.verdict(), Verdict::Recorded);
        let silence = Some(Silence::Suspended);
        let quiet = quiet.silenced(silence);
        assert_eq!(quiet.verdict(), Verdict::Suspended);
        let taken = LedgerEntry {
            silence,
            ..entry(Outcome::Done, vec![sent()])
        };
        assert_eq!(taken.verdict(), Verdict::Handled);
        let told = LedgerEntry {
            silence: Some(Silence::NotEntitled),
            ..entry(Outcome::Done, vec![sent()])
        };
        assert_eq!(told.verdict(), Verdict::NotEntitled);
    }
}
