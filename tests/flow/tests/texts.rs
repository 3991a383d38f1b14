//! What the pages say: each message in each language, with the same arguments, with the plurals
//! that the language has, and used.

#![expect(clippy::expect_used, reason = "helpers of tests fail as tests do")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use fluent_syntax::ast::{
    Entry, Expression, InlineExpression, Pattern, PatternElement, VariantKey,
};
use fluent_syntax::parser;
use shared::domain::Language;

/// Where texts are, and what uses them. The frame's are every page's.
const PLACES: [(&str, &[&str]); 3] = [
    (
        "shared/src/pages/texts",
        &[
            "shared/src/pages",
            "shared/templates",
            "functions/attach",
            "functions/console",
        ],
    ),
    ("functions/attach/texts", &["functions/attach"]),
    ("functions/console/texts", &["functions/console"]),
];

/// Messages whose names are put together, by how they begin, with where that is done.
const PUT_TOGETHER: [(&str, &str); 6] = [
    ("scope-", "a permission's name"),
    ("kind-", "an event's type"),
    ("verdict-", "a verdict"),
    ("came-", "a verdict"),
    ("problem-", "a kind of problem"),
    ("month-name", "the message of a month"),
];

/// What a message is made of.
#[derive(Debug, Default, PartialEq, Eq)]
struct Made {
    arguments: BTreeSet<String>,
    /// The categories of each selector that goes by a number's plural.
    plurals: Vec<BTreeSet<String>>,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(place: &str, language: Language) -> BTreeMap<String, Made> {
    let path = root().join(place).join(format!("{}.ftl", language.tag()));
    let text =
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let resource = parser::parse(text.as_str());
    let resource = resource.unwrap_or_else(|(_, errors)| panic!("{}: {errors:?}", path.display()));
    let mut messages = BTreeMap::new();
    for entry in resource.body {
        if let Entry::Message(message) = entry {
            let mut made = Made::default();
            let value = message
                .value
                .unwrap_or_else(|| panic!("{} has no text", message.id.name));
            take(&value, &mut made);
            let before = messages.insert(message.id.name.to_owned(), made);
            assert!(
                before.is_none(),
                "{} twice in {}",
                message.id.name,
                path.display()
            );
        }
    }
    messages
}

fn take(pattern: &Pattern<&str>, made: &mut Made) {
    for element in &pattern.elements {
        let PatternElement::Placeable { expression } = element else {
            continue;
        };
        match expression {
            Expression::Inline(inline) => argument(inline, made),
            Expression::Select { selector, variants } => {
                argument(selector, made);
                let names = variants.iter().filter_map(|variant| match &variant.key {
                    VariantKey::Identifier { name } => Some((*name).to_owned()),
                    VariantKey::NumberLiteral { .. } => None,
                });
                made.plurals.push(names.collect());
                for variant in variants {
                    take(&variant.value, made);
                }
            }
        }
    }
}

fn argument(inline: &InlineExpression<&str>, made: &mut Made) {
    if let InlineExpression::VariableReference { id } = inline {
        made.arguments.insert(id.name.to_owned());
    }
}

#[test]
fn every_message_is_there_in_every_language_with_the_same_arguments() {
    for (place, _) in PLACES {
        let english = read(place, Language::En);
        for language in Language::ALL {
            let others = read(place, language);
            let names = |it: &BTreeMap<String, Made>| it.keys().cloned().collect::<BTreeSet<_>>();
            assert_eq!(names(&others), names(&english), "{place} in {language:?}");
            for (name, made) in &others {
                // How a date is written differs.
                if ["moment", "month", "month-name"].contains(&name.as_str()) {
                    continue;
                }
                let arguments = &english[name].arguments;
                assert_eq!(&made.arguments, arguments, "{name} in {language:?}");
            }
        }
    }
}

#[test]
fn a_plural_has_the_categories_of_its_language() {
    for (place, _) in PLACES {
        for language in Language::ALL {
            let has = match language {
                Language::En => BTreeSet::from(["one".to_owned(), "other".to_owned()]),
                Language::Ja | Language::ZhHant | Language::Th => {
                    BTreeSet::from(["other".to_owned()])
                }
            };
            for (name, made) in read(place, language) {
                for plural in made.plurals.iter().filter(|_| name != "month-name") {
                    assert_eq!(plural, &has, "{name} in {language:?}");
                }
            }
        }
    }
}

/// All texts of the files below a folder that are code or templates.
fn sources(folder: &str) -> String {
    let mut all = String::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path
                .extension()
                .is_some_and(|it| it == "rs" || it == "html")
            {
                all.push_str(&fs::read_to_string(path).expect("a text"));
            }
        }
    }
    all
}

fn is_put_together(name: &str) -> bool {
    let mut known = PUT_TOGETHER.iter();
    known.any(|(start, _)| name.starts_with(start))
}

#[test]
fn every_message_is_used() {
    for (place, users) in PLACES {
        let code: String = users.iter().map(|folder| sources(folder)).collect();
        for name in read(place, Language::En).into_keys() {
            let base = name.trim_end_matches("-title");
            let is_used = [name.as_str(), base]
                .iter()
                .any(|name| code.contains(&format!("\"{name}\"")));
            assert!(
                is_used || is_put_together(&name),
                "{name} of {place} is not used"
            );
        }
    }
}

/// The names in `get("…")`, `with("…"` and `of("…"` of a text.
fn asked_for(code: &str) -> BTreeSet<String> {
    let pattern = regex_lite::Regex::new(r#"\b(?:get|with|of|text)\(\s*"([a-z][a-z0-9-]*)""#);
    let pattern = pattern.expect("a pattern");
    let names = pattern.captures_iter(code).map(|found| found[1].to_owned());
    names.collect()
}

#[test]
fn every_message_that_is_asked_for_is_there() {
    let frame: BTreeSet<String> = read(PLACES[0].0, Language::En).into_keys().collect();
    for (place, folder) in [
        ("functions/attach/texts", "functions/attach"),
        ("functions/console/texts", "functions/console"),
    ] {
        let own: BTreeSet<String> = read(place, Language::En).into_keys().collect();
        let templates = sources(&format!("{folder}/templates"));
        for name in asked_for(&templates) {
            assert!(
                own.contains(&name) || frame.contains(&name),
                "{name} of {folder}"
            );
        }
        // In code the same calls read forms and queries too: what looks like a message is one.
        let code = sources(&format!("{folder}/src"));
        for name in asked_for(&code)
            .into_iter()
            .filter(|name| name.contains('-'))
        {
            let known = own.contains(&name) || frame.contains(&name);
            assert!(known || name.starts_with("sec-fetch"), "{name} of {folder}");
        }
    }
    for name in asked_for(&sources("shared/templates")) {
        assert!(frame.contains(&name), "{name}");
    }
}
