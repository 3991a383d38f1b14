//! Several writes at once: all of them, or none.

use std::hash::{DefaultHasher, Hash, Hasher};

use crate::Table;
use crate::failure::Failure;
use crate::request::{Action, TransactWriteItems, Write};
use crate::rows::Change;
use crate::write::{Kind, Prepared};

/// The most writes of a transaction.
const MOST_ACTIONS: usize = 100;
/// An answer that tells nothing but that it is done.
const NOTHING: &str = "{}";

impl Table {
    /// A transaction whose request token is known has been made, and is not made again.
    pub(super) fn transact_write_items(
        &mut self,
        request: TransactWriteItems,
        body: &[u8],
    ) -> Result<Vec<u8>, Failure> {
        let actions = read(request.transact_items)?;
        let token = request.client_request_token;
        if let Some(token) = &token
            && let Some(known) = self.tokens.get(token)
        {
            return match *known == fingerprint(body) {
                true => Ok(NOTHING.into()),
                false => Err(mismatch()),
            };
        }
        let actions = self.prepare(actions)?;
        for change in self.changes(&actions)? {
            self.rows.make(change);
        }
        if let Some(token) = token {
            self.tokens.insert(token, fingerprint(body));
        }
        Ok(NOTHING.into())
    }

    fn prepare(&self, actions: Vec<(Kind, Write)>) -> Result<Vec<Prepared>, Failure> {
        let prepare = |(kind, write): (Kind, Write)| {
            self.definition.check_table(&write.table_name)?;
            Prepared::read(kind, write)
        };
        let actions: Vec<_> = actions.into_iter().map(prepare).collect::<Result<_, _>>()?;
        self.check_different(&actions).map(|()| actions)
    }

    fn check_different(&self, actions: &[Prepared]) -> Result<(), Failure> {
        let mut seen = Vec::new();
        for action in actions {
            let named = action.named(&self.definition);
            if named.is_some() && seen.contains(&named) {
                return Err(Failure::validation(
                    "Transaction request cannot include multiple operations on one item",
                ));
            }
            seen.push(named);
        }
        Ok(())
    }

    /// What all of it changes, or why nothing is changed.
    fn changes(&self, actions: &[Prepared]) -> Result<Vec<Change>, Failure> {
        let mut changes = Vec::new();
        let mut reasons = Vec::new();
        for action in actions {
            match action.change(&self.definition, &self.rows) {
                Ok(change) => {
                    changes.push(change);
                    reasons.push(None);
                }
                Err(failure @ Failure::EmptyKey(_)) => return Err(failure),
                Err(failure) => reasons.push(Some(failure)),
            }
        }
        match changes.len() == actions.len() {
            true => Ok(changes),
            false => Err(Failure::Cancelled(reasons)),
        }
    }
}

/// The actions, each with the members that it must have.
fn read(actions: Vec<Action>) -> Result<Vec<(Kind, Write)>, Failure> {
    if actions.is_empty() || actions.len() > MOST_ACTIONS {
        return Err(Failure::validation(
            "A transaction has between 1 and 100 actions",
        ));
    }
    let read = |action| {
        let (kind, write) = match action {
            Action::Put(write) => (Kind::Put, write),
            Action::Update(write) => (Kind::Update, write),
            Action::Delete(write) => (Kind::Delete, write),
            Action::ConditionCheck(write) => (Kind::Check, write),
        };
        match kind == Kind::Update && write.update_expression.is_none() {
            true => Err(Failure::validation("An update needs its expression")),
            false => Ok((kind, write)),
        }
    };
    actions.into_iter().map(read).collect()
}

/// The SDK writes a retry's body exactly as the first one's.
fn fingerprint(body: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    body.hash(&mut hasher);
    hasher.finish()
}

fn mismatch() -> Failure {
    Failure::Other(
        "IdempotentParameterMismatchException",
        "The request uses the same client token as a previous, but non-identical request"
            .to_owned(),
    )
}
