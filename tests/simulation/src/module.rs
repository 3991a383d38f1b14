//! The module of a simulation: it does what the schedule says, and remembers the
//! events that it has handled in each chat.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use line_module::{
    Active, Chat, ChatId, ChatKind, Context, Event, EventKind, Menu, Module, ModuleError,
    NotEntitled, Signal, Text,
};
use serde::Serialize;
use serde_json::{Value, json};
use shared::domain::Scopes;
use shared::line::endpoints::rich_menu::{RichMenu, Size};

use crate::clients;
use crate::judges::lifecycle::{Change, REPORTED};
use crate::judges::withheld::NOTICE;
use crate::line::chat_id;
use crate::schedule::{Happening, Schedule, Show, Wish};
use crate::service::Service;

/// The module. Clones are the same one.
#[derive(Debug, Clone)]
pub(crate) struct Script {
    wishes: Arc<BTreeMap<String, Wish>>,
    /// What is done with timers.
    timers: Arc<BTreeMap<String, Timers>>,
    /// The chats that are sent signals, by their numbers.
    signals: Arc<BTreeMap<String, Vec<u8>>>,
    /// How often it was asked about each event.
    asked: Arc<Mutex<BTreeMap<String, u32>>>,
    service: Service,
    push_instead: bool,
    has_notice: bool,
    menus: Arc<Vec<Menu>>,
}

impl Script {
    /// What a schedule wants.
    pub(crate) fn new(schedule: &Schedule) -> Self {
        let events = schedule.webhooks.iter().flat_map(|webhook| &webhook.events);
        let wishes = events
            .clone()
            .map(|event| (event.id.clone(), event.wish.clone()));
        let signals = events
            .clone()
            .map(|event| (event.id.clone(), event.signals.clone()));
        let timers = events.map(|event| (event.id.clone(), Timers::of(event)));
        Self {
            wishes: Arc::new(wishes.collect()),
            timers: Arc::new(timers.collect()),
            signals: Arc::new(signals.collect()),
            asked: Arc::default(),
            service: Service::new(&schedule.steps),
            push_instead: schedule.push_instead,
            has_notice: !schedule.seed.is_multiple_of(3),
            menus: Arc::new(vec![menu()]),
        }
    }

    /// How often it was asked about this event.
    pub(crate) fn times_asked(&self, id: &str) -> u32 {
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.get(id).copied().unwrap_or_default()
    }

    /// Tells other chats of the account of an event, each by a signal.
    fn signal(&self, cx: &mut Context<'_>, id: &str) -> Result<(), ModuleError> {
        for (n, number) in self.signals.get(id).into_iter().flatten().enumerate() {
            let chat = Chat {
                kind: ChatKind::User,
                id: ChatId::new(chat_id(*number))
                    .map_err(|error| ModuleError::bug(error.to_string()))?,
            };
            let from = id.to_owned();
            cx.signal(&chat, &Word { from, n })?;
        }
        Ok(())
    }

    /// How often it was asked about this event before.
    fn asked(&self, id: &str) -> u32 {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let times = asked.entry(id.to_owned()).or_default();
        *times += 1;
        *times - 1
    }
}

impl Module for Script {
    async fn handle(&self, cx: &mut Context<'_>, event: &Event) -> Result<(), ModuleError> {
        let id = event.id.to_string();
        let other = match event.kind {
            EventKind::Timer { .. } | EventKind::Signal { .. } | EventKind::Command { .. } => {
                Wish::Push
            }
            _ => Wish::Nothing,
        };
        let scheduled = self.wishes.get(&id).cloned().unwrap_or(other);
        let wish = trouble(scheduled, self.asked(&id)).await?;
        self.service.step(cx, &id).await?;
        if let Some(change) = change(&event.kind) {
            let key = format!("{REPORTED}{id}");
            // A forced replay may report it again.
            match cx.row::<Change>(&key).await? {
                None => cx.create(key, &change)?,
                Some(row) => cx.replace(row, &change)?,
            }
        }
        if event.chat.is_some() {
            let mut list: Vec<String> = cx.state()?;
            list.push(id.clone());
            cx.set_state(&list)?;
            if let Some(timers) = self.timers.get(&id) {
                timers.change(cx, &id)?;
            }
        }
        plan(cx, &id, &wish).await?;
        self.signal(cx, &id)
    }

    fn not_entitled(&self, about: &NotEntitled<'_>) -> Option<Text> {
        let id = &about.event().id;
        self.has_notice
            .then(|| Text::new(format!("{id}/0/{NOTICE}")))
    }

    fn may_push_instead_of_reply(&self) -> bool {
        self.push_instead
    }

    fn menus(&self) -> &[Menu] {
        &self.menus
    }
}

/// What one chat tells another.
#[derive(Serialize)]
struct Word {
    /// The event whose handler sends it,
    from: String,
    /// and which of its signals it is.
    n: usize,
}

impl Signal for Word {
    const NAME: &'static str = "word";
}

/// What it does with timers when it handles an event.
#[derive(Debug)]
struct Timers {
    /// The name of the one that it sets, and how long after the event that rings, in milliseconds.
    set: Option<(String, u64)>,
    /// The name of the one that it cancels before.
    cancelled: Option<String>,
}

impl Timers {
    fn of(event: &Happening) -> Self {
        let numbered = |number: u8| format!("timer/{number}");
        let name = event
            .timer_name
            .map_or_else(|| format!("timer/of {}", event.id), numbered);
        Self {
            set: event.timer_ms.map(|after| (name, after)),
            cancelled: event.cancels.map(numbered),
        }
    }

    fn change(&self, cx: &mut Context<'_>, id: &str) -> Result<(), ModuleError> {
        if let Some(name) = &self.cancelled {
            cx.cancel_timer(name)?;
        }
        match &self.set {
            Some((name, after)) => cx.after(name, Duration::from_millis(*after), &id),
            None => Ok(()),
        }
    }
}

/// The name of its rich menu.
const MENU: &str = "menu";

fn menu() -> Menu {
    let menu = RichMenu {
        size: Size {
            width: 800,
            height: 250,
        },
        selected: true,
        name: MENU.into(),
        chat_bar_text: "Menu".into(),
        areas: Vec::new(),
    };
    Menu::png(menu, &b"a picture"[..])
}

/// The change of an account's lifecycle that an event reports.
fn change(kind: &EventKind) -> Option<Change> {
    let words = |scopes: &Scopes| match scopes {
        Scopes::Unknown => None,
        Scopes::Granted(scopes) => Some(scopes.iter().map(|it| it.as_str().to_owned()).collect()),
    };
    match kind {
        EventKind::Attached { scopes, .. } => Some(Change::Attached(words(scopes))),
        EventKind::ScopesChanged { scopes } => Some(Change::Scopes(words(scopes))),
        EventKind::Detached { .. } => Some(Change::Detached),
        _ => None,
    }
}

/// What goes wrong in the module, if it still does.
async fn trouble(wish: Wish, before: u32) -> Result<Wish, ModuleError> {
    match wish {
        Wish::Kill(times) if before < times => {
            clients::end_process();
            std::future::pending().await
        }
        Wish::Retry(times) if before < times => Err(ModuleError::Retry("not now".into())),
        Wish::Fail(times) if before < times => Err(ModuleError::Bug("it fails".into())),
        // Without the words on the standard error that a panic has.
        Wish::Panic(times) if before < times => std::panic::resume_unwind(Box::new("a panic")),
        Wish::Hang(times) if before < times => std::future::pending().await,
        Wish::Retry(_) | Wish::Fail(_) | Wish::Panic(_) | Wish::Hang(_) | Wish::Kill(_) => {
            Ok(Wish::Reply)
        }
        wish => Ok(wish),
    }
}

fn message(id: &str, ordinal: usize) -> Value {
    json!({ "type": "text", "text": format!("{id}/{ordinal}") })
}

async fn plan(cx: &mut Context<'_>, id: &str, wish: &Wish) -> Result<(), ModuleError> {
    let time = |seconds: &Option<u64>| seconds.map(Duration::from_secs);
    match wish {
        Wish::Acquire(seconds) => return cx.acquire(time(seconds)),
        Wish::Release => return cx.release(),
        Wish::AcquireAndPush(seconds) => cx.acquire(time(seconds))?,
        _ => {}
    }
    if let (Wish::ShowAndReply(Show::Menu), Some(mut cx)) = (wish, cx.account()) {
        return cx.set_default_menu(MENU);
    }
    let Some(mut cx) = cx.active() else {
        return Ok(());
    };
    match wish {
        Wish::Reply => reply_if_possible(&mut cx, message(id, 0)).map(drop),
        Wish::Push => cx.push(&[message(id, 0)]),
        Wish::ReplyAndPush => {
            let replied = reply_if_possible(&mut cx, message(id, 0))?;
            cx.push(&[message(id, usize::from(replied))])
        }
        Wish::TwoPushes => {
            cx.push(&[message(id, 0)])?;
            cx.push(&[message(id, 1)])
        }
        Wish::ShowAndReply(what) => {
            let shown = show(&mut cx, *what)?;
            reply_if_possible(&mut cx, message(id, shown)).map(drop)
        }
        Wish::AcquireAndPush(_) => cx.push(&[message(id, 1)]),
        Wish::PushReleasePush => {
            cx.push(&[message(id, 0)])?;
            cx.release()?;
            cx.push(&[message(id, 2)])
        }
        Wish::Row(place) => take_place(&mut cx, id, *place).await,
        _ => Ok(()),
    }
}

/// Whether it is planned: some events that a schedule draws have no reply token.
fn reply_if_possible(cx: &mut Context<'_, Active>, message: Value) -> Result<bool, ModuleError> {
    if !cx.can_reply() {
        return Ok(false);
    }
    cx.reply(&[message]).map(|()| true)
}

/// Gives the number of effects that are planned by it.
fn show(cx: &mut Context<'_, Active>, what: Show) -> Result<usize, ModuleError> {
    match what {
        Show::Loading => cx.loading(Duration::from_secs(5))?,
        Show::Read => return Ok(usize::from(cx.mark_as_read())),
        Show::Menu => cx.link_menu(MENU)?,
        Show::NoMenu => cx.unlink_menu()?,
    }
    Ok(1)
}

async fn take_place(cx: &mut Context<'_, Active>, id: &str, place: u8) -> Result<(), ModuleError> {
    let key = format!("place-{place}");
    let taken = cx.row::<String>(&key).await?;
    let word = match taken {
        None => {
            cx.create(key, &id.to_owned())?;
            format!("has place {place}")
        }
        Some(row) => format!("{} has place {place}", row.value),
    };
    let holder = json!({ "type": "text", "text": format!("{id}/0/{word}") });
    cx.push(&[message(id, 0), holder])
}
