//! What a check has found: that all is well, or what is not, what it means and what mends it.

use serde::Serialize;

use crate::failure::Failure;

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Finding {
    /// What was looked at, such as `webhook`.
    pub(super) check: &'static str,
    pub(super) verdict: Verdict,
    /// What was found, in a sentence.
    pub(super) found: String,
    /// What follows from it; absent if all is well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) means: Option<String>,
    /// The command or the place that mends it; absent if all is well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) remedy: Option<String>,
}

/// How it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Verdict {
    Good,
    /// A person is to decide whether it is as it should be.
    Look,
    /// Something is lost, late or refused, or will be.
    Wrong,
    /// It could not be looked at.
    Unchecked,
}

impl Finding {
    pub(super) fn good(check: &'static str, found: impl Into<String>) -> Self {
        Self {
            check,
            verdict: Verdict::Good,
            found: found.into(),
            means: None,
            remedy: None,
        }
    }

    pub(super) fn wrong(
        check: &'static str,
        found: impl Into<String>,
        means: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            check,
            verdict: Verdict::Wrong,
            found: found.into(),
            means: Some(means.into()),
            remedy: Some(remedy.into()),
        }
    }

    pub(super) fn look(
        check: &'static str,
        found: impl Into<String>,
        means: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            verdict: Verdict::Look,
            ..Self::wrong(check, found, means, remedy)
        }
    }

    pub(super) fn unchecked(check: &'static str, reason: impl Into<String>) -> Self {
        Self {
            verdict: Verdict::Unchecked,
            ..Self::good(check, reason)
        }
    }

    /// What a check has found, or why it could not look.
    pub(super) fn or_unchecked(
        check: &'static str,
        findings: Result<Vec<Self>, Failure>,
    ) -> Vec<Self> {
        findings.unwrap_or_else(|failure| vec![Self::unchecked(check, failure.to_string())])
    }
}

/// `1 event`, `2 events`.
pub(super) fn counted(count: u64, one: &str) -> String {
    match count {
        1 => format!("1 {one}"),
        many => format!("{many} {one}s"),
    }
}
