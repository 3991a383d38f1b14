//! The workspace's own Cargo.toml: its members, and which module is chosen.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use toml_edit::{DocumentMut, Item, TableLike, Value, value};

use crate::name::Name;
use crate::refusal::Refusal;

/// The workspace, whose Cargo.toml is changed in memory until it is saved.
#[derive(Debug)]
pub(crate) struct Workspace {
    root: PathBuf,
    manifest: DocumentMut,
}

impl Workspace {
    /// The nearest around this folder.
    ///
    /// # Errors
    /// There is none; its Cargo.toml cannot be read.
    pub(crate) fn around(folder: &Path) -> Result<Self, Refusal> {
        let opened = folder.ancestors().map(Self::open);
        let mut found = opened.filter(|opened| !matches!(opened, Err(Refusal::NoWorkspace)));
        found.next().unwrap_or(Err(Refusal::NoWorkspace))
    }

    /// The one whose folder this is.
    ///
    /// # Errors
    /// As [`Workspace::around`].
    pub(crate) fn open(root: &Path) -> Result<Self, Refusal> {
        let path = root.join("Cargo.toml");
        let text = fs::read_to_string(&path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => Refusal::NoWorkspace,
            _ => Refusal::Io(path.clone(), error),
        })?;
        let manifest: DocumentMut = text
            .parse()
            .map_err(|error: toml_edit::TomlError| Refusal::NoToml(path, error.message().into()))?;
        match manifest.contains_table("workspace") {
            true => Ok(Self {
                root: root.to_owned(),
                manifest,
            }),
            false => Err(Refusal::NoWorkspace),
        }
    }

    /// Where a module of this name is.
    pub(crate) fn folder(&self, name: &Name) -> PathBuf {
        self.root.join("modules").join(name.as_str())
    }

    /// A module of this name can be made.
    ///
    /// # Errors
    /// It is there, or another crate is called so.
    pub(crate) fn check_free(&self, name: &Name) -> Result<(), Refusal> {
        let folder = self.folder(name);
        if folder.exists() {
            return Err(Refusal::Exists(folder, name.clone()));
        }
        let workspace = &self.manifest["workspace"];
        let dependencies = workspace.get("dependencies").and_then(Item::as_table_like);
        let mut members = workspace
            .get("members")
            .and_then(Item::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str);
        let is_taken = dependencies.is_some_and(|all| all.contains_key(name.as_str()))
            || members.any(|member| member.rsplit('/').next() == Some(name.as_str()));
        match is_taken {
            true => Err(Refusal::Taken(name.clone(), self.path())),
            false => Ok(()),
        }
    }

    /// A module of this name can be chosen.
    ///
    /// # Errors
    /// It is not there.
    pub(crate) fn check_there(&self, name: &Name) -> Result<(), Refusal> {
        let manifest = self.folder(name).join("Cargo.toml");
        match manifest.is_file() {
            true => Ok(()),
            false => Err(Refusal::NoModule(manifest, name.clone())),
        }
    }

    /// Enters a module among the members, where it stands in their order.
    ///
    /// # Errors
    /// There is no list of them.
    pub(crate) fn enter(&mut self, name: &Name) -> Result<(), Refusal> {
        let path = self.path();
        let members = self.manifest["workspace"]
            .get_mut("members")
            .and_then(Item::as_array_mut)
            .ok_or_else(|| Refusal::NoMembers(path, name.clone()))?;
        let member = format!("modules/{name}");
        let is_after = |other: &Value| other.as_str().is_some_and(|other| *other > *member);
        let place = members.iter().position(is_after).unwrap_or(members.len());
        let mut member = Value::from(member);
        if let Some(neighbour) = members.get(place.saturating_sub(1)) {
            member.decor_mut().clone_from(neighbour.decor());
        }
        members.insert_formatted(place, member);
        Ok(())
    }

    /// Chooses a module; gives the name of the one before.
    ///
    /// # Errors
    /// The line that says which is not there.
    pub(crate) fn choose(&mut self, name: &Name) -> Result<String, Refusal> {
        let path = self.path();
        let none = || Refusal::NoChoice(path, name.clone());
        let line = self.chosen().ok_or_else(none)?;
        let before = line
            .get("package")
            .and_then(Item::as_str)
            .unwrap_or_default()
            .to_owned();
        line.insert("package", value(name.as_str()));
        line.insert("path", value(format!("modules/{name}")));
        Ok(before)
    }

    /// The dependency called `module`, if it is one by another name.
    fn chosen(&mut self) -> Option<&mut dyn TableLike> {
        let dependencies = self.manifest["workspace"].get_mut("dependencies")?;
        let line = dependencies.get_mut("module")?.as_table_like_mut()?;
        line.contains_key("package").then_some(line)
    }

    /// Writes what was changed.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(crate) fn save(&self) -> Result<(), Refusal> {
        let path = self.path();
        fs::write(&path, self.manifest.to_string()).map_err(|error| Refusal::Io(path, error))
    }

    fn path(&self) -> PathBuf {
        self.root.join("Cargo.toml")
    }
}
