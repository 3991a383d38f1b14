//! Many schedules, or one of them in words.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use clap::Parser;
use simulation::live::{self, Plan};
use simulation::mutants;
use simulation::schedule::{Harm, Schedule};
use simulation::{Outcome, Violation, shortest, simulate};

/// Runs the bundle through many schedules, and tells of the first that break a promise.
#[derive(Parser)]
struct Arguments {
    /// How many schedules.
    #[arg(long, default_value_t = 1_000)]
    seeds: u64,
    /// The first one's seed.
    #[arg(long, default_value_t = 0)]
    first_seed: u64,
    /// Tells what happens in the first one, in words.
    #[arg(long)]
    tell: bool,
    /// How many failures are told of at most.
    #[arg(long, default_value_t = 3)]
    failures: usize,
    /// How many cores to use; all, if not told.
    #[arg(long)]
    cores: Option<usize>,
    /// Breaks the code on purpose, one way at a time in a scratch copy, and tells which
    /// ways the schedules notice.
    #[arg(long, conflicts_with_all = ["live", "tell"])]
    mutants: bool,
    /// Runs the bundle with real processes instead, which are killed while LINE fails.
    #[arg(long, conflicts_with = "tell")]
    live: bool,
    /// With --live: how many events,
    #[arg(long, default_value_t = 2_000)]
    events: usize,
    /// over how many chats,
    #[arg(long, default_value_t = 200)]
    chats: usize,
    /// and how many kills.
    #[arg(long, default_value_t = 10)]
    kills: usize,
    /// Be the functions of a live run, told these variables.
    #[arg(long, hide = true)]
    functions: Option<String>,
    #[arg(long, hide = true, default_value_t = 0)]
    port: u16,
}

/// What all schedules together have shown.
#[derive(Default)]
struct Figures {
    events: u64,
    accepted: u64,
    violations: u64,
    harms: BTreeMap<Harm, u64>,
    checks: BTreeMap<&'static str, u64>,
    failed: Vec<u64>,
}

impl Figures {
    fn add(&mut self, seed: u64, outcome: Outcome) {
        self.events += outcome.events;
        self.accepted += outcome.accepted;
        for (harm, times) in outcome.harms {
            *self.harms.entry(harm).or_default() += times;
        }
        if let Some(first) = outcome.violations.first() {
            *self.checks.entry(first.check).or_default() += 1;
            self.violations += 1;
            self.failed.push(seed);
        }
    }

    fn line(&self, schedules: u64, took: Duration) -> String {
        let crashes = [Harm::CrashBefore, Harm::CrashAfter].map(|it| self.harms.get(&it).copied());
        let crashes: u64 = crashes.into_iter().flatten().sum();
        let faults: Vec<_> = self
            .harms
            .iter()
            .map(|(harm, n)| format!("{harm:?} {n}"))
            .collect();
        let speed = schedules as f64 / took.as_secs_f64();
        format!(
            "{schedules} schedules, {} violations, {speed:.0} schedules/s, {} events, {} messages, {crashes} crashes, faults: {}",
            self.violations,
            self.events,
            self.accepted,
            faults.join(", "),
        )
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if let Some(variables) = &arguments.functions {
        return live::be_functions(variables, arguments.port);
    }
    if arguments.live {
        return live::report(&Plan {
            events: arguments.events,
            chats: arguments.chats,
            kills: arguments.kills,
        });
    }
    if arguments.mutants {
        return mutants::report(arguments.seeds);
    }
    if arguments.tell {
        return tell(&Schedule::of(arguments.first_seed));
    }
    let begun = Instant::now();
    let figures = run_all(&arguments);
    for seed in figures.failed.iter().take(arguments.failures) {
        explain(*seed);
    }
    if !figures.checks.is_empty() {
        println!("first violations by check: {:?}", figures.checks);
    }
    println!("{}", figures.line(arguments.seeds, begun.elapsed()));
    match figures.violations {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}

fn run_all(arguments: &Arguments) -> Figures {
    let figures = Mutex::new(Figures::default());
    let next = AtomicU64::new(0);
    let over = AtomicBool::new(false);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        let lanes: Vec<_> = (0..arguments.cores.unwrap_or(cores))
            .map(|_| scope.spawn(|| run_some(arguments, &next, &figures)))
            .collect();
        scope.spawn(|| show_progress(arguments.seeds, &next, &over));
        for lane in lanes {
            let _ = lane.join();
        }
        over.store(true, Ordering::Relaxed);
    });
    let mut figures = figures.into_inner().unwrap_or_default();
    figures.failed.sort_unstable();
    figures
}

fn run_some(arguments: &Arguments, next: &AtomicU64, figures: &Mutex<Figures>) {
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        if number >= arguments.seeds {
            return;
        }
        let seed = arguments.first_seed + number;
        let outcome = simulate(&Schedule::of(seed), false);
        if let Ok(mut figures) = figures.lock() {
            figures.add(seed, outcome);
        }
    }
}

fn show_progress(seeds: u64, next: &AtomicU64, over: &AtomicBool) {
    let mut shown = 0;
    while !over.load(Ordering::Relaxed) {
        std::thread::sleep(Duration::from_millis(100));
        let done = next.load(Ordering::Relaxed).min(seeds);
        if done >= shown + seeds.div_ceil(20) {
            eprintln!("{done} of {seeds}");
            shown = done;
        }
    }
}

/// Tells of a seed that failed, and of the shortest schedule that still does.
fn explain(seed: u64) {
    let schedule = Schedule::of(seed);
    let violations = simulate(&schedule, false).violations;
    println!("seed {seed}: {}", words(&violations));
    let short = shortest(schedule, violations[0].check);
    let outcome = simulate(&short, true);
    for line in &outcome.transcript {
        println!("{line}");
    }
    let kept = serde_json::to_string(&short).unwrap_or_default();
    println!(
        "{}\nto keep it, add this line to tests/kept.txt:\n{kept}\n",
        words(&outcome.violations)
    );
}

fn words(violations: &[Violation]) -> String {
    let words = violations
        .iter()
        .map(|it| format!("{}: {}", it.check, it.what));
    words.collect::<Vec<_>>().join("; ")
}

fn tell(schedule: &Schedule) -> ExitCode {
    println!("{}", serde_json::to_string(schedule).unwrap_or_default());
    let outcome = simulate(schedule, true);
    for line in &outcome.transcript {
        println!("{line}");
    }
    println!("{}", words(&outcome.violations));
    match outcome.violations.is_empty() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}
