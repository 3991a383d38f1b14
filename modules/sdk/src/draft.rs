//! What a handler has planned, and what of it fits into one commit.

use crate::ModuleError;
use shared::domain::{Plan, Timestamp};
use shared::line::endpoints::profile::Profile;
use shared::store::{RowChange, TimerChange};

/// A commit has room for this many rows and timers of the module's beside our own.
const MOST_ROWS: usize = 88;
/// A chat's state may grow to this size, in bytes.
const LARGEST_STATE: usize = 100 * 1024;
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
        if let Some(key) = self.changed_twice() {
            return Err(ModuleError::bug(format!(
                "a handler changes a row once, but {key:?} twice"
            )));
        }
        if self.state.as_ref().map_or(0, String::len) > LARGEST_STATE {
            return Err(ModuleError::bug(format!(
                "a chat's state is at most {LARGEST_STATE} bytes"
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

    fn changed_twice(&self) -> Option<&str> {
        let mut keys: Vec<_> = self.rows.iter().map(RowChange::key).collect();
        keys.sort_unstable();
        let twice = keys.windows(2).find(|pair| pair[0] == pair[1])?;
        Some(twice[0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn create(key: &str) -> RowChange {
        RowChange::Create {
            key: key.into(),
            value: "1".into(),
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
        let twice = rows(vec![create("a"), create("b"), create("a")]).unwrap_err();
        assert_eq!(
            twice.to_string(),
            r#"a handler changes a row once, but "a" twice"#
        );
        let large = Draft {
            state: Some("x".repeat(LARGEST_STATE + 1)),
            ..Draft::default()
        };
        assert!(large.check("{}").is_err());
    }
}
