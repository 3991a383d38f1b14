//! What sets an alarm off, and what does not.

use super::*;

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
        ("ConsoleFailedAlarm", Metric::ConsoleFailed),
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
    let paused = |minute| {
        let counts = [
            (Metric::ChatsGivenBack, json!(2)),
            (Metric::GivenBackPaused, json!(2)),
        ];
        line(minute, &counts)
    };
    assert!(!fires(&[paused(0), paused(1), paused(3)]));
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
fn commands_that_come_to_nothing_ring_whatever_the_reason() {
    let one = |metric| fires("LostCommandsAlarm", &[line(0, &[(metric, json!(1))])]);
    assert!(one(Metric::CommandsNotTaken) && one(Metric::CommandsNotAttached));
    assert!(!one(Metric::CommandsQueued));
    let one = |metric| fires("CommandsNotQueuedAlarm", &[line(0, &[(metric, json!(1))])]);
    assert!(one(Metric::CommandsNotQueued) && one(Metric::CommandsWithoutKey));
    assert!(!one(Metric::CommandsMalformed));
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
fn a_pause_of_hours_rings_as_long_as_it_lasts() {
    let longest = |seconds: u64, minute| {
        let values = [(Metric::OldestPause, json!(seconds))];
        line(minute, &values)
    };
    assert!(fires("LongPauseAlarm", &[longest(21_601, 0)]));
    // The next run comes an hour later, or a minute more.
    assert!(fires(
        "LongPauseAlarm",
        &[longest(21_601, 0), longest(0, 1)]
    ));
    assert!(!fires(
        "LongPauseAlarm",
        &[longest(21_600, 0), longest(0, 61)]
    ));
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
