//! A model of the DynamoDB table: what DynamoDB's documentation says of the calls
//! that `shared::store` makes, and of their like. It has no clock and no chance in it:
//! the same calls have the same answers.

#![expect(clippy::expect_used, reason = "a model that cannot go on fails")]

pub mod connector;
mod definition;
mod expression;
mod failure;
mod number;
mod query;
mod read;
mod request;
mod rows;
mod transaction;
mod value;
mod write;

use std::collections::HashMap;
use std::sync::Arc;

use serde::Serialize;
use serde_json::Value as Json;

pub use number::Number;
pub use value::{Item, Value};

use definition::Definition;
use failure::Failure;
use rows::{Key, Rows};
use write::Kind;

#[derive(Debug)]
pub struct Table {
    definition: Definition,
    rows: Rows,
    /// What was asked with each transaction's request token.
    tokens: HashMap<String, u64>,
    /// How many writes the indexes lag behind.
    lag: usize,
    /// Number of keys left of the next batch.
    unprocessed: usize,
}

/// An answer's body.
fn body(answer: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(answer).expect("an answer has texts as keys")
}

/// What a table held at some time.
#[derive(Debug)]
pub struct Backup(Rows);

impl Table {
    /// An empty one, as a CreateTable request describes it: both keys are texts, and
    /// indexes are global.
    pub fn new(create: &Json) -> Self {
        Self {
            definition: Definition::read(create),
            rows: Rows::default(),
            tokens: HashMap::new(),
            lag: 0,
            unprocessed: 0,
        }
    }

    /// Answers a request: its target is as in `x-amz-target`. Gives a status and a body.
    pub fn handle(&mut self, target: &str, body: &[u8]) -> (u16, Vec<u8>) {
        match self.call(target, body) {
            Ok(answer) => (200, answer),
            Err(failure) => failure.answer(),
        }
    }

    fn call(&mut self, target: &str, body: &[u8]) -> Result<Vec<u8>, Failure> {
        match target.strip_prefix("DynamoDB_20120810.").unwrap_or(target) {
            "GetItem" => self.get_item(request::read(body)?),
            "BatchGetItem" => self.batch_get_item(request::read(body)?),
            "Query" => self.query(request::read(body)?),
            "PutItem" => self.write(Kind::Put, request::read(body)?),
            "UpdateItem" => self.write(Kind::Update, request::read(body)?),
            "DeleteItem" => self.write(Kind::Delete, request::read(body)?),
            "TransactWriteItems" => self.transact_write_items(request::read(body)?, body),
            other => Err(Failure::Other(
                "UnknownOperationException",
                format!("the model has no {other}"),
            )),
        }
    }

    /// From now on indexes lag a number of writes behind; a thousand at most.
    pub fn lag_indexes(&mut self, writes: usize) {
        self.lag = writes;
    }

    /// The next BatchGetItem leaves this number of its keys unprocessed.
    pub fn leave_unprocessed(&mut self, keys: usize) {
        self.unprocessed = keys;
    }

    /// Deletes the rows whose time, in seconds since 1970, is not after `now`: a time to
    /// live. Gives their sort keys.
    pub fn drop_expired(&mut self, attribute: &str, now: i64) -> Vec<String> {
        let is_over = |item: &Item| match item.get(attribute) {
            Some(Value::N(end)) => end.to_string().parse::<i64>().is_ok_and(|end| end <= now),
            _ => false,
        };
        self.rows.remove_where(is_over)
    }

    /// All that it holds, as it is now.
    pub fn backup(&self) -> Backup {
        Backup(self.rows.clone())
    }

    /// It is as it was; no transaction is remembered.
    pub fn restore(&mut self, backup: Backup) {
        self.rows = backup.0;
        self.tokens.clear();
    }

    /// The row of these keys.
    pub fn item(&self, hash: &str, sort: &str) -> Option<&Arc<Item>> {
        self.rows.get(&Key::new(hash, sort))
    }

    /// The rows of a partition, in the order of their keys.
    pub fn partition<'a>(&'a self, hash: &'a str) -> impl Iterator<Item = &'a Item> {
        self.rows.partition(hash).map(|(_, item)| item.as_ref())
    }

    /// All rows, for who wants to judge them.
    pub fn items(&self) -> impl Iterator<Item = &Item> {
        self.rows.all()
    }
}
