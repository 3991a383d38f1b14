//! Tries to send a plan: each begins and ends in the event's entry, so that whoever comes
//! next knows what may have been sent. A try has a name, which no other has.

use crate::domain::ledger::{Change, LedgerEntry, Sends, State, ledger_end};
use crate::domain::{Delivery, Timestamp};

/// Begins another try to send; tells whether it may: only if the plan is still to be sent.
pub fn begin_try(entry: Option<&LedgerEntry>, name: &str) -> Change<LedgerEntry, bool> {
    let Some(mut entry) = entry.cloned() else {
        return Change::Keep(false);
    };
    let State::Planned(sends) = &mut entry.state else {
        return Change::Keep(false);
    };
    match sends.open.insert(name.to_owned()) {
        true => Change::Write(entry, true),
        // Begun by a write that was not answered.
        false => Change::Keep(true),
    }
}

/// Begins a push in place of the reply at `ordinal`, which was definitely refused for the
/// try of this name; tells whether it may be made: only if no other try can have sent the
/// reply.
pub fn begin_push(
    entry: Option<&LedgerEntry>,
    name: &str,
    ordinal: usize,
) -> Change<LedgerEntry, bool> {
    let Some(mut entry) = entry.cloned() else {
        return Change::Keep(false);
    };
    // A forced replay has other tries, and sends with other retry keys.
    let sends = entry.state.sends_mut();
    let Some(sends) = sends.filter(|sends| sends.open.contains(name)) else {
        return Change::Keep(false);
    };
    let is_alone = sends.open.len() == 1;
    match sends.effects.get_mut(ordinal) {
        Some(effect @ Delivery::Pending) if is_alone => {
            // Not open before it is made; a process that ends in it leaves its try open.
            *effect = Delivery::Pushing { open: false };
            Change::Write(entry, true)
        }
        // Begun by this try, whose write was not answered.
        Some(Delivery::Pushing { .. }) => Change::Keep(true),
        _ => Change::Keep(false),
    }
}

/// What a try has come to.
#[derive(Debug, Clone)]
pub struct Ended<'a> {
    /// The try's name.
    pub name: &'a str,
    /// The writes of the entry as the try has written it last.
    pub known: u32,
    /// What became of each send.
    pub effects: &'a [Delivery],
    /// The event's own JSON, which is kept if it is parked.
    pub raw: &'a str,
}

/// Ends a try, once. An entry is never made by it.
pub fn end_try(
    entry: Option<&LedgerEntry>,
    ended: &Ended<'_>,
    now: Timestamp,
) -> Change<LedgerEntry, ()> {
    let entry = entry.cloned();
    Change::write_if(entry.and_then(|entry| entry.try_ended(ended, now)), (), ())
}

impl LedgerEntry {
    /// With the end of a try; none if it has ended, or was not begun. Where others have
    /// written the entry since the try wrote it last, what they know is merged: `sent` is never
    /// overwritten.
    ///
    /// What is settled by this becomes done, or is parked if LINE has refused something. Else
    /// the state stays: what was parked meanwhile stays parked.
    fn try_ended(mut self, ended: &Ended<'_>, now: Timestamp) -> Option<Self> {
        let has_changed = self.writes != ended.known;
        let sends = self.state.sends_mut()?;
        if !sends.open.contains(ended.name) {
            return None;
        }
        let ours = ended.effects.to_vec();
        sends.effects = match has_changed {
            true => merged(ours, sends.effects_for(ended.name)),
            false => ours,
        };
        sends.open.remove(ended.name);
        self.ended_at = Some(now);
        if !self.effects().iter().all(Delivery::is_final) {
            return Some(self);
        }
        let refusal = self.effects().iter().find_map(Delivery::refusal);
        match refusal.map(|(kind, reason)| (kind, reason.to_owned())) {
            Some((kind, reason)) => Some(self.into_parked(kind, reason, ended.raw, now)),
            None => Some(self.sent(now)),
        }
    }

    /// Its plan is settled.
    fn sent(mut self, now: Timestamp) -> Self {
        let (raw, sends) = self.state.into_raw_and_sends();
        self.raw = raw.or(self.raw);
        self.state = State::Done {
            reason: None,
            sends,
        };
        self.expires_at = ledger_end(now);
        self
    }
}

impl LedgerEntry {
    /// Whether this is `before` as it was written next: nobody else has written in between. Else
    /// a try that knows `before` must still take in, at its end, what the others know.
    pub fn follows(&self, before: &Self) -> bool {
        self.writes == before.writes + 1
    }
}

impl Sends {
    /// What the try of this name knows of each effect. While another is open, what is not
    /// settled may have been sent by it.
    pub fn effects_for(&self, name: &str) -> Vec<Delivery> {
        let others_are_open = self.open.iter().any(|open| open != name);
        let effects = self.effects.iter().cloned();
        match others_are_open {
            true => effects.map(Delivery::left_open).collect(),
            false => effects.collect(),
        }
    }
}

fn merged(ours: Vec<Delivery>, theirs: Vec<Delivery>) -> Vec<Delivery> {
    let theirs = theirs
        .into_iter()
        .chain(std::iter::repeat(Delivery::Pending));
    let both = ours.into_iter().zip(theirs);
    both.map(|(ours, theirs)| ours.merge(theirs)).collect()
}

#[cfg(test)]
mod tests {
    use crate::domain::ledger::ParkKind;

    use super::*;

    const NOW: Timestamp = Timestamp(1_000);

    fn planned(effects: &[Delivery], open: &[&str]) -> LedgerEntry {
        LedgerEntry {
            state: State::Planned(Sends {
                plan: "{}".into(),
                planned_at: NOW,
                effects: effects.to_vec(),
                open: open.iter().map(|&name| name.to_owned()).collect(),
            }),
            ..LedgerEntry::done("message", NOW, NOW, NOW)
        }
    }

    fn sent() -> Delivery {
        Delivery::Sent { request_id: None }
    }

    /// The try ends with this, after others have written the entry or not.
    fn ended(entry: &LedgerEntry, effect: Delivery, others_wrote: bool) -> Change<LedgerEntry, ()> {
        let ended = Ended {
            name: "ours",
            known: entry.writes + u32::from(others_wrote),
            effects: &[effect],
            raw: "{}",
        };
        end_try(Some(entry), &ended, NOW)
    }

    #[test]
    fn what_others_call_pending_may_be_sent_while_a_try_of_theirs_is_open() {
        let together = |open: &[&str]| {
            let before = planned(&[Delivery::Pending], open);
            let after = ended(&before, Delivery::Pending, true).written().unwrap();
            after.effects().to_vec()
        };
        assert_eq!(together(&["ours"]), [Delivery::Pending]);
        assert_eq!(together(&["ours", "theirs"]), [Delivery::Open]);
    }

    #[test]
    fn an_end_that_settles_nothing_leaves_a_parked_event_parked() {
        let parked = planned(&[Delivery::Pending], &["ours"]).into_parked(
            ParkKind::RetriesOver,
            "hours",
            "{}",
            NOW,
        );
        let open = ended(&parked, Delivery::Open, true).written().unwrap();
        assert_eq!(open.reason(), Some("hours"));
        let done = ended(&parked, sent(), true).written().unwrap();
        assert!(matches!(done.state, State::Done { reason: None, .. }));
        assert_eq!((done.raw(), done.parked_at()), (Some("{}"), None));
    }

    #[test]
    fn a_try_ends_once() {
        let before = planned(&[Delivery::Pending], &["ours", "theirs"]);
        let after = ended(&before, sent(), false).written().unwrap();
        assert_eq!(ended(&after, Delivery::Open, true), Change::Keep(()));
    }

    #[test]
    fn a_push_stands_in_for_a_reply_that_only_this_try_can_have_sent() {
        let push = |effect: Delivery, open: &[&str]| {
            let entry = planned(&[effect], open);
            begin_push(Some(&entry), "ours", 0)
        };
        let pushing = Delivery::Pushing { open: false };
        let entry = push(Delivery::Pending, &["ours"]).written().unwrap();
        assert_eq!(entry.effects(), std::slice::from_ref(&pushing));
        assert_eq!(push(pushing.clone(), &["ours"]), Change::Keep(true));
        let never = Change::Keep(false);
        assert_eq!(push(pushing, &["theirs"]), never);
        assert_eq!(push(Delivery::Pending, &["ours", "theirs"]), never);
        assert_eq!(push(Delivery::Pending, &["theirs"]), never);
        assert_eq!(push(Delivery::Open, &["ours"]), never);
    }

    #[test]
    fn an_entry_follows_another_if_nobody_has_written_in_between() {
        let of_writes = |writes| LedgerEntry {
            writes,
            ..planned(&[Delivery::Pending], &["ours"])
        };
        let follows = |writes| of_writes(writes).follows(&of_writes(3));
        assert!(follows(4) && !follows(3) && !follows(5));
    }

    #[test]
    fn a_try_begins_once_with_a_plan_that_is_still_to_be_sent() {
        let entry = planned(&[Delivery::Pending], &["theirs"]);
        let begun = begin_try(Some(&entry), "ours").written().unwrap();
        assert_eq!(begun, planned(&[Delivery::Pending], &["ours", "theirs"]));
        assert_eq!(begin_try(Some(&begun), "ours"), Change::Keep(true));
        let parked = entry.into_parked(ParkKind::RetriesOver, "hours", "{}", NOW);
        assert_eq!(begin_try(Some(&parked), "ours"), Change::Keep(false));
        assert_eq!(begin_try(None, "ours"), Change::Keep(false));
    }
}
