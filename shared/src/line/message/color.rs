//! Colours.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

/// A colour, which LINE writes as `#1f7a57`, with its opacity as `#1f7a5780`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Color {
    red: u8,
    green: u8,
    blue: u8,
    alpha: Option<u8>,
}

/// What cannot be read as a colour.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a colour is written as #1f7a57 or, with its opacity, #1f7a5780, not {0:?}")]
pub struct NoColor(String);

impl Color {
    /// Black.
    pub const BLACK: Self = Self::rgb(0, 0, 0);
    /// White.
    pub const WHITE: Self = Self::rgb(255, 255, 255);

    /// Of red, green and blue.
    pub const fn rgb(red: u8, green: u8, blue: u8) -> Self {
        Self {
            red,
            green,
            blue,
            alpha: None,
        }
    }

    /// The same with an opacity: 0 is transparent, 255 opaque.
    #[must_use]
    pub const fn alpha(mut self, alpha: u8) -> Self {
        self.alpha = Some(alpha);
        self
    }
}

impl Color {
    pub(super) fn has_alpha(self) -> bool {
        self.alpha.is_some()
    }
}

impl FromStr for Color {
    type Err = NoColor;

    fn from_str(text: &str) -> Result<Self, NoColor> {
        let none = || NoColor(text.to_owned());
        let digits = text.strip_prefix('#').ok_or_else(none)?;
        let is_hex = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        if !is_hex || ![6, 8].contains(&digits.len()) {
            return Err(none());
        }
        let part = |from| u8::from_str_radix(&digits[from..from + 2], 16).map_err(|_| none());
        Ok(Self {
            red: part(0)?,
            green: part(2)?,
            blue: part(4)?,
            alpha: (digits.len() == 8).then(|| part(6)).transpose()?,
        })
    }
}

impl fmt::Display for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.red, self.green, self.blue)?;
        self.alpha.map_or(Ok(()), |alpha| write!(f, "{alpha:02x}"))
    }
}

impl Serialize for Color {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_is_read_and_written_as_line_writes_it() {
        for (text, color) in [
            ("#1f7a57", Color::rgb(0x1f, 0x7a, 0x57)),
            ("#1f7a5780", Color::rgb(0x1f, 0x7a, 0x57).alpha(0x80)),
            ("#000000", Color::BLACK),
            ("#ffffff", Color::WHITE),
        ] {
            assert_eq!(text.parse(), Ok(color));
            assert_eq!(color.to_string(), text);
        }
        for text in [
            "", "#", "1f7a57", "#1f7", "#1f7a5", "green", "#1f7a5g", "#é1234",
        ] {
            assert!(text.parse::<Color>().is_err(), "{text}");
        }
    }
}
