//! An effect ends as unknown only if the simulation itself has left something open: a
//! call for it without a definite answer, a try whose write or process was lost, or a
//! second worker that really had the event at the same time.

use shared::domain::{Delivery, LedgerEntry};

use crate::judges::seen::About;
use crate::judges::troubles::Troubles;

/// The effects of a row that are unknown without a cause, in words.
pub(super) fn without_cause(troubles: &Troubles, event: &str, row: &LedgerEntry) -> Vec<String> {
    let effects = row.effects().iter().enumerate();
    let unknown = effects.filter_map(|(ordinal, effect)| match effect {
        Delivery::Unknown { reason } => Some((ordinal, reason)),
        _ => None,
    });
    let names = row.plan().map(|plan| {
        let names = plan.effects.iter().map(|effect| effect.name());
        names.collect::<Vec<_>>()
    });
    let is_menu = |ordinal: usize| {
        let name = names.as_ref().and_then(|names| names.get(ordinal));
        name.is_some_and(|name| name.ends_with("rich menu"))
    };
    // Whether the queue has taken a signal is no call to LINE: who has sent it knows, or the queue does.
    let is_signal = |ordinal: usize| {
        let name = names.as_ref().and_then(|names| names.get(ordinal));
        name.is_some_and(|name| *name == "signal")
    };
    let unknown = unknown.filter(|(ordinal, _)| !is_signal(*ordinal));
    let unknown = unknown
        .filter(|(ordinal, _)| cause(troubles, event, *ordinal, is_menu(*ordinal)).is_none());
    unknown
        .map(|(ordinal, reason)| {
            format!("{event}/{ordinal} is unknown ({reason}), and nothing was left open")
        })
        .collect()
}

/// Why it cannot be known what became of an effect.
fn cause(troubles: &Troubles, event: &str, ordinal: usize, is_menu: bool) -> Option<&'static str> {
    let of_effect = |about: &About| match about {
        About::Effect { ordinal: of, .. } => of.is_none_or(|of| of == ordinal),
        _ => false,
    };
    let mut calls = troubles.about(event);
    if calls.any(|it| of_effect(&it.seen.about) && it.is_indefinite()) {
        return Some("a call without a definite answer");
    }
    // To make a rich menu takes calls that do not tell for which event they are made.
    let mut hands = troubles.hands_of(event);
    let of_menus = |who| {
        let mut calls = troubles.of_invocation(who);
        calls.any(|it| it.seen.word == "menus" && it.is_indefinite())
    };
    if is_menu && hands.any(|(who, _)| of_menus(who)) {
        return Some("a call without a definite answer");
    }
    if troubles.of_ledger(event).next().is_some() {
        return Some("a write of the try was disturbed");
    }
    if troubles.is_cut_off(event) {
        return Some("the process ended");
    }
    if troubles.is_out_of_time(event) {
        return Some("the worker's time was over");
    }
    troubles.is_shared(event).then_some("another worker")
}
