//! Parked events of all accounts, by when they were parked. The index has their keys alone: what
//! else is wanted is read from the rows.

use serde::Deserialize;

use crate::domain::Timestamp;
use crate::domain::ledger::ParkKind;
use crate::store::bots::Place;
use crate::store::parked_keys::LATEST;
use crate::store::{Item, LedgerKey, Store, StoreError, keys, number_of, version};

/// One request reads so many rows.
const PAGE: i32 = 100;

/// Something parked: an event, or a message of the queue that nobody can read.
#[derive(Debug, Clone)]
pub struct ParkedRow {
    pub what: ParkedThing,
    /// When it was parked.
    pub since: Timestamp,
    /// What of its row says why; none where this release cannot read it.
    pub why: Option<ParkedWhy>,
}

/// What is parked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ParkedThing {
    /// An event.
    Event(LedgerKey),
    /// A message of the queue, by its id.
    Message(String),
}

/// Why it is parked.
#[derive(Debug, Clone, Deserialize)]
pub struct ParkedWhy {
    #[serde(default)]
    pub park_kind: ParkKind,
    pub reason: String,
    /// The event's type; none of a message.
    #[serde(default)]
    pub kind: Option<String>,
    /// When the event happened.
    #[serde(default)]
    pub at: Option<Timestamp>,
}

/// Some of what is parked.
#[derive(Debug, Default)]
pub struct ParkedPage {
    /// The oldest first.
    pub rows: Vec<ParkedRow>,
    /// Where the next page begins; none on the last.
    pub next: Option<Place>,
}

impl Store {
    /// A page of what was parked at `since` or later, the oldest first; `from` is the page
    /// before's `next`. What was settled a moment ago may be left out, and what was parked a
    /// moment ago may still be missing.
    ///
    /// # Errors
    /// The table is not available.
    pub async fn parked(
        &self,
        since: Timestamp,
        from: Option<&Place>,
    ) -> Result<ParkedPage, StoreError> {
        let page = self.parked_items(since..=LATEST, from, Some(PAGE)).await?;
        let rows = self
            .read_all(page.items.iter().map(keys::of).collect())
            .await?;
        let mut rows: Vec<_> = rows.into_iter().filter_map(read).collect();
        rows.sort_by_key(|row| row.since);
        Ok(ParkedPage {
            rows,
            next: page.next,
        })
    }
}

/// None of a row that is not parked any more.
fn read(item: Item) -> Option<ParkedRow> {
    let since = number_of(&item, "parked_at")?;
    let what = match LedgerKey::of_row(&item) {
        Some(key) => ParkedThing::Event(key),
        None => ParkedThing::Message(keys::sort_of(&item).to_owned()),
    };
    Some(ParkedRow {
        what,
        since: Timestamp(since),
        why: version::read(item).ok(),
    })
}
