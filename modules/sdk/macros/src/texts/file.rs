//! The files of a folder, read.

use std::fs;
use std::path::Path;

use fluent_syntax::parser::{self, ParserError};

use super::message::{self, Message};
use super::tag;

/// What is said in one language.
pub(super) struct File {
    /// Of the language: `zh-Hant`.
    pub(super) tag: String,
    /// What the author calls it: `texts/zh-Hant.ftl`.
    pub(super) shown: String,
    /// Where it is.
    pub(super) path: String,
    pub(super) messages: Vec<Message>,
    /// What is wrong with it, whatever is in the others.
    pub(super) problems: Vec<String>,
}

impl File {
    pub(super) fn message(&self, key: &str) -> Option<&Message> {
        self.messages.iter().find(|message| message.key == key)
    }
}

/// All languages by their names, with `first` before the others.
pub(super) fn read_all(
    folder: &Path,
    shown: &str,
    first: Option<&str>,
) -> Result<Vec<File>, Vec<String>> {
    let mut names = names(folder).map_err(|error| vec![format!("{shown}: {error}")])?;
    names.sort();
    if names.is_empty() {
        let problem = format!("{shown} has no file such as ja.ftl: a language is one file");
        return Err(vec![problem]);
    }
    if let Some(first) = first {
        let place = names.iter().position(|name| name == first);
        let place = place
            .ok_or_else(|| vec![format!("{shown} has no {first}.ftl, which is to be first")])?;
        names[..=place].rotate_right(1);
    }
    Ok(names.iter().map(|tag| read(folder, shown, tag)).collect())
}

/// What stands before `.ftl`.
fn names(folder: &Path) -> std::io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|it| it == "ftl")
            && let Some(name) = path.file_stem()
        {
            names.push(name.to_string_lossy().into_owned());
        }
    }
    Ok(names)
}

fn read(folder: &Path, folder_shown: &str, tag: &str) -> File {
    let path = folder.join(format!("{tag}.ftl"));
    let shown = format!("{folder_shown}/{tag}.ftl");
    let mut file = File {
        tag: tag.to_owned(),
        path: path.to_string_lossy().into_owned(),
        messages: Vec::new(),
        problems: Vec::new(),
        shown,
    };
    if !tag::is_tag(tag) {
        let problem = format!(
            "{}: a file is named by its language as in BCP 47, such as ja.ftl or zh-Hant.ftl",
            file.shown
        );
        file.problems.push(problem);
        return file;
    }
    match fs::read_to_string(&path) {
        Ok(text) => parse(&text, &mut file),
        Err(error) => file.problems.push(format!("{}: {error}", file.shown)),
    }
    file
}

fn parse(text: &str, file: &mut File) {
    match parser::parse(text) {
        Ok(resource) => {
            let read = message::read(&resource);
            file.messages = read.messages;
            let problems = read.problems.into_iter();
            file.problems
                .extend(problems.map(|it| format!("{}: {it}", file.shown)));
        }
        Err((_, errors)) => {
            let problems = errors.iter().map(|error| not_fluent(text, error));
            file.problems
                .extend(problems.map(|it| format!("{}{it}", file.shown)));
        }
    }
}

fn not_fluent(text: &str, error: &ParserError) -> String {
    let before = text.get(..error.pos.start).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    format!(", line {line}: this is not Fluent: {error}")
}
