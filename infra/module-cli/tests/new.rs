//! What `new` and `choose` write, and what they refuse, in a workspace of a temporary folder.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

/// The workspace's own root, whose Cargo.toml the copies have.
const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

const EXAMPLE: &str = "module = { package = \"reservation\", path = \"modules/reservation\" }";

/// A folder with a copy of the workspace's Cargo.toml and the example's.
fn workspace() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let example = folder.path().join("modules/reservation");
    fs::create_dir_all(&example).unwrap();
    fs::write(folder.path().join("Cargo.toml"), as_delivered()).unwrap();
    fs::write(example.join("Cargo.toml"), "[package]\n").unwrap();
    folder
}

/// The workspace's Cargo.toml with the example as its only module, whatever it has by now.
fn as_delivered() -> String {
    let text = manifest(Path::new(ROOT));
    let is_other =
        |line: &&str| line.starts_with("    \"modules/") && *line != "    \"modules/reservation\",";
    let lines = text.lines().filter(|line| !is_other(line)).map(|line| {
        match line.starts_with("module = ") {
            true => EXAMPLE,
            false => line,
        }
    });
    lines.map(|line| format!("{line}\n")).collect()
}

/// Runs `cargo module` in this folder; what it says, as Ok if it has done what it was to.
fn cargo_module(folder: &Path, arguments: &[&str]) -> Result<String, String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_module-cli"));
    let output = command
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap();
    match output.status.success() {
        true => Ok(String::from_utf8(output.stdout).unwrap()),
        false => Err(String::from_utf8(output.stderr).unwrap()),
    }
}

fn manifest(folder: &Path) -> String {
    fs::read_to_string(folder.join("Cargo.toml")).unwrap()
}

/// The Cargo.toml of the copy with something in it replaced.
fn change(folder: &Path, from: &str, to: &str) {
    let text = manifest(folder);
    assert!(text.contains(from), "{from}");
    fs::write(folder.join("Cargo.toml"), text.replace(from, to)).unwrap();
}

#[test]
fn new_writes_a_crate_enters_it_and_chooses_it() {
    let folder = workspace();
    let before = manifest(folder.path());
    let said = cargo_module(folder.path(), &["new", "tea-shop"]).unwrap();
    assert_eq!(
        said,
        "\
Written:
  modules/tea-shop/Cargo.toml
  modules/tea-shop/README.md
  modules/tea-shop/src/about.rs
  modules/tea-shop/src/lib.rs
  modules/tea-shop/tests/about.rs
  modules/tea-shop/tests/conformance.rs
  modules/tea-shop/tests/stories.rs

The worker and `cargo dev` run tea-shop now: Cargo.toml says so in the line `module`.

  cargo test -p tea-shop
  cargo dev
  cargo module choose reservation
"
    );
    let expected = before
        .replace(
            "    \"modules/reservation\",\n",
            "    \"modules/reservation\",\n    \"modules/tea-shop\",\n",
        )
        .replace(
            EXAMPLE,
            "module = { package = \"tea-shop\", path = \"modules/tea-shop\" }",
        );
    assert_eq!(manifest(folder.path()), expected);
}

#[test]
fn what_is_written_is_the_template_by_the_new_name() {
    let folder = workspace();
    cargo_module(folder.path(), &["new", "tea-shop"]).unwrap();
    for file in [
        "Cargo.toml",
        "README.md",
        "src/lib.rs",
        "tests/conformance.rs",
        "tests/stories.rs",
    ] {
        let path = Path::new(ROOT).join("infra/module-cli/template").join(file);
        let template = fs::read_to_string(path).unwrap();
        let written = fs::read_to_string(folder.path().join("modules/tea-shop").join(file));
        let expected = template
            .replace("my-module", "tea-shop")
            .replace("my_module", "tea_shop");
        assert_eq!(written.unwrap(), expected, "{file}");
    }
}

#[test]
fn a_folder_below_and_one_that_is_named_will_do() {
    let folder = workspace();
    let below = folder.path().join("modules/reservation");
    cargo_module(&below, &["new", "from-below"]).unwrap();
    let named = folder.path().to_str().unwrap();
    cargo_module(Path::new("/"), &["new", "from-afar", "--dir", named]).unwrap();
    assert!(folder.path().join("modules/from-below/src").is_dir());
    assert!(folder.path().join("modules/from-afar/src").is_dir());
}

#[test]
fn choose_goes_back_to_the_very_same_line() {
    let folder = workspace();
    cargo_module(folder.path(), &["new", "tea-shop"]).unwrap();
    let said = cargo_module(folder.path(), &["choose", "reservation"]).unwrap();
    assert_eq!(said, "The worker and `cargo dev` run reservation now.\n");
    let text = manifest(folder.path());
    let left = text.replace("    \"modules/tea-shop\",\n", "");
    assert_eq!(left, as_delivered());
}

/// It says this, and changes nothing.
#[track_caller]
fn refuses(folder: &Path, arguments: &[&str], expected: &str) {
    let before = manifest(folder);
    let said = cargo_module(folder, arguments)
        .unwrap_err()
        .replace(&format!("{}/", real(folder)), "");
    assert_eq!(said, format!("cargo module: {expected}\n"));
    assert_eq!(manifest(folder), before);
    let modules = fs::read_dir(folder.join("modules")).unwrap();
    assert_eq!(modules.count(), 1);
}

/// The folder's name without links, as the program finds it.
fn real(folder: &Path) -> String {
    folder.canonicalize().unwrap().display().to_string()
}

#[test]
fn a_name_that_is_no_crates_is_refused() {
    let folder = workspace();
    for name in ["My-Module", "1st", "a b", "a.b", "../a", "", "match", "std"] {
        let expected = format!(
            "{name:?} is no crate's name: take lower-case letters, digits and -, a letter first, such as my-module"
        );
        refuses(folder.path(), &["new", name], &expected);
    }
}

#[test]
fn a_name_that_is_taken_is_refused() {
    let folder = workspace();
    refuses(
        folder.path(),
        &["new", "reservation"],
        "modules/reservation is there already: take another name, or run `cargo module choose reservation`",
    );
    for name in ["module", "serde", "modctl"] {
        let expected =
            format!("{name} is the name of another crate in Cargo.toml: take another name");
        refuses(folder.path(), &["new", name], &expected);
    }
    refuses(
        folder.path(),
        &["choose", "nowhere"],
        "there is no modules/nowhere/Cargo.toml: run `cargo module new nowhere` to make it",
    );
}

#[test]
fn a_workspace_that_is_not_as_expected_is_refused_with_what_to_write() {
    let folder = workspace();
    change(folder.path(), "\nmodule = {", "\nbehaviour = {");
    refuses(
        folder.path(),
        &["new", "tea-shop"],
        "Cargo.toml has no line `module` under [workspace.dependencies], which says what the worker runs: write module = { package = \"tea-shop\", path = \"modules/tea-shop\" } there",
    );
    change(folder.path(), "\nmembers = [", "\nexclude = [");
    refuses(
        folder.path(),
        &["new", "tea-shop"],
        "Cargo.toml has no list `members` under [workspace]: write members = [\"modules/tea-shop\"] there",
    );
    change(folder.path(), "[workspace]", "[workspace");
    let said = cargo_module(folder.path(), &["new", "tea-shop"]).unwrap_err();
    assert!(
        said.contains("Cargo.toml is no TOML, so mend it first: "),
        "{said}"
    );
}

#[test]
fn outside_of_a_workspace_it_asks_for_one() {
    let folder = tempfile::tempdir().unwrap();
    let said = cargo_module(folder.path(), &["new", "tea-shop"]).unwrap_err();
    let expected = "cargo module: there is no Cargo.toml with a [workspace] here or above: name its folder with --dir\n";
    assert_eq!(said, expected);
}
