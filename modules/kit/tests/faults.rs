//! Modules with one fault each, and the rule that conformance finds them to break.

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use line_module::{Context, Event, EventKind, Module, ModuleError, Text};
use line_module_kit::conformance::{
    Broken, RULES, Rule, Step, check, follows, says, signals, taps,
};
use serde_json::{Value, json};

/// What is wrong with the module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    None,
    FailsOnAText,
    RepliesTwice,
    SaysTheSameTwice,
    CountsInAStatic,
    RemembersInAField,
    NeverEnds,
    NeedsTheOrder,
    DislikesRedeliveries,
    PanicsOnStandby,
    PanicsOnSignalsInStandby,
    PanicsOnTimersInStandby,
    RetriesWhatItCannotRead,
    InsistsOnAProfile,
    InsistsOnItsPostbacks,
    InsistsOnTexts,
    InsistsOnAUser,
    PanicsWhereLineFails,
}

/// Greets, and echoes what is said.
struct Echo {
    fault: Fault,
    heard: Mutex<HashMap<String, String>>,
}

static COUNT: AtomicU32 = AtomicU32::new(0);

impl Echo {
    fn new(fault: Fault) -> Self {
        let heard = Mutex::default();
        Self { fault, heard }
    }

    fn has(&self, fault: Fault) -> bool {
        self.fault == fault
    }

    /// What was said first, by its memory.
    fn first(&self, chat: &str, text: &str) -> String {
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        let first = heard.entry(chat.to_owned());
        first.or_insert_with(|| text.to_owned()).clone()
    }

    async fn name(&self, cx: &mut Context<'_>) -> Result<String, ModuleError> {
        if cx.user().is_none() {
            assert!(!self.has(Fault::InsistsOnAUser), "who are you?");
            return Ok("you".into());
        }
        let profile = match cx.profile().await {
            Err(_) if self.has(Fault::PanicsWhereLineFails) => panic!("LINE is down"),
            other => other?,
        };
        assert!(
            profile.is_some() || !self.has(Fault::InsistsOnAProfile),
            "no profile"
        );
        Ok(profile.map_or_else(|| "you".into(), |profile| profile.display_name))
    }

    async fn echo(
        &self,
        cx: &mut Context<'_>,
        event: &Event,
        text: &str,
    ) -> Result<(), ModuleError> {
        if cx.active().is_none() {
            return Ok(());
        }
        let chat = event
            .chat
            .as_ref()
            .map(|chat| chat.id.to_string())
            .unwrap_or_default();
        let said: u32 = cx.state()?;
        assert!(
            !self.has(Fault::NeedsTheOrder) || text != "second" || said > 0,
            "first comes first"
        );
        let mut answer = format!("{text:.100}, {}", self.name(cx).await?);
        if self.has(Fault::CountsInAStatic) {
            answer += &COUNT.fetch_add(1, Ordering::SeqCst).to_string();
        }
        if self.has(Fault::RemembersInAField) {
            answer += &self.first(&chat, text);
        }
        cx.set_state(&(said + 1))?;
        cx.after("a day later", Duration::from_secs(24 * 3600), &said)?;
        self.say(cx, &answer)
    }

    /// What another chat sends, and what it has set itself: a number.
    fn hear(&self, on_standby: bool, event: &Event, payload: &Value) -> Result<(), ModuleError> {
        let fault = match event.kind {
            EventKind::Signal { .. } => Fault::PanicsOnSignalsInStandby,
            _ => Fault::PanicsOnTimersInStandby,
        };
        assert!(!on_standby || !self.has(fault), "standby");
        match payload.is_number() {
            false if self.has(Fault::RetriesWhatItCannotRead) => {
                Err(ModuleError::retry("no number"))
            }
            false => Err(ModuleError::bug("no number")),
            true => Ok(()),
        }
    }

    fn say(&self, cx: &mut Context<'_>, answer: &str) -> Result<(), ModuleError> {
        let Some(mut cx) = cx.active() else {
            return Ok(());
        };
        cx.reply(&[Text::new(answer)])?;
        if self.has(Fault::RepliesTwice) {
            cx.reply(&[Text::new("again")])?;
        }
        if self.has(Fault::SaysTheSameTwice) {
            cx.push(&[Text::new(answer)])?;
        }
        Ok(())
    }
}

impl Module for Echo {
    async fn handle(&self, cx: &mut Context<'_>, event: &Event) -> Result<(), ModuleError> {
        if event.chat.is_none() {
            return Ok(());
        }
        let on_standby = cx.silence() == Some(shared::domain::Silence::Standby);
        assert!(!on_standby || !self.has(Fault::PanicsOnStandby), "standby");
        assert!(!event.redelivered || !self.has(Fault::DislikesRedeliveries));
        match &event.kind {
            EventKind::Message(message) if message.text().is_some() => {
                let text = message.text().unwrap_or_default();
                match self.fault {
                    Fault::FailsOnAText if text == "second" => {
                        Err(ModuleError::Bug("not that".into()))
                    }
                    Fault::NeverEnds => std::future::pending().await,
                    _ => self.echo(cx, event, text).await,
                }
            }
            EventKind::Message(_) if self.has(Fault::InsistsOnTexts) => {
                Err(ModuleError::Bug("no text".into()))
            }
            EventKind::Postback { data, .. } if data.starts_with("echo ") => {
                self.say(cx, &data[5..])
            }
            EventKind::Postback { .. } if self.has(Fault::InsistsOnItsPostbacks) => {
                Err(ModuleError::Bug("not mine".into()))
            }
            EventKind::Signal { payload, .. } | EventKind::Timer { payload, .. } => {
                self.hear(on_standby, event, payload)
            }
            _ => Ok(()),
        }
    }
}

fn script() -> Vec<Step> {
    vec![
        follows(),
        says("first"),
        says("second"),
        taps("echo hello"),
        signals("news", &json!(1)),
    ]
}

/// These run the script many times, so that each is tried with its own faults and the faultless only.
const LONG: [Rule; 2] = [Rule::State, Rule::LineErrors];

/// The rules that are found broken.
async fn broken(fault: Fault, expected: Option<Rule>) -> Vec<Broken> {
    let mut broken = Vec::new();
    let is_tried = |rule: &Rule| expected.is_none_or(|it| it == *rule) || !LONG.contains(rule);
    for rule in RULES.into_iter().filter(is_tried) {
        let checked = check(rule, move || Echo::new(fault), script()).await;
        broken.extend(checked.err());
    }
    broken
}

/// Exactly this rule is found broken, and reported with its transcript.
async fn breaks(fault: Fault, rule: Rule) {
    let broken = broken(fault, Some(rule)).await;
    let rules: BTreeSet<_> = broken.iter().map(|broken| broken.rule).collect();
    assert_eq!(rules, BTreeSet::from([rule]), "{broken:#?}");
    let text = broken[0].to_string();
    assert!(text.starts_with(rule.sentence()), "{text}");
    assert!(text.contains("Mari: "), "{text}");
}

#[tokio::test]
async fn a_module_without_a_fault_breaks_nothing() {
    let broken = broken(Fault::None, None).await;
    assert!(broken.is_empty(), "{broken:#?}");
}

#[tokio::test]
async fn one_that_fails_on_a_text() {
    breaks(Fault::FailsOnAText, Rule::Conversation).await;
}

#[tokio::test]
async fn one_that_replies_twice() {
    breaks(Fault::RepliesTwice, Rule::Once).await;
}

#[tokio::test]
async fn one_that_replies_and_pushes_the_same() {
    breaks(Fault::SaysTheSameTwice, Rule::Once).await;
}

#[tokio::test]
async fn one_that_counts_in_a_static() {
    breaks(Fault::CountsInAStatic, Rule::Repeatable).await;
}

#[tokio::test]
async fn one_that_remembers_in_a_field() {
    breaks(Fault::RemembersInAField, Rule::State).await;
}

#[tokio::test]
async fn one_that_never_ends() {
    breaks(Fault::NeverEnds, Rule::Finishes).await;
}

#[tokio::test]
async fn one_that_needs_the_order() {
    breaks(Fault::NeedsTheOrder, Rule::Order).await;
}

#[tokio::test]
async fn one_that_dislikes_redeliveries() {
    breaks(Fault::DislikesRedeliveries, Rule::Late).await;
}

#[tokio::test]
async fn one_that_panics_on_standby() {
    breaks(Fault::PanicsOnStandby, Rule::Silence).await;
}

#[tokio::test]
async fn one_that_panics_on_a_signal_while_staff_have_the_chat() {
    breaks(Fault::PanicsOnSignalsInStandby, Rule::Silence).await;
}

#[tokio::test]
async fn one_that_panics_on_a_timer_that_rings_while_staff_have_the_chat() {
    breaks(Fault::PanicsOnTimersInStandby, Rule::Silence).await;
}

#[tokio::test]
async fn one_that_tries_again_what_it_cannot_read() {
    breaks(Fault::RetriesWhatItCannotRead, Rule::OldPayloads).await;
}

#[tokio::test]
async fn one_that_insists_on_a_profile() {
    breaks(Fault::InsistsOnAProfile, Rule::Scopes).await;
}

#[tokio::test]
async fn one_that_insists_on_its_own_postbacks() {
    breaks(Fault::InsistsOnItsPostbacks, Rule::ForeignPostbacks).await;
}

#[tokio::test]
async fn one_that_insists_on_texts() {
    breaks(Fault::InsistsOnTexts, Rule::AnyEvent).await;
}

#[tokio::test]
async fn one_that_insists_on_a_users_id() {
    breaks(Fault::InsistsOnAUser, Rule::Groups).await;
}

#[tokio::test]
async fn one_that_panics_where_line_fails() {
    breaks(Fault::PanicsWhereLineFails, Rule::LineErrors).await;
}
