//! The company's own systems say something: at the door, in order with the chat's messages, once.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use emulator::DeliverOptions;
use flow::Bundle;
use flow::faulty::Fate;
use flow::inbox::{Inbox, SignedCall};
use flow::inbox_faults::inbox_faults;
use flow::worker::{Message, Worker};
use line_module::{
    Account, Active, Context, EventKind, Handled, Router, Routes, Standby, Text, TextMessage,
};
use local::gate::GateState;
use local::stack::INBOX_KEY;
use serde::Deserialize;
use serde_json::{Value, json};
use shared::domain::ledger::ParkKind;
use shared::domain::{Outcome, Silence, Timestamp, Verdict};
use shared::queue::Job;

const NOW: Duration = Duration::ZERO;

/// What the handlers have heard, in order.
type Heard = Arc<Mutex<Vec<String>>>;

#[derive(Deserialize)]
struct Booking {
    table: u32,
}

fn note<H>(cx: &Context<'_, H>, what: impl Into<String>) -> Handled {
    cx.shared::<Heard>()?.lock().unwrap().push(what.into());
    Ok(())
}

async fn said(cx: &mut Context<'_, Active>, message: &TextMessage) -> Handled {
    note(cx, &message.text)
}

async fn booked(cx: &mut Context<'_, Active>, booking: &Booking) -> Handled {
    assert!(!cx.reply(&[Text::new("no token")])?);
    cx.push(&[Text::new(format!("Table {} is yours.", booking.table))])?;
    note(cx, format!("table {}", booking.table))
}

async fn booked_meanwhile(cx: &mut Context<'_, Standby>, booking: &Booking) -> Handled {
    note(cx, format!("table {}, for staff", booking.table))
}

async fn opened(cx: &mut Context<'_, Account>, hours: &String) -> Handled {
    note(cx, format!("{} is open {hours}", cx.bot()))
}

fn module(heard: &Heard) -> Router {
    Router::new()
        .active(Routes::new().any_text(said).command("booked", booked))
        .standby(Routes::new().command("booked", booked_meanwhile))
        .account(Routes::new().command("opened", opened))
        .share(heard.clone())
}

/// A bundle with that module, whose guest is a friend.
struct Scene {
    bundle: Bundle,
    heard: Heard,
}

impl Scene {
    async fn begin() -> Self {
        let heard = Heard::default();
        let bundle = Bundle::with(module(&heard)).await;
        let mut guest = bundle.stack.chat(&bundle.bot, &bundle.guest);
        guest.follows().await.unwrap();
        Self { bundle, heard }
    }

    fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }

    async fn settled(&self) {
        self.bundle.stack.settled().await.unwrap();
    }

    /// The company says something to the guest's chat, and it is done.
    async fn company_says(&self, name: &str, id: &str, payload: Value) {
        let chat = Some(self.bundle.guest.as_str());
        self.company_says_to(chat, name, id, payload).await;
    }

    async fn company_says_to(&self, chat: Option<&str>, name: &str, id: &str, payload: Value) {
        let place = (self.bundle.bot.as_str(), chat);
        let answer = self.bundle.stack.company.says(place, name, id, &payload);
        let answer = answer.await.unwrap();
        assert_eq!(answer.status, 202, "{}", answer.body);
        assert_eq!(answer.body["event"], format!("command-{id}"));
        self.settled().await;
    }

    async fn message(&self, text: &str) {
        let message = json!({"type": "message", "message": {"type": "text", "text": text}});
        let chat = Some(self.bundle.guest.as_str());
        let held = self.bundle.line_holds(chat, vec![message]).await;
        let status = self.bundle.post(held.body, Some(&held.signature)).await;
        assert_eq!(status, 200);
    }
}

fn booking(id: &str) -> Value {
    json!({"name": "booked", "id": id, "payload": {"table": 4}})
}

#[tokio::test]
async fn a_booking_of_the_web_is_confirmed_in_the_chat() {
    let scene = Scene::begin().await;
    scene
        .company_says("booked", "web-1", json!({"table": 4}))
        .await;
    assert_eq!(scene.heard(), ["table 4"]);
    assert_eq!(scene.bundle.received().await, ["Table 4 is yours."]);
    let row = scene.bundle.recorded("command-web-1").await;
    assert_eq!(
        (row.kind.as_str(), row.verdict()),
        ("@command", Verdict::Handled)
    );
}

#[tokio::test]
async fn a_command_to_the_account_is_of_no_chat_and_records_no_silence() {
    let scene = Scene::begin().await;
    scene
        .company_says_to(None, "opened", "1", json!("10-22"))
        .await;
    assert_eq!(
        scene.heard(),
        [format!("{} is open 10-22", scene.bundle.bot)]
    );
    let row = scene.bundle.record(None, "command-1").await.unwrap();
    assert_eq!((row.verdict(), row.silence), (Verdict::Handled, None));
}

#[tokio::test]
async fn commands_are_in_order_with_the_messages_of_their_chat() {
    let scene = Scene::begin().await;
    // The worker cannot go on, so that all of it waits in the queue.
    scene.bundle.stack.dynamodb_gate.set(GateState::Shut);
    let mut expected = Vec::new();
    for n in 0..5 {
        scene.message(&format!("message {n}")).await;
        let body = json!({"name": "booked", "id": format!("web-{n}"), "payload": {"table": n}});
        let call = scene
            .bundle
            .signed_call(Some(&scene.bundle.guest), &body, NOW);
        assert_eq!(scene.bundle.posts_to_inbox(&call).await.0, 202);
        expected.extend([format!("message {n}"), format!("table {n}")]);
    }
    scene.bundle.stack.dynamodb_gate.set(GateState::Open);
    scene.settled().await;
    assert_eq!(scene.heard(), expected);
}

#[tokio::test]
async fn the_same_id_twice_is_once_and_in_another_chat_another() {
    let scene = Scene::begin().await;
    for table in [4, 5] {
        scene
            .company_says("booked", "web-1", json!({"table": table}))
            .await;
    }
    assert_eq!(scene.heard(), ["table 4"]);
    let rival = scene.bundle.rival.clone();
    scene
        .company_says_to(Some(&rival), "booked", "web-1", json!({"table": 6}))
        .await;
    assert_eq!(scene.heard(), ["table 4", "table 6"]);
}

/// The queue forgets an id after five minutes.
#[tokio::test]
async fn the_same_id_is_once_also_where_the_queue_takes_it_twice() {
    let scene = Scene::begin().await;
    let heard = Heard::default();
    let worker = Worker::new(&scene.bundle, module(&heard));
    for _ in 0..2 {
        worker
            .settles(&queued(&scene, &booking("web-1")).await)
            .await;
    }
    assert_eq!(*heard.lock().unwrap(), ["table 4"]);
}

/// What the inbox gives to the queue for a command to the guest's chat, without the queue.
async fn queued(scene: &Scene, body: &Value) -> Message {
    let inbox = Inbox::new(&scene.bundle);
    for _ in 0..2 {
        inbox
            .queue
            .next("SendMessageBatch", Fate::Answered(400, "{}".into()));
    }
    let call = scene
        .bundle
        .signed_call(Some(&scene.bundle.guest), body, NOW);
    assert_eq!(inbox.is_posted(&call).await.0, 503);
    let request = inbox.queue.requests("SendMessageBatch").remove(0);
    let body = request["Entries"][0]["MessageBody"].as_str().unwrap();
    Message::of(Job::read(body).unwrap())
}

#[tokio::test]
async fn each_refusal_is_told_in_a_word_and_with_its_remedy() {
    let scene = Scene::begin().await;
    let bundle = &scene.bundle;
    let before = bundle.queue_requests();
    let chat = Some(bundle.guest.as_str());
    let good = bundle.signed_call(chat, &booking("web-1"), NOW);
    let stale = Duration::from_secs(310);
    let now = Timestamp::from(bundle.stack.line.now());
    let of = |path: &str, body: &Value| SignedCall::new(INBOX_KEY, now, path, body);
    let path = bundle.inbox_path(chat);
    let large = json!({"name": "booked", "id": "1", "payload": "x".repeat(64 * 1024)});
    let without = |change: fn(&mut SignedCall)| {
        let mut call = good.clone();
        change(&mut call);
        call
    };
    let other_key = SignedCall::new("another", now, &path, &booking("web-1"));
    let elsewhere = SignedCall {
        path: bundle.inbox_path(Some(&bundle.rival)),
        ..good.clone()
    };
    let cases = [
        (401, "unsigned", without(|call| call.signature = None)),
        (401, "unsigned", without(|call| call.timestamp = None)),
        (
            401,
            "unsigned",
            without(|call| call.timestamp = Some("now".into())),
        ),
        (401, "wrong_signature", other_key),
        (401, "wrong_signature", without(|call| call.body.push(' '))),
        (401, "wrong_signature", elsewhere),
        (
            403,
            "stale_timestamp",
            bundle.signed_call(chat, &booking("1"), stale),
        ),
        (
            403,
            "stale_timestamp",
            SignedCall::new(INBOX_KEY, now.plus(stale), &path, &booking("1")),
        ),
        (404, "unknown_account", of("/inbox/nobody", &booking("1"))),
        (404, "unknown_account", of("/inbox/C0123/L1", &booking("1"))),
        (
            404,
            "unknown_chat",
            of(&format!("/inbox/{}/a.b", bundle.bot), &booking("1")),
        ),
        (413, "too_large", of(&path, &large)),
        (413, "too_large", of(&path, &json!("x".repeat(1024 * 1024)))),
        (400, "malformed", of(&path, &json!("no JSON"))),
        (
            400,
            "malformed",
            of(&path, &json!({"name": "booked", "id": "1"})),
        ),
        (
            400,
            "malformed",
            of(&path, &json!({"name": "", "id": "1", "payload": 1})),
        ),
        (
            400,
            "malformed",
            of(&path, &json!({"name": "a", "id": "a b", "payload": 1})),
        ),
        (
            400,
            "malformed",
            of(&path, &json!(r#"{"name":"a","id":"1","payload":"\ud800"}"#)),
        ),
        (
            400,
            "malformed",
            of(
                &path,
                &json!(format!(
                    r#"{{"name":"a","id":"1","payload":{}{}}}"#,
                    "[".repeat(500),
                    "]".repeat(500)
                )),
            ),
        ),
    ];
    for (status, word, call) in cases {
        let (answered, body) = bundle.posts_to_inbox(&call).await;
        assert_eq!((answered, &body["error"]), (status, &json!(word)), "{body}");
        assert!(body["message"].as_str().unwrap().len() > 40, "{body}");
    }
    assert_eq!(bundle.queue_requests(), before);
    assert_eq!(bundle.posts_to_inbox(&good).await.0, 202);
    scene.settled().await;
    assert_eq!(scene.heard(), ["table 4"]);
}

#[tokio::test]
async fn a_call_is_good_for_five_minutes_either_way() {
    let scene = Scene::begin().await;
    let chat = Some(scene.bundle.guest.as_str());
    let nearly = Duration::from_secs(290);
    let before = scene.bundle.signed_call(chat, &booking("1"), nearly);
    assert_eq!(scene.bundle.posts_to_inbox(&before).await.0, 202);
    let now = Timestamp::from(scene.bundle.stack.line.now());
    let path = scene.bundle.inbox_path(chat);
    let ahead = SignedCall::new(INBOX_KEY, now.plus(nearly), &path, &booking("2"));
    assert_eq!(scene.bundle.posts_to_inbox(&ahead).await.0, 202);
    scene.settled().await;
}

#[tokio::test]
async fn nothing_else_is_routed_to_the_inbox() {
    let scene = Scene::begin().await;
    let path = scene.bundle.inbox_path(Some(&scene.bundle.guest));
    for path in [format!("{path}/more"), "/inbox".into(), "/inbox/".into()] {
        let now = Timestamp::from(scene.bundle.stack.line.now());
        let call = SignedCall::new(INBOX_KEY, now, &path, &booking("1"));
        let (status, body) = scene.bundle.posts_to_inbox(&call).await;
        assert_eq!((status, &body["error"]), (404, &Value::Null), "{path}");
    }
}

#[tokio::test]
async fn a_command_that_could_not_be_queued_is_503_and_may_be_sent_again() {
    let scene = Scene::begin().await;
    let chat = Some(scene.bundle.guest.as_str());
    scene.bundle.stack.sqs_gate.set(GateState::Shut);
    let call = scene.bundle.signed_call(chat, &booking("web-1"), NOW);
    let (status, body) = scene.bundle.posts_to_inbox(&call).await;
    assert_eq!((status, &body["error"]), (503, &json!("not_queued")));
    scene.bundle.stack.sqs_gate.set(GateState::Open);
    assert_eq!(scene.bundle.posts_to_inbox(&call).await.0, 202);
    scene.settled().await;
    assert_eq!(scene.heard(), ["table 4"]);
}

#[tokio::test]
async fn a_queue_that_never_answers_is_503_before_the_caller_gives_up() {
    let scene = Scene::begin().await;
    scene.bundle.stack.sqs.faults().never_answer();
    let chat = Some(scene.bundle.guest.as_str());
    let call = scene.bundle.signed_call(chat, &booking("web-1"), NOW);
    let begun = std::time::Instant::now();
    assert_eq!(scene.bundle.posts_to_inbox(&call).await.0, 503);
    assert!(begun.elapsed() < inbox::TIMEOUT, "{:?}", begun.elapsed());
}

#[tokio::test]
async fn who_may_invoke_the_function_needs_no_signature() {
    let scene = Scene::begin().await;
    let inbox = Inbox::new(&scene.bundle);
    let (bot, guest) = (&scene.bundle.bot, &scene.bundle.guest);
    let event =
        json!({"bot": bot, "chat": guest, "name": "booked", "id": "1", "payload": {"table": 4}});
    let answer = inbox.is_invoked(event.clone()).await.unwrap();
    assert_eq!(answer, json!({"status": 202, "event": "command-1"}));
    let account = json!({"bot": bot, "name": "opened", "id": "1", "payload": "10-22"});
    assert_eq!(inbox.is_invoked(account).await.unwrap()["status"], 202);
    scene.settled().await;
    assert_eq!(scene.heard().len(), 2);

    let mut wrong = event.clone();
    wrong["payload"] = Value::Null;
    wrong["payloads"] = json!(1);
    let refused = inbox.is_invoked(wrong).await.unwrap();
    assert_eq!(
        (&refused["status"], &refused["error"]),
        (&json!(400), &json!("malformed"))
    );
    inbox
        .queue
        .next("SendMessageBatch", Fate::Answered(400, "{}".into()));
    inbox
        .queue
        .next("SendMessageBatch", Fate::Answered(400, "{}".into()));
    let error = inbox.is_invoked(event).await.unwrap_err();
    assert_eq!(
        error,
        "The command could not be queued. Send it again, with the same id."
    );
}

/// Else a caller with the role could be led to believe that it was checked.
#[tokio::test]
async fn an_invocation_that_looks_like_a_request_must_be_signed() {
    let scene = Scene::begin().await;
    let inbox = Inbox::new(&scene.bundle);
    let mut call = scene.bundle.signed_call(None, &booking("1"), NOW);
    call.signature = None;
    let answer = inbox.is_invoked(call.event()).await.unwrap();
    assert_eq!(answer["statusCode"], 401);
}

#[tokio::test]
async fn a_payload_that_the_handler_cannot_read_is_parked_at_once_and_says_why() {
    let scene = Scene::begin().await;
    scene
        .company_says("booked", "web-1", json!({"tables": [4]}))
        .await;
    let row = scene.bundle.recorded("command-web-1").await;
    assert_eq!(row.outcome(), Outcome::Parked);
    assert_eq!(row.park_kind(), Some(ParkKind::ByModule));
    let reason = r#"the payload of the command "booked": missing field `table`"#;
    assert_eq!(row.reason(), Some(reason));
    // The chat goes on.
    scene
        .company_says("booked", "web-2", json!({"table": 4}))
        .await;
    assert_eq!(scene.heard(), ["table 4"]);
}

#[tokio::test]
async fn in_a_chat_that_staff_hold_the_standby_route_hears_it() {
    let scene = Scene::begin().await;
    let (bot, guest) = (&scene.bundle.bot, &scene.bundle.guest);
    scene.bundle.stack.line.take(bot, guest).await.unwrap();
    scene.settled().await;
    scene
        .company_says("booked", "web-1", json!({"table": 4}))
        .await;
    assert_eq!(scene.heard(), ["table 4, for staff"]);
    let row = scene.bundle.recorded("command-web-1").await;
    assert_eq!(row.silence, Some(Silence::Standby));
    assert!(scene.bundle.received().await.is_empty());
}

#[tokio::test]
async fn a_command_that_nobody_takes_is_recorded_and_rings() {
    let scene = Scene::begin().await;
    let worker = Worker::new(&scene.bundle, module(&scene.heard));
    let unknown = json!({"name": "cancelled", "id": "1", "payload": {}});
    worker.settles(&queued(&scene, &unknown).await).await;
    let row = scene.bundle.recorded("command-1").await;
    assert_eq!(row.verdict(), Verdict::Recorded);
    let reason = r#"no route takes the command "cancelled" where the chat is active"#;
    assert_eq!(row.reason(), Some(reason));
    assert_eq!(worker.lines.sum("CommandsNotTaken"), 1);
    assert_eq!(worker.lines.sum("EventsHandled"), 0);
    assert!(worker.lines.set_off("LostCommandsAlarm"));
}

#[tokio::test]
async fn a_command_to_an_account_that_is_not_attached_is_recorded_and_rings() {
    let heard = Heard::default();
    let bundle = Bundle::start().await;
    let scene = Scene { bundle, heard };
    let worker = Worker::new(&scene.bundle, module(&scene.heard));
    worker.settles(&queued(&scene, &booking("1")).await).await;
    let row = scene.bundle.recorded("command-1").await;
    assert_eq!(row.verdict(), Verdict::Detached);
    assert_eq!(row.silence, Some(Silence::NotAttached));
    // A mistyped id makes no account.
    let bot = scene.bundle.key(None, "any").bot;
    assert!(scene.bundle.stack.store.bot(&bot).await.unwrap().is_none());
    assert_eq!(worker.lines.sum("CommandsNotAttached"), 1);
    assert!(worker.lines.set_off("LostCommandsAlarm"));
    assert!(scene.heard().is_empty());
}

#[tokio::test]
async fn what_the_inbox_refuses_and_what_it_takes_is_counted() {
    let scene = Scene::begin().await;
    let inbox = Inbox::new(&scene.bundle);
    let chat = Some(scene.bundle.guest.as_str());
    let good = scene.bundle.signed_call(chat, &booking("1"), NOW);
    assert_eq!(inbox.is_posted(&good).await.0, 202);
    assert!(!inbox.lines.set_off("UnsignedCommandsAlarm"));
    let unsigned = SignedCall {
        signature: None,
        ..good.clone()
    };
    for _ in 0..3 {
        assert_eq!(inbox.is_posted(&unsigned).await.0, 401);
    }
    assert_eq!(inbox.lines.sum("InboxCalls"), 4);
    assert_eq!(inbox.lines.sum("CommandsQueued"), 1);
    assert_eq!(inbox.lines.sum("CommandsUnsigned"), 3);
    assert!(inbox.lines.set_off("UnsignedCommandsAlarm"));
    assert!(!inbox.lines.set_off("CommandsNotQueuedAlarm"));
    for _ in 0..2 {
        inbox
            .queue
            .next("SendMessageBatch", Fate::Answered(400, "{}".into()));
    }
    assert_eq!(inbox.is_posted(&good).await.0, 503);
    assert!(inbox.lines.set_off("CommandsNotQueuedAlarm"));
}

#[tokio::test]
async fn line_makes_no_command() {
    let scene = Scene::begin().await;
    let bundle = &scene.bundle;
    for kind in ["command", "@command"] {
        let event = json!({
            "type": kind, "webhookEventId": kind, "name": "booked", "id": "1", "payload": {"table": 4},
        });
        let how = DeliverOptions::default();
        bundle
            .line_sends(Some(&bundle.guest), vec![event], how)
            .await;
    }
    assert!(scene.heard().is_empty());
    let row = bundle.recorded("command").await;
    assert_eq!(row.verdict(), Verdict::Recorded);
}

/// As the box on the emulator's page for a chat does it.
#[tokio::test]
async fn the_emulators_page_speaks_for_the_companys_systems() {
    let scene = Scene::begin().await;
    let (bot, guest) = (&scene.bundle.bot, &scene.bundle.guest);
    let page = format!(
        "{}/chats/{bot}/{guest}",
        scene.bundle.stack.addresses.line_url
    );
    let client = reqwest::Client::new();
    let shown = client
        .get(&page)
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert!(shown.contains("From the company’s systems"));
    let post = async |payload: &str| {
        let fields = [("name", "booked"), ("payload", payload)];
        let request = client.post(format!("{page}/company")).form(&fields);
        let request = request.header("accept", "application/json");
        request.send().await.unwrap()
    };
    assert_eq!(post(r#"{"table": 4}"#).await.status().as_u16(), 204);
    scene.settled().await;
    assert_eq!(scene.bundle.received().await, ["Table 4 is yours."]);
    let refused = post("{").await.text().await.unwrap();
    assert!(refused.contains("the payload: EOF"), "{refused}");
}

#[tokio::test]
async fn a_handler_can_ask_for_the_callers_id() {
    async fn ids(cx: &mut Context<'_, Active>, _: &Value) -> Handled {
        let EventKind::Command { id, name, .. } = &cx.event().kind else {
            panic!("{:?}", cx.event());
        };
        note(cx, format!("{name} {id}"))
    }
    let heard = Heard::default();
    let router = Router::new()
        .active(Routes::new().command("booked", ids))
        .share(heard.clone());
    let bundle = Bundle::with(router).await;
    let scene = Scene { bundle, heard };
    scene.company_says("booked", "web-1", json!(null)).await;
    assert_eq!(scene.heard(), ["booked web-1"]);
}

/// More of it: `cargo run -p flow --example inbox`.
#[tokio::test]
async fn none_is_lost_and_none_comes_twice_while_the_queue_fails() {
    let figures = inbox_faults(7, 300).await;
    assert_eq!(figures.commands, 300);
    assert!(figures.failed > 0, "{figures}");
}
