//! The answer in one sentence.

use crate::domain::ledger::ParkKind;
use crate::domain::why::{Facts, Reader};
use crate::domain::{ChatEffect, Delivery, Effect, LedgerEntry, Outcome, Silence, Verdict};

pub(super) fn answer(facts: &Facts<'_>, reader: &Reader<'_>) -> String {
    let entry = facts.entry;
    match entry.verdict() {
        Verdict::Handled => handled(entry),
        Verdict::Waiting => "It is not over yet: not all of what the module planned is sent. It \
             is tried again by itself."
            .into(),
        Verdict::Failed if entry.outcome() == Outcome::Failed => failing(entry),
        Verdict::Failed => format!(
            "The event is parked, which means that it waits for a person: {}.",
            parked(entry.park_kind())
        ),
        Verdict::Refused => "The bot's message was not sent: LINE refuses it for good. The event \
             is parked, which means that it waits for a person."
            .into(),
        Verdict::TokenExpired => "The bot's answer came too late: the reply token, which LINE \
             takes once and for about a minute, was used or too old. The event is parked, which \
             means that it waits for a person."
            .into(),
        Verdict::Unknown => "Nobody can tell whether the user has got the message: it was sent, \
             and LINE's answer was lost. It is not sent again, so that the user does not get it \
             twice."
            .into(),
        Verdict::Recorded => recorded(entry, reader),
        _ => silent(entry),
    }
}

fn handled(entry: &LedgerEntry) -> String {
    let plan = entry.plan().unwrap_or_default();
    let sent = plan.effects.iter().zip(entry.effects());
    let mut sent = sent.filter(|(_, delivery)| matches!(delivery, Delivery::Sent { .. }));
    let is_message = |effect: &Effect| {
        matches!(
            effect,
            Effect::Chat(ChatEffect::Reply(_) | ChatEffect::Push(_))
        )
    };
    if sent.any(|(effect, _)| is_message(effect)) {
        return "The bot answered: LINE has taken its message.".into();
    }
    match entry.effects().is_empty() {
        true => {
            "The bot said nothing: the module handled the event, and planned nothing for it.".into()
        }
        false => "The module handled the event. It planned no message to this chat.".into(),
    }
}

fn failing(entry: &LedgerEntry) -> String {
    match entry.attempts.failed {
        0 => "The event is not handled yet, and is tried again by itself.".into(),
        times => format!(
            "The module has failed with the event {times} times so far. It is tried again by \
             itself, and parked after the fifth."
        ),
    }
}

fn parked(kind: Option<ParkKind>) -> &'static str {
    match kind.unwrap_or_default() {
        ParkKind::ModuleFailed => "the module failed with it five times",
        ParkKind::ByModule => "the bot's module has set it aside itself",
        ParkKind::Vanished => {
            "the process ended in the middle of it each time: killed, out of memory or out of time"
        }
        ParkKind::RetriesOver => "the table, LINE or the module asked to wait for six hours",
        ParkKind::RefusedByLine => "LINE refuses what was to be sent",
        ParkKind::ReplyExpired => "its reply token was used or too old",
        ParkKind::TooOld => {
            "it came so late that nobody can tell whether it was handled a month ago"
        }
        ParkKind::Unreadable => "its row, its plan or its message cannot be read",
        ParkKind::Unknown => "the release that parked it did not say why",
    }
}

fn recorded(entry: &LedgerEntry, reader: &Reader<'_>) -> String {
    let reason = entry.reason().unwrap_or("there was nothing to do");
    format!(
        "The event was recorded, and nothing more: {}.",
        reader.words(reason)
    )
}

/// What the account or the chat forbids. The compiler names this place for a new one.
fn silent(entry: &LedgerEntry) -> String {
    let dropped = entry.effects().iter().find_map(|effect| match effect {
        Delivery::Dropped { silence } => Some(*silence),
        _ => None,
    });
    let why = dropped
        .or(entry.silence)
        .map_or("nothing was to be said", because);
    format!("The bot was silent: {why}.")
}

fn because(silence: Silence) -> &'static str {
    match silence {
        Silence::Gone => "the user has blocked the account, or the account has left the group",
        Silence::Standby => "another channel or the account's staff were in charge of the chat",
        Silence::Overtaken => "who is in charge of the chat had changed by then",
        Silence::Suspended => "LINE had suspended the account",
        Silence::NotAttached => "the account was not linked with this module channel",
        Silence::ScopeMissing => {
            "the account's admin has not granted the permission that it takes, or LINE says so"
        }
        Silence::NoChat => "the event is of no chat",
        Silence::Paused => "an operator had paused the account, or the whole channel",
        Silence::NotEntitled => {
            "the company's billing says that the account is not entitled to the service"
        }
        Silence::ToManyNotAllowed => {
            "it was for many users, and neither the account nor the operator has allowed that"
        }
    }
}
