//! Queries of the table and of its indexes, page by page.

use std::cmp::Ordering;
use std::sync::Arc;

use serde_json::{Value as Json, json};

use crate::definition::Index;
use crate::expression::condition::{Condition, order};
use crate::expression::key_condition::KeyCondition;
use crate::expression::{Parser, Scope};
use crate::failure::Failure;
use crate::request::Query;
use crate::rows::Key;
use crate::value::{Item, RawItem, Value, item_size};
use crate::{Table, body};

/// The most bytes of a page.
const MOST_BYTES: usize = 1024 * 1024;
const WRONG_START: &str = "The provided starting key is invalid";

/// An item, and where it stands: the index's sort key if an index is read, and its key.
#[derive(Debug)]
struct Entry {
    sort: Option<Value>,
    key: Key,
    item: Arc<Item>,
}

/// One page.
struct Page {
    entries: Vec<Entry>,
    is_last: bool,
}

impl Table {
    pub(super) fn query(&self, mut request: Query) -> Result<Vec<u8>, Failure> {
        self.check(&request)?;
        let names = request.expression_attribute_names.take();
        let mut scope = Scope::read(names, request.expression_attribute_values.take())?;
        let text = request.key_condition_expression.as_str();
        let condition = Parser::read("KeyConditionExpression", text, &mut scope, Condition::read)?;
        let filter = request.filter_expression.as_deref();
        let filter = filter
            .map(|text| Parser::read("FilterExpression", text, &mut scope, Condition::read))
            .transpose()?;
        scope.check_all_used()?;
        let index = request
            .index_name
            .as_deref()
            .map(|name| self.definition.index(name))
            .transpose()?;
        let condition = self.key_condition(condition, index)?;
        let start_key = request
            .exclusive_start_key
            .take()
            .map(RawItem::read)
            .transpose()?;
        let start = start_key
            .map(|key| self.start(&key, index, &condition))
            .transpose()?;
        let mut entries = self.entries(index, &condition);
        let forward = request.scan_index_forward.unwrap_or(true);
        if !forward {
            entries.reverse();
        }
        let after = |entry: &Entry| match &start {
            Some(start) if forward => standing(entry, start).is_gt(),
            Some(start) => standing(entry, start).is_lt(),
            None => true,
        };
        entries.retain(|entry| after(entry) && condition.holds(&entry.item));
        let page = page(entries, request.limit);
        Ok(body(&self.answer(&page, filter.as_ref(), index)))
    }

    fn check(&self, request: &Query) -> Result<(), Failure> {
        self.definition.check_table(&request.table_name)?;
        if request.limit == Some(0) {
            return Err(Failure::validation("A page has at least one item"));
        }
        if request.index_name.is_some() && request.consistent_read == Some(true) {
            return Err(Failure::validation(
                "Consistent reads are not supported on global secondary indexes",
            ));
        }
        Ok(())
    }

    fn key_condition(
        &self,
        condition: Condition,
        index: Option<&Index>,
    ) -> Result<KeyCondition, Failure> {
        let (hash, sort) = match index {
            None => (
                (self.definition.hash.as_str(), "S"),
                (self.definition.sort.as_str(), "S"),
            ),
            Some(index) => (index.hash.part(), index.sort.part()),
        };
        KeyCondition::of(condition, hash, sort)
    }

    /// What is in the partition, in order.
    fn entries(&self, index: Option<&Index>, condition: &KeyCondition) -> Vec<Entry> {
        let Some(index) = index else {
            let Value::S(hash) = &condition.hash else {
                return Vec::new();
            };
            let rows = self.rows.partition(hash);
            let entry = |(key, item): (&Key, &Arc<Item>)| Entry {
                sort: None,
                key: key.clone(),
                item: item.clone(),
            };
            return rows.map(entry).collect();
        };
        let rows = self.rows.some_writes_ago(self.lag);
        let in_index = rows.filter_map(|(key, item)| {
            let (hash, sort) = index.place(item)?;
            (*hash == condition.hash).then(|| Entry {
                sort: Some(sort.clone()),
                key: key.clone(),
                item: Arc::new(index.project(item, &self.definition)),
            })
        });
        let mut entries: Vec<_> = in_index.collect();
        entries.sort_by(standing);
        entries
    }

    /// Where a page begins: after an item with this key.
    fn start(
        &self,
        start: &Item,
        index: Option<&Index>,
        condition: &KeyCondition,
    ) -> Result<Entry, Failure> {
        let invalid = || Failure::validation(WRONG_START);
        let of_table: Item = start
            .iter()
            .filter(|(name, _)| self.definition.is_key(name))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        let key = self.definition.key(&of_table).map_err(|_| invalid())?;
        let (hash, sort) = match index {
            None => (Value::S(key.hash.clone()), None),
            Some(index) => {
                let (hash, sort) = index.place(start).ok_or_else(invalid)?;
                self.definition
                    .check_indexes(&Item::new(), start)
                    .map_err(|_| invalid())?;
                (hash.clone(), Some(sort.clone()))
            }
        };
        let is_key =
            |name: &String| self.definition.is_key(name) || index.is_some_and(|i| i.is_key(name));
        let fits = hash == condition.hash && condition.holds(start) && start.keys().all(is_key);
        match fits {
            true => Ok(Entry {
                sort,
                key,
                item: Arc::default(),
            }),
            false => Err(invalid()),
        }
    }

    fn answer(&self, page: &Page, filter: Option<&Condition>, index: Option<&Index>) -> Json {
        let scanned = page.entries.len();
        let next = page.entries.last().filter(|_| !page.is_last).map(|last| {
            let is_key = |name: &str| {
                self.definition.is_key(name) || index.is_some_and(|index| index.is_key(name))
            };
            let key = last.item.iter().filter(|(name, _)| is_key(name));
            key.collect::<std::collections::BTreeMap<_, _>>()
        });
        let items: Vec<_> = page
            .entries
            .iter()
            .map(|entry| entry.item.as_ref())
            .filter(|item| filter.is_none_or(|filter| filter.holds(item)))
            .collect();
        let count = items.len();
        let mut answer = json!({"Items": items, "Count": count, "ScannedCount": scanned});
        if let Some(next) = next {
            answer["LastEvaluatedKey"] = json!(next);
        }
        answer
    }
}

fn standing(one: &Entry, two: &Entry) -> Ordering {
    let sorts = one
        .sort
        .as_ref()
        .zip(two.sort.as_ref())
        .and_then(|(one, two)| order(one, two));
    sorts
        .unwrap_or(Ordering::Equal)
        .then_with(|| one.key.cmp(&two.key))
}

/// As many as fit into a page. One that is full may be the last: nobody looks further.
fn page(mut entries: Vec<Entry>, limit: Option<usize>) -> Page {
    let mut bytes = 0;
    let fit = entries.iter().take_while(|entry| {
        bytes += item_size(&entry.item);
        bytes <= MOST_BYTES
    });
    let most = limit.unwrap_or(usize::MAX);
    let fit = fit.count().min(most);
    let is_last = fit == entries.len() && fit < most;
    entries.truncate(fit);
    Page { entries, is_last }
}
