//! The `cargo dev` of this machine, by the file that it writes while it runs.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::Path;

use serde::Deserialize;

use crate::failure::Failure;

/// Where `cargo dev` of this working copy writes it. The local stack has the same path.
const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/dev.json");

#[derive(Deserialize)]
struct Running {
    variables: BTreeMap<String, String>,
}

/// The variables of its functions.
///
/// # Errors
/// [`Failure::NotFound`] if none runs.
pub(super) fn variables() -> Result<BTreeMap<String, String>, Failure> {
    let path = Path::new(FILE);
    let text = std::fs::read_to_string(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => Failure::NotFound(
            "no `cargo dev` runs in this working copy: start it in another terminal".into(),
        ),
        _ => Failure::Refused(format!("{}: {error}", path.display())),
    })?;
    let running: Running = serde_json::from_str(&text)
        .map_err(|error| Failure::Refused(format!("{}: {error}", path.display())))?;
    Ok(running.variables)
}
