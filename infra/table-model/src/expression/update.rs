//! Updates: SET, REMOVE, ADD and DELETE.

use crate::expression::Parser;
use crate::expression::parser::wrong_operand;
use crate::expression::path::Path;
use crate::failure::Failure;
use crate::value::{Item, Value};

/// An update of an item.
#[derive(Debug, Default)]
pub(crate) struct Update {
    set: Vec<(Path, Term)>,
    remove: Vec<Path>,
    add: Vec<(Path, Value)>,
    delete: Vec<(Path, Value)>,
}

/// What is set.
#[derive(Debug)]
enum Term {
    Path(Path),
    Value(Value),
    IfNotExists(Path, Box<Term>),
    Append(Box<Term>, Box<Term>),
    Sum(Box<Term>, Box<Term>),
    Difference(Box<Term>, Box<Term>),
}

impl Update {
    /// Reads an update; each section comes once.
    pub(crate) fn read(parser: &mut Parser<'_>) -> Result<Self, String> {
        let mut update = Self::default();
        while parser.peek().is_some() {
            update.section(parser)?;
        }
        if update.targets().next().is_none() {
            return Err(parser.unexpected());
        }
        update.check_overlaps().map(|()| update)
    }

    fn section(&mut self, parser: &mut Parser<'_>) -> Result<(), String> {
        if parser.takes_word("SET") {
            once("SET", &mut self.set, parser.list(assignment)?)
        } else if parser.takes_word("REMOVE") {
            once("REMOVE", &mut self.remove, parser.list(Parser::path)?)
        } else if parser.takes_word("ADD") {
            let adds = parser.list(|parser| change(parser, "ADD", addable))?;
            once("ADD", &mut self.add, adds)
        } else if parser.takes_word("DELETE") {
            let deletes = parser.list(|parser| change(parser, "DELETE", is_set))?;
            once("DELETE", &mut self.delete, deletes)
        } else {
            Err(parser.unexpected())
        }
    }

    /// What it changes.
    pub(crate) fn targets(&self) -> impl Iterator<Item = &Path> {
        let set = self.set.iter().map(|(path, _)| path);
        let add = self.add.iter().map(|(path, _)| path);
        let delete = self.delete.iter().map(|(path, _)| path);
        set.chain(&self.remove).chain(add).chain(delete)
    }

    fn check_overlaps(&self) -> Result<(), String> {
        let targets: Vec<_> = self.targets().collect();
        for (place, one) in targets.iter().enumerate() {
            if let Some(two) = targets[place + 1..].iter().find(|two| one.overlaps(two)) {
                return Err(format!(
                    "Two document paths overlap with each other; must remove or rewrite one of \
                     these paths; path one: {one}, path two: {two}"
                ));
            }
        }
        Ok(())
    }

    /// The item after the update. All is worked out from the item before it, and
    /// written in the order of the paths, so that places in lists keep their meaning.
    pub(crate) fn apply(&self, before: &Item) -> Result<Item, Failure> {
        let mut writes = self.changes(before)?;
        let mut after = before.clone();
        let mut removals = Vec::new();
        writes.sort_by_key(|(path, _)| *path);
        for (path, value) in writes {
            match value {
                Some(value) => path.set(&mut after, value)?,
                None => removals.push(path),
            }
        }
        for path in &self.remove {
            // Only checked, where nothing is there: what was appended stays.
            match path.get(before) {
                Some(_) => removals.push(path),
                None => path.check(before)?,
            }
        }
        removals.sort_by(|one, two| two.cmp(one));
        for path in removals {
            path.remove(&mut after)?;
        }
        Ok(after)
    }

    /// Each path's new value; none if it goes, as a set does with its last member.
    fn changes(&self, before: &Item) -> Result<Vec<(&Path, Option<Value>)>, Failure> {
        let mut changes = Vec::new();
        for (path, value) in &self.add {
            changes.push((path, Some(added(path.get(before), value)?)));
        }
        for (path, value) in &self.delete {
            match path.get(before) {
                Some(there) => changes.push((path, without(there, value)?)),
                None => path.check(before)?,
            }
        }
        for (path, term) in &self.set {
            changes.push((path, Some(term.of(before)?)));
        }
        Ok(changes)
    }
}

fn once<T>(section: &str, kept: &mut Vec<T>, read: Vec<T>) -> Result<(), String> {
    if !kept.is_empty() {
        return Err(format!(
            "The \"{section}\" section can only be used once in an update expression;"
        ));
    }
    *kept = read;
    Ok(())
}

fn assignment(parser: &mut Parser<'_>) -> Result<(Path, Term), String> {
    let path = parser.path()?;
    parser.expect("=")?;
    Ok((path, Term::read(parser)?))
}

fn change(
    parser: &mut Parser<'_>,
    section: &str,
    fits: fn(&Value) -> bool,
) -> Result<(Path, Value), String> {
    let (path, value) = (parser.path()?, parser.value()?);
    match fits(&value) {
        true => Ok((path, value)),
        false => Err(wrong_operand(section, &value)),
    }
}

fn is_set(value: &Value) -> bool {
    matches!(value, Value::Ss(_) | Value::Ns(_) | Value::Bs(_))
}

fn addable(value: &Value) -> bool {
    is_set(value) || matches!(value, Value::N(_))
}

fn added(there: Option<&Value>, value: &Value) -> Result<Value, Failure> {
    Ok(match (there, value) {
        (None, value) => value.clone(),
        (Some(Value::N(one)), Value::N(two)) => Value::N(one.plus(*two)?),
        (Some(Value::Ss(one)), Value::Ss(two)) => Value::Ss(one | two),
        (Some(Value::Ns(one)), Value::Ns(two)) => Value::Ns(one | two),
        (Some(Value::Bs(one)), Value::Bs(two)) => Value::Bs(one | two),
        _ => return Err(wrong_type()),
    })
}

/// What is left of a set.
fn without(there: &Value, value: &Value) -> Result<Option<Value>, Failure> {
    let left = match (there, value) {
        (Value::Ss(one), Value::Ss(two)) => Value::Ss(one - two),
        (Value::Ns(one), Value::Ns(two)) => Value::Ns(one - two),
        (Value::Bs(one), Value::Bs(two)) => Value::Bs(one - two),
        _ => return Err(wrong_type()),
    };
    Ok(match &left {
        Value::Ss(set) if set.is_empty() => None,
        Value::Ns(set) if set.is_empty() => None,
        Value::Bs(set) if set.is_empty() => None,
        _ => Some(left),
    })
}

fn wrong_type() -> Failure {
    Failure::validation("An operand in the update expression has an incorrect data type")
}

impl Term {
    fn read(parser: &mut Parser<'_>) -> Result<Self, String> {
        let left = Self::operand(parser)?;
        let sum = if parser.takes("+") {
            Self::Sum
        } else if parser.takes("-") {
            Self::Difference
        } else {
            return Ok(left);
        };
        let right = Self::operand(parser)?;
        left.check("+ or -", |value| matches!(value, Value::N(_)))?;
        right.check("+ or -", |value| matches!(value, Value::N(_)))?;
        Ok(sum(left.into(), right.into()))
    }

    fn operand(parser: &mut Parser<'_>) -> Result<Self, String> {
        if parser.takes("(") {
            let inner = Self::read(parser)?;
            return parser.expect(")").map(|()| inner);
        }
        match parser.function() {
            Some(name) => Self::function(name, parser),
            None if parser.path_is_next() => Ok(Self::Path(parser.path()?)),
            None => Ok(Self::Value(parser.value()?)),
        }
    }

    fn function(name: &str, parser: &mut Parser<'_>) -> Result<Self, String> {
        let term = match name {
            "if_not_exists" => {
                let path = parser.path()?;
                parser.expect(",")?;
                Self::IfNotExists(path, Self::operand(parser)?.into())
            }
            "list_append" => {
                let left = Self::operand(parser)?;
                parser.expect(",")?;
                let right = Self::operand(parser)?;
                left.check(name, |value| matches!(value, Value::L(_)))?;
                right.check(name, |value| matches!(value, Value::L(_)))?;
                Self::Append(left.into(), right.into())
            }
            _ => return Err(format!("Invalid function name; function: {name}")),
        };
        parser.expect(")").map(|()| term)
    }

    /// A value that the request gives must be of the operator's type.
    fn check(&self, operator: &str, fits: fn(&Value) -> bool) -> Result<(), String> {
        match self {
            Self::Value(value) if !fits(value) => Err(wrong_operand(operator, value)),
            _ => Ok(()),
        }
    }

    fn of(&self, item: &Item) -> Result<Value, Failure> {
        match self {
            Self::Path(path) => path.get(item).cloned().ok_or_else(|| {
                Failure::validation(
                    "The provided expression refers to an attribute that does not exist in the item",
                )
            }),
            Self::Value(value) => Ok(value.clone()),
            Self::IfNotExists(path, otherwise) => match path.get(item) {
                Some(value) => Ok(value.clone()),
                None => otherwise.of(item),
            },
            Self::Append(left, right) => match (left.of(item)?, right.of(item)?) {
                (Value::L(left), Value::L(right)) => Ok(Value::L([left, right].concat())),
                _ => Err(wrong_type()),
            },
            Self::Sum(left, right) => sum(left.of(item)?, right.of(item)?, 1),
            Self::Difference(left, right) => sum(left.of(item)?, right.of(item)?, -1),
        }
    }
}

fn sum(left: Value, right: Value, sign: i8) -> Result<Value, Failure> {
    match (left, right) {
        (Value::N(left), Value::N(right)) if sign > 0 => Ok(Value::N(left.plus(right)?)),
        (Value::N(left), Value::N(right)) => Ok(Value::N(left.plus(right.negated())?)),
        _ => Err(wrong_type()),
    }
}
