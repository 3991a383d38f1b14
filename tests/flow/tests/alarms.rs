//! What goes wrong is seen: the functions' own metric lines set off an alarm of the template, which has its page in
//! docs/runbook.md.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use flow::Bundle;
use flow::clock::Clock;
use flow::measured::{Lines, alarm};
use flow::timer::Timer;
use flow::worker::{Message, Worker};
use line_module::{Context, Event, EventKind, Module, ModuleError, Text};
use serde_json::{Value, json};
use shared::env::Env;
use shared::gateway::Request;
use template::alarm::MetricId;

/// Answers every message as it is made.
#[derive(Clone, Copy)]
enum Made {
    Failing,
    Answering,
    /// As if it ended its process.
    Endless,
}

impl Module for Made {
    async fn handle(&self, cx: &mut Context<'_>, event: &Event) -> Result<(), ModuleError> {
        if !matches!(event.kind, EventKind::Message(_)) {
            return Ok(());
        }
        match self {
            Self::Failing => return Err(ModuleError::bug("a bad release")),
            Self::Endless => std::future::pending().await,
            Self::Answering => {}
        }
        if let Some(mut cx) = cx.active() {
            cx.reply(&[Text::new("hi")])?;
        }
        Ok(())
    }
}

async fn says(bundle: &Bundle, id: &str) -> Message {
    let message = json!({"type": "text", "text": "hello"});
    let event = json!({"type": "message", "webhookEventId": id, "message": message});
    bundle.message(&bundle.guest, vec![event]).await
}

/// The bundle's variables, with these in place of its own.
fn variables(bundle: &Bundle, changed: &[(&str, &str)]) -> Env {
    let mut variables: BTreeMap<_, _> = bundle.stack.variables.clone();
    let changed = changed.iter();
    variables.extend(changed.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    Env::from_map(variables)
}

#[tokio::test]
async fn a_module_that_always_fails_is_an_alarm_before_and_after_events_are_parked() {
    let bundle = Bundle::attached().await;
    let worker = Worker::new(&bundle, Made::Failing);
    let message = says(&bundle, "e").await;
    for times in 1..=4 {
        worker.gives_back(&message.clone().received(times)).await;
        worker.clock.advance(Duration::from_secs(60));
    }
    let lines = &worker.lines;
    assert_eq!(lines.sum("ModuleFailures"), 4);
    assert_eq!(lines.sum("GivenBackModule"), 4);
    assert!(lines.set_off("NothingSettledAlarm"));
    assert!(!lines.set_off("ParkedEventsAlarm"));
    worker.settles(&message.received(5)).await;
    assert_eq!(lines.sum("ParkedModuleFailed"), 1);
    assert!(lines.set_off("ParkedEventsAlarm"));
}

#[tokio::test]
async fn a_module_that_answers_sets_off_nothing() {
    let bundle = Bundle::attached().await;
    let worker = Worker::new(&bundle, Made::Answering);
    worker.settles(&says(&bundle, "e").await).await;
    let lines = &worker.lines;
    assert_eq!(lines.sum("EventsHandled"), 1);
    assert_eq!(lines.sum("RepliesSent"), 1);
    assert_eq!(lines.sum("EventsParked"), 0);
    for name in [
        "ParkedEventsAlarm",
        "NothingSettledAlarm",
        "LateRepliesAlarm",
        "CredentialsRefusedAlarm",
    ] {
        assert!(!lines.set_off(name), "{name}");
    }
}

/// What API Gateway would give to the webhook's function.
fn request(body: &str, signature: &str) -> Request {
    let request = json!({
        "routeKey": "POST /webhook",
        "headers": {"x-line-signature": signature},
        "requestContext": {"requestId": "a-request"},
        "body": body,
    });
    serde_json::from_value(request).unwrap()
}

#[tokio::test]
async fn a_wrong_secret_is_an_alarm_though_every_answer_is_a_4xx() {
    let bundle = Bundle::attached().await;
    let lines = Lines::default();
    let ground = bundle.stack.ground.clone().with_metrics(lines.sink());
    let env = variables(&bundle, &[("LINE_CHANNEL_SECRET", "another channel's")]);
    let app = webhook::App::new(webhook::Config::read(&env).unwrap(), &ground);
    let held = bundle.line_holds(Some(&bundle.guest), vec![hello()]).await;
    for _ in 0..5 {
        let response = webhook::handle(&app, request(&held.body, &held.signature)).await;
        assert_eq!(response.status_code, 401);
    }
    assert_eq!(lines.sum("WebhooksUnsigned"), 5);
    assert!(lines.set_off("UnsignedWebhooksAlarm"));
}

fn hello() -> Value {
    json!({"type": "message", "message": {"type": "text", "text": "hello"}})
}

#[tokio::test]
async fn credentials_that_line_refuses_are_an_alarm_and_park_nothing() {
    let bundle = Bundle::attached().await;
    let env = variables(&bundle, &[("LINE_CHANNEL_SECRET", "another channel's")]);
    let worker = Worker::configured(&bundle, &env, Made::Answering);
    worker.gives_back(&says(&bundle, "e").await).await;
    let lines = &worker.lines;
    assert_eq!(lines.sum("CredentialsRefused"), 1);
    assert_eq!(lines.sum("LineOutages"), 1);
    assert_eq!(lines.sum("EventsParked"), 0);
    assert!(lines.set_off("CredentialsRefusedAlarm"));
}

/// Lambda counts an invocation that ends without an answer as an error of the function; the process itself can say
/// nothing. The next attempt says what it finds.
#[tokio::test]
async fn a_worker_that_is_killed_in_a_batch_is_an_alarm() {
    let bundle = Bundle::attached().await;
    let message = says(&bundle, "e").await;
    for times in 1..=2 {
        let worker = Worker::new(&bundle, Made::Endless);
        let message = message.clone().received(times);
        let given = worker.is_given([&message]);
        let killed = tokio::time::timeout(Duration::from_millis(600), given).await;
        assert!(killed.is_err() && worker.lines.all().is_empty());
    }
    let now = Clock::default().timestamp().0;
    let mut datapoints = Lines::default().datapoints();
    datapoints.add(MetricId::of_function("Errors", "WorkerFunction"), now, 1.0);
    assert!(alarm("WorkerErrorsAlarm").fires(&datapoints));

    let worker = Worker::new(&bundle, Made::Answering);
    worker.settles(&message.received(3)).await;
    assert_eq!(worker.lines.sum("AttemptsVanished"), 1);
    assert_eq!(worker.lines.sum("EventsHandled"), 1);
}

#[tokio::test]
async fn a_timer_function_that_stops_is_an_alarm_and_timers_that_ring_late_are_one() {
    const MINUTE: i64 = 60_000;
    let stopped = alarm("TimerAbsentAlarm");
    let mut datapoints = Lines::default().datapoints();
    for minute in 0..10 {
        let run = MetricId::of_function("Invocations", "TimerFunction");
        datapoints.add(run, minute * MINUTE, 1.0);
    }
    assert!(!stopped.fires_between(&datapoints, 0, 10 * MINUTE));
    assert!(stopped.fires_between(&datapoints, 0, 30 * MINUTE));

    // The example has a timer of its own, every evening: it may be due within the hour too.
    let bundle = Bundle::with(Arc::new(Reminding)).await;
    let worker = Worker::new(&bundle, Reminding);
    worker.settles(&says(&bundle, "e").await).await;
    let timer = Timer::new(&bundle);
    assert_eq!(timer.runs().await.unwrap().due, 0);
    assert!(!timer.lines.set_off("LateTimersAlarm"));
    bundle
        .stack
        .line
        .advance_clock(Duration::from_secs(3600))
        .await;
    assert_eq!(timer.runs().await.unwrap().queued, 1);
    assert!(timer.lines.set_off("LateTimersAlarm"));
}

/// Sets a timer of a minute.
struct Reminding;

impl Module for Reminding {
    async fn handle(&self, cx: &mut Context<'_>, event: &Event) -> Result<(), ModuleError> {
        if matches!(event.kind, EventKind::Message(_)) {
            cx.after("remind", Duration::from_secs(60), &())?;
        }
        Ok(())
    }
}
