//! The whole bundle on this machine: emulators of DynamoDB, SQS and LINE, the
//! gateway and the event source, and the functions between them.

use std::collections::HashMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use aws_smithy_async::time::SharedTimeSource;
use emulator::{Emulator, Settings};
use line_module::Module;
use serde::Serialize;
use serde_json::Value;
use shared::aws::Timeouts;
use shared::ground::Ground;
use shared::queue::Queue;
use shared::store::Store;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::bundle::{self, BundleError, Variables};
use crate::clock;
use crate::dynamodb::{DynamoDb, DynamoDbError};
use crate::event_source::EventSourceMapping;
use crate::function::{Function, FunctionError};
use crate::gate::Gate;
use crate::gateway::Gateway;
use crate::lambda::{Lambda, LambdaError};
use crate::replay::again;
use crate::schedule::Scheduled;
use crate::trace::traces;
use sqs::{Sqs, SystemClock};
use template_file::{FunctionDefinition, Template, TemplateError};

/// The scopes that the local module asks for.
const SCOPES: &str = "message:send message:receive profile:read account:manage";

/// How the stack is started. A port of 0 takes a free one.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The bundle's public side.
    pub port: u16,
    /// The public side as LINE and browsers reach it, where that is not the port: of a tunnel, or of a
    /// `cargo lambda watch`.
    pub public_url: Option<String>,
    /// The LINE Platform emulator.
    pub line_port: u16,
    /// DynamoDB.
    pub dynamodb_port: u16,
    /// SQS.
    pub sqs_port: u16,
    /// Where table and LINE world are kept; in memory if nowhere.
    pub data: Option<PathBuf>,
    /// Whether the functions run as Lambda processes of their own.
    pub lambda: bool,
    /// Whether the template's schedules run by themselves; else only when asked to.
    pub scheduled: bool,
}

/// Where everything is.
#[derive(Debug, Clone, Serialize)]
pub struct Addresses {
    /// The bundle's public side: its start page.
    pub public_url: String,
    /// Where LINE sends webhooks.
    pub webhook_url: String,
    /// The LINE Platform emulator: its pages, its API, its control interface.
    pub line_url: String,
    /// DynamoDB.
    pub dynamodb_url: String,
    /// SQS.
    pub sqs_url: String,
    /// The table's name.
    pub table_name: String,
    /// The event queue's URL.
    pub event_queue_url: String,
}

/// A running stack. It ends when it is dropped.
pub struct Stack {
    /// Where everything is.
    pub addresses: Addresses,
    /// The LINE Platform.
    pub line: Emulator,
    /// SQS.
    pub sqs: Sqs,
    /// The table, by the functions' own code.
    pub store: Store,
    /// The event queue, likewise.
    pub queue: Queue,
    /// What the functions are told.
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
    tasks: JoinSet<()>,
    /// What runs the functions, if it is not this process.
    _kept: Box<dyn Send>,
}

/// Why there is no stack.
#[derive(Debug, thiserror::Error)]
pub enum StackError {
    /// A port is not free.
    #[error("port {port} is taken: choose another with {flag}, or 0 for a free one")]
    Port {
        /// The port.
        port: u16,
        /// The flag that chooses it.
        flag: &'static str,
    },
    /// A listener or folder could not be made.
    #[error("{what}: {source}")]
    Io {
        /// What was tried.
        what: String,
        /// Why it failed.
        source: io::Error,
    },
    /// template.yaml is not what the stack needs.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// DynamoDB does not start.
    #[error(transparent)]
    DynamoDb(#[from] DynamoDbError),
    /// A queue cannot be made.
    #[error("the queue {name} of the template cannot be made: {reason}")]
    Queue {
        /// Its name.
        name: String,
        /// Why.
        reason: String,
    },
    /// The emulator does not start.
    #[error("the LINE Platform emulator does not start: {0}")]
    Line(String),
    /// The functions do not start.
    #[error(transparent)]
    Bundle(#[from] BundleError),
    /// The functions do not run as processes.
    #[error(transparent)]
    Lambda(#[from] LambdaError),
    /// The first round did not come to its end.
    #[error("the stack is up, but a signed webhook did not make the whole round: {0}")]
    NotReady(String),
}

/// The functions, by their logical names.
pub type Functions = HashMap<String, Function>;

/// What whoever runs the functions needs.
#[derive(Debug, Clone, Copy)]
pub struct Needs<'a, M> {
    /// The functions of the template.
    pub definitions: &'a [FunctionDefinition],
    /// What they are told.
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

/// The four listeners, bound before anything else: configuration needs their addresses.
struct Listeners {
    public: TcpListener,
    line: TcpListener,
    dynamodb: TcpListener,
    sqs: TcpListener,
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
        let stack = Self::assemble(&template, listeners, options, module, run).await?;
        stack.prove_round().await.map_err(StackError::NotReady)?;
        Ok(stack)
    }

    async fn assemble<M: Module + Clone, K: Send + 'static>(
        template: &Template,
        at: Listeners,
        options: &Options,
        module: M,
        run: impl AsyncFnOnce(Needs<'_, M>) -> Result<(Functions, K), StackError>,
    ) -> Result<Self, StackError> {
        let mut tasks = JoinSet::new();
        let data = options.data.as_deref();
        let sqs = start_sqs(template, at.sqs, &mut tasks).await?;
        let (dynamodb_gate, dynamodb_url) =
            start_dynamodb(template, at.dynamodb, data, &mut tasks).await?;
        let gateway_url = url(&at.public)?;
        let public_url = options.public_url.clone();
        let public_url = public_url.unwrap_or_else(|| gateway_url.clone());
        let line_url = url(&at.line)?;
        let addresses = Addresses {
            webhook_url: format!("{public_url}/webhook"),
            sqs_url: sqs.url,
            event_queue_url: sqs.event_queue_url,
            table_name: template.table("Table")?.name,
            public_url,
            line_url,
            dynamodb_url,
        };
        let line = start_line(&addresses, at.line, data, &mut tasks)?;
        // A process of its own goes by the system's clock.
        let clock = match options.lambda {
            true => SharedTimeSource::default(),
            false => clock::of_line(&line),
        };
        let definitions = template.functions()?;
        let variables = variables(&addresses, &line.settings());
        let ground = Ground::emulated()
            .with_clock(clock.clone())
            .with_dynamodb_at(&addresses.dynamodb_url)
            .with_sqs_at(&addresses.sqs_url);
        let needs = Needs {
            definitions: &definitions,
            variables: &variables,
            ground: &ground,
            module: &module,
        };
        let (functions, kept) = run(needs).await?;
        feed_from_queues(template, &functions, &sqs.server, &mut tasks)?;
        let schedules = schedules(template, &functions, &clock)?;
        if options.scheduled {
            for scheduled in schedules.values().cloned() {
                tasks.spawn(scheduled.run());
            }
        }
        let gateway = Gateway::new(template.routes()?, functions, clock::of_line(&line));
        tasks.spawn(async move { drop(gateway.serve(at.public).await) });
        let store = ground.table(addresses.table_name.clone());
        line.show_traces(traces(store.clone()));
        line.run_again(again(bundle::worker_app(&variables, &ground, module)?));
        let queue = ground.queue(addresses.event_queue_url.clone(), Timeouts::DEFAULT);
        Ok(Self {
            addresses,
            line,
            sqs: sqs.server,
            store,
            queue,
            variables,
            dynamodb_gate,
            sqs_gate: sqs.gate,
            ground,
            gateway_url,
            schedules,
            tasks,
            _kept: Box::new(kept),
        })
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

struct StartedSqs {
    server: Sqs,
    gate: Gate,
    url: String,
    event_queue_url: String,
}

async fn start_sqs(
    template: &Template,
    listener: TcpListener,
    tasks: &mut JoinSet<()>,
) -> Result<StartedSqs, StackError> {
    let server = Sqs::new(SystemClock);
    server.set_address(address(&listener)?);
    let mut queues = template.queues()?;
    queues.sort_by_key(template_file::QueueDefinition::redrives); // a dead-letter queue comes first
    for queue in queues {
        let made = server.create_queue(&queue.name, queue.attributes);
        made.map_err(|error| StackError::Queue {
            name: queue.name,
            reason: error.to_string(),
        })?;
    }
    let name = template.queue("EventQueue")?.name;
    let event_queue_url = server.queue_url(&name);
    let event_queue_url = event_queue_url.map_err(|error| StackError::Queue {
        name,
        reason: error.to_string(),
    })?;
    let url = url(&listener)?;
    let inner = bind(0, "--sqs-port").await?;
    let gate = gate(listener, &inner, tasks)?;
    tasks.spawn(server.serve(inner));
    Ok(StartedSqs {
        server,
        gate,
        url,
        event_queue_url,
    })
}

async fn start_dynamodb(
    template: &Template,
    listener: TcpListener,
    data: Option<&Path>,
    tasks: &mut JoinSet<()>,
) -> Result<(Gate, String), StackError> {
    let dynamodb = match data {
        None => DynamoDb::in_memory()?,
        Some(folder) => {
            std::fs::create_dir_all(folder)
                .map_err(io_error(&format!("the folder {}", folder.display())))?;
            DynamoDb::in_file(&folder.join("table.sqlite"))?
        }
    };
    for table in template.tables()? {
        dynamodb.ensure(&table)?;
    }
    let url = url(&listener)?;
    let inner = bind(0, "--dynamodb-port").await?;
    let gate = gate(listener, &inner, tasks)?;
    tasks.spawn(dynamodb.serve(inner));
    Ok((gate, url))
}

/// The functions reach a server through a gate, whose port is the one asked for.
fn gate(
    outer: TcpListener,
    inner: &TcpListener,
    tasks: &mut JoinSet<()>,
) -> Result<Gate, StackError> {
    let (gate, serving) = Gate::new(outer, address(inner)?);
    tasks.spawn(serving);
    Ok(gate)
}

fn feed_from_queues(
    template: &Template,
    functions: &HashMap<String, Function>,
    sqs: &Sqs,
    tasks: &mut JoinSet<()>,
) -> Result<(), StackError> {
    for definition in template.functions()? {
        let Some(function) = functions.get(&definition.logical_name) else {
            continue;
        };
        for source in definition.event_sources {
            let mapping = EventSourceMapping::new(sqs.clone(), source, function.clone());
            tasks.spawn(mapping.run(std::future::pending()));
        }
    }
    Ok(())
}

/// The schedule of each function that has one, by the function's logical name.
fn schedules(
    template: &Template,
    functions: &HashMap<String, Function>,
    clock: &SharedTimeSource,
) -> Result<HashMap<String, Scheduled>, StackError> {
    let mut schedules = HashMap::new();
    for definition in template.functions()? {
        let Some(function) = functions.get(&definition.logical_name) else {
            continue;
        };
        for schedule in definition.schedules {
            let scheduled = Scheduled::new(schedule, function.clone(), clock.clone());
            schedules.insert(definition.logical_name.clone(), scheduled);
        }
    }
    Ok(schedules)
}

fn start_line(
    addresses: &Addresses,
    listener: TcpListener,
    data: Option<&Path>,
    tasks: &mut JoinSet<()>,
) -> Result<Emulator, StackError> {
    let settings = Settings {
        webhook_url: Some(addresses.webhook_url.clone()),
        redirect_urls: vec![format!("{}/attach/callback", addresses.public_url)],
        bundle_url: Some(addresses.public_url.clone()),
        data_file: data.map(|folder| folder.join("line.json")),
        ..Settings::default()
    };
    let line = Emulator::new(settings).map_err(|error| StackError::Line(error.to_string()))?;
    let serving = line.serve(listener);
    tasks.spawn(async move { drop(serving.await) });
    Ok(line)
}

/// What the functions are told, as the template would.
fn variables(addresses: &Addresses, line: &Settings) -> Variables {
    [
        ("LINE_CHANNEL_ID", line.channel_id.as_str()),
        ("LINE_CHANNEL_SECRET", &line.channel_secret),
        ("LINE_BOT_HEADER", &line.bot_header),
        ("LINE_API_URL", &addresses.line_url),
        ("LINE_DATA_API_URL", &addresses.line_url),
        ("LINE_MANAGER_URL", &addresses.line_url),
        ("LINE_SCOPES", SCOPES),
        (
            "LINE_DEFAULT_ACTIVE",
            if line.default_active { "true" } else { "false" },
        ),
        ("PUBLIC_URL", &addresses.public_url),
        ("TABLE_NAME", &addresses.table_name),
        ("EVENT_QUEUE_URL", &addresses.event_queue_url),
        ("AWS_ENDPOINT_URL_DYNAMODB", &addresses.dynamodb_url),
        ("AWS_ENDPOINT_URL_SQS", &addresses.sqs_url),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into()
}

impl Listeners {
    async fn bind(options: &Options) -> Result<Self, StackError> {
        Ok(Self {
            public: bind(options.port, "--port").await?,
            line: bind(options.line_port, "--line-port").await?,
            dynamodb: bind(options.dynamodb_port, "--dynamodb-port").await?,
            sqs: bind(options.sqs_port, "--sqs-port").await?,
        })
    }
}

async fn bind(port: u16, flag: &'static str) -> Result<TcpListener, StackError> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .await
        .map_err(|source| match source.kind() {
            io::ErrorKind::AddrInUse => StackError::Port { port, flag },
            _ => StackError::Io {
                what: format!("port {port}"),
                source,
            },
        })
}

fn address(listener: &TcpListener) -> Result<SocketAddr, StackError> {
    listener
        .local_addr()
        .map_err(io_error("a listener's address"))
}

fn url(listener: &TcpListener) -> Result<String, StackError> {
    Ok(format!("http://{}", address(listener)?))
}

fn io_error(what: &str) -> impl FnOnce(io::Error) -> StackError {
    let what = what.to_owned();
    move |source| StackError::Io { what, source }
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
pub const PATIENCE: Duration = Duration::from_secs(60);

#[cfg(test)]
mod tests {
    use super::*;

    /// The addresses at the usual ports.
    fn usual() -> Addresses {
        let at = |port: u16| format!("http://127.0.0.1:{port}");
        Addresses {
            public_url: at(9000),
            webhook_url: at(9000) + "/webhook",
            line_url: at(9001),
            dynamodb_url: at(9002),
            sqs_url: at(9003),
            table_name: "Table".into(),
            event_queue_url: at(9003) + "/000000000000/EventQueue.fifo",
        }
    }

    fn cargo_lambda() -> String {
        let path = template_path().with_file_name("CargoLambda.toml");
        std::fs::read_to_string(path).unwrap()
    }

    #[test]
    fn a_plain_watch_is_told_what_the_stack_tells_its_functions() {
        let file = cargo_lambda();
        for (name, value) in variables(&usual(), &Settings::default()) {
            let line = format!("\n{name} = \"{value}\"\n");
            assert!(file.contains(&line), "{line}");
        }
    }

    #[test]
    fn a_plain_watch_has_the_templates_routes() {
        let template = Template::load(template_path()).unwrap();
        let routes = template.routes().unwrap();
        let file = cargo_lambda();
        for route in &routes {
            let code_uri = template.function(&route.function).unwrap().code_uri;
            let function = code_uri.rsplit('/').next().unwrap();
            let path = route.path.replace("{proxy+}", "{*proxy}");
            let to = match route.method.as_str() {
                "ANY" => format!("\"{function}\""),
                method => format!("[{{ method = \"{method}\", function = \"{function}\" }}]"),
            };
            let line = format!("\n\"{path}\" = {to}\n");
            assert!(file.contains(&line), "{line}");
        }
        assert_eq!(file.matches("\n\"/").count(), routes.len());
    }
}
