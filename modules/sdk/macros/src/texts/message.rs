//! What a message is made of.

use std::collections::BTreeMap;

use fluent_syntax::ast::{
    CallArguments, Entry, Expression, InlineExpression, Pattern, PatternElement, Resource,
};
use fluent_syntax::unicode::unescape_unicode_to_string;

/// Messages whose key begins so are words that a user says.
const WORDS: &str = "words-";

/// A text of one language.
pub(super) struct Message {
    pub(super) key: String,
    /// In the order of their first mention.
    pub(super) variables: Vec<String>,
    /// Maximum number of characters, by the comment above it.
    pub(super) most: Option<usize>,
    /// The text, if it is the same each time.
    pub(super) fixed: Option<String>,
}

impl Message {
    pub(super) fn is_words(&self) -> bool {
        self.key.starts_with(WORDS)
    }

    /// What is said, one a line.
    pub(super) fn words(&self) -> Vec<&str> {
        let lines = self.fixed.as_deref().unwrap_or_default().lines();
        lines
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .collect()
    }
}

/// The messages of a file, and what is wrong with them.
#[derive(Default)]
pub(super) struct Read {
    pub(super) messages: Vec<Message>,
    pub(super) problems: Vec<String>,
}

/// What the file's texts can refer to.
#[derive(Default)]
struct Known<'a> {
    messages: BTreeMap<&'a str, &'a Pattern<&'a str>>,
    terms: BTreeMap<&'a str, &'a Pattern<&'a str>>,
}

pub(super) fn read(resource: &Resource<&str>) -> Read {
    let mut read = Read::default();
    let known = known(resource, &mut read.problems);
    for entry in &resource.body {
        let Entry::Message(message) = entry else {
            continue;
        };
        let key = message.id.name;
        let Some(value) = known.messages.get(key) else {
            continue; // said already
        };
        let mut walk = Walk::new(&known);
        walk.inside(Name::Message(key), value);
        let problems = walk.problems.iter();
        read.problems
            .extend(problems.map(|it| format!("`{key}` {it}")));
        let fixed = walk
            .problems
            .is_empty()
            .then(|| known.fixed(value))
            .flatten();
        let comment = message.comment.as_ref().map_or(&[][..], |it| &it.content);
        let most = most(comment).unwrap_or_else(|line| {
            read.problems.push(format!(
                "the comment above `{key}` says {line:?}: write `# at most 20`, with a number"
            ));
            None
        });
        read.messages.push(Message {
            key: key.to_owned(),
            variables: walk.variables,
            most,
            fixed,
        });
    }
    read
}

fn known<'a>(resource: &'a Resource<&'a str>, problems: &mut Vec<String>) -> Known<'a> {
    let mut known = Known::default();
    for entry in &resource.body {
        match entry {
            Entry::Message(message) => {
                let key = message.id.name;
                if let Some(attribute) = message.attributes.first() {
                    let name = attribute.id.name;
                    problems.push(format!(
                        "`{key}` has the attribute `.{name}`, which nothing reads: make it a message"
                    ));
                }
                match &message.value {
                    Some(value) if known.messages.insert(key, value).is_some() => {
                        problems.push(format!("`{key}` is there twice"));
                    }
                    Some(_) => {}
                    None => problems.push(format!("`{key}` has no text")),
                }
            }
            Entry::Term(term) => {
                let key = term.id.name;
                if known.terms.insert(key, &term.value).is_some() {
                    problems.push(format!("`-{key}` is there twice"));
                }
            }
            _ => {}
        }
    }
    // At run time one would be found where the other is meant.
    let shared = known
        .terms
        .keys()
        .filter(|key| known.messages.contains_key(*key));
    problems.extend(
        shared.map(|key| format!("`-{key}` has the name of the text `{key}`: give it another")),
    );
    known
}

/// The number of a line `at most 20`; such a line, if there is no number in it.
fn most<'a>(comment: &[&'a str]) -> Result<Option<usize>, &'a str> {
    let mut lines = comment.iter().map(|line| line.trim());
    let Some(line) = lines.find(|line| line.starts_with("at most")) else {
        return Ok(None);
    };
    let number = line.strip_prefix("at most ").map(str::trim);
    let number = number.and_then(|number| number.parse().ok());
    number.filter(|number| *number > 0).map(Some).ok_or(line)
}

impl Known<'_> {
    /// What the text is, if nothing in it depends on what it is given.
    fn fixed(&self, pattern: &Pattern<&str>) -> Option<String> {
        let mut text = String::new();
        for element in &pattern.elements {
            match element {
                PatternElement::TextElement { value } => text.push_str(value),
                PatternElement::Placeable { expression } => {
                    text.push_str(&self.fixed_expression(expression)?);
                }
            }
        }
        Some(text)
    }

    fn fixed_expression(&self, expression: &Expression<&str>) -> Option<String> {
        let Expression::Inline(inline) = expression else {
            return None;
        };
        match inline {
            InlineExpression::StringLiteral { value } => {
                Some(unescape_unicode_to_string(value).into_owned())
            }
            InlineExpression::NumberLiteral { value } => Some((*value).to_owned()),
            InlineExpression::MessageReference { id, .. } => {
                self.fixed(self.messages.get(id.name)?)
            }
            InlineExpression::TermReference {
                id,
                attribute: None,
                arguments: None,
            } => self.fixed(self.terms.get(id.name)?),
            InlineExpression::Placeable { expression } => self.fixed_expression(expression),
            _ => None,
        }
    }
}

/// What a text refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Name<'a> {
    Message(&'a str),
    Term(&'a str),
}

/// A way through a text, and all that it refers to.
struct Walk<'a> {
    known: &'a Known<'a>,
    variables: Vec<String>,
    problems: Vec<String>,
    through: Vec<Name<'a>>,
}

impl<'a> Walk<'a> {
    fn new(known: &'a Known<'a>) -> Self {
        Self {
            known,
            variables: Vec::new(),
            problems: Vec::new(),
            through: Vec::new(),
        }
    }

    fn inside(&mut self, name: Name<'a>, pattern: &'a Pattern<&'a str>) {
        if self.through.contains(&name) {
            self.problem("refers to itself".to_owned());
            return;
        }
        self.through.push(name);
        for element in &pattern.elements {
            if let PatternElement::Placeable { expression } = element {
                self.expression(expression);
            }
        }
        self.through.pop();
    }

    fn expression(&mut self, expression: &'a Expression<&'a str>) {
        match expression {
            Expression::Inline(inline) => self.inline(inline),
            Expression::Select { selector, variants } => {
                self.inline(selector);
                for variant in variants {
                    for element in &variant.value.elements {
                        if let PatternElement::Placeable { expression } = element {
                            self.expression(expression);
                        }
                    }
                }
            }
        }
    }

    fn inline(&mut self, inline: &'a InlineExpression<&'a str>) {
        match inline {
            InlineExpression::StringLiteral { .. } | InlineExpression::NumberLiteral { .. } => {}
            InlineExpression::VariableReference { id } => self.variable(id.name),
            InlineExpression::Placeable { expression } => self.expression(expression),
            InlineExpression::FunctionReference { id, arguments } => {
                if id.name != "NUMBER" {
                    self.problem(format!("calls {}: there is only NUMBER", id.name));
                }
                self.arguments(arguments);
            }
            InlineExpression::MessageReference { id, attribute } => {
                if attribute.is_some() {
                    self.problem(format!(
                        "refers to an attribute of `{}`: there are none",
                        id.name
                    ));
                }
                match self.known.messages.get(id.name) {
                    Some(pattern) => self.inside(Name::Message(id.name), pattern),
                    None => self.problem(format!(
                        "refers to `{}`, which is not in this file",
                        id.name
                    )),
                }
            }
            InlineExpression::TermReference { id, arguments, .. } => {
                if let Some(arguments) = arguments {
                    self.arguments(arguments);
                }
                match self.known.terms.get(id.name) {
                    Some(pattern) => self.inside(Name::Term(id.name), pattern),
                    None => self.problem(format!(
                        "refers to `-{}`, which is not in this file",
                        id.name
                    )),
                }
            }
        }
    }

    fn arguments(&mut self, arguments: &'a CallArguments<&'a str>) {
        for argument in &arguments.positional {
            self.inline(argument);
        }
        for argument in &arguments.named {
            self.inline(&argument.value);
        }
    }

    /// A term has its variables from whoever refers to it, and not from outside.
    fn variable(&mut self, name: &str) {
        let in_term = self.through.iter().any(|it| matches!(it, Name::Term(_)));
        if !in_term && !self.variables.iter().any(|known| known == name) {
            self.variables.push(name.to_owned());
        }
    }

    fn problem(&mut self, problem: String) {
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }
}
