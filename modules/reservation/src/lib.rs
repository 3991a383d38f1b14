#![doc = include_str!("../README.md")]

mod slot;
mod texts;

use std::time::Duration;

use serde::{Deserialize, Serialize};
use shared::module::{
    Active, Context, Event, EventKind, MessageContent, Module, ModuleError, QuickReply, Text,
    UserId,
};

use crate::slot::Slot;
use crate::texts::{Command, Language, Texts};

/// Takes reservations.
#[derive(Debug, Clone, Default)]
pub struct Reservation;

/// For so long we hold a chat that a guest has asked us back into.
const OUR_TURN: Duration = Duration::from_secs(3600);

/// What is kept of a chat.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Guest {
    language: Language,
    reservations: Vec<Slot>,
    /// They asked to be answered by the module again.
    #[serde(default)]
    returns: bool,
}

/// What is kept of a time that is taken.
#[derive(Debug, Serialize, Deserialize)]
struct Booking {
    chat: String,
}

impl Module for Reservation {
    async fn handle(&self, cx: &mut Context<'_>, event: &Event) -> Result<(), ModuleError> {
        let Some(chat) = &event.chat else {
            return Ok(()); // of the account itself
        };
        let Some(active) = cx.active() else {
            return aside(cx, event);
        };
        let guest = cx.state()?;
        let visit = Visit {
            cx,
            active,
            chat: chat.id.as_str(),
            guest,
        };
        match &event.kind {
            EventKind::Follow { .. } => visit.greet(event.user.as_ref()).await,
            EventKind::Activated { .. } => visit.welcome_back(),
            EventKind::Message { .. } => match command(event) {
                Some((command, language)) => visit.obey(command, language).await,
                None => Ok(()),
            },
            EventKind::Postback { data } => match Choice::read(data) {
                Some(Choice::Reserve(slot)) => visit.reserve(slot).await,
                Some(Choice::Cancel(slot)) => visit.cancel(slot).await,
                None => Ok(()), // another channel's, or an older version's
            },
            _ => Ok(()),
        }
    }
}

/// The command of a text, and its language.
fn command(event: &Event) -> Option<(Command, Language)> {
    match &event.kind {
        EventKind::Message {
            content: MessageContent::Text(text),
            ..
        } => Command::read(text),
        _ => None,
    }
}

/// Staff hold the chat, or it is gone: we are silent, unless the guest asks for us.
fn aside(cx: &mut Context<'_>, event: &Event) -> Result<(), ModuleError> {
    let Some((Command::BackToUs, language)) = command(event) else {
        return Ok(());
    };
    let guest: Guest = cx.state()?;
    cx.set_state(&Guest {
        language,
        returns: true,
        ..guest
    })?;
    cx.acquire(Some(OUR_TURN))
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

/// One event of a guest's, to be answered once.
struct Visit<'a, 'cx> {
    cx: &'a mut Context<'cx>,
    active: Active<'cx>,
    chat: &'a str,
    guest: Guest,
}

impl Visit<'_, '_> {
    async fn greet(mut self, user: Option<&UserId>) -> Result<(), ModuleError> {
        let profile = match user {
            Some(user) => self.cx.profile(user).await?,
            None => None,
        };
        if let Some(language) = profile
            .as_ref()
            .and_then(|profile| profile.language.as_deref())
        {
            self.guest.language = Language::of(language);
        }
        let name = profile.map(|profile| profile.display_name);
        let greeting = self.texts().greeting(name.as_deref());
        self.say_with_menu(greeting)
    }

    async fn obey(mut self, command: Command, language: Language) -> Result<(), ModuleError> {
        self.guest.language = language;
        self.forget_past();
        match command {
            Command::Reserve => self.offer(language.texts().choose).await,
            Command::List => {
                let list = self.texts().list(&self.guest.reservations);
                self.say_with_menu(list)
            }
            Command::Cancel => match self.guest.reservations.as_slice() {
                [] => self.say_with_menu(language.texts().nothing_to_cancel),
                [only] => {
                    let only = *only;
                    self.cancel(only).await
                }
                _ => self.ask_which_to_cancel(),
            },
            Command::AskStaff => self.hand_over(),
            Command::BackToUs => self.say_with_menu(language.texts().back),
        }
    }

    /// The last word before staff answer.
    fn hand_over(self) -> Result<(), ModuleError> {
        let texts = self.texts();
        let back = QuickReply::message(texts.back_label, texts.back_label);
        let word = Text::new(texts.staff).quick_replies([back]);
        self.cx.set_state(&self.guest)?;
        self.cx.reply(&self.active, &[word])?;
        self.cx.release()
    }

    /// The chat is ours. Only a guest who asked for that is told: LINE gives no
    /// reply token here, and a push counts against the account's quota.
    fn welcome_back(mut self) -> Result<(), ModuleError> {
        if !std::mem::take(&mut self.guest.returns) {
            return Ok(());
        }
        let word = Text::new(self.texts().back).quick_replies(self.menu());
        self.cx.set_state(&self.guest)?;
        self.cx.push(&self.active, &[word])
    }

    /// Offers the free times of the first day that has some.
    async fn offer(self, text: impl Into<String>) -> Result<(), ModuleError> {
        let texts = self.texts();
        for day in slot::next_days(self.cx.now()) {
            let taken = self.cx.rows::<Booking>(&day.key_prefix()).await?;
            let free = day
                .slots()
                .filter(|slot| taken.iter().all(|row| row.key != slot.key()));
            let choices: Vec<_> = free
                .map(|slot| QuickReply::postback(texts.slot(slot), format!("reserve {slot}")))
                .collect();
            if !choices.is_empty() {
                return self.say(Text::new(text).quick_replies(choices));
            }
        }
        self.say(Text::new(texts.nothing_free))
    }

    /// Takes a time, unless someone has it: then others are offered. The row tells
    /// who has it, whatever the guest's own list says.
    async fn reserve(mut self, slot: Slot) -> Result<(), ModuleError> {
        let texts = self.texts();
        if slot.is_past(self.cx.now()) || !slot.is_offered() {
            return self.offer(texts.too_late).await;
        }
        match self.cx.row::<Booking>(&slot.key()).await? {
            Some(taken) if taken.value.chat == self.chat => {
                return self.say_with_menu(texts.already_yours(slot));
            }
            Some(_) => return self.offer(texts.taken(slot)).await,
            None => self.cx.create(
                slot.key(),
                &Booking {
                    chat: self.chat.to_owned(),
                },
            )?,
        }
        self.guest.reservations.retain(|kept| *kept != slot);
        self.guest.reservations.push(slot);
        self.guest.reservations.sort_unstable();
        self.say_with_menu(texts.confirmed(slot))
    }

    async fn cancel(mut self, slot: Slot) -> Result<(), ModuleError> {
        let texts = self.texts();
        if !self.guest.reservations.contains(&slot) {
            return self.say_with_menu(texts.nothing_to_cancel);
        }
        let row = self.cx.row::<Booking>(&slot.key()).await?;
        if let Some(own) = row.filter(|row| row.value.chat == self.chat) {
            self.cx.delete(own);
        }
        self.guest.reservations.retain(|kept| *kept != slot);
        self.say_with_menu(texts.cancelled(slot))
    }

    fn ask_which_to_cancel(self) -> Result<(), ModuleError> {
        let texts = self.texts();
        let choice =
            |slot: &Slot| QuickReply::postback(texts.slot(*slot), format!("cancel {slot}"));
        let reservations = self.guest.reservations.iter().take(QuickReply::MOST);
        let choices: Vec<_> = reservations.map(choice).collect();
        self.say(Text::new(texts.cancel_which).quick_replies(choices))
    }

    /// What is over is no longer listed.
    fn forget_past(&mut self) {
        let now = self.cx.now();
        self.guest.reservations.retain(|slot| !slot.is_past(now));
    }

    fn texts(&self) -> &'static Texts {
        self.guest.language.texts()
    }

    fn menu(&self) -> [QuickReply; 3] {
        let texts = self.texts();
        let labels = [texts.reserve_label, texts.list_label, texts.staff_label];
        labels.map(|label| QuickReply::message(label, label))
    }

    fn say_with_menu(self, text: impl Into<String>) -> Result<(), ModuleError> {
        let menu = self.menu();
        self.say(Text::new(text).quick_replies(menu))
    }

    /// Answers, and keeps what is known of the guest.
    fn say(self, answer: Text) -> Result<(), ModuleError> {
        self.cx.set_state(&self.guest)?;
        self.cx.reply(&self.active, &[answer])?;
        Ok(())
    }
}
