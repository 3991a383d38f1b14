//! A model of LINE: who holds each chat, what was sent, which reply tokens and retry
//! keys are good. It makes the events, and answers the calls.

mod accounts;
mod api;
mod events;
mod menus;

use std::collections::BTreeMap;

pub(crate) use accounts::{FIRST_OTHER, code_of};
pub(crate) use api::refused;
pub(crate) use api::{Answer, Asked, Kind};
pub(crate) use events::LineEvent;

use crate::schedule::{Link, Listing, Schedule};
use crate::time::Clock;

/// The channel, as LINE knows it.
pub(crate) const CHANNEL_ID: &str = "1234567890";
/// Its secret.
pub(crate) const SECRET: &str = "the channel's secret";
/// The header that selects the account.
pub(crate) const BOT_HEADER: &str = "x-line-bot-id";

/// LINE.
#[derive(Debug)]
pub(crate) struct Line {
    clock: Clock,
    default_active: bool,
    bots: BTreeMap<String, Bot>,
    chats: BTreeMap<(String, String), Chat>,
    tokens: BTreeMap<String, Token>,
    keys: BTreeMap<String, (i64, String)>,
    requests: u64,
    menus: BTreeMap<String, Vec<menus::Menu>>,
    /// Every event that has happened, by its id.
    pub(crate) events: BTreeMap<String, LineEvent>,
    /// Every message that was accepted: its text, and when.
    pub(crate) accepted: Vec<(String, i64)>,
    /// Every call that changed who holds a chat.
    pub(crate) held: Vec<Held>,
    /// How many webhooks of its own making are still to be delivered.
    pub(crate) under_way: usize,
    links: Vec<Link>,
    /// What its list of accounts is like.
    listing: Listing,
    /// How often each kind of change of an account has happened.
    pub(crate) changes: BTreeMap<&'static str, u64>,
}

/// An account.
#[derive(Debug, Default)]
struct Bot {
    detached: bool,
    suspended: bool,
    scopes: Option<String>,
    /// Whether LINE has confirmed a detach of ours, and it was not attached since.
    confirmed: bool,
}

#[derive(Debug, Default)]
struct Chat {
    blocked: bool,
    /// Whether we hold it, and until when; the default if nobody has said.
    ours: Option<(bool, Option<i64>)>,
}

#[derive(Debug)]
struct Token {
    bot: String,
    chat: String,
    good_until: i64,
    used: bool,
}

/// A call that changed who holds a chat.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Held {
    /// The account.
    pub(crate) bot: String,
    pub(crate) chat: String,
    /// The second of LINE's answer, in milliseconds.
    pub(crate) date: i64,
    /// Until when it is ours, or without limit; not at all if it was given back.
    pub(crate) ours: Option<Option<i64>>,
}

/// An account's id.
pub(crate) fn bot_id(number: u8) -> String {
    format!("U{number}")
}

/// A chat's id: accounts may have chats of the same id.
pub(crate) fn chat_id(number: u8) -> String {
    format!("L{number}")
}

impl Line {
    /// LINE before anything has happened, by its own clock.
    pub(crate) fn new(schedule: &Schedule, clock: Clock) -> Self {
        let linked = schedule.links.iter().map(|link| link.bot);
        let others = (0..schedule.listing.others).map(|number| FIRST_OTHER + number);
        let bots = schedule
            .webhooks
            .iter()
            .map(|webhook| webhook.bot)
            .chain(linked)
            .chain(others)
            .map(|number| (bot_id(number), Bot::default()));
        Self {
            clock,
            default_active: schedule.default_active,
            bots: bots.collect(),
            chats: BTreeMap::new(),
            tokens: BTreeMap::new(),
            keys: BTreeMap::new(),
            requests: 0,
            menus: BTreeMap::new(),
            events: BTreeMap::new(),
            accepted: Vec::new(),
            held: Vec::new(),
            under_way: 0,
            links: schedule.links.clone(),
            listing: schedule.listing.clone(),
            changes: BTreeMap::new(),
        }
    }

    /// The time by its clock.
    pub(crate) fn now(&self) -> i64 {
        self.clock.millis()
    }

    fn chat(&mut self, bot: &str, chat: &str) -> &mut Chat {
        self.chats
            .entry((bot.to_owned(), chat.to_owned()))
            .or_default()
    }

    fn bot(&mut self, bot: &str) -> &mut Bot {
        self.bots.entry(bot.to_owned()).or_default()
    }

    fn is_ours(&mut self, bot: &str, chat: &str) -> bool {
        let (now, default) = (self.now(), self.default_active);
        match self.chat(bot, chat).ours {
            Some((ours, Some(until))) if ours && until <= now => false,
            Some((ours, _)) => ours,
            None => default,
        }
    }

    /// How many messages of this text were accepted.
    pub(crate) fn times_accepted(&self, text: &str) -> usize {
        self.accepted
            .iter()
            .filter(|(accepted, _)| accepted == text)
            .count()
    }
}
