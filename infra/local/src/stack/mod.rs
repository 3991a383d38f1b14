//! The whole bundle on this machine: emulators of DynamoDB, SQS and LINE, the
//! gateway and the event source, and the functions between them.

mod addresses;
mod error;
mod options;
mod servers;
mod start;
mod variables;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use dynoxide::DynoxideError;
use emulator::Emulator;
use line_module::Module;
use serde_json::Value;
use shared::ground::Ground;
use shared::queue::Queue;
use shared::store::Store;
use sqs::Sqs;
use template_file::{FunctionDefinition, Template, TemplateError};
use tokio::task::JoinSet;

use crate::bundle::{self, BundleError, Variables};
use crate::company::Company;
use crate::dynamodb::DynamoDb;
use crate::event_source::EventSourceMapping;
use crate::function::{Function, FunctionError};
use crate::gate::Gate;
use crate::journal::Journal;
use crate::lambda::Lambda;
use crate::schedule::Scheduled;
use crate::stream::{StreamMapping, TableStream};

pub use addresses::Addresses;
pub use error::StackError;
pub use options::Options;
pub use variables::INBOX_KEY;

use addresses::Listeners;
use start::assemble;

/// A running stack. It ends when it is dropped.
pub struct Stack {
    /// Where everything is.
    pub addresses: Addresses,
    /// The LINE Platform.
    pub line: Emulator,
    /// SQS.
    pub sqs: Sqs,
    /// The company's own systems, which speak to the inbox.
    pub company: Company,
    /// What happens behind the webhooks.
    pub journal: Journal,
    /// The table, by the functions' own code.
    pub store: Store,
    /// The event queue, likewise.
    pub queue: Queue,
    /// The functions' environment variables.
    pub variables: Variables,
    /// What they stand on, if they run in this process: they go by its clock.
    pub ground: Ground,
    /// Between the functions and DynamoDB.
    pub dynamodb_gate: Gate,
    /// Between the functions and SQS.
    pub sqs_gate: Gate,
    /// The gateway's own address.
    pub(crate) gateway_url: String,
    schedules: HashMap<String, Scheduled>,
    dynamodb: DynamoDb,
    event_sources: Vec<EventSourceMapping>,
    streams: Vec<StreamMapping>,
    tasks: JoinSet<()>,
    /// What runs the functions, if it is not this process.
    _kept: Box<dyn Send>,
}

/// The functions, by their logical names.
pub type Functions = HashMap<String, Function>;

/// What whoever runs the functions needs.
#[derive(Debug, Clone, Copy)]
pub struct Needs<'a, M> {
    /// The functions of the template.
    pub definitions: &'a [FunctionDefinition],
    /// Their environment variables.
    pub variables: &'a Variables,
    /// What they stand on in this process.
    pub ground: &'a Ground,
    /// What the worker runs.
    pub module: &'a M,
}

impl<M: Module + Clone> Needs<'_, M> {
    /// Runs them in this process.
    ///
    /// # Errors
    /// What one of them refuses.
    pub fn in_process(&self) -> Result<Functions, BundleError> {
        bundle::functions(self.definitions, self.variables, self.ground, self.module)
    }
}

impl Stack {
    /// Starts everything, and returns when a signed webhook has made the whole
    /// round: through gateway, webhook, queue and worker into the table. The worker
    /// runs `module`; one that is a Lambda process runs its own.
    ///
    /// # Errors
    /// [`StackError`], in one sentence that names the thing.
    pub async fn start<M: Module + Clone>(
        options: &Options,
        module: M,
    ) -> Result<Self, StackError> {
        let lambda = options.lambda;
        Self::start_with(options, module, async |needs| match lambda {
            true => {
                let lambda = Lambda::start(needs.definitions, needs.variables).await?;
                Ok((lambda.functions(needs.definitions), Some(lambda)))
            }
            false => Ok((needs.in_process()?, None)),
        })
        .await
    }

    /// The same over functions that the caller runs; `run` gives them by their
    /// logical names, and what is kept as long as the stack.
    ///
    /// # Errors
    /// [`StackError`], in one sentence that names the thing.
    pub async fn start_with<M: Module + Clone, K: Send + 'static>(
        options: &Options,
        module: M,
        run: impl AsyncFnOnce(Needs<'_, M>) -> Result<(Functions, K), StackError>,
    ) -> Result<Self, StackError> {
        let template = template()?;
        let listeners = Listeners::bind(options).await?;
        let stack = assemble(&template, listeners, options, module, run).await?;
        stack.prove_round().await.map_err(StackError::NotReady)?;
        Ok(stack)
    }

    /// Runs a scheduled function at once, as its schedule would, and waits for its answer.
    ///
    /// # Errors
    /// Why there is none.
    pub async fn run_schedule(&self, logical_name: &str) -> Result<Value, FunctionError> {
        let none = || FunctionError::NotScheduled {
            function: logical_name.to_owned(),
        };
        let scheduled = self.schedules.get(logical_name).ok_or_else(none)?;
        scheduled.run_now().await
    }

    /// Waits until what has changed in the table before this call has been handed to the functions
    /// that are fed from its stream: what was used is counted.
    ///
    /// # Errors
    /// [`StackError`]: the stream cannot be read, or nobody has counted in time.
    pub async fn usage_is_counted(&self) -> Result<(), StackError> {
        let counted = async {
            for mapping in &self.streams {
                mapping.is_up_to_date().await?;
            }
            Ok::<_, DynoxideError>(())
        };
        match tokio::time::timeout(TIMEOUT, counted).await {
            Ok(counted) => counted.map_err(|error| StackError::Stream(error.to_string())),
            Err(_) => Err(StackError::Stream("it was not counted in time".to_owned())),
        }
    }

    /// Whether functions are fed from the queues. Messages wait where they are not.
    pub fn feed_from_queues(&self, enabled: bool) {
        for mapping in &self.event_sources {
            mapping.set_enabled(enabled);
        }
    }

    /// Whether functions are fed from the table's stream. Changes wait where they are not.
    pub fn feed_from_streams(&self, enabled: bool) {
        for mapping in &self.streams {
            mapping.set_enabled(enabled);
        }
    }

    /// The size of the table's rows in bytes, as DynamoDB counts them.
    ///
    /// # Errors
    /// What the database says.
    pub fn table_bytes(&self) -> Result<u64, DynoxideError> {
        self.dynamodb.size(&self.addresses.table_name)
    }

    /// The stream of the template's table.
    pub fn table_stream(&self) -> TableStream {
        self.dynamodb.stream(&self.addresses.table_name)
    }

    /// Serves until a server ends by itself, which it does not.
    pub async fn serve(mut self) {
        while self.tasks.join_next().await.is_some() {}
    }

    /// Writes the LINE world to its file, if it has one.
    pub fn save(&self) {
        if let Err(error) = self.line.save() {
            tracing::error!(%error, "the LINE world could not be saved");
        }
    }
}

/// The template of the working copy that this was built from.
///
/// # Errors
/// It cannot be read.
pub fn template() -> Result<Template, TemplateError> {
    Template::load(template_path())
}

fn template_path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../template.yaml")
}

/// How long tests and the demo wait for something to come about.
pub const TIMEOUT: Duration = Duration::from_secs(60);
