//! Which language a page is in.

/// A page's language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    Ja,
    ZhHant,
    En,
}

impl Language {
    /// Those that every page is in.
    pub(crate) const ALL: [Self; 3] = [Self::Ja, Self::ZhHant, Self::En];

    /// The first language of `Accept-Language`, by its weights, that we have;
    /// Japanese if it names none: most of our users' customers read it.
    pub(crate) fn asked_for(header: &str) -> Self {
        let mut wishes: Vec<(f32, &str)> = header.split(',').filter_map(wish).collect();
        wishes.sort_by(|a, b| b.0.total_cmp(&a.0)); // stable: equal weights keep their order
        wishes
            .iter()
            .find_map(|(_, tag)| Self::of(tag))
            .unwrap_or(Self::Ja)
    }

    fn of(tag: &str) -> Option<Self> {
        let primary = |tag: &str| tag.split('-').next().unwrap_or(tag).to_ascii_lowercase();
        let wanted = primary(tag);
        Self::ALL.into_iter().find(|it| primary(it.tag()) == wanted)
    }

    /// The page's `lang`.
    pub(crate) fn tag(self) -> &'static str {
        match self {
            Self::Ja => "ja",
            Self::ZhHant => "zh-Hant",
            Self::En => "en",
        }
    }
}

fn wish(part: &str) -> Option<(f32, &str)> {
    let (tag, weight) = part.trim().split_once(";q=").unwrap_or((part.trim(), "1"));
    (!tag.is_empty()).then(|| (weight.parse().unwrap_or(0.0), tag))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_browsers_first_choice_that_we_have() {
        assert_eq!(
            Language::asked_for("fr;q=1, en;q=0.5, zh-TW;q=0.9"),
            Language::ZhHant
        );
        assert_eq!(Language::asked_for("en-US,en;q=0.9,ja;q=0.8"), Language::En);
        assert_eq!(Language::asked_for(""), Language::Ja);
        assert_eq!(Language::asked_for("de"), Language::Ja);
    }
}
