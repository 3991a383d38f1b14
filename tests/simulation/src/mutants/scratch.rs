//! The scratch copy: the working copy's files, some of them woven. Only here is there a
//! function that asks which mutant is tried.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use super::weave::{Edit, Woven, weave};

/// The variable that names the mutant to be tried.
pub(super) const TRIED: &str = "MUTANT";

/// What each crate that has mutants is given.
const ASKS: &str = r#"
/// Which mutant is tried.
#[doc(hidden)]
pub mod mutant {
    /// Whether it is this one.
    pub fn is(name: &str) -> bool {
        static TRIED: std::sync::OnceLock<Option<String>> = std::sync::OnceLock::new();
        let tried = TRIED.get_or_init(|| std::env::var("MUTANT").ok());
        tried.as_deref() == Some(name)
    }
}
"#;

/// Edits by the file that they change.
pub(super) type Edits = BTreeMap<String, Vec<Edit>>;

/// The working copy.
pub(super) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Where the scratch copy is, and what is built of it.
pub(super) fn folder() -> PathBuf {
    root().join("target/mutants")
}

/// Makes the scratch copy; gives the files with mutants as they are in it. Unchanged
/// files stay as old as they were, so that only what differs is built again.
pub(super) fn make(edits: &Edits) -> io::Result<BTreeMap<String, Woven>> {
    let mut woven = BTreeMap::new();
    let mut texts = BTreeMap::new();
    for (file, edits) in edits {
        let source = fs::read_to_string(root().join(file))?;
        let new =
            weave(&source, edits).map_err(|why| io::Error::other(format!("{file}: {why}")))?;
        let crate_root = root_of_crate(file);
        texts.insert(file.clone(), new.text.clone());
        woven.insert(file.clone(), new);
        if !edits_root(&crate_root, &texts) {
            texts.insert(
                crate_root.clone(),
                fs::read_to_string(root().join(&crate_root))?,
            );
        }
    }
    for (file, text) in &mut texts {
        if *file == root_of_crate(file) {
            text.push_str(ASKS);
        }
    }
    copy_tree(&folder().join("tree"), &texts)?;
    Ok(woven)
}

fn edits_root(crate_root: &str, texts: &BTreeMap<String, String>) -> bool {
    texts.contains_key(crate_root)
}

/// `shared/src/store/bot.rs` is of `shared/src/lib.rs`.
fn root_of_crate(file: &str) -> String {
    let (folder, _) = file.split_once("/src/").unwrap_or_default();
    format!("{folder}/src/lib.rs")
}

/// Cargo in the scratch copy. What has a profile of its own is built apart; what is built as the tests are is built
/// where they are, so that no crate of others is built again.
pub(super) fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new("cargo");
    command.args(arguments).current_dir(folder().join("tree"));
    match arguments.contains(&"--profile") {
        true => command.env("CARGO_TARGET_DIR", folder().join("target")),
        false => command.env("CARGO_TARGET_DIR", of_the_tests()),
    };
    command
}

fn of_the_tests() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(target) => root().join(target),
        None => root().join("target"),
    }
}

/// The files of the working copy as they are, or with another text.
fn copy_tree(scratch: &Path, changed: &BTreeMap<String, String>) -> io::Result<()> {
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
        let text = match changed.get(name) {
            Some(text) => text.clone().into_bytes(),
            None => match fs::read(root().join(name)) {
                Ok(text) if name == "Cargo.toml" => with_own_version(&text),
                Ok(text) => text,
                Err(_) => continue, // deleted, and git does not know yet
            },
        };
        let to = scratch.join(name);
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

/// The workspace's manifest with another version. Cargo tells a workspace's crates apart by name and version, and not by
/// folder: in a target folder that both use it would take the copy's for the working copy's.
fn with_own_version(manifest: &[u8]) -> Vec<u8> {
    let manifest = String::from_utf8_lossy(manifest);
    let version = |line: &str| match line.starts_with("version = ") {
        true => "version = \"0.0.0-mutants\"".to_owned(),
        false => line.to_owned(),
    };
    let lines: Vec<_> = manifest.lines().map(version).collect();
    lines.join("\n").into_bytes()
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

/// Runs a program to its end.
pub(super) fn run(command: &mut Command) -> io::Result<Output> {
    command.stdin(Stdio::null()).output()
}

/// The last words of a program.
pub(super) fn said(output: &[u8]) -> String {
    let text = String::from_utf8_lossy(output);
    let lines: Vec<_> = text.trim().lines().rev().take(2).collect();
    lines.into_iter().rev().collect::<Vec<_>>().join(" / ")
}
