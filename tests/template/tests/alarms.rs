//! Alarms, dashboard and saved queries: each alarm has its page in the runbook, and counts what the functions write.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

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
const LEVELS: [Metric; 4] = [
    Metric::AccountsKnown,
    Metric::AccountsListed,
    Metric::AccountsMissing,
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

fn widgets(template: &Template) -> Vec<Value> {
    let dashboard = template.resource("Dashboard").unwrap();
    let body = template.resolve(&dashboard["Properties"]["DashboardBody"]);
    let body: Value = serde_json::from_str(body.unwrap().as_str().unwrap()).unwrap();
    body["widgets"].as_array().unwrap().clone()
}

/// Namespace, name and statistic of each metric in a widget.
fn shown(widget: &Value) -> Vec<[String; 3]> {
    let properties = &widget["properties"];
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let metrics = listed(&properties["metrics"]).into_iter();
    metrics
        .map(|metric| {
            let own = &metric.as_array().unwrap().last().unwrap()["stat"];
            let statistic = if own.is_null() {
                &properties["stat"]
            } else {
                own
            };
            [text(&metric[0]), text(&metric[1]), text(statistic)]
        })
        .collect()
}

#[test]
fn the_dashboard_shows_each_metric_of_the_functions() {
    let namespace = namespace();
    let mut names = BTreeSet::new();
    for widget in widgets(&full()) {
        let title = widget["properties"]["title"].as_str().unwrap();
        for [of, name, statistic] in shown(&widget) {
            if of == namespace {
                assert_fits(&name, &statistic, title);
                names.insert(name);
            }
        }
    }
    let all = Metric::ALL.iter().map(|metric| metric.name().to_owned());
    assert_eq!(names, all.collect());
}

#[test]
fn the_dashboard_begins_with_the_state_of_every_alarm() {
    for template in [template().unwrap(), full()] {
        let first = &widgets(&template)[0];
        assert_eq!(first["type"], "alarm");
        let arns = listed(&first["properties"]["alarms"]);
        let shown: BTreeSet<String> = arns
            .iter()
            .map(|arn| arn.as_str().unwrap().trim_end_matches(".Arn").to_owned())
            .collect();
        let mut expected = names(&template);
        expected.retain(|name| template::is_made(&template, name));
        assert_eq!(shown, expected);
    }
}

/// CloudWatch's grid is 24 wide.
#[test]
fn the_dashboards_widgets_fit_beside_each_other() {
    let mut taken = BTreeSet::new();
    for widget in widgets(&full()) {
        let number = |name: &str| widget[name].as_u64().unwrap();
        let (x, y) = (number("x"), number("y"));
        assert!(x + number("width") <= 24, "{widget}");
        for cell in (x..x + number("width")).map(|column| (column, y)) {
            assert!(taken.insert(cell), "{widget}");
        }
    }
}

#[test]
fn the_queries_look_into_log_groups_of_the_stack() {
    let template = template().unwrap();
    let groups = template.resources_of("AWS::Logs::LogGroup");
    let groups: BTreeSet<&str> = groups.map(|(name, _)| name).collect();
    let mut number = 0;
    for (name, query) in template.resources_of("AWS::Logs::QueryDefinition") {
        let of = listed(&query["Properties"]["LogGroupNames"]);
        assert!(!of.is_empty(), "{name}");
        for group in of {
            let group = group["Ref"].as_str().unwrap();
            assert!(groups.contains(group), "{name}: {group}");
        }
        let folder = template.resolve(&query["Properties"]["Name"]).unwrap();
        assert!(folder.as_str().unwrap().starts_with("local/"), "{name}");
        number += 1;
    }
    assert!(number > 0);
}

#[test]
fn one_events_way_leads_through_every_log_group() {
    let template = template().unwrap();
    let groups = template.resources_of("AWS::Logs::LogGroup").count();
    let query = &template.resource("OneEventQuery").unwrap()["Properties"];
    assert_eq!(listed(&query["LogGroupNames"]).len(), groups);
}

/// A function's properties with the globals under those that are objects.
fn logging(template: &Template, function: &str) -> Value {
    let mut merged = template.document()["Globals"]["Function"]["LoggingConfig"].clone();
    let own = &template.resource(function).unwrap()["Properties"]["LoggingConfig"];
    let own = own.as_object().unwrap().clone();
    merged.as_object_mut().unwrap().extend(own);
    template.resolve(&merged).unwrap()
}

/// A line of metrics has no level, and Lambda takes it for one of INFO: a filter of Lambda's above INFO would end all
/// metrics.
#[test]
fn no_log_level_stops_the_metrics() {
    let template = with(&[("LogLevel", "ERROR"), ("SystemLogLevel", "INFO")]);
    for function in template.functions().unwrap() {
        let name = &function.logical_name;
        let logging = logging(&template, name);
        assert_eq!(logging["LogFormat"], "JSON", "{name}");
        assert_eq!(logging["ApplicationLogLevel"], "TRACE", "{name}");
        assert_eq!(logging["SystemLogLevel"], "INFO", "{name}");
        assert_eq!(function.variables["LOG_LEVEL"], "ERROR", "{name}");
        let namespace = &function.variables["METRICS_NAMESPACE"];
        assert_eq!(namespace, "LineModule/local", "{name}");
    }
}

/// The lines that the functions write are read here as CloudWatch reads them.
#[test]
fn a_line_of_the_functions_sets_off_its_alarm() {
    let written = Arc::new(Mutex::new(Vec::new()));
    let sink = MetricsSink::new(&namespace(), {
        let written = written.clone();
        move |line| {
            let line = serde_json::from_str(line).unwrap();
            written.lock().unwrap().push(line);
        }
    });
    let metrics = Metrics::new(Some(sink), SharedTimeSource::default());
    metrics.count(Metric::EventsParked);
    metrics.observe(Metric::AgeAtReply, 700);
    metrics.observe(Metric::AgeAtReply, 30_000);
    metrics.flush();
    let lines = written.lock().unwrap();
    assert!(fires("ParkedEventsAlarm", &lines));
    assert!(fires("LateRepliesAlarm", &lines));
    assert!(!fires("UnknownSendsAlarm", &lines));
}

/// A function's line with these metrics, so many minutes after the start.
fn line(minute: i64, values: &[(Metric, Value)]) -> Value {
    let metrics: Vec<Value> = values
        .iter()
        .map(|(metric, _)| json!({"Name": metric.name()}))
        .collect();
    let about = json!([{"Namespace": namespace(), "Dimensions": [[]], "Metrics": metrics}]);
    let at = START + minute * MINUTE + 1_000;
    let mut line = json!({"_aws": {"Timestamp": at, "CloudWatchMetrics": about}});
    for (metric, value) in values {
        line[metric.name()] = value.clone();
    }
    line
}

fn fires(alarm: &str, lines: &[Value]) -> bool {
    Alarm::of(&full(), alarm).fires(&Datapoints::of_lines(lines))
}

/// Each is about too much or about too little, and about nothing that is always so.
#[test]
fn each_alarm_on_one_metric_is_set_off_by_much_or_by_nothing() {
    for alarm in Alarm::all(&full()) {
        let metrics = alarm.metrics();
        let [(metric, _)] = metrics.as_slice() else {
            continue;
        };
        let fires = |value: f64| {
            let (mut datapoints, end) = (Datapoints::default(), START + 2 * alarm.window());
            for at in (START..end).step_by(60_000) {
                datapoints.add((*metric).clone(), at, value);
            }
            alarm.fires_between(&datapoints, START, end)
        };
        assert_ne!(fires(0.0), fires(1e9), "{}", alarm.name());
    }
}

/// Whether the alarm goes off when its one metric has this value for so many minutes.
fn fires_at(alarm: &str, value: f64, minutes: i64) -> bool {
    let alarm = Alarm::of(&full(), alarm);
    let mut datapoints = Datapoints::default();
    for minute in 0..minutes {
        let metric = alarm.metrics()[0].0.clone();
        datapoints.add(metric, START + minute * MINUTE, value);
    }
    alarm.fires(&datapoints)
}

#[test]
fn queues_and_api_ring_at_their_limits() {
    assert!(fires_at("OldestMessageAlarm", 601.0, 3));
    assert!(!fires_at("OldestMessageAlarm", 601.0, 2));
    assert!(!fires_at("OldestMessageAlarm", 600.0, 9));
    assert!(fires_at("DeadLetterAlarm", 1.0, 1));
    assert!(!fires_at("DeadLetterAlarm", 0.0, 9));
    assert!(fires_at("WebhookRefusedAlarm", 1.0, 1));
    assert!(!fires_at("WebhookRefusedAlarm", 0.0, 9));
    assert!(fires_at("SlowWebhooksAlarm", 1501.0, 3));
    assert!(!fires_at("SlowWebhooksAlarm", 1501.0, 2));
    assert!(!fires_at("SlowWebhooksAlarm", 1500.0, 9));
}

/// Alarms for which one is too many.
#[test]
fn what_should_never_happen_rings_the_first_time() {
    for (alarm, metric) in [
        ("CredentialsRefusedAlarm", Metric::CredentialsRefused),
        ("DetachesRefusedAlarm", Metric::DetachesRefused),
        ("FailedAttachesAlarm", Metric::AttachesFailed),
        ("MisdirectedEventsAlarm", Metric::EventsMisdirected),
        ("ParkedEventsAlarm", Metric::EventsParked),
        ("ReconcilerStoppedAlarm", Metric::ReconcilerStopped),
        ("UnknownSendsAlarm", Metric::SendsUnknown),
        ("UnreadableTimersAlarm", Metric::TimersUnreadable),
    ] {
        assert!(fires(alarm, &[line(0, &[(metric, json!(1))])]), "{alarm}");
        let none = line(0, &[(metric, json!(0)), (Metric::Webhooks, json!(9))]);
        assert!(!fires(alarm, &[none]), "{alarm}");
    }
}

#[test]
fn chats_given_back_for_minutes_with_nothing_settled_ring() {
    let minutes = |given_back: u64, waiting: u64, settled: u64| -> Vec<Value> {
        let values = [
            (Metric::ChatsGivenBack, json!(given_back)),
            (Metric::GivenBackWaiting, json!(waiting)),
            (Metric::EventsSettled, json!(settled)),
        ];
        (0..5).map(|minute| line(minute, &values)).collect()
    };
    let fires = |lines: &[Value]| fires("NothingSettledAlarm", lines);
    assert!(fires(&minutes(2, 0, 0)));
    assert!(fires(&minutes(2, 1, 0)[..3]));
    assert!(!fires(&minutes(2, 0, 0)[..2]));
    assert!(!fires(&minutes(2, 0, 1)));
    assert!(!fires(&minutes(2, 2, 0)));
    // Some are only counted when there are some.
    let only = |minute| line(minute, &[(Metric::ChatsGivenBack, json!(1))]);
    assert!(fires(&[only(0), only(1), only(3)]));
}

#[test]
fn a_wrong_secret_rings_and_a_few_strangers_do_not() {
    let webhooks = |all: u64, unsigned: u64| {
        let counts = [
            (Metric::Webhooks, json!(all)),
            (Metric::WebhooksUnsigned, json!(unsigned)),
        ];
        fires("UnsignedWebhooksAlarm", &[line(0, &counts)])
    };
    assert!(webhooks(4, 4));
    assert!(webhooks(100, 51));
    assert!(!webhooks(100, 50));
    assert!(!webhooks(2, 2));
    assert!(!webhooks(10, 0));
    let unsigned = |minute| {
        let counts = [
            (Metric::Webhooks, json!(1)),
            (Metric::WebhooksUnsigned, json!(1)),
        ];
        line(minute, &counts)
    };
    let lines: Vec<Value> = (0..3).map(unsigned).collect();
    assert!(fires("UnsignedWebhooksAlarm", &lines));
}

#[test]
fn replies_that_come_late_ring() {
    let ages = |ages: &[u64]| {
        let counts = vec![1; ages.len()];
        let values = json!({"Values": ages, "Counts": counts});
        fires(
            "LateRepliesAlarm",
            &[line(0, &[(Metric::AgeAtReply, values)])],
        )
    };
    assert!(ages(&[900, 21_000]));
    assert!(!ages(&[900, 20_000]));
}

#[test]
fn one_pause_of_one_worker_is_no_outage() {
    let pauses = |number: i64| -> Vec<Value> {
        let pause = |minute| line(minute, &[(Metric::LineOutages, json!(1))]);
        (0..number).map(pause).collect()
    };
    assert!(fires("LineOutageAlarm", &pauses(3)));
    assert!(!fires("LineOutageAlarm", &pauses(2)));
}

#[test]
fn timers_that_are_minutes_late_ring() {
    let late = |seconds: u64| {
        let lateness = [(Metric::TimerLateness, json!(seconds))];
        fires("LateTimersAlarm", &[line(0, &lateness)])
    };
    assert!(late(301));
    assert!(!late(300));
}

#[test]
fn hours_without_a_webhook_ring_where_that_is_asked_for() {
    let alarm = Alarm::of(&with(&[("NoWebhookHours", "2")]), "NoWebhookAlarm");
    let webhook = |minute| line(minute, &[(Metric::Webhooks, json!(1))]);
    let datapoints = Datapoints::of_lines(&[webhook(0), webhook(119), webhook(200)]);
    assert!(!alarm.fires_between(&datapoints, START, START + 5 * HOUR));
    assert!(alarm.fires_between(&datapoints, START, START + 6 * HOUR));
    let names = |template: &Template| -> Vec<String> {
        let alarms = Alarm::all(template);
        alarms.iter().map(|alarm| alarm.name().to_owned()).collect()
    };
    assert!(!names(&template().unwrap()).contains(&"NoWebhookAlarm".to_owned()));
}

/// It must not go out between two runs that fail, or it would tell of each.
#[test]
fn an_alarm_of_the_reconciler_rings_on_from_one_run_to_the_next() {
    for (name, metric) in [
        (
            "ReconcilerErrorsAlarm",
            MetricId::of_function("Errors", "ReconcilerFunction"),
        ),
        (
            "ReconcilerStoppedAlarm",
            MetricId::new(&namespace(), "ReconcilerStopped", &[]),
        ),
    ] {
        let mut datapoints = Datapoints::default();
        // A run may begin a little later than an hour after the last, and take a while.
        for run in 0..4 {
            datapoints.add(metric.clone(), START + run * (HOUR + 2 * MINUTE), 1.0);
        }
        let alarm = Alarm::of(&full(), name);
        let states = alarm.states(&datapoints, START - 3 * HOUR, START + 4 * HOUR);
        let rings = states.iter().filter(|(at, _)| *at > START);
        assert!(rings.clone().count() > 200, "{name}");
        assert!(
            rings.clone().all(|(_, state)| *state == State::Alarm),
            "{name}"
        );
    }
}

#[test]
fn a_table_that_refuses_for_minutes_rings_whichever_index_it_is() {
    let table = with(&[("TableName", "restored")]);
    let alarm = Alarm::of(&table, "ThrottledTableAlarm");
    let throttled = |dimensions: &[(&str, &str)], minutes: i64| {
        let metric = MetricId::new("AWS/DynamoDB", "WriteThrottleEvents", dimensions);
        let mut datapoints = Datapoints::default();
        for minute in 0..minutes {
            datapoints.add(metric.clone(), START + minute * MINUTE, 4.0);
        }
        let states = alarm.states(&datapoints, START - HOUR, START + HOUR);
        assert_eq!(states.last().unwrap().1, State::Ok);
        alarm.fires(&datapoints)
    };
    let index = [
        ("TableName", "restored"),
        ("GlobalSecondaryIndexName", "timers"),
    ];
    assert!(throttled(&index, 3));
    assert!(throttled(&index[..1], 3));
    assert!(!throttled(&index, 2));
    assert!(!throttled(&[("TableName", "Table")], 3));
    let indexes = template().unwrap().table("Table").unwrap().create;
    for index in listed(&indexes["GlobalSecondaryIndexes"]) {
        let name = index["IndexName"].as_str().unwrap();
        let watched = alarm.metrics().into_iter().filter(|(metric, _)| {
            let of = metric.dimensions.get("GlobalSecondaryIndexName");
            of.is_some_and(|of| of == name)
        });
        assert_eq!(watched.count(), 2, "{name}");
    }
}

/// What stands behind each match of the expression, whose first group it is.
fn found(expression: &str, text: &str) -> BTreeSet<String> {
    let expression = Regex::new(expression).unwrap();
    let found = expression.captures_iter(text);
    found.map(|groups| groups[1].to_owned()).collect()
}

/// The text of all sources of the functions.
fn sources() -> String {
    let mut folders = vec![root().join("functions"), root().join("shared/src")];
    let mut text = String::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == "rs") {
                text += &std::fs::read_to_string(path).unwrap();
            }
        }
    }
    text
}

#[test]
fn queries_look_for_what_the_functions_log() {
    let template = template().unwrap();
    let queries = template.resources_of("AWS::Logs::QueryDefinition");
    let mut text: String = queries
        .map(|(_, query)| query["Properties"]["QueryString"].to_string())
        .collect();
    text += &runbook();
    let sources = sources();
    let lists = r#"[^@\w]message (?:in|like|=) (\[[^\]]*\]|"[^"]*"|'[^']*')"#;
    let mut number = 0;
    for list in found(lists, &text) {
        for message in found(r#"["']([^"']+)["']"#, &list) {
            assert!(sources.contains(&message), "nobody logs {message:?}");
            number += 1;
        }
    }
    assert!(number >= 10, "{number} messages");
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
