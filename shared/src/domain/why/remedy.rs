//! What one could do now.

use crate::domain::ledger::ParkKind;
use crate::domain::why::{Facts, Reader, Remedy, held};
use crate::domain::{Delivery, LedgerEntry, Outcome, Silence, Verdict};

/// To fill in.
const REASON: &str = " --reason \"…\"";
const FORCE: &str = " --force";
const SHADOW: &str = " --shadow";

pub(super) fn remedies(facts: &Facts<'_>, reader: &Reader<'_>) -> Vec<Remedy> {
    match facts.entry.verdict() {
        Verdict::Handled | Verdict::Recorded => vec![nothing("Nothing has to be done.")],
        Verdict::Waiting => vec![nothing("Wait: it is tried again by itself.")],
        Verdict::Failed if facts.entry.outcome() == Outcome::Failed => {
            vec![nothing("Wait: it is tried again by itself.")]
        }
        Verdict::Failed => parked(facts),
        Verdict::Refused => vec![
            doing(
                "Mend what LINE names. Then run it again: what was sent stays sent, and what was \
                 refused is tried again.",
                replay(facts, ""),
            ),
            leave(facts),
        ],
        Verdict::TokenExpired => vec![
            doing(
                "Have the module handle it anew. It can only answer by a push by now, which counts \
                 against the account's quota.",
                replay(facts, FORCE),
            ),
            leave(facts),
        ],
        Verdict::Unknown => vec![doing(
            "Look at the chat, or ask the user. If the message is not there, run it again by \
             force; if it is there, the user gets it twice by that.",
            replay(facts, FORCE),
        )],
        _ => silent(facts, reader),
    }
}

fn parked(facts: &Facts<'_>) -> Vec<Remedy> {
    let first = match facts.entry.park_kind().unwrap_or_default() {
        ParkKind::ByModule => "See to what the module's reason names. What it would do by now:",
        ParkKind::ModuleFailed | ParkKind::Vanished => "Mend the module. What it would do by then:",
        ParkKind::RetriesOver => "When the failure is over. What the module would do:",
        ParkKind::TooOld => "Look whether it was done a month ago. What the module would do:",
        _ => "What the module would do:",
    };
    vec![
        doing(first, replay(facts, SHADOW)),
        doing("Run it again:", replay(facts, "")),
        leave(facts),
    ]
}

/// What the account or the chat forbids. The compiler names this place for a new one.
fn silent(facts: &Facts<'_>, reader: &Reader<'_>) -> Vec<Remedy> {
    let (bot, entry) = (facts.bot, facts.entry);
    match silence(entry) {
        Some(Silence::Standby | Silence::Overtaken) => standby(facts, reader),
        Some(Silence::Gone) => vec![nothing(
            "Only the user can change that: by unblocking the account, or by inviting it again.",
        )],
        Some(Silence::Suspended) => vec![nothing(
            "Only LINE and the account's owner can lift the suspension. The bot goes on by itself \
             then.",
        )],
        Some(Silence::NotAttached) => vec![nothing(
            "The account's admin links it again on the start page. Events of the time in between \
             are not answered.",
        )],
        Some(Silence::ScopeMissing) => vec![doing(
            "The account's admin grants the permission by linking the account once more on the \
             start page. What the account has granted:",
            Some(format!("bot {bot}")),
        )],
        Some(Silence::ToManyNotAllowed) => vec![nothing(
            "The account switches its setting for that on, or the operator sets MAY_SEND_TO_MANY \
             of the worker.",
        )],
        Some(Silence::Paused) => paused(facts),
        Some(Silence::NotEntitled) => vec![doing(
            "Ask the company's billing. It says by the inbox that the account is entitled again, or \
             by hand:",
            Some(format!("entitle {bot} yes{REASON}")),
        )],
        Some(Silence::NoChat) | None => vec![nothing("Nothing has to be done.")],
    }
}

fn paused(facts: &Facts<'_>) -> Vec<Remedy> {
    let (bot, account) = (facts.bot, facts.account);
    let resume = match (&account.pause, &account.channel_pause) {
        (Some(_), _) => format!("resume {bot}{REASON}"),
        (None, Some(_)) => format!("resume --all{REASON}"),
        (None, None) => {
            return vec![
                nothing("The pause has ended: the bot answers what comes next."),
                doing("Run this one again:", replay(facts, FORCE)),
            ];
        }
    };
    vec![doing(
        "End the pause, when its reason is over:",
        Some(resume),
    )]
}

fn standby(facts: &Facts<'_>, reader: &Reader<'_>) -> Vec<Remedy> {
    let Some(chat) = &facts.chat else {
        return vec![nothing("Nothing has to be done.")];
    };
    if held::now(facts, chat).is_ours {
        return vec![nothing(
            "Nothing has to be done: the bot is in charge of the chat again, and answers what comes \
             next.",
        )];
    }
    let take = format!(
        "chat acquire {} {}{REASON}",
        facts.bot,
        reader.chat(chat.id)
    );
    vec![
        nothing("Wait until the staff give the chat back: the bot answers then by itself."),
        doing("Or take it, if the staff agree:", Some(take)),
    ]
}

fn silence(entry: &LedgerEntry) -> Option<Silence> {
    let dropped = entry.effects().iter().find_map(|effect| match effect {
        Delivery::Dropped { silence } => Some(*silence),
        _ => None,
    });
    dropped.or(entry.silence)
}

fn nothing(text: &str) -> Remedy {
    doing(text, None)
}

fn doing(text: &str, command: Option<String>) -> Remedy {
    Remedy {
        text: text.to_owned(),
        command,
    }
}

fn replay(facts: &Facts<'_>, how: &str) -> Option<String> {
    // Whoever changes something says why; who only looks need not.
    let why = if how == SHADOW { "" } else { REASON };
    Some(format!("replay {} {}{how}{why}", facts.bot, facts.event))
}

fn leave(facts: &Facts<'_>) -> Remedy {
    doing(
        "Or leave it, with a word for the colleagues:",
        Some(format!("settle {} {}{REASON}", facts.bot, facts.event)),
    )
}
