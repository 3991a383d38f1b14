//! What the functions log: whoever looks for an event finds it by its account and id, and by the id of the request
//! that brought it, from the access log to its row. Nothing that a user wrote is in it.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::io;
use std::sync::{Arc, Mutex};

use flow::Bundle;
use flow::worker::{Message, Worker};
use line_module::{Context, Event, EventKind, Module, ModuleError};
use serde_json::{Value, json};
use shared::gateway::Request;
use shared::start;
use tracing::Level;
use tracing::instrument::WithSubscriber as _;

/// What is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Log {
    /// To be made before anything can log: a place in the code that is first reached while nobody listens may stay
    /// silent for good, when it is reached in another test at the moment that this one begins to listen.
    fn new() -> Self {
        let nobody = start::lines(Level::INFO, io::sink);
        let _ = tracing::subscriber::set_global_default(nobody); // another test may have been first
        Self::default()
    }

    /// Runs some work, and keeps what it logs.
    async fn of<T>(&self, work: impl Future<Output = T>) -> T {
        let log = self.clone();
        let lines = start::lines(Level::INFO, move || log.clone());
        work.with_subscriber(lines).await
    }

    fn lines(&self) -> Vec<Value> {
        let text = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
        assert!(!text.contains("my secret wish"), "{text}");
        let lines = text.lines();
        lines
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    /// The lines of this message.
    fn saying(&self, message: &str) -> Vec<Value> {
        let mut lines = self.lines();
        lines.retain(|line| line["message"] == message);
        lines
    }
}

/// Fails, and repeats what the user wrote.
struct Failing;

impl Module for Failing {
    async fn handle(&self, _: &mut Context<'_>, event: &Event) -> Result<(), ModuleError> {
        match event.kind {
            EventKind::Message(_) => Err(ModuleError::bug("no such dish: my secret wish")),
            _ => Ok(()),
        }
    }
}

fn wish() -> Value {
    let message = json!({"type": "text", "text": "my secret wish"});
    json!({"type": "message", "webhookEventId": "e", "message": message})
}

#[tokio::test]
async fn a_failure_and_a_park_name_account_event_and_kind() {
    let log = Log::new();
    let bundle = Bundle::attached().await;
    let worker = Worker::new(&bundle, Failing);
    let message = bundle.message(&bundle.guest, vec![wish()]).await;
    log.of(async {
        for times in 1..=4 {
            worker.gives_back(&message.clone().received(times)).await;
        }
        worker.settles(&message.clone().received(5)).await;
    })
    .await;
    let failures = log.saying("the module failed");
    assert_eq!(failures.len(), 5);
    let parks = log.saying("an event is parked");
    let [park] = parks.as_slice() else {
        panic!("{parks:?}");
    };
    assert_eq!(park["level"], "ERROR");
    assert_eq!(park["kind"], "module_failed");
    for line in failures.iter().chain(&parks) {
        assert_eq!(line["span"]["bot"], bundle.bot.as_str());
        assert_eq!(line["span"]["event"], "e");
    }
}

#[tokio::test]
async fn a_message_that_cannot_be_read_is_parked_with_an_error_too() {
    let log = Log::new();
    let bundle = Bundle::attached().await;
    let worker = Worker::new(&bundle, Failing);
    let message = Message::raw("m", "my secret wish");
    log.of(worker.settles(&message)).await;
    let parks = log.saying("a message of the queue is parked");
    assert_eq!(parks[0]["level"], "ERROR");
    assert_eq!(parks[0]["kind"], "unreadable");
    assert_eq!(parks[0]["message_id"], "m");
}

#[tokio::test]
async fn one_id_leads_from_the_access_log_to_the_row() {
    let log = Log::new();
    let bundle = Bundle::attached().await;
    let held = bundle.line_holds(Some(&bundle.guest), vec![wish()]).await;
    let request = json!({
        "headers": {"x-line-signature": held.signature},
        "requestContext": {"requestId": "JKJaXmPLvHcESHA="},
        "body": held.body,
    });
    let request: Request = serde_json::from_value(request).unwrap();
    let config = webhook::Config::read(&bundle.env()).unwrap();
    let app = webhook::App::new(config, &bundle.stack.ground);
    let response = log.of(webhook::handle(&app, request)).await;
    assert_eq!(response.status_code, 200);
    let queued = log.saying("webhook queued");
    assert_eq!(queued[0]["span"]["request_id"], "JKJaXmPLvHcESHA=");

    bundle.stack.settled().await.unwrap();
    let row = bundle.recorded("e").await;
    assert_eq!(row.request_id.as_deref(), Some("JKJaXmPLvHcESHA="));
}
