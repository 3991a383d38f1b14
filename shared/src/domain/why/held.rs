//! Who held a chat, and by which event.

use crate::domain::chat::{Control, Entry, Holding, Word};
use crate::domain::why::{ChatFacts, Facts, Reader, Sentence};
use crate::domain::{ChatId, ChatState, Delivery, EventId, LedgerEntry, Mode, Silence, Timestamp};

/// An event of a chat by which its holder may have changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The event.
    pub by: EventId,
    /// When.
    pub at: Timestamp,
    /// What it says.
    pub value: Control,
}

impl Change {
    /// What an event's row says of who holds its chat, if anything. Until when we hold it is
    /// not among that.
    pub fn of(by: &EventId, entry: &LedgerEntry) -> Option<Self> {
        let value = match entry.kind.as_str() {
            "activated" => Control::Ours(None),
            "deactivated" => Control::Theirs,
            "follow" => Control::Default,
            _ => return None,
        };
        Some(Self {
            by: by.clone(),
            at: entry.at,
            value,
        })
    }
}

/// Who held the chat when the event was decided, and who holds it now where that differs.
pub(super) fn sentences(
    facts: &Facts<'_>,
    chat: &ChatFacts<'_>,
    reader: &Reader<'_>,
) -> Vec<Sentence> {
    if !is_of_who_holds(facts.entry) {
        return Vec::new();
    }
    let decided = decided_at(facts);
    let then = as_of(facts, chat, decided).holding(
        decided,
        facts.account.detached_at,
        chat.default_active,
    );
    let was_ours = !was_standby(facts.entry);
    let told = |tense| Telling {
        tense,
        event: Some(facts.event).filter(|_| tense == Tense::Past),
        changes: chat.changes,
        reader,
    };
    let mut said = vec![Sentence::undated(match then.is_ours == was_ours {
        true => told(Tense::Past).holder(&then),
        false => forgotten(was_ours),
    })];
    let now = now(facts, chat);
    if now.is_ours != was_ours {
        said.push(Sentence::undated(told(Tense::Present).holder(&now)));
    }
    said
}

/// Who holds the chat now.
pub(super) fn now(facts: &Facts<'_>, chat: &ChatFacts<'_>) -> Holding {
    let detached_at = facts.account.detached_at;
    chat.state
        .holding(facts.now, detached_at, chat.default_active)
}

/// Whether the event was silenced because another held its chat.
pub(super) fn was_standby(entry: &LedgerEntry) -> bool {
    let is_standby = |silence: Silence| matches!(silence, Silence::Standby | Silence::Overtaken);
    let was_dropped =
        |effect: &Delivery| matches!(effect, Delivery::Dropped { silence } if is_standby(*silence));
    entry.silence.is_some_and(is_standby) || entry.effects().iter().any(was_dropped)
}

/// Whether who holds the chat has to do with what has become of the event. The module channel's
/// own events tell of it themselves.
fn is_of_who_holds(entry: &LedgerEntry) -> bool {
    let is_own = matches!(entry.kind.as_str(), "activated" | "deactivated");
    let is_other = entry.silence.is_some() && !was_standby(entry);
    let was_asked = entry.sends().is_some() || was_standby(entry) || entry.reason().is_none();
    !is_own && !is_other && was_asked
}

fn decided_at(facts: &Facts<'_>) -> Timestamp {
    let planned_at = facts.entry.sends().map(|sends| sends.planned_at);
    let dropped = facts
        .entry
        .effects()
        .iter()
        .any(|it| matches!(it, Delivery::Dropped { .. }));
    let settled_at = facts.entry.settled_at();
    let decided = match dropped {
        true => settled_at.or(planned_at),
        false => planned_at.or(settled_at),
    };
    decided.unwrap_or(facts.now)
}

/// The chat's registers as they were at this moment, as far as that is known: they keep their
/// newest entry alone, and the chat's events tell of some before it.
fn as_of(facts: &Facts<'_>, chat: &ChatFacts<'_>, moment: Timestamp) -> ChatState {
    let is_known = |by: &EventId, at: Timestamp| by != facts.event && at <= moment;
    let control = chat.state.control.clone();
    let control = control.filter(|it| is_known(&it.by, it.at)).or_else(|| {
        let before = chat.changes.iter().filter(|it| is_known(&it.by, it.at));
        before.max_by_key(|it| it.at).map(|it| Entry {
            at: it.at,
            by: it.by.clone(),
            value: it.value,
        })
    });
    let mode = chat.state.mode.clone();
    ChatState {
        presence: None,
        control,
        mode: mode.filter(|it| it.by == *facts.event || it.at <= moment),
    }
}

fn forgotten(was_ours: bool) -> String {
    let who = match was_ours {
        true => "The bot was in charge of the chat",
        false => "Another channel or the account's staff were in charge of the chat",
    };
    format!("{who}. Which event said so is no longer known: newer ones have taken its place.")
}

/// Whether it is told of then or of now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tense {
    /// Of then.
    Past,
    /// Of now.
    Present,
}

/// How it is told who holds a chat.
#[derive(Debug, Clone, Copy)]
pub struct Telling<'a> {
    /// Of then or of now.
    pub tense: Tense,
    /// The event that is asked about, if one is: its own mode needs no id.
    pub event: Option<&'a EventId>,
    /// Events by which the holder may have changed, as far as they are known: they tell who has
    /// ended our hold.
    pub changes: &'a [Change],
    /// Who reads it.
    pub reader: &'a Reader<'a>,
}

impl Telling<'_> {
    /// Who holds a chat, in one sentence.
    pub fn holder(&self, holding: &Holding) -> String {
        let is_past = self.tense == Tense::Past;
        let who = match (holding.is_ours, is_past) {
            (true, true) => "The bot was in charge of the chat",
            (true, false) => "Now the bot is in charge of the chat",
            (false, true) => "Another channel or the account's staff were in charge of the chat",
            (false, false) => {
                "Now another channel or the account's staff are in charge of the chat"
            }
        };
        format!("{who}: {}.", self.by(holding))
    }

    fn by(&self, holding: &Holding) -> String {
        match &holding.word {
            Word::Nothing if holding.is_ours => {
                "nobody has taken it, and the channel has chats by default".into()
            }
            Word::Nothing => {
                "the channel does not have chats by default, and has not taken this one".into()
            }
            Word::Control(entry) => self.by_control(entry),
            Word::Lapsed(_, at) => {
                let at = self.reader.time(*at);
                format!("the time for which the bot had it ran out on {at}")
            }
            Word::Mode(entry) => self.by_mode(entry),
        }
    }

    fn by_control(&self, entry: &Entry<Control>) -> String {
        let (at, id) = (self.reader.time(entry.at), &entry.by);
        match entry.value {
            Control::Ours(None) => format!("the bot got it on {at}, by event {id}, without an end"),
            Control::Ours(Some(until)) => {
                let until = self.reader.time(until);
                format!("the bot got it on {at}, by event {id}, until {until}")
            }
            Control::Theirs if self.is_lines(id) => {
                format!("LINE told the bot so on {at} (event {id})")
            }
            Control::Theirs => format!(
                "it was taken from the bot, or given back by its module, on {at} (event {id})"
            ),
            Control::Default => format!(
                "the user added the account on {at} (event {id}), which puts the chat back to the \
                 channel's default"
            ),
        }
    }

    /// Whether it is known that LINE has told of it by an event of its own: what the module gives
    /// back is entered with the event that it was done for.
    fn is_lines(&self, by: &EventId) -> bool {
        let is_it = |change: &Change| change.by == *by && change.value == Control::Theirs;
        self.changes.iter().any(is_it)
    }

    fn by_mode(&self, entry: &Entry<Mode>) -> String {
        let mode = match entry.value {
            Mode::Active => "active",
            Mode::Standby => "standby",
        };
        match self.event == Some(&entry.by) {
            true => format!("LINE sent this event in the mode {mode}"),
            false => format!(
                "LINE sent event {} of {} in the mode {mode}",
                entry.by,
                self.reader.time(entry.at)
            ),
        }
    }
}

/// A chat's id in a sentence.
pub(super) fn in_chat(id: &ChatId, reader: &Reader<'_>) -> String {
    format!("in the chat {}", reader.chat(id))
}
