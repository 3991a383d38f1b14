//! Paths into an item: `effects[1].reason`.

use std::fmt;

use crate::failure::Failure;
use crate::value::{Item, Value};

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    Name(String),
    Index(usize),
}

/// A path: an attribute, and steps from it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Path {
    pub(crate) attribute: String,
    pub(super) steps: Vec<Step>,
}

impl Path {
    /// What is there.
    pub(super) fn get<'a>(&self, item: &'a Item) -> Option<&'a Value> {
        let first = item.get(&self.attribute)?;
        self.steps.iter().try_fold(first, child)
    }

    /// Puts a value there; past the end of a list it comes last.
    pub(super) fn set(&self, item: &mut Item, value: Value) -> Result<(), Failure> {
        let Some((last, parents)) = self.steps.split_last() else {
            item.insert(self.attribute.clone(), value);
            return Ok(());
        };
        match (self.parent(item, parents)?, last) {
            (Value::M(members), Step::Name(name)) => {
                members.insert(name.clone(), value);
            }
            (Value::L(values), Step::Index(place)) => match values.get_mut(*place) {
                Some(there) => *there = value,
                None => values.push(value),
            },
            _ => return Err(no_such_path()),
        }
        Ok(())
    }

    /// Takes away what is there, if anything is.
    pub(super) fn remove(&self, item: &mut Item) -> Result<(), Failure> {
        let Some((last, parents)) = self.steps.split_last() else {
            item.remove(&self.attribute);
            return Ok(());
        };
        match (self.parent(item, parents)?, last) {
            (Value::M(members), Step::Name(name)) => {
                members.remove(name);
            }
            (Value::L(values), Step::Index(place)) if *place < values.len() => {
                values.remove(*place);
            }
            (Value::L(_), Step::Index(_)) => {}
            _ => return Err(no_such_path()),
        }
        Ok(())
    }

    /// Whether something could be there: what it is to stand in is there.
    pub(super) fn check(&self, item: &Item) -> Result<(), Failure> {
        let Some((last, parents)) = self.steps.split_last() else {
            return Ok(());
        };
        let first = item.get(&self.attribute);
        let parent = first.and_then(|first| parents.iter().try_fold(first, child));
        match (parent, last) {
            (Some(Value::M(_)), Step::Name(_)) | (Some(Value::L(_)), Step::Index(_)) => Ok(()),
            _ => Err(no_such_path()),
        }
    }

    /// Whether it has no steps.
    pub(super) fn is_attribute(&self) -> bool {
        self.steps.is_empty()
    }

    /// Whether the one path leads to the other or beyond.
    pub(super) fn overlaps(&self, other: &Self) -> bool {
        let mut steps = self.steps.iter().zip(&other.steps);
        self.attribute == other.attribute && steps.all(|(one, two)| one == two)
    }

    fn parent<'a>(&self, item: &'a mut Item, steps: &[Step]) -> Result<&'a mut Value, Failure> {
        let first = item.get_mut(&self.attribute);
        let parent = first.and_then(|first| steps.iter().try_fold(first, child_mut));
        parent.ok_or_else(no_such_path)
    }
}

fn child<'a>(value: &'a Value, step: &Step) -> Option<&'a Value> {
    match (value, step) {
        (Value::M(members), Step::Name(name)) => members.get(name),
        (Value::L(values), Step::Index(place)) => values.get(*place),
        _ => None,
    }
}

fn child_mut<'a>(value: &'a mut Value, step: &Step) -> Option<&'a mut Value> {
    match (value, step) {
        (Value::M(members), Step::Name(name)) => members.get_mut(name),
        (Value::L(values), Step::Index(place)) => values.get_mut(*place),
        _ => None,
    }
}

fn no_such_path() -> Failure {
    Failure::validation("The document path provided in the update expression is invalid for update")
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}", self.attribute)?;
        for step in &self.steps {
            match step {
                Step::Name(name) => write!(f, ", {name}")?,
                Step::Index(place) => write!(f, ", [{place}]")?,
            }
        }
        f.write_str("]")
    }
}
