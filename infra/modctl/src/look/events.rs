//! `events`: what happened in a chat, or in all chats of an account.

use std::time::Duration;

use clap::Args;
use serde::Serialize;
use shared::domain::{BotId, ChatId, Timestamp};
use shared::store;

use crate::failure::Failure;
use crate::look::event::{Listed, print};
use crate::look::find;
use crate::output::{Report, Screen};
use crate::site::Site;
use crate::when::Since;

/// How long before the moment that is asked for an event of LINE's may have happened.
pub(crate) const LATE: Duration = Duration::from_secs(24 * 3600);
/// Without a chat and without a moment.
const AN_HOUR: Duration = Duration::from_secs(3600);

/// What is listed is what the ledger has: the last 30 days, and what is parked. Without a chat
/// all chats of the account are asked one after the other, which takes a while where there are
/// thousands of them.
#[derive(Args)]
pub(crate) struct Events {
    /// The account's bot id, or its basic id, such as @demo.
    bot: String,
    /// A chat's id, or a part of its id or of its user's name.
    chat: Option<String>,
    /// Only those of the account itself: linked, unlinked, suspended, and its own timers.
    #[arg(long, conflicts_with = "chat")]
    account: bool,
    /// Received since then: 30m, 2h, 3d, or a time. An event that LINE has sent more than a day
    /// late is not found by that.
    #[arg(long, value_name = "WHEN")]
    since: Option<Since>,
    /// How many at most: the newest.
    #[arg(long, default_value_t = 50, value_name = "NUMBER")]
    most: usize,
}

/// The events, the newest first.
#[derive(Debug, Serialize)]
pub(crate) struct Found {
    bot: BotId,
    chat: Option<ChatId>,
    since: Option<Timestamp>,
    events: Vec<Listed>,
    /// Whether there were more than were asked for.
    more: bool,
}

impl Events {
    pub(crate) async fn run(&self, site: &Site) -> Result<Found, Failure> {
        let bot = site.account(&self.bot).await?;
        let chat = match &self.chat {
            Some(named) => Some(find::chat(site, &bot, named).await?.id),
            None => None,
        };
        let now = site.now();
        let since = self.since.map(|since| since.moment(now));
        let of_all = chat.is_none() && !self.account;
        let since = since.or_else(|| of_all.then(|| now.minus(AN_HOUR)));
        let mut events = match (of_all, since) {
            (true, Some(since)) => of_all_chats(site, &bot, since).await?,
            (_, since) => of_one(site, &bot, chat.as_ref(), since, self.most + 1).await?,
        };
        let more = events.len() > self.most;
        events.truncate(self.most);
        Ok(Found {
            bot,
            chat,
            since,
            events,
            more,
        })
    }
}

async fn of_one(
    site: &Site,
    bot: &BotId,
    chat: Option<&ChatId>,
    since: Option<Timestamp>,
    most: usize,
) -> Result<Vec<Listed>, Failure> {
    let (store, now) = (&site.store, site.now());
    let events = match since {
        Some(since) => {
            let since = store::Since::Received(since);
            store.events_since(bot, chat, since, LATE, now).await?
        }
        None => store.newest_events(bot, chat, most, now).await?,
    };
    Ok(events.into_iter().map(Listed::of).collect())
}

async fn of_all_chats(site: &Site, bot: &BotId, since: Timestamp) -> Result<Vec<Listed>, Failure> {
    let mut events = of_one(site, bot, None, Some(since), 0).await?;
    find::each_page(site, bot, async |page| {
        for chat in page {
            events.extend(of_one(site, bot, Some(&chat.id), Some(since), 0).await?);
        }
        Ok(true)
    })
    .await?;
    events.sort_by_key(|event| std::cmp::Reverse(event.at()));
    Ok(events)
}

impl Report for Found {
    fn print(&self, screen: &mut Screen) {
        let empty = match self.since {
            Some(since) => format!("No event since {}.", screen.time(since)),
            None => "No event.".into(),
        };
        print(&self.events, screen, &empty);
        if self.more {
            screen.line("There are more: ask for them with --most.");
        }
    }
}
