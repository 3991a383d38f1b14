//! Who reads the sentences: how they are told of moments, and whether of people.

use std::time::Duration;

use crate::domain::{ChatId, Timestamp};
use crate::hash::sha256_hex;

/// Characters of a hash that stands in for an id: enough to see that two are the same.
const SHORT: usize = 8;
/// What LINE's ids of people, groups and rooms are at least long.
const LONG_ID: usize = 30;

/// Who reads the sentences.
#[derive(Clone, Copy)]
pub struct Reader<'a> {
    /// A moment as they read it.
    pub time: &'a dyn Fn(Timestamp) -> String,
    /// Whether what they read leaves the company's own hands: then it has no id of a chat or of
    /// a user, and nothing that a module or a user has worded.
    pub is_ticket: bool,
}

impl Reader<'_> {
    pub(super) fn time(&self, at: Timestamp) -> String {
        (self.time)(at)
    }

    /// A chat's id, or what stands in for it.
    pub fn chat(&self, id: &ChatId) -> String {
        match self.is_ticket {
            true => hashed(id.as_str()),
            false => id.as_str().to_owned(),
        }
    }

    /// A reason in the words of the company's own module. They may name anybody.
    pub(super) fn of_module(&self, reason: &str) -> String {
        match self.is_ticket {
            true => "(the module's own words are left out)".to_owned(),
            false => reason.to_owned(),
        }
    }

    /// A reason in LINE's words or ours, whose ids are hashed for a ticket.
    pub(super) fn words(&self, text: &str) -> String {
        if !self.is_ticket {
            return text.to_owned();
        }
        let is_of_id = |c: char| c.is_ascii_alphanumeric();
        let mut out = String::new();
        let mut rest = text;
        while let Some(start) = rest.find(is_of_id) {
            let end = rest[start..].find(|c| !is_of_id(c));
            let end = end.map_or(rest.len(), |it| start + it);
            let word = &rest[start..end];
            out.push_str(&rest[..start]);
            match word.len() >= LONG_ID {
                true => out.push_str(&hashed(word)),
                false => out.push_str(word),
            }
            rest = &rest[end..];
        }
        out + rest
    }
}

impl std::fmt::Debug for Reader<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reader")
            .field("is_ticket", &self.is_ticket)
            .finish_non_exhaustive()
    }
}

fn hashed(id: &str) -> String {
    format!("#{}", &sha256_hex([id])[..SHORT])
}

/// A length of time in words: `0.2 seconds`, `3 minutes`, `2 days`.
pub(super) fn length(time: Duration) -> String {
    let seconds = time.as_secs();
    let several = |number: u64, unit: &str| match number {
        1 => format!("1 {unit}"),
        _ => format!("{number} {unit}s"),
    };
    match seconds {
        0..10 => format!("{:.1} seconds", time.as_secs_f64()),
        10..120 => several(seconds, "second"),
        120..7_200 => several(seconds / 60, "minute"),
        7_200..172_800 => several(seconds / 3_600, "hour"),
        _ => several(seconds / 86_400, "day"),
    }
}

/// `a thing`, `two things`: a number with what it counts.
pub(super) fn count(number: usize, one: &str) -> String {
    match number {
        1 => format!("one {one}"),
        _ => format!("{number} {one}s"),
    }
}
