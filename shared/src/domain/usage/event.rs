//! An event's entry in the ledger, as it was and as it is: whether the event has ended by that, and
//! which sends LINE has taken since. Only the difference counts, so that a send which is known
//! for longer than one write counts once, and a forced replay, which sends again, counts again.

use crate::domain::usage::Counts;
use crate::domain::{ChatEffect, ChatKind, Delivery, Effect, LedgerEntry, ToManyEffect};

/// What begins the kind of our own events: timers, signals, commands.
const OWN: char = '@';

/// What is to be counted of this change of an event's entry; `chat` is the kind of its chat, if it
/// has one.
pub fn of_event(chat: Option<ChatKind>, old: Option<&LedgerEntry>, new: &LedgerEntry) -> Counts {
    // A row past its time counts as absent, and the next one is made in its place.
    let old = old.filter(|old| old.writes < new.writes);
    let mut counts = Counts::default();
    if has_ended(old, new) {
        match new.kind.starts_with(OWN) {
            true => counts.own_events = 1,
            false => counts.events = 1,
        }
    }
    let is_group = matches!(chat, Some(ChatKind::Group | ChatKind::Room));
    let plan = new.plan().unwrap_or_default();
    let before = known_before(old, new);
    let before = before.iter().chain(std::iter::repeat(&Delivery::Pending));
    for ((effect, before), after) in plan.effects.iter().zip(before).zip(new.effects()) {
        count_send(&mut counts, effect, before, after, is_group);
    }
    counts
}

/// Whether the event has come to its first end by this change. What a person has run again has
/// ended before.
fn has_ended(old: Option<&LedgerEntry>, new: &LedgerEntry) -> bool {
    let ended_before = old.is_some_and(LedgerEntry::is_settled);
    new.is_settled() && !ended_before && new.replays.number == 0
}

/// What was known of the same sends before: those of another run are others.
fn known_before<'a>(old: Option<&'a LedgerEntry>, new: &LedgerEntry) -> &'a [Delivery] {
    let same_run = old.filter(|old| old.replays.run == new.replays.run);
    let same_plan = same_run.filter(|old| {
        let plan = |entry: &LedgerEntry| entry.sends().map(|sends| sends.plan.clone());
        plan(old) == plan(new)
    });
    same_plan.map_or(&[], LedgerEntry::effects)
}

fn count_send(
    counts: &mut Counts,
    effect: &Effect,
    before: &Delivery,
    after: &Delivery,
    is_group: bool,
) {
    match (before, after) {
        (Delivery::Sent { .. }, _) => {}
        (before, Delivery::Sent { .. }) => {
            if matches!(before, Delivery::Unknown { .. }) && is_message(effect) {
                counts.unknown_taken += 1;
            }
            count_taken(counts, effect, before, is_group);
        }
        (Delivery::Unknown { .. }, _) => {}
        (_, Delivery::Unknown { .. }) if is_message(effect) => counts.unknown += 1,
        _ => {}
    }
}

fn is_message(effect: &Effect) -> bool {
    matches!(
        effect,
        Effect::Chat(ChatEffect::Reply(_) | ChatEffect::Push(_)) | Effect::ToMany(_)
    )
}

fn count_taken(counts: &mut Counts, effect: &Effect, before: &Delivery, is_group: bool) {
    match effect {
        Effect::Chat(ChatEffect::Reply(_)) => {
            match before {
                // Written down before the push that stands in for the reply is made.
                Delivery::Pushing { .. } => counts.replies_pushed += 1,
                _ => counts.replies += 1,
            }
            counts.into_groups += u64::from(is_group);
        }
        Effect::Chat(ChatEffect::Push(push)) => {
            counts.pushes += 1;
            if let Some(unit) = push.unit.clone().filter(|unit| !unit.is_empty()) {
                *counts.units.entry(unit).or_default() += 1;
            }
            counts.into_groups += u64::from(is_group);
        }
        Effect::ToMany(ToManyEffect::Multicast(multicast)) => {
            counts.multicasts.calls += 1;
            counts.multicasts.users += u64::try_from(multicast.users.len()).unwrap_or(u64::MAX);
        }
        Effect::ToMany(ToManyEffect::Narrowcast(_)) => counts.narrowcasts += 1,
        Effect::ToMany(ToManyEffect::Broadcast(_)) => counts.broadcasts += 1,
        Effect::Chat(_) | Effect::Control(_) | Effect::Account(_) | Effect::Queue(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::domain::ledger::ParkKind;
    use crate::domain::{
        Broadcast, Multicast, Plan, Push, Reply, ReplyToken, State, Timestamp, UserId,
    };

    const NOW: Timestamp = Timestamp(1_000);

    fn reply() -> Effect {
        ChatEffect::Reply(Reply {
            token: ReplyToken::new("token"),
            messages: vec![Value::Null],
            or_push: true,
            deadline: NOW,
            silent: false,
            is_notice: false,
        })
        .into()
    }

    fn push(unit: Option<&str>) -> Effect {
        ChatEffect::Push(Push {
            messages: vec![Value::Null],
            unit: unit.map(str::to_owned),
            silent: false,
        })
        .into()
    }

    fn sent() -> Delivery {
        Delivery::Sent { request_id: None }
    }

    fn unknown() -> Delivery {
        let reason = "no answer".into();
        Delivery::Unknown { reason }
    }

    /// The entry after `writes` writes, with a plan of these effects and what became of them.
    fn planned(writes: u32, effects: &[(Effect, Delivery)]) -> LedgerEntry {
        let plan = Plan {
            effects: effects.iter().map(|(effect, _)| effect.clone()).collect(),
        };
        let done = LedgerEntry::done("message", NOW, NOW, NOW);
        let mut entry = done.with_plan(&plan, "a-try", NOW).unwrap();
        if let State::Planned(sends) = &mut entry.state {
            sends.effects = effects.iter().map(|(_, known)| known.clone()).collect();
        }
        LedgerEntry { writes, ..entry }
    }

    fn ended(writes: u32, effects: &[(Effect, Delivery)]) -> LedgerEntry {
        let entry = planned(writes, effects);
        let sends = entry.sends().cloned();
        let reason = None;
        LedgerEntry {
            state: State::Done { reason, sends },
            ..entry
        }
    }

    fn user(old: Option<&LedgerEntry>, new: &LedgerEntry) -> Counts {
        of_event(Some(ChatKind::User), old, new)
    }

    #[test]
    fn an_event_and_its_reply_count_when_they_end_and_not_again() {
        let begun = planned(1, &[(reply(), Delivery::Pending)]);
        assert!(user(None, &begun).is_empty());
        let end = ended(2, &[(reply(), sent())]);
        let counts = user(Some(&begun), &end);
        assert_eq!((counts.events, counts.replies), (1, 1));
        let again = ended(3, &[(reply(), sent())]);
        assert!(user(Some(&end), &again).is_empty());
    }

    #[test]
    fn what_a_first_try_has_sent_counts_before_the_rest_and_once() {
        let effects = |second| [(push(Some("news")), sent()), (push(None), second)];
        let begun = planned(
            1,
            &[
                (push(Some("news")), Delivery::Pending),
                (push(None), Delivery::Pending),
            ],
        );
        let half = planned(2, &effects(Delivery::Open));
        let counts = user(Some(&begun), &half);
        assert_eq!(
            (counts.events, counts.units["news"], counts.pushes),
            (0, 1, 1)
        );
        let counts = user(Some(&half), &ended(3, &effects(sent())));
        assert_eq!(
            (counts.events, counts.units.len(), counts.pushes),
            (1, 0, 1)
        );
    }

    #[test]
    fn a_push_in_place_of_a_reply_is_known_by_what_was_written_before_it() {
        let pushing = planned(2, &[(reply(), Delivery::Pushing { open: true })]);
        let counts = user(Some(&pushing), &ended(3, &[(reply(), sent())]));
        assert_eq!((counts.replies, counts.replies_pushed), (0, 1));
    }

    #[test]
    fn a_respected_replay_counts_neither_the_event_nor_what_was_sent() {
        let effects = |second| [(push(None), sent()), (push(None), second)];
        let refused = Delivery::Refused {
            reason: "no".into(),
        };
        let parked =
            ended(2, &effects(refused)).into_parked(ParkKind::RefusedByLine, "no", "{}", NOW);
        let reopened = LedgerEntry {
            writes: 3,
            ..parked.clone().reopened(1, false, NOW)
        };
        assert!(user(Some(&parked), &reopened).is_empty());
        let mut end = ended(4, &effects(sent()));
        end.replays = reopened.replays;
        let counts = user(Some(&reopened), &end);
        assert_eq!((counts.events, counts.pushes), (0, 1));
    }

    #[test]
    fn a_forced_replay_counts_its_own_sends() {
        let first = ended(2, &[(push(None), sent())]);
        let reopened = LedgerEntry {
            writes: 3,
            ..first.clone().reopened(1, true, NOW)
        };
        assert!(user(Some(&first), &reopened).is_empty());
        let mut second = ended(4, &[(push(None), sent())]);
        second.replays = reopened.replays;
        let counts = user(Some(&first), &second);
        assert_eq!((counts.events, counts.pushes), (0, 1));
    }

    #[test]
    fn what_is_unknown_and_is_found_to_be_sent_counts_as_both() {
        let parked = |writes, known| {
            let entry = ended(writes, &[(push(None), known)]);
            entry.into_parked(ParkKind::RetriesOver, "late", "{}", NOW)
        };
        let lost = parked(2, unknown());
        let counts = user(Some(&planned(1, &[(push(None), Delivery::Open)])), &lost);
        assert_eq!((counts.events, counts.unknown, counts.pushes), (1, 1, 0));
        let counts = user(Some(&lost), &ended(3, &[(push(None), sent())]));
        assert_eq!(
            (counts.unknown, counts.unknown_taken, counts.pushes),
            (0, 1, 1)
        );
    }

    #[test]
    fn sends_to_many_and_into_groups_are_told_apart() {
        let users = ["U1", "U2"].map(|id| UserId::new(id).unwrap()).into();
        let (messages, silent) = (vec![Value::Null], false);
        let multicast = Multicast {
            users,
            messages: messages.clone(),
            unit: None,
            silent,
        };
        let effects = [
            (ToManyEffect::Multicast(multicast).into(), sent()),
            (
                ToManyEffect::Broadcast(Broadcast { messages, silent }).into(),
                sent(),
            ),
            (ChatEffect::UnlinkMenu.into(), unknown()),
            (push(None), sent()),
        ];
        let counts = of_event(Some(ChatKind::Group), None, &ended(1, &effects));
        assert_eq!((counts.multicasts.calls, counts.multicasts.users), (1, 2));
        assert_eq!(
            (counts.broadcasts, counts.into_groups, counts.unknown),
            (1, 1, 0)
        );
    }

    #[test]
    fn our_own_events_are_counted_apart() {
        let timer = LedgerEntry {
            writes: 1,
            ..LedgerEntry::done("@timer", NOW, NOW, NOW)
        };
        let counts = user(None, &timer);
        assert_eq!((counts.events, counts.own_events), (0, 1));
    }

    #[test]
    fn a_row_in_place_of_one_that_has_lapsed_is_another_event() {
        let lapsed = ended(5, &[(push(None), sent())]);
        let counts = user(Some(&lapsed), &ended(1, &[(push(None), sent())]));
        assert_eq!((counts.events, counts.pushes), (1, 1));
    }
}
