//! Why a command has not done what it was to: cut by what the person does next, which is also
//! what the exit code tells.

use std::process::ExitCode;

use shared::env::ConfigError;
use shared::store::StoreError;

/// Why a command has not done it, in one sentence that names the thing and the remedy.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// What was named does not exist: exit code 3.
    #[error("{0}")]
    NotFound(String),
    /// The caller has no credentials, or may not do it: exit code 4.
    #[error("{0}")]
    NotAllowed(String),
    /// It was checked, and something is wrong: exit code 5. The findings are printed already.
    #[error("{0}")]
    Unwell(String),
    /// Anything else that was refused or did not work: exit code 1.
    #[error("{0}")]
    Refused(String),
    /// The table.
    #[error(transparent)]
    Store(StoreError),
    /// A variable of the deployed functions.
    #[error(transparent)]
    Config(#[from] ConfigError),
}

impl Failure {
    /// For scripts: docs/operate.md has the table.
    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::NotFound(_) => 3,
            Self::NotAllowed(_) => 4,
            Self::Unwell(_) => 5,
            Self::Refused(_) | Self::Store(_) | Self::Config(_) => 1,
        })
    }

    /// What the table has failed with: `needs` is the policy of the template with which it works.
    pub(crate) fn of_store(needs: Policy, error: StoreError) -> Self {
        match is_denied(&error.to_string()) {
            true => Self::NotAllowed(format!(
                "AWS says that you may not use the table so; it takes the stack's {needs}: {error}"
            )),
            false => Self::Store(error),
        }
    }

    /// What an AWS call has failed with: `needs` is the policy of the template with which it works.
    pub(crate) fn of_aws(doing: &str, needs: Policy, error: &dyn std::error::Error) -> Self {
        let reasons = shared::aws::reasons(error);
        match is_denied(&reasons) {
            true => Self::NotAllowed(format!(
                "{doing}: AWS says that you may not; it takes the stack's {needs}: {reasons}"
            )),
            false => Self::Refused(format!("{doing}: {reasons}")),
        }
    }
}

/// Most commands read; one that changes says [`Failure::of_store`] itself.
impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::of_store(Policy::Support, error)
    }
}

/// The managed policies of the template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Policy {
    /// Reads.
    Support,
    /// Reads and changes.
    Operator,
}

impl std::fmt::Display for Policy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Support => "SupportPolicy",
            Self::Operator => "OperatorPolicy",
        })
    }
}

fn is_denied(reasons: &str) -> bool {
    const WORDS: [&str; 6] = [
        "AccessDenied",
        "not authorized",
        "ExpiredToken",
        "UnrecognizedClient",
        "InvalidClientTokenId",
        "credential",
    ];
    WORDS.iter().any(|word| reasons.contains(word))
}
