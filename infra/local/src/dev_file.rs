//! The file by which `modctl --local` finds a running `cargo dev`.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::stack::{Stack, StackError};

/// In the working copy that this was built from; modctl has the same path.
const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/dev.json");

/// The file, while its stack runs: it is removed when this is dropped.
pub struct DevFile {
    path: PathBuf,
}

impl DevFile {
    /// Writes it. One that another `cargo dev` has written is replaced: the newest is found.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write(stack: &Stack) -> Result<Self, StackError> {
        Self::write_to(stack, PathBuf::from(FILE))
    }

    /// The same at another path: modctl looks there if `MODCTL_DEV_FILE` names it.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write_to(stack: &Stack, path: PathBuf) -> Result<Self, StackError> {
        let content = json!({
            "process": std::process::id(),
            "addresses": stack.addresses,
            "variables": stack.variables,
        });
        write(&path, &content.to_string()).map_err(|source| StackError::Io {
            what: path.display().to_string(),
            source,
        })?;
        Ok(Self { path })
    }

    /// Whether the file is still this process's.
    fn is_ours(&self) -> bool {
        let text = fs::read_to_string(&self.path).unwrap_or_default();
        let written: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
        written["process"] == std::process::id()
    }
}

impl Drop for DevFile {
    fn drop(&mut self) {
        if self.is_ours() {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// For this user alone: the local channel's secret is in it.
fn write(path: &Path, content: &str) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let _ = fs::remove_file(path);
    let mut options = OpenOptions::new();
    let mut file = options
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(content.as_bytes())
}
