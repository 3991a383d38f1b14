//! All accounts, page after page, by the index that lists them. It may be some
//! moments behind the rows themselves.

use crate::domain::BotId;
use crate::store::{BotRow, Item, Store, StoreError, keys, s, version};

const OPERATION: &str = "list the bots";

/// One page of the accounts' rows.
#[derive(Debug)]
pub struct BotsPage {
    pub rows: Vec<(BotId, BotRow)>,
    /// Where the next page begins; none on the last.
    pub next: Option<Place>,
}

/// A place in an index.
#[derive(Debug, Clone)]
pub struct Place(pub(super) Item);

impl Store {
    /// A page of all accounts that have a row; `from` is the page before's `next`.
    /// An account whose id is kept as a hash is left out: nobody can tell which it is.
    ///
    /// # Errors
    /// The table is not available, or a row cannot be read.
    pub async fn bots(&self, from: Option<&Place>) -> Result<BotsPage, StoreError> {
        let query = self
            .client
            .query()
            .table_name(&self.table)
            .index_name(keys::BOTS)
            .key_condition_expression("listed = :listed")
            .expression_attribute_values(":listed", s(keys::LISTED))
            .set_exclusive_start_key(from.map(|place| place.0.clone()));
        let page = query
            .send()
            .await
            .map_err(StoreError::unavailable(OPERATION))?;
        let rows = page.items.unwrap_or_default().into_iter();
        Ok(BotsPage {
            rows: rows.filter_map(read).collect::<Result<_, _>>()?,
            next: page.last_evaluated_key.map(Place),
        })
    }
}

fn read(item: Item) -> Option<Result<(BotId, BotRow), StoreError>> {
    let bot = keys::bot_of(&item)?;
    let row = version::read(item).map_err(StoreError::unread(OPERATION));
    Some(row.map(|row| (bot, row)))
}
