//! The version of the table's rows. Each row that is written carries it. A row of a newer
//! release is not read, however much of it would fit: written again by this one it would lose
//! what is new. It waits for a worker of that release, as a job of a newer version does.

use serde::de::DeserializeOwned;
use serde_dynamo::aws_sdk_dynamodb_1::from_item;

use crate::store::{Item, n, number_of};

/// Of most rows that this release writes. What the release before this one would lose or
/// misunderstand needs a higher one; a new attribute that it may lose does not. A higher one need
/// not be every row's: the fewer rows have it, the less waits when that release is back.
pub(super) const VERSION: i64 = 1;
/// Of rows with something that the release before does not know: see [`stamped_as`]. The newest
/// that this release reads.
pub(super) const NEWEST: i64 = 2;
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

/// The row, for this release and the one before.
pub(super) fn stamped(item: Item) -> Item {
    stamped_as(VERSION, item)
}

/// The row, for releases that know this version. Only rows that need a higher one carry it,
/// so that releases which run side by side share all others.
pub(super) fn stamped_as(version: i64, mut item: Item) -> Item {
    item.insert(ATTRIBUTE.into(), n(version));
    item
}

/// Reads a row.
pub(super) fn read<T: DeserializeOwned>(item: Item) -> Result<T, Unread> {
    match number_of(&item, ATTRIBUTE) {
        Some(version) if version > NEWEST => Err(Unread::Newer(version)),
        _ => from_item(item).map_err(|error| Unread::Malformed(error.to_string())),
    }
}
