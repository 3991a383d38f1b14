//! One row of each kind, as today's code writes it.

use std::time::Duration;

use serde_json::json;
use shared::domain::ledger::{ParkKind, StepEnd};
use shared::domain::usage::{Counts, Lifecycle, Month, UsageChange, UsageRecord};
use shared::domain::{
    Attempts, BotId, Chat, ChatEffect, ChatId, ChatKind, ChatState, Delivery, Effect, Entitlement,
    EventId, LedgerEntry, Pause, PauseMode, Plan, Push, QueueEffect, Reply, ReplyToken, Scopes,
    Signal, Silence, State, Timestamp,
};
use shared::line::event;
use shared::store::{
    AttachUnderWay, ChatRow, Commit, DialogueChange, LedgerKey, NewTimer, RowChange, Store,
    Subject, TimerChange, WalkRow,
};

pub(crate) const NOW: Timestamp = Timestamp(1_800_000_000_000);
pub(crate) const ATTACH_STATE: &str = "a-state";
pub(crate) const MESSAGE: &str = "a-message";
const RAW: &str = r#"{"type":"message"}"#;

pub(crate) fn account() -> BotId {
    BotId::new("Uaccount").unwrap()
}

/// Whose usage is kept.
pub(crate) fn counted() -> BotId {
    BotId::new("Ucounted").unwrap()
}

pub(crate) fn chat() -> ChatId {
    ChatId::new("Uguest").unwrap()
}

pub(crate) fn key(event: &str) -> LedgerKey {
    LedgerKey {
        bot: account(),
        chat: Some(chat()),
        event: EventId::new(event).unwrap(),
    }
}

pub(crate) async fn write_all(store: &Store) {
    let bot = account();
    let account_row = store.update_bot(&bot, |row| {
        let scopes = Scopes::granted(["message:send", "message:receive"]);
        row.state.attach(Timestamp(NOW.0 - 60_000), &scopes);
        row.display_name = Some("A shop".into());
        row.basic_id = Some("@shop".into());
        row.settings.insert("limit".into(), json!(3));
        row.menus.insert("main".into(), "richmenu-1".into());
    });
    account_row.await.unwrap();
    commit(store).await;
    let unsettled = LedgerEntry::unsettled("message", NOW, NOW, NOW).failed("it fails");
    let failed = LedgerEntry {
        attempts: Attempts {
            failed: 2,
            begun: Some("an-attempt".into()),
        },
        failing_since: Some(NOW),
        ..unsettled
    };
    let done = entry().silenced(Some(Silence::Standby));
    let rows = [
        ("failed", failed),
        ("done", done),
        ("parked", parked()),
        ("signals", signals()),
        ("card", card()),
    ];
    for (event, row) in rows {
        assert!(store.replace_ledger(&key(event), &row, NOW).await.unwrap());
    }
    steps(store).await;
    asked(store).await;
    stopped(store).await;
    rest(store).await;
}

/// An account that may not speak by our own word, and the pause of the whole channel.
pub(crate) fn stopped_account() -> BotId {
    BotId::new("Ustopped").unwrap()
}

pub(crate) fn pause() -> Pause {
    Pause {
        how: PauseMode::Wait,
        since: NOW,
        by: "mika".into(),
        reason: "a reason".into(),
    }
}

async fn stopped(store: &Store) {
    let bot = stopped_account();
    let row = store.update_bot(&bot, |row| {
        row.state.pause = Some(pause());
        row.state.entitle(Entitlement::Until(NOW), NOW);
        row.state.entitle(Entitlement::No, NOW);
    });
    row.await.unwrap();
    assert!(store.set_pause(None, Some(pause())).await.unwrap());
    let reply = Reply {
        token: ReplyToken::new("a-token"),
        messages: vec![json!({"type": "text", "text": "closed"})],
        or_push: false,
        deadline: NOW,
        silent: false,
        is_notice: true,
    };
    let effects = vec![Effect::Chat(ChatEffect::Reply(reply))];
    let told = entry()
        .silenced(Some(Silence::NotEntitled))
        .with_plan(&Plan { effects }, "a-try", NOW)
        .unwrap();
    let written = store.replace_ledger(&key("told"), &told, NOW).await;
    assert!(written.unwrap());
}

/// A chat in a dialogue.
pub(crate) fn asked_chat() -> ChatId {
    ChatId::new("Uasked").unwrap()
}

async fn asked(store: &Store) {
    let progress = r#"{"name":"booking","state":{"Name":{"people":2}},"at":1800000000000}"#;
    let goes = Some(DialogueChange::Goes(progress.into()));
    let chat = ChatRow::default().with_dialogue(goes, entry().epoch);
    let key = LedgerKey {
        chat: Some(asked_chat()),
        ..key("asked")
    };
    let commit = Commit {
        key: &key,
        ledger: &entry(),
        subject: Subject::Chat(&asked_chat(), &chat),
        rows: &[],
        timers: &[],
        rung: None,
        chat: None,
        detached_at: None,
        now: NOW,
    };
    store.commit(&commit).await.unwrap();
}

/// An event whose handler has made steps.
async fn steps(store: &Store) {
    let succeeded = StepEnd::Succeeded("7".into());
    let failed = || StepEnd::Failed("busy".into());
    let steps = [("crm", failed()), ("crm", succeeded), ("mail", failed())];
    let mut row = LedgerEntry::unsettled("message", NOW, NOW, NOW).in_steps();
    let key = key("stepped");
    for (name, end) in steps {
        let noted = store.note_step(&key, &row, name, &end, NOW).await;
        row = noted.unwrap().unwrap();
    }
}

fn entry() -> LedgerEntry {
    let epoch = Timestamp(NOW.0 - 60_000);
    LedgerEntry {
        epoch,
        ..LedgerEntry::done("message", NOW, NOW, NOW)
    }
}

fn planned() -> LedgerEntry {
    let push = Push {
        messages: vec![json!({"type": "text", "text": "hi"})],
        unit: None,
        silent: false,
    };
    let plan = Plan {
        effects: vec![Effect::Chat(ChatEffect::Push(push))],
    };
    entry().with_plan(&plan, "a-try", NOW).unwrap()
}

fn signals() -> LedgerEntry {
    let signal = Signal {
        chat: Chat {
            kind: ChatKind::User,
            id: chat(),
        },
        name: "freed".into(),
        payload: json!(7),
    };
    let plan = Plan {
        effects: vec![QueueEffect::Signal(signal).into()],
    };
    entry().with_plan(&plan, "a-try", NOW).unwrap()
}

/// A plan that is long, and much the same all over.
fn card() -> LedgerEntry {
    let row = |number| json!({"type": "text", "text": format!("row {number}"), "size": "sm"});
    let rows: Vec<_> = (0..40).map(row).collect();
    let body = json!({"type": "box", "layout": "vertical", "contents": rows});
    let bubble = json!({"type": "bubble", "body": body});
    let push = Push {
        messages: vec![json!({"type": "flex", "altText": "a card", "contents": bubble})],
        unit: None,
        silent: false,
    };
    let plan = Plan {
        effects: vec![Effect::Chat(ChatEffect::Push(push))],
    };
    entry().with_plan(&plan, "a-try", NOW).unwrap()
}

fn parked() -> LedgerEntry {
    let mut planned = planned();
    if let State::Planned(sends) = &mut planned.state {
        sends.effects = vec![Delivery::Expired];
        sends.open.clear();
    }
    planned.into_parked(
        ParkKind::ReplyExpired,
        "the reply token is used or too old",
        RAW,
        NOW,
    )
}

/// An event's row with its plan, its chat's, a row of the module's and a timer.
async fn commit(store: &Store) {
    let raw = json!({
        "type": "follow",
        "mode": "active",
        "timestamp": NOW.0,
        "source": {"type": "user", "userId": "Uguest"},
    });
    let mut registers = ChatState::default();
    let id = EventId::new("planned").unwrap();
    registers.fold(&event::read(&account(), &id, &raw.to_string(), NOW));
    let epoch = entry().epoch;
    let row = ChatRow {
        registers,
        ..ChatRow::default()
    };
    let row = row.with_state(Some(r#"{"step":1}"#.into()), epoch);
    let row = row.with_profile(Some(r#"{"name":"A guest"}"#.into()), NOW, epoch);
    let (key, chat) = (key("planned"), chat());
    let commit = Commit {
        key: &key,
        ledger: &planned(),
        subject: Subject::Chat(&chat, &row),
        rows: &[RowChange::Create {
            key: "place/1".into(),
            value: r#"{"taken":true}"#.into(),
            expires_at: Some(NOW),
        }],
        timers: &[TimerChange::Set(NewTimer {
            due: NOW,
            name: "remind".into(),
            payload: "7".into(),
        })],
        rung: None,
        chat: Some(&Chat {
            kind: ChatKind::User,
            id: chat.clone(),
        }),
        detached_at: None,
        now: NOW,
    };
    store.commit(&commit).await.unwrap();
}

async fn rest(store: &Store) {
    let hour = Duration::from_secs(3600);
    let attach = AttachUnderWay::new("a-browser".into(), "{}".into(), NOW.seconds() + 900);
    store.begin_attach(ATTACH_STATE, &attach).await.unwrap();
    let bot = account();
    let counted = store.count_call(&bot, "narrowcast", 1, hour, NOW);
    assert_eq!(counted.await.unwrap(), None);
    assert!(store.take_lease("a-holder", NOW, hour).await.unwrap());
    let walk = WalkRow {
        ended_at: NOW,
        known: 2,
        ..WalkRow::default()
    };
    store.keep_walk(&walk).await.unwrap();
    store.approve("a-fingerprint").await.unwrap();
    usage(store).await;
    store
        .park_message(MESSAGE, "no job", "the message is not a job", NOW)
        .await
        .unwrap();
    store.note_unread("another-message", NOW).await.unwrap();
}

/// Another account's usage: a month that is closed, and the next.
async fn usage(store: &Store) {
    let lifecycle = Lifecycle {
        attached_at: Some(NOW),
        suspended_at: Some(NOW.plus(Duration::from_secs(60))),
        ..Lifecycle::default()
    };
    let counts = Counts {
        events: 7,
        pushes: 3,
        units: [("news".to_owned(), 2)].into(),
        ..Counts::default()
    };
    let record = |sequence: &str, change| UsageRecord {
        sequence: sequence.to_owned(),
        written_at: NOW,
        change,
    };
    let later = Month::of(NOW).closes_at();
    let changes = [
        (NOW, record("1", UsageChange::Lifecycle(lifecycle))),
        (
            NOW,
            record("2", UsageChange::Counted(Some(NOW), counts.clone())),
        ),
        (
            later,
            record("3", UsageChange::Counted(Some(later), counts)),
        ),
    ];
    for (now, record) in changes {
        let (bot, records) = (counted(), [record]);
        let tally = store.count_usage(&bot, "a-shard", &records, now).await;
        assert_eq!(tally.unwrap().counted, 1);
    }
}
