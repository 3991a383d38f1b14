//! The limits that LINE publishes for what a message holds
//! (<https://developers.line.biz/en/reference/messaging-api/#message-objects>), and
//! how it counts
//! (<https://developers.line.biz/en/docs/messaging-api/text-character-count/>).

use unicode_segmentation::UnicodeSegmentation as _;

/// A member that LINE would refuse.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{member}: {problem}")]
pub struct OverLimit {
    /// Which: `template.actions[2].label`.
    pub member: String,
    /// What LINE takes, and what it is.
    pub problem: String,
}

impl OverLimit {
    pub(crate) fn new(member: &str, problem: impl Into<String>) -> Self {
        Self {
            member: member.into(),
            problem: problem.into(),
        }
    }

    /// The same, seen from what `parent` is in.
    #[must_use]
    pub(crate) fn inside(mut self, parent: &str) -> Self {
        self.member = format!("{parent}.{}", self.member);
        self
    }
}

/// Most texts are counted so.
pub(crate) fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

/// Grapheme clusters: the unit of texts of actions, templates and rich menus.
pub(crate) fn graphemes(text: &str) -> usize {
    text.graphemes(true).count()
}

pub(crate) fn at_most(member: &str, found: usize, most: usize) -> Result<(), OverLimit> {
    match found <= most {
        true => Ok(()),
        false => Err(OverLimit::new(
            member,
            format!("LINE takes up to {most}, not {found}"),
        )),
    }
}

pub(crate) fn within(
    member: &str,
    found: usize,
    least: usize,
    most: usize,
) -> Result<(), OverLimit> {
    match found >= least {
        true => at_most(member, found, most),
        false => Err(OverLimit::new(
            member,
            format!("LINE takes {least} to {most}, not {found}"),
        )),
    }
}

/// A text of any length but none.
pub(crate) fn not_empty(member: &str, text: &str) -> Result<(), OverLimit> {
    match text.is_empty() {
        false => Ok(()),
        true => Err(OverLimit::new(member, "LINE takes no empty text")),
    }
}

/// An https URL of up to 2,000 units.
pub(crate) fn https(member: &str, url: &str) -> Result<(), OverLimit> {
    at_most(member, units(url), 2_000)?;
    match is_uri(url, &["https"]) {
        true => Ok(()),
        false => Err(OverLimit::new(
            member,
            format!("LINE takes only https URLs, not {url:?}"),
        )),
    }
}

/// A URI of up to 1,000 units that a tap can open.
pub(crate) fn uri(member: &str, uri: &str) -> Result<(), OverLimit> {
    within(member, units(uri), 1, 1_000)?;
    match is_uri(uri, &["http", "https", "line", "tel"]) {
        true => Ok(()),
        false => Err(OverLimit::new(
            member,
            format!("LINE takes URIs with http, https, line and tel, not {uri:?}"),
        )),
    }
}

/// Whether it is a URI with one of these schemes, encoded as RFC 3986 has it; letters
/// outside ASCII may stand as they are
/// (<https://developers.line.biz/en/reference/messaging-api/#url-encoding>).
fn is_uri(text: &str, schemes: &[&str]) -> bool {
    let (scheme, rest) = text.split_once(':').unwrap_or_default();
    let target = match scheme {
        "tel" => Some(rest),
        _ => rest.strip_prefix("//"),
    };
    schemes.contains(&scheme)
        && target.is_some_and(|target| !target.is_empty() && !target.starts_with(['/', '?', '#']))
        && !text.contains(|character: char| {
            character.is_whitespace() || character.is_control() || "\"<>\\^`{|}".contains(character)
        })
        && rest.split('%').skip(1).all(is_escape)
}

/// Whether what follows a `%` is an octet in hexadecimal digits.
fn is_escape(rest: &str) -> bool {
    let digits = rest.as_bytes().get(..2);
    digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
}

/// Letters and digits of ASCII, and `more`.
pub(crate) fn made_of(member: &str, text: &str, more: &str) -> Result<(), OverLimit> {
    let is_one = |character: char| character.is_ascii_alphanumeric() || more.contains(character);
    match text.chars().all(is_one) {
        true => Ok(()),
        false => Err(OverLimit::new(
            member,
            format!("LINE takes letters, digits and {more}, not {text:?}"),
        )),
    }
}

/// Each of `items`, its place in the error.
pub(crate) fn each<T>(
    member: &str,
    items: &[T],
    check: impl Fn(&T) -> Result<(), OverLimit>,
) -> Result<(), OverLimit> {
    for (place, item) in items.iter().enumerate() {
        check(item).map_err(|error| error.inside(&format!("{member}[{place}]")))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_counted_as_line_counts_them() {
        assert_eq!((units("👋🏻"), graphemes("👋🏻")), (4, 1));
        assert_eq!((units("𠀋"), graphemes("𠀋")), (2, 1));
        assert_eq!((units("が"), graphemes("か\u{3099}")), (1, 1));
    }

    #[test]
    fn an_error_names_the_member_and_the_limit() {
        let checked = each("actions", &["a", "long"], |label| {
            at_most("label", label.len(), 3)
        });
        let error = checked.unwrap_err().inside("template").to_string();
        assert_eq!(
            error,
            "template.actions[1].label: LINE takes up to 3, not 4"
        );
        assert!(https("url", "http://a").is_err());
    }

    #[test]
    fn a_tap_opens_four_kinds_of_uris() {
        for good in [
            "http://a.jp",
            "https://a.jp/b?c=%E3%81%82#d",
            "https://例え.jp/あ",
            "line://nv/chat",
            "tel:09001234567",
            "tel:+81-90-1234-5678",
        ] {
            assert_eq!(uri("uri", good), Ok(()));
        }
        for bad in [
            "",
            "not a uri",
            "a.jp",
            "//a.jp",
            "ftp://a.jp",
            "javascript:alert(1)",
            "https:a.jp",
            "https://",
            "https:///path",
            "tel:",
            "https://a.jp/b c",
            "https://a.jp/\n",
            "https://a.jp/{b}",
            "https://a.jp/100%",
            "https://a.jp/%zz",
        ] {
            assert!(uri("uri", bad).is_err(), "{bad}");
        }
        let long = |length: usize| format!("https://a.jp/{}", "b".repeat(length - 13));
        assert_eq!(uri("uri", &long(1_000)), Ok(()));
        assert!(uri("uri", &long(1_001)).is_err());
        assert_eq!(https("url", &long(2_000)), Ok(()));
        assert!(https("url", &long(2_001)).is_err());
    }
}
