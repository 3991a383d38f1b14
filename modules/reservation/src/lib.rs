#![doc = include_str!("../README.md")]

mod slot;
mod texts;

use serde::{Deserialize, Serialize};
use shared::module::{
    Active, Context, Event, EventKind, MessageContent, Module, ModuleError, QuickReply, Text,
};

use crate::slot::Slot;
use crate::texts::{Command, Language};

/// Takes reservations.
#[derive(Debug, Clone, Default)]
pub struct Reservation;

/// What is kept of a chat.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Guest {
    language: Language,
    reservations: Vec<Slot>,
}

/// What is kept of a time that is taken.
#[derive(Debug, Serialize, Deserialize)]
struct Booking {
    chat: String,
}

impl Module for Reservation {
    async fn handle(&self, cx: &mut Context<'_>, event: &Event) -> Result<(), ModuleError> {
        // Another channel holds the chat, or it is gone: nothing to do for us.
        let Some(active) = cx.active() else {
            return Ok(());
        };
        let mut guest: Guest = cx.state()?;
        match &event.kind {
            EventKind::Follow { .. } => greet(cx, &active, event, &mut guest).await,
            EventKind::Message {
                content: MessageContent::Text(text),
                ..
            } => match Command::read(text) {
                Some((command, language)) => {
                    guest.language = language;
                    obey(cx, &active, event, &mut guest, command).await
                }
                None => Ok(()),
            },
            EventKind::Postback { data } => match Choice::read(data) {
                Some(Choice::Reserve(slot)) => reserve(cx, &active, event, &mut guest, slot).await,
                Some(Choice::Cancel(slot)) => cancel(cx, &active, event, &mut guest, slot).await,
                None => Ok(()), // another channel's, or an older version's
            },
            _ => Ok(()),
        }
    }
}

/// What our own quick replies carry.
enum Choice {
    Reserve(Slot),
    Cancel(Slot),
}

impl Choice {
    fn read(data: &str) -> Option<Self> {
        let (verb, slot) = data.split_once(' ')?;
        let slot = Slot::read(slot)?;
        match verb {
            "reserve" => Some(Self::Reserve(slot)),
            "cancel" => Some(Self::Cancel(slot)),
            _ => None,
        }
    }
}

async fn greet(
    cx: &mut Context<'_>,
    active: &Active<'_>,
    event: &Event,
    guest: &mut Guest,
) -> Result<(), ModuleError> {
    let profile = match &event.user {
        Some(user) => cx.profile(user).await?,
        None => None,
    };
    let language = profile
        .as_ref()
        .and_then(|profile| profile.language.as_deref());
    guest.language = language.map_or(guest.language, Language::of);
    let texts = guest.language.texts();
    let name = profile.map(|profile| profile.display_name);
    let greeting =
        Text::new(texts.greeting(name.as_deref())).quick_replies(main_menu(guest.language));
    say(cx, active, guest, greeting)
}

async fn obey(
    cx: &mut Context<'_>,
    active: &Active<'_>,
    event: &Event,
    guest: &mut Guest,
    command: Command,
) -> Result<(), ModuleError> {
    let texts = guest.language.texts();
    match command {
        Command::Reserve => offer(cx, active, guest, texts.choose).await,
        Command::List => {
            forget_past(cx, guest);
            let answer =
                Text::new(texts.list(&guest.reservations)).quick_replies(main_menu(guest.language));
            say(cx, active, guest, answer)
        }
        Command::Cancel => {
            forget_past(cx, guest);
            match guest.reservations.as_slice() {
                [only] => cancel(cx, active, event, guest, *only).await,
                _ => ask_which(cx, active, guest),
            }
        }
    }
}

/// Offers the free times of the first day that has some.
async fn offer(
    cx: &mut Context<'_>,
    active: &Active<'_>,
    guest: &Guest,
    text: &str,
) -> Result<(), ModuleError> {
    let texts = guest.language.texts();
    for day in slot::next_days(cx.now()) {
        let taken = cx.rows::<Booking>(&day.key_prefix()).await?;
        let free = day
            .slots()
            .filter(|slot| taken.iter().all(|row| row.key != slot.key()));
        let choices: Vec<_> = free
            .map(|slot| QuickReply::postback(texts.slot(slot), format!("reserve {slot}")))
            .collect();
        if !choices.is_empty() {
            return say(cx, active, guest, Text::new(text).quick_replies(choices));
        }
    }
    say(cx, active, guest, Text::new(texts.nothing_free))
}

/// Takes a time, unless someone has it: then others are offered. The row tells
/// who has it, whatever the guest's own list says.
async fn reserve(
    cx: &mut Context<'_>,
    active: &Active<'_>,
    event: &Event,
    guest: &mut Guest,
    slot: Slot,
) -> Result<(), ModuleError> {
    let texts = guest.language.texts();
    let Some(chat) = event.chat.as_ref().map(|chat| chat.id.to_string()) else {
        return Ok(());
    };
    if slot.is_past(cx.now()) || !slot.is_offered() {
        return offer(cx, active, guest, texts.too_late).await;
    }
    match cx.row::<Booking>(&slot.key()).await? {
        Some(taken) if taken.value.chat == chat => {
            return say(cx, active, guest, Text::new(texts.already_yours(slot)));
        }
        Some(_) => return offer(cx, active, guest, &texts.taken(slot)).await,
        None => cx.create(slot.key(), &Booking { chat })?,
    }
    guest.reservations.retain(|kept| *kept != slot);
    guest.reservations.push(slot);
    guest.reservations.sort_unstable();
    let confirmed = Text::new(texts.confirmed(slot)).quick_replies(main_menu(guest.language));
    say(cx, active, guest, confirmed)
}

async fn cancel(
    cx: &mut Context<'_>,
    active: &Active<'_>,
    event: &Event,
    guest: &mut Guest,
    slot: Slot,
) -> Result<(), ModuleError> {
    let texts = guest.language.texts();
    if !guest.reservations.contains(&slot) {
        return say(cx, active, guest, Text::new(texts.nothing_to_cancel));
    }
    let chat = event.chat.as_ref().map(|chat| chat.id.as_str());
    let row = cx.row::<Booking>(&slot.key()).await?;
    if let Some(own) = row.filter(|row| Some(row.value.chat.as_str()) == chat) {
        cx.delete(own);
    }
    guest.reservations.retain(|kept| *kept != slot);
    let cancelled = Text::new(texts.cancelled(slot)).quick_replies(main_menu(guest.language));
    say(cx, active, guest, cancelled)
}

fn ask_which(cx: &mut Context<'_>, active: &Active<'_>, guest: &Guest) -> Result<(), ModuleError> {
    let texts = guest.language.texts();
    if guest.reservations.is_empty() {
        return say(cx, active, guest, Text::new(texts.nothing_to_cancel));
    }
    let choices = guest
        .reservations
        .iter()
        .map(|slot| QuickReply::postback(texts.slot(*slot), format!("cancel {slot}")));
    say(
        cx,
        active,
        guest,
        Text::new(texts.cancel_which).quick_replies(choices),
    )
}

/// What is over is no longer listed.
fn forget_past(cx: &Context<'_>, guest: &mut Guest) {
    let now = cx.now();
    guest.reservations.retain(|slot| !slot.is_past(now));
}

fn main_menu(language: Language) -> [QuickReply; 2] {
    let texts = language.texts();
    [
        QuickReply::message(texts.reserve_label, texts.reserve_label),
        QuickReply::message(texts.list_label, texts.list_label),
    ]
}

/// Answers, and keeps what is known of the guest.
fn say(
    cx: &mut Context<'_>,
    active: &Active<'_>,
    guest: &Guest,
    answer: Text,
) -> Result<(), ModuleError> {
    cx.set_state(guest)?;
    cx.reply(active, &[answer])?;
    Ok(())
}
