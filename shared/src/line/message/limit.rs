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

/// An https URL of up to 2,000 units.
pub(crate) fn https(member: &str, url: &str) -> Result<(), OverLimit> {
    match url.starts_with("https://") {
        true => at_most(member, units(url), 2_000),
        false => Err(OverLimit::new(member, "LINE takes only https URLs")),
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
}
