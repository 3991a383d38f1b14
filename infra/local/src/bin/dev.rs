//! `cargo dev`: everything on this machine, until Ctrl-C.

use std::path::PathBuf;
use std::pin::pin;
use std::process::ExitCode;
use std::time::SystemTime;

use clap::Parser;
use local::dev_file::DevFile;
use local::stack::{INBOX_KEY, Options, Stack, StackError};
use serde_json::json;
use tracing::level_filters::LevelFilter;

/// Run the whole bundle on this machine: emulators of DynamoDB, SQS and the LINE Platform, the
/// gateway, and the functions. Listens on 127.0.0.1 only. A port of 0 takes a free one.
#[derive(Parser)]
#[command(name = "cargo dev", bin_name = "cargo dev")]
struct Arguments {
    /// Port of the bundle's public side.
    #[arg(long, default_value_t = 9000)]
    port: u16,
    /// Where LINE and browsers reach the public side, if not at that port: the address of a tunnel, or of a
    /// `cargo lambda watch`. Without a slash at the end.
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// Port of the LINE Platform emulator.
    #[arg(long, default_value_t = 9001)]
    line_port: u16,
    /// Port of DynamoDB.
    #[arg(long, default_value_t = 9002)]
    dynamodb_port: u16,
    /// Port of SQS.
    #[arg(long, default_value_t = 9003)]
    sqs_port: u16,
    /// Folder that keeps the table and the LINE world; without it they live in memory.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Where the clock of the local world begins, from which it goes on: 2026-11-20T10:00, by the clocks in
    /// Japan, or with an offset.
    #[arg(long, value_name = "TIME", value_parser = emulator::read_moment, conflicts_with = "lambda")]
    clock: Option<SystemTime>,
    /// Run the functions as real Lambda processes, under `cargo lambda watch`.
    #[arg(long)]
    lambda: bool,
    /// When ready, print one line of JSON with all addresses.
    #[arg(long)]
    json: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    local::start_logs(LevelFilter::WARN);
    match run(arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("cargo dev: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), StackError> {
    let options = Options {
        port: arguments.port,
        public_url: arguments.public_url,
        line_port: arguments.line_port,
        dynamodb_port: arguments.dynamodb_port,
        sqs_port: arguments.sqs_port,
        data: arguments.data,
        clock: arguments.clock,
        lambda: arguments.lambda,
        scheduled: true,
    };
    let mut asked_to_end = pin!(local::asked_to_end());
    let stack = tokio::select! {
        stack = Stack::start(&options, module::module()) => stack?,
        () = &mut asked_to_end => return Ok(()),
    };
    let mut lines = stack.journal.lines();
    let printing = tokio::spawn(async move {
        while let Some(line) = lines.recv().await {
            eprintln!("{line}");
        }
    });
    let _file = DevFile::write(&stack)?;
    if arguments.json {
        print_json(&stack);
    } else {
        print_addresses(&stack);
    }
    asked_to_end.await;
    printing.abort();
    stack.save();
    Ok(())
}

fn print_json(stack: &Stack) {
    let line = stack.line.settings();
    let mut addresses = json!(stack.addresses);
    addresses["channel_id"] = json!(line.channel_id);
    addresses["channel_secret"] = json!(line.channel_secret);
    addresses["bot_header"] = json!(line.bot_header);
    addresses["inbox_key"] = json!(INBOX_KEY);
    println!("{addresses}");
}

fn print_addresses(stack: &Stack) {
    let at = &stack.addresses;
    let line = stack.line.settings();
    println!(
        "
Ready: a signed webhook has made the whole round.

  1. Link an account    {}/
  2. Chat as a user     {}/
  3. Manage accounts    {}/console/accounts

  Webhook               {}
  Inbox                 {}/BOT-ID or {}/BOT-ID/CHAT-ID · key {INBOX_KEY}
  Channel               {} · secret {} · bot header {}
  DynamoDB              {} · table {}
  SQS                   {} · queue {}

Ctrl-C ends it.",
        at.public_url,
        at.line_url,
        at.public_url,
        at.webhook_url,
        at.inbox_url,
        at.inbox_url,
        line.channel_id,
        line.channel_secret,
        line.bot_header,
        at.dynamodb_url,
        at.table_name,
        at.sqs_url,
        at.event_queue_url,
    );
}
