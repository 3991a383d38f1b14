//! Putting it together: the servers, the functions over them, and what calls the functions.

use std::collections::HashMap;

use aws_smithy_async::time::SharedTimeSource;
use emulator::Emulator;
use line_module::Module;
use shared::aws::Timeouts;
use shared::ground::Ground;
use sqs::Sqs;
use template_file::{FunctionDefinition, Template};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::addresses::{Addresses, Listeners, url};
use super::error::StackError;
use super::options::Options;
use super::servers::{start_dynamodb, start_line, start_sqs};
use super::variables::variables;
use super::{Functions, Needs, Stack};
use crate::bundle;
use crate::clock;
use crate::company::{Company, of_pages};
use crate::dynamodb::DynamoDb;
use crate::event_source::EventSourceMapping;
use crate::function::Function;
use crate::gate::Gate;
use crate::gateway::Gateway;
use crate::invoke_api;
use crate::journal::Journal;
use crate::replay::again;
use crate::schedule::Scheduled;
use crate::settings::{set_by, sign_in_by};
use crate::stream::StreamMapping;
use crate::trace::traces_and_waits;

/// What the functions stand on, and what is served of it.
struct Started {
    addresses: Addresses,
    line: Emulator,
    sqs: Sqs,
    sqs_gate: Gate,
    dynamodb: DynamoDb,
    dynamodb_gate: Gate,
    gateway_url: String,
    tasks: JoinSet<()>,
}

impl Started {
    async fn new(
        template: &Template,
        at: Listeners,
        options: &Options,
    ) -> Result<(Self, TcpListener, TcpListener), StackError> {
        let mut tasks = JoinSet::new();
        let data = options.data.as_deref();
        let sqs = start_sqs(template, at.sqs, &mut tasks).await?;
        let dynamodb = start_dynamodb(template, at.dynamodb, data, &mut tasks);
        let dynamodb = dynamodb.await?;
        let gateway_url = url(&at.public)?;
        let public_url = options
            .public_url
            .clone()
            .unwrap_or_else(|| gateway_url.clone());
        let addresses = Addresses {
            webhook_url: format!("{public_url}/webhook"),
            inbox_url: format!("{public_url}/inbox"),
            sqs_url: sqs.url,
            event_queue_url: sqs.event_queue_url,
            dead_letter_queue_url: sqs.dead_letter_queue_url,
            invoke_url: url(&at.invoke)?,
            table_name: template.table("Table")?.name,
            public_url,
            line_url: url(&at.line)?,
            dynamodb_url: dynamodb.url,
        };
        let line = start_line(&addresses, at.line, data, &mut tasks)?;
        if let Some(at) = options.clock {
            let set = line.set_clock(at).await;
            set.map_err(|error| StackError::Line(error.to_string()))?;
        }
        let started = Self {
            addresses,
            line,
            sqs: sqs.server,
            sqs_gate: sqs.gate,
            dynamodb: dynamodb.server,
            dynamodb_gate: dynamodb.gate,
            gateway_url,
            tasks,
        };
        Ok((started, at.public, at.invoke))
    }

    /// A process of its own goes by the system's clock.
    fn clock(&self, options: &Options) -> SharedTimeSource {
        match options.lambda {
            true => SharedTimeSource::default(),
            false => clock::of_line(&self.line),
        }
    }
}

/// The stack, with the functions that `run` gives.
pub(super) async fn assemble<M: Module + Clone, K: Send + 'static>(
    template: &Template,
    at: Listeners,
    options: &Options,
    module: M,
    run: impl AsyncFnOnce(Needs<'_, M>) -> Result<(Functions, K), StackError>,
) -> Result<Stack, StackError> {
    let (mut started, public, invoke) = Started::new(template, at, options).await?;
    let addresses = started.addresses.clone();
    let clock = started.clock(options);
    let variables = variables(&addresses, &started.line.settings());
    let ground = Ground::emulated()
        .with_clock(clock.clone())
        .with_dynamodb_at(&addresses.dynamodb_url)
        .with_sqs_at(&addresses.sqs_url);
    let definitions = template.functions()?;
    let needs = Needs {
        definitions: &definitions,
        variables: &variables,
        ground: &ground,
        module: &module,
    };
    let (functions, kept) = run(needs).await?;
    let schedules = schedules(template, &functions, &clock)?;
    let store = ground.table(addresses.table_name.clone());
    let journal = Journal::new(
        started.line.clone(),
        store.clone(),
        started.sqs.clone(),
        &addresses.event_queue_url,
    );
    let table_stream = started.dynamodb.stream(&addresses.table_name);
    started.tasks.spawn(journal.clone().run(table_stream));
    let feeding = (&started.sqs, &journal);
    let event_sources = feed_from_queues(template, &functions, feeding, &mut started.tasks)?;
    let streams = feed_from_streams(
        &definitions,
        &functions,
        &started.dynamodb,
        &mut started.tasks,
    );
    if options.scheduled {
        for scheduled in schedules.values().cloned() {
            started.tasks.spawn(scheduled.run());
        }
    }
    let invoked: Vec<_> = functions.values().cloned().collect();
    let serving = async move { drop(invoke_api::serve(invoke, invoked).await) };
    started.tasks.spawn(serving);
    let gateway = Gateway::new(template.routes()?, functions, clock::of_line(&started.line));
    let serving = async move { drop(gateway.serve(public).await) };
    started.tasks.spawn(serving);
    let line = started.line;
    line.show_traces(traces_and_waits(store.clone(), journal.clone()));
    let behind = journal.clone();
    line.show_behind(move |chat| {
        let journal = behind.clone();
        Box::pin(async move { journal.behind(&chat).await })
    });
    let app = bundle::worker_app(&variables, &ground, module)?;
    line.run_again(again(app.clone()));
    line.change_settings_by(set_by(app));
    line.sign_in_by(sign_in_by(
        store.clone(),
        addresses.public_url.clone(),
        clock.clone(),
    ));
    let company = Company::new(&addresses, clock);
    line.company_says(of_pages(company.clone()));
    Ok(Stack {
        company,
        journal,
        line,
        sqs: started.sqs,
        store,
        queue: ground.queue(addresses.event_queue_url.clone(), Timeouts::DEFAULT),
        addresses,
        variables,
        dynamodb_gate: started.dynamodb_gate,
        sqs_gate: started.sqs_gate,
        ground,
        gateway_url: started.gateway_url,
        schedules,
        dynamodb: started.dynamodb,
        event_sources,
        streams,
        tasks: started.tasks,
        _kept: Box::new(kept),
    })
}

fn feed_from_queues(
    template: &Template,
    functions: &HashMap<String, Function>,
    (sqs, journal): (&Sqs, &Journal),
    tasks: &mut JoinSet<()>,
) -> Result<Vec<EventSourceMapping>, StackError> {
    let mut mappings = Vec::new();
    for definition in template.functions()? {
        let Some(function) = functions.get(&definition.logical_name) else {
            continue;
        };
        for source in definition.event_sources {
            let (sqs, function) = (sqs.clone(), function.clone());
            let mapping = EventSourceMapping::with_journal(sqs, source, function, journal.clone());
            tasks.spawn(mapping.clone().run(std::future::pending()));
            mappings.push(mapping);
        }
    }
    Ok(mappings)
}

/// The mapping of each function that is fed from a table's stream.
fn feed_from_streams(
    definitions: &[FunctionDefinition],
    functions: &HashMap<String, Function>,
    dynamodb: &DynamoDb,
    tasks: &mut JoinSet<()>,
) -> Vec<StreamMapping> {
    let mut mappings = Vec::new();
    for definition in definitions {
        let Some(function) = functions.get(&definition.logical_name) else {
            continue;
        };
        for source in definition.streams.iter().cloned() {
            let stream = dynamodb.stream(&source.table);
            let mapping = StreamMapping::new(stream, source, function.clone());
            tasks.spawn(mapping.clone().run());
            mappings.push(mapping);
        }
    }
    mappings
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
