//! The author's part: a module of one's own in the workspace, and which one the worker runs.

mod manifest;
mod name;
mod new;
mod refusal;

use std::path::{Path, PathBuf};

pub(crate) use refusal::Refusal;

use manifest::Workspace;
use name::Name;

/// Writes a module to begin with and chooses it; gives the words for the person.
pub(crate) fn new_module(dir: Option<PathBuf>, name: &str) -> Result<String, Refusal> {
    new::new(&mut open(dir)?, &Name::read(name)?)
}

/// Chooses the module that the worker runs; gives the words for the person.
pub(crate) fn choose(dir: Option<PathBuf>, name: &str) -> Result<String, Refusal> {
    let (mut workspace, name) = (open(dir)?, Name::read(name)?);
    workspace.check_there(&name)?;
    workspace.choose(&name)?;
    workspace.save()?;
    Ok(format!("The worker and `cargo dev` run {name} now.\n"))
}

fn open(dir: Option<PathBuf>) -> Result<Workspace, Refusal> {
    match dir {
        Some(dir) => Workspace::open(&dir),
        None => {
            let here = Path::new(".").canonicalize();
            Workspace::around(&here.map_err(|_| Refusal::NoWorkspace)?)
        }
    }
}
