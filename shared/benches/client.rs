//! What our own code costs, without network and table: time and allocations, as
//! ratios to a named baseline of the same run, so that machines can be compared.
//!
//! `cargo bench -p shared --features client`

#![expect(clippy::unwrap_used, reason = "what is built in is right")]

#[path = "../tests/fake/mod.rs"]
mod fake;

use std::hint::black_box;
use std::time::{Duration, Instant};

use allocation_counter::measure;
use fake::{Line, bot, speak};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use shared::domain::window::Window;
use shared::domain::{ChatId, Timestamp};
use shared::line::VerifiedBody;
use shared::line::message::{Action, Buttons, QuickReply, TemplateMessage, Text};
use shared::line::webhook::Webhook;
use uuid::Uuid;

/// Each is measured for so long, in so many parts; the quickest part counts.
const TIME: Duration = Duration::from_millis(500);
const PARTS: u32 = 20;

struct Measured {
    nanoseconds: f64,
    allocations: u64,
    bytes: u64,
}

fn measured(mut work: impl FnMut()) -> Measured {
    work(); // what is made once is made now
    let counted = measure(&mut work);
    let begun = Instant::now();
    let mut rounds = 0u32;
    while begun.elapsed() < TIME / PARTS {
        work();
        rounds += 1;
    }
    let part = |work: &mut dyn FnMut()| {
        let begun = Instant::now();
        (0..rounds).for_each(|_| work());
        begun.elapsed().as_secs_f64() * 1e9 / f64::from(rounds)
    };
    let parts = (0..PARTS).map(|_| part(&mut work));
    Measured {
        nanoseconds: parts.fold(f64::INFINITY, f64::min),
        allocations: counted.count_total,
        bytes: counted.bytes_total,
    }
}

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let kilobyte = vec![7u8; 1024];
    let baseline = measured(|| {
        black_box(Sha256::digest(black_box(&kilobyte)));
    });
    println!(
        "baseline: SHA-256 of 1 KiB, {:.0} ns\n",
        baseline.nanoseconds
    );
    println!(
        "{:44} {:>10} {:>8} {:>12} {:>8}",
        "", "ns", "ratio", "allocations", "bytes"
    );
    let row = |name: &str, of: &Measured| {
        let ratio = of.nanoseconds / baseline.nanoseconds;
        let Measured {
            nanoseconds,
            allocations,
            bytes,
        } = of;
        println!("{name:44} {nanoseconds:>10.0} {ratio:>8.2} {allocations:>12} {bytes:>8}");
    };

    let (body, signature) = webhook(10);
    let secrets = ["secret".to_owned().into()];
    let verify = || VerifiedBody::check(body.clone(), Some(&signature), &secrets).unwrap();
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
        let sent = client.push(&may, &chat, &messages, Uuid::nil());
        runtime.block_on(sent).unwrap();
        line.seen();
        line.pass(Duration::from_millis(1)); // or LINE's limit is reached
    });
    row("one push: the client's own work, and a fake", &push);
}

/// A signed webhook of so many text messages.
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
    let body = json!({"destination": "U5fac33f633e72c192759f09afc41fa28", "events": events});
    let body = body.to_string().into_bytes();
    let mut mac = Hmac::<Sha256>::new_from_slice(b"secret").unwrap();
    mac.update(&body);
    let signature = base64::engine::general_purpose::STANDARD.encode(mac.finalize().into_bytes());
    (body, signature)
}
