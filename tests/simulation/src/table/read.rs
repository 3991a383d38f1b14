//! Reading rows by their keys.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value as Json, json};

use crate::table::Table;
use crate::table::failure::Failure;
use crate::table::request::{BatchGetItem, GetItem, Keys};
use crate::table::value::{Item, item_size, read_item};

/// The most keys of a batch.
const MOST_KEYS: usize = 100;
/// The most bytes of a batch's rows.
const MOST_BYTES: usize = 16 * 1024 * 1024;

impl Table {
    pub(super) fn get_item(&self, request: GetItem) -> Result<Json, Failure> {
        self.definition.check_table(&request.table_name)?;
        let key = self.definition.key(&read_item(request.key)?)?;
        Ok(match self.rows.get(&key) {
            Some(item) => json!({"Item": **item}),
            None => json!({}),
        })
    }

    pub(super) fn batch_get_item(&mut self, request: BatchGetItem) -> Result<Json, Failure> {
        let mut responses = BTreeMap::new();
        let mut left = BTreeMap::new();
        for (table, keys) in request.request_items {
            self.definition.check_table(&table)?;
            let (found, unprocessed) = self.get_keys(keys)?;
            responses.insert(table.clone(), found);
            if let Some(unprocessed) = unprocessed {
                left.insert(table, unprocessed);
            }
        }
        Ok(json!({"Responses": responses, "UnprocessedKeys": left}))
    }

    /// The rows of these keys, and the keys that were left, if any were.
    fn get_keys(&mut self, wanted: Keys) -> Result<(Vec<Json>, Option<Json>), Failure> {
        let items: Result<Vec<_>, _> = wanted.keys.into_iter().map(read_item).collect();
        let items = items?;
        let keys: Result<Vec<_>, _> = items.iter().map(|item| self.definition.key(item)).collect();
        let keys = keys?;
        check_keys(keys.len(), keys.iter().collect::<BTreeSet<_>>().len())?;
        let projection = wanted.projection_expression;
        let names = projection.as_deref().map(projection_names).transpose()?;
        let mut processed = keys
            .len()
            .saturating_sub(std::mem::take(&mut self.unprocessed));
        let mut found = Vec::new();
        let mut bytes = 0;
        for (place, key) in keys.iter().take(processed).enumerate() {
            let row = self.rows.get(key);
            bytes += row.map_or(0, |item| item_size(item));
            if bytes > MOST_BYTES {
                processed = place;
                break;
            }
            found.extend(row.map(|item| projected(item, names.as_deref())));
        }
        let left = &items[processed..];
        let left = (!left.is_empty()).then(|| {
            json!({
                "Keys": left,
                "ConsistentRead": wanted.consistent_read,
                "ProjectionExpression": projection,
            })
        });
        Ok((found, left))
    }
}

/// The attributes of a projection that names them plainly.
fn projection_names(expression: &str) -> Result<Vec<&str>, Failure> {
    let names: Vec<_> = expression.split(',').map(str::trim).collect();
    let is_plain = |name: &&str| {
        let mut letters = name.bytes();
        !name.is_empty() && letters.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    match names.iter().all(is_plain) {
        true => Ok(names),
        false => Err(Failure::validation("Invalid ProjectionExpression")),
    }
}

/// An item, or what a projection leaves of it.
fn projected(item: &Item, names: Option<&[&str]>) -> Json {
    match names {
        None => json!(item),
        Some(names) => {
            let kept = item
                .iter()
                .filter(|(name, _)| names.contains(&name.as_str()));
            json!(kept.collect::<BTreeMap<_, _>>())
        }
    }
}

fn check_keys(keys: usize, different: usize) -> Result<(), Failure> {
    if keys == 0 || keys > MOST_KEYS {
        return Err(Failure::validation("A batch has between 1 and 100 keys"));
    }
    match different == keys {
        true => Ok(()),
        false => Err(Failure::validation(
            "Provided list of item keys contains duplicates",
        )),
    }
}
