//! What the table is: its keys, and those of its indexes.

use serde::Deserialize;
use serde_json::Value as Json;

use crate::failure::Failure;
use crate::rows::Key;
use crate::value::{Item, Value};

const MISMATCH: &str = "The provided key element does not match the schema";
const INVALID: &str = "One or more parameter values were invalid:";

/// As a CreateTable request says it. Both keys are texts.
#[derive(Debug, Clone)]
pub(super) struct Definition {
    pub(super) table: String,
    pub(super) hash: String,
    pub(super) sort: String,
    pub(super) indexes: Vec<Index>,
}

/// A sparse global index.
#[derive(Debug, Clone)]
pub(super) struct Index {
    pub(super) name: String,
    pub(super) hash: KeyAttribute,
    pub(super) sort: KeyAttribute,
    /// Only keys are in it.
    keys_only: bool,
}

/// An attribute of an index's key, and its type.
#[derive(Debug, Clone)]
pub(super) struct KeyAttribute {
    pub(super) name: String,
    pub(super) kind: String,
}

impl Definition {
    pub(super) fn read(create: &Json) -> Self {
        let create: CreateTable =
            serde_json::from_value(create.clone()).expect("the members of a CreateTable request");
        let [hash, sort] = create.key(&create.key_schema);
        assert!(hash.kind == "S" && sort.kind == "S", "both keys are texts");
        Self {
            hash: hash.name,
            sort: sort.name,
            indexes: create.indexes(),
            table: create.table_name,
        }
    }

    pub(super) fn check_table(&self, name: &str) -> Result<(), Failure> {
        match name == self.table {
            true => Ok(()),
            false => Err(Failure::Other(
                "ResourceNotFoundException",
                "Requested resource not found".to_owned(),
            )),
        }
    }

    pub(super) fn index(&self, name: &str) -> Result<&Index, Failure> {
        let found = self.indexes.iter().find(|index| index.name == name);
        let message = || format!("The table does not have the specified index: {name}");
        found.ok_or_else(|| Failure::Validation(message()))
    }

    pub(super) fn is_key(&self, name: &str) -> bool {
        name == self.hash || name == self.sort
    }

    /// The key that a request names an item by: both attributes and no other.
    pub(super) fn key(&self, key: &Item) -> Result<Key, Failure> {
        let part = |name: &str| match key.get(name) {
            Some(Value::S(text)) if key.len() == 2 => Ok(text.as_str()),
            _ => Err(Failure::validation(MISMATCH)),
        };
        let key = Key::new(part(&self.hash)?, part(&self.sort)?);
        self.check_lengths(&key).map(|()| key)
    }

    /// The key of a whole item, which is checked against the indexes too.
    pub(super) fn key_of(&self, item: &Item) -> Result<Key, Failure> {
        let part = |name: &str| match item.get(name) {
            Some(Value::S(text)) => Ok(text.as_str()),
            Some(other) => Err(Failure::Validation(format!(
                "{INVALID} Type mismatch for key {name} expected: S actual: {}",
                other.kind()
            ))),
            None => Err(Failure::Validation(format!(
                "{INVALID} Missing the key {name} in the item"
            ))),
        };
        let key = Key::new(part(&self.hash)?, part(&self.sort)?);
        self.check_lengths(&key)?;
        self.check_indexes(&Item::new(), item).map(|()| key)
    }

    fn check_lengths(&self, key: &Key) -> Result<(), Failure> {
        for (name, text, most) in [(&self.hash, &key.hash, 2048), (&self.sort, &key.sort, 1024)] {
            if text.is_empty() {
                return Err(empty(name));
            }
            if text.len() > most {
                return Err(Failure::Validation(format!(
                    "{INVALID} Size of {name} has exceeded the maximum size limit of {most} bytes"
                )));
            }
        }
        Ok(())
    }

    /// What has changed in an item must fit the keys of the indexes.
    pub(super) fn check_indexes(&self, before: &Item, after: &Item) -> Result<(), Failure> {
        for index in &self.indexes {
            for key in [&index.hash, &index.sort] {
                let now = after.get(&key.name);
                if let Some(value) = now.filter(|_| before.get(&key.name) != now) {
                    key.check(value, index)?;
                }
            }
        }
        Ok(())
    }
}

impl KeyAttribute {
    /// Its name and its type.
    pub(super) fn part(&self) -> (&str, &str) {
        (&self.name, &self.kind)
    }

    fn check(&self, value: &Value, index: &Index) -> Result<(), Failure> {
        if value.kind() == self.kind {
            return match *value == Value::S(String::new()) {
                true => Err(empty(&self.name)),
                false => Ok(()),
            };
        }
        Err(Failure::Validation(format!(
            "{INVALID} Type mismatch for Index Key {} Expected: {} Actual: {} IndexName: {}",
            self.name,
            self.kind,
            value.kind(),
            index.name
        )))
    }
}

impl Index {
    /// Where an item stands in the index; none if it is not in it.
    pub(super) fn place<'a>(&self, item: &'a Item) -> Option<(&'a Value, &'a Value)> {
        item.get(&self.hash.name).zip(item.get(&self.sort.name))
    }

    /// What the index has of an item.
    pub(super) fn project(&self, item: &Item, table: &Definition) -> Item {
        let kept = |name: &str| !self.keys_only || self.is_key(name) || table.is_key(name);
        item.iter()
            .filter(|(name, _)| kept(name))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect()
    }

    pub(super) fn is_key(&self, name: &str) -> bool {
        name == self.hash.name || name == self.sort.name
    }
}

fn empty(name: &str) -> Failure {
    Failure::EmptyKey(format!(
        "One or more parameter values are not valid. The AttributeValue for a key attribute \
         cannot contain an empty string value. Key: {name}"
    ))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct CreateTable {
    table_name: String,
    attribute_definitions: Vec<AttributeDefinition>,
    key_schema: Vec<KeySchema>,
    #[serde(default)]
    global_secondary_indexes: Vec<GlobalIndex>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct AttributeDefinition {
    attribute_name: String,
    attribute_type: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct KeySchema {
    attribute_name: String,
    key_type: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GlobalIndex {
    index_name: String,
    key_schema: Vec<KeySchema>,
    projection: Projection,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Projection {
    projection_type: String,
}

impl CreateTable {
    /// Partition key and sort key.
    fn key(&self, schema: &[KeySchema]) -> [KeyAttribute; 2] {
        ["HASH", "RANGE"].map(|wanted| {
            let part = schema.iter().find(|part| part.key_type == wanted);
            let name = &part.expect("a key of two parts").attribute_name;
            let mut types = self.attribute_definitions.iter();
            let attribute = types.find(|attribute| attribute.attribute_name == *name);
            KeyAttribute {
                name: name.clone(),
                kind: attribute.expect("its type").attribute_type.clone(),
            }
        })
    }

    fn indexes(&self) -> Vec<Index> {
        let indexes = self.global_secondary_indexes.iter().map(|index| {
            let [hash, sort] = self.key(&index.key_schema);
            let keys_only = match index.projection.projection_type.as_str() {
                "ALL" => false,
                "KEYS_ONLY" => true,
                other => panic!("the model has no indexes that project {other}"),
            };
            Index {
                name: index.index_name.clone(),
                hash,
                sort,
                keys_only,
            }
        });
        indexes.collect()
    }
}
