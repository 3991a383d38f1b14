//! Each function is wired once: its `App` is made by `App::new` in its `app.rs`, from its
//! `Config` and a `Ground`, and only the `Ground` builds clients.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::fs;
use std::path::{Path, PathBuf};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// Every Rust source below these folders, by its path from the root.
fn sources(folders: &[&str]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for folder in folders {
        collect(&Path::new(ROOT).join(folder), &mut found);
    }
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).unwrap();
        let path = path.strip_prefix(ROOT).unwrap().display().to_string();
        (path, text)
    };
    found.into_iter().map(read).collect()
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|it| it == "rs") {
            found.push(path);
        }
    }
}

fn all() -> Vec<(String, String)> {
    sources(&["functions", "infra", "modules", "shared", "tests"])
}

/// The files other than this one that have a line with this text.
fn with(text: &str, is_meant: impl Fn(&str) -> bool) -> Vec<String> {
    let has = |source: &str| source.lines().any(|it| it.contains(text) && is_meant(it));
    let found = all().into_iter().filter(|(_, source)| has(source));
    let paths = found.map(|(path, _)| path);
    paths.filter(|path| !path.ends_with(file!())).collect()
}

#[test]
fn only_the_ground_builds_clients() {
    assert_eq!(with("from_conf(", |_| true), ["shared/src/aws.rs"]);
}

#[test]
fn nothing_but_app_new_puts_an_app_together() {
    let is_made = |line: &str| {
        let other = [
            "struct App",
            "impl App",
            "impl<M> App",
            "let App {",
            "for App",
            "-> ",
        ];
        !other.iter().any(|word| line.contains(word))
    };
    let made = with("App {", is_made);
    assert!(made.is_empty(), "{made:?}");
}

/// A new function is in its folder, in template.yaml, and in one line of the local stack.
#[test]
fn the_local_stack_makes_each_function_in_one_place() {
    let functions = fs::read_dir(Path::new(ROOT).join("functions")).unwrap();
    for function in functions {
        let name = function.unwrap().file_name().into_string().unwrap();
        let made = format!("{name}::App::new(");
        let infra = sources(&["infra"]);
        let places: Vec<_> = infra
            .iter()
            .filter(|(_, text)| text.contains(&made))
            .map(|(path, _)| path.as_str())
            .collect();
        assert_eq!(places, ["infra/local/src/bundle.rs"], "{name}");
    }
}
