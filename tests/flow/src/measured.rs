//! The metric lines of the test's own functions, and what the template's alarms make of them.

use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;
use shared::metrics::MetricsSink;
use template::alarm::{Alarm, Datapoints};

/// The namespace of the template's own metrics, where its stack has no name.
const NAMESPACE: &str = "LineModule/local";

/// Metric lines. Clones are the same.
#[derive(Debug, Clone, Default)]
pub struct Lines(Arc<Mutex<Vec<Value>>>);

impl Lines {
    /// Where functions write them.
    pub fn sink(&self) -> MetricsSink {
        let lines = self.clone();
        MetricsSink::new(NAMESPACE, move |line| {
            let line = serde_json::from_str(line).expect("a line is JSON");
            lines.lock().push(line);
        })
    }

    /// All of them so far.
    pub fn all(&self) -> Vec<Value> {
        self.lock().clone()
    }

    /// The sum of a counted metric.
    pub fn sum(&self, metric: &str) -> u64 {
        let lines = self.lock();
        lines.iter().filter_map(|line| line[metric].as_u64()).sum()
    }

    /// As CloudWatch has them.
    pub fn datapoints(&self) -> Datapoints {
        Datapoints::of_lines(&self.all())
    }

    /// Whether the template's alarm of this name goes off by them.
    pub fn set_off(&self, alarm: &str) -> bool {
        self::alarm(alarm).fires(&self.datapoints())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Value>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An alarm of the template, which has its page in the runbook.
pub fn alarm(name: &str) -> Alarm {
    let runbook = template::root().join("docs/runbook.md");
    let runbook = std::fs::read_to_string(runbook).expect("the runbook can be read");
    let page = format!("## {name}");
    assert!(runbook.lines().any(|line| line == page), "{name}: no page");
    let template = template::template().expect("the template can be read");
    Alarm::of(&template, name)
}
