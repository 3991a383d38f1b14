//! What pages say, in Fluent: a file for each language (<https://projectfluent.org>).

use std::sync::OnceLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};

use crate::domain::Language;

/// What a page says in one language.
pub struct Texts {
    language: Language,
    bundle: FluentBundle<FluentResource>,
}

/// What a function's pages say in all languages. Each is read when it is asked for first.
pub struct AllTexts {
    own: fn(Language) -> &'static str,
    read: [OnceLock<Texts>; Language::ALL.len()],
}

impl AllTexts {
    /// The words of the frame, and a function's own.
    pub const fn new(own: fn(Language) -> &'static str) -> Self {
        Self {
            own,
            read: [const { OnceLock::new() }; Language::ALL.len()],
        }
    }

    /// Those in this language.
    pub fn of(&self, language: Language) -> &Texts {
        let read = || Texts::read(language, &[frame(language), (self.own)(language)]);
        let places = Language::ALL.into_iter().zip(&self.read);
        let mut places = places.filter(|(other, _)| *other == language);
        match places.next() {
            Some((_, place)) => place.get_or_init(read),
            None => self.read[0].get_or_init(read), // every language is one of all
        }
    }
}

impl Texts {
    /// From the texts of files. What is wrong in one is logged, and a test finds it before.
    fn read(language: Language, sources: &[&str]) -> Self {
        let tag = language.tag().parse().ok().into_iter().collect();
        let mut bundle = FluentBundle::new_concurrent(tag);
        bundle.set_use_isolating(false);
        for source in sources {
            let resource = FluentResource::try_new((*source).to_owned());
            let resource = resource.unwrap_or_else(|(rest, errors)| {
                tracing::error!(?errors, language = language.tag(), "a text cannot be read");
                rest
            });
            bundle.add_resource_overriding(resource);
        }
        Self { language, bundle }
    }

    /// The language.
    pub fn language(&self) -> Language {
        self.language
    }

    /// A message without arguments.
    pub fn get(&self, key: &str) -> String {
        self.format(key, None)
    }

    /// A message with one argument.
    pub fn with<'a>(&self, key: &str, name: &'a str, value: impl Into<FluentValue<'a>>) -> String {
        self.of(key, [(name, value.into())])
    }

    /// A message with several arguments.
    pub fn of<'a, const N: usize>(
        &self,
        key: &str,
        arguments: [(&'a str, FluentValue<'a>); N],
    ) -> String {
        let arguments: FluentArgs<'a> = arguments.into_iter().collect();
        self.format(key, Some(&arguments))
    }

    /// Whether there is such a message.
    pub fn has(&self, key: &str) -> bool {
        self.bundle.has_message(key)
    }

    fn format(&self, key: &str, arguments: Option<&FluentArgs<'_>>) -> String {
        let message = self.bundle.get_message(key);
        let Some(pattern) = message.and_then(|message| message.value()) else {
            tracing::error!(key, language = self.language.tag(), "a text is missing");
            return key.to_owned();
        };
        let mut errors = Vec::new();
        let text = self.bundle.format_pattern(pattern, arguments, &mut errors);
        if !errors.is_empty() {
            tracing::error!(key, ?errors, "a text cannot be made");
        }
        text.into_owned()
    }
}

impl std::fmt::Debug for Texts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Texts({})", self.language.tag())
    }
}

/// What a permission allows, in words; one that we have no words for as it is.
pub fn scope(texts: &Texts, scope: &str) -> String {
    let key = format!("scope-{}", scope.replace([':', '_'], "-"));
    match texts.has(&key) {
        true => texts.get(&key),
        false => scope.to_owned(),
    }
}

/// The words of the frame.
fn frame(language: Language) -> &'static str {
    match language {
        Language::Ja => include_str!("texts/ja.ftl"),
        Language::En => include_str!("texts/en.ftl"),
        Language::ZhHant => include_str!("texts/zh-Hant.ftl"),
        Language::Th => include_str!("texts/th.ftl"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Scope;

    static FRAME_ONLY: AllTexts = AllTexts::new(
        |_| "two = { $name } has { $count ->\n    [one] one\n   *[other] { $count }\n }",
    );

    #[test]
    fn every_scope_that_line_documents_has_words_in_every_language() {
        for language in Language::ALL {
            let texts = FRAME_ONLY.of(language);
            assert_eq!(texts.language(), language);
            for name in Scope::DOCUMENTED {
                assert_ne!(scope(texts, name), *name);
            }
            assert_eq!(scope(texts, "new:thing"), "new:thing");
        }
    }

    #[test]
    fn a_text_takes_what_it_is_given_and_a_missing_one_is_its_key() {
        let texts = FRAME_ONLY.of(Language::En);
        let of = |count: i64| texts.of("two", [("name", "<b>".into()), ("count", count.into())]);
        assert_eq!([of(1), of(2)], ["<b> has one", "<b> has 2"]);
        assert_eq!(texts.get("none"), "none");
    }
}
