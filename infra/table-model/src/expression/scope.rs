//! The names and values that a request's expressions refer to. Each must be used.

use std::collections::{BTreeMap, BTreeSet};

use crate::failure::Failure;
use crate::value::{Item, RawItem, Value};

#[derive(Debug, Default)]
pub(crate) struct Scope {
    names: BTreeMap<String, String>,
    values: Item,
    used: BTreeSet<String>,
}

impl Scope {
    pub(crate) fn read(
        names: Option<BTreeMap<String, String>>,
        values: Option<RawItem>,
    ) -> Result<Self, Failure> {
        let is_empty = names.as_ref().is_some_and(BTreeMap::is_empty)
            || values.as_ref().is_some_and(RawItem::is_empty);
        if is_empty {
            return Err(Failure::validation(
                "ExpressionAttributeNames and ExpressionAttributeValues must not be empty",
            ));
        }
        Ok(Self {
            names: names.unwrap_or_default(),
            values: values.unwrap_or_default().read()?,
            used: BTreeSet::new(),
        })
    }

    /// The name that an alias stands for.
    pub(super) fn name(&mut self, alias: &str) -> Result<String, String> {
        self.used.insert(alias.to_owned());
        self.names.get(alias).cloned().ok_or_else(|| {
            format!("An expression attribute name used in the document path is not defined; attribute name: {alias}")
        })
    }

    /// The value that an alias stands for.
    pub(super) fn value(&mut self, alias: &str) -> Result<Value, String> {
        self.used.insert(alias.to_owned());
        self.values.get(alias).cloned().ok_or_else(|| {
            format!("An expression attribute value used in expression is not defined; attribute value: {alias}")
        })
    }

    /// Refuses what no expression has used.
    pub(crate) fn check_all_used(&self) -> Result<(), Failure> {
        let unused = |aliases: Vec<&String>| -> Vec<String> {
            let unused = aliases
                .into_iter()
                .filter(|alias| !self.used.contains(*alias));
            unused.cloned().collect()
        };
        for (what, aliases) in [
            ("Names", unused(self.names.keys().collect())),
            ("Values", unused(self.values.keys().collect())),
        ] {
            if !aliases.is_empty() {
                return Err(Failure::Validation(format!(
                    "Value provided in ExpressionAttribute{what} unused in expressions: keys: {{{}}}",
                    aliases.join(", ")
                )));
            }
        }
        Ok(())
    }
}
