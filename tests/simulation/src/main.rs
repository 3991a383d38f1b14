//! Many schedules, or one of them in words.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use clap::Parser;
use simulation::live::{self, Plan};
use simulation::schedule::{Harm, Schedule};
use simulation::{Outcome, Violation, shortest, simulate};
use simulation::{doors, mutants};

/// Runs the bundle through many schedules, and tells of the first that break a promise.
#[derive(Parser)]
struct Arguments {
    /// How many schedules.
    #[arg(long, default_value_t = 2_000)]
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
    /// Ends with the first failure.
    #[arg(long)]
    stop: bool,
    /// How many cores to use; all, if not told.
    #[arg(long)]
    cores: Option<usize>,
    /// Breaks the code on purpose, one way at a time in a scratch copy, and tells which
    /// ways the schedules notice.
    #[arg(long, conflicts_with_all = ["live", "tell"])]
    mutants: bool,
    /// Sends hostile inputs to each door of the bundle instead.
    #[arg(long, conflicts_with_all = ["live", "mutants", "tell"])]
    doors: bool,
    /// With --doors: how many inputs at each.
    #[arg(long, default_value_t = 10_000)]
    inputs: u64,
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
    failed: BTreeMap<u64, Violation>,
    schedules: u64,
}

impl Figures {
    fn add(&mut self, seed: u64, outcome: Outcome) {
        self.schedules += 1;
        self.events += outcome.events;
        self.accepted += outcome.accepted;
        for (harm, times) in outcome.harms {
            *self.harms.entry(harm).or_default() += times;
        }
        if let Some(first) = outcome.violations.into_iter().next() {
            *self.checks.entry(first.check).or_default() += 1;
            self.violations += 1;
            self.failed.insert(seed, first);
        }
    }

    fn line(&self, took: Duration) -> String {
        let is_crash = |harm: &Harm| matches!(harm, Harm::CrashBefore | Harm::CrashAfter);
        let (crashes, faults): (Vec<_>, Vec<_>) =
            self.harms.iter().partition(|(harm, _)| is_crash(harm));
        let crashes: u64 = crashes.into_iter().map(|(_, times)| times).sum();
        let faults = faults.iter().map(|(harm, times)| format!("{harm} {times}"));
        let speed = self.schedules as f64 / took.as_secs_f64();
        format!(
            "{} schedules, {} violations, {speed:.0} schedules/s, {} events, {} messages, \
             faults: {}; {crashes} crashes",
            self.schedules,
            self.violations,
            self.events,
            self.accepted,
            faults.collect::<Vec<_>>().join(", "),
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
    if arguments.doors {
        return doors::report(arguments.first_seed, arguments.inputs);
    }
    if arguments.mutants {
        return mutants::report(arguments.seeds);
    }
    if arguments.tell {
        return tell(&Schedule::of(arguments.first_seed));
    }
    let begun = Instant::now();
    let figures = run_all(&arguments);
    let took = begun.elapsed();
    for seed in figures.failed.keys().take(arguments.failures) {
        explain(*seed);
    }
    if !figures.checks.is_empty() {
        println!("first violations by check: {:?}", figures.checks);
    }
    if let Some((seed, first)) = figures.failed.first_key_value() {
        println!("seed {seed}: {}: {}", first.check, first.what);
    }
    println!("{}", figures.line(took));
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
        scope.spawn(|| show_progress(arguments.seeds, &figures, &over));
        for lane in lanes {
            let _ = lane.join();
        }
        over.store(true, Ordering::Relaxed);
    });
    figures.into_inner().unwrap_or_default()
}

fn run_some(arguments: &Arguments, next: &AtomicU64, figures: &Mutex<Figures>) {
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        if number >= arguments.seeds {
            return;
        }
        let seed = arguments.first_seed + number;
        let outcome = simulate(&Schedule::of(seed), false);
        let fails = !outcome.violations.is_empty();
        if let Ok(mut figures) = figures.lock() {
            figures.add(seed, outcome);
        }
        if fails && arguments.stop {
            next.store(arguments.seeds, Ordering::Relaxed);
        }
    }
}

fn show_progress(seeds: u64, figures: &Mutex<Figures>, over: &AtomicBool) {
    let (begun, mut shown) = (Instant::now(), 0);
    while !over.load(Ordering::Relaxed) {
        std::thread::sleep(Duration::from_millis(100));
        let Ok(figures) = figures.lock() else { return };
        let done = figures.schedules;
        if done >= shown + seeds.div_ceil(20) {
            let speed = done as f64 / begun.elapsed().as_secs_f64();
            let violations = figures.violations;
            eprintln!("{done} of {seeds}, {violations} violations, {speed:.0} schedules/s");
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
