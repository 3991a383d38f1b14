//! What a function counts and measures, as lines in CloudWatch's embedded metric format: one
//! for each request, batch or run, of which CloudWatch makes metrics
//! (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>).
//! Nothing in them names an account, a chat or a person.

mod line;
mod name;

use std::collections::BTreeMap;
use std::fmt;
use std::io::Write as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aws_smithy_async::time::SharedTimeSource;

pub use name::{Metric, Unit};

/// CloudWatch takes this many values of a metric in one line. What is more is left out: a
/// batch that has as many is well enough described by them.
const MOST_VALUES: usize = 100;

/// Where lines go.
#[derive(Clone)]
pub struct MetricsSink {
    namespace: Arc<str>,
    write: Arc<dyn Fn(&str) + Send + Sync>,
}

impl MetricsSink {
    /// Lines of this namespace, each with its line feed, are given to `write`.
    pub fn new(namespace: &str, write: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self {
            namespace: namespace.into(),
            write: Arc::new(write),
        }
    }

    /// To the standard output, which Lambda sends to the function's log group.
    pub fn stdout(namespace: &str) -> Self {
        Self::new(namespace, |line| {
            // In one write: lines of other threads must not come in between. Where it fails
            // there is nobody to tell.
            let _ = std::io::stdout().lock().write_all(line.as_bytes());
        })
    }
}

impl fmt::Debug for MetricsSink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MetricsSink({})", self.namespace)
    }
}

/// Counts and measures of one function, until they are written. Clones are the same.
#[derive(Debug, Clone)]
pub struct Metrics(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    sink: Option<MetricsSink>,
    clock: SharedTimeSource,
    values: Mutex<BTreeMap<Metric, Vec<u64>>>,
}

impl Metrics {
    /// Of which nothing is written.
    pub fn none() -> Self {
        Self::new(None, SharedTimeSource::default())
    }

    /// Without a sink nothing is written.
    pub fn new(sink: Option<MetricsSink>, clock: SharedTimeSource) -> Self {
        Self(Arc::new(Inner {
            sink,
            clock,
            values: Mutex::default(),
        }))
    }

    /// One more.
    pub fn count(&self, metric: Metric) {
        self.add(metric, 1);
    }

    /// This many more; 0 is written too, so that an alarm sees that there were none.
    pub fn add(&self, metric: Metric, number: usize) {
        if self.0.sink.is_none() {
            return;
        }
        let number = u64::try_from(number).unwrap_or(u64::MAX);
        let mut values = self.values();
        match values.entry(metric).or_default().as_mut_slice() {
            [sum] => *sum = sum.saturating_add(number),
            _ => drop(values.insert(metric, vec![number])),
        }
    }

    /// One value of several, of which CloudWatch makes percentiles.
    pub fn observe(&self, metric: Metric, value: u64) {
        if self.0.sink.is_none() {
            return;
        }
        let mut values = self.values();
        let of_metric = values.entry(metric).or_default();
        if of_metric.len() < MOST_VALUES {
            of_metric.push(value);
        }
    }

    /// A time, in milliseconds.
    pub fn observe_time(&self, metric: Metric, time: Duration) {
        self.observe(metric, u64::try_from(time.as_millis()).unwrap_or(u64::MAX));
    }

    /// Writes the line of a request, batch or run that has ended.
    pub fn flush(&self) {
        let values = std::mem::take(&mut *self.values());
        let Some(sink) = self.0.sink.as_ref().filter(|_| !values.is_empty()) else {
            return;
        };
        match line::of(&sink.namespace, self.0.clock.now(), &values) {
            Ok(line) => (sink.write)(&line),
            Err(error) => tracing::error!(error, "metrics could not be written"),
        }
    }

    fn values(&self) -> MutexGuard<'_, BTreeMap<Metric, Vec<u64>>> {
        self.0.values.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// Metrics, and the lines that are written of them.
    fn metrics() -> (Metrics, Arc<Mutex<Vec<Value>>>) {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let written = lines.clone();
        let sink = MetricsSink::new("LineModule/test", move |line| {
            assert!(line.ends_with('\n') && line.lines().count() == 1, "{line}");
            let line = serde_json::from_str(line).unwrap();
            written.lock().unwrap().push(line);
        });
        (Metrics::new(Some(sink), SharedTimeSource::default()), lines)
    }

    #[test]
    fn one_line_has_all_that_was_counted_and_measured() {
        let (metrics, lines) = metrics();
        metrics.count(Metric::Webhooks);
        metrics.count(Metric::Webhooks);
        metrics.add(Metric::EventsQueued, 0);
        metrics.observe(Metric::WebhookTime, 12);
        metrics.observe(Metric::WebhookTime, 30);
        metrics.flush();
        metrics.flush();
        let lines = lines.lock().unwrap();
        let [line] = lines.as_slice() else {
            panic!("{lines:?}");
        };
        assert_eq!(line["Webhooks"], 2);
        assert_eq!(line["EventsQueued"], 0);
        let times = json!({"Values": [12, 30], "Counts": [1, 1]});
        assert_eq!(line["WebhookTime"], times);
        let about = &line["_aws"]["CloudWatchMetrics"][0];
        assert_eq!(about["Namespace"], "LineModule/test");
        assert_eq!(about["Dimensions"], json!([[]]));
        let metric = json!({"Name": "WebhookTime", "Unit": "Milliseconds"});
        assert!(about["Metrics"].as_array().unwrap().contains(&metric));
        assert!(line["_aws"]["Timestamp"].as_i64() > Some(1_700_000_000_000));
    }

    #[test]
    fn a_line_has_no_more_values_than_cloudwatch_takes() {
        let (metrics, lines) = metrics();
        for value in 0..500 {
            metrics.observe(Metric::WebhookTime, value);
        }
        metrics.flush();
        let lines = lines.lock().unwrap();
        let values = lines[0]["WebhookTime"]["Values"].as_array().unwrap();
        assert_eq!(values.len(), MOST_VALUES);
    }

    #[test]
    fn each_metric_has_a_name_of_its_own() {
        let names: std::collections::BTreeSet<_> =
            Metric::ALL.iter().map(|metric| metric.name()).collect();
        assert_eq!(names.len(), Metric::ALL.len());
    }
}
