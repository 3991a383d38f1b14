//! The mutants that `cargo mutants` lists, as edits that can be woven in.

use std::collections::BTreeMap;
use std::io;
use std::process::Command;

use serde::Deserialize;

use super::code::Code;
use super::scratch::{root, run, said};
use super::weave::Edit;

/// Where mutants are looked for. `main.rs` is wiring, which only real processes run.
const FILES: [&str; 6] = [
    "shared/src/domain/**",
    "shared/src/store/**",
    "shared/src/queue/**",
    "functions/worker/src/**",
    "functions/timer/src/**",
    "functions/reconciler/src/plan.rs",
];
const NOT: &str = "**/main.rs";

/// One way in which `cargo mutants` would break the code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Listed {
    /// Its short name in the scratch copy.
    pub(super) id: String,
    /// File and change, in words; no line, as lines move.
    pub(super) name: String,
    pub(super) file: String,
    /// The changes, or why it cannot be chosen while the program runs.
    pub(super) edits: Result<Vec<Edit>, &'static str>,
}

/// As `cargo mutants --list --json` prints it.
#[derive(Debug, Deserialize)]
pub(super) struct CargoMutant {
    name: String,
    file: String,
    pub(super) function: Option<Function>,
    pub(super) span: Span,
    pub(super) replacement: String,
    pub(super) genre: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Function {
    pub(super) return_type: String,
}

/// Lines and columns from 1; columns are characters.
#[derive(Debug, Deserialize)]
pub(super) struct Span {
    pub(super) start: Place,
    pub(super) end: Place,
}

#[derive(Debug, Deserialize)]
pub(super) struct Place {
    line: usize,
    column: usize,
}

impl Place {
    /// The byte of a file at this place.
    pub(super) fn byte(&self, source: &str) -> usize {
        let mut lines = source.split_inclusive('\n');
        let before: usize = lines.by_ref().take(self.line - 1).map(str::len).sum();
        let line = lines.next().unwrap_or_default();
        let column = line.char_indices().nth(self.column - 1);
        before + column.map_or(line.len(), |(at, _)| at)
    }
}

/// Asks `cargo mutants` for its list.
///
/// # Errors
/// It is not installed, or a file cannot be read.
pub(super) fn list() -> io::Result<Vec<Listed>> {
    let mut command = Command::new("cargo");
    command.args(["mutants", "--list", "--json", "--exclude", NOT]);
    command.args(FILES.iter().flat_map(|file| ["--file", file]));
    let output = run(command.current_dir(root()))?;
    if !output.status.success() {
        return Err(io::Error::other(format!(
            "cargo mutants: {}",
            said(&output.stderr)
        )));
    }
    let all: Vec<CargoMutant> = serde_json::from_slice(&output.stdout)?;
    let mut files: BTreeMap<String, Code> = BTreeMap::new();
    let mut seen = BTreeMap::new();
    let mut listed = Vec::new();
    for (number, mutant) in all.into_iter().enumerate() {
        let code = match files.entry(mutant.file.clone()) {
            std::collections::btree_map::Entry::Occupied(code) => code.into_mut(),
            std::collections::btree_map::Entry::Vacant(place) => {
                place.insert(Code::read(&root().join(&mutant.file))?)
            }
        };
        let id = format!("m{number}");
        let within = code
            .constant_of(&mutant)
            .filter(|_| mutant.function.is_none())
            .map_or_else(String::new, |name| format!(" in {name}"));
        listed.push(Listed {
            edits: code.edits(&id, &mutant),
            id,
            name: without_line(&format!("{}{within}", mutant.name), &mut seen),
            file: mutant.file,
        });
    }
    Ok(listed)
}

/// `a/b.rs:12:5: replace f with ()` without its line; the second of the same name with a 2.
fn without_line(name: &str, seen: &mut BTreeMap<String, u32>) -> String {
    let mut parts = name.splitn(4, ':');
    let file = parts.next().unwrap_or_default();
    let change = parts.nth(2).unwrap_or_default().trim();
    let name = format!("{file}: {change}");
    let times = seen.entry(name.clone()).or_default();
    *times += 1;
    match *times {
        1 => name,
        times => format!("{name} ({times})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mutant_keeps_its_name_when_lines_move() {
        let mut seen = BTreeMap::new();
        let mut name = |line: u32| {
            let name = format!("a/b.rs:{line}:7: replace < with <= in x::y");
            without_line(&name, &mut seen)
        };
        assert_eq!(name(3), "a/b.rs: replace < with <= in x::y");
        assert_eq!(name(9), "a/b.rs: replace < with <= in x::y (2)");
    }

    #[test]
    fn a_place_is_counted_in_characters() {
        let place = Place { line: 2, column: 3 };
        assert_eq!(place.byte("a\nä b\n"), 5);
    }
}
