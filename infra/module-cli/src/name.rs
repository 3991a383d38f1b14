//! A crate's name.

use std::fmt;

use crate::refusal::Refusal;

/// Words that Rust or its library has taken.
const TAKEN: &[&str] = &[
    "abstract",
    "alloc",
    "as",
    "async",
    "await",
    "become",
    "box",
    "break",
    "const",
    "continue",
    "core",
    "crate",
    "do",
    "dyn",
    "else",
    "enum",
    "extern",
    "false",
    "final",
    "fn",
    "for",
    "gen",
    "if",
    "impl",
    "in",
    "let",
    "loop",
    "macro",
    "match",
    "mod",
    "move",
    "mut",
    "override",
    "priv",
    "proc-macro",
    "proc_macro",
    "pub",
    "ref",
    "return",
    "self",
    "static",
    "std",
    "struct",
    "super",
    "test",
    "trait",
    "true",
    "try",
    "type",
    "typeof",
    "unsafe",
    "unsized",
    "use",
    "virtual",
    "where",
    "while",
    "yield",
];

/// A name that a crate can have: lower-case letters, digits, `-` and `_`, a letter first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Name(String);

impl Name {
    /// Reads one.
    ///
    /// # Errors
    /// It is none.
    pub(crate) fn read(text: &str) -> Result<Self, Refusal> {
        let is_sign = |sign: char| {
            sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == '-' || sign == '_'
        };
        let fits = text.starts_with(|sign: char| sign.is_ascii_lowercase())
            && text.chars().all(is_sign)
            && !TAKEN.contains(&text);
        match fits {
            true => Ok(Self(text.to_owned())),
            false => Err(Refusal::NoName(text.to_owned())),
        }
    }

    /// As packages are called.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// As Rust code calls the crate.
    pub(crate) fn in_code(&self) -> String {
        self.0.replace('-', "_")
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
