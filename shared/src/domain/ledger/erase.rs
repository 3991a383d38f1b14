//! What people wrote, and who they are, taken out of an event's entry. The event, its outcome and
//! what became of each send stay.

use crate::domain::ledger::{LedgerEntry, Parked, Sends, State, StepRecord, Steps, ledger_end};
use crate::domain::{
    AccountEffect, ChatEffect, Delivery, Effect, Plan, QueueEffect, Timestamp, ToManyEffect, words,
};

/// In place of a reason, which may repeat what the user wrote.
const TAKEN_OUT: &str = "what the user wrote was taken out";
/// Why nothing more is sent of a plan without words.
const NOTHING_TO_SEND: &str = "its words were taken out before it was sent";

/// Who is taken out of what is kept.
#[derive(Debug, Clone)]
pub struct Person {
    /// Their id, or a group's.
    pub id: String,
    /// Their name, if it is known.
    pub name: Option<String>,
    /// What stands in their place.
    pub alias: String,
}

impl Person {
    /// A text without them.
    pub fn out_of(&self, text: &str) -> String {
        let mut left = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = self.place_of_id(rest) {
            left.push_str(&rest[..at]);
            left.push_str(&self.alias);
            rest = &rest[at + self.id.len()..];
        }
        let text = left + rest;
        match &self.name {
            Some(name) => text.replace(name.as_str(), &self.alias),
            None => text,
        }
    }

    /// Whether a text names them by id,
    pub fn is_named_by_id(&self, text: &str) -> bool {
        self.place_of_id(text).is_some()
    }

    /// Where a text has the id: not as a part of a longer one.
    fn place_of_id(&self, text: &str) -> Option<usize> {
        let is_of_id = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        let mut places = text.match_indices(&self.id).map(|(at, _)| at);
        places.find(|at| {
            let after = &text[at + self.id.len()..];
            !is_of_id(text[..*at].chars().next_back()) && !is_of_id(after.chars().next())
        })
    }

    /// or by id or name. JSON may have written the name with escapes.
    pub fn is_named(&self, text: &str) -> bool {
        let has_name = |name: &String| {
            let escaped = serde_json::to_string(name).unwrap_or_default();
            text.contains(name.as_str()) || text.contains(escaped.trim_matches('"'))
        };
        self.is_named_by_id(text) || self.name.as_ref().is_some_and(has_name)
    }
}

impl LedgerEntry {
    /// The entry without what the event's user wrote: in the event's JSON, and in what was
    /// planned, which may repeat it. What of the plan is not settled is sent no more: it has no
    /// words.
    #[must_use]
    pub fn without_words(mut self) -> Self {
        self.raw = self.raw.as_deref().map(words::without_message);
        self.steps = self.steps.without_words();
        if let State::Failed { reason } = &mut self.state
            && reason.is_some()
        {
            *reason = Some(TAKEN_OUT.to_owned());
        }
        if let State::Parked(parked) = &mut self.state {
            parked.raw = words::without_message(&parked.raw);
            TAKEN_OUT.clone_into(&mut parked.reason);
        }
        if let Some(sends) = self.state.sends_mut() {
            sends.take_words_out();
        }
        self
    }

    /// The entry of an event whose user is erased: without the event itself, and without what they
    /// wrote. It is theirs no more.
    #[must_use]
    pub fn of_nobody(self) -> Self {
        let mut entry = self.without_words();
        entry.raw = None;
        entry.user_mark = None;
        if let State::Parked(parked) = &mut entry.state {
            // A parked event must have it.
            words::NOTHING.clone_into(&mut parked.raw);
        }
        entry
    }

    /// The entry without a person whom it names.
    #[must_use]
    pub fn without(mut self, person: &Person) -> Self {
        let out = |text: &str| person.out_of(text);
        self.raw = self.raw.as_deref().map(|raw| words::with_texts(raw, &out));
        self.steps = self.steps.with_texts(&out);
        match &mut self.state {
            State::Failed { reason } | State::Done { reason, .. } => {
                *reason = reason.as_deref().map(out);
            }
            State::Parked(parked) => {
                parked.raw = words::with_texts(&parked.raw, &out);
                parked.reason = out(&parked.reason);
            }
            State::Planned(_) => {}
        }
        if let Some(sends) = self.state.sends_mut() {
            sends.take_out(person);
        }
        self
    }

    /// A parked event whose time is over: settled, without itself and what its user wrote. None if
    /// it is not parked, or not since `since`.
    #[must_use]
    pub fn expired(&self, since: Timestamp, now: Timestamp) -> Option<Self> {
        if self.parked_at() != Some(since) {
            return None;
        }
        let mut entry = self.clone().without_words();
        let State::Parked(Parked { kind, sends, .. }) = entry.state else {
            return None;
        };
        let reason = format!("it was parked ({kind}), and nobody has looked at it in time");
        entry.state = State::Done {
            reason: Some(reason),
            sends,
        };
        entry.raw = None;
        entry.steps = Steps::default();
        entry.expires_at = ledger_end(now);
        Some(entry)
    }
}

impl Sends {
    fn take_words_out(&mut self) {
        let Some(mut plan) = self.plan() else {
            // It cannot be read, and may have words.
            self.plan = String::new();
            return;
        };
        plan.effects.iter_mut().for_each(take_words_out);
        self.write(&plan);
        let may_be_sent = !self.open.is_empty();
        for effect in self.effects.iter_mut().filter(|it| !it.is_final()) {
            let reason = NOTHING_TO_SEND.to_owned();
            *effect = match may_be_sent || effect.may_be_accepted() {
                true => Delivery::Unknown { reason },
                false => Delivery::Skipped { reason },
            };
        }
    }

    fn take_out(&mut self, person: &Person) {
        if !person.is_named(&self.plan) {
            return;
        }
        let out = |text: &str| person.out_of(text);
        match self.plan() {
            None => self.plan = words::with_texts(&self.plan, &out),
            Some(mut plan) => {
                plan.effects.iter_mut().for_each(|it| drop_user(it, person));
                self.write(&plan);
                self.plan = words::with_texts(&self.plan, &out);
            }
        }
    }

    fn write(&mut self, plan: &Plan) {
        // It was read from JSON, and can be written as JSON again.
        if let Ok(plan) = serde_json::to_string(plan) {
            self.plan = plan;
        }
    }
}

fn take_words_out(effect: &mut Effect) {
    let empty = |messages: &mut Vec<serde_json::Value>| {
        for message in messages {
            *message = words::kind_alone(message);
        }
    };
    match effect {
        Effect::Chat(ChatEffect::Reply(reply)) => empty(&mut reply.messages),
        Effect::Chat(ChatEffect::Push(push)) => empty(&mut push.messages),
        Effect::ToMany(ToManyEffect::Multicast(it)) => empty(&mut it.messages),
        Effect::ToMany(ToManyEffect::Broadcast(it)) => empty(&mut it.messages),
        Effect::ToMany(ToManyEffect::Narrowcast(it)) => empty(&mut it.messages),
        Effect::Queue(QueueEffect::Signal(signal)) => signal.payload = serde_json::Value::Null,
        Effect::Chat(_) | Effect::Control(_) | Effect::Account(_) => {}
    }
}

/// Of a list of users only they are taken: LINE would refuse all of it for an id that is none.
fn drop_user(effect: &mut Effect, person: &Person) {
    let users = match effect {
        Effect::ToMany(ToManyEffect::Multicast(it)) => &mut it.users,
        Effect::Account(AccountEffect::AddToAudience { users, .. }) => users,
        _ => return,
    };
    users.retain(|user| user.as_str() != person.id);
}

impl Steps {
    /// What steps have come to, without results and reasons. That they have succeeded stays: none
    /// is made again.
    fn without_words(self) -> Self {
        self.map(|record| StepRecord {
            failed: record.failed,
            reason: record.reason.map(|_| TAKEN_OUT.to_owned()),
            result: record.result.map(|_| "null".to_owned()),
        })
    }

    fn with_texts(self, change: &dyn Fn(&str) -> String) -> Self {
        self.map(|record| StepRecord {
            failed: record.failed,
            reason: record.reason.as_deref().map(change),
            result: record.result.map(|it| words::with_texts(&it, change)),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::json;

    use super::*;
    use crate::domain::ledger::ParkKind;
    use crate::domain::{Multicast, Outcome, Push, UserId};

    const NOW: Timestamp = Timestamp(1_000);
    const RAW: &str = r#"{"type":"message","source":{"userId":"U1"},"message":{"type":"text","id":"9","text":"a wish"}}"#;

    fn push() -> Effect {
        Effect::Chat(ChatEffect::Push(Push {
            messages: vec![json!({"type": "text", "text": "Mari (U1) has a wish"})],
            unit: None,
            silent: false,
        }))
    }

    fn parked(effects: Vec<Effect>, open: &[&str]) -> LedgerEntry {
        let deliveries = vec![Delivery::Pending; effects.len()];
        let plan = serde_json::to_string(&Plan { effects }).unwrap();
        let planned = LedgerEntry {
            state: State::Planned(Sends {
                plan,
                planned_at: NOW,
                effects: deliveries,
                open: open
                    .iter()
                    .map(|&name| name.to_owned())
                    .collect::<BTreeSet<_>>(),
            }),
            ..LedgerEntry::done("message", NOW, NOW, NOW)
        };
        planned.into_parked(ParkKind::ByModule, "no such dish: a wish", RAW, NOW)
    }

    fn mari() -> Person {
        Person {
            id: "U1".into(),
            name: Some("Mari".into()),
            alias: "erased".into(),
        }
    }

    #[test]
    fn a_parked_event_without_words_stays_parked_and_sends_nothing_more() {
        let entry = parked(vec![push()], &[]).without_words();
        assert!(!format!("{entry:?}").contains("wish"));
        assert_eq!(entry.outcome(), Outcome::Parked);
        assert!(matches!(entry.effects(), [Delivery::Skipped { .. }]));
        assert_eq!(entry.clone().without_words(), entry);
        let tried = parked(vec![push()], &["a try"]).without_words();
        assert!(matches!(tried.effects(), [Delivery::Unknown { .. }]));
        let replayed = entry.reopened(1, false, NOW);
        assert_eq!(replayed.outcome(), Outcome::Planned);
    }

    #[test]
    fn a_person_is_taken_out_wherever_an_entry_names_them() {
        let others = Effect::ToMany(ToManyEffect::Multicast(Multicast {
            users: ["U1", "U2"].map(|id| UserId::new(id).unwrap()).into(),
            messages: vec![json!({"type": "text", "text": "Mari comes"})],
            unit: None,
            silent: false,
        }));
        let entry = parked(vec![push(), others], &[]).without(&mari());
        let text = format!("{entry:?}");
        assert!(!text.contains("U1") && !text.contains("Mari"), "{text}");
        assert_eq!(entry.effects(), [Delivery::Pending, Delivery::Pending]);
        let Some(Effect::ToMany(ToManyEffect::Multicast(left))) =
            entry.plan().unwrap().effects.pop()
        else {
            panic!("{entry:?}")
        };
        assert_eq!(left.users, [UserId::new("U2").unwrap()]);
    }

    #[test]
    fn of_an_event_of_someone_who_is_erased_nothing_of_theirs_is_left() {
        let odd = r#"{"type":"tomorrow","said":"a wish","source":{"userId":"U1"}}"#;
        let done = LedgerEntry {
            user_mark: Some("mark".into()),
            ..LedgerEntry::done("tomorrow", NOW, NOW, NOW).with_raw(odd)
        };
        for entry in [done, parked(vec![push()], &[])] {
            let text = format!("{:?}", entry.of_nobody());
            assert!(!text.contains("wish") && !text.contains("U1"), "{text}");
            assert!(!text.contains("\"mark\""), "{text}");
        }
    }

    #[test]
    fn a_parked_event_ends_settled_and_without_itself() {
        let entry = parked(vec![push()], &[]);
        assert_eq!(entry.expired(Timestamp(7), NOW), None);
        let ended = entry.expired(NOW, Timestamp(90_000)).unwrap();
        assert_eq!((ended.outcome(), ended.raw()), (Outcome::Done, None));
        assert_eq!(ended.ends_at(), Some(ledger_end(Timestamp(90_000))));
        assert!(!format!("{ended:?}").contains("wish"));
        assert_eq!(ended.expired(NOW, NOW), None);
    }

    #[test]
    fn an_id_is_not_found_in_a_longer_one() {
        assert!(!mari().is_named_by_id("U10 XU1"));
        assert_eq!(mari().out_of("U10 U1/U1 XU1"), "U10 erased/erased XU1");
    }

    #[test]
    fn a_name_is_found_as_json_writes_it() {
        let quoted = Person {
            name: Some("Ma\"ri".into()),
            ..mari()
        };
        assert!(quoted.is_named(r#"{"text":"hello Ma\"ri"}"#));
        assert!(!quoted.is_named("hello Mari"));
    }
}
