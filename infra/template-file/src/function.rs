//! Lambda functions of the template: limits, variables, and what triggers them.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Map, Value};

use crate::error::TemplateError;
use crate::members::{members, number, string};
use crate::{queue, table};

/// A Lambda function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionDefinition {
    /// Its name in the template, as `AttachFunction`.
    pub logical_name: String,
    /// The folder its package is in, as `functions/attach`.
    pub code_uri: String,
    /// How long one call may take.
    pub timeout: Duration,
    /// Memory in MB.
    pub memory: u64,
    /// Its environment variables. A value that only a deployed stack knows is what the local stack has for it.
    pub variables: BTreeMap<String, String>,
    /// The HTTP routes that lead to it.
    pub routes: Vec<Route>,
    /// The queues it is fed from.
    pub event_sources: Vec<EventSource>,
    /// The tables whose streams it is fed from.
    pub streams: Vec<StreamSource>,
    /// The schedules that run it.
    pub schedules: Vec<Schedule>,
}

/// A route of the HTTP API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// The HTTP method in capitals, or `ANY`.
    pub method: String,
    /// The path, as `/console/{proxy+}`, or `$default` for what no other route takes.
    pub path: String,
    /// The logical name of the function behind it.
    pub function: String,
}

impl Route {
    /// The route key, as API Gateway writes it into each event: `GET /attach`.
    pub fn key(&self) -> String {
        match self.path.as_str() {
            "$default" => self.path.clone(),
            path => format!("{} {path}", self.method),
        }
    }
}

/// An event source mapping: a queue whose messages are handed to the function in batches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventSource {
    /// The queue's local name.
    pub queue: String,
    /// The most messages in a batch.
    pub batch_size: u64,
    /// The most batches at once, if there is a limit.
    pub maximum_concurrency: Option<u64>,
    /// Whether the function's answer says which messages failed.
    pub report_batch_item_failures: bool,
}

/// An event source mapping: a table whose changes are handed to the function in batches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamSource {
    /// The table's local name.
    pub table: String,
    /// The most records in a batch.
    pub batch_size: u64,
    /// Patterns of which a record fits one, or it is not handed over. All are where there is none.
    pub filters: Vec<Value>,
    /// Whether the function is told the shard of a batch, as it is where there is a window.
    pub tumbling_window: Option<u64>,
    /// Whether the function's answer says from which record on it failed.
    pub report_batch_item_failures: bool,
}

/// A schedule that runs the function again and again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// Its name in the template, as `Hourly`.
    pub name: String,
    /// The time from one run to the next.
    pub every: Duration,
    /// What keeps it.
    pub keeper: ScheduleKeeper,
    /// What the function is given in place of the keeper's own event.
    pub input: Option<Value>,
}

/// The service behind a schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScheduleKeeper {
    /// EventBridge Scheduler: SAM's `ScheduleV2`.
    Scheduler,
    /// A rule of EventBridge: SAM's `Schedule`.
    Rule,
}

impl FunctionDefinition {
    /// Reads a function from its resolved properties, the globals merged in.
    pub(super) fn read(logical: &str, properties: &Value) -> Result<Self, TemplateError> {
        let mut function = Self {
            logical_name: logical.to_owned(),
            code_uri: properties["CodeUri"].as_str().unwrap_or(".").to_owned(),
            // What SAM and Lambda take where the template says nothing.
            timeout: Duration::from_secs(number(properties, "Timeout", logical)?.unwrap_or(3)),
            memory: number(properties, "MemorySize", logical)?.unwrap_or(128),
            variables: variables(&properties["Environment"]["Variables"]),
            routes: Vec::new(),
            event_sources: Vec::new(),
            streams: Vec::new(),
            schedules: Vec::new(),
        };
        for (name, event) in members(&properties["Events"]) {
            let place = format!("{logical} event {name}");
            match event["Type"].as_str() {
                Some("HttpApi") => function.routes.push(route(logical, &event["Properties"])),
                Some("SQS") => {
                    let source = event_source(&event["Properties"], &place)?;
                    function.event_sources.push(source);
                }
                Some("DynamoDB") => {
                    let source = stream_source(&event["Properties"], &place)?;
                    function.streams.push(source);
                }
                Some("ScheduleV2") => {
                    let expression = "ScheduleExpression";
                    let schedule = schedule(name, &event["Properties"], expression, &place)?;
                    function.schedules.push(schedule);
                }
                Some("Schedule") => {
                    let schedule = schedule(name, &event["Properties"], "Schedule", &place)?;
                    function.schedules.push(Schedule {
                        keeper: ScheduleKeeper::Rule,
                        ..schedule
                    });
                }
                // Other triggers are read by whoever plays them.
                Some(_) => {}
                None => return Err(TemplateError::missing("Type", place)),
            }
        }
        Ok(function)
    }
}

fn variables(variables: &Value) -> BTreeMap<String, String> {
    members(variables)
        .map(|(name, value)| match value {
            Value::String(text) => (name.clone(), text.clone()),
            other => (name.clone(), other.to_string()),
        })
        .collect()
}

/// Without method and path an event is the API's `$default` route.
fn route(logical: &str, properties: &Value) -> Route {
    let or = |name: &str, default: &str| properties[name].as_str().unwrap_or(default).to_owned();
    Route {
        method: match or("Method", "ANY").to_uppercase() {
            any if any == "X-AMAZON-APIGATEWAY-ANY-METHOD" => "ANY".to_owned(),
            method => method,
        },
        path: or("Path", "$default"),
        function: logical.to_owned(),
    }
}

fn event_source(properties: &Value, place: &str) -> Result<EventSource, TemplateError> {
    let arn = string(properties, "Queue", place)?;
    let queue = queue::name_in_arn(&arn).ok_or_else(|| {
        TemplateError::unfit(
            format!("{place} Queue"),
            "a queue's ARN",
            &properties["Queue"],
        )
    })?;
    let scaling = &properties["ScalingConfig"];
    Ok(EventSource {
        queue: queue.to_owned(),
        batch_size: number(properties, "BatchSize", place)?.unwrap_or(10),
        maximum_concurrency: number(scaling, "MaximumConcurrency", place)?,
        report_batch_item_failures: reports_batch_item_failures(properties),
    })
}

fn reports_batch_item_failures(properties: &Value) -> bool {
    let types = properties["FunctionResponseTypes"].as_array();
    types.is_some_and(|types| types.iter().any(|it| it == "ReportBatchItemFailures"))
}

fn stream_source(properties: &Value, place: &str) -> Result<StreamSource, TemplateError> {
    let arn = string(properties, "Stream", place)?;
    let table = table::name_in_stream_arn(&arn).ok_or_else(|| {
        let place = format!("{place} Stream");
        TemplateError::unfit(place, "a stream's ARN", &properties["Stream"])
    })?;
    let filters = properties["FilterCriteria"]["Filters"].as_array();
    let pattern = |filter: &Value| {
        let pattern = filter["Pattern"].as_str().map(serde_json::from_str);
        pattern
            .and_then(Result::ok)
            .ok_or_else(|| TemplateError::unfit(format!("{place} FilterCriteria"), "JSON", filter))
    };
    Ok(StreamSource {
        table: table.to_owned(),
        batch_size: number(properties, "BatchSize", place)?.unwrap_or(100),
        filters: filters
            .into_iter()
            .flatten()
            .map(pattern)
            .collect::<Result<_, _>>()?,
        tumbling_window: number(properties, "TumblingWindowInSeconds", place)?,
        report_batch_item_failures: reports_batch_item_failures(properties),
    })
}

/// A schedule of EventBridge Scheduler; `expression` is the property that says when.
fn schedule(
    name: &str,
    properties: &Value,
    expression: &str,
    place: &str,
) -> Result<Schedule, TemplateError> {
    let every = rate(&string(properties, expression, place)?).ok_or_else(|| {
        TemplateError::unfit(
            format!("{place} {expression}"),
            "a rate, as rate(1 hour), since the local stack plays no other schedule",
            &properties[expression],
        )
    })?;
    let input = properties["Input"]
        .as_str()
        .map(serde_json::from_str)
        .transpose()
        .map_err(|_| {
            TemplateError::unfit(format!("{place} Input"), "JSON", &properties["Input"])
        })?;
    Ok(Schedule {
        name: name.to_owned(),
        every,
        keeper: ScheduleKeeper::Scheduler,
        input,
    })
}

/// The time in a rate expression, as `rate(5 minutes)`.
fn rate(expression: &str) -> Option<Duration> {
    let inner = expression.strip_prefix("rate(")?.strip_suffix(')')?;
    let (number, unit) = inner.split_once(' ')?;
    let unit = match unit {
        "minute" | "minutes" => 60,
        "hour" | "hours" => 3_600,
        "day" | "days" => 86_400,
        _ => return None,
    };
    let number = number.parse().ok().filter(|number: &u64| *number > 0)?;
    Some(Duration::from_secs(number.checked_mul(unit)?))
}

/// SAM's globals under a function's own properties: objects are merged, lists appended, the rest is the function's.
pub(super) fn merge(globals: &Value, own: &Value) -> Value {
    match (globals, own) {
        (Value::Object(globals), Value::Object(own)) => {
            let mut merged: Map<String, Value> = globals.clone();
            for (name, value) in own {
                let under = globals.get(name).unwrap_or(&Value::Null);
                merged.insert(name.clone(), merge(under, value));
            }
            Value::Object(merged)
        }
        (Value::Array(globals), Value::Array(own)) => globals.iter().chain(own).cloned().collect(),
        (globals, Value::Null) => globals.clone(),
        (_, own) => own.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::Template;
    use super::*;

    fn read(properties: &Value) -> Result<FunctionDefinition, TemplateError> {
        FunctionDefinition::read("XFunction", properties)
    }

    #[test]
    fn globals_hold_where_the_function_says_nothing() {
        let template = Template::parse(
            "
            Globals:
              Function:
                Timeout: 9
                MemorySize: 512
                Environment: {Variables: {RUST_LOG: info}}
            Resources:
              XFunction:
                Type: AWS::Serverless::Function
                Properties:
                  Timeout: 2
                  Environment: {Variables: {TABLE_NAME: t}}
            ",
        )
        .unwrap();
        let function = template.function("XFunction").unwrap();
        assert_eq!(function.timeout, Duration::from_secs(2));
        assert_eq!(function.memory, 512);
        let names: Vec<&String> = function.variables.keys().collect();
        assert_eq!(names, ["RUST_LOG", "TABLE_NAME"]);
    }

    #[test]
    fn an_event_without_a_path_is_the_default_route() {
        let function = read(&json!({"Events": {"All": {"Type": "HttpApi"}}})).unwrap();
        assert_eq!(function.routes[0].key(), "$default");
    }

    #[test]
    fn a_method_may_be_written_small() {
        let event =
            json!({"Type": "HttpApi", "Properties": {"Method": "any", "Path": "/a/{proxy+}"}});
        let function = read(&json!({"Events": {"A": event}})).unwrap();
        assert_eq!(function.routes[0].key(), "ANY /a/{proxy+}");
    }

    #[test]
    fn a_queue_event_without_its_switches_has_lambdas_defaults() {
        let event = json!({"Type": "SQS", "Properties": {"Queue": queue::arn("q")}});
        let function = read(&json!({"Events": {"A": event}})).unwrap();
        assert_eq!(
            function.event_sources,
            [EventSource {
                queue: "q".to_owned(),
                batch_size: 10,
                maximum_concurrency: None,
                report_batch_item_failures: false,
            }]
        );
    }

    #[test]
    fn a_queue_event_without_a_queue_is_an_error() {
        let event = json!({"Type": "SQS", "Properties": {}});
        assert_eq!(
            read(&json!({"Events": {"A": event}}))
                .unwrap_err()
                .to_string(),
            "the template has no Queue in XFunction event A"
        );
    }

    fn schedules(kind: &str, properties: &Value) -> Result<Vec<Schedule>, TemplateError> {
        let event = json!({"Type": kind, "Properties": properties});
        Ok(read(&json!({"Events": {"Hourly": event}}))?.schedules)
    }

    #[test]
    fn a_schedule_is_read_with_its_rate() {
        let hourly = Schedule {
            name: "Hourly".to_owned(),
            every: Duration::from_secs(3600),
            keeper: ScheduleKeeper::Scheduler,
            input: None,
        };
        let read = schedules("ScheduleV2", &json!({"ScheduleExpression": "rate(1 hour)"}));
        assert_eq!(read.unwrap(), std::slice::from_ref(&hourly));
        let read = schedules("Schedule", &json!({"Schedule": "rate(1 hour)"}));
        let rule = Schedule {
            keeper: ScheduleKeeper::Rule,
            ..hourly.clone()
        };
        assert_eq!(read.unwrap(), [rule]);
        let properties = json!({"ScheduleExpression": "rate(1 hour)", "Input": "{\"full\": true}"});
        let input = Some(json!({"full": true}));
        assert_eq!(
            schedules("ScheduleV2", &properties).unwrap(),
            [Schedule { input, ..hourly }]
        );
    }

    #[test]
    fn rates_are_of_minutes_hours_and_days() {
        let seconds = |expression| rate(expression).map(|every| every.as_secs());
        assert_eq!(seconds("rate(1 minute)"), Some(60));
        assert_eq!(seconds("rate(5 minutes)"), Some(300));
        assert_eq!(seconds("rate(2 hours)"), Some(7_200));
        assert_eq!(seconds("rate(1 day)"), Some(86_400));
        for wrong in [
            "rate(0 hours)",
            "rate(1 week)",
            "rate(hour)",
            "rate(1 hour",
            "1 hour",
        ] {
            assert_eq!(seconds(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_schedule_that_is_no_rate_is_an_error() {
        let error = schedules(
            "ScheduleV2",
            &json!({"ScheduleExpression": "cron(0 * * * ? *)"}),
        );
        assert_eq!(
            error.unwrap_err().to_string(),
            "the template's XFunction event Hourly ScheduleExpression is \"cron(0 * * * ? *)\", but should be \
             a rate, as rate(1 hour), since the local stack plays no other schedule"
        );
        let error = schedules("ScheduleV2", &json!({})).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the template has no ScheduleExpression in XFunction event Hourly"
        );
    }

    #[test]
    fn a_timeout_that_is_no_number_is_an_error() {
        assert_eq!(
            read(&json!({"Timeout": "soon"})).unwrap_err().to_string(),
            "the template's XFunction Timeout is \"soon\", but should be a whole number"
        );
    }
}
