//! Mutants: the code broken on purpose, one way at a time, in a scratch copy. The
//! simulation that does not notice one is worth nothing.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Output, Stdio};

/// One way to break the code.
#[derive(Debug, Clone)]
pub struct Mutant {
    /// Its name: the patch file's.
    pub name: String,
    /// What is broken, in a sentence.
    pub what: String,
    patch: PathBuf,
}

/// What became of a mutant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// The simulation has found a violation.
    Caught(String),
    /// It has found none.
    Survived,
    /// It could not be tried: the patch does not fit, or the code does not build.
    Untried(String),
}

/// Tries all mutants, each with so many schedules, and tells of each; success only if
/// each is caught, and the code as it is passes the same schedules.
pub fn report(seeds: u64) -> ExitCode {
    let mutants = match mutants() {
        Ok(mutants) => mutants,
        Err(error) => {
            eprintln!("the mutants cannot be read: {error}");
            return ExitCode::FAILURE;
        }
    };
    match meet(None, seeds) {
        Ok(Fate::Survived) => println!("the code as it is: passes"),
        fate => {
            println!("the code as it is must pass, and does not: {}", told(fate));
            return ExitCode::FAILURE;
        }
    }
    let mut caught = 0;
    for mutant in &mutants {
        let fate = meet(Some(&mutant.patch), seeds);
        caught += usize::from(matches!(fate, Ok(Fate::Caught(_))));
        println!("{}: {} {}", mutant.name, mutant.what, told(fate));
    }
    println!("{caught} of {} mutants caught", mutants.len());
    ExitCode::from(u8::from(caught < mutants.len()))
}

fn told(fate: io::Result<Fate>) -> String {
    match fate {
        Ok(Fate::Caught(how)) => format!("Caught: {how}"),
        Ok(Fate::Survived) => "SURVIVED".into(),
        Ok(Fate::Untried(why)) => format!("UNTRIED: {why}"),
        Err(error) => format!("UNTRIED: {error}"),
    }
}

/// The mutants, by name.
///
/// # Errors
/// The folder of the patches cannot be read.
pub fn mutants() -> io::Result<Vec<Mutant>> {
    let folder = root().join("tests/simulation/mutants");
    let mut mutants = fs::read_dir(folder)?
        .map(|entry| Mutant::read(&entry?.path()))
        .collect::<io::Result<Vec<_>>>()?;
    mutants.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(mutants)
}

impl Mutant {
    fn read(patch: &Path) -> io::Result<Self> {
        let text = fs::read_to_string(patch)?;
        let name = patch.file_stem().unwrap_or_default();
        Ok(Self {
            name: name.to_string_lossy().into_owned(),
            what: text.lines().next().unwrap_or_default().to_owned(),
            patch: patch.to_owned(),
        })
    }
}

/// Tries the code with a patch, if there is one, in so many schedules.
fn meet(patch: Option<&Path>, seeds: u64) -> io::Result<Fate> {
    let scratch = root().join("target/mutants/tree");
    copy_tree(&scratch)?;
    if let Some(refused) = patch
        .map(|patch| apply(patch, &scratch))
        .transpose()?
        .flatten()
    {
        return Ok(Fate::Untried(refused));
    }
    let built = run(&mut simulation(&scratch, "build"))?;
    if !built.status.success() {
        return Ok(Fate::Untried(said(&built.stderr)));
    }
    let seeds = seeds.to_string();
    let mut command = simulation(&scratch, "run");
    let ran = run(command.args(["--", "--stop", "--failures", "0", "--seeds", &seeds]))?;
    Ok(match ran.status.code() {
        Some(0) => Fate::Survived,
        Some(1) => Fate::Caught(said(&ran.stdout)),
        _ => Fate::Untried(said(&ran.stderr)),
    })
}

/// Applies a patch; tells why it could not.
fn apply(patch: &Path, scratch: &Path) -> io::Result<Option<String>> {
    // The copy is in no repository: else git takes the patch for the one around it.
    let around = fs::canonicalize(scratch.join(".."))?;
    let applied = run(Command::new("git")
        .args(["apply", "--whitespace=nowarn"])
        .arg(fs::canonicalize(patch)?)
        .env("GIT_CEILING_DIRECTORIES", around)
        .current_dir(scratch))?;
    Ok((!applied.status.success()).then(|| said(&applied.stderr)))
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn simulation(scratch: &Path, verb: &str) -> Command {
    let mut command = Command::new("cargo");
    command
        .args([
            verb,
            "--quiet",
            "--package",
            "simulation",
            "--bin",
            "simulation",
        ])
        .args(["--profile", "mutant"])
        .current_dir(scratch)
        .env("CARGO_TARGET_DIR", root().join("target/mutants/target"));
    command
}

/// The files of the working copy as they are, unchanged ones left as old as they
/// were, so that only what a mutant changes is built anew.
fn copy_tree(scratch: &Path) -> io::Result<()> {
    let list = [
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ];
    let listed = run(Command::new("git").args(list).current_dir(root()))?;
    let names = String::from_utf8_lossy(&listed.stdout).into_owned();
    remove_others(scratch, scratch, &names.split('\0').collect())?;
    for name in names.split('\0').filter(|name| !name.is_empty()) {
        let (from, to) = (root().join(name), scratch.join(name));
        let Ok(text) = fs::read(&from) else {
            continue; // deleted, and git does not know yet
        };
        if fs::read(&to).is_ok_and(|old| old == text) {
            continue;
        }
        if let Some(folder) = to.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&to, text)?;
    }
    Ok(())
}

/// What an earlier copy has left and the working copy has no more.
fn remove_others(scratch: &Path, folder: &Path, names: &BTreeSet<&str>) -> io::Result<()> {
    if !folder.exists() {
        return Ok(());
    }
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.strip_prefix(scratch).unwrap_or(&path);
        if path.is_dir() {
            remove_others(scratch, &path, names)?;
        } else if !name
            .to_str()
            .is_some_and(|name| names.contains(name) && root().join(name).exists())
        {
            fs::remove_file(&path)?;
        }
    }
    Ok(())
}

fn run(command: &mut Command) -> io::Result<Output> {
    command.stdin(Stdio::null()).output()
}

/// The last words of a program.
fn said(output: &[u8]) -> String {
    let text = String::from_utf8_lossy(output);
    let lines: Vec<_> = text.trim().lines().rev().take(2).collect();
    lines.into_iter().rev().collect::<Vec<_>>().join(" / ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mutant_says_what_it_breaks_and_fits_the_code() {
        let mutants = mutants().unwrap();
        assert!(mutants.len() >= 11);
        for mutant in mutants {
            assert!(mutant.what.ends_with('.'), "{}", mutant.name);
            let fits = Command::new("git")
                .args(["apply", "--check", "--whitespace=nowarn"])
                .arg(&mutant.patch)
                .current_dir(root())
                .output()
                .unwrap();
            assert!(
                fits.status.success(),
                "{}: {}",
                mutant.name,
                said(&fits.stderr)
            );
        }
    }
}
