//! The version of the table's rows. Each row that is written carries it. A row of a newer
//! release is not read, however much of it would fit: written again by this one it would lose
//! what is new. It waits for a worker of that release, as a job of a newer version does.

use serde::de::DeserializeOwned;
use serde_dynamo::aws_sdk_dynamodb_1::from_item;

use crate::store::{Item, n, number_of};

/// Of the rows that this release writes. What the release before this one would lose or
/// misunderstand needs a higher one; a new attribute that it may lose does not.
pub(super) const VERSION: i64 = 1;
/// The attribute that has it. Rows of releases before it was there have none.
pub(super) const ATTRIBUTE: &str = "v";

/// Why a row cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Unread {
    /// It has this version, which is newer than ours.
    Newer(i64),
    /// It is damaged, for this reason.
    Malformed(String),
}

/// The row with the version of this release.
pub(super) fn stamped(mut item: Item) -> Item {
    item.insert(ATTRIBUTE.into(), n(VERSION));
    item
}

/// Reads a row.
pub(super) fn read<T: DeserializeOwned>(item: Item) -> Result<T, Unread> {
    match number_of(&item, ATTRIBUTE) {
        Some(version) if version > VERSION => Err(Unread::Newer(version)),
        _ => from_item(item).map_err(|error| Unread::Malformed(error.to_string())),
    }
}
