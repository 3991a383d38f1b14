//! The reconciler with very many accounts, as a process of its own: time, memory
//! and writes, when all are new, when nothing has changed, and when a few have.

use std::error::Error;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use aws_smithy_async::time::SharedTimeSource;
use clap::Parser;
use emulator::Settings;
use flow::emulators::{Emulators, Places};
use flow::reconciler::Reconciler;
use futures::StreamExt as _;
use serde::{Deserialize, Serialize};
use shared::domain::BotId;
use shared::ground::tokio_sleep;

type Failure = Box<dyn Error>;

/// Number of accounts that leave and come before the last run.
const LEAVE: usize = 40;
const COME: usize = 60;

/// Run the reconciler with very many accounts.
#[derive(Parser)]
struct Arguments {
    /// How many accounts.
    #[arg(long, default_value_t = 100_000)]
    bots: usize,
    /// Be the reconciler itself, over these places, once.
    #[arg(long, hide = true)]
    once_over: Option<String>,
}

/// What one run took.
#[derive(Serialize, Deserialize)]
struct Run {
    seconds: f64,
    peak_kb: u64,
    writes: usize,
    queued: usize,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match &arguments.once_over {
        Some(places) => runtime(false).and_then(|runtime| runtime.block_on(once(places))),
        None => runtime(true).and_then(|runtime| runtime.block_on(three_runs(arguments.bots))),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("many_bots: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The function has one thread.
fn runtime(many: bool) -> Result<tokio::runtime::Runtime, Failure> {
    let mut builder = match many {
        true => tokio::runtime::Builder::new_multi_thread(),
        false => tokio::runtime::Builder::new_current_thread(),
    };
    Ok(builder.enable_all().build()?)
}

/// The reconciler's process.
async fn once(places: &str) -> Result<(), Failure> {
    let places: Places = serde_json::from_str(places)?;
    let reconciler = Reconciler::over(&places, SharedTimeSource::default(), tokio_sleep());
    let begun = Instant::now();
    let walk = reconciler.runs().await?;
    let run = Run {
        seconds: begun.elapsed().as_secs_f64(),
        peak_kb: peak_kb()?,
        writes: reconciler.table.writes_of_bots(),
        queued: walk.queued,
    };
    println!("{}", serde_json::to_string(&run)?);
    Ok(())
}

/// The most memory that this process has had.
fn peak_kb() -> Result<u64, Failure> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let peak = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .ok_or("the system does not tell")?
        .trim();
    Ok(peak.trim_end_matches(" kB").parse()?)
}

async fn three_runs(bots: usize) -> Result<(), Failure> {
    let emulators = Emulators::start(Settings::default()).await;
    let made = emulators.attached(bots).await;
    run(&emulators, &format!("{bots} accounts, all new"), bots).await?;
    all_are_heard(&emulators, &made).await;
    run(&emulators, "nothing has changed", 0).await?;
    for bot in made.iter().step_by(bots.div_ceil(LEAVE)) {
        Reconciler::new(&emulators).app.line.detach(bot).await?;
    }
    let left = made.iter().step_by(bots.div_ceil(LEAVE)).count();
    emulators.attached(COME).await;
    let changed = format!("{left} have left and {COME} have come");
    run(&emulators, &changed, left + COME).await
}

async fn run(emulators: &Emulators, what: &str, expected: usize) -> Result<(), Failure> {
    // An account counts as attached before the walk only if that was another second.
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    let child = tokio::process::Command::new(std::env::current_exe()?)
        .arg("--once-over")
        .arg(serde_json::to_string(&emulators.places)?)
        .stderr(std::process::Stdio::inherit())
        .output();
    let run: Run = serde_json::from_slice(&child.await?.stdout)?;
    println!(
        "{what}: {:.1} s, at most {} MB, {} writes of accounts' rows, {} jobs",
        run.seconds,
        run.peak_kb / 1024,
        run.writes,
        run.queued
    );
    match run.writes == expected {
        true => Ok(()),
        false => Err(format!("{expected} writes were expected").into()),
    }
}

/// As the worker would have it.
async fn all_are_heard(emulators: &Emulators, bots: &[BotId]) {
    let marks = bots.iter().map(|bot| emulators.is_heard(bot));
    let mut marked = futures::stream::iter(marks).buffer_unordered(32);
    while marked.next().await.is_some() {}
}
