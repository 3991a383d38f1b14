//! The rows as they are, and as they were some writes ago.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use crate::value::Item;

/// Number of writes that are remembered.
const MEMORY: usize = 1_000;

/// Which row.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) hash: String,
    pub(super) sort: String,
}

impl Key {
    pub(super) fn new(hash: &str, sort: &str) -> Self {
        Self {
            hash: hash.to_owned(),
            sort: sort.to_owned(),
        }
    }
}

/// One row's change, to be made or not.
#[derive(Debug)]
pub(super) struct Change {
    pub(super) key: Key,
    pub(super) after: Option<Arc<Item>>,
}

/// All rows.
#[derive(Debug, Default, Clone)]
pub(super) struct Rows {
    rows: BTreeMap<Key, Arc<Item>>,
    /// What each of the last writes found, the newest first.
    history: VecDeque<(Key, Option<Arc<Item>>)>,
}

impl Rows {
    pub(super) fn get(&self, key: &Key) -> Option<&Arc<Item>> {
        self.rows.get(key)
    }

    /// Makes a change; gives what was there.
    pub(super) fn make(&mut self, change: Change) -> Option<Arc<Item>> {
        let Change { key, after } = change;
        let changes_nothing = match (self.rows.get(&key), &after) {
            (Some(before), Some(after)) => Arc::ptr_eq(before, after),
            (None, None) => true,
            _ => false,
        };
        // A mere check is no write.
        if changes_nothing {
            return after;
        }
        let before = match after {
            Some(item) => self.rows.insert(key.clone(), item),
            None => self.rows.remove(&key),
        };
        self.history.truncate(MEMORY - 1);
        self.history.push_front((key, before.clone()));
        before
    }

    /// One partition's rows, in the order of their keys.
    pub(super) fn partition<'a>(
        &'a self,
        hash: &'a str,
    ) -> impl Iterator<Item = (&'a Key, &'a Arc<Item>)> {
        let from = Key::new(hash, "");
        self.rows
            .range(from..)
            .take_while(move |(key, _)| key.hash == hash)
    }

    /// All rows.
    pub(super) fn all(&self) -> impl Iterator<Item = &Item> {
        self.rows.values().map(Arc::as_ref)
    }

    /// Deletes rows, as writes do; gives their sort keys.
    pub(super) fn remove_where(&mut self, is_over: impl Fn(&Item) -> bool) -> Vec<String> {
        let over: Vec<_> = self
            .rows
            .iter()
            .filter(|(_, item)| is_over(item))
            .map(|(key, _)| key.clone())
            .collect();
        let removed = over.iter().map(|key| key.sort.clone()).collect();
        for key in over {
            self.make(Change { key, after: None });
        }
        removed
    }

    /// All rows as they were a number of writes ago.
    pub(super) fn some_writes_ago(
        &self,
        writes: usize,
    ) -> impl Iterator<Item = (&Key, &Arc<Item>)> {
        let mut old: BTreeMap<&Key, Option<&Arc<Item>>> = BTreeMap::new();
        // From the newest to the oldest, so that the oldest stays.
        for (key, before) in self.history.iter().take(writes) {
            old.insert(key, before.as_ref());
        }
        let gone: Vec<_> = old
            .clone()
            .into_iter()
            .filter(|(key, _)| !self.rows.contains_key(*key))
            .collect();
        let there = self.rows.iter().map(move |(key, item)| {
            let item = old.get(key).copied().unwrap_or(Some(item));
            (key, item)
        });
        there
            .chain(gone)
            .filter_map(|(key, item)| Some((key, item?)))
    }
}
