//! `chat`: one chat.

use clap::Args;
use serde::Serialize;
use serde_json::Value;
use shared::domain::chat::Presence;
use shared::domain::{BotId, ChatId, EventId, Timestamp};
use shared::store::WaitingTimer;

use crate::failure::Failure;
use crate::look::event::{Listed, print};
use crate::look::find::{self, FoundChat};
use crate::look::holder::Held;
use crate::output::{Report, Screen, Table};
use crate::site::Site;

/// Events that are shown of it.
const EVENTS: usize = 10;

#[derive(Args)]
pub(crate) struct Chat {
    /// The account's bot id, or its basic id, such as @demo.
    bot: String,
    /// The chat's id, or a part of its id or of its user's name.
    chat: String,
    /// Shows what the module keeps of the chat. It may be personal.
    #[arg(long)]
    state: bool,
}

/// What is known of it.
#[derive(Debug, Serialize)]
pub(crate) struct Found {
    bot: BotId,
    chat: ChatId,
    /// Absent where the module has not read it.
    name: Option<String>,
    held: Held,
    presence: Option<Seen>,
    /// The size of what the module keeps of it, in bytes; absent if it keeps nothing.
    state_bytes: Option<usize>,
    /// What the module keeps of it, if it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<Value>,
    /// How far the dialogue is that it is in, if it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    dialogue: Option<Value>,
    timers: Vec<Waiting>,
    events: Vec<Listed>,
}

/// Whether its user, or the group, is there.
#[derive(Debug, Serialize)]
struct Seen {
    is_here: bool,
    since: Timestamp,
    event: EventId,
}

/// A timer that waits, or is under way.
#[derive(Debug, Serialize)]
pub(crate) struct Waiting {
    name: String,
    due_at: Timestamp,
    /// Absent while it waits.
    queued_at: Option<Timestamp>,
    /// The event whose handler set it.
    set_by: EventId,
    /// Whether it was set before the account was unlinked: then it does not ring.
    is_over: bool,
}

impl Waiting {
    pub(crate) fn of(timer: WaitingTimer, detached_at: Option<Timestamp>) -> Self {
        Self {
            is_over: Some(timer.epoch) <= detached_at,
            name: timer.name,
            due_at: timer.due_at,
            queued_at: timer.queued_at,
            set_by: timer.event,
        }
    }
}

impl Chat {
    pub(crate) async fn run(&self, site: &Site, screen: &Screen) -> Result<Found, Failure> {
        let bot = site.account(&self.bot).await?;
        let account = site.store.bot(&bot).await?.unwrap_or_default().state;
        let FoundChat { id, row } = find::chat(site, &bot, &self.chat).await?;
        let row = row.of_present(account.detached_at);
        let timers = site.store.timers(&bot, Some(&id)).await?;
        let newest = site
            .store
            .newest_events(&bot, Some(&id), EVENTS, site.now());
        let presence = row.registers.presence.clone().map(|entry| Seen {
            is_here: entry.value == Presence::Here,
            since: entry.at,
            event: entry.by,
        });
        let shown = |json: Option<&str>| {
            let json = json.filter(|_| self.state)?;
            serde_json::from_str(json).ok()
        };
        Ok(Found {
            name: find::name(&row),
            held: Held::of(site, &account, &row.registers, screen),
            presence,
            state_bytes: row.state.as_ref().map(String::len),
            state: shown(row.state.as_deref()),
            dialogue: shown(row.dialogue.as_ref().map(|it| &*it.progress)),
            timers: timers
                .into_iter()
                .map(|timer| Waiting::of(timer, account.detached_at))
                .collect(),
            events: newest.await?.into_iter().map(Listed::of).collect(),
            bot,
            chat: id,
        })
    }
}

impl Report for Found {
    fn print(&self, screen: &mut Screen) {
        let name = self.name.as_deref().unwrap_or("without a name");
        screen.line(&format!("{} {name}", self.chat));
        screen.field("held by", self.held.by.name());
        screen.field("", self.held.sentence());
        if let Some(seen) = &self.presence {
            let word = if seen.is_here { "here" } else { "gone" };
            let since = screen.time(seen.since);
            screen.field(
                "presence",
                &format!("{word}, as of {since} by {}", seen.event),
            );
        }
        screen.field("module's state", &self.state_line());
        if let Some(state) = &self.state {
            let state = serde_json::to_string_pretty(state).unwrap_or_default();
            screen.line(&state);
        }
        if let Some(dialogue) = &self.dialogue {
            screen.field("dialogue", &dialogue.to_string());
        }
        print_timers(&self.timers, screen);
        screen.line("");
        print(&self.events, screen, "No event is kept of it.");
    }
}

impl Found {
    fn state_line(&self) -> String {
        match (self.state_bytes, &self.state) {
            (None, _) => "none".into(),
            (Some(bytes), Some(_)) => format!("{bytes} bytes:"),
            (Some(bytes), None) => format!("{bytes} bytes; --state shows it"),
        }
    }
}

/// Prints timers, if there are any.
pub(crate) fn print_timers(timers: &[Waiting], screen: &mut Screen) {
    if timers.is_empty() {
        return screen.field("timers", "none");
    }
    screen.line("");
    let mut table = Table::new(&["timer", "due", "set by", "is"]);
    for timer in timers {
        let is = match (timer.is_over, timer.queued_at) {
            (true, _) => "of an ended attachment".to_owned(),
            (false, None) => "waiting".to_owned(),
            (false, Some(at)) => format!("queued {}", screen.time(at)),
        };
        let due = screen.time(timer.due_at);
        table.row([timer.name.clone(), due, timer.set_by.to_string(), is]);
    }
    table.print(screen, "");
}
