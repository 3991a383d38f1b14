//! The walk over LINE's list of accounts, page after page to its end. What has
//! no end, or a hole, is no list.

use std::collections::{BTreeMap, HashSet};

use shared::domain::{BotId, Timestamp};
use shared::line::endpoints::module::BotPage;
use shared::line::error::{LineError, LineErrorKind};

use crate::again::again;
use crate::{App, Failure};

/// Maximum number of times that a walk is begun again because its place in the list is no longer good.
const NEW_STARTS: usize = 2;

/// The whole list.
#[derive(Debug, Clone, Default)]
pub(crate) struct Listing {
    /// When LINE gave its first page, by LINE's clock.
    pub(crate) began: Timestamp,
    /// The accounts.
    pub(crate) bots: BTreeMap<BotId, Names>,
}

/// What the list tells of an account.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Names {
    pub(crate) display_name: Option<String>,
    pub(crate) basic_id: Option<String>,
}

/// Walks over the list; starts again if LINE has forgotten where we are.
pub(crate) async fn walk(app: &App) -> Result<Listing, Failure> {
    for _ in 0..NEW_STARTS {
        match walk_once(app).await {
            Err(Failure::List(error)) if error.kind == LineErrorKind::StartExpired => {
                tracing::warn!(%error, "the walk starts again");
            }
            result => return result,
        }
    }
    walk_once(app).await
}

async fn walk_once(app: &App) -> Result<Listing, Failure> {
    let mut listing = Listing::default();
    let first = page(app, None).await?;
    listing.began = first.at;
    let mut next = listing.take(first);
    let mut read = HashSet::new();
    while let Some(start) = next {
        if !read.insert(start.clone()) {
            return Err(Failure::ListInCircles);
        }
        next = listing.take(page(app, Some(&start)).await?);
    }
    Ok(listing)
}

async fn page(app: &App, start: Option<&str>) -> Result<BotPage, Failure> {
    let page: Result<BotPage, LineError> = again(app, || app.line.bots(start)).await;
    page.map_err(Failure::List)
}

impl Listing {
    /// Takes in a page; gives where the next begins.
    fn take(&mut self, page: BotPage) -> Option<String> {
        for bot in page.bots {
            let names = Names {
                display_name: bot.display_name,
                basic_id: bot.basic_id,
            };
            self.bots.insert(bot.user_id, names);
        }
        page.next
    }
}
