//! What CloudWatch has been given: samples by metric.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;

/// Which metric.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct MetricId {
    pub namespace: String,
    pub name: String,
    pub dimensions: BTreeMap<String, String>,
}

impl MetricId {
    /// The metric of this name, with exactly these dimensions.
    pub fn new(namespace: &str, name: &str, dimensions: &[(&str, &str)]) -> Self {
        let dimensions = dimensions
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Self {
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            dimensions: dimensions.collect(),
        }
    }

    /// What Lambda counts of a function, as `Errors` of `WorkerFunction`.
    pub fn of_function(name: &str, function: &str) -> Self {
        Self::new("AWS/Lambda", name, &[("FunctionName", function)])
    }

    /// Reads the members that an alarm or a `MetricStat` has for it.
    pub(super) fn read(metric: &Value) -> Result<Self, String> {
        let text = |value: &Value| {
            let text = value.as_str().map(str::to_owned);
            text.ok_or_else(|| format!("{value} is no text, in {metric}"))
        };
        let mut dimensions = BTreeMap::new();
        for dimension in crate::listed(&metric["Dimensions"]) {
            dimensions.insert(text(&dimension["Name"])?, text(&dimension["Value"])?);
        }
        Ok(Self {
            namespace: text(&metric["Namespace"])?,
            name: text(&metric["MetricName"])?,
            dimensions,
        })
    }
}

/// A value, and how often it was measured.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sample {
    at: i64,
    value: f64,
    count: f64,
}

/// The samples of all metrics. Times are in milliseconds since 1970.
#[derive(Debug, Clone, Default)]
pub struct Datapoints(BTreeMap<MetricId, Vec<Sample>>);

impl Datapoints {
    /// What CloudWatch makes of these lines in its embedded metric format.
    ///
    /// # Panics
    /// If one is no such line.
    pub fn of_lines(lines: &[Value]) -> Self {
        let mut datapoints = Self::default();
        for line in lines {
            datapoints.add_line(line);
        }
        datapoints
    }

    /// Adds what a line in the embedded metric format has. A value is a number, or
    /// `{"Values": [..], "Counts": [..]}`; of a metric that is announced and not there, there is no sample.
    ///
    /// # Panics
    /// If it is no such line.
    pub fn add_line(&mut self, line: &Value) {
        let about = &line["_aws"];
        let at = about["Timestamp"].as_i64();
        let at = at.unwrap_or_else(|| panic!("no _aws.Timestamp in {line}"));
        for directive in crate::listed(&about["CloudWatchMetrics"]) {
            let namespace = directive["Namespace"].as_str();
            let namespace = namespace.unwrap_or_else(|| panic!("no Namespace in {line}"));
            for names in crate::listed(&directive["Dimensions"]) {
                let dimensions = dimensions(line, names);
                for metric in crate::listed(&directive["Metrics"]) {
                    let name = metric["Name"].as_str().unwrap_or_default();
                    let id = MetricId {
                        namespace: namespace.to_owned(),
                        name: name.to_owned(),
                        dimensions: dimensions.clone(),
                    };
                    for (value, count) in samples(&line[name]) {
                        self.push(id.clone(), Sample { at, value, count });
                    }
                }
            }
        }
    }

    /// Adds one sample, as of what AWS itself measures.
    pub fn add(&mut self, metric: MetricId, at: i64, value: f64) {
        let count = 1.0;
        self.push(metric, Sample { at, value, count });
    }

    fn push(&mut self, metric: MetricId, sample: Sample) {
        self.0.entry(metric).or_default().push(sample);
    }

    /// The times of the first and of the last sample.
    pub fn span(&self) -> Option<(i64, i64)> {
        let times = || self.0.values().flatten().map(|sample| sample.at);
        Some((times().min()?, times().max()?))
    }

    /// A metric's samples from the one time until before the other.
    pub(super) fn between(&self, metric: &MetricId, from: i64, until: i64) -> Vec<Sample> {
        let samples = self.0.get(metric).into_iter().flatten();
        samples
            .filter(|sample| from <= sample.at && sample.at < until)
            .copied()
            .collect()
    }
}

/// The dimensions of these names, whose values are members of the line.
fn dimensions(line: &Value, names: &Value) -> BTreeMap<String, String> {
    let names = crate::listed(names).into_iter().filter_map(Value::as_str);
    names
        .map(|name| {
            let value = line[name].as_str().unwrap_or_default();
            (name.to_owned(), value.to_owned())
        })
        .collect()
}

/// The values that a member of a line has, and how often each was measured.
fn samples(member: &Value) -> Vec<(f64, f64)> {
    let numbers = |value: &Value| -> Vec<f64> {
        let values = crate::listed(value).into_iter();
        values.filter_map(Value::as_f64).collect()
    };
    match member {
        Value::Object(several) => {
            let counts = numbers(&several["Counts"]);
            numbers(&several["Values"])
                .into_iter()
                .zip(counts)
                .collect()
        }
        plain => numbers(plain)
            .into_iter()
            .map(|value| (value, 1.0))
            .collect(),
    }
}

/// What becomes one number of a period's samples.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Statistic {
    Average,
    Maximum,
    Minimum,
    /// As 99 for `p99`.
    Percentile(f64),
    SampleCount,
    Sum,
}

impl Statistic {
    pub(super) fn read(word: &Value) -> Result<Self, String> {
        let word = word.as_str().unwrap_or_default();
        let percent = || word.strip_prefix('p')?.parse().ok();
        match word {
            "Average" => Ok(Self::Average),
            "Maximum" => Ok(Self::Maximum),
            "Minimum" => Ok(Self::Minimum),
            "SampleCount" => Ok(Self::SampleCount),
            "Sum" => Ok(Self::Sum),
            _ => percent()
                .map(Self::Percentile)
                .ok_or_else(|| format!("{word:?} is no statistic")),
        }
    }

    /// Of no samples there is none.
    pub(super) fn of(self, samples: &[Sample]) -> Option<f64> {
        let values = || samples.iter().map(|sample| sample.value);
        let count: f64 = samples.iter().map(|sample| sample.count).sum();
        let sum = || samples.iter().map(|it| it.value * it.count).sum::<f64>();
        if samples.is_empty() {
            return None;
        }
        match self {
            Self::Average => Some(sum() / count),
            Self::Maximum => values().reduce(f64::max),
            Self::Minimum => values().reduce(f64::min),
            Self::Percentile(percent) => percentile(samples, count * percent / 100.0),
            Self::SampleCount => Some(count),
            Self::Sum => Some(sum()),
        }
    }
}

/// The smallest value that with those below it makes so many samples.
fn percentile(samples: &[Sample], rank: f64) -> Option<f64> {
    let mut sorted = samples.to_vec();
    sorted.sort_by(|left, right| left.value.total_cmp(&right.value));
    let mut seen = 0.0;
    let mut within = sorted.iter().filter(|sample| {
        seen += sample.count;
        seen >= rank
    });
    within.next().map(|sample| sample.value)
}

impl fmt::Display for Statistic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Percentile(percent) => write!(f, "p{percent}"),
            named => write!(f, "{named:?}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn statistic(word: &str, line: &Value) -> Option<f64> {
        let datapoints = Datapoints::of_lines(std::slice::from_ref(line));
        let metric = MetricId::new("N", "Time", &[]);
        let samples = datapoints.between(&metric, 0, 10);
        Statistic::read(&json!(word)).unwrap().of(&samples)
    }

    fn line(values: &Value) -> Value {
        let about = json!([{"Namespace": "N", "Dimensions": [[]], "Metrics": [{"Name": "Time"}]}]);
        json!({"_aws": {"Timestamp": 5, "CloudWatchMetrics": about}, "Time": values})
    }

    #[test]
    fn a_line_has_a_number_or_values_with_their_counts() {
        assert_eq!(statistic("Sum", &line(&json!(3))), Some(3.0));
        let several = line(&json!({"Values": [1, 10], "Counts": [3, 1]}));
        for (word, value) in [
            ("Sum", 13.0),
            ("Average", 3.25),
            ("Maximum", 10.0),
            ("Minimum", 1.0),
            ("SampleCount", 4.0),
            ("p50", 1.0),
            ("p75", 1.0),
            ("p99", 10.0),
        ] {
            assert_eq!(statistic(word, &several), Some(value), "{word}");
        }
    }

    #[test]
    fn of_what_is_not_there_there_is_no_statistic() {
        let mut announced = line(&json!(1));
        announced.as_object_mut().unwrap().remove("Time");
        assert_eq!(statistic("Sum", &announced), None);
        assert_eq!(statistic("p99", &line(&json!([]))), None);
    }

    #[test]
    fn a_metric_has_the_lines_dimensions() {
        let mut with = line(&json!(1));
        with["_aws"]["CloudWatchMetrics"][0]["Dimensions"] = json!([["Function"]]);
        with["Function"] = json!("worker");
        let datapoints = Datapoints::of_lines(&[with]);
        let of = |dimensions: &[(&str, &str)]| {
            let metric = MetricId::new("N", "Time", dimensions);
            datapoints.between(&metric, 0, 10).len()
        };
        assert_eq!(of(&[("Function", "worker")]), 1);
        assert_eq!(of(&[]), 0);
    }
}
