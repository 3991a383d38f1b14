//! Whether the languages say the same, and nothing that is too long.

use std::collections::{BTreeMap, BTreeSet};

use unicode_segmentation::UnicodeSegmentation as _;

use super::file::File;
use super::message::Message;
use super::{keys, tag};

/// Names that the type of the texts has itself.
pub(super) const TAKEN: [&str; 3] = ["of", "language", "files"];

/// A sentence for each thing that is wrong, with file and key. No key is a name that is `taken`.
pub(super) fn problems(files: &[File], taken: &[&str]) -> Vec<String> {
    let mut problems: Vec<_> = files
        .iter()
        .flat_map(|file| file.problems.clone())
        .collect();
    if !problems.is_empty() {
        return problems; // what is not read cannot be compared
    }
    let Some((first, others)) = files.split_first() else {
        return problems;
    };
    names(first, taken, &mut problems);
    for other in others {
        for key in keys(files) {
            problems.extend(difference(first, other, key));
        }
    }
    for file in files {
        for message in &file.messages {
            problems.extend(too_long(first, file, message));
        }
    }
    words(files, &mut problems);
    problems
}

/// Each key is a method's name, and each variable a parameter's.
fn names(first: &File, taken: &[&str], problems: &mut Vec<String>) {
    let mut methods: BTreeMap<String, &str> = BTreeMap::new();
    for message in &first.messages {
        let (shown, key) = (&first.shown, message.key.as_str());
        match tag::snake(key).map(|it| it.to_string()) {
            None => problems.push(format!(
                "{shown}: `{key}` can be no method's name in Rust: give it another key"
            )),
            Some(method) if taken.contains(&method.as_str()) => problems.push(format!(
                "{shown}: the texts have a method `{method}` themselves: give `{key}` another key"
            )),
            Some(method) => {
                if let Some(other) = methods.insert(method.clone(), key) {
                    problems.push(format!(
                        "{shown}: `{other}` and `{key}` are both the method `{method}`"
                    ));
                }
            }
        }
        let mut parameters = BTreeSet::new();
        for variable in &message.variables {
            let name = tag::snake(variable).map(|it| it.to_string());
            if !name.is_some_and(|name| parameters.insert(name)) {
                problems.push(format!(
                    "{shown}: `{key}`: ${variable} can be no parameter's name in Rust: give it another name"
                ));
            }
        }
    }
}

fn difference(first: &File, other: &File, key: &str) -> Option<String> {
    let (ours, its) = match (first.message(key), other.message(key)) {
        (Some(ours), Some(its)) => (ours, its),
        (Some(_), None) => return Some(lacks(other, first, key)),
        (None, Some(_)) => return Some(lacks(first, other, key)),
        (None, None) => return None,
    };
    let set = |message: &Message| message.variables.iter().cloned().collect::<BTreeSet<_>>();
    let (ours, its) = (set(ours), set(its));
    (ours != its).then(|| {
        format!(
            "{}: `{key}` has {}, and in {} {}",
            other.shown,
            listed(&its),
            first.shown,
            listed(&ours)
        )
    })
}

fn lacks(file: &File, other: &File, key: &str) -> String {
    format!(
        "{}: `{key}` is missing, which {} has",
        file.shown, other.shown
    )
}

fn listed(variables: &BTreeSet<String>) -> String {
    if variables.is_empty() {
        return "no variable".to_owned();
    }
    let names: Vec<_> = variables.iter().map(|name| format!("${name}")).collect();
    let word = if names.len() == 1 {
        "variable"
    } else {
        "variables"
    };
    format!("the {word} {}", names.join(", "))
}

/// The limit of a text: its own, else that of the first language.
pub(super) fn most(first: &File, message: &Message) -> Option<usize> {
    message.most.or_else(|| first.message(&message.key)?.most)
}

/// How LINE counts labels
/// (<https://developers.line.biz/en/docs/messaging-api/text-character-count/>).
fn too_long(first: &File, file: &File, message: &Message) -> Option<String> {
    let most = most(first, message)?;
    let length = message.fixed.as_ref()?.graphemes(true).count();
    (length > most).then(|| {
        let (shown, key) = (&file.shown, &message.key);
        format!("{shown}: `{key}` has {length} characters, and may have {most}")
    })
}

/// Lists of words are the same each time, and no word is in two of them.
fn words(files: &[File], problems: &mut Vec<String>) {
    let mut known: BTreeMap<String, &str> = BTreeMap::new();
    for file in files {
        for message in file.messages.iter().filter(|it| it.is_words()) {
            let (shown, key) = (&file.shown, message.key.as_str());
            if message.words().is_empty() {
                problems.push(format!(
                    "{shown}: `{key}` is a list of words, one a line: write them as they are said"
                ));
            }
            for word in message.words() {
                let other = *known.entry(word.to_lowercase()).or_insert(key);
                if other != key {
                    problems.push(format!(
                        "{shown}: {word:?} is in `{other}` and in `{key}`: whoever says it can mean one"
                    ));
                }
            }
        }
    }
}
