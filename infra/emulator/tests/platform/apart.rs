//! The emulator's library knows nothing of the client's side: each finds the other's errors
//! only while the two are written from LINE's documents apart.

use std::fs;
use std::path::{Path, PathBuf};

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => sources(&path, found),
            false => found.push(path),
        }
    }
}

#[test]
fn only_the_exercise_names_what_the_functions_share() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    sources(&source, &mut found);
    let names_it = |path: &&PathBuf| fs::read_to_string(path).unwrap().contains("shared::");
    let naming: Vec<_> = found.iter().filter(names_it).collect();
    let exercise = source.join("exercise");
    assert!(!naming.is_empty());
    for path in naming {
        assert!(path.starts_with(&exercise), "{}", path.display());
    }
}
