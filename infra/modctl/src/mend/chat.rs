//! `chat acquire` and `chat release`: who speaks in a chat, by LINE's chat control.

use std::time::Duration;

use clap::{Args, Subcommand};
use serde::Serialize;
use shared::domain::{BotId, ChatId, ChatState, EventId, MayControl, Timestamp, may_control};
use shared::line::error::{LineError, LineErrorKind};
use shared::random::Random;
use shared::store::LedgerKey;

use crate::failure::Failure;
use crate::look::find;
use crate::mend::audited::{Change, Why, audited};
use crate::output::{Report, Screen};
use crate::site::Site;
use crate::when::span;

#[derive(Subcommand)]
pub(crate) enum Chat {
    /// Takes a chat, so that the module speaks in it. (OperatorPolicy)
    Acquire {
        #[command(flatten)]
        place: Place,
        /// For how long, such as 1h; without it, until it is given back.
        #[arg(long = "for", value_name = "SPAN", value_parser = span)]
        ttl: Option<Duration>,
    },
    /// Gives a chat back to the account's primary channel and its staff. (OperatorPolicy)
    Release {
        #[command(flatten)]
        place: Place,
    },
}

#[derive(Args)]
pub(crate) struct Place {
    /// The account: its bot id, or its basic id.
    account: String,
    /// The chat's id.
    chat: String,
    #[command(flatten)]
    why: Why,
}

/// Who holds the chat now.
#[derive(Debug, Serialize)]
pub(crate) struct Held {
    bot: BotId,
    chat: ChatId,
    /// Whether we do.
    is_ours: bool,
    at: Timestamp,
    /// Until when; none without an end, and where it is not ours.
    until: Option<Timestamp>,
}

/// A chat that may be taken or given back, with LINE's client for its account.
struct Deed<'a> {
    site: &'a Site,
    bot: BotId,
    chat: ChatId,
    may: MayControl,
    epoch: Timestamp,
    /// What the chat's register names as the entry's cause.
    by: EventId,
}

impl Chat {
    pub(crate) async fn run(&self, site: &Site) -> Result<Held, Failure> {
        let (place, what) = match self {
            Self::Acquire { place, .. } => (place, "chat acquire"),
            Self::Release { place } => (place, "chat release"),
        };
        let deed = Deed::begin(site, place).await?;
        let change = Change {
            bot: Some(&deed.bot),
            what: what.into(),
            about: Some(deed.chat.to_string()),
            why: &place.why,
            count: 1,
        };
        let work = async {
            match self {
                Self::Acquire { ttl, .. } => deed.acquire(*ttl).await,
                Self::Release { .. } => deed.release().await,
            }
        };
        audited(site, change, work, |held| match held.is_ours {
            true => "it is ours".into(),
            false => "it is given back".into(),
        })
        .await
    }
}

impl<'a> Deed<'a> {
    async fn begin(site: &'a Site, place: &Place) -> Result<Self, Failure> {
        let bot = site.account(&place.account).await?;
        let chat = find::by_whole_id(site, &bot, &place.chat).await?;
        let name = Random::system().alphanumeric(12);
        let by = EventId::new(format!("operator-{name}"));
        let by = by.map_err(|error| Failure::Refused(error.to_string()))?;
        let key = LedgerKey {
            bot: bot.clone(),
            chat: Some(chat.clone()),
            event: by.clone(),
        };
        let now = site.now();
        let rows = site.store.load(&key, None, now).await?;
        let state = rows.bot.unwrap_or_default().state;
        // A person's word comes after all that is known.
        let newest = Timestamp(i64::MAX);
        let may = may_control(&state, &rows.chat.registers, now, newest);
        Ok(Self {
            site,
            may: may.map_err(|silence| {
                Failure::Refused(format!("who holds {chat} cannot be changed: {silence}"))
            })?,
            bot,
            chat,
            epoch: state.epoch(),
            by,
        })
    }

    async fn acquire(&self, ttl: Option<Duration>) -> Result<Held, Failure> {
        let line = self.site.line().await?.bot(&self.bot);
        let held = line.acquire(&self.may, &self.chat, ttl).await;
        let held = held.map_err(|error| self.not_done(&error))?;
        let entry = |it: &mut ChatState| it.acquired(held.from, &self.by, held.until);
        self.enter(entry).await?;
        Ok(self.held(true, held.from, held.until))
    }

    async fn release(&self) -> Result<Held, Failure> {
        let line = self.site.line().await?.bot(&self.bot);
        let at = line.release(&self.may, &self.chat).await;
        let at = at.map_err(|error| self.not_done(&error))?;
        self.enter(|it: &mut ChatState| it.released(at, &self.by))
            .await?;
        Ok(self.held(false, at, None))
    }

    fn held(&self, is_ours: bool, at: Timestamp, until: Option<Timestamp>) -> Held {
        let (bot, chat) = (self.bot.clone(), self.chat.clone());
        Held {
            bot,
            chat,
            is_ours,
            at,
            until,
        }
    }

    /// Enters what LINE has done into the chat's register, with LINE's time.
    async fn enter(&self, entry: impl Fn(&mut ChatState)) -> Result<(), Failure> {
        let (bot, chat) = (&self.bot, &self.chat);
        let written = self
            .site
            .store
            .update_registers(bot, chat, self.epoch, entry);
        written.await.map_err(|error| {
            Failure::Refused(format!(
                "LINE has done it, and the table does not know: {error}; say it again"
            ))
        })
    }

    fn not_done(&self, error: &LineError) -> Failure {
        let Self { bot, chat, .. } = self;
        match error.kind {
            LineErrorKind::NotFound => Failure::NotFound(format!(
                "LINE knows nobody to speak to in {chat}: the user is no friend of {bot}, or it is not in the group"
            )),
            _ => Failure::Refused(format!("LINE has not done it: {error}")),
        }
    }
}

impl Report for Held {
    fn print(&self, screen: &mut Screen) {
        let Self { bot, chat, .. } = self;
        let at = screen.time(self.at);
        let until = self.until.map(|at| screen.time(at));
        screen.line(&match (self.is_ours, until) {
            (true, Some(until)) => format!("{bot}/{chat} is ours until {until}."),
            (true, None) => format!("{bot}/{chat} is ours until it is given back."),
            (false, _) => format!("{bot}/{chat} was given back at {at}."),
        });
    }
}
