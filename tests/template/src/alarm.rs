//! Alarms of the template, evaluated over metrics as CloudWatch does it: whether an alarm of `template.yaml` goes off
//! can be tested without an account.
//!
//! ```
//! use serde_json::json;
//! use template::alarm::{Alarm, Datapoints};
//!
//! let line = json!({
//!     "_aws": {"Timestamp": 1_700_000_000_000_i64, "CloudWatchMetrics": [{
//!         "Namespace": "LineModule/local",
//!         "Dimensions": [[]],
//!         "Metrics": [{"Name": "EventsParked", "Unit": "Count"}],
//!     }]},
//!     "EventsParked": 1,
//! });
//! let alarm = Alarm::of(&template::template()?, "ParkedEventsAlarm");
//! assert!(alarm.fires(&Datapoints::of_lines(&[line])));
//! # Ok::<(), template_file::TemplateError>(())
//! ```
//!
//! Where this is simpler than CloudWatch: an alarm looks at its evaluation periods only, and never further back for
//! datapoints in place of missing ones; metrics are there as soon as they are written; the percentile of few values
//! is one of them.

mod datapoints;
mod expression;

use std::collections::BTreeMap;

use serde_json::{Value, json};
use template_file::Template;

pub use datapoints::{Datapoints, MetricId};

use datapoints::Statistic;
use expression::Expression;

/// CloudWatch evaluates an alarm once a minute.
const MINUTE: i64 = 60_000;

/// What an alarm says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Ok,
    Alarm,
}

/// An alarm of the template.
#[derive(Debug, Clone)]
pub struct Alarm {
    name: String,
    /// The metrics that the expression names.
    series: BTreeMap<String, Series>,
    expression: Expression,
    /// In milliseconds.
    period: i64,
    periods: usize,
    /// How many of the periods have to breach the threshold.
    needed: usize,
    comparison: Comparison,
    threshold: f64,
    missing: Missing,
}

#[derive(Debug, Clone)]
struct Series {
    metric: MetricId,
    statistic: Statistic,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comparison {
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
}

/// What a period without a datapoint counts as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Missing {
    Breaching,
    NotBreaching,
    /// Nothing: the state stays where the others do not decide.
    Ignore,
}

impl Alarm {
    /// The alarm of this logical name, with the values that the template's parameters have. Its namespaces and
    /// dimensions are the local stack's: `LineModule/local`, `WorkerFunction`.
    ///
    /// # Panics
    /// If there is none, or one that cannot be evaluated here.
    pub fn of(template: &Template, logical: &str) -> Self {
        let read = || {
            let resource = template.resource(logical).map_err(|e| e.to_string())?;
            let properties = template.resolve(&resource["Properties"]);
            Self::read(logical, &properties.map_err(|e| e.to_string())?)
        };
        read().unwrap_or_else(|error| panic!("{logical}: {error}"))
    }

    /// Every alarm that a stack with these parameters has.
    ///
    /// # Panics
    /// If one cannot be evaluated here.
    pub fn all(template: &Template) -> Vec<Self> {
        let alarms = template.resources_of("AWS::CloudWatch::Alarm");
        let made = alarms.filter(|(logical, _)| crate::is_made(template, logical));
        made.map(|(logical, _)| Self::of(template, logical))
            .collect()
    }

    fn read(name: &str, properties: &Value) -> Result<Self, String> {
        let (expression, members) = metrics(properties)?;
        let mut series = BTreeMap::new();
        for (id, member) in &members {
            series.insert(id.clone(), Series::read(member)?);
        }
        let periods: usize = whole(properties, "EvaluationPeriods")?;
        let needed = match &properties["DatapointsToAlarm"] {
            Value::Null => periods,
            _ => whole(properties, "DatapointsToAlarm")?,
        };
        Ok(Self {
            name: name.to_owned(),
            missing: Missing::read(properties, &series)?,
            series,
            expression,
            period: common_period(&members)?,
            periods,
            needed,
            comparison: Comparison::read(&properties["ComparisonOperator"])?,
            threshold: number(&properties["Threshold"]).ok_or("it has no Threshold")?,
        })
    }

    /// Its logical name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The metrics that it looks at, with the statistic of each as CloudWatch writes it.
    pub fn metrics(&self) -> Vec<(&MetricId, String)> {
        let series = self.series.values();
        series
            .map(|it| (&it.metric, it.statistic.to_string()))
            .collect()
    }

    /// How long a period of it is, in milliseconds.
    pub fn period(&self) -> i64 {
        self.period
    }

    /// How far back it looks, in milliseconds.
    pub fn window(&self) -> i64 {
        self.period * i64::try_from(self.periods).unwrap_or(i64::MAX)
    }

    /// Whether it goes off at any time because of these datapoints, in a stack that has no others before and after.
    /// An alarm that goes off because something is missing does so here always: ask [`Alarm::fires_between`].
    pub fn fires(&self, datapoints: &Datapoints) -> bool {
        let (first, last) = datapoints.span().unwrap_or_default();
        let from = first.saturating_sub(self.window());
        self.fires_between(datapoints, from, last.saturating_add(self.window()))
    }

    /// Whether it goes off at any time between these two, in milliseconds since 1970. It looks at nothing before
    /// `from`, so that a stack which began then is not taken for one in which everything was missing.
    pub fn fires_between(&self, datapoints: &Datapoints, from: i64, until: i64) -> bool {
        let states = self.states(datapoints, from, until);
        states.iter().any(|(_, state)| *state == State::Alarm)
    }

    /// What it says at each full minute between these two, from the first on at which its window is full. Before, it
    /// is taken to be [`State::Ok`].
    pub fn states(&self, datapoints: &Datapoints, from: i64, until: i64) -> Vec<(i64, State)> {
        let first = (from + self.window() + MINUTE - 1).div_euclid(MINUTE) * MINUTE;
        let mut state = State::Ok;
        let mut states = Vec::new();
        let mut at = first;
        while at <= until {
            state = self.state(&self.values(datapoints, at), state);
            states.push((at, state));
            at += MINUTE;
        }
        states
    }

    /// The value of each period that ends at `at` or before, the newest first.
    fn values(&self, datapoints: &Datapoints, at: i64) -> Vec<Option<f64>> {
        let periods = i64::try_from(self.periods).unwrap_or(i64::MAX);
        (0..periods)
            .map(|back| {
                let until = at - back * self.period;
                let value = |id: &str| {
                    let series = self.series.get(id)?;
                    let samples = datapoints.between(&series.metric, until - self.period, until);
                    series.statistic.of(&samples)
                };
                self.expression.value(&value)
            })
            .collect()
    }

    fn state(&self, values: &[Option<f64>], before: State) -> State {
        let there = values.iter().flatten();
        let breaching = there.clone().filter(|v| self.breaches(**v)).count();
        let missing = values.len() - there.count();
        let (least, most) = match self.missing {
            Missing::Breaching => (breaching + missing, breaching + missing),
            Missing::NotBreaching => (breaching, breaching),
            Missing::Ignore => (breaching, breaching + missing),
        };
        if least >= self.needed {
            State::Alarm
        } else if most < self.needed {
            State::Ok
        } else {
            before
        }
    }

    fn breaches(&self, value: f64) -> bool {
        match self.comparison {
            Comparison::Greater => value > self.threshold,
            Comparison::GreaterOrEqual => value >= self.threshold,
            Comparison::Less => value < self.threshold,
            Comparison::LessOrEqual => value <= self.threshold,
        }
    }
}

/// The expression, and what each name in it is: `MetricStat`s.
fn metrics(properties: &Value) -> Result<(Expression, BTreeMap<String, Value>), String> {
    let Some(queries) = properties["Metrics"].as_array() else {
        let statistic = match &properties["ExtendedStatistic"] {
            Value::Null => &properties["Statistic"],
            extended => extended,
        };
        let (period, id) = (&properties["Period"], "metric");
        let only = json!({"Metric": properties, "Stat": statistic, "Period": period});
        return Ok((Expression::parse(id)?, [(id.to_owned(), only)].into()));
    };
    let (mut members, mut expressions) = (BTreeMap::new(), Vec::new());
    for query in queries {
        match (&query["Expression"], &query["Id"]) {
            (Value::String(expression), _) => expressions.push(expression),
            (_, Value::String(id)) => drop(members.insert(id.clone(), query["MetricStat"].clone())),
            _ => return Err(format!("{query} is neither a metric nor an expression")),
        }
    }
    let [expression] = expressions.as_slice() else {
        return Err(format!("{} expressions, and not one", expressions.len()));
    };
    let expression = Expression::parse(expression)?;
    let unknown = |name: &&str| !members.contains_key(*name);
    if let Some(name) = expression.names().into_iter().find(unknown) {
        return Err(format!("{name} is no metric of it"));
    }
    Ok((expression, members))
}

/// The period that all metrics have, in milliseconds.
fn common_period(members: &BTreeMap<String, Value>) -> Result<i64, String> {
    let mut periods: Vec<i64> = members
        .values()
        .map(|member| whole(member, "Period"))
        .collect::<Result<_, _>>()?;
    periods.dedup();
    match periods.as_slice() {
        [seconds] => Ok(seconds * 1_000),
        _ => Err(format!("its metrics have the periods {periods:?}")),
    }
}

impl Series {
    fn read(stat: &Value) -> Result<Self, String> {
        Ok(Self {
            metric: MetricId::read(&stat["Metric"])?,
            statistic: Statistic::read(&stat["Stat"])?,
        })
    }
}

impl Comparison {
    fn read(word: &Value) -> Result<Self, String> {
        match word.as_str() {
            Some("GreaterThanThreshold") => Ok(Self::Greater),
            Some("GreaterThanOrEqualToThreshold") => Ok(Self::GreaterOrEqual),
            Some("LessThanThreshold") => Ok(Self::Less),
            Some("LessThanOrEqualToThreshold") => Ok(Self::LessOrEqual),
            _ => Err(format!("{word} is no comparison")),
        }
    }
}

impl Missing {
    fn read(properties: &Value, series: &BTreeMap<String, Series>) -> Result<Self, String> {
        let mut metrics = series.values().map(|it| &it.metric);
        // CloudWatch does so whatever the alarm says.
        if metrics.any(|metric| metric.namespace == "AWS/DynamoDB") {
            return Ok(Self::Ignore);
        }
        match properties["TreatMissingData"].as_str() {
            Some("breaching") => Ok(Self::Breaching),
            Some("notBreaching") => Ok(Self::NotBreaching),
            Some("ignore") => Ok(Self::Ignore),
            other => Err(format!("TreatMissingData {other:?} is not known here")),
        }
    }
}

/// A parameter's number may be written as a string.
fn number(value: &Value) -> Option<f64> {
    match value {
        Value::String(digits) => digits.parse().ok(),
        other => other.as_f64(),
    }
}

fn whole<T: TryFrom<i64>>(properties: &Value, name: &str) -> Result<T, String> {
    let value = &properties[name];
    let number = match value {
        Value::String(digits) => digits.parse().ok(),
        other => other.as_i64(),
    };
    number
        .and_then(|number| T::try_from(number).ok())
        .ok_or_else(|| format!("{name} is {value}, and no whole number"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A minute's beginning, as times of the tests are.
    const START: i64 = 1_700_000_040_000;

    fn minute(number: i64) -> i64 {
        START + number * MINUTE
    }

    fn alarm(text: &str) -> Alarm {
        let text =
            format!("Resources:\n  A:\n    Type: AWS::CloudWatch::Alarm\n    Properties:\n{text}");
        Alarm::of(&Template::parse(&text).unwrap(), "A")
    }

    /// An alarm on the metric `M`; `rest` are further properties.
    fn of_metric(rest: &str) -> Alarm {
        alarm(&format!(
            "      {{Namespace: N, MetricName: M, Period: 60, Threshold: 2, {rest}}}"
        ))
    }

    /// The metric `M` with these values, one a minute; none of a minute without.
    fn datapoints(values: &[Option<f64>]) -> Datapoints {
        let mut datapoints = Datapoints::default();
        for (number, value) in (0..).zip(values) {
            if let Some(value) = value {
                datapoints.add(MetricId::new("N", "M", &[]), minute(number) + 5_000, *value);
            }
        }
        datapoints
    }

    const SUM: &str = "Statistic: Sum, ComparisonOperator: GreaterThanThreshold";

    #[test]
    fn one_period_over_the_threshold_is_enough_where_one_is_asked_for() {
        let alarm = of_metric(&format!(
            "{SUM}, EvaluationPeriods: 1, TreatMissingData: notBreaching"
        ));
        assert!(alarm.fires(&datapoints(&[Some(1.0), Some(3.0)])));
        assert!(!alarm.fires(&datapoints(&[Some(2.0), None, Some(2.0)])));
        assert!(!alarm.fires(&Datapoints::default()));
    }

    #[test]
    fn it_goes_out_when_the_value_is_back() {
        let alarm = of_metric(&format!(
            "{SUM}, EvaluationPeriods: 1, TreatMissingData: notBreaching"
        ));
        let states = alarm.states(&datapoints(&[Some(3.0), Some(1.0)]), START, minute(2));
        let states: Vec<State> = states.into_iter().map(|(_, state)| state).collect();
        assert_eq!(states, [State::Alarm, State::Ok]);
    }

    #[test]
    fn as_many_periods_must_breach_as_it_says() {
        let alarm = of_metric(&format!(
            "{SUM}, EvaluationPeriods: 5, DatapointsToAlarm: 3, TreatMissingData: notBreaching"
        ));
        let (high, low) = (Some(3.0), Some(0.0));
        assert!(alarm.fires(&datapoints(&[high, low, high, None, high])));
        assert!(!alarm.fires(&datapoints(&[high, low, high, low, low, high])));
    }

    #[test]
    fn a_longer_period_adds_up_what_a_shorter_one_does_not() {
        let rest = "Namespace: N, MetricName: M, Threshold: 2, Statistic: Sum, EvaluationPeriods: 1, \
                    ComparisonOperator: GreaterThanThreshold, TreatMissingData: notBreaching";
        let of_period = |period: u32| alarm(&format!("      {{{rest}, Period: {period}}}"));
        let spread = datapoints(&[Some(1.0), None, Some(2.0)]);
        assert!(of_period(300).fires(&spread));
        assert!(!of_period(60).fires(&spread));
    }

    #[test]
    fn a_percentile_looks_over_single_values() {
        let alarm = |statistic: &str| {
            of_metric(&format!(
                "ExtendedStatistic: {statistic}, ComparisonOperator: GreaterThanThreshold, EvaluationPeriods: 1, \
                 TreatMissingData: notBreaching"
            ))
        };
        let mut datapoints = Datapoints::default();
        for value in [1.0, 1.0, 1.0, 9.0] {
            datapoints.add(MetricId::new("N", "M", &[]), START, value);
        }
        assert!(alarm("p99").fires(&datapoints));
        assert!(!alarm("p50").fires(&datapoints));
    }

    #[test]
    fn what_is_missing_counts_as_the_alarm_says() {
        let states = |missing: &str, values: &[Option<f64>]| -> Vec<State> {
            let alarm = of_metric(&format!(
                "Statistic: Sum, ComparisonOperator: GreaterThanOrEqualToThreshold, EvaluationPeriods: 1, \
                 TreatMissingData: {missing}"
            ));
            let until = minute(i64::try_from(values.len()).unwrap());
            let states = alarm.states(&datapoints(values), START, until);
            states.into_iter().map(|(_, state)| state).collect()
        };
        let values = [Some(2.0), None, Some(1.0), None];
        let (off, on) = (State::Ok, State::Alarm);
        assert_eq!(states("notBreaching", &values), [on, off, off, off]);
        assert_eq!(states("breaching", &values), [on, on, off, on]);
        assert_eq!(states("ignore", &values), [on, on, off, off]);
    }

    #[test]
    fn a_sign_of_life_is_missed_only_after_the_whole_window() {
        let alarm = alarm(
            "      {Namespace: N, MetricName: M, Statistic: Sum, Period: 60, EvaluationPeriods: 3, Threshold: 1, \
             ComparisonOperator: LessThanThreshold, TreatMissingData: breaching}",
        );
        let alive = datapoints(&[Some(1.0); 10]);
        assert!(!alarm.fires_between(&alive, START, minute(10)));
        assert!(!alarm.fires_between(&alive, START, minute(12)));
        assert!(alarm.fires_between(&alive, START, minute(13)));
        assert!(!alarm.fires_between(&Datapoints::default(), START, minute(2)));
        assert!(alarm.fires_between(&Datapoints::default(), START, minute(3)));
    }

    /// `IF(bad > 1, 100 * bad / all, 0)` over a half.
    fn ratio() -> Alarm {
        let metric = |id: &str| {
            format!(
                "        - {{Id: {id}, ReturnData: false, MetricStat: {{Metric: {{Namespace: N, MetricName: {id}}}, \
                 Period: 60, Stat: Sum}}}}\n"
            )
        };
        alarm(&format!(
            "      Metrics:\n        - {{Id: result, Expression: 'IF(FILL(bad, 0) > 1, 100 * bad / all, 0)'}}\n{}{}\
             \x20     EvaluationPeriods: 1\n      Threshold: 50\n      ComparisonOperator: GreaterThanThreshold\n\
             \x20     TreatMissingData: notBreaching\n",
            metric("bad"),
            metric("all"),
        ))
    }

    #[test]
    fn an_expression_is_over_the_values_of_one_period() {
        let datapoints = |bad: f64, all: f64| {
            let mut datapoints = Datapoints::default();
            datapoints.add(MetricId::new("N", "bad", &[]), START, bad);
            datapoints.add(MetricId::new("N", "all", &[]), START + 59_999, all);
            datapoints
        };
        assert!(ratio().fires(&datapoints(3.0, 4.0)));
        assert!(!ratio().fires(&datapoints(3.0, 6.0)));
        assert!(!ratio().fires(&datapoints(1.0, 1.0)));
        let mut apart = datapoints(3.0, 4.0);
        apart.add(MetricId::new("N", "all", &[]), START, 4.0);
        assert!(!ratio().fires(&apart));
    }

    #[test]
    fn dynamodbs_metrics_ignore_what_is_missing() {
        let alarm = alarm(
            "      {Namespace: AWS/DynamoDB, MetricName: M, Statistic: Sum, Period: 60, EvaluationPeriods: 1, \
             Threshold: 0, ComparisonOperator: GreaterThanThreshold, TreatMissingData: notBreaching}",
        );
        let mut datapoints = Datapoints::default();
        datapoints.add(MetricId::new("AWS/DynamoDB", "M", &[]), START, 1.0);
        let states = alarm.states(&datapoints, START, minute(3));
        assert!(states.iter().all(|(_, state)| *state == State::Alarm));
    }

    #[test]
    #[should_panic(expected = "A: n is no metric of it")]
    fn an_expression_over_what_is_not_there_is_refused() {
        alarm("      {Metrics: [{Id: e, Expression: n + 1}], EvaluationPeriods: 1}");
    }
}
