//! Each alarm has its page in the runbook, and counts what the functions write. Files beside this one: the dashboard,
//! the logs, and what sets an alarm off.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod dashboard;
mod goes_off;
mod logs;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use aws_smithy_async::time::SharedTimeSource;
use regex_lite::Regex;
use serde_json::{Value, json};
use shared::metrics::{Metric, Metrics, MetricsSink, Unit};
use template::alarm::{Alarm, Datapoints, MetricId, State};
use template::{listed, root, template, with};
use template_file::Template;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
/// When the tests' datapoints begin: at a full hour.
const START: i64 = 1_700_002_800_000;

/// The template with every alarm that it can have.
fn full() -> Template {
    with(&[("NoWebhookHours", "6")])
}

/// Logical name and properties of each alarm.
fn alarms(template: &Template) -> Vec<(String, Value)> {
    let alarms = template.resources_of("AWS::CloudWatch::Alarm");
    alarms
        .map(|(name, alarm)| {
            let properties = template.resolve(&alarm["Properties"]).unwrap();
            (name.to_owned(), properties)
        })
        .collect()
}

fn names(template: &Template) -> BTreeSet<String> {
    alarms(template).into_iter().map(|(name, _)| name).collect()
}

fn runbook() -> String {
    std::fs::read_to_string(root().join("docs/runbook.md")).unwrap()
}

#[test]
fn each_alarm_has_its_page_and_each_page_its_alarm() {
    let runbook = runbook();
    let headings = runbook.lines().filter_map(|line| line.strip_prefix("## "));
    let pages = headings.filter(|heading| heading.ends_with("Alarm"));
    let pages: BTreeSet<String> = pages.map(str::to_owned).collect();
    assert_eq!(pages, names(&full()));
}

#[test]
fn each_alarm_says_what_it_means_and_where_to_read_on() {
    for (name, properties) in alarms(&full()) {
        let description = properties["AlarmDescription"].as_str().unwrap();
        let end = format!(". See docs/runbook.md, {name}");
        assert!(description.ends_with(&end), "{name}: {description}");
        // What CloudWatch takes.
        assert!(description.len() <= 1024, "{name}");
    }
}

#[test]
fn each_alarm_tells_its_topic_when_it_goes_off_and_when_it_goes_out() {
    let topic = "arn:aws:sns:us-east-1:123456789012:alarms";
    for (name, properties) in alarms(&with(&[("AlarmTopicArn", topic)])) {
        assert_eq!(properties["AlarmActions"], json!([topic]), "{name}");
        assert_eq!(properties["OKActions"], json!([topic]), "{name}");
    }
    for (name, properties) in alarms(&template().unwrap()) {
        assert!(properties["AlarmActions"].is_null(), "{name}");
        assert!(properties["OKActions"].is_null(), "{name}");
    }
}

/// What `PutMetricAlarm` takes.
#[test]
fn no_alarm_looks_back_further_than_cloudwatch_does() {
    const DAY: i64 = 24 * HOUR;
    for hours in ["1", "6", "168"] {
        for alarm in Alarm::all(&with(&[("NoWebhookHours", hours)])) {
            let most = if alarm.period() < HOUR { DAY } else { 7 * DAY };
            assert!(alarm.window() <= most, "{}", alarm.name());
            assert!(alarm.metrics().len() <= 10, "{}", alarm.name());
        }
    }
    let parameters = template().unwrap().document()["Parameters"].clone();
    assert_eq!(parameters["NoWebhookHours"]["MaxValue"], 168);
}

/// The alarms that look at this metric and at nothing else.
fn of_metric(metric: &MetricId) -> Vec<Alarm> {
    let mut alarms = Alarm::all(&full());
    alarms.retain(|alarm| {
        let metrics = alarm.metrics();
        metrics.len() == 1 && metrics[0].0 == metric
    });
    alarms
}

#[test]
fn each_function_has_an_alarm_for_errors_and_one_for_throttles() {
    for function in template().unwrap().functions().unwrap() {
        for name in ["Errors", "Throttles"] {
            let metric = MetricId::of_function(name, &function.logical_name);
            let alarms = of_metric(&metric);
            assert_eq!(alarms.len(), 1, "{metric:?}");
            let mut datapoints = Datapoints::default();
            datapoints.add(metric.clone(), START, 0.0);
            assert!(!alarms[0].fires(&datapoints), "{metric:?}");
            datapoints.add(metric.clone(), START, 1.0);
            assert!(alarms[0].fires(&datapoints), "{metric:?}");
        }
    }
}

#[test]
fn a_function_that_its_schedule_no_longer_runs_is_missed() {
    let functions = template().unwrap().functions().unwrap();
    let scheduled = functions.iter().filter(|it| !it.schedules.is_empty());
    let mut missed = BTreeSet::new();
    for function in scheduled {
        let every = i64::try_from(function.schedules[0].every.as_millis()).unwrap();
        let metric = MetricId::of_function("Invocations", &function.logical_name);
        let alarms = of_metric(&metric);
        let [alarm] = alarms.as_slice() else {
            panic!("{} alarms of {metric:?}", alarms.len());
        };
        let mut datapoints = Datapoints::default();
        for run in 0..20 {
            datapoints.add(metric.clone(), START + run * every + 5_000, 1.0);
        }
        let (end, window) = (START + 20 * every, alarm.window());
        assert!(!alarm.fires_between(&datapoints, START, end), "{metric:?}");
        assert!(alarm.fires_between(&datapoints, START, end + window));
        // It is missed before many runs are.
        assert!(window <= 5 * every, "{metric:?}");
        missed.insert(alarm.name().to_owned());
    }
    let expected = ["ReconcilerAbsentAlarm", "TimerAbsentAlarm"];
    assert_eq!(missed, expected.map(str::to_owned).into());
}

/// What is as it is, and is not added up.
const LEVELS: [Metric; 6] = [
    Metric::AccountsKnown,
    Metric::AccountsListed,
    Metric::AccountsMissing,
    Metric::AccountsNotEntitled,
    Metric::AccountsPaused,
    Metric::EventAttempts,
];

fn metric(name: &str) -> Metric {
    let mut all = Metric::ALL.iter();
    let known = all.find(|metric| metric.name() == name);
    *known.unwrap_or_else(|| panic!("no function writes {name}"))
}

fn assert_fits(name: &str, statistic: &str, place: &str) {
    let metric = metric(name);
    let fits = match metric.unit() {
        Unit::Count if LEVELS.contains(&metric) => statistic == "Maximum",
        Unit::Count => statistic == "Sum",
        Unit::Milliseconds => statistic.starts_with('p'),
        Unit::Seconds | Unit::Percent => statistic == "Maximum",
    };
    assert!(fits, "{place}: the {statistic} of {name}");
}

#[test]
fn alarms_count_what_the_functions_write() {
    let namespace = namespace();
    for alarm in Alarm::all(&full()) {
        for (metric, statistic) in alarm.metrics() {
            if metric.namespace == namespace {
                assert!(metric.dimensions.is_empty(), "{}", alarm.name());
                assert_fits(&metric.name, &statistic, alarm.name());
            } else {
                assert!(metric.namespace.starts_with("AWS/"), "{metric:?}");
            }
        }
    }
}

/// The namespace that the functions are told to write to.
fn namespace() -> String {
    let worker = template().unwrap().function("WorkerFunction").unwrap();
    worker.variables["METRICS_NAMESPACE"].clone()
}

/// What stands behind each match of the expression, whose first group it is.
fn found(expression: &str, text: &str) -> BTreeSet<String> {
    let expression = Regex::new(expression).unwrap();
    let found = expression.captures_iter(text);
    found.map(|groups| groups[1].to_owned()).collect()
}

#[test]
fn the_runbooks_commands_name_what_is_there() {
    let template = template().unwrap();
    let runbook = runbook();
    for name in found(r"\boutput ([A-Z]\w+)\)", &runbook) {
        let output = &template.document()["Outputs"][&name];
        assert!(!output.is_null(), "the stack has no output {name}");
    }
    let functions = template.functions().unwrap();
    for name in found(r"\bresource ([A-Z]\w+)\)", &runbook) {
        // SAM names a schedule by its function and its event.
        let is_schedule = functions.iter().any(|function| {
            let mut schedules = function.schedules.iter();
            schedules.any(|it| format!("{}{}", function.logical_name, it.name) == name)
        });
        assert!(is_schedule || template.resource(&name).is_ok(), "{name}");
    }
    let counted = found(r"\bmetric ([A-Z]\w+[a-z]\w*)\b", &runbook);
    assert!(!counted.is_empty());
    for name in counted {
        assert_eq!(metric(&name).unit(), Unit::Count, "{name}");
    }
}
