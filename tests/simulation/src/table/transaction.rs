//! Several writes at once: all of them, or none.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::{Value as Json, json};

use crate::table::Table;
use crate::table::failure::Failure;
use crate::table::request::{Action, TransactWriteItems};
use crate::table::rows::Change;
use crate::table::write::{Kind, Prepared};

/// The most writes of a transaction.
const MOST_ACTIONS: usize = 100;

impl Table {
    /// A transaction whose request token is known has been made, and is not made again.
    pub(super) fn transact_write_items(
        &mut self,
        request: TransactWriteItems,
        body: &[u8],
    ) -> Result<Json, Failure> {
        let actions = self.prepare(request.transact_items)?;
        let token = request.client_request_token;
        if let Some(token) = &token
            && let Some(known) = self.tokens.get(token)
        {
            return match *known == fingerprint(body) {
                true => Ok(json!({})),
                false => Err(mismatch()),
            };
        }
        for change in self.changes(&actions)? {
            self.rows.make(change);
        }
        if let Some(token) = token {
            self.tokens.insert(token, fingerprint(body));
        }
        Ok(json!({}))
    }

    fn prepare(&self, actions: Vec<Action>) -> Result<Vec<Prepared>, Failure> {
        if actions.is_empty() || actions.len() > MOST_ACTIONS {
            return Err(Failure::validation(
                "A transaction has between 1 and 100 actions",
            ));
        }
        let prepare = |action| {
            let (kind, write) = match action {
                Action::Put(write) => (Kind::Put, write),
                Action::Update(write) => (Kind::Update, write),
                Action::Delete(write) => (Kind::Delete, write),
                Action::ConditionCheck(write) => (Kind::Check, write),
            };
            self.definition.check_table(&write.table_name)?;
            Prepared::read(kind, write)
        };
        let actions: Vec<_> = actions.into_iter().map(prepare).collect::<Result<_, _>>()?;
        self.check_different(&actions).map(|()| actions)
    }

    fn check_different(&self, actions: &[Prepared]) -> Result<(), Failure> {
        let mut seen = BTreeSet::new();
        let keys = actions
            .iter()
            .flat_map(|action| action.key(&self.definition));
        match keys.into_iter().all(|key| seen.insert(key)) {
            true => Ok(()),
            false => Err(Failure::validation(
                "Transaction request cannot include multiple operations on one item",
            )),
        }
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
