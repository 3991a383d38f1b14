//! Reading rows by their keys.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Serialize, Serializer};
use serde_json::{Value as Json, json};

use crate::failure::Failure;
use crate::request::{BatchGetItem, GetItem, Keys};
use crate::value::{Item, RawItem, item_size};
use crate::{Table, body};

/// The most keys of a batch.
const MOST_KEYS: usize = 100;
/// The most bytes of a batch's rows.
const MOST_BYTES: usize = 16 * 1024 * 1024;

impl Table {
    pub(super) fn get_item(&self, request: GetItem) -> Result<Vec<u8>, Failure> {
        self.definition.check_table(&request.table_name)?;
        let key = self.definition.key(&request.key.read()?)?;
        let item = self.rows.get(&key).map(|item| ("Item", &**item));
        Ok(body(&BTreeMap::from_iter(item)))
    }

    pub(super) fn batch_get_item(&mut self, request: BatchGetItem) -> Result<Vec<u8>, Failure> {
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
        Ok(body(&BatchAnswer {
            responses,
            unprocessed_keys: left,
        }))
    }

    /// The rows of these keys, and the keys that were left, if any were.
    fn get_keys(&mut self, wanted: Keys) -> Result<(Vec<Projected>, Option<Json>), Failure> {
        let items = wanted
            .keys
            .into_iter()
            .map(RawItem::read)
            .collect::<Result<Vec<_>, _>>()?;
        let keys = items
            .iter()
            .map(|item| self.definition.key(item))
            .collect::<Result<Vec<_>, _>>()?;
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
        let rest = &items[processed..];
        let left = (!rest.is_empty()).then(|| {
            json!({
                "Keys": rest,
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

/// What a batch has found, and what it has left.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct BatchAnswer {
    responses: BTreeMap<String, Vec<Projected>>,
    unprocessed_keys: BTreeMap<String, Json>,
}

/// An item, or what a projection leaves of it.
enum Projected {
    Whole(Arc<Item>),
    Part(Item),
}

impl Serialize for Projected {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Whole(item) => item.as_ref().serialize(to),
            Self::Part(item) => item.serialize(to),
        }
    }
}

fn projected(item: &Arc<Item>, names: Option<&[&str]>) -> Projected {
    let Some(names) = names else {
        return Projected::Whole(Arc::clone(item));
    };
    let kept = item
        .iter()
        .filter(|(name, _)| names.contains(&name.as_str()))
        .map(|(name, value)| (name.clone(), value.clone()));
    Projected::Part(kept.collect())
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
