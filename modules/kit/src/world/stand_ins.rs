//! What stands in for AWS and LINE, as template.yaml and the test's setup want it.

use std::sync::LazyLock;

use emulator::{Emulator, Settings};
use serde_json::Value;
use sqs::Sqs;
use template_file::{QueueDefinition, Template};

use crate::harness::Setup;
use crate::time::Time;

/// template.yaml, as far as it is needed here.
pub(super) struct Definitions {
    pub(super) table: String,
    pub(super) create: Value,
    pub(super) queue: String,
    queues: Vec<QueueDefinition>,
}

pub(super) static DEFINITIONS: LazyLock<Definitions> = LazyLock::new(|| {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../template.yaml");
    let template = Template::load(path).expect("the template");
    let table = template.table("Table").expect("the table");
    let mut queues = template.queues().expect("the queues");
    queues.sort_by_key(QueueDefinition::redrives); // a dead-letter queue comes first
    Definitions {
        table: table.name,
        create: table.create,
        queue: template.queue("EventQueue").expect("the queue").name,
        queues,
    }
});

pub(super) fn line(setup: &Setup) -> Emulator {
    let settings = Settings {
        control_event_delay_ms: 0,
        default_active: setup.default_active,
        ..Settings::default()
    };
    let line = Emulator::new(settings).expect("LINE");
    line.stop_clock(setup.begins);
    line
}

pub(super) fn queues(time: &Time) -> Sqs {
    let sqs = Sqs::new(time.clone());
    for queue in &DEFINITIONS.queues {
        let made = sqs.create_queue(&queue.name, queue.attributes.clone());
        made.expect("a queue of the template");
    }
    sqs
}
