//! Mutants: the code broken on purpose. All of them are woven into one scratch copy,
//! which is built once; a variable says which one is tried. The simulation that does not
//! notice one is worth nothing.

mod code;
pub mod generated;
mod list;
mod rule;
mod scratch;
mod trial;
mod viable;
mod weave;

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Duration;

use crate::profile::Profile;

pub use rule::{Mutant, RuleEdit, mutants};

use scratch::{folder, said};
use trial::{End, cores, in_parallel};

/// A schedule that takes longer than this, on average, has caught a mutant too.
const PER_SEED: Duration = Duration::from_secs(1);
const AT_LEAST: Duration = Duration::from_secs(60);
/// How long the check that is to catch a mutant may take.
const NAMED_WITHIN: Duration = Duration::from_secs(300);

/// What became of a mutant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// The simulation has found a violation.
    Caught {
        /// At which seed.
        seed: String,
        /// By which of its checks, and what they say.
        by: Vec<(String, String)>,
    },
    /// It did not come to its end.
    Hung,
    /// The simulation has found no violation.
    Survived,
    /// It could not be tried.
    Untried(String),
}

/// Which mutants are tried, and how.
#[derive(Debug, Clone, Default)]
pub struct Choice {
    /// With how many schedules of its profile each.
    pub seeds: u64,
    /// Only those whose name has one of these in it; all, if there are none.
    pub some: Vec<String>,
    /// Only those that few schedules notice.
    pub quick: bool,
    /// Whether the code as it is is known to pass, and need not show it.
    pub trusted: bool,
}

/// Tries mutants and tells of each; success only if each is caught, and the code as it is
/// passes the schedules that have caught one.
pub fn report(choice: &Choice) -> ExitCode {
    match try_all(choice) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            println!("the mutants cannot be tried: {error}");
            ExitCode::FAILURE
        }
    }
}

fn try_all(choice: &Choice) -> io::Result<bool> {
    let mut mutants = mutants()?;
    let (unviable, simulation) = build(&mutants, choice.quick)?;
    mutants
        .retain(|mutant| is_one_of(&mutant.name, &choice.some) && (mutant.quick || !choice.quick));
    let fates = in_parallel(cores(), &mutants, |mutant| {
        let fate = match unviable.contains(&mutant.name) {
            true => Fate::Untried("it does not compile".into()),
            false => Tries::of(mutant, &simulation, choice).meet(mutant),
        };
        println!("{}", sentence(mutant, &fate));
        fate
    });
    let is_caught = |fate: &&Fate| matches!(fate, Fate::Caught { .. } | Fate::Hung);
    let caught = fates.iter().filter(is_caught).count();
    let by_named = mutants
        .iter()
        .zip(&fates)
        .filter(|(mutant, fate)| is_caught(fate) && !fate.is_by_other(mutant))
        .count();
    println!(
        "{caught} of {} mutants caught, {by_named} by the check that is named",
        mutants.len()
    );
    let passes = choice.trusted || passes_without(&simulation, &mutants, &fates, choice)?;
    Ok(passes && by_named == mutants.len())
}

/// Whether the code as it is passes the schedules that have caught a mutant. One that fails without a mutant says nothing
/// of any.
fn passes_without(
    simulation: &Path,
    mutants: &[Mutant],
    fates: &[Fate],
    choice: &Choice,
) -> io::Result<bool> {
    let seeds = caught_at(mutants, fates, choice.seeds);
    if seeds.is_empty() {
        return Ok(true);
    }
    let mut command = Command::new(simulation);
    let count = seeds.len() as u64;
    let seeds: Vec<_> = seeds.iter().map(u64::to_string).collect();
    command.args(["--exactly", &seeds.join(","), "--failures", "0"]);
    let end = trial::run(command, None, time(count))?;
    let passes = end.code == Some(0);
    match passes {
        true => println!("the code as it is passes the {count} schedules that caught them"),
        false => println!("the code as it is must pass, and does not:\n{}", end.said),
    }
    Ok(passes)
}

/// The seeds at which mutants were caught. Of one that hangs nobody knows which: all of its profile's.
fn caught_at(mutants: &[Mutant], fates: &[Fate], count: u64) -> BTreeSet<u64> {
    let seeds_of = |(mutant, fate): (&Mutant, &Fate)| match fate {
        Fate::Caught { seed, .. } => seed.parse().into_iter().collect(),
        Fate::Hung => (0..count).map(|nth| mutant.profile.seed(0, nth)).collect(),
        Fate::Survived | Fate::Untried(_) => Vec::new(),
    };
    mutants.iter().zip(fates).flat_map(seeds_of).collect()
}

/// Whether a name has one of these in it; every name has, if there are none.
fn is_one_of(name: &str, some: &[String]) -> bool {
    some.is_empty() || some.iter().any(|part| name.contains(part))
}

/// Builds all of them; gives those that do not compile, and the simulation. For the few schedules of quick mutants it
/// takes longer to optimise than to run what is not optimised.
fn build(mutants: &[Mutant], quick: bool) -> io::Result<(BTreeSet<String>, PathBuf)> {
    let mut edits = rule::edits(mutants).map_err(io::Error::other)?;
    let as_tests = ["build", "--bin", "simulation"].as_slice();
    let optimised = [
        "build",
        "--package",
        "simulation",
        "--bin",
        "simulation",
        "--profile",
        "mutant",
    ]
    .as_slice();
    let arguments = if quick { as_tests } else { optimised };
    let mut unviable = BTreeSet::new();
    let built = viable::build(&mut edits, arguments, &mut unviable)?;
    let simulation = built
        .into_iter()
        .find(|it| it.name == "simulation/simulation");
    let simulation = simulation.ok_or_else(|| io::Error::other("no simulation was built"))?;
    // Where it was built, the next build of the working copy puts its own.
    let kept = folder().join("simulation");
    fs::copy(&simulation.path, &kept)?;
    Ok((unviable, kept))
}

/// The schedules that a mutant is tried with.
struct Tries<'a> {
    simulation: &'a Path,
    profile: Profile,
    seeds: u64,
}

impl Fate {
    /// Whether it was caught, and not by the check that is to catch it.
    fn is_by_other(&self, mutant: &Mutant) -> bool {
        matches!(self, Self::Caught { by, .. } if by.iter().all(|(check, _)| *check != mutant.judge))
    }
}

fn sentence(mutant: &Mutant, fate: &Fate) -> String {
    let Mutant {
        name, what, judge, ..
    } = mutant;
    let became = match fate {
        Fate::Caught { seed, by } => {
            let checks: Vec<_> = by.iter().map(|(check, _)| check.as_str()).collect();
            let at = format!("caught by {} at seed {seed}", checks.join(", "));
            match fate.is_by_other(mutant) {
                true => format!("{at}; by {judge}, which is to catch it, NEVER"),
                false => at,
            }
        }
        Fate::Hung => format!("caught: it hangs; to be caught by {judge}"),
        Fate::Survived => format!("SURVIVED; to be caught by {judge}"),
        Fate::Untried(why) => format!("UNTRIED: {why}"),
    };
    format!("{name}: {what} {became}")
}

impl<'a> Tries<'a> {
    fn of(mutant: &Mutant, simulation: &'a Path, choice: &Choice) -> Self {
        Self {
            simulation,
            profile: mutant.profile,
            seeds: choice.seeds,
        }
    }

    /// Tries a mutant until a schedule fails by the check that is to catch it. Where that
    /// takes long, until one fails by any.
    fn meet(&self, mutant: &Mutant) -> Fate {
        let named = self.meet_until(mutant, &["--until", &mutant.judge], NAMED_WITHIN);
        match named {
            Fate::Hung => self.meet_until(mutant, &["--stop"], time(self.seeds)),
            fate => fate,
        }
    }

    fn meet_until(&self, mutant: &Mutant, until: &[&str], limit: Duration) -> Fate {
        let mut command = self.command();
        command.args(until);
        fate(trial::run(command, Some(&mutant.name), limit))
    }

    fn command(&self) -> Command {
        let mut command = Command::new(self.simulation);
        let (count, profile) = (self.seeds.to_string(), self.profile.to_string());
        command.args(["--seeds", &count, "--profile", &profile]);
        command.args(["--failures", "0", "--cores", "1"]);
        command
    }
}

/// For so many schedules.
fn time(seeds: u64) -> Duration {
    AT_LEAST + PER_SEED * u32::try_from(seeds).unwrap_or(u32::MAX)
}

/// A failure is printed as `seed 7: check: what`.
fn fate(end: io::Result<End>) -> Fate {
    let end = match end {
        Ok(end) => end,
        Err(error) => return Fate::Untried(error.to_string()),
    };
    let lines = end.said.lines().filter_map(|line| {
        let (seed, rest) = line.strip_prefix("seed ")?.split_once(": ")?;
        let (check, what) = rest.split_once(": ")?;
        Some((seed.to_owned(), (check.to_owned(), what.to_owned())))
    });
    let (seeds, by): (Vec<_>, Vec<_>) = lines.unzip();
    match (end.code, seeds.first()) {
        (Some(0), _) => Fate::Survived,
        (Some(1), Some(seed)) => Fate::Caught {
            seed: seed.clone(),
            by,
        },
        _ if end.is_late => Fate::Hung,
        _ => Fate::Untried(said(end.said.as_bytes())),
    }
}
