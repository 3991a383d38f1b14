//! Mutants by rule: each breaks one promise of the design, and says which check of the
//! simulation must notice. A file of `mutants/` is one.

use std::fs;
use std::io;
use std::ops::Range;
use std::path::Path;

use serde::Deserialize;
use syn::spanned::Spanned as _;
use syn::visit::{self, Visit};

use crate::profile::Profile;

use super::scratch::{Edits, root};
use super::weave::{Change, Edit};

/// One way to break the code.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mutant {
    /// Its name: the file's.
    #[serde(skip)]
    pub name: String,
    /// What is broken, in a sentence.
    pub what: String,
    /// The line of docs/invariants.md, or the condition in `shared/src/store`, that it breaks.
    pub rule: String,
    /// Which check of the simulation must catch it.
    pub judge: String,
    /// Which schedules it is tried with.
    pub profile: Profile,
    /// Whether few schedules are enough: CI tries these.
    #[serde(default)]
    pub quick: bool,
    /// The changes that break it.
    pub edit: Vec<RuleEdit>,
}

/// One change to a file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleEdit {
    /// The file, from the root of the repository.
    pub file: String,
    /// The function that it changes, where the file has the text more than once.
    pub function: Option<String>,
    /// An expression, or whole statements: occurs once, however it is broken into lines.
    pub original: String,
    /// What stands there instead.
    pub mutated: String,
}

/// The mutants, by name.
///
/// # Errors
/// One of their files cannot be read.
pub fn mutants() -> io::Result<Vec<Mutant>> {
    let folder = root().join("tests/simulation/mutants");
    let paths = fs::read_dir(folder)?
        .map(|entry| Ok(entry?.path()))
        .collect::<io::Result<Vec<_>>>()?;
    let files = paths
        .iter()
        .filter(|path| path.extension().is_some_and(|it| it == "toml"));
    let mut mutants = files
        .map(|path| read(path))
        .collect::<io::Result<Vec<_>>>()?;
    mutants.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(mutants)
}

fn read(path: &Path) -> io::Result<Mutant> {
    let text = fs::read_to_string(path)?;
    let unreadable = |error| io::Error::other(format!("{}: {error}", path.display()));
    let mutant: Mutant = toml::from_str(&text).map_err(unreadable)?;
    let name = path.file_stem().unwrap_or_default();
    Ok(Mutant {
        name: name.to_string_lossy().into_owned(),
        ..mutant
    })
}

/// Where in the code as it is the mutants' changes are.
///
/// # Errors
/// The first that does not fit.
pub(super) fn edits(mutants: &[Mutant]) -> Result<Edits, String> {
    let mut edits = Edits::new();
    for mutant in mutants {
        for edit in &mutant.edit {
            let span = place(edit).map_err(|why| format!("{}: {why}", mutant.name))?;
            edits.entry(edit.file.clone()).or_default().push(Edit {
                mutant: mutant.name.clone(),
                span,
                change: Change::Replace(edit.mutated.trim().to_owned()),
            });
        }
    }
    Ok(edits)
}

fn place(edit: &RuleEdit) -> Result<Range<usize>, String> {
    let source = fs::read_to_string(root().join(&edit.file))
        .map_err(|error| format!("{}: {error}", edit.file))?;
    let within = match &edit.function {
        Some(name) => function(&source, name).map_err(|why| format!("{}: {why}", edit.file))?,
        None => 0..source.len(),
    };
    let found = occurrences(&source[within.clone()], &edit.original);
    match found.as_slice() {
        [span] => Ok(within.start + span.start..within.start + span.end),
        others => Err(format!(
            "{} has this {} times instead of once: {}",
            edit.file,
            others.len(),
            edit.original.trim()
        )),
    }
}

/// Where a text occurs, however it is broken into lines.
fn occurrences(source: &str, text: &str) -> Vec<Range<usize>> {
    let words: Vec<_> = text.split_whitespace().collect();
    let Some((first, rest)) = words.split_first() else {
        return Vec::new();
    };
    let begins = source.match_indices(first).map(|(at, _)| at);
    let ends = |begin: usize| {
        rest.iter().try_fold(begin + first.len(), |end, word| {
            let space = source[end..].len() - source[end..].trim_start().len();
            let next = source[end + space..].strip_prefix(*word);
            next.filter(|_| space > 0).map(|_| end + space + word.len())
        })
    };
    begins
        .filter_map(|begin| Some(begin..ends(begin)?))
        .collect()
}

/// Where the one function of this name is.
fn function(source: &str, name: &str) -> Result<Range<usize>, String> {
    let file = syn::parse_file(source).map_err(|error| error.to_string())?;
    let mut functions = Functions {
        name,
        spans: Vec::new(),
    };
    functions.visit_file(&file);
    match functions.spans.as_slice() {
        [span] => Ok(span.clone()),
        others => Err(format!("there are {} functions {name}", others.len())),
    }
}

struct Functions<'a> {
    name: &'a str,
    spans: Vec<Range<usize>>,
}

impl<'ast> Visit<'ast> for Functions<'_> {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        if item.sig.ident == self.name {
            self.spans.push(item.span().byte_range());
        }
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        if item.sig.ident == self.name {
            self.spans.push(item.span().byte_range());
        }
        visit::visit_impl_item_fn(self, item);
    }
}

#[cfg(test)]
mod tests {
    use super::super::weave::weave;
    use super::*;

    #[test]
    fn a_text_is_found_however_it_is_broken_into_lines() {
        let source = "a.b(c)\n    .d() + a.b(e) .d()";
        assert_eq!(occurrences(source, "a.b(c) .d()"), vec![0..15; 1]);
        assert_eq!(occurrences(source, "a.b").len(), 2);
        assert_eq!(occurrences(source, "a.b(c).d()").len(), 0);
    }

    /// Whether the simulation has a check of this name.
    fn is_a_check(name: &str) -> bool {
        let has = |text: String| text.contains(&format!("\"{name}\""));
        // Parts of a schedule have names too.
        let source = root().join("tests/simulation/src");
        let folders = ["judges", "call"].map(|name| source.join(name));
        let alone = [
            "actors.rs",
            "after.rs",
            "checks.rs",
            "history.rs",
            "registers.rs",
            "simulate.rs",
            "upkeep.rs",
        ];
        let texts = alone
            .iter()
            .map(|name| fs::read_to_string(source.join(name)).unwrap());
        texts
            .chain(folders.iter().flat_map(|folder| files(folder)))
            .any(has)
    }

    fn files(folder: &Path) -> Box<dyn Iterator<Item = String>> {
        let entries = fs::read_dir(folder).unwrap().map(|it| it.unwrap().path());
        Box::new(entries.flat_map(|path| match path.is_dir() {
            true => files(&path),
            false => Box::new(std::iter::once(fs::read_to_string(path).unwrap())),
        }))
    }

    /// The first sentences of the list's lines, each a rule.
    fn rules(text: &str) -> Vec<String> {
        let lines = text.lines().filter_map(|line| line.strip_prefix("- "));
        let first = |line: &str| match line.split_once(". ") {
            Some((rule, _)) => format!("{rule}."),
            None => line.to_owned(),
        };
        lines.map(first).collect()
    }

    #[test]
    fn every_rule_has_a_mutant_or_is_held_elsewhere() {
        let read = |file: &str| fs::read_to_string(root().join(file)).unwrap();
        let never = rules(&read("docs/invariants.md"));
        let mut held = rules(&read("tests/simulation/mutants/elsewhere.md"));
        held.extend(mutants().unwrap().into_iter().map(|mutant| mutant.rule));
        let free: Vec<_> = never.iter().filter(|it| !held.contains(it)).collect();
        assert!(free.is_empty(), "rules without a mutant: {free:#?}");
        let conditions = ["shared/src/store/", "shared/src/domain/ledger/"];
        let is_condition = |rule: &str| conditions.iter().any(|at| rule.starts_with(at));
        let is_known = |rule: &String| never.contains(rule) || is_condition(rule);
        let unknown: Vec<_> = held.iter().filter(|rule| !is_known(rule)).collect();
        assert!(
            unknown.is_empty(),
            "no rules of docs/invariants.md: {unknown:#?}"
        );
    }

    #[test]
    fn every_mutant_says_what_it_breaks_and_fits_the_code() {
        let mutants = mutants().unwrap();
        assert!(mutants.len() >= 12);
        for mutant in &mutants {
            assert!(mutant.what.ends_with('.'), "{}", mutant.name);
            assert!(is_a_check(&mutant.judge), "{}", mutant.name);
        }
        for (file, edits) in edits(&mutants).unwrap() {
            let source = fs::read_to_string(root().join(&file)).unwrap();
            weave(&source, &edits).unwrap_or_else(|why| panic!("{file}: {why}"));
        }
    }
}
