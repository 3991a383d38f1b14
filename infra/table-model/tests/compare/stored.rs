//! Random calls of every method of the store.

use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::{Just, Strategy};
use proptest::sample::select;
use proptest::{option, prop_oneof};
use shared::domain::ledger::{ParkKind, Parking};
use shared::domain::{
    BotId, Chat, ChatId, ChatKind, ControlEffect, Delivery, EventId, LedgerEntry, Parked, Plan,
    Scopes, Timestamp,
};
use shared::store::{
    AttachUnderWay, Commit, LedgerKey, LedgerRow, NewTimer, RowChange, Store, Subject,
    TIMER_SHARDS, TimerChange, Try, WalkRow,
};

/// A call. Numbers are times, or versions that may be right.
#[derive(Debug, Clone)]
pub(super) enum StoreCall {
    BeginAttach(&'static str, i64),
    TakeAttach(&'static str, &'static str, i64),
    EndAttach(&'static str, i64),
    EndedAttach(&'static str, i64),
    UpdateBot(&'static str, BotChange),
    Bots,
    UpdateRegisters(Event, i64),
    Load(Event, i64),
    Ledger(Event),
    Commit(Box<Committed>),
    BeginTry(Event, Tried),
    BeginPush(Event, Tried, usize),
    EndTry(Event, Tried, Vec<Delivery>),
    EndAttempt(Event, &'static str),
    NoteFailure(Event, i64),
    Park(Event, u32),
    Settled(Vec<Event>, i64),
    NoteUnread(&'static str, i64),
    ModuleRow(&'static str, Option<i64>),
    ModuleRows(&'static str, Option<i64>),
    EndTimers(i64),
    TakeLease(&'static str, i64),
    GiveBackLease(&'static str),
    KeepWalk(i64),
    Walk,
    Approve(&'static str),
    Approval,
    EndApproval(&'static str),
}

#[derive(Debug, Clone, Copy)]
pub(super) enum BotChange {
    Nothing,
    Attach(i64),
    Detach(i64),
    Name(&'static str),
}

/// Account, chat if there is one, and event.
type Event = (&'static str, Option<&'static str>, &'static str);
/// A try's name, and the writes that it knows of.
type Tried = (&'static str, u32);

/// What is committed, and how old the rows are that it is decided by.
#[derive(Debug, Clone)]
pub(super) struct Committed {
    event: Event,
    is_stale: bool,
    effects: usize,
    is_parked: bool,
    rows: Vec<(Change, &'static str)>,
    timers: Vec<i64>,
    detached_at: Option<i64>,
    now: i64,
}

#[derive(Debug, Clone, Copy)]
enum Change {
    Create,
    Replace,
    Delete,
}

fn event() -> impl Strategy<Value = Event> + Clone {
    prop_oneof![
        6 => Just(("U1", Some("C1"), "e1")),
        1 => (
            bot(),
            select(vec![Some("C1"), Some("@odd"), None]),
            select(vec!["e1", "e2"]),
        ),
    ]
}

fn bot() -> impl Strategy<Value = &'static str> + Clone {
    select(vec!["U1", "U1", "U2"])
}

fn time() -> impl Strategy<Value = i64> + Clone {
    select(vec![1_000, 2_000, 3_000, 4_000_000_000])
}

fn tried() -> impl Strategy<Value = Tried> {
    (select(vec!["t1", "t2"]), 0..5_u32)
}

fn delivery() -> impl Strategy<Value = Delivery> {
    let reason = String::from("LINE says no");
    prop_oneof![
        Just(Delivery::Pending),
        Just(Delivery::Open),
        proptest::bool::ANY.prop_map(|open| Delivery::Pushing { open }),
        Just(Delivery::Sent { request_id: None }),
        Just(Delivery::Expired),
        Just(Delivery::Refused { reason }),
    ]
}

fn committed() -> impl Strategy<Value = Committed> {
    let change = select(vec![Change::Create, Change::Replace, Change::Delete]);
    let changes = vec((change, select(vec!["k1", "k2"])), 0..3);
    let rows = (changes, vec(time(), 0..3));
    let flags = (0..5_u8, 0..4_usize, 0..8_u8);
    (event(), flags, rows, option::of(time()), time()).prop_map(
        |(event, (stale, effects, parked), (rows, timers), detached_at, now)| Committed {
            event,
            is_stale: stale == 0,
            effects,
            is_parked: parked == 0,
            rows,
            timers,
            detached_at,
            now,
        },
    )
}

pub(super) fn call() -> impl Strategy<Value = StoreCall> {
    use StoreCall as Call;
    let state = || select(vec!["s1", "s2"]);
    let change = prop_oneof![
        Just(BotChange::Nothing),
        time().prop_map(BotChange::Attach),
        time().prop_map(BotChange::Detach),
        select(vec!["A", "B"]).prop_map(BotChange::Name),
    ];
    let attach = prop_oneof![
        (state(), 1..5_i64).prop_map(|(state, end)| Call::BeginAttach(state, end)),
        (state(), select(vec!["x", "y"]), time()).prop_map(|(s, b, t)| Call::TakeAttach(s, b, t)),
        (state(), 1..5_i64).prop_map(|(state, end)| Call::EndAttach(state, end)),
        (state(), time()).prop_map(|(state, now)| Call::EndedAttach(state, now)),
    ];
    let rows = prop_oneof![
        2 => (bot(), change).prop_map(|(bot, change)| Call::UpdateBot(bot, change)),
        1 => Just(Call::Bots),
        2 => (event(), time()).prop_map(|(event, at)| Call::UpdateRegisters(event, at)),
        1 => (event(), time()).prop_map(|(event, now)| Call::Load(event, now)),
        1 => (bot(), option::of(time())).prop_map(|(bot, at)| Call::ModuleRow(bot, at)),
        1 => (bot(), option::of(time())).prop_map(|(bot, at)| Call::ModuleRows(bot, at)),
        1 => time().prop_map(Call::EndTimers),
    ];
    let ledger = prop_oneof![
        4 => committed().prop_map(|committed| Call::Commit(committed.into())),
        3 => (event(), tried()).prop_map(|(event, tried)| Call::BeginTry(event, tried)),
        3 => (event(), tried(), 0..3_usize).prop_map(|(event, tried, at)| Call::BeginPush(event, tried, at)),
        4 => (event(), tried(), vec(delivery(), 0..3)).prop_map(|(event, tried, all)| Call::EndTry(event, tried, all)),
        1 => event().prop_map(Call::Ledger),
        1 => (event(), select(vec!["t1", "t2"])).prop_map(|(event, name)| Call::EndAttempt(event, name)),
        2 => (event(), time()).prop_map(|(event, now)| Call::NoteFailure(event, now)),
        2 => (event(), 0..5_u32).prop_map(|(event, writes)| Call::Park(event, writes)),
        1 => (vec(event(), 0..4), time()).prop_map(|(events, now)| Call::Settled(events, now)),
        1 => (select(vec!["m1", "m2"]), time()).prop_map(|(id, now)| Call::NoteUnread(id, now)),
    ];
    let word = || select(vec!["one", "two"]);
    let reconciler = prop_oneof![
        (word(), time()).prop_map(|(holder, now)| Call::TakeLease(holder, now)),
        word().prop_map(Call::GiveBackLease),
        time().prop_map(Call::KeepWalk),
        Just(Call::Walk),
        word().prop_map(Call::Approve),
        Just(Call::Approval),
        word().prop_map(Call::EndApproval),
    ];
    prop_oneof![1 => attach, 3 => rows, 5 => ledger, 1 => reconciler]
}

fn bot_id(id: &str) -> BotId {
    BotId::new(id).expect("an id")
}

fn chat_id(id: &str) -> ChatId {
    ChatId::new(id).expect("an id")
}

fn key((bot, chat, event): Event) -> LedgerKey {
    LedgerKey {
        bot: bot_id(bot),
        chat: chat.map(chat_id),
        event: EventId::new(event).expect("an id"),
    }
}

async fn this(store: &Store, event: Event, (name, writes): Tried) -> Try {
    Try {
        name: name.to_owned(),
        entry: entry(store, event, writes).await,
    }
}

/// The event's entry as it is, with the writes that a worker knows of.
async fn entry(store: &Store, event: Event, writes: u32) -> LedgerEntry {
    let found = store.ledger(&key(event)).await.ok().flatten();
    let now = Timestamp(1);
    let entry = found.unwrap_or_else(|| LedgerEntry::unsettled("message", now, now, now));
    LedgerEntry { writes, ..entry }
}

impl StoreCall {
    /// Makes it. What it answers is compared below the store, where it comes from.
    pub(super) async fn make(&self, store: &Store) {
        match self {
            Self::Commit(committed) => committed.make(store).await,
            Self::BeginAttach(..)
            | Self::TakeAttach(..)
            | Self::EndAttach(..)
            | Self::EndedAttach(..) => self.attach(store).await,
            Self::UpdateBot(..)
            | Self::Bots
            | Self::UpdateRegisters(..)
            | Self::Load(..)
            | Self::ModuleRow(..)
            | Self::ModuleRows(..)
            | Self::EndTimers(..) => self.rows(store).await,
            Self::Ledger(..) | Self::BeginTry(..) | Self::BeginPush(..) | Self::EndTry(..) => {
                self.tries(store).await;
            }
            Self::EndAttempt(..)
            | Self::NoteFailure(..)
            | Self::Park(..)
            | Self::Settled(..)
            | Self::NoteUnread(..) => self.failures(store).await,
            _ => self.reconciler(store).await,
        }
    }

    async fn attach(&self, store: &Store) {
        match *self {
            Self::BeginAttach(state, end) => {
                let attach = AttachUnderWay::new("x".into(), "{}".into(), end);
                let _ = store.begin_attach(state, &attach).await;
            }
            Self::TakeAttach(state, browser, now) => {
                let _ = store
                    .take_attach(state, browser, browser, Timestamp(now))
                    .await;
            }
            Self::EndAttach(state, end) => {
                let _ = store.end_attach(state, "x", "{}", end).await;
            }
            Self::EndedAttach(state, now) => {
                let _ = store.attach_under_way(state, "x", Timestamp(now)).await;
            }
            _ => {}
        }
    }

    async fn rows(&self, store: &Store) {
        match *self {
            Self::UpdateBot(bot, change) => {
                let _ = store.update_bot(&bot_id(bot), |row| change.make(row)).await;
            }
            Self::Bots => {
                let page = store.bots(None).await;
                if let Some(next) = page.ok().and_then(|page| page.next) {
                    let _ = store.bots(Some(&next)).await;
                }
            }
            Self::UpdateRegisters((bot, chat, event), at) => {
                let by = EventId::new(event).expect("an id");
                let chat = chat_id(chat.unwrap_or("C2"));
                let until = Some(Timestamp(at + 1));
                let change = |chat: &mut shared::domain::ChatState| {
                    chat.acquired(Timestamp(at), &by, until);
                };
                let _ = store
                    .update_registers(&bot_id(bot), &chat, Timestamp(at), change)
                    .await;
            }
            Self::Load(event, now) => {
                let _ = store
                    .load(&key(event), Some("timer/1"), Timestamp(now))
                    .await;
            }
            Self::ModuleRow(bot, detached) => {
                let detached = detached.map(Timestamp);
                let _ = store.module_row(&bot_id(bot), "k1", detached).await;
            }
            Self::ModuleRows(bot, detached) => {
                let detached = detached.map(Timestamp);
                let _ = store.module_rows(&bot_id(bot), "k", detached).await;
            }
            Self::EndTimers(now) => {
                for shard in 0..TIMER_SHARDS {
                    let due = store.due_timers(shard, Timestamp(now), None).await;
                    for timer in due.into_iter().flat_map(|due| due.timers) {
                        let _ = store.timer_queued(&timer, Timestamp(now)).await;
                    }
                }
            }
            _ => {}
        }
    }

    async fn failures(&self, store: &Store) {
        match self {
            Self::EndAttempt(event, name) => {
                let _ = store.end_attempt(&key(*event), name, Timestamp(2)).await;
            }
            Self::NoteFailure(event, now) => {
                let now = Timestamp(*now);
                let new = LedgerEntry::unsettled("message", now, now, now);
                let _ = store.note_failure(&key(*event), &new, now).await;
            }
            Self::Park(event, writes) => {
                let seen = LedgerRow::Entry(entry(store, *event, *writes).await);
                let parking = Parking {
                    parked: Parked::new(ParkKind::ModuleFailed, "a bug", "{}", Timestamp(2)),
                    epoch: Timestamp(1),
                    replay: None,
                };
                let _ = store.park(&key(*event), seen, &parking).await;
            }
            Self::Settled(events, now) => {
                let events = events.iter().map(|event| key(*event));
                let _ = store.settled(events, Timestamp(*now)).await;
            }
            Self::NoteUnread(id, now) => {
                let _ = store.note_unread(id, Timestamp(*now)).await;
            }
            _ => {}
        }
    }

    async fn tries(&self, store: &Store) {
        match self {
            Self::Ledger(event) => {
                let _ = store.ledger(&key(*event)).await;
            }
            Self::BeginTry(event, (name, writes)) => {
                let (key, name) = (key(*event), (*name).to_owned());
                let entry = entry(store, *event, *writes).await;
                let _ = store.begin_try(&key, entry, name, Timestamp(4_000)).await;
            }
            Self::BeginPush(event, tried, at) => {
                let (key, now) = (key(*event), Timestamp(4_000));
                let mut this = this(store, *event, *tried).await;
                let _ = store.begin_push(&key, &mut this, *at, now).await;
            }
            Self::EndTry(event, tried, effects) => {
                let (key, now) = (key(*event), Timestamp(5_000));
                let (this, effects) = (this(store, *event, *tried).await, effects.clone());
                let _ = store.end_try(&key, this, effects, "{}", now).await;
            }
            _ => {}
        }
    }

    async fn reconciler(&self, store: &Store) {
        match *self {
            Self::TakeLease(holder, now) => {
                let life = Duration::from_secs(1);
                let _ = store.take_lease(holder, Timestamp(now), life).await;
            }
            Self::GiveBackLease(holder) => {
                let _ = store.give_back_lease(holder).await;
            }
            Self::KeepWalk(at) => {
                let walk = WalkRow {
                    ended_at: Timestamp(at),
                    ..WalkRow::default()
                };
                let _ = store.keep_walk(&walk).await;
            }
            Self::Walk => drop(store.walk().await),
            Self::Approve(what) => drop(store.approve(what).await),
            Self::Approval => drop(store.approval().await),
            Self::EndApproval(what) => drop(store.end_approval(what).await),
            _ => {}
        }
    }
}

impl BotChange {
    fn make(self, row: &mut shared::store::BotRow) {
        match self {
            Self::Nothing => {}
            Self::Attach(at) => row
                .state
                .attach(Timestamp(at), &Scopes::granted(["message:send"])),
            Self::Detach(at) => row.state.detach(Timestamp(at)),
            Self::Name(name) => row.display_name = Some(name.to_owned()),
        }
    }
}

impl Committed {
    async fn make(&self, store: &Store) {
        let (key, now) = (key(self.event), Timestamp(self.now));
        let Ok(loaded) = store.load(&key, None, now).await else {
            return;
        };
        if self.is_stale {
            let _ = store.update_bot(&key.bot, |row| row.version += 7).await;
            if let Some(chat) = &key.chat {
                let by = key.event.clone();
                let change =
                    |chat: &mut shared::domain::ChatState| chat.released(Timestamp(self.now), &by);
                let _ = store.update_registers(&key.bot, chat, now, change).await;
            }
        }
        let bot = loaded.bot.unwrap_or_default();
        let chat = loaded.chat.with_state(Some("{}".to_owned()), now);
        let chat_of_event = key.chat.clone().map(|id| Chat {
            kind: ChatKind::User,
            id,
        });
        let commit = Commit {
            key: &key,
            ledger: &self.ledger(loaded.ledger.map_or(0, |row| row.writes)),
            subject: match &key.chat {
                Some(id) => Subject::Chat(id, &chat),
                None => Subject::Bot(&bot),
            },
            rows: &self.rows(),
            timers: &self.timers(),
            rung: None,
            chat: chat_of_event.as_ref(),
            detached_at: self.detached_at.map(Timestamp),
            now,
        };
        let _ = store.commit(&commit).await;
    }

    fn ledger(&self, writes: u32) -> LedgerEntry {
        let now = Timestamp(self.now);
        let mut row = LedgerEntry::done("message", now, now, now);
        row.writes = writes;
        if self.effects == 2 {
            row.attempts.begun = Some("t1".into());
            return row.failed("an attempt has begun");
        }
        if self.is_parked {
            return row.into_parked(ParkKind::ModuleFailed, "a bug", "{}", now);
        }
        let plan = Plan {
            effects: vec![ControlEffect::Release.into(); self.effects],
        };
        row.with_plan(&plan, "t1", now).expect("a plan")
    }

    fn timers(&self) -> Vec<TimerChange> {
        let change = |(n, due): (usize, &i64)| match due % 3 {
            0 => TimerChange::Cancel(format!("timer/{n}")),
            _ => TimerChange::Set(NewTimer {
                due: Timestamp(*due),
                name: format!("timer/{n}"),
                payload: "{}".into(),
            }),
        };
        self.timers.iter().enumerate().map(change).collect()
    }

    fn rows(&self) -> Vec<RowChange> {
        let rows = self.rows.iter().map(|(change, key)| {
            let (key, value, version) = (str::to_owned(key), "{}".into(), self.event.2.into());
            match change {
                Change::Create => RowChange::Create {
                    key,
                    value,
                    expires_at: None,
                },
                Change::Replace => RowChange::Replace {
                    key,
                    value,
                    expires_at: None,
                    version,
                    epoch: Timestamp(1),
                },
                Change::Delete => RowChange::Delete {
                    key,
                    version,
                    epoch: Timestamp(1),
                },
            }
        });
        rows.collect()
    }
}
