//! The differences between the emulator and LINE's reference that are known. The list only shrinks.

use std::collections::BTreeMap;

use crate::chapter::folder;

/// The difference seen, by test.
pub(crate) type Known = BTreeMap<String, String>;

pub(crate) fn read() -> Known {
    let text = std::fs::read_to_string(folder().join("known.toml")).unwrap();
    toml::from_str(&text).unwrap()
}

/// A verdict that takes into account what is known of a test.
pub(crate) fn verdict(difference: Option<String>, known: Option<&String>) -> Result<(), String> {
    match (difference, known) {
        (None, None) => Ok(()),
        (Some(seen), Some(known)) if seen == *known => Ok(()),
        (Some(seen), None) => Err(seen),
        (Some(seen), Some(known)) => Err(format!("{seen}, but known.toml has: {known}")),
        (None, Some(_)) => Err("as LINE has it: take it out of known.toml".into()),
    }
}
