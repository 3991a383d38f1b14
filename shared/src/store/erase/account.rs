//! What an ended attachment has left behind.

use futures::StreamExt as _;

use crate::domain::{Attachment, BotId, Timestamp};
use crate::store::erase::{Counts, PAGE, SIDE_BY_SIDE};
use crate::store::kind::RowKind;
use crate::store::{BotRow, Item, Store, StoreError, keys, n, number_of};

const OPERATION: &str = "erase an account";

/// Of a row that is dated by the newest attach known when it was written.
const OF_ENDED: &str = "attribute_not_exists(epoch) OR epoch <= :detached";
/// An event's row may have been made while the account's could not be read: then its epoch is 0,
/// and when the event came dates it.
const EVENT_OF_ENDED: &str = "(epoch > :zero AND epoch <= :detached) OR \
     ((attribute_not_exists(epoch) OR epoch = :zero) AND received_at <= :detached)";

/// What became of a page of an account's rows.
#[derive(Debug, Default)]
pub struct AccountPage {
    /// The rows that are gone, by their kinds.
    pub removed: Counts,
    /// Where the next page begins; none on the last.
    pub next: Option<String>,
}

impl Store {
    /// Removes what is older than a detach from a page of an account's rows. What is of an
    /// attachment since then stays, also where it is written meanwhile: each row goes only if it
    /// still is of an ended one. Rows that name no user stay: the account's own, counted calls,
    /// receipts.
    ///
    /// # Errors
    /// The table is not available; some of the page may be gone.
    pub async fn erase_ended(
        &self,
        bot: &BotId,
        detached_at: Timestamp,
        from: Option<&str>,
    ) -> Result<AccountPage, StoreError> {
        let page = self.partition(OPERATION, bot, from, PAGE).await?;
        let ended = page.items.into_iter().filter_map(|item| {
            let kind = RowKind::of(keys::sort_of(&item));
            is_ended(kind, &item, detached_at).then_some((kind, item))
        });
        let deletes = ended.map(|(kind, item)| async move {
            let condition = (condition(kind), values(kind, detached_at));
            let is_gone = self.delete_row(OPERATION, &item, condition).await?;
            Ok::<_, StoreError>(is_gone.then_some(kind))
        });
        let mut deletes = futures::stream::iter(deletes).buffer_unordered(SIDE_BY_SIDE);
        let mut removed = Counts::default();
        while let Some(gone) = deletes.next().await {
            removed.extend(gone?);
        }
        drop(deletes);
        Ok(AccountPage {
            removed,
            next: page.next,
        })
    }

    /// Ends the erase of an account: its own row keeps when it was attached and detached, and
    /// loses what it had set and its name. Nothing is done if it was attached again.
    ///
    /// # Errors
    /// The table is not available, or the row cannot be read.
    pub async fn end_erase(
        &self,
        bot: &BotId,
        detached_at: Timestamp,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let end = |row: &mut BotRow| {
            if row.state.attachment() == Attachment::Detached(detached_at) {
                let mut state = row.state.clone();
                state.erased_at = state.erased_at.max(Some(now));
                let version = row.version;
                *row = BotRow {
                    state,
                    version,
                    ..BotRow::default()
                };
            }
        };
        self.update_bot(bot, end).await.map(drop)
    }
}

fn is_ended(kind: RowKind, item: &Item, detached_at: Timestamp) -> bool {
    let is_before = |name: &str| number_of(item, name).is_some_and(|at| at <= detached_at.0);
    let epoch = number_of(item, "epoch").unwrap_or_default();
    match kind {
        RowKind::Event if epoch == 0 => is_before("received_at"),
        kind => kind.is_of_users() && epoch <= detached_at.0,
    }
}

fn condition(kind: RowKind) -> &'static str {
    match kind {
        RowKind::Event => EVENT_OF_ENDED,
        _ => OF_ENDED,
    }
}

fn values(kind: RowKind, detached_at: Timestamp) -> Item {
    let mut values = Item::from([(":detached".into(), n(detached_at.0))]);
    if kind == RowKind::Event {
        values.insert(":zero".into(), n(0));
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::s;

    #[test]
    fn only_what_is_of_users_and_older_than_the_detach_ends() {
        let is_ended = |sort: &str, numbers: &[(&str, i64)]| {
            let mut item = Item::from([("chat_id".into(), s(sort))]);
            let numbers = numbers.iter().map(|(name, it)| ((*name).to_owned(), n(it)));
            item.extend(numbers);
            is_ended(RowKind::of(sort), &item, Timestamp(20))
        };
        for sort in ["U1", "U1#e", "@bot#e", "@m#a", "@timer#a"] {
            assert!(is_ended(sort, &[("epoch", 10)]), "{sort}");
            assert!(is_ended(sort, &[("epoch", 20)]), "{sort}");
            assert!(!is_ended(sort, &[("epoch", 21)]), "{sort}");
        }
        for sort in ["@bot", "@limit#a", "@erase#a", "@usage#2026-11", "@audit#1"] {
            assert!(!is_ended(sort, &[("epoch", 10)]), "{sort}");
        }
        assert!(is_ended("U1", &[]));
        assert!(is_ended("U1#e", &[("epoch", 0), ("received_at", 19)]));
        assert!(!is_ended("U1#e", &[("epoch", 0), ("received_at", 21)]));
        assert!(!is_ended("U1#e", &[]));
    }
}
