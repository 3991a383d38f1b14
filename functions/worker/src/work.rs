//! One event's work, and the rows it is done by.

use std::time::Duration;

use shared::domain::ledger::user_mark;
use shared::domain::{
    BotId, ChatKind, Event, EventId, EventKind, LedgerEntry, MaySpeak, Silence, Timestamp, UserId,
    may_notify, may_speak,
};
use shared::line::{command, entitlement, event, own_event};
use shared::queue::{COMMAND, ENTITLEMENT, ERASE, Job, Replay, SIGNAL, TIMER};
use shared::store::{BotRow, ChatRow, LedgerKey};

/// An event is not begun with less time than this.
const LEAST_TIME: Duration = Duration::from_millis(3_500);

/// One event to settle, and what surrounds it.
pub(crate) struct Work<'a> {
    pub(crate) key: LedgerKey,
    pub(crate) event: Event,
    pub(crate) kind: &'a str,
    pub(crate) raw: &'a str,
    pub(crate) received_at: Timestamp,
    /// API Gateway's id of the request by which it came, if it came by one.
    pub(crate) request_id: Option<&'a str>,
    /// How often its message was received: 1 the first time.
    pub(crate) received: u32,
    /// If it is run again, by an operator's wish.
    pub(crate) replay: Option<Replay>,
    /// Every event of this chat and of its account in the batch.
    pub(crate) in_hand: &'a [Event],
    /// When work stops.
    pub(crate) until: Timestamp,
    /// Whether no other chat is under way in this process.
    pub(crate) is_alone: bool,
}

/// Reads an event. Whether it is one of our own goes by the job's `kind`, and not by what the
/// event says of itself: no event of LINE's has such a kind.
pub(crate) fn read(
    bot: &BotId,
    id: &EventId,
    kind: &str,
    raw: &str,
    received_at: Timestamp,
) -> Event {
    match kind {
        TIMER => own_event::read_timer(bot, id, raw, received_at),
        SIGNAL => own_event::read_signal(bot, id, raw, received_at),
        ERASE => own_event::read_erase(bot, id, raw, received_at),
        COMMAND => command::read(bot, id, raw, received_at),
        ENTITLEMENT => entitlement::read(bot, id, raw, received_at),
        _ => event::read(bot, id, raw, received_at),
    }
}

/// The events of a job, in order.
pub(crate) fn events(job: &Job) -> impl Iterator<Item = Event> {
    // A replay's job was made now, and its event has come long ago.
    let first_receipt = job.replay.and_then(|replay| replay.first_receipt);
    let received_at = first_receipt.unwrap_or(job.received_at);
    job.events.iter().map(move |sent| {
        let raw = sent.raw.get();
        read(&job.bot, &sent.id, &sent.kind, raw, received_at)
    })
}

/// The rows as loaded, with every event in hand taken in.
pub(crate) struct View {
    pub(crate) bot: BotRow,
    /// Whether anything was ever heard of the account.
    pub(crate) is_known: bool,
    pub(crate) chat: ChatRow,
    pub(crate) ledger: Option<LedgerEntry>,
    /// The id of the timer that is set under the event's name, if it is a timer.
    pub(crate) timer: Option<EventId>,
}

impl Work<'_> {
    /// The event's name, if it is a timer whose row waits for it to be handled.
    pub(crate) fn timer(&self) -> Option<&str> {
        match &self.event.kind {
            EventKind::Timer {
                name,
                is_named: true,
                ..
            } => Some(name),
            _ => None,
        }
    }

    /// Whether the company's own systems say it, and not LINE.
    pub(crate) fn is_command(&self) -> bool {
        matches!(
            self.event.kind,
            EventKind::Command { .. } | EventKind::Entitlement(_)
        )
    }

    /// The entry with what finds it where its message is taken back, or its user is erased.
    pub(crate) fn named(&self, entry: LedgerEntry) -> LedgerEntry {
        let message_id = match &self.event.kind {
            EventKind::Message(message) | EventKind::Edited(message) => Some(message.id.clone()),
            _ => None,
        };
        // In a user's own chat the row's key says whose it is.
        let is_own = self
            .event
            .chat
            .as_ref()
            .is_some_and(|chat| chat.kind == ChatKind::User && self.kind != SIGNAL);
        LedgerEntry {
            message_id,
            user_mark: self.user_mark().filter(|_| !is_own),
            ..entry
        }
    }

    /// Whose event it is, as [`user_mark`] writes it: what comes of it may repeat what they wrote,
    /// in other chats too.
    pub(crate) fn user_mark(&self) -> Option<String> {
        if self.kind == SIGNAL {
            return own_event::mark_of_signal(self.raw);
        }
        let chat = self.event.chat.as_ref();
        let chat = chat.filter(|chat| chat.kind == ChatKind::User);
        let of_chat = chat.and_then(|chat| UserId::new(chat.id.as_str()).ok());
        let user = self.event.user.clone().or(of_chat)?;
        Some(user_mark(&self.key.bot, &user))
    }

    /// Whether there is time to begin something.
    pub(crate) fn has_time(&self, now: Timestamp) -> bool {
        self.until.since(now) >= LEAST_TIME
    }
}

impl View {
    /// Whether the timer that the event is was neither cancelled nor set again.
    pub(crate) fn is_still_set(&self, work: &Work<'_>) -> bool {
        self.timer.as_ref() == Some(&work.key.event)
    }

    /// The rows are in the table as they are here, with this one for the event.
    pub(crate) fn mark_written(&mut self, work: &Work<'_>, mut ledger: LedgerEntry) {
        match work.key.chat {
            Some(_) => self.chat.version += 1,
            None => self.bot.version += 1,
        }
        ledger.writes += 1;
        self.ledger = Some(ledger);
    }

    /// Whether anything may be sent into this chat at `now`.
    pub(crate) fn may_speak(
        &self,
        now: Timestamp,
        default_active: bool,
    ) -> Result<MaySpeak, Silence> {
        may_speak(&self.bot.state, &self.chat.registers, now, default_active)
    }

    /// Whether the chat may be told at `now` that its account is not entitled.
    pub(crate) fn may_notify(
        &self,
        now: Timestamp,
        default_active: bool,
    ) -> Result<MaySpeak, Silence> {
        may_notify(&self.bot.state, &self.chat.registers, now, default_active)
    }
}
