//! Which mutants compile: those that do not are found by the compiler's errors, taken out,
//! and the rest is built again.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::ops::Range;
use std::path::PathBuf;

use serde::Deserialize;

use super::scratch::{self, Edits, cargo, said};
use super::weave::Woven;

/// A compiler's message, or what was built; the rest is passed over.
#[derive(Debug, Deserialize)]
struct Line {
    reason: String,
    message: Option<Message>,
    target: Option<Target>,
    executable: Option<PathBuf>,
    profile: Option<Profile>,
    manifest_path: Option<PathBuf>,
}

#[derive(Debug, Deserialize)]
struct Message {
    level: String,
    message: String,
    rendered: Option<String>,
    spans: Vec<Span>,
    children: Vec<Child>,
}

#[derive(Debug, Deserialize)]
struct Child {
    spans: Vec<Span>,
}

#[derive(Debug, Clone, Deserialize)]
struct Span {
    file_name: String,
    byte_start: usize,
    byte_end: usize,
}

#[derive(Debug, Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Profile {
    test: bool,
}

/// A program that was built.
#[derive(Debug, Clone)]
pub(super) struct Program {
    /// Its name, with its package's folder.
    pub(super) name: String,
    /// Where it is.
    pub(super) path: PathBuf,
    /// Its package's folder, in which tests run.
    pub(super) folder: PathBuf,
}

/// Builds what `arguments` say with these edits; takes out of them what does not compile.
/// Gives the tests and programs that were built.
///
/// # Errors
/// The code does not compile, and no mutant is to blame.
pub(super) fn build(
    edits: &mut Edits,
    arguments: &[&str],
    out: &mut BTreeSet<String>,
) -> io::Result<Vec<Program>> {
    loop {
        let woven = scratch::make(edits)?;
        let mut command = cargo(arguments);
        command.args(["--message-format", "json", "--keep-going"]);
        let output = scratch::run(&mut command)?;
        let stdout = String::from_utf8_lossy(&output.stdout);
        let lines: Vec<Line> = stdout
            .lines()
            .filter_map(|line| serde_json::from_str(line).ok())
            .collect();
        if output.status.success() {
            return Ok(lines.iter().filter_map(program).collect());
        }
        let errors: Vec<_> = lines
            .iter()
            .filter_map(|line| line.message.as_ref())
            .filter(|it| it.level == "error")
            .collect();
        let mut taken_out = BTreeSet::new();
        for error in &errors {
            let blamed = blamed(error, &woven);
            eprintln!("does not compile: {}: {}", blamed.join(", "), error.message);
            taken_out.extend(blamed);
        }
        if taken_out.is_empty() {
            let words = errors
                .iter()
                .filter_map(|it| it.rendered.clone())
                .next()
                .unwrap_or_else(|| said(&output.stderr));
            return Err(io::Error::other(format!("it does not build: {words}")));
        }
        for edits in edits.values_mut() {
            edits.retain(|edit| !taken_out.contains(&edit.mutant));
        }
        edits.retain(|_, edits| !edits.is_empty());
        out.extend(taken_out);
    }
}

/// Whose fault an error is: the one mutant whose code it names, else all that are chosen
/// where it is.
fn blamed(message: &Message, woven: &BTreeMap<String, Woven>) -> Vec<String> {
    let children = message.children.iter().flat_map(|child| &child.spans);
    let all: Vec<_> = message.spans.iter().chain(children).collect();
    let at = all.iter().filter_map(|span| {
        let woven = woven.get(&span.file_name)?;
        let bytes: Range<usize> = span.byte_start..span.byte_end;
        Some(woven.mutants_at(&bytes)).filter(|mutants| !mutants.is_empty())
    });
    let at: Vec<_> = at.collect();
    let one = at.iter().find(|mutants| mutants.len() == 1);
    let blamed = one.or(at.first()).copied().unwrap_or_default();
    blamed.to_vec()
}

fn program(line: &Line) -> Option<Program> {
    let (target, path) = (line.target.as_ref()?, line.executable.as_ref()?);
    let folder = line.manifest_path.as_ref()?.parent()?;
    let package = folder.file_name()?.to_string_lossy();
    let is_test = line.profile.as_ref().is_some_and(|profile| profile.test);
    (line.reason == "compiler-artifact" && (is_test || target.kind == ["bin"])).then(|| Program {
        name: format!("{package}/{}", target.name),
        path: path.clone(),
        folder: folder.to_owned(),
    })
}
