//! LINE, as far as sends go by it: a reply token that is taken once, retry keys, and what the
//! user has received.

use std::collections::{BTreeMap, BTreeSet};

/// A send of a plan: its place in the plan, and the run of the event that it belongs to.
pub(crate) type Send = (usize, u32);

/// A request for one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Request {
    /// By the event's reply token.
    Reply(Send),
    /// By its retry key.
    Push(Send),
}

/// What LINE answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// It is taken, now or by an earlier request with its retry key.
    Taken,
    /// The reply token is used, or too old.
    TokenNotTaken,
}

/// LINE.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct Line {
    /// Whether the reply token is used, or too old.
    pub(crate) token_is_gone: bool,
    keys: BTreeSet<Send>,
    /// How often the user has received each send.
    pub(crate) received: BTreeMap<Send, u8>,
}

impl Line {
    /// A request arrives.
    pub(crate) fn takes(&mut self, request: Request) -> Answer {
        let send = match request {
            Request::Reply(_) if self.token_is_gone => return Answer::TokenNotTaken,
            Request::Reply(send) => {
                self.token_is_gone = true;
                send
            }
            Request::Push(send) if !self.keys.insert(send) => return Answer::Taken,
            Request::Push(send) => send,
        };
        *self.received.entry(send).or_default() += 1;
        Answer::Taken
    }

    /// Whether the user has received a send.
    pub(crate) fn has_sent(&self, send: Send) -> bool {
        self.received.contains_key(&send)
    }
}
