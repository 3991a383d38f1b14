//! Why nothing is done.

use std::io;
use std::path::PathBuf;

use crate::name::Name;

/// Why nothing is done, in one sentence that names the remedy.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    /// No crate can be called so.
    #[error(
        "{0:?} is no crate's name: take lower-case letters, digits and -, a letter first, such as my-module"
    )]
    NoName(String),
    /// The module is there.
    #[error("{} is there already: take another name, or run `cargo module choose {}`", .0.display(), .1)]
    Exists(PathBuf, Name),
    /// Another crate is called so.
    #[error("{} is the name of another crate in {}: take another name", .0, .1.display())]
    Taken(Name, PathBuf),
    /// The module is not there.
    #[error("there is no {}: run `cargo module new {}` to make it", .0.display(), .1)]
    NoModule(PathBuf, Name),
    /// Not in a workspace.
    #[error("there is no Cargo.toml with a [workspace] here or above: name its folder with --dir")]
    NoWorkspace,
    /// The disk.
    #[error("{}: {}", .0.display(), .1)]
    Io(PathBuf, io::Error),
    /// The manifest is broken.
    #[error("{} is no TOML, so mend it first: {}", .0.display(), .1)]
    NoToml(PathBuf, String),
    /// The manifest does not list its members.
    #[error("{} has no list `members` under [workspace]: write members = [\"modules/{}\"] there", .0.display(), .1)]
    NoMembers(PathBuf, Name),
    /// The manifest does not say which module is chosen.
    #[error(
        "{} has no line `module` under [workspace.dependencies], which says what the worker runs: write module = {{ package = \"{name}\", path = \"modules/{name}\" }} there",
        .0.display(), name = .1
    )]
    NoChoice(PathBuf, Name),
}
