//! The emulators: of SQS and DynamoDB, each behind a gate, and of LINE.

use std::path::Path;

use emulator::{Emulator, Settings};
use sqs::{Sqs, SystemClock};
use template_file::Template;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::addresses::{Addresses, address, bind, io_error, url};
use super::error::StackError;
use crate::dynamodb::DynamoDb;
use crate::gate::Gate;

/// SQS, with the queues of the template.
pub(super) struct StartedSqs {
    pub(super) server: Sqs,
    pub(super) gate: Gate,
    pub(super) url: String,
    pub(super) event_queue_url: String,
    pub(super) dead_letter_queue_url: String,
}

pub(super) async fn start_sqs(
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
    let event_queue_url = queue_url(template, &server, "EventQueue")?;
    let dead_letter_queue_url = queue_url(template, &server, "DeadLetterQueue")?;
    let url = url(&listener)?;
    let inner = bind(0, "--sqs-port").await?;
    let gate = gate(listener, &inner, tasks)?;
    tasks.spawn(server.serve(inner));
    Ok(StartedSqs {
        server,
        gate,
        url,
        event_queue_url,
        dead_letter_queue_url,
    })
}

fn queue_url(template: &Template, server: &Sqs, logical: &str) -> Result<String, StackError> {
    let name = template.queue(logical)?.name;
    server.queue_url(&name).map_err(|error| StackError::Queue {
        name,
        reason: error.to_string(),
    })
}

/// DynamoDB, with the tables of the template and their streams.
pub(super) struct StartedDynamoDb {
    pub(super) server: DynamoDb,
    pub(super) gate: Gate,
    pub(super) url: String,
}

pub(super) async fn start_dynamodb(
    template: &Template,
    listener: TcpListener,
    data: Option<&Path>,
    tasks: &mut JoinSet<()>,
) -> Result<StartedDynamoDb, StackError> {
    let server = match data {
        None => DynamoDb::in_memory()?,
        Some(folder) => {
            std::fs::create_dir_all(folder)
                .map_err(io_error(&format!("the folder {}", folder.display())))?;
            DynamoDb::in_file(&folder.join("table.sqlite"))?
        }
    };
    for table in template.tables()? {
        server.ensure(&table)?;
        server.enable_stream(&table)?;
    }
    let url = url(&listener)?;
    let inner = bind(0, "--dynamodb-port").await?;
    let gate = gate(listener, &inner, tasks)?;
    tasks.spawn(server.clone().serve(inner));
    Ok(StartedDynamoDb { server, gate, url })
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

pub(super) fn start_line(
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
