//! What a call costs at each of the two doors, the webhook and the inbox: time, processor, and
//! requests to the queue. The queue is the stand-in, in a thread of its own, whose time does not count.

use std::error::Error;
use std::net::Ipv4Addr;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Parser;
use emulator::Settings;
use flow::inbox::SignedCall;
use flow::sign_with;
use local::stack::INBOX_KEY;
use serde_json::{Value, json};
use shared::env::Env;
use shared::gateway::Request;
use shared::ground::Ground;
use sqs::{Sqs, SystemClock};
use tokio::net::TcpListener;

type Failure = Box<dyn Error + Send + Sync>;

const BOT: &str = "U7c1f0a52d9b84e63a1c5f28e904b6d31";

/// Measure what a call costs at each of the two doors.
#[derive(Parser)]
struct Arguments {
    /// How many calls of each kind.
    #[arg(long, default_value_t = 2000)]
    calls: usize,
}

/// The function has one thread.
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match measure(Arguments::parse().calls).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("doors: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn measure(calls: usize) -> Result<(), Failure> {
    let (sqs, url) = queue()?;
    let ground = Ground::emulated().with_sqs_at(&url);
    let secret = Settings::default().channel_secret;
    let variables = [
        ("LINE_CHANNEL_SECRET", secret.as_str()),
        ("INBOX_KEY", INBOX_KEY),
        ("EVENT_QUEUE_URL", &sqs.queue_url("EventQueue.fifo")?),
    ];
    let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let env = Env::from_map(variables.into());
    let webhook = webhook::App::new(webhook::Config::read(&env)?, &ground);
    let inbox = inbox::App::new(inbox::Config::read(&env)?, &ground);
    println!("{calls} calls each, one after the other");
    println!("                    median      99 %   processor   requests to the queue");
    for (size, name) in [(100, "100 bytes"), (60_000, "60 KB")] {
        let events = (0..calls).map(|n| event(&secret, n, size));
        let ask = async |request| webhook::handle(&webhook, request).await;
        row(&sqs, &format!("webhook, {name}"), 200, events, ask).await?;
        let commands = (0..calls).map(|n| command(n, size));
        let ask = async |request| inbox::handle_request(&inbox, request).await;
        row(&sqs, &format!("inbox, {name}"), 202, commands, ask).await?;
    }
    Ok(())
}

/// The stand-in, served by another thread.
fn queue() -> Result<(Sqs, String), Failure> {
    let sqs = Sqs::new(SystemClock);
    let mut queues = local::stack::template()?.queues()?;
    queues.sort_by_key(template_file::QueueDefinition::redrives); // a dead-letter queue comes first
    for queue in queues {
        sqs.create_queue(&queue.name, queue.attributes)?;
    }
    let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    listener.set_nonblocking(true)?;
    let url = format!("http://{}", listener.local_addr()?);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let server = sqs.clone();
    std::thread::spawn(move || {
        runtime.block_on(async move {
            if let Ok(listener) = TcpListener::from_std(listener) {
                server.serve(listener).await;
            }
        });
    });
    Ok((sqs, url))
}

/// A text of this size, as LINE sends it.
fn event(secret: &str, n: usize, size: usize) -> Request {
    let body = json!({"destination": BOT, "events": [{
        "type": "message", "webhookEventId": format!("event-{size}-{n}"), "timestamp": 1,
        "source": {"type": "user", "userId": chat(n)}, "mode": "active", "replyToken": "token",
        "deliveryContext": {"isRedelivery": false},
        "message": {"type": "text", "id": "1", "text": "x".repeat(size)},
    }]});
    let body = body.to_string();
    let signature = sign_with(secret, &body);
    request(&json!({"headers": {"x-line-signature": signature}, "body": body}))
}

/// A payload of this size, as a system of the company's sends it.
fn command(n: usize, size: usize) -> Request {
    let id = format!("order-{size}-{n}");
    let body = json!({"name": "ordered", "id": id, "payload": {"text": "x".repeat(size)}});
    let path = format!("/inbox/{BOT}/{}", chat(n));
    let now = std::time::SystemTime::now().into();
    request(&SignedCall::new(INBOX_KEY, now, &path, &body).event())
}

fn chat(n: usize) -> String {
    format!("L{:032x}", n % 500)
}

fn request(event: &Value) -> Request {
    serde_json::from_value(event.clone()).unwrap_or_default()
}

async fn row(
    sqs: &Sqs,
    name: &str,
    status: u16,
    calls: impl Iterator<Item = Request>,
    ask: impl AsyncFn(Request) -> shared::gateway::Response,
) -> Result<(), Failure> {
    let requests = sqs.calls("SendMessageBatch");
    let (mut times, mut processor) = (Vec::new(), Duration::ZERO);
    for request in calls {
        let (begun, used) = (Instant::now(), processor_time()?);
        let answer = ask(request).await;
        times.push(begun.elapsed());
        processor += processor_time()? - used;
        if answer.status_code != status {
            return Err(format!("{name}: {}: {}", answer.status_code, answer.body).into());
        }
    }
    times.sort();
    let requests = sqs.calls("SendMessageBatch") - requests;
    let at = |percent: usize| times.get(times.len() * percent / 100).copied();
    let (median, late) = (at(50).ok_or("no calls")?, at(99).ok_or("no calls")?);
    let each = processor / u32::try_from(times.len())?;
    println!("{name:<18} {median:>8.1?}  {late:>8.1?}  {each:>10.1?}   {requests}");
    Ok(())
}

/// What this thread has had of the processor.
fn processor_time() -> Result<Duration, Failure> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat")?;
    let nanoseconds = text.split(' ').next().ok_or("the system does not tell")?;
    Ok(Duration::from_nanos(nanoseconds.parse()?))
}
