//! Replies of which the ledger does not say that they were sent, and why: by LINE's own
//! record of the calls, and by the kills. One without a cause is the bundle's fault.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use emulator::Call;
use shared::domain::Timestamp;

/// A reply is tried within this time of its receipt, or not at all.
const TRIED_WITHIN: Duration = Duration::from_secs(120);

/// Why a reply is not known as sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// LINE did not answer one of its calls, or with an error.
    Line,
    /// A process was killed while it may have been under way.
    Kill,
    /// Nothing is known that explains it.
    None,
}

/// How many replies of one cause, and how many of them the user has all the same.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    /// All of them.
    pub replies: usize,
    /// The user has these.
    pub arrived: usize,
}

/// Replies that are not known as sent, by their causes.
#[derive(Debug, Default)]
pub struct Lost(BTreeMap<Cause, Count>);

impl Lost {
    /// How many have no cause.
    pub fn without_cause(&self) -> usize {
        self.0.get(&Cause::None).map_or(0, |count| count.replies)
    }

    /// How many there are.
    pub fn replies(&self) -> usize {
        self.0.values().map(|count| count.replies).sum()
    }

    pub(crate) fn add(&mut self, cause: Cause, has_arrived: bool) {
        let count = self.0.entry(cause).or_default();
        count.replies += 1;
        count.arrived += usize::from(has_arrived);
    }
}

/// What explains the reply of this text to an event that was received at `received_at`.
pub(crate) fn cause(
    text: &str,
    received_at: Timestamp,
    calls: &[Call],
    kills: &[Timestamp],
) -> Cause {
    let is_of = |call: &&Call| {
        let messages = call.request["messages"].as_array();
        messages.is_some_and(|messages| messages.iter().any(|message| message["text"] == text))
    };
    let mut calls = calls.iter().filter(is_of);
    if calls.any(|call| call.fault.is_some()) {
        return Cause::Line;
    }
    let last = received_at.plus(TRIED_WITHIN);
    match kills.iter().any(|at| (received_at..=last).contains(at)) {
        true => Cause::Kill,
        false => Cause::None,
    }
}

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} replies not known as sent", self.replies())?;
        for (cause, Count { replies, arrived }) in &self.0 {
            let cause = match cause {
                Cause::Line => "LINE answered a call of it with an error or not at all",
                Cause::Kill => "a process was killed while it was under way",
                Cause::None => "WITHOUT A CAUSE",
            };
            write!(f, "; {replies} since {cause} ({arrived} have arrived)")?;
        }
        Ok(())
    }
}
