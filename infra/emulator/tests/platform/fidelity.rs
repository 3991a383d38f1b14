//! The table of rules: each has a source and a test that is there.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    rule: Vec<Rule>,
    left_out: Vec<LeftOut>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    rule: String,
    source: String,
    test: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LeftOut {
    rule: String,
    source: String,
    reason: String,
}

fn table() -> Table {
    toml::from_str(include_str!("../../fidelity.toml")).unwrap()
}

/// The names of all tests of a folder, with their modules, as the test runner has them.
fn tests(folder: &Path, module: &str, names: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let stem = path.file_stem().unwrap().to_str().unwrap();
        let inner = if stem == "mod" || stem == "main" || stem == "lib" {
            module.to_owned()
        } else {
            format!("{module}{stem}::")
        };
        if path.is_dir() {
            tests(&path, &inner, names);
        } else {
            in_file(&fs::read_to_string(&path).unwrap(), &inner, names);
        }
    }
}

/// A test is a function behind an attribute that ends with `test]`.
fn in_file(text: &str, module: &str, names: &mut BTreeSet<String>) {
    let mut lines = text.lines().map(str::trim).peekable();
    let mut inside = "";
    while let Some(line) = lines.next() {
        if line == "mod tests {" {
            inside = "tests::";
        }
        if matches!(line, "#[test]" | "#[tokio::test]") {
            let function = lines.peek().and_then(|line| line.split_once("fn "));
            let name = function.and_then(|(_, rest)| rest.split_once('('));
            names.extend(name.map(|(name, _)| format!("{module}{inside}{name}")));
        }
    }
}

#[test]
fn every_rule_has_a_source_and_a_test_that_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut names = BTreeSet::new();
    tests(&root.join("src"), "", &mut names);
    tests(&root.join("tests/platform"), "", &mut names);
    let table = table();
    let lacking: Vec<&str> = table
        .rule
        .iter()
        .filter(|rule| !names.contains(&rule.test))
        .map(|rule| rule.test.as_str())
        .collect();
    assert_eq!(lacking, Vec::<&str>::new());
    let sources = table.rule.iter().map(|rule| (&rule.rule, &rule.source));
    let left_out = table.left_out.iter().map(|left| (&left.rule, &left.source));
    for (rule, source) in sources.chain(left_out) {
        assert!(
            source.starts_with("https://") && !rule.is_empty(),
            "{rule}: {source}"
        );
    }
}

#[test]
fn no_rule_is_listed_twice_and_what_is_left_out_has_a_reason() {
    let table = table();
    let rules = table.rule.iter().map(|rule| &rule.rule);
    let all: Vec<&String> = rules
        .chain(table.left_out.iter().map(|left| &left.rule))
        .collect();
    let different: BTreeSet<&&String> = all.iter().collect();
    assert_eq!(different.len(), all.len());
    assert!(table.left_out.iter().all(|left| left.reason.len() > 10));
}
