//! Writing one row: a put, an update, a delete, or only a check.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::definition::Definition;
use crate::expression::condition::Condition;
use crate::expression::update::Update;
use crate::expression::{Parser, Scope};
use crate::failure::Failure;
use crate::request::Write;
use crate::rows::{Change, Key, Rows};
use crate::value::{Item, Value, item_size};
use crate::{Table, body};

/// The most bytes of an item.
const MOST_BYTES: usize = 400 * 1024;

/// Which write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Put,
    Update,
    Delete,
    Check,
}

/// A write that has been read: all that can be wrong with the request alone is not.
#[derive(Debug)]
pub(super) struct Prepared {
    /// The item, or the key.
    given: Item,
    action: Action,
    condition: Option<Condition>,
    return_old: bool,
}

#[derive(Debug)]
enum Action {
    Put,
    Update(Update),
    Delete,
    Check,
}

impl Table {
    pub(super) fn write(&mut self, kind: Kind, mut write: Write) -> Result<Vec<u8>, Failure> {
        self.definition.check_table(&write.table_name)?;
        let returns = Returns::read(kind, write.return_values.take().as_deref())?;
        let prepared = Prepared::read(kind, write)?;
        let change = prepared.change(&self.definition, &self.rows)?;
        let after = change.after.clone();
        let before = self.rows.make(change);
        let returned = match returns {
            Returns::Nothing => None,
            Returns::Old => before,
            Returns::New => after,
        };
        let attributes = returned.as_deref().map(|item| ("Attributes", item));
        Ok(body(&BTreeMap::from_iter(attributes)))
    }
}

/// What a write answers with.
#[derive(Debug, Clone, Copy)]
enum Returns {
    Nothing,
    Old,
    New,
}

impl Returns {
    fn read(kind: Kind, wanted: Option<&str>) -> Result<Self, Failure> {
        match (wanted, kind) {
            (None | Some("NONE"), _) => Ok(Self::Nothing),
            (Some("ALL_OLD"), _) => Ok(Self::Old),
            (Some("ALL_NEW"), Kind::Update) => Ok(Self::New),
            _ => Err(Failure::validation("Return values set to invalid value")),
        }
    }
}

impl Prepared {
    pub(super) fn read(kind: Kind, write: Write) -> Result<Self, Failure> {
        check_members(kind, &write)?;
        let has_expression =
            write.condition_expression.is_some() || write.update_expression.is_some();
        let (names, values) = (
            write.expression_attribute_names,
            write.expression_attribute_values,
        );
        if !has_expression && (names.is_some() || values.is_some()) {
            return Err(Failure::validation(
                "ExpressionAttributeNames and ExpressionAttributeValues can only be specified when using expressions",
            ));
        }
        let given = write.item.or(write.key).unwrap_or_default().read()?;
        let mut scope = Scope::read(names, values)?;
        let condition = write
            .condition_expression
            .as_deref()
            .map(|text| Parser::read("ConditionExpression", text, &mut scope, Condition::read))
            .transpose()?;
        let action = Action::read(kind, write.update_expression.as_deref(), &mut scope)?;
        scope.check_all_used()?;
        if kind == Kind::Put {
            check_size(&given)?;
        }
        let returns = write.return_values_on_condition_check_failure;
        Ok(Self {
            given,
            action,
            condition,
            return_old: returns.as_deref() == Some("ALL_OLD"),
        })
    }

    /// Which row the request names, whether or not there can be one.
    pub(super) fn named(&self, definition: &Definition) -> Option<(&Value, &Value)> {
        let hash = self.given.get(&definition.hash);
        hash.zip(self.given.get(&definition.sort))
    }

    fn key(&self, definition: &Definition) -> Result<Key, Failure> {
        match self.action {
            Action::Put => definition.key_of(&self.given),
            Action::Update(_) | Action::Delete | Action::Check => definition.key(&self.given),
        }
    }

    /// The change that it makes of the rows as they are, if its condition holds.
    pub(super) fn change(&self, definition: &Definition, rows: &Rows) -> Result<Change, Failure> {
        let key = self.key(definition)?;
        let before = rows.get(&key);
        self.check_condition(before)?;
        let after = match &self.action {
            Action::Put => Some(Arc::new(self.given.clone())),
            Action::Delete => None,
            Action::Check => before.cloned(),
            Action::Update(update) => Some(Arc::new(self.updated(update, before, definition)?)),
        };
        Ok(Change { key, after })
    }

    fn check_condition(&self, before: Option<&Arc<Item>>) -> Result<(), Failure> {
        let nothing = Item::new();
        let item = before.map_or(&nothing, Arc::as_ref);
        match &self.condition {
            Some(condition) if !condition.holds(item) => {
                let returned = before.filter(|_| self.return_old);
                Err(Failure::Condition(returned.map(|item| (**item).clone())))
            }
            _ => Ok(()),
        }
    }

    /// The row after the update; one that was not there begins with its key.
    fn updated(
        &self,
        update: &Update,
        before: Option<&Arc<Item>>,
        definition: &Definition,
    ) -> Result<Item, Failure> {
        let before = before.map_or(&self.given, Arc::as_ref);
        let mut targets = update.targets();
        if let Some(path) = targets.find(|path| definition.is_key(&path.attribute)) {
            let name = &path.attribute;
            return Err(Failure::Validation(format!(
                "One or more parameter values were invalid: Cannot update attribute {name}. \
                 This attribute is part of the key"
            )));
        }
        let after = update.apply(before)?;
        definition.check_indexes(before, &after)?;
        check_size(&after)?;
        Ok(after)
    }
}

impl Action {
    fn read(kind: Kind, update: Option<&str>, scope: &mut Scope) -> Result<Self, Failure> {
        Ok(match kind {
            Kind::Put => Self::Put,
            Kind::Delete => Self::Delete,
            Kind::Check => Self::Check,
            Kind::Update => match update {
                Some(text) => {
                    Self::Update(Parser::read("UpdateExpression", text, scope, Update::read)?)
                }
                None => Self::Update(Update::default()),
            },
        })
    }
}

/// Each kind has its own members.
fn check_members(kind: Kind, write: &Write) -> Result<(), Failure> {
    let has_its_own = match kind {
        Kind::Put => write.item.is_some() && write.key.is_none(),
        _ => write.key.is_some() && write.item.is_none(),
    };
    let fits = has_its_own
        && (kind == Kind::Update || write.update_expression.is_none())
        && (kind != Kind::Check || write.condition_expression.is_some());
    match fits {
        true => Ok(()),
        false => Err(Failure::validation("A member is missing, or one too many")),
    }
}

fn check_size(item: &Item) -> Result<(), Failure> {
    match item_size(item) <= MOST_BYTES {
        true => Ok(()),
        false => Err(Failure::validation(
            "Item size has exceeded the maximum allowed size",
        )),
    }
}
