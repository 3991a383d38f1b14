//! What our own code costs, without network and table: time and allocations, as
//! ratios to a named baseline of the same run, so that machines can be compared.
//!
//! `cargo bench -p shared`

#![expect(clippy::unwrap_used, reason = "what is built in is right")]

#[path = "../tests/fake/mod.rs"]
mod fake;
mod measured;

use std::hint::black_box;
use std::time::Duration;

use fake::{Line, bot, speak};
use hmac::{Hmac, KeyInit as _, Mac as _};
use measured::{Measured, head, measured, row};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use shared::domain::window::Window;
use shared::domain::{ChatId, Timestamp};
use shared::line::endpoints::message::Push;
use shared::line::message::{Action, Buttons, QuickReply, TemplateMessage, Text};
use shared::line::webhook::Webhook;
use shared::line::{Signature, VerifiedBody};
use uuid::Uuid;

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let kilobyte = vec![7u8; 1024];
    let baseline = measured(|| {
        black_box(Sha256::digest(black_box(&kilobyte)));
    });
    head("SHA-256 of 1 KiB", &baseline);
    let row = |name: &str, of: &Measured| row(name, of, &baseline);

    let (body, signature) = webhook(10);
    let secrets = ["secret".to_owned().into()];
    let verify = || {
        let signature = Signature::read(Some(&signature)).unwrap();
        VerifiedBody::check(body.clone(), &signature, &secrets).unwrap()
    };
    row(
        "signature of a webhook of 10 events",
        &measured(|| drop(black_box(verify()))),
    );
    let verified = verify();
    row(
        "parsing it",
        &measured(|| drop(black_box(Webhook::parse(&verified).unwrap()))),
    );
    row(
        "the same by serde_json, to compare",
        &measured(|| {
            black_box(serde_json::from_slice::<Value>(&body).unwrap());
        }),
    );

    row(
        "a text with 13 quick replies, to JSON",
        &measured(|| {
            let items = (0..13).map(|n| QuickReply::postback(format!("{n}:00"), "at"));
            black_box(serde_json::to_string(&Text::new("いつ？").quick_replies(items)).unwrap());
        }),
    );
    row(
        "four buttons, to JSON",
        &measured(|| {
            let actions = ["a", "b", "c", "d"].map(|label| Action::postback(label, "data"));
            let buttons = TemplateMessage::new("?", Buttons::new("どれ？", actions).title("T"));
            black_box(serde_json::to_string(&buttons).unwrap());
        }),
    );

    let (mut window, mut now) = (Window::default(), 0);
    row(
        "a call counted in a window of 60 slots",
        &measured(|| {
            now += 1_000;
            black_box(window.take(Timestamp(now), 1_000, Duration::from_secs(60))).ok();
        }),
    );

    let line = Line::new();
    let (client, may, chat) = (
        line.client().bot(&bot()),
        speak(),
        ChatId::new("L1").unwrap(),
    );
    let messages = [json!({"type": "text", "text": "hi"})];
    let push = measured(|| {
        let push = Push::new(&may, &chat, &messages[..], Uuid::nil());
        runtime.block_on(client.ask(&push)).unwrap();
        line.seen();
        line.pass(Duration::from_millis(1)); // or LINE's limit is reached
    });
    row("one push: the client's own work, and a fake", &push);
}

/// A signed webhook of this number of text messages.
fn webhook(events: usize) -> (Vec<u8>, String) {
    use base64::Engine as _;
    let event = |n: usize| {
        json!({"type": "message", "mode": "active", "timestamp": 1_795_000_000_000u64 + n as u64,
            "webhookEventId": format!("01K{n:023}"), "deliveryContext": {"isRedelivery": false},
            "replyToken": "nHuyWiB7yP5Zw52FIkcQobQuGDXCTA",
            "source": {"type": "user", "userId": format!("L{n:067}")},
            "message": {"type": "text", "id": format!("{n}"), "text": "予約したいです"}})
    };
    let events: Vec<_> = (0..events).map(event).collect();
    let body = json!({"destination": "U5fac33f633e72c192759f09afc41fa28", "events": events})
        .to_string()
        .into_bytes();
    let mut mac = Hmac::<Sha256>::new_from_slice(b"secret").unwrap();
    mac.update(&body);
    let signature = base64::engine::general_purpose::STANDARD.encode(mac.finalize().into_bytes());
    (body, signature)
}
