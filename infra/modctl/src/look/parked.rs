//! `parked`: what waits for a person, by its reason.

use std::collections::{BTreeMap, BTreeSet};

use clap::Args;
use serde::Serialize;
use shared::domain::ledger::ParkKind;
use shared::domain::{BotId, ChatId, EventId, Timestamp};
use shared::store::{ParkedRow, ParkedThing};

use crate::failure::Failure;
use crate::output::{Progress, Report, Screen, Table};
use crate::site::Site;
use crate::when::Since;

#[derive(Args)]
pub(crate) struct Parked {
    /// Only those of this account: its bot id, or its basic id, such as @demo.
    bot: Option<String>,
    /// Lists the events of this reason, such as `module_failed`.
    #[arg(long, value_name = "REASON")]
    reason: Option<String>,
    /// Parked since then: 30m, 2h, 3d, or a time.
    #[arg(long, value_name = "WHEN")]
    since: Option<Since>,
    /// With --reason: how many are listed at most, the oldest first.
    #[arg(long, default_value_t = 50, value_name = "NUMBER")]
    most: usize,
}

/// What is parked.
#[derive(Debug, Serialize)]
pub(crate) struct Found {
    /// How many.
    count: usize,
    /// By reason, the most first.
    reasons: Vec<Group>,
    /// Each of the reason that was asked for, the oldest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    events: Option<Vec<Line>>,
}

/// What is parked for one reason.
#[derive(Debug, Serialize)]
struct Group {
    reason: &'static str,
    count: usize,
    accounts: usize,
    oldest: Timestamp,
    newest: Timestamp,
    /// In the words of the newest.
    words: String,
}

/// One thing that is parked.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Line {
    /// Absent for a message of the queue that nobody can read.
    pub(crate) bot: Option<BotId>,
    /// Absent for an event of the account itself.
    pub(crate) chat: Option<ChatId>,
    pub(crate) event: Option<EventId>,
    /// The message's id in the queue, if it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) message: Option<String>,
    pub(crate) reason: &'static str,
    pub(crate) words: String,
    /// LINE's `type`.
    pub(crate) kind: Option<String>,
    pub(crate) at: Option<Timestamp>,
    pub(crate) parked_at: Timestamp,
}

impl Line {
    pub(crate) fn of(row: ParkedRow) -> Self {
        let (bot, chat, event, message) = match row.what {
            ParkedThing::Event(key) => (Some(key.bot), key.chat, Some(key.event), None),
            ParkedThing::Message(id) => (None, None, None, Some(id)),
        };
        let reason = row
            .why
            .as_ref()
            .map_or(ParkKind::Unreadable, |why| why.park_kind);
        let unread = || "this release cannot read the row".to_owned();
        Self {
            bot,
            chat,
            event,
            message,
            reason: reason.name(),
            words: row
                .why
                .as_ref()
                .map_or_else(unread, |why| why.reason.clone()),
            kind: row.why.as_ref().and_then(|why| why.kind.clone()),
            at: row.why.as_ref().and_then(|why| why.at),
            parked_at: row.since,
        }
    }

    /// Event or message, in a word.
    pub(crate) fn id(&self) -> String {
        let message = || self.message.clone().unwrap_or_default();
        self.event
            .as_ref()
            .map_or_else(message, ToString::to_string)
    }
}

impl Parked {
    pub(crate) async fn run(&self, site: &Site) -> Result<Found, Failure> {
        let bot = match &self.bot {
            Some(named) => Some(site.account(named).await?),
            None => None,
        };
        let since = self.since.map(|since| since.moment(site.now()));
        let mut lines = all(site, since.unwrap_or_default()).await?;
        lines.retain(|line| bot.is_none() || line.bot == bot);
        let events = self
            .reason
            .as_deref()
            .map(|reason| self.listed(&lines, reason));
        Ok(Found {
            count: lines.len(),
            reasons: groups(&lines),
            events: events.transpose()?,
        })
    }

    fn listed(&self, lines: &[Line], reason: &str) -> Result<Vec<Line>, Failure> {
        let reason = reason.replace('-', "_");
        if !REASONS.iter().any(|it| it.name() == reason) {
            let names: Vec<_> = REASONS.iter().map(|it| it.name()).collect();
            let names = names.join(", ");
            return Err(Failure::Refused(format!("--reason is one of {names}")));
        }
        let wanted = lines.iter().filter(|line| line.reason == reason);
        Ok(wanted.take(self.most).cloned().collect())
    }
}

const REASONS: [ParkKind; 9] = [
    ParkKind::ModuleFailed,
    ParkKind::ByModule,
    ParkKind::Vanished,
    ParkKind::RetriesOver,
    ParkKind::RefusedByLine,
    ParkKind::ReplyExpired,
    ParkKind::TooOld,
    ParkKind::Unreadable,
    ParkKind::Unknown,
];

async fn all(site: &Site, since: Timestamp) -> Result<Vec<Line>, Failure> {
    let progress = Progress::of("parked events read");
    let (mut from, mut lines) = (None, Vec::new());
    loop {
        let page = site.store.parked(since, from.as_ref()).await?;
        progress.add(page.rows.len());
        lines.extend(page.rows.into_iter().map(Line::of));
        from = page.next;
        if from.is_none() {
            return Ok(lines);
        }
    }
}

fn groups(lines: &[Line]) -> Vec<Group> {
    let mut by_reason: BTreeMap<&str, Vec<&Line>> = BTreeMap::new();
    for line in lines {
        by_reason.entry(line.reason).or_default().push(line);
    }
    let mut groups: Vec<_> = by_reason
        .into_values()
        .filter_map(|it| group(&it))
        .collect();
    groups.sort_by_key(|group| std::cmp::Reverse(group.count));
    groups
}

/// They come in the order in which they were parked.
fn group(lines: &[&Line]) -> Option<Group> {
    let (first, last) = (lines.first()?, lines.last()?);
    let accounts: BTreeSet<_> = lines.iter().filter_map(|line| line.bot.as_ref()).collect();
    Some(Group {
        reason: first.reason,
        count: lines.len(),
        accounts: accounts.len(),
        oldest: first.parked_at,
        newest: last.parked_at,
        words: last.words.clone(),
    })
}

impl Report for Found {
    fn print(&self, screen: &mut Screen) {
        match self.count {
            0 => return screen.line("Nothing is parked."),
            1 => screen.line("One event is parked."),
            count => screen.line(&format!("{count} events are parked.")),
        }
        screen.line("");
        match &self.events {
            Some(events) => print_each(events, screen),
            None => print_groups(&self.reasons, screen),
        }
    }
}

fn print_groups(groups: &[Group], screen: &mut Screen) {
    let mut table = Table::new(&[
        "count",
        "reason",
        "accounts",
        "oldest",
        "newest",
        "last words",
    ]);
    for group in groups {
        table.row([
            group.count.to_string(),
            group.reason.to_owned(),
            group.accounts.to_string(),
            screen.time(group.oldest),
            screen.time(group.newest),
            group.words.chars().take(80).collect(),
        ]);
    }
    table.print(screen, "");
}

fn print_each(lines: &[Line], screen: &mut Screen) {
    let mut table = Table::new(&["parked", "bot", "event", "chat", "what", "why"]);
    for line in lines {
        let text = |it: Option<String>| it.unwrap_or_default();
        table.row([
            screen.time(line.parked_at),
            text(line.bot.as_ref().map(ToString::to_string)),
            line.id(),
            text(line.chat.as_ref().map(ToString::to_string)),
            text(line.kind.clone()),
            line.words.chars().take(80).collect(),
        ]);
    }
    table.print(screen, "None for this reason.");
}
