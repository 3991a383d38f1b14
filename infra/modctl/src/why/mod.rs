//! `why`: an event's whole way, in plain sentences. The sentences themselves are made in
//! `shared::domain::why`; here is what is read for them, and how they are shown.

mod by_request;
mod gather;

use clap::Args;
use serde::Serialize;
use shared::domain::why::{self as sentences, Reader, Remedy, Sentence};
use shared::domain::{BotId, ChatId, EventId, PauseMode, Timestamp, Verdict};
use shared::store::LedgerKey;

use crate::failure::Failure;
use crate::look::event::{Listed, print};
use crate::look::find;
use crate::output::{Report, Screen, Tone};
use crate::site::Site;
use crate::when::Since;

/// Events of a chat that are listed where one was not named.
const NEWEST: usize = 5;

/// Tells why the bot has answered an event or not. Without the event's id, a part of the user's
/// name does: then it is the newest event of the chat, and those before it are listed. Names are
/// known where the module has read them.
#[derive(Args)]
pub(crate) struct Why {
    /// The account's bot id, or its basic id, such as @demo.
    bot: String,
    /// The event's id; or LINE's request id of a send; or a chat's id, or a part of its id or of
    /// its user's name.
    event: String,
    /// How far back a request id of LINE's is looked for, in all chats one after the other.
    #[arg(long, value_name = "WHEN", default_value = "24h")]
    since: Since,
    /// Without anything personal, to be pasted into a ticket: ids of chats and users are hashed,
    /// and names and the module's own words are left out.
    #[arg(long)]
    ticket: bool,
}

/// What has become of it.
#[derive(Debug, Serialize)]
pub(crate) struct Told {
    bot: BotId,
    /// The chat's id, hashed for a ticket; absent for an event of the account itself.
    chat: Option<String>,
    event: EventId,
    at: Timestamp,
    verdict: Verdict,
    /// In one sentence.
    answer: String,
    /// In order.
    story: Vec<Sentence>,
    /// What one could do now.
    remedies: Vec<Doing>,
    /// Other events of the chat, the newest first, where the event was not named.
    others: Vec<Listed>,
}

/// What one could do.
#[derive(Debug, Serialize)]
struct Doing {
    text: String,
    /// The whole command.
    command: Option<String>,
}

impl Why {
    pub(crate) async fn run(&self, site: &Site, screen: &Screen) -> Result<Told, Failure> {
        let bot = site.account(&self.bot).await?;
        let (key, others) = self.find(site, &bot).await?;
        let gathered = gather::gather(site, &key).await?;
        let time = |at| screen.time(at);
        let reader = Reader {
            time: &time,
            is_ticket: self.ticket,
        };
        let why = sentences::Why::of(&gathered.facts(site, &key), &reader);
        let doing = |remedy: Remedy| Doing {
            text: remedy.text,
            command: remedy.command.map(|it| site.command(&it)),
        };
        Ok(Told {
            chat: key.chat.as_ref().map(|chat| reader.chat(chat)),
            at: gathered.entry.at,
            verdict: why.verdict,
            answer: why.answer,
            story: why.story,
            remedies: why.remedies.into_iter().map(doing).collect(),
            others: if self.ticket { Vec::new() } else { others },
            event: key.event,
            bot,
        })
    }

    /// Which event is meant; where that is the newest of a chat, the others too.
    async fn find(&self, site: &Site, bot: &BotId) -> Result<(LedgerKey, Vec<Listed>), Failure> {
        let named = &self.event;
        let search = find::event_or_chats(site, bot, named).await?;
        if let Some(key) = search.event {
            return Ok((key, Vec::new()));
        }
        if search.chats.is_empty() && by_request::is_one(named) {
            let since = self.since.moment(site.now());
            let key = by_request::find(site, bot, named, since).await?;
            return Ok((key, Vec::new()));
        }
        if search.chats.is_empty() {
            return Err(not_found(site, bot, named).await?);
        }
        let chat = find::one(search.chats, named, bot)?.id;
        newest(site, bot, chat).await
    }
}

/// Where events wait for the end of a pause, that is likely why.
async fn not_found(site: &Site, bot: &BotId, named: &str) -> Result<Failure, Failure> {
    let own = site.store.pause(Some(bot)).await?;
    let pause = match own {
        None => site
            .store
            .pause(None)
            .await?
            .map(|it| ("the whole channel", it)),
        Some(pause) => Some(("the account", pause)),
    };
    let waiting = match pause {
        Some((what, pause)) if pause.how == PauseMode::Wait => format!(
            "{} has paused {what}, {:?}: what has come since waits in the queue",
            pause.by, pause.reason
        ),
        _ => "one that has just come may still be in the queue".to_owned(),
    };
    Ok(Failure::NotFound(format!(
        "{bot} has no event {named:?}, and no chat with that in its id or name. Events are kept for \
         30 days; {waiting}. `modctl events {bot}` lists the newest"
    )))
}

async fn newest(
    site: &Site,
    bot: &BotId,
    chat: ChatId,
) -> Result<(LedgerKey, Vec<Listed>), Failure> {
    let events = site
        .store
        .newest_events(bot, Some(&chat), NEWEST, site.now());
    let mut events = events.await?.into_iter().filter(|it| it.entry.is_some());
    let newest = events.next().ok_or_else(|| {
        Failure::NotFound(format!("no event of the chat {chat} is kept any more"))
    })?;
    Ok((newest.key, events.map(Listed::of).collect()))
}

impl Report for Told {
    fn print(&self, screen: &mut Screen) {
        let place = self.chat.as_ref();
        let place = place.map_or_else(String::new, |chat| format!(" in the chat {chat}"));
        let of = format!("Event {} of the account {}{place}.", self.event, self.bot);
        let of = screen.toned(&of, Tone::Quiet);
        screen.line(&of);
        screen.line("");
        screen.line(&format!("{} ({})", self.answer, self.verdict));
        screen.line("");
        for sentence in &self.story {
            let at = sentence.at.map_or_else(String::new, |at| screen.time(at));
            let at = screen.toned(&format!("{at:<27}"), Tone::Quiet);
            screen.line(&format!("  {at}{}", sentence.text));
        }
        screen.line("");
        for remedy in &self.remedies {
            screen.line(&remedy.text);
            if let Some(command) = &remedy.command {
                screen.line(&format!("    {command}"));
            }
        }
        if !self.others.is_empty() {
            screen.line("");
            screen.line("That is the newest event of the chat. Before it:");
            print(&self.others, screen, "");
        }
    }
}
