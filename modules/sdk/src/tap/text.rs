//! The text of a tap: words and fields with a `/` between them.

use std::borrow::Cow;

/// Maximum length of a postback's data, in UTF-16 units
/// (<https://developers.line.biz/en/reference/messaging-api/#postback-action>).
const LONGEST_DATA: usize = 300;

/// The data of a tap, as it is written.
#[derive(Debug)]
pub struct TapWriter(String);

/// The data of a tap, as it is read.
#[derive(Debug)]
pub struct TapReader<'a> {
    /// What is still to be read; none at the end, while an empty text is one more empty field.
    rest: Option<&'a str>,
}

impl TapWriter {
    pub(crate) fn new(prefix: &str, version: u32) -> Self {
        Self(format!("{prefix}/{version}"))
    }

    /// A word without `/` and `~`: the one of a variant.
    pub fn word(&mut self, word: &str) {
        self.0.push('/');
        self.0.push_str(word);
    }

    /// A field's text.
    pub fn text(&mut self, text: &str) {
        self.word(&escape(text));
    }

    pub(crate) fn into_data(self) -> String {
        self.0
    }
}

impl<'a> TapReader<'a> {
    /// Version and fields, if the data has this prefix. The version is none if it is no number.
    pub(crate) fn open(prefix: &str, data: &'a str) -> Option<(Option<u32>, Self)> {
        let rest = data.strip_prefix(prefix)?.strip_prefix('/')?;
        let mut reader = Self { rest: Some(rest) };
        let version = reader.word()?.parse().ok();
        Some((version, reader))
    }

    /// The next word as it stands in the data.
    pub fn word(&mut self) -> Option<&'a str> {
        let rest = self.rest.take()?;
        match rest.split_once('/') {
            Some((word, rest)) => {
                self.rest = Some(rest);
                Some(word)
            }
            None => Some(rest),
        }
    }

    /// The next field's text; none if there is none, or an escape in it is none of ours.
    pub fn text(&mut self) -> Option<Cow<'a, str>> {
        unescape(self.word()?)
    }

    pub(crate) fn is_at_end(&self) -> bool {
        self.rest.is_none()
    }
}

/// Without `/`, which separates fields: the escapes of a JSON Pointer.
fn escape(text: &str) -> Cow<'_, str> {
    if !text.contains(['/', '~']) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace('~', "~0").replace('/', "~1"))
}

/// None if there is an escape that is none of ours.
fn unescape(text: &str) -> Option<Cow<'_, str>> {
    let mut parts = text.split('~');
    let first = parts.next()?;
    if first.len() == text.len() {
        return Some(Cow::Borrowed(text));
    }
    let mut plain = first.to_owned();
    for part in parts {
        let (escaped, rest) = part.split_at_checked(1)?;
        let character = match escaped {
            "0" => '~',
            "1" => '/',
            _ => return None,
        };
        plain.push(character);
        plain.push_str(rest);
    }
    Some(Cow::Owned(plain))
}

/// Whether data with `begin` units before its fields is short enough, whatever is in the fields. Of a
/// field of any length that is not known here, and so it is taken to be empty.
#[doc(hidden)]
pub const fn tap_fits(begin: usize, longest: &[Option<usize>]) -> bool {
    let mut length = begin;
    let mut place = 0;
    while place < longest.len() {
        length += 1;
        if let Some(field) = longest[place] {
            length += field;
        }
        place += 1;
    }
    length <= LONGEST_DATA
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_escaped_as_in_a_json_pointer() {
        for (plain, escaped) in [
            ("", ""),
            ("a b", "a b"),
            ("a/b", "a~1b"),
            ("~1", "~01"),
            ("//", "~1~1"),
        ] {
            assert_eq!(escape(plain), escaped);
            assert_eq!(unescape(escaped).as_deref(), Some(plain));
        }
        for none in ["~", "a~", "~2", "~あ", "~~0"] {
            assert_eq!(unescape(none), None, "{none}");
        }
    }

    #[test]
    fn an_empty_field_is_a_field() {
        let (version, mut reader) = TapReader::open("note", "note/1/").unwrap();
        assert_eq!(version, Some(1));
        assert!(!reader.is_at_end());
        assert_eq!(reader.text().as_deref(), Some(""));
        assert!(reader.is_at_end());
        assert_eq!(reader.text(), None);
    }

    #[test]
    fn the_length_is_that_of_all_fields_and_what_separates_them() {
        assert!(tap_fits(6, &[]));
        assert!(tap_fits(6, &[Some(293)]));
        assert!(!tap_fits(6, &[Some(294)]));
        assert!(!tap_fits(6, &[Some(200), Some(93)]));
        assert!(tap_fits(6, &[Some(200), None]));
        assert!(!tap_fits(6, &[Some(300), None]));
    }
}
