//! The `cargo dev` of this machine, by the file that it writes while it runs.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::PathBuf;

use serde::Deserialize;

use crate::failure::Failure;

/// Where `cargo dev` of this working copy writes it. The local stack has the same path.
const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/dev.json");

/// The variable that names another file.
const VARIABLE: &str = "MODCTL_DEV_FILE";

/// What it says of itself.
#[derive(Deserialize)]
pub(super) struct Running {
    /// Its functions' variables.
    pub(super) variables: BTreeMap<String, String>,
    /// Where its parts are, by name.
    #[serde(default)]
    pub(super) addresses: BTreeMap<String, String>,
}

/// The one that runs.
///
/// # Errors
/// [`Failure::NotFound`] if none runs.
pub(super) fn running() -> Result<Running, Failure> {
    let named = std::env::var_os(VARIABLE).map(PathBuf::from);
    let path = named.unwrap_or_else(|| PathBuf::from(FILE));
    let text = std::fs::read_to_string(&path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => Failure::NotFound(
            "no `cargo dev` runs in this working copy: start it in another terminal".into(),
        ),
        _ => Failure::Refused(format!("{}: {error}", path.display())),
    })?;
    serde_json::from_str(&text)
        .map_err(|error| Failure::Refused(format!("{}: {error}", path.display())))
}
