//! `chat acquire` and `chat release`: who speaks in a chat, by LINE's chat control.

use std::time::Duration;

use clap::{Args, Subcommand};
use serde::Serialize;
use shared::control::{self, ByHand, NotDone};
use shared::domain::{BotId, ChatId, Timestamp};
use shared::line::LineClient;
use shared::line::error::LineErrorKind;
use shared::random::Random;

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

impl Chat {
    pub(crate) async fn run(&self, site: &Site) -> Result<Held, Failure> {
        let (place, what) = match self {
            Self::Acquire { place, .. } => (place, "chat acquire"),
            Self::Release { place } => (place, "chat release"),
        };
        let bot = site.account(&place.account).await?;
        let chat = find::by_whole_id(site, &bot, &place.chat).await?;
        let change = Change {
            bot: Some(&bot),
            what: what.into(),
            about: Some(chat.to_string()),
            why: &place.why,
            count: 1,
        };
        let line = site.line().await?;
        let work = async {
            let held = self.by_hand(site, &line, (&bot, &chat)).await;
            let held = held.map_err(|error| failure(error, &bot, &chat))?;
            Ok(Held::of(held, &bot, &chat))
        };
        audited(site, change, work, |held: &Held| match held.is_ours {
            true => "it is ours".into(),
            false => "it is given back".into(),
        })
        .await
    }

    async fn by_hand(
        &self,
        site: &Site,
        line: &LineClient,
        place: (&BotId, &ChatId),
    ) -> Result<control::Held, NotDone> {
        let random = Random::system();
        let begun = ByHand::begin(&site.store, line, &random, place, site.now()).await?;
        match self {
            Self::Acquire { ttl, .. } => begun.acquire(*ttl).await,
            Self::Release { .. } => begun.release().await,
        }
    }
}

fn failure(error: NotDone, bot: &BotId, chat: &ChatId) -> Failure {
    match error {
        NotDone::Store(error) => error.into(),
        NotDone::Line(error) if error.kind == LineErrorKind::NotFound => {
            Failure::NotFound(format!(
                "LINE knows nobody to speak to in {chat}: the user is no friend of {bot}, or it is not in the group"
            ))
        }
        error => Failure::Refused(error.to_string()),
    }
}

impl Held {
    fn of(held: control::Held, bot: &BotId, chat: &ChatId) -> Self {
        Self {
            bot: bot.clone(),
            chat: chat.clone(),
            is_ours: held.is_ours,
            at: held.at,
            until: held.until,
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
