//! Declarations of CSS, gathered from what a component says. A message is a text of someone else's: what gets in
//! is one of LINE's words, a number, or a colour.

use std::fmt::{self, Display, Write as _};

use serde_json::Value;

use super::words::Words;

/// What stands in a `style` attribute.
#[derive(Default)]
pub(super) struct Css(String);

impl Display for Css {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl Css {
    /// Our own declaration.
    pub(super) fn set(&mut self, property: &str, value: impl Display) {
        // Writing to a string does not fail.
        let _ = write!(self.0, "{property}:{value};");
    }

    /// A length: one of the words, `12px` or `50%`.
    pub(super) fn length(&mut self, property: &str, value: &Value, words: Words) {
        if let Some(length) = length(value, words) {
            self.set(property, length);
        }
    }

    /// A word that CSS has too.
    pub(super) fn one_of(&mut self, property: &str, value: &Value, words: &[&str]) {
        if let Some(word) = value.as_str().filter(|word| words.contains(word)) {
            self.set(property, word);
        }
    }

    /// `#RRGGBB` or `#RRGGBBAA`.
    pub(super) fn colour(&mut self, property: &str, value: &Value) {
        if let Some(colour) = colour(value) {
            self.set(property, colour);
        }
    }
}

/// A length as CSS has it.
pub(super) fn length(value: &Value, words: Words) -> Option<String> {
    let text = value.as_str()?;
    let measure = |unit: &str| {
        let number: f32 = text.strip_suffix(unit)?.parse().ok()?;
        number.is_finite().then(|| format!("{number}{unit}"))
    };
    let word = words(text).map(str::to_owned);
    word.or_else(|| measure("px")).or_else(|| measure("%"))
}

/// A colour, if it is one.
pub(super) fn colour(value: &Value) -> Option<&str> {
    let text = value.as_str()?;
    let digits = text.strip_prefix('#')?;
    let right =
        matches!(digits.len(), 6 | 8) && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    right.then_some(text)
}
