//! Many seeds on all cores, and what they have shown.

use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::history::Violation;
use crate::profile::Profile;
use crate::schedule::{Harm, Schedule};
use crate::shorten::shortest;
use crate::simulate::{Outcome, simulate};

/// Which schedules, and when to leave off.
#[derive(Debug, Clone)]
pub struct Seeds {
    /// The first one's seed.
    pub first: u64,
    /// How many schedules.
    pub count: u64,
    /// Of which profile; of all in turn, if none is given.
    pub profile: Option<Profile>,
    /// Exactly these in place of all that; if it is empty, those.
    pub exactly: Vec<u64>,
    /// Maximum number of failures that are printed.
    pub printed: usize,
    /// Whether the first failure ends it.
    pub stop: bool,
    /// Whether the first failure of this check ends it.
    pub until: Option<String>,
    /// How many cores to use; all, if not given.
    pub cores: Option<usize>,
}

impl Seeds {
    fn nth(&self, nth: u64) -> Option<u64> {
        if !self.exactly.is_empty() {
            let nth = usize::try_from(nth).ok()?;
            return self.exactly.get(nth).copied();
        }
        let seed = match self.profile {
            Some(profile) => profile.seed(self.first, nth),
            None => self.first + nth,
        };
        Some(seed).filter(|_| nth < self.count)
    }
}

/// Runs the schedules and tells of those that failed; success if none has.
#[must_use]
pub fn report(seeds: &Seeds) -> ExitCode {
    let begun = Instant::now();
    let figures = run_all(seeds);
    let took = begun.elapsed();
    for seed in figures.failed.keys().take(seeds.printed) {
        explain(*seed);
    }
    if !figures.checks.is_empty() {
        println!("first violations by check: {:?}", figures.checks);
    }
    if let Some((seed, violations)) = figures.shown(seeds.until.as_deref()) {
        for violation in firsts(violations) {
            println!("seed {seed}: {}: {}", violation.check, violation.what);
        }
    }
    if !figures.failed.is_empty() {
        let seeds = figures.failed.keys().map(u64::to_string);
        println!("failed: {}", seeds.collect::<Vec<_>>().join(","));
    }
    for (profile, figures) in &figures.profiles {
        println!("{profile}: {}", figures.line());
    }
    println!("{}", figures.all.line());
    let a_second = |count: u64| count as f64 / took.as_secs_f64();
    println!(
        "{} schedules, {} violations, {:.0} schedules/s, {:.0} calls/s",
        figures.all.schedules,
        figures.all.violations,
        a_second(figures.all.schedules),
        a_second(figures.all.calls),
    );
    match figures.all.violations {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}

/// What the schedules have shown.
#[derive(Default)]
struct Figures {
    all: Sums,
    profiles: BTreeMap<Profile, Sums>,
    checks: BTreeMap<&'static str, u64>,
    failed: BTreeMap<u64, Vec<Violation>>,
}

impl Figures {
    fn add(&mut self, seed: u64, outcome: Outcome) {
        self.all.add(&outcome);
        let of_profile = self.profiles.entry(Profile::of(seed)).or_default();
        of_profile.add(&outcome);
        if let Some(first) = outcome.violations.first() {
            *self.checks.entry(first.check).or_default() += 1;
            self.failed.insert(seed, outcome.violations);
        }
    }

    /// The first schedule that has failed; if there is one, the first of this check.
    fn shown(&self, until: Option<&str>) -> Option<(&u64, &Vec<Violation>)> {
        let mut failed = self.failed.iter();
        let first = failed.find(|(_, violations)| breaks(violations, until));
        first.or_else(|| self.failed.first_key_value())
    }
}

/// What some schedules together have shown.
#[derive(Default)]
struct Sums {
    schedules: u64,
    violations: u64,
    events: u64,
    accepted: u64,
    calls: u64,
    lost_replies: BTreeMap<String, u64>,
    harms: BTreeMap<Harm, u64>,
    counts: BTreeMap<&'static str, u64>,
}

impl Sums {
    fn add(&mut self, outcome: &Outcome) {
        self.schedules += 1;
        self.violations += u64::from(!outcome.violations.is_empty());
        self.events += outcome.events;
        self.accepted += outcome.accepted;
        self.calls += outcome.calls;
        for (cause, times) in &outcome.lost_replies {
            *self.lost_replies.entry(cause.clone()).or_default() += times;
        }
        for (harm, times) in &outcome.harms {
            *self.harms.entry(*harm).or_default() += times;
        }
        for (what, times) in &outcome.counts {
            *self.counts.entry(what).or_default() += times;
        }
    }

    fn line(&self) -> String {
        let is_crash = |harm: &Harm| matches!(harm, Harm::CrashBefore | Harm::CrashAfter);
        let (crashes, faults): (Vec<_>, Vec<_>) =
            self.harms.iter().partition(|(harm, _)| is_crash(harm));
        let crashes: u64 = crashes.into_iter().map(|(_, times)| times).sum();
        let faults = faults.iter().map(|(harm, times)| format!("{harm} {times}"));
        let lost = self
            .lost_replies
            .iter()
            .map(|(cause, times)| format!("{cause} {times}"));
        let counts = self
            .counts
            .iter()
            .map(|(what, times)| format!("{what} {times}"))
            .collect::<Vec<_>>()
            .join(", ");
        format!(
            "{} schedules, {} violations, {} calls, {} events, {} messages, lost replies by cause: {}; \
             faults: {}; {crashes} crashes; {counts}",
            self.schedules,
            self.violations,
            self.calls,
            self.events,
            self.accepted,
            lost.collect::<Vec<_>>().join(", "),
            faults.collect::<Vec<_>>().join(", "),
        )
    }
}

/// Whether one of these is of this check, or of any if it is none.
fn breaks(violations: &[Violation], check: Option<&str>) -> bool {
    let mut checks = violations.iter().map(|violation| violation.check);
    checks.any(|found| check.is_none_or(|check| check == found))
}

/// The first violation of each check.
fn firsts(violations: &[Violation]) -> Vec<&Violation> {
    let mut checks = BTreeSet::new();
    let firsts = violations.iter().filter(|it| checks.insert(it.check));
    firsts.collect()
}

fn run_all(seeds: &Seeds) -> Figures {
    let figures = Mutex::new(Figures::default());
    let next = AtomicU64::new(0);
    let over = AtomicBool::new(false);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        let lanes: Vec<_> = (0..seeds.cores.unwrap_or(cores))
            .map(|_| scope.spawn(|| run_some(seeds, &next, &figures)))
            .collect();
        scope.spawn(|| show_progress(seeds.count, &figures, &over));
        // A lane that panicked has left schedules out: the run as a whole must fail.
        let ends: Vec<_> = lanes.into_iter().map(|lane| lane.join()).collect();
        over.store(true, Ordering::Relaxed);
        if let Some(panic) = ends.into_iter().find_map(Result::err) {
            std::panic::resume_unwind(panic);
        }
    });
    figures.into_inner().unwrap_or_default()
}

fn run_some(seeds: &Seeds, next: &AtomicU64, figures: &Mutex<Figures>) {
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        let Some(seed) = seeds.nth(number) else {
            return;
        };
        let outcome = simulate(&Schedule::of(seed), false);
        let until = seeds.until.as_deref();
        let ends = (seeds.stop || until.is_some()) && breaks(&outcome.violations, until);
        if let Ok(mut figures) = figures.lock() {
            figures.add(seed, outcome);
        }
        if ends {
            next.store(seeds.count, Ordering::Relaxed);
        }
    }
}

fn show_progress(count: u64, figures: &Mutex<Figures>, over: &AtomicBool) {
    let (begun, mut shown) = (Instant::now(), 0);
    while !over.load(Ordering::Relaxed) {
        std::thread::sleep(Duration::from_millis(100));
        let Ok(figures) = figures.lock() else { return };
        let done = figures.all.schedules;
        if done >= shown + count.div_ceil(20) {
            let speed = done as f64 / begun.elapsed().as_secs_f64();
            let violations = figures.all.violations;
            eprintln!("{done} of {count}, {violations} violations, {speed:.0} schedules/s");
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

/// Tells in words what happens in one schedule; success if nothing is wrong in it.
#[must_use]
pub fn tell(schedule: &Schedule) -> ExitCode {
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
