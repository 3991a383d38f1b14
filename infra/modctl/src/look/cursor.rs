//! Where `tail` has come to: kept in a file, so that it goes on there after an interruption.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use shared::domain::Timestamp;

use crate::failure::Failure;

/// Where `tail` has come to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Cursor {
    /// Of what: another `tail` has another one.
    of: String,
    /// Everything up to here is shown.
    pub(super) until: Timestamp,
    /// What of the last minutes is shown: its key, and the state in which it was.
    pub(super) shown: BTreeMap<String, String>,
    #[serde(skip)]
    file: Option<PathBuf>,
}

impl Cursor {
    /// One that begins at `start`, unless the file tells of one that has gone on from there.
    ///
    /// # Errors
    /// The file cannot be read, or is of another `tail`.
    pub(super) fn open(file: Option<&Path>, of: &str, start: Timestamp) -> Result<Self, Failure> {
        let begun = Self {
            of: of.to_owned(),
            until: start,
            shown: BTreeMap::new(),
            file: file.map(Path::to_owned),
        };
        let Some(path) = file else { return Ok(begun) };
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(begun),
            Err(error) => return Err(unusable(path, &error)),
        };
        let kept: Self = serde_json::from_str(&text).map_err(|error| unusable(path, &error))?;
        if kept.of != of {
            return Err(Failure::Refused(format!(
                "{} is the cursor of another tail, of {}: name another file",
                path.display(),
                kept.of
            )));
        }
        Ok(Self {
            file: begun.file,
            ..kept
        })
    }

    /// Whether this was shown in this state already; it is from now on.
    pub(super) fn has_shown(&mut self, key: &str, state: &str) -> bool {
        let before = self.shown.insert(key.to_owned(), state.to_owned());
        before.as_deref() == Some(state)
    }

    /// Everything up to here is shown. What is not among `seen`, which a round has read, will not
    /// be read again, and is forgotten.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(super) fn advance(
        &mut self,
        until: Timestamp,
        seen: &BTreeSet<String>,
    ) -> Result<(), Failure> {
        self.until = until;
        self.shown.retain(|key, _| seen.contains(key));
        let Some(path) = &self.file else {
            return Ok(());
        };
        let json = serde_json::to_string(self).map_err(|error| unusable(path, &error))?;
        // In place of the old one at once: an interruption leaves one of the two.
        let beside = path.with_extension("new");
        let written = fs::write(&beside, json).and_then(|()| fs::rename(&beside, path));
        written.map_err(|error| unusable(path, &error))
    }
}

fn unusable(path: &Path, error: &dyn std::error::Error) -> Failure {
    Failure::Refused(format!("the cursor's file {}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_goes_on_where_it_was_and_is_of_one_tail() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("cursor");
        let open = |of| Cursor::open(Some(&file), of, Timestamp(5));
        let mut cursor = open("U1").unwrap();
        assert!(!cursor.has_shown("a", "failed"));
        assert!(cursor.has_shown("a", "failed"));
        assert!(!cursor.has_shown("a", "done"));
        cursor.has_shown("old", "done");
        cursor
            .advance(Timestamp(9), &BTreeSet::from(["a".into()]))
            .unwrap();
        let mut again = open("U1").unwrap();
        assert_eq!(again.until, Timestamp(9));
        assert!(again.has_shown("a", "done") && !again.has_shown("old", "done"));
        assert!(open("U2").unwrap_err().to_string().contains("another tail"));
    }
}
