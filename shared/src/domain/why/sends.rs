//! What was planned, and what became of each part of it.

use crate::domain::why::reader::count;
use crate::domain::why::what::effect_in_words;
use crate::domain::why::{Facts, Reader, Sentence};
use crate::domain::{Delivery, Effect, Sends};

/// The plan, and a sentence for each of its parts.
pub(super) fn sentences(facts: &Facts<'_>, reader: &Reader<'_>) -> Vec<Sentence> {
    let Some(sends) = facts.entry.sends() else {
        return Vec::new();
    };
    let Some(plan) = sends.plan() else {
        let text = "The module planned something that this release cannot read.";
        return vec![Sentence::at(sends.planned_at, text)];
    };
    let mut said = vec![planned(sends, &plan.effects)];
    let both = plan.effects.iter().zip(&sends.effects).enumerate();
    said.extend(both.map(|(place, (effect, delivery))| {
        let what = effect_in_words(effect);
        let became = delivered(effect, delivery, reader);
        Sentence::undated(format!("{}. {}. {became}", place + 1, capitalised(&what)))
    }));
    if !sends.open.is_empty() {
        said.push(Sentence::undated(
            "A try to send is under way, or its process has ended in the middle of it.",
        ));
    }
    said
}

fn planned(sends: &Sends, effects: &[Effect]) -> Sentence {
    let what = match effects {
        [one] => effect_in_words(one),
        _ => count(effects.len(), "thing"),
    };
    Sentence::at(
        sends.planned_at,
        format!("The bot's module handled it and planned {what}."),
    )
}

fn delivered(effect: &Effect, delivery: &Delivery, reader: &Reader<'_>) -> String {
    match delivery {
        Delivery::Pending => "Not sent yet; it is tried again.".into(),
        Delivery::Open => "Tried, without a definite answer of LINE's so far.".into(),
        Delivery::Pushing { .. } => {
            "LINE did not take the reply token; a push in place of it is under way.".into()
        }
        Delivery::Sent { request_id } => sent(effect, request_id.as_deref()),
        Delivery::Dropped { silence } => format!("Not sent, on purpose: {silence}."),
        Delivery::Skipped { reason } => format!(
            "Left out, which does no harm to the rest: {}.",
            reader.words(reason)
        ),
        Delivery::Expired => {
            "Not sent: LINE takes a reply token once and for about a minute, and it was used or \
             too old."
                .into()
        }
        Delivery::Refused { reason } => {
            format!("Not sent, since it was refused: {}.", reader.words(reason))
        }
        Delivery::Unknown { reason } => format!(
            "Sent, and it is not known whether LINE has taken it: {}.",
            reader.words(reason)
        ),
    }
}

fn sent(effect: &Effect, request_id: Option<&str>) -> String {
    match (effect.is_for_line(), request_id) {
        (false, _) => "It is in the queue.".into(),
        (true, Some(id)) => format!("LINE took it (LINE's request id {id})."),
        (true, None) => "LINE took it.".into(),
    }
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|it| it.to_uppercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}
