//! An event, as lists show it.

use serde::Serialize;
use shared::domain::{ChatId, EventId, LedgerEntry, Outcome, Timestamp, Trace, Verdict};
use shared::store::{KeptEvent, LedgerKey};

use crate::output::{Screen, Table, Tone};

/// What a list has of an event.
#[derive(Debug, Serialize)]
pub(crate) struct Listed {
    /// Absent for an event of the account itself.
    pub(crate) chat: Option<ChatId>,
    pub(crate) event: EventId,
    /// Absent where this release cannot read the row.
    #[serde(flatten)]
    pub(crate) trace: Option<Trace>,
}

/// The headings of [`Listed::cells`].
pub(crate) const HEADINGS: [&str; 6] = ["at", "event", "chat", "what", "became", "why"];

impl Listed {
    pub(crate) fn of(event: KeptEvent) -> Self {
        Self::new(event.key, event.entry.as_ref())
    }

    fn new(key: LedgerKey, entry: Option<&LedgerEntry>) -> Self {
        Self {
            chat: key.chat,
            event: key.event,
            trace: entry.map(LedgerEntry::trace),
        }
    }

    pub(crate) fn at(&self) -> Option<Timestamp> {
        self.trace.as_ref().map(|trace| trace.at)
    }

    /// For a table.
    pub(crate) fn cells(&self, screen: &Screen) -> [String; 6] {
        let id = self.event.to_string();
        let chat = self
            .chat
            .as_ref()
            .map_or_else(String::new, ToString::to_string);
        match &self.trace {
            None => [
                String::new(),
                id,
                chat,
                String::new(),
                "unreadable".into(),
                String::new(),
            ],
            Some(trace) => [
                screen.time(trace.at),
                id,
                chat,
                trace.kind.clone(),
                became(trace),
                why(trace),
            ],
        }
    }

    pub(crate) fn tone(&self) -> Option<Tone> {
        match self.trace.as_ref()?.verdict {
            Verdict::Handled | Verdict::Recorded => None,
            Verdict::Failed | Verdict::Refused | Verdict::TokenExpired | Verdict::Unknown => {
                Some(Tone::Bad)
            }
            Verdict::Waiting => Some(Tone::Warning),
            _ => Some(Tone::Quiet),
        }
    }
}

/// Its verdict, and whether it is parked.
fn became(trace: &Trace) -> String {
    match trace.outcome {
        Outcome::Parked => format!("parked, {}", trace.verdict),
        _ => trace.verdict.to_string(),
    }
}

fn why(trace: &Trace) -> String {
    let of_send = || {
        trace
            .effects
            .iter()
            .find_map(|effect| effect.reason.clone())
    };
    let why = trace.reason.clone().or_else(of_send).unwrap_or_default();
    match why.chars().count() > 80 {
        true => why.chars().take(79).chain(['…']).collect(),
        false => why,
    }
}

/// Prints events as a table.
pub(crate) fn print(events: &[Listed], screen: &mut Screen, empty: &str) {
    let mut table = Table::new(&HEADINGS);
    for event in events {
        table.toned_row(event.tone(), event.cells(screen));
    }
    table.print(screen, empty);
}
