//! Both examples with a mistake of an author's planted in them, and the rule that conformance finds
//! it to break. By itself neither breaks any: that is what their own tests show.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};

use line_module::{
    Context, Event, EventKind, Handled, MessageContent, ModuleError, Next, Router, Text, endpoints,
};
use line_module_kit::conformance::{Rule, Step, check, follows, says, signals, taps};
use serde_json::json;

/// What the author does wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mistake {
    FailsOnAText,
    RepliesTwice,
    SaysTheSameTwice,
    CountsInAStatic,
    RemembersInAField,
    NeverEnds,
    NeedsTheOrder,
    DislikesRedeliveries,
    PanicsOnStandby,
    RetriesWhatItCannotRead,
    InsistsOnAProfile,
    InsistsOnItsPostbacks,
    InsistsOnKnownContents,
    InsistsOnAUser,
    PanicsWhereLineFails,
}

/// With the rule that each breaks.
const MISTAKES: [(Mistake, Rule); 15] = [
    (Mistake::FailsOnAText, Rule::Conversation),
    (Mistake::RepliesTwice, Rule::Once),
    (Mistake::SaysTheSameTwice, Rule::Once),
    (Mistake::CountsInAStatic, Rule::Repeatable),
    (Mistake::RemembersInAField, Rule::State),
    (Mistake::NeverEnds, Rule::Finishes),
    (Mistake::NeedsTheOrder, Rule::Order),
    (Mistake::DislikesRedeliveries, Rule::Late),
    (Mistake::PanicsOnStandby, Rule::Silence),
    (Mistake::RetriesWhatItCannotRead, Rule::OldPayloads),
    (Mistake::InsistsOnAProfile, Rule::Scopes),
    (Mistake::InsistsOnItsPostbacks, Rule::ForeignPostbacks),
    (Mistake::InsistsOnKnownContents, Rule::AnyEvent),
    (Mistake::InsistsOnAUser, Rule::Groups),
    (Mistake::PanicsWhereLineFails, Rule::LineErrors),
];

/// An example, as conformance plays it.
#[derive(Clone, Copy)]
struct Example {
    module: fn() -> Router,
    script: fn() -> Vec<Step>,
    /// What the data of its taps begins with.
    taps: &'static [&'static str],
    /// Two texts of the script, in their order.
    texts: [&'static str; 2],
}

const RESERVATION: Example = Example {
    module: reservation::module,
    script: || {
        vec![
            follows(),
            says("予約する"),
            taps("reserve/1/2026-11-24T10:00"),
            signals("news", &json!({"freed": "2026-11-25T10:00"})),
            says("予約を確認"),
        ]
    },
    taps: &["reserve/", "cancel/", "wait/"],
    texts: ["予約する", "予約を確認"],
};

const WAITLIST: Example = Example {
    module: waitlist::module,
    script: || {
        let ticket = json!({
            "number": 7, "chat": {"kind": "user", "id": "Uother"}, "people": 2,
            "seating": "Either", "name": "Ken", "called": null, "is_told": false,
        });
        vec![
            follows(),
            says("順番を取る"),
            says("2名"),
            taps("seating/1/Either"),
            says("真理"),
            signals("news", &json!({"what": "Closed", "ticket": ticket})),
            says("受付票を見る"),
        ]
    },
    taps: &["party/", "seating/", "called/", "free/"],
    texts: ["順番を取る", "受付票を見る"],
};

/// What the wrapper needs: one for each process of the worker.
struct Plant {
    mistake: Mistake,
    example: Example,
    heard: Mutex<HashMap<String, String>>,
}

static COUNT: AtomicU32 = AtomicU32::new(0);

fn planted(mistake: Mistake, example: Example) -> Router {
    (example.module)().wrap(plant).share(Plant {
        mistake,
        example,
        heard: Mutex::default(),
    })
}

async fn plant(cx: &mut Context<'_>, event: &Event, next: Next<'_>) -> Handled {
    let Plant {
        mistake, example, ..
    } = *cx.shared::<Plant>()?;
    let text = event.text();
    match mistake {
        Mistake::FailsOnAText if text == Some(example.texts[1]) => {
            return Err(ModuleError::bug("not that"));
        }
        Mistake::NeverEnds if text.is_some() => std::future::pending().await,
        Mistake::NeedsTheOrder => needs_order(cx, text, example).await?,
        Mistake::DislikesRedeliveries => assert!(!event.redelivered, "not again"),
        Mistake::PanicsOnStandby => {
            let is_standby = event.chat.is_some() && cx.silence().is_some();
            assert!(!is_standby, "not ours");
        }
        Mistake::InsistsOnItsPostbacks => insists_on_taps(event, example)?,
        Mistake::InsistsOnKnownContents => insists_on_contents(event)?,
        Mistake::InsistsOnAUser if text.is_some() => assert!(cx.user().is_some(), "who?"),
        Mistake::InsistsOnAProfile if text.is_some() && cx.user().is_some() => {
            assert!(cx.profile().await?.is_some(), "no profile");
        }
        Mistake::PanicsWhereLineFails if text.is_some() => {
            let asked = cx.ask(&endpoints::quota::GetQuota).await;
            assert!(asked.is_ok(), "LINE is down");
        }
        _ => {}
    }
    let handled = next.run(cx, event).await;
    match (mistake, &event.kind) {
        (Mistake::RetriesWhatItCannotRead, EventKind::Signal { .. }) => {
            handled.map_err(|error| ModuleError::retry(error.to_string()))
        }
        _ => {
            handled?;
            says_more(cx, mistake, text)
        }
    }
}

async fn needs_order(cx: &mut Context<'_>, text: Option<&str>, example: Example) -> Handled {
    let first = cx.row::<()>("planted").await?;
    match text {
        Some(text) if text == example.texts[0] && first.is_none() => cx.create("planted", &()),
        Some(text) if text == example.texts[1] => {
            assert!(first.is_some(), "first comes first");
            Ok(())
        }
        _ => Ok(()),
    }
}

fn insists_on_taps(event: &Event, example: Example) -> Handled {
    match &event.kind {
        EventKind::Postback { data, .. } if !example.taps.iter().any(|it| data.starts_with(it)) => {
            Err(ModuleError::bug("not mine"))
        }
        _ => Ok(()),
    }
}

fn insists_on_contents(event: &Event) -> Handled {
    match &event.kind {
        EventKind::Message(message) if matches!(message.content, MessageContent::Unknown(_)) => {
            Err(ModuleError::bug("what is that?"))
        }
        _ => Ok(()),
    }
}

fn says_more(cx: &mut Context<'_>, mistake: Mistake, text: Option<&str>) -> Handled {
    let Some(text) = text else {
        return Ok(());
    };
    let chat = cx.event().chat.as_ref().map(|chat| chat.id.to_string());
    let more = match mistake {
        Mistake::CountsInAStatic => COUNT.fetch_add(1, Ordering::SeqCst).to_string(),
        Mistake::RemembersInAField => {
            let heard = &cx.shared::<Plant>()?.heard;
            let mut heard = heard.lock().unwrap_or_else(PoisonError::into_inner);
            let first = heard.entry(chat.unwrap_or_default());
            first.or_insert_with(|| text.to_owned()).clone()
        }
        Mistake::RepliesTwice | Mistake::SaysTheSameTwice => "and more".to_owned(),
        _ => return Ok(()),
    };
    let Some(mut cx) = cx.active() else {
        return Ok(());
    };
    match mistake {
        Mistake::RepliesTwice => cx.reply(&[Text::new(more)]),
        Mistake::SaysTheSameTwice => {
            cx.push(&[Text::new(more.as_str())])?;
            cx.push(&[Text::new(more)])
        }
        _ => cx.push(&[Text::new(more)]),
    }
}

/// Each mistake is found, and by the name of its rule.
async fn all_are_named(example: Example) {
    for (mistake, rule) in MISTAKES {
        let make = move || planted(mistake, example);
        let found = check(rule, make, (example.script)()).await.err();
        let found_rule = found.as_ref().map(|broken| broken.rule);
        assert_eq!(found_rule, Some(rule), "{mistake:?}: {found:?}");
        if rule != Rule::Conversation && rule != Rule::Finishes && rule != Rule::Once {
            let script = check(Rule::Conversation, make, (example.script)()).await;
            assert!(
                script.is_ok(),
                "{mistake:?} disturbs the script: {script:?}"
            );
        }
    }
}

#[tokio::test]
async fn each_mistake_in_the_reservation_is_named_rightly() {
    all_are_named(RESERVATION).await;
}

#[tokio::test]
async fn each_mistake_in_the_waiting_list_is_named_rightly() {
    all_are_named(WAITLIST).await;
}
