//! DynamoDB's expressions: read once into a tree, then judged or applied.

pub(super) mod condition;
pub(super) mod key_condition;
mod parser;
pub(super) mod path;
mod scope;
mod token;
pub(super) mod update;

pub(super) use parser::Parser;
pub(super) use scope::Scope;
