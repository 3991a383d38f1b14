//! Which events are meant, in the order in which they are run again.

use futures::{StreamExt as _, TryStreamExt as _};
use shared::domain::ledger::ParkKind;
use shared::domain::{BotId, LedgerEntry, Outcome, Timestamp};
use shared::store::{LedgerKey, ParkedKeyOf};

use crate::failure::Failure;
use crate::mend::event;
use crate::site::Site;
use crate::when::moment;

use super::Which;

/// Rows read at once.
const SIDE_BY_SIDE: usize = 16;

/// An event that is meant, as its row was.
pub(super) struct Selected {
    pub(super) key: LedgerKey,
    pub(super) row: LedgerEntry,
}

/// What is selected.
pub(super) struct Selection {
    pub(super) events: Vec<Selected>,
    /// What is parked and cannot be run again from here: messages that nobody can read, and
    /// events one of whose ids is kept as a hash.
    pub(super) left_out: usize,
}

impl Which {
    pub(super) async fn select(&self, site: &Site) -> Result<Selection, Failure> {
        let (Some(account), Some(event)) = (&self.account, &self.event) else {
            return self.select_parked(site).await;
        };
        let bot = site.account(account).await?;
        let key = event::find(site, &bot, self.chat.as_deref(), event).await?;
        let row = site.store.ledger(&key).await?;
        let events = row.map(|row| Selected { key, row });
        Ok(Selection {
            events: events.into_iter().collect(),
            left_out: 0,
        })
    }

    async fn select_parked(&self, site: &Site) -> Result<Selection, Failure> {
        let kind = self.kind.as_deref().map(kind).transpose()?;
        let since = self.since.as_deref();
        let since = since.map(|text| moment(text, site.now())).transpose();
        let since = since.map_err(Failure::Refused)?;
        let bot = match &self.bot {
            Some(named) => Some(site.account(named).await?),
            None => None,
        };
        let (keys, left_out) = parked(site, bot.as_ref(), since.unwrap_or_default()).await?;
        let rows = futures::stream::iter(keys.into_iter().map(|key| async move {
            let row = site.store.ledger(&key).await?;
            Ok::<_, Failure>(row.map(|row| Selected { key, row }))
        }));
        let rows: Vec<_> = rows.buffer_unordered(SIDE_BY_SIDE).try_collect().await?;
        let wanted = |it: &Selected| {
            it.row.outcome() == Outcome::Parked
                && kind.is_none_or(|kind| it.row.park_kind() == Some(kind))
        };
        let mut events: Vec<_> = rows.into_iter().flatten().filter(wanted).collect();
        // The oldest first: so it is in each chat too.
        events.sort_by(|one, other| order(one).cmp(&order(other)));
        Ok(Selection { events, left_out })
    }
}

fn order(it: &Selected) -> (Timestamp, Timestamp, &str) {
    (it.row.at, it.row.received_at, it.key.event.as_str())
}

async fn parked(
    site: &Site,
    bot: Option<&BotId>,
    since: Timestamp,
) -> Result<(Vec<LedgerKey>, usize), Failure> {
    let (mut keys, mut left_out, mut from) = (Vec::new(), 0, None);
    loop {
        let page = site.store.parked_keys(since, from.as_ref()).await?;
        for row in page.rows {
            match row.what {
                ParkedKeyOf::Event(key) if bot.is_none_or(|bot| *bot == key.bot) => keys.push(key),
                ParkedKeyOf::Event(_) => {}
                ParkedKeyOf::Message(_) | ParkedKeyOf::Hashed(..) => {
                    left_out += usize::from(bot.is_none());
                }
            }
        }
        from = page.next;
        if from.is_none() {
            return Ok((keys, left_out));
        }
    }
}

fn kind(name: &str) -> Result<ParkKind, Failure> {
    let known: Result<ParkKind, _> = serde_json::from_value(name.into());
    let known = known.ok().filter(|kind| kind.name() == name);
    known.ok_or_else(|| {
        Failure::Refused(format!(
            "{name} is no kind of parked event: `modctl parked` groups them by kind"
        ))
    })
}
