//! What every module must hold to, and what to do where it does not.

use std::fmt;

/// What every module must hold to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// The script itself can be played.
    Script,
    /// It handles an ordinary conversation.
    Conversation,
    /// It answers an event once.
    Once,
    /// It plans the same for the same event on the same rows.
    Repeatable,
    /// It keeps its state in the rows, so that a crash changes nothing.
    State,
    /// It comes to an end.
    Finishes,
    /// It takes events in any order.
    Order,
    /// It takes events that come hours late.
    Late,
    /// It does not fail where it may not speak.
    Silence,
    /// It does without a scope.
    Scopes,
    /// It leaves other channels' postbacks alone.
    ForeignPostbacks,
    /// It takes any event, known or not.
    AnyEvent,
    /// It comes to an end with what an older version of it has planned.
    OldPayloads,
    /// It works in groups, and without a user's id.
    Groups,
    /// It bears LINE's errors.
    LineErrors,
}

impl Rule {
    /// The rule and the remedy, in one sentence.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Script => {
                "The script cannot be played: correct the step below, or what comes before it."
            }
            Self::Conversation => {
                "A module must handle what its users say: find what fails below, and answer it or return Ok(())."
            }
            Self::Once => {
                "A module must answer an event once: plan one reply with all its messages, and nothing that says the same again."
            }
            Self::Repeatable => {
                "A module must plan the same for the same event on the same rows: take the time from cx.now(), and count or draw lots only by what the rows keep."
            }
            Self::State => {
                "A module must keep its state in the chat's state and its own rows alone: what a field or a static remembers is gone with its process, and unknown to the next."
            }
            Self::Finishes => {
                "A module must come to an end within the worker's time: wait for nothing but the context's own calls."
            }
            Self::Order => {
                "A module must take its events in any order, several at once: return Ok(()) for one that does not fit its state."
            }
            Self::Late => {
                "A module must take an event that comes hours late and marked as sent again: handle it as any other, the bundle knows whether a reply is still possible."
            }
            Self::Silence => {
                "A module must not fail where it may not speak: return Ok(()) where cx.active() gives nothing."
            }
            Self::Scopes => {
                "A module must do without a scope that the admin has not granted: take a profile that is not there as a nameless user, and do not insist on a send."
            }
            Self::ForeignPostbacks => {
                "A module must leave other channels' postbacks alone: return Ok(()) for data that is not its own."
            }
            Self::AnyEvent => {
                "A module must take any kind of event and message: end its match with an arm that returns Ok(())."
            }
            Self::OldPayloads => {
                "A module must come to an end with a payload that it cannot read, as of an older version of it: return Ok(()), ModuleError::park or ModuleError::bug, and not ModuleError::retry, for which the chat waits six hours."
            }
            Self::Groups => {
                "A module must work in groups and without a user's id: take event.user as something that may be missing."
            }
            Self::LineErrors => {
                "A module must bear LINE's errors: pass them on with the question mark, and the bundle tries the event again."
            }
        }
    }
}

/// A rule that a module has broken.
#[derive(Debug, Clone)]
pub struct Broken {
    /// The rule.
    pub rule: Rule,
    /// What has shown it.
    pub detail: String,
    /// The conversation in which it did.
    pub transcript: String,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sentence = self.rule.sentence();
        let Self {
            rule,
            detail,
            transcript,
        } = self;
        write!(f, "{sentence}\n\n{rule:?}: {detail}\n\n{transcript}")
    }
}
