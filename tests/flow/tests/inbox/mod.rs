//! The company's own systems say something: files beside this one for the door, and for what comes
//! of it in order with the chat's messages, once.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod behind;
mod door;

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
    assert!(!cx.can_reply());
    assert!(cx.reply(&[Text::new("no token")]).is_err());
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
    async fn company_says(&self, name: &str, id: &str, payload: &Value) {
        let chat = Some(self.bundle.guest.as_str());
        self.company_says_to(chat, name, id, payload).await;
    }

    async fn company_says_to(&self, chat: Option<&str>, name: &str, id: &str, payload: &Value) {
        let place = (self.bundle.bot.as_str(), chat);
        let answer = self.bundle.stack.company.says(place, name, id, payload);
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
