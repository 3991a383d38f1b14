//! What is said of an event, without any row.

use std::collections::BTreeSet;

use super::*;
use crate::domain::chat::{Control, Entry};
use crate::domain::ledger::ParkKind;
use crate::domain::{
    Chat, ChatEffect, Delivery, Effect, Parked, Plan, Push, Sends, Silence, State,
};

const USER: &str = "U0123456789abcdef0123456789abcdef";

fn entry(state: State) -> LedgerEntry {
    let (at, received) = (Timestamp(1_000_000), Timestamp(1_000_200));
    LedgerEntry {
        state,
        ..LedgerEntry::done("message", at, received, Timestamp(1_001_000))
    }
}

fn done(sends: Option<Sends>) -> State {
    State::Done {
        reason: None,
        sends,
    }
}

fn push(delivery: Delivery) -> Sends {
    let push = Push {
        messages: vec![serde_json::json!({"type": "text", "text": "a secret word"})],
        unit: None,
        silent: false,
    };
    let effects = vec![Effect::from(ChatEffect::Push(push))];
    Sends {
        plan: serde_json::to_string(&Plan { effects }).unwrap(),
        planned_at: Timestamp(1_000_500),
        effects: vec![delivery],
        open: BTreeSet::new(),
    }
}

fn why_of(entry: &LedgerEntry, state: &ChatState, changes: &[Change], is_ticket: bool) -> Why {
    let chat = Chat::of_id(ChatId::new(USER).unwrap());
    let facts = Facts {
        bot: &BotId::new("Ubot").unwrap(),
        account: &BotState::default(),
        chat: Some(ChatFacts {
            id: &chat.id,
            state,
            changes,
            default_active: true,
        }),
        event: &EventId::new("01E").unwrap(),
        entry,
        now: Timestamp(2_000_000),
    };
    let time = |at: Timestamp| format!("[{}]", at.0);
    let reader = Reader {
        time: &time,
        is_ticket,
    };
    Why::of(&facts, &reader)
}

fn said(why: &Why) -> String {
    let story = why.story.iter().map(|it| it.text.as_str());
    let remedies = why.remedies.iter().flat_map(|it| {
        let command = it.command.as_deref().unwrap_or_default();
        [it.text.as_str(), command]
    });
    let all = [why.answer.as_str()]
        .into_iter()
        .chain(story)
        .chain(remedies);
    all.collect::<Vec<_>>().join("\n")
}

fn taken(at: i64) -> ChatState {
    ChatState {
        control: Some(Entry {
            at: Timestamp(at),
            by: EventId::new("01D").unwrap(),
            value: Control::Theirs,
        }),
        ..ChatState::default()
    }
}

#[test]
fn an_answer_is_told_with_lines_request_id_and_without_what_it_says() {
    let request_id = Some("a-b".to_owned());
    let why = why_of(
        &entry(done(Some(push(Delivery::Sent { request_id })))),
        &ChatState::default(),
        &[],
        false,
    );
    let said = said(&why);
    assert!(said.starts_with("The bot answered"), "{said}");
    assert!(said.contains("a push with one message (text)"), "{said}");
    assert!(said.contains("request id a-b"), "{said}");
    assert!(!said.contains("secret"), "{said}");
}

#[test]
fn who_has_taken_the_chat_is_named_and_what_one_could_do() {
    let silent = LedgerEntry {
        silence: Some(Silence::Standby),
        ..entry(done(None))
    };
    let said = said(&why_of(&silent, &taken(900_000), &[], false));
    assert!(
        said.contains("taken from the bot, or given back by its module, on [900000] (event 01D)"),
        "{said}"
    );
    assert!(
        said.contains(&format!("chat acquire Ubot {USER}")),
        "{said}"
    );
}

#[test]
fn what_has_changed_since_does_not_hide_what_was_then() {
    let silent = LedgerEntry {
        silence: Some(Silence::Standby),
        ..entry(done(None))
    };
    let mut now = taken(1_500_000);
    let control = now.control.as_mut().unwrap();
    control.value = Control::Ours(None);
    let before = Change {
        by: EventId::new("01C").unwrap(),
        at: Timestamp(800_000),
        value: Control::Theirs,
    };
    let said = said(&why_of(&silent, &now, &[before], false));
    assert!(
        said.contains("LINE told the bot so on [800000] (event 01C)"),
        "{said}"
    );
    assert!(
        said.contains("Now the bot is in charge of the chat"),
        "{said}"
    );
    assert!(
        said.contains("the bot is in charge of the chat again"),
        "{said}"
    );
    let forgotten = why_of(&silent, &ChatState::default(), &[], false);
    assert!(
        forgotten
            .story
            .iter()
            .any(|it| it.text.contains("no longer known"))
    );
}

#[test]
fn a_ticket_has_no_id_of_a_person_and_no_words_of_the_modules() {
    let reason = format!("no customer {USER} called Mari");
    let parked = entry(State::Parked(Parked::new(
        ParkKind::ByModule,
        reason,
        "{}",
        Timestamp(1_002_000),
    )));
    let open = said(&why_of(&parked, &ChatState::default(), &[], false));
    assert!(open.contains("Mari") && open.contains(USER), "{open}");
    let refusal = format!("push: refused: the user {USER} is gone");
    let refused = entry(State::Parked(Parked {
        sends: Some(push(Delivery::Refused {
            reason: refusal.clone(),
        })),
        ..Parked::new(ParkKind::RefusedByLine, refusal, "{}", Timestamp(1_002_000))
    }));
    let silent = LedgerEntry {
        silence: Some(Silence::Standby),
        ..entry(done(None))
    };
    for entry in [parked, refused, silent] {
        let said = said(&why_of(&entry, &taken(900_000), &[], true));
        assert!(!said.contains("Mari") && !said.contains(USER), "{said}");
    }
}

#[test]
fn each_parked_event_is_given_a_way_to_see_to_run_and_to_leave_it() {
    for kind in [
        ParkKind::ModuleFailed,
        ParkKind::RetriesOver,
        ParkKind::TooOld,
    ] {
        let parked = Parked::new(kind, "a reason", "{}", Timestamp(1_002_000));
        let why = why_of(
            &entry(State::Parked(parked)),
            &ChatState::default(),
            &[],
            false,
        );
        let commands = why.remedies.iter().filter_map(|it| it.command.as_deref());
        let commands: Vec<_> = commands.collect();
        assert_eq!(
            commands,
            [
                "replay Ubot 01E --shadow",
                "replay Ubot 01E --reason \"…\"",
                "settle Ubot 01E --reason \"…\""
            ]
        );
    }
}

#[test]
fn lengths_of_time_are_told_in_the_unit_that_fits() {
    use std::time::Duration;
    let said = |millis| reader::length(Duration::from_millis(millis));
    assert_eq!(said(200), "0.2 seconds");
    assert_eq!(said(61_000), "61 seconds");
    assert_eq!(said(185_000), "3 minutes");
    assert_eq!(said(3 * 3_600_000), "3 hours");
    assert_eq!(said(72 * 3_600_000), "3 days");
}
