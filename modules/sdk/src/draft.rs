//! What a handler has planned, and what of it fits into one commit.

use crate::ModuleError;
use shared::domain::{Plan, Timestamp};
use shared::line::endpoints::profile::Profile;
use shared::store::{DialogueChange, RowChange, TimerChange};

/// A commit has room for this many rows and timers of the module's beside our own.
const MOST_ROWS: usize = 88;
/// A chat's state may grow to this size, in bytes.
const LARGEST_STATE: usize = 100 * 1024;
/// A chat's dialogue, with the states that one can go back to, in bytes.
const LARGEST_DIALOGUE: usize = 32 * 1024;
/// Plan and event together may grow to this size, in bytes.
const LARGEST_PLAN: usize = 300 * 1024;

/// A timer's payload may be this large, in bytes.
const LARGEST_PAYLOAD: usize = 32 * 1024;

/// What a handler has planned.
#[derive(Debug, Default)]
pub struct Draft {
    /// What goes out.
    pub plan: Plan,
    /// The module's new state of the chat, as JSON, if it changed.
    pub state: Option<String>,
    /// What becomes of the chat's dialogue, if anything.
    pub dialogue: Option<DialogueChange>,
    /// The module's own rows.
    pub rows: Vec<RowChange>,
    /// The timers that it sets and cancels, each name once.
    pub timers: Vec<TimerChange>,
    /// The user's profile, if it was read again.
    pub profile: Option<Profile>,
    /// Why the module has done nothing about an event that somebody waits for.
    pub not_taken: Option<String>,
    /// How often randomness was asked for.
    pub(super) drawn: u32,
}

impl Draft {
    /// Whether it fits into one commit.
    ///
    /// # Errors
    /// The author's: it names the limit.
    pub fn check(&self, raw_event: &str) -> Result<(), ModuleError> {
        if self.rows.len() + self.timers.len() > MOST_ROWS {
            return Err(ModuleError::bug(format!(
                "a handler changes at most {MOST_ROWS} rows, timers among them"
            )));
        }
        self.check_timers()?;
        if self.state.as_ref().map_or(0, String::len) > LARGEST_STATE {
            return Err(ModuleError::bug(format!(
                "a chat's state is at most {LARGEST_STATE} bytes"
            )));
        }
        if let Some(DialogueChange::Goes(progress)) = &self.dialogue
            && progress.len() > LARGEST_DIALOGUE
        {
            return Err(ModuleError::bug(format!(
                "the states of a dialogue are at most {LARGEST_DIALOGUE} bytes together: keep what \
                 is larger in the chat's state or in rows"
            )));
        }
        if serde_json::to_string(&self.plan)?.len() + raw_event.len() > LARGEST_PLAN {
            return Err(ModuleError::bug(format!(
                "a plan with its event is at most {LARGEST_PLAN} bytes"
            )));
        }
        Ok(())
    }

    fn check_timers(&self) -> Result<(), ModuleError> {
        let set = |change: &TimerChange| match change {
            TimerChange::Set(timer) => Some(timer.clone()),
            TimerChange::Cancel(_) => None,
        };
        for timer in self.timers.iter().filter_map(set) {
            if timer.due < Timestamp(0) {
                return Err(ModuleError::bug("a timer is not due before 1970"));
            }
            if timer.payload.len() > LARGEST_PAYLOAD {
                return Err(ModuleError::bug(format!(
                    "a timer's payload is at most {LARGEST_PAYLOAD} bytes"
                )));
            }
        }
        Ok(())
    }

    /// What was planned for a timer last is what becomes of it.
    pub(super) fn change_timer(&mut self, change: TimerChange) {
        self.timers.retain(|before| before.name() != change.name());
        self.timers.push(change);
    }

    /// What is planned for a row of the module's.
    pub(super) fn row(&self, key: &str) -> Option<&RowChange> {
        self.rows.iter().find(|change| change.key() == key)
    }

    /// Takes a change in, on top of what is planned for its row already.
    pub(super) fn change_row(&mut self, change: RowChange) {
        let before = self.rows.iter().position(|it| it.key() == change.key());
        match before {
            None => self.rows.push(change),
            Some(at) => {
                let before = self.rows.remove(at);
                self.rows.extend(both(before, change));
            }
        }
    }
}

/// Two changes of one row as one: what it was read as stays the condition.
fn both(before: RowChange, then: RowChange) -> Option<RowChange> {
    use RowChange::{Create, Delete, Replace};
    match (before, then) {
        (
            Create { key, .. },
            Create {
                value, expires_at, ..
            }
            | Replace {
                value, expires_at, ..
            },
        ) => Some(Create {
            key,
            value,
            expires_at,
        }),
        (Create { .. }, Delete { .. }) => None,
        (
            Replace {
                key,
                version,
                epoch,
                ..
            }
            | Delete {
                key,
                version,
                epoch,
            },
            then,
        ) => Some(match then {
            Create {
                value, expires_at, ..
            }
            | Replace {
                value, expires_at, ..
            } => Replace {
                key,
                value,
                expires_at,
                version,
                epoch,
            },
            Delete { .. } => Delete {
                key,
                version,
                epoch,
            },
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn create(key: &str) -> RowChange {
        RowChange::Create {
            key: key.into(),
            value: "1".into(),
            expires_at: None,
        }
    }

    #[test]
    fn what_does_not_fit_into_a_commit_is_the_authors_error() {
        let rows = |rows: Vec<RowChange>| {
            Draft {
                rows,
                ..Draft::default()
            }
            .check("{}")
        };
        assert!(rows((0..88).map(|n| create(&n.to_string())).collect()).is_ok());
        assert!(rows((0..89).map(|n| create(&n.to_string())).collect()).is_err());
        let large = Draft {
            state: Some("x".repeat(LARGEST_STATE + 1)),
            ..Draft::default()
        };
        assert!(large.check("{}").is_err());
    }

    #[test]
    fn several_changes_of_a_row_are_one_with_the_first_ones_condition() {
        let (key, value) = ("a".to_owned(), "2".to_owned());
        let (version, epoch) = ("seen".to_owned(), Timestamp(1));
        let replace = RowChange::Replace {
            key: key.clone(),
            value: value.clone(),
            expires_at: None,
            version: version.clone(),
            epoch,
        };
        let delete = RowChange::Delete {
            key: key.clone(),
            version,
            epoch,
        };
        let planned = |before: &RowChange, then: &RowChange| {
            let mut draft = Draft::default();
            draft.change_row(before.clone());
            draft.change_row(then.clone());
            draft.rows
        };
        let created = vec![RowChange::Create {
            key,
            value,
            expires_at: None,
        }];
        assert_eq!(planned(&create("a"), &replace), created);
        assert_eq!(planned(&create("a"), &delete), []);
        assert_eq!(planned(&replace, &delete), vec![delete.clone()]);
        assert_eq!(planned(&delete, &replace), vec![replace]);
        let RowChange::Replace { value, version, .. } = &planned(&delete, &create("a"))[0] else {
            panic!("what is made again replaces what was there");
        };
        assert_eq!((value.as_str(), version.as_str()), ("1", "seen"));
        assert_eq!(planned(&create("a"), &create("b")).len(), 2);
    }
}
