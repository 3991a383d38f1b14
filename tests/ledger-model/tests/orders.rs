//! A bounded part of what `cargo run -p ledger-model --release` checks.

use ledger_model::{Condition, Limits, check};

/// Two workers at once, one that comes after them, an operator's replay, one thing that goes
/// wrong.
const LIMITS: Limits = Limits {
    given: 3,
    at_once: 2,
    faults: 1,
    replays: 1,
};

#[test]
fn the_ledger_holds_in_every_order() {
    let checked = check(LIMITS, None);
    println!("{} states, {} steps deep", checked.states, checked.depth);
    assert!(checked.broken.is_empty(), "{:#?}", checked.broken);
    assert!(checked.unreachable.is_empty(), "{:?}", checked.unreachable);
    assert!(checked.states > 500_000, "{}", checked.states);
}

#[test]
fn each_condition_is_needed() {
    for condition in Condition::ALL {
        let limits = Limits {
            // Of one worker a write is late, to another LINE does not answer.
            faults: match condition {
                Condition::ParkedReplayHasBegun => 2,
                _ => 1,
            },
            ..LIMITS
        };
        let checked = check(limits, Some(condition));
        assert!(!checked.broken.is_empty(), "{condition:?} is not needed");
    }
}

/// A try that ends late takes a parked event back, and its message is gone by then.
#[test]
fn an_event_was_lost_when_the_end_of_a_try_did_not_count_writes() {
    let limits = Limits {
        given: 1,
        at_once: 1,
        faults: 2,
        replays: 0,
    };
    let checked = check(limits, Some(Condition::EndCountsWrites));
    let lost = |(property, _): &&(&str, Vec<String>)| *property == "nothing is lost or forgotten";
    let (_, way) = checked.broken.iter().find(lost).expect("it is lost");
    let parked = way.iter().position(|it| it.contains("SixHours"));
    let arrives = way.iter().position(|it| it.contains("Arrives"));
    assert!(parked.is_some() && parked < arrives, "{way:#?}");
}
