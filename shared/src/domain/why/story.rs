//! An event's way, in order: from its moment to its end.

use std::time::Duration;

use crate::domain::chat::Presence;
use crate::domain::ledger::{ParkKind, StepRecord};
use crate::domain::why::reader::length;
use crate::domain::why::{Facts, Reader, Sentence, held, kind_in_words, sends};
use crate::domain::{
    Attachment, BotState, Delivery, LedgerEntry, Outcome, Parked, Scope, Scopes, Silence, State,
    Timestamp,
};

/// What is longer than this between receipt and decision is worth a word.
const A_WHILE: Duration = Duration::from_secs(3);

pub(super) fn story(facts: &Facts<'_>, reader: &Reader<'_>) -> Vec<Sentence> {
    let entry = facts.entry;
    let mut said = vec![happened(facts, reader), received(entry)];
    said.extend(waited(entry));
    if let Some(chat) = &facts.chat {
        said.extend(held::sentences(facts, chat, reader));
    }
    said.extend(account(facts, reader));
    said.extend(attempts(entry, reader));
    said.extend(
        entry
            .steps
            .iter()
            .map(|(name, step)| step_made(name, step, reader)),
    );
    said.extend(sends::sentences(facts, reader));
    said.extend(nothing_planned(entry));
    said.extend(replayed(entry));
    said.extend(ended(entry, reader));
    said
}

fn happened(facts: &Facts<'_>, reader: &Reader<'_>) -> Sentence {
    let what = kind_in_words(&facts.entry.kind);
    let place = facts
        .chat
        .as_ref()
        .map(|chat| held::in_chat(chat.id, reader));
    let place = place.map_or_else(String::new, |place| format!(" {place}"));
    Sentence::at(facts.entry.at, format!("{what}{place}."))
}

fn received(entry: &LedgerEntry) -> Sentence {
    let after = entry.received_at.since(entry.at);
    let request = entry.request_id.as_deref();
    let request = request.map_or_else(String::new, |id| format!(" (API Gateway's request {id})"));
    let text = match after > Duration::from_secs(60) {
        true => format!("It reached us late, {} after that{request}.", length(after)),
        false => format!("It reached us {} after that{request}.", length(after)),
    };
    Sentence::at(entry.received_at, text)
}

/// How long it was in the queue, where that is long. A later replay of it says nothing of that.
fn waited(entry: &LedgerEntry) -> Option<Sentence> {
    let decided = entry.sends().map(|sends| sends.planned_at);
    let decided = decided.or_else(|| entry.settled_at().filter(|_| entry.attempts.failed == 0))?;
    let waited = decided.since(entry.received_at);
    let is_worth_it = waited >= A_WHILE && entry.replays.number == 0;
    let text = || {
        format!(
            "It waited for {} before it was decided: behind earlier events of its chat, or \
             because it was tried again.",
            length(waited)
        )
    };
    is_worth_it.then(|| Sentence::undated(text()))
}

/// What of the account has kept it silent.
fn account(facts: &Facts<'_>, reader: &Reader<'_>) -> Option<Sentence> {
    let account = facts.account;
    let silences = facts.entry.effects().iter().filter_map(|it| match it {
        Delivery::Dropped { silence } => Some(*silence),
        _ => None,
    });
    let at = |text: &str, at: Option<Timestamp>| match at {
        Some(at) => Sentence::at(at, text),
        None => Sentence::undated(text),
    };
    silences
        .chain(facts.entry.silence)
        .find_map(|silence| match silence {
            Silence::Suspended => Some(at("LINE had suspended the account.", account.suspended_at)),
            Silence::NotAttached => Some(not_attached(account)),
            Silence::ScopeMissing => Some(scope_missing(facts, reader)),
            Silence::Gone => Some(gone(facts)),
            Silence::Paused => Some(paused(account)),
            Silence::NotEntitled => Some(at(
                "The company's billing had ended the service for the account.",
                account.lapsed_at(facts.now),
            )),
            Silence::Standby | Silence::Overtaken | Silence::NoChat | Silence::ToManyNotAllowed => {
                None
            }
        })
}

fn paused(account: &BotState) -> Sentence {
    match account.pause() {
        Some(pause) => Sentence::at(
            pause.since,
            format!("{} paused it: {}.", pause.by, pause.reason),
        ),
        None => Sentence::undated("It was paused then. It is not any more."),
    }
}

fn not_attached(account: &BotState) -> Sentence {
    match account.attachment() {
        Attachment::Detaching(at) => Sentence::at(
            at,
            "The company began to unlink the account from the module channel.",
        ),
        Attachment::Detached(at) => {
            Sentence::at(at, "The account was unlinked from the module channel.")
        }
        Attachment::Attached => Sentence::undated(
            "The account was not linked with the module channel then. It has been linked since, \
             or was never heard of.",
        ),
    }
}

fn scope_missing(facts: &Facts<'_>, reader: &Reader<'_>) -> Sentence {
    let account = facts.account;
    let send = Scope::MESSAGE_SEND;
    if !account.scopes().may(send) {
        let granted = match account.scopes() {
            Scopes::Granted(scopes) => scopes
                .iter()
                .map(Scope::as_str)
                .collect::<Vec<_>>()
                .join(" "),
            Scopes::Unknown => String::new(),
        };
        return Sentence::undated(format!(
            "The account's admin has granted: {granted}. Sending takes {send}."
        ));
    }
    match account.denied().max_by_key(|(_, at)| *at) {
        Some((scope, at)) => Sentence::at(
            at,
            format!(
                "LINE refused a call for want of {}. For an hour from then nothing that takes \
                 it is tried.",
                scope.as_str()
            ),
        ),
        None => Sentence::undated(format!(
            "The permission was missing then. By {} it is granted.",
            reader.time(facts.now)
        )),
    }
}

fn gone(facts: &Facts<'_>) -> Sentence {
    let presence = facts.chat.and_then(|chat| chat.state.presence.clone());
    let text = "The user had blocked the account, or it had left the group.";
    match presence.filter(|it| it.value == Presence::Gone) {
        Some(entry) => Sentence::at(
            entry.at,
            format!("{text} LINE said so by event {}.", entry.by),
        ),
        None => Sentence::undated(text),
    }
}

fn attempts(entry: &LedgerEntry, reader: &Reader<'_>) -> Vec<Sentence> {
    let mut said = Vec::new();
    let failed = entry.attempts.failed;
    let is_parked_by_module = entry.park_kind() == Some(ParkKind::ByModule);
    if failed > 0 && !is_parked_by_module {
        let times = match failed {
            1 => "once".to_owned(),
            _ => format!("{failed} times"),
        };
        said.push(Sentence::undated(format!(
            "The module failed with it {times}."
        )));
    }
    if entry.attempts.begun.is_some() {
        said.push(Sentence::undated(
            "An attempt of the module is under way, or its process has ended in the middle of it.",
        ));
    }
    if let (Some(since), State::Failed { .. } | State::Planned(_)) =
        (entry.failing_since, &entry.state)
    {
        said.push(Sentence::at(
            since,
            "From here on it met failures that pass: of the table, of LINE, or of a module that \
             asks to be called again. It is tried again for six hours, and parked then.",
        ));
    }
    if let State::Failed {
        reason: Some(reason),
    } = &entry.state
    {
        let reason = reader.of_module(reason);
        said.push(Sentence::undated(format!("The last reason: {reason}.")));
    }
    said
}

fn step_made(name: &str, step: &StepRecord, reader: &Reader<'_>) -> Sentence {
    let failed = match step.failed {
        0 => String::new(),
        1 => " after one failed try".to_owned(),
        times => format!(" after {times} failed tries"),
    };
    let text = match (&step.result, &step.reason) {
        (Some(_), _) => format!("The module's step {name:?} succeeded{failed}."),
        (None, Some(reason)) => format!(
            "The module's step {name:?} has not succeeded{failed}. The last reason: {}.",
            reader.of_module(reason)
        ),
        (None, None) => format!("The module's step {name:?} has not succeeded{failed}."),
    };
    Sentence::undated(text)
}

/// Where the event is over, and there is no plan.
fn nothing_planned(entry: &LedgerEntry) -> Option<Sentence> {
    let State::Done {
        reason,
        sends: None,
    } = &entry.state
    else {
        return None;
    };
    let text = match (entry.silence, reason) {
        (Some(Silence::NotAttached), _) => "The module was not asked, and nothing was sent.",
        (Some(_), _) => {
            "The bot's module was told of the event, as one that it may not answer. It planned \
             nothing, and nothing was sent."
        }
        (None, Some(_)) => return None,
        (None, None) => "The bot's module handled it, and planned nothing: nothing was sent.",
    };
    Some(Sentence::undated(text))
}

fn replayed(entry: &LedgerEntry) -> Option<Sentence> {
    let times = match entry.replays.number {
        0 => return None,
        1 => "once".to_owned(),
        number => format!("{number} times"),
    };
    let forced = match entry.replays.run {
        0 => "",
        1 => ", one of these times by force, which sends everything again",
        _ => ", several of these times by force, which sends everything again",
    };
    Some(Sentence::undated(format!(
        "A person had it run again {times}{forced}."
    )))
}

fn ended(entry: &LedgerEntry, reader: &Reader<'_>) -> Option<Sentence> {
    let at = entry.settled_at()?;
    let after = length(at.since(entry.received_at));
    match (&entry.state, entry.outcome()) {
        (State::Parked(parked), _) => Some(Sentence::at(at, set_aside(parked, reader))),
        (_, Outcome::Done) => Some(Sentence::at(
            at,
            format!("All was done, {after} after it had reached us."),
        )),
        _ => None,
    }
}

/// What LINE has refused is told of the send itself.
fn set_aside(parked: &Parked, reader: &Reader<'_>) -> String {
    let kind = parked.kind;
    let reason = match kind {
        ParkKind::RefusedByLine | ParkKind::ReplyExpired if parked.sends.is_some() => {
            return format!("It was parked for that ({kind}).");
        }
        ParkKind::ModuleFailed | ParkKind::ByModule => reader.of_module(&parked.reason),
        _ => reader.words(&parked.reason),
    };
    format!("It was parked ({kind}): {reason}.")
}
