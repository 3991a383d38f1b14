//! The languages of LINE's markets, and which of them a reader wants.

use std::cmp::Reverse;

use serde::{Deserialize, Serialize};

/// A language that every page is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Language {
    /// Japanese.
    Ja,
    /// English.
    En,
    /// Traditional Chinese.
    ZhHant,
    /// Thai.
    Th,
}

/// The same words in each language. A language that is empty reads the English words, or where
/// there are none the first that there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Words {
    /// Japanese.
    pub ja: &'static str,
    /// Traditional Chinese.
    pub zh: &'static str,
    /// English.
    pub en: &'static str,
    /// Thai.
    pub th: &'static str,
}

impl Words {
    /// The words in this language, or in one that there are any in.
    pub fn of(&self, language: Language) -> &'static str {
        let own = match language {
            Language::Ja => self.ja,
            Language::En => self.en,
            Language::ZhHant => self.zh,
            Language::Th => self.th,
        };
        let all = [own, self.en, self.ja, self.zh, self.th];
        let mut written = all.into_iter().filter(|words| !words.is_empty());
        written.next().unwrap_or_default()
    }

    /// In Japanese; other languages by those that follow: `Words::ja("店名").en("Shop")`. What is
    /// not given is read in English, or in the first language that is.
    pub const fn ja(ja: &'static str) -> Self {
        Self {
            ja,
            ..Self::same("")
        }
    }

    /// And in English.
    #[must_use]
    pub const fn en(self, en: &'static str) -> Self {
        Self { en, ..self }
    }

    /// And in traditional Chinese.
    #[must_use]
    pub const fn zh(self, zh: &'static str) -> Self {
        Self { zh, ..self }
    }

    /// And in Thai.
    #[must_use]
    pub const fn th(self, th: &'static str) -> Self {
        Self { th, ..self }
    }

    /// The words where they are the same in each language, as a name may be.
    pub const fn same(words: &'static str) -> Self {
        Self {
            ja: words,
            zh: words,
            en: words,
            th: words,
        }
    }
}

impl Language {
    /// Those that every page is in. The first is for whoever names none of them: most of
    /// our users' customers read Japanese.
    pub const ALL: [Self; 4] = [Self::Ja, Self::En, Self::ZhHant, Self::Th];

    /// The language of an `Accept-Language` header (RFC 9110, section 12.5.4): the first, by
    /// weight and then by order, that we have and that is not excluded. A part that is not
    /// as the grammar has it is passed over.
    pub fn asked_for(header: &str) -> Self {
        let ranges: Vec<Range<'_>> = header.split(',').filter_map(Range::read).collect();
        let acceptable = || Self::ALL.into_iter().filter(|it| !it.is_excluded(&ranges));
        let mut wanted: Vec<_> = ranges.iter().filter(|it| it.weight > 0).collect();
        wanted.sort_by_key(|it| Reverse(it.weight)); // stable: equal weights keep their order
        wanted
            .iter()
            .find_map(|range| acceptable().find(|it| range.leads_to(*it, &ranges)))
            .or_else(|| acceptable().next())
            .unwrap_or(Self::Ja)
    }

    /// Whether the most exact range that covers it has the weight 0.
    fn is_excluded(self, ranges: &[Range<'_>]) -> bool {
        let covering = ranges.iter().filter(|range| range.covers(self, ranges));
        covering
            .max_by_key(|range| (range.exactness(), range.weight))
            .is_some_and(|range| range.weight == 0)
    }

    /// The page's `lang`.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Ja => "ja",
            Self::En => "en",
            Self::ZhHant => "zh-Hant",
            Self::Th => "th",
        }
    }

    /// The language of a page's `lang`.
    pub fn of_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.tag() == tag)
    }

    /// Its name in itself.
    pub fn own_name(self) -> &'static str {
        match self {
            Self::Ja => "日本語",
            Self::En => "English",
            Self::ZhHant => "繁體中文",
            Self::Th => "ไทย",
        }
    }
}

/// A language range with its weight, as `zh-Hant-TW;q=0.8`.
struct Range<'a> {
    tag: &'a str,
    /// In thousandths; 0 excludes.
    weight: u16,
}

impl<'a> Range<'a> {
    fn read(part: &'a str) -> Option<Self> {
        let mut members = part.split(';').map(|it| it.trim_matches([' ', '\t']));
        let tag = members.next().filter(|tag| is_range(tag))?;
        let weight = match (members.next(), members.next()) {
            (None, _) => 1000,
            (Some(weight), None) => thousandths(weight)?,
            (Some(_), Some(_)) => return None,
        };
        Some(Self { tag, weight })
    }

    /// Whether whoever asks for the range is served with the language. A range that is more
    /// exact than ours is cut from its end, as in RFC 4647, section 3.4: `en-GB` leads to
    /// `en`, and every kind of Chinese to the one that we have. `*` is any language that no
    /// other range names.
    fn leads_to(&self, language: Language, ranges: &[Range<'_>]) -> bool {
        match self.tag {
            "*" => !ranges.iter().any(|range| range.names(language)),
            _ => self.names(language),
        }
    }

    fn names(&self, language: Language) -> bool {
        primary(self.tag).eq_ignore_ascii_case(primary(language.tag()))
    }

    /// Whether the language is one of those that the range stands for: `zh` covers `zh-Hant`
    /// and `zh-Hans` does not. What is said of British English is not said of all English.
    fn covers(&self, language: Language, ranges: &[Range<'_>]) -> bool {
        if self.tag == "*" {
            return self.leads_to(language, ranges);
        }
        let mut ours = language.tag().split('-');
        let mut its = self.tag.split('-');
        its.all(|subtag| {
            ours.next()
                .is_some_and(|it| it.eq_ignore_ascii_case(subtag))
        })
    }

    fn exactness(&self) -> usize {
        self.tag.len()
    }
}

fn primary(tag: &str) -> &str {
    tag.split('-').next().unwrap_or(tag)
}

/// `language-range` of RFC 4647, section 2.1.
fn is_range(tag: &str) -> bool {
    let mut subtags = tag.split('-');
    let fits = |it: &str| (1..=8).contains(&it.len());
    let first = subtags.next().unwrap_or_default();
    let is_first = fits(first) && first.bytes().all(|b| b.is_ascii_alphabetic());
    let are_others = subtags.all(|it| fits(it) && it.bytes().all(|b| b.is_ascii_alphanumeric()));
    tag == "*" || is_first && are_others
}

/// The weight `q=` of RFC 9110, section 12.4.2: 0 to 1, with at most three decimals.
fn thousandths(weight: &str) -> Option<u16> {
    let (name, value) = weight.split_once('=')?;
    let (whole, decimals) = value.split_once('.').unwrap_or((value, ""));
    let are_decimals = decimals.len() <= 3 && decimals.bytes().all(|b| b.is_ascii_digit());
    if !name.eq_ignore_ascii_case("q") || !are_decimals {
        return None;
    }
    match whole {
        "0" => format!("{decimals:0<3}").parse().ok(),
        "1" if decimals.bytes().all(|b| b == b'0') => Some(1000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_a_language_lacks_are_read_in_another() {
        let words = Words::ja("店名").zh("店名（中）");
        assert_eq!(words.of(Language::ZhHant), "店名（中）");
        assert_eq!(words.of(Language::Th), "店名");
        assert_eq!(words.en("Shop").of(Language::Th), "Shop");
    }

    #[test]
    fn the_browsers_first_choice_that_we_have() {
        for (header, language) in [
            ("fr;q=1, en;q=0.5, zh-TW;q=0.9", Language::ZhHant),
            ("en-US,en;q=0.9,ja;q=0.8", Language::En),
            ("de-DE, en-GB;q=0.3, ja;q=0.2", Language::En),
            ("ja,en", Language::Ja),
            ("en,ja", Language::En),
            ("zh-Hant-TW", Language::ZhHant),
            ("ZH-hant-hk, EN;q=0.5", Language::ZhHant),
            ("zh-Hans-CN, en;q=0.5", Language::ZhHant),
            ("JA-jp", Language::Ja),
            ("th-TH,th;q=0.9,en;q=0.8", Language::Th),
        ] {
            assert_eq!(Language::asked_for(header), language, "{header}");
        }
    }

    #[test]
    fn whoever_names_no_language_of_ours_reads_japanese() {
        for header in ["", " , ,", "de", "*", "en;q=0.5, *", "jam", "fr, *;q=0.1"] {
            assert_eq!(Language::asked_for(header), Language::Ja, "{header}");
        }
    }

    #[test]
    fn a_weight_may_stand_between_spaces_and_tabs_and_in_either_case() {
        for header in [
            "ja; q=0.5, en; q=0.9",
            "ja ;q=0.5 ,en\t;\tq=0.9",
            "ja;Q=0.5,en;Q=0.9",
            "ja;q=0.899,en;q=0.9",
            "ja;q=0.,en;q=0.001",
            "ja;q=0.999,en;q=1.000",
            ",ja;q=0.1,,en;q=0.2,",
        ] {
            assert_eq!(Language::asked_for(header), Language::En, "{header}");
        }
    }

    #[test]
    fn a_language_of_weight_0_is_not_shown() {
        for (header, language) in [
            ("ja;q=0", Language::En),
            ("ja;q=0.000, en;q=0", Language::ZhHant),
            ("ja;q=0, *", Language::En),
            ("en, *;q=0", Language::En),
            ("en-GB, *;q=0", Language::En),
            ("*;q=0, zh-TW;q=0.1", Language::ZhHant),
            // Not British English; of other English nothing is said.
            ("en-GB;q=0, en", Language::En),
            ("zh, zh-Hant;q=0, en;q=0.1", Language::En),
            ("zh;q=0, zh-Hant;q=0.2", Language::ZhHant),
            // Nothing that we have: it is shown in the language that most read.
            ("*;q=0", Language::Ja),
        ] {
            assert_eq!(Language::asked_for(header), language, "{header}");
        }
    }

    #[test]
    fn what_is_not_of_the_grammar_is_passed_over() {
        for header in [
            "ja;q=2, en",
            "ja;q=1.001, en;q=0.1",
            "ja;q=0.1234, en;q=0.01",
            "ja;q=-1, en;q=0.1",
            "ja;q, en;q=0.1",
            "ja;level=1, en;q=0.1",
            "ja;q=1;q=1, en;q=0.1",
            "日本語, en;q=0.1",
            "ja_JP, en;q=0.1",
            "ja--JP, en;q=0.1",
            "japanesetext, en;q=0.1",
        ] {
            assert_eq!(Language::asked_for(header), Language::En, "{header}");
        }
    }
}
