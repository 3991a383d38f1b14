//! `tail`: events as they are decided.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};
use serde::Serialize;
use shared::domain::{BotId, ChatId, Outcome, Timestamp, Verdict};
use shared::store;

use crate::failure::Failure;
use crate::look::cursor::Cursor;
use crate::look::event::Listed;
use crate::look::find::PAGE;
use crate::look::parked::Line;
use crate::output::{Report, Screen};
use crate::site::Site;
use crate::when::Since;

/// What was written so long before the last round is read again: rows have the second alone,
/// clocks differ, and an index is some moments behind.
const OVERLAP: Duration = Duration::from_secs(30);
/// How long before it was decided an event of LINE's may have happened.
const LATE: Duration = Duration::from_secs(3600);

/// Shows events as they are decided, sent or parked: those of one account; or, with `--only
/// parked`, of all. No index has events by time: each round asks all chats of the account one
/// after the other, so this is for accounts with some hundreds of chats. An event that is decided
/// more than an hour after it happened is not seen, unless it is parked and that alone is wanted.
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Tail {
    /// The account's bot id, or its basic id, such as @demo.
    bot: Option<String>,
    /// Only what became of them so: several with commas between.
    #[arg(long, value_delimiter = ',', value_name = "WHAT")]
    only: Vec<Only>,
    /// Begins with what was decided since then: 30m, 2h, 3d, or a time; else with the last half
    /// minute.
    #[arg(long, value_name = "WHEN")]
    since: Option<Since>,
    /// Keeps in this file how far it has come, and goes on there the next time.
    #[arg(long, value_name = "FILE")]
    cursor: Option<PathBuf>,
    /// Ends after one round.
    #[arg(long)]
    once: bool,
    /// Seconds between two rounds.
    #[arg(long, default_value_t = 2, value_name = "SECONDS")]
    every: u64,
}

/// What became of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Only {
    Handled,
    Recorded,
    Waiting,
    Failed,
    Parked,
    Unknown,
    Refused,
    Expired,
    Standby,
    Gone,
    Suspended,
    Detached,
    ScopeMissing,
}

impl Only {
    fn is(self, outcome: Outcome, verdict: Verdict) -> bool {
        match self {
            Self::Parked => outcome == Outcome::Parked,
            Self::Handled => verdict == Verdict::Handled,
            Self::Recorded => verdict == Verdict::Recorded,
            Self::Waiting => verdict == Verdict::Waiting,
            Self::Failed => verdict == Verdict::Failed,
            Self::Unknown => verdict == Verdict::Unknown,
            Self::Refused => verdict == Verdict::Refused,
            Self::Expired => verdict == Verdict::TokenExpired,
            Self::Standby => verdict == Verdict::Standby,
            Self::Gone => verdict == Verdict::Gone,
            Self::Suspended => verdict == Verdict::Suspended,
            Self::Detached => verdict == Verdict::Detached,
            Self::ScopeMissing => verdict == Verdict::ScopeMissing,
        }
    }
}

impl Tail {
    pub(crate) async fn run(&self, site: &Site, screen: &mut Screen) -> Result<(), Failure> {
        let bot = match &self.bot {
            Some(named) => Some(site.account(named).await?),
            None if self.only == [Only::Parked] => None,
            None => {
                return Err(Failure::Refused(
                    "say which account: no index has the events of all by time. Without one, \
                     `tail --only parked` follows what is parked"
                        .into(),
                ));
            }
        };
        let of = bot.as_ref().map_or("@parked", BotId::as_str);
        let of = format!("{} {of}", site.name);
        let start = self
            .since
            .map_or(site.now(), |since| since.moment(site.now()));
        let mut cursor = Cursor::open(self.cursor.as_deref(), &of, start)?;
        loop {
            let began = site.now();
            let seen = match &bot {
                Some(bot) => self.round(site, bot, &mut cursor, screen).await?,
                None => parked(site, &mut cursor, screen).await?,
            };
            cursor.advance(began, &seen)?;
            if self.once {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_secs(self.every.max(1))).await;
        }
    }

    /// One round over all chats of an account; gives what it has read.
    async fn round(
        &self,
        site: &Site,
        bot: &BotId,
        cursor: &mut Cursor,
        screen: &mut Screen,
    ) -> Result<BTreeSet<String>, Failure> {
        let since = cursor.until.minus(OVERLAP);
        let mut events = written(site, bot, None, since).await?;
        let mut after = None;
        loop {
            let page = site.store.chats(bot, after.as_ref(), PAGE).await?;
            for (chat, _) in &page.rows {
                events.extend(written(site, bot, Some(chat), since).await?);
            }
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        events.sort_by_key(Listed::at);
        let mut seen = BTreeSet::new();
        for event in events {
            let Some(trace) = &event.trace else { continue };
            let chat = event.chat.as_ref().map_or("", ChatId::as_str);
            let key = format!("{chat}#{}", event.event);
            let state = format!("{:?} {:?}", trace.outcome, trace.verdict);
            let is_wanted = |only: &Only| only.is(trace.outcome, trace.verdict);
            let is_wanted = self.only.is_empty() || self.only.iter().any(is_wanted);
            if !cursor.has_shown(&key, &state) && is_wanted {
                screen.show_next(&Next { event })?;
            }
            seen.insert(key);
        }
        Ok(seen)
    }
}

async fn written(
    site: &Site,
    bot: &BotId,
    chat: Option<&ChatId>,
    since: Timestamp,
) -> Result<Vec<Listed>, Failure> {
    let since = store::Since::Written(since);
    let events = site.store.events_since(bot, chat, since, LATE, site.now());
    Ok(events.await?.into_iter().map(Listed::of).collect())
}

/// One round over what is parked, of all accounts.
async fn parked(
    site: &Site,
    cursor: &mut Cursor,
    screen: &mut Screen,
) -> Result<BTreeSet<String>, Failure> {
    let (mut from, mut seen) = (None, BTreeSet::new());
    let since = cursor.until.minus(OVERLAP);
    loop {
        let page = site.store.parked(since, from.as_ref()).await?;
        for line in page.rows.into_iter().map(Line::of) {
            let bot = line.bot.as_ref().map_or("", BotId::as_str);
            let chat = line.chat.as_ref().map_or("", ChatId::as_str);
            let key = format!("{bot} {chat}#{}", line.id());
            if !cursor.has_shown(&key, &line.parked_at.0.to_string()) {
                screen.show_next(&NextParked { line })?;
            }
            seen.insert(key);
        }
        from = page.next;
        if from.is_none() {
            return Ok(seen);
        }
    }
}

#[derive(Serialize)]
struct Next {
    #[serde(flatten)]
    event: Listed,
}

impl Report for Next {
    fn print(&self, screen: &mut Screen) {
        let cells = self.event.cells(screen).join("  ");
        let line = match self.event.tone() {
            Some(tone) => screen.toned(&cells, tone),
            None => cells,
        };
        screen.line(line.trim_end());
    }
}

#[derive(Serialize)]
struct NextParked {
    #[serde(flatten)]
    line: Line,
}

impl Report for NextParked {
    fn print(&self, screen: &mut Screen) {
        let line = &self.line;
        let bot = line.bot.as_ref().map_or("", BotId::as_str);
        let chat = line.chat.as_ref().map_or("", ChatId::as_str);
        let at = screen.time(line.parked_at);
        let text = format!(
            "{at}  {bot}  {}  {chat}  {}  {}",
            line.id(),
            line.reason,
            line.words
        );
        screen.line(&text);
    }
}
