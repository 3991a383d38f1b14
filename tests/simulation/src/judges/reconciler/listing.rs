//! LINE's list of accounts, as a walk was given it page by page.

use std::collections::{BTreeMap, BTreeSet};

/// A walk over LINE's list.
#[derive(Debug, Default, Clone)]
pub(super) struct Listing {
    /// The second in which LINE gave the first page.
    pub(super) began: i64,
    /// Every page that LINE gave, by where it begins: the accounts, and where the next
    /// one begins. One that was asked for twice has two versions.
    pages: BTreeMap<String, Vec<Page>>,
}

/// The accounts of a page, and where the next one begins.
pub(super) type Page = (BTreeSet<String>, Option<String>);

impl Listing {
    /// One whose first page LINE gave in this second.
    pub(super) fn new(began: i64) -> Self {
        Self {
            began,
            ..Self::default()
        }
    }

    /// LINE has given a page that begins here.
    pub(super) fn given(&mut self, start: &str, page: Page) {
        self.pages.entry(start.to_owned()).or_default().push(page);
    }

    fn versions(&self) -> impl Iterator<Item = &Vec<Page>> {
        self.pages.values()
    }

    pub(super) fn has(&self, bot: &str) -> bool {
        self.versions().flatten().any(|page| page.0.contains(bot))
    }

    /// Whether it may have been read without the account.
    pub(super) fn lacks(&self, bot: &str) -> bool {
        self.is_complete()
            && self
                .versions()
                .all(|page| page.iter().any(|version| !version.0.contains(bot)))
    }

    pub(super) fn is_complete(&self) -> bool {
        let mut pages = self.versions().flatten();
        pages.any(|page| page.1.is_none())
    }
}
