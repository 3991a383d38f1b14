//! The mutants that `cargo mutants` lists, in one build, each against the unit tests, some
//! schedules and the stories, from the fastest to the slowest, until one notices.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Write as _};
use std::process::{Command, ExitCode};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use crate::profile::Profile;

use super::list::{Listed, list};
use super::scratch::{Edits, folder, root};
use super::trial::{self, cores, in_parallel};
use super::viable::{Program, build};

/// How many schedules each mutant is tried with: of the dense profile, and of each other.
const DENSE: u64 = 200;
const OTHERS: u64 = 60;
/// Whose tests are run.
const UNITS: [&str; 5] = ["shared", "worker", "reconciler", "timer", "line-module"];
const STORIES: [&str; 2] = ["line-module-kit", "flow"];
/// Tests that are about other things, and slow: what does not compile, and what is measured.
const LEFT_OUT: [&str; 1] = ["line-module/compile"];
/// How many times as long as without a mutant a test may take; then it hangs.
const LATE: u32 = 10;
const AT_LEAST: Duration = Duration::from_secs(30);
/// Number of mutants that are tried at once on each core: the stories wait more than they
/// compute.
const MUTANTS_PER_CORE: usize = 3;
/// The survivors that change nothing, each with the reason.
const EQUIVALENT: &str = "tests/simulation/equivalent.md";

/// Something that may notice a mutant.
struct Test {
    name: String,
    command: Box<dyn Fn() -> Command + Sync + Send>,
    limit: Duration,
}

/// Tries all that `cargo mutants` lists and whose name has one of `some` in it; success only if
/// each that compiles is noticed or written down as equivalent.
pub fn report(some: &[String]) -> ExitCode {
    match try_all(some) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            println!("the mutants cannot be tried: {error}");
            ExitCode::FAILURE
        }
    }
}

fn try_all(some: &[String]) -> io::Result<bool> {
    let begun = Instant::now();
    let listed: Vec<_> = list()?;
    let apart: Vec<_> = listed.iter().filter(|it| it.edits.is_err()).collect();
    let mut edits = Edits::new();
    for listed in &listed {
        for edit in listed.edits.iter().flatten() {
            edits
                .entry(listed.file.clone())
                .or_default()
                .push(edit.clone());
        }
    }
    let mut unviable = BTreeSet::new();
    let tests = tests(&mut edits, &mut unviable)?;
    println!("built in {:.0?}; {} tests", begun.elapsed(), tests.len());
    let woven: Vec<_> = listed
        .iter()
        .filter(|it| it.edits.is_ok() && !unviable.contains(&it.id))
        .filter(|it| super::is_one_of(&it.name, some))
        .collect();
    let log = Mutex::new(fs::File::create(folder().join("cargo-mutants.txt"))?);
    let fates = in_parallel(cores() * MUTANTS_PER_CORE, &woven, |listed| {
        let killer = killer(&tests, &listed.id);
        let line = format!("{}: {}", killer.unwrap_or("SURVIVED"), listed.name);
        if let Ok(mut log) = log.lock() {
            let _ = writeln!(log, "{line}");
        }
        killer
    });
    let survivors: BTreeSet<_> = woven
        .iter()
        .zip(&fates)
        .filter(|(_, fate)| fate.is_none())
        .map(|(it, _)| it.name.as_str())
        .collect();
    for listed in &listed {
        match &listed.edits {
            _ if unviable.contains(&listed.id) => println!("does not compile: {}", listed.name),
            Err(why) => println!("not woven: {}: {why}", listed.name),
            Ok(_) => {}
        }
    }
    tell_killers(&fates);
    println!(
        "{} mutants: {} tried, {} do not compile, {} not woven, in {:.0?}",
        listed.len(),
        woven.len(),
        unviable.len(),
        apart.len(),
        begun.elapsed()
    );
    tell_survivors(&survivors, &woven)
}

/// The tests, from the fastest to the slowest, each as long as it may take.
fn tests(edits: &mut Edits, unviable: &mut BTreeSet<String>) -> io::Result<Vec<Test>> {
    let of_simulation = ["build", "--package", "simulation", "--bin", "simulation"];
    let built = build(edits, &with_profile(&of_simulation), unviable)?;
    let simulation = built
        .into_iter()
        .find(|it| it.name == "simulation/simulation")
        .ok_or_else(|| io::Error::other("no simulation was built"))?;
    let mut tests: Vec<_> = Profile::ALL
        .into_iter()
        .map(|profile| schedules(&simulation, profile))
        .collect();
    let mut arguments = vec!["build", "--tests"];
    arguments.extend(
        UNITS
            .iter()
            .chain(&STORIES)
            .flat_map(|it| ["--package", it]),
    );
    let before = unviable.len();
    let mut built = build(edits, &with_profile(&arguments), unviable)?;
    assert_eq!(before, unviable.len(), "tests see the same code");
    built.retain(|it| !LEFT_OUT.contains(&it.name.as_str()));
    tests.extend(built.into_iter().map(test));
    from_the_fastest(tests)
}

/// Runs each test without a mutant, and puts them in order by how long they take.
fn from_the_fastest(tests: Vec<Test>) -> io::Result<Vec<Test>> {
    let mut timed = Vec::new();
    for mut test in tests {
        let begun = Instant::now();
        let end = trial::run((test.command)(), None, Duration::from_secs(1_800))?;
        if end.code != Some(0) {
            let words = format!("{} fails without a mutant: {}", test.name, end.said);
            return Err(io::Error::other(words));
        }
        let took = begun.elapsed();
        eprintln!("{}: {took:.1?}", test.name);
        test.limit = AT_LEAST.max(took * LATE);
        timed.push((took, test));
    }
    timed.sort_by_key(|(took, _)| *took);
    Ok(timed.into_iter().map(|(_, test)| test).collect())
}

fn with_profile<'a>(arguments: &[&'a str]) -> Vec<&'a str> {
    [arguments, &["--profile", "mutant"]].concat()
}

fn schedules(simulation: &Program, profile: Profile) -> Test {
    let path = simulation.path.clone();
    let count = match profile {
        Profile::Dense => DENSE,
        _ => OTHERS,
    };
    let command = move || {
        let mut command = Command::new(&path);
        command.args(["--seeds", &count.to_string(), "--stop"]);
        command.args(["--profile", &profile.to_string()]);
        command.args(["--failures", "0", "--cores", "1"]);
        command
    };
    Test {
        name: format!("schedules, {profile}"),
        command: Box::new(command),
        limit: Duration::ZERO,
    }
}

fn test(program: Program) -> Test {
    let Program {
        name,
        path,
        folder: package,
        ..
    } = program;
    let command = move || {
        let mut command = Command::new(&path);
        command.current_dir(&package);
        command.env("CARGO_MANIFEST_DIR", &package);
        command.env("INSTA_WORKSPACE_ROOT", folder().join("tree"));
        command.env("INSTA_UPDATE", "no");
        command
    };
    Test {
        name,
        command: Box::new(command),
        limit: Duration::ZERO,
    }
}

/// The first test that notices a mutant. One that does not come to its end has noticed.
fn killer<'a>(tests: &'a [Test], mutant: &str) -> Option<&'a str> {
    let notices = |test: &&Test| {
        let end = trial::run((test.command)(), Some(mutant), test.limit);
        end.is_ok_and(|end| end.code != Some(0))
    };
    tests.iter().find(notices).map(|test| test.name.as_str())
}

fn tell_killers(fates: &[Option<&str>]) {
    let mut killers: BTreeMap<&str, usize> = BTreeMap::new();
    for killer in fates.iter().flatten() {
        *killers.entry(killer).or_default() += 1;
    }
    for (killer, times) in killers {
        println!("{times} noticed by {killer}");
    }
}

/// Tells of the survivors; whether all of them are known to be equivalent.
fn tell_survivors(survivors: &BTreeSet<&str>, tried: &[&Listed]) -> io::Result<bool> {
    let text = fs::read_to_string(root().join(EQUIVALENT))?;
    let known: BTreeSet<_> = text.lines().filter_map(equivalent).collect();
    for name in known
        .iter()
        .filter(|name| tried.iter().any(|it| it.name == **name))
    {
        if !survivors.contains(name) {
            println!("called equivalent, and noticed: {name}");
        }
    }
    let unknown: Vec<_> = survivors.difference(&known).collect();
    for name in &unknown {
        println!("SURVIVED: {name}");
    }
    println!(
        "{} survived, {} of them are equivalent",
        survivors.len(),
        survivors.len() - unknown.len()
    );
    Ok(unknown.is_empty())
}

/// A line of the list: `- ``a/b.rs: replace f with ()``: why`.
fn equivalent(line: &str) -> Option<&str> {
    line.strip_prefix("- ``")?
        .split_once("``")
        .map(|(name, _)| name)
}
