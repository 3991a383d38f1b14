//! Calling somebody else's service from a handler: at most once for each success.

use std::time::Duration;

use aws_smithy_async::future::timeout::Timeout;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::step_log::Begun;
use crate::{Context, ModuleError};
use shared::domain::ledger::StepEnd;

/// How long one try of a step may take at most: no worker has much more time for an event, and
/// what follows the step takes its own.
pub const LONGEST_STEP: Duration = Duration::from_secs(4);
/// How long a try may take unless [`Step::within`] says otherwise.
const WITHIN: Duration = Duration::from_secs(2);
/// Number of tries unless [`Step::tries`] says otherwise.
const TRIES: u32 = 5;
/// In bytes.
const LONGEST_NAME: usize = 100;
/// A result as JSON may be this large, in bytes.
const LARGEST_RESULT: usize = 32 * 1024;
/// All names and results of an event together, in bytes.
pub(super) const LARGEST_RESULTS: usize = 64 * 1024;

/// A step of a handler: its name, and what it may take.
#[derive(Debug, Clone)]
pub struct Step {
    pub(super) name: String,
    pub(super) within: Duration,
    pub(super) tries: u32,
}

/// One try of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepAttempt {
    pub(super) key: String,
    pub(super) number: u32,
}

impl Step {
    /// By its name, of 1 to 100 bytes, which no other step of the same event has. A try may take
    /// two seconds, and five tries may fail.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            within: WITHIN,
            tries: TRIES,
        }
    }

    /// How long a try may take: up to four seconds ([`LONGEST_STEP`]).
    #[must_use]
    pub fn within(self, within: Duration) -> Self {
        Self { within, ..self }
    }

    /// How many tries may fail, or take too long, until the event is parked: at least one.
    #[must_use]
    pub fn tries(self, tries: u32) -> Self {
        Self { tries, ..self }
    }

    pub(super) fn check(&self) -> Result<(), ModuleError> {
        let Self {
            name,
            within,
            tries,
        } = self;
        let fault = if !(1..=LONGEST_NAME).contains(&name.len()) {
            let length = name.len();
            format!("a step's name has 1 to {LONGEST_NAME} bytes, not {length}")
        } else if within.is_zero() || *within > LONGEST_STEP {
            format!(
                "the step {name:?} may take up to {LONGEST_STEP:?}, not {within:?}: give it less by `Step::within`"
            )
        } else if *tries == 0 {
            format!("the step {name:?} has no try: give it one or more by `Step::tries`")
        } else {
            return Ok(());
        };
        Err(ModuleError::bug(fault))
    }
}

impl From<&str> for Step {
    fn from(name: &str) -> Self {
        Self::new(name)
    }
}

impl From<String> for Step {
    fn from(name: String) -> Self {
        Self::new(name)
    }
}

impl StepAttempt {
    /// The same for every attempt at this step of this event, and for no other step: a UUID. Give
    /// it to the service, so that it knows a second call for the same thing. Only a forced replay
    /// has another.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// 1 the first time. Those before it failed or took too long; one whose process ended is
    /// called again with its number.
    pub fn number(&self) -> u32 {
        self.number
    }
}

impl<H> Context<'_, H> {
    /// Calls somebody else's service. The result is written to the event's row before the handler
    /// goes on: one that runs again, after a crash or a failed commit, has it from there, without
    /// a call.
    ///
    /// ```
    /// # use line_module::{Active, Context, Handled, ModuleError, Step, Text, TextMessage};
    /// # use std::time::Duration;
    /// # struct Crm;
    /// # impl Crm { async fn create(&self, key: &str, name: &str) -> Result<u32, String> { Ok(1) } }
    /// async fn customer(cx: &mut Context<'_, Active>, message: &TextMessage) -> Handled {
    ///     let crm = cx.shared::<Crm>()?;
    ///     let number: u32 = cx
    ///         .step("crm", async |attempt| {
    ///             let created = crm.create(attempt.key(), &message.text).await;
    ///             created.map_err(ModuleError::retry)
    ///         })
    ///         .await?;
    ///     cx.reply(&[Text::new(format!("You are customer {number}."))])?;
    ///     Ok(())
    /// }
    /// # fn main() { let _ = line_module::Routes::new().text("customer", customer); }
    /// ```
    ///
    /// # Errors
    /// What the call ends with: after [`ModuleError::Retry`], and where it takes too long, the
    /// event comes again, until the step's tries are used up and it is
    /// [`Park`](ModuleError::Park). Too little time left in this attempt:
    /// [`NoTime`](ModuleError::NoTime). The author's: the name is used twice in one run, or has
    /// not 1 to 100 bytes; more time than there is; a result over 32 KB as JSON or, with those of
    /// the event's other steps, 64 KB.
    pub async fn step<T, F, Fut>(&self, step: impl Into<Step>, call: F) -> Result<T, ModuleError>
    where
        T: Serialize + DeserializeOwned,
        F: FnOnce(StepAttempt) -> Fut,
        Fut: Future<Output = Result<T, ModuleError>> + Send,
    {
        let step = step.into();
        let log = self.around.steps;
        let attempt = match log.begin(&step).await? {
            Begun::Kept(result) => return read(&step, &result),
            Begun::Call(attempt) => attempt,
        };
        match Timeout::new(call(attempt), log.sleep(step.within)).await {
            Ok(Ok(value)) => {
                let result = written(&step, &value)?;
                // As a handler that runs again has it.
                let value = read(&step, &result)?;
                log.end(&step, StepEnd::Succeeded(result)).await?;
                Ok(value)
            }
            Ok(Err(ModuleError::Retry(reason))) => Err(log.failed(&step, &reason).await),
            Ok(Err(error)) => Err(error),
            Err(_) => Err(log.timed_out(&step).await),
        }
    }
}

fn written<T: Serialize>(step: &Step, value: &T) -> Result<String, ModuleError> {
    let result = serde_json::to_string(value)?;
    match result.len() <= LARGEST_RESULT {
        true => Ok(result),
        false => Err(ModuleError::bug(format!(
            "the result of the step {:?} has {} bytes as JSON, and may have {LARGEST_RESULT}: return only what the handler needs",
            step.name,
            result.len()
        ))),
    }
}

fn read<T: DeserializeOwned>(step: &Step, result: &str) -> Result<T, ModuleError> {
    serde_json::from_str(result).map_err(|error| {
        ModuleError::bug(format!(
            "the result of the step {:?} cannot be read back from JSON: {error}",
            step.name
        ))
    })
}
