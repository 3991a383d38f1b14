//! Which texts a route takes.

pub use regex_lite::Regex;

/// Which texts a route takes, and what it catches of them.
pub trait Pattern: Send + Sync + 'static {
    /// The whole and each group, or nothing.
    fn catch(&self, text: &str) -> Option<Vec<String>>;
}

/// These very words, in capitals or not, with any space around.
impl Pattern for &'static str {
    fn catch(&self, text: &str) -> Option<Vec<String>> {
        let text = text.trim();
        let same = text == *self || text.to_lowercase() == self.to_lowercase();
        same.then(|| vec![text.to_owned()])
    }
}

impl<P: Pattern + ?Sized> Pattern for Box<P> {
    fn catch(&self, text: &str) -> Option<Vec<String>> {
        (**self).catch(text)
    }
}

/// Any of these.
impl<P: Pattern, const N: usize> Pattern for [P; N] {
    fn catch(&self, text: &str) -> Option<Vec<String>> {
        self.iter().find_map(|pattern| pattern.catch(text))
    }
}

/// A regular expression; write `^` and `$` for the whole text.
impl Pattern for Regex {
    fn catch(&self, text: &str) -> Option<Vec<String>> {
        let captures = self.captures(text)?;
        let group = |group: Option<regex_lite::Match<'_>>| {
            group.map_or("", |group| group.as_str()).to_owned()
        };
        Some(captures.iter().map(group).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_words_and_an_expression_catches_its_groups() {
        assert!("Reserve".catch(" reserve ").is_some());
        assert!("予約".catch("予約する").is_none());
        assert!(["予約", "預約"].catch("預約").is_some());
        let people = Regex::new("^([0-9]+)(名|人)(さま)?$").unwrap();
        assert_eq!(
            people.catch("4名"),
            Some(vec!["4名".into(), "4".into(), "名".into(), String::new()])
        );
        assert_eq!(people.catch("四名"), None);
    }
}
