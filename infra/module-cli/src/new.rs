//! A module to begin with: the crate in `template/`, by another name.

use std::fs;
use std::path::Path;

use crate::manifest::Workspace;
use crate::name::Name;
use crate::refusal::Refusal;

macro_rules! template {
    ($($path:literal)*) => {
        &[$(($path, include_str!(concat!("../template/", $path)))),*]
    };
}

/// The files, by their paths.
const TEMPLATE: &[(&str, &str)] = template! {
    "Cargo.toml" "README.md" "src/about.rs" "src/lib.rs" "tests/about.rs" "tests/conformance.rs"
    "tests/stories.rs"
};

/// Writes the module, enters it among the members, and chooses it.
///
/// # Errors
/// [`Refusal`]: nothing was changed, unless a file could not be written.
pub(crate) fn new(workspace: &mut Workspace, name: &Name) -> Result<String, Refusal> {
    workspace.check_free(name)?;
    workspace.enter(name)?;
    let before = workspace.choose(name)?;
    let folder = workspace.folder(name);
    for (path, text) in TEMPLATE {
        write(&folder.join(path), &named(text, name))?;
    }
    workspace.save()?;
    let written: String = TEMPLATE
        .iter()
        .map(|(path, _)| format!("  modules/{name}/{path}\n"))
        .collect();
    Ok(format!(
        "Written:\n{written}\n\
         The worker and `cargo dev` run {name} now: Cargo.toml says so in the line `module`.\n\n  \
         cargo test -p {name}\n  cargo dev\n  cargo module choose {before}\n"
    ))
}

fn named(text: &str, name: &Name) -> String {
    let text = text.replace("my-module", name.as_str());
    text.replace("my_module", &name.in_code())
}

fn write(path: &Path, text: &str) -> Result<(), Refusal> {
    let folder = path.parent().unwrap_or(path);
    let written = fs::create_dir_all(folder).and_then(|()| fs::write(path, text));
    written.map_err(|error| Refusal::Io(path.to_owned(), error))
}
