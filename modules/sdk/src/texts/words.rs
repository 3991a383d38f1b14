//! Words that are commands, in all languages.

use crate::{Event, Pattern, hand_over};

/// Words that a user says, in several languages: a message of [`texts!`](crate::texts) whose key
/// begins with `words-`. As a pattern it catches the text and the tag of the language in which it was
/// said, of which the `Language` of the texts makes itself by `Language::said(message)`.
#[derive(Debug, Clone, Copy)]
pub struct CommandWords(&'static [(&'static str, &'static [&'static str])]);

impl CommandWords {
    /// Each language's tag and its words.
    #[doc(hidden)]
    pub const fn new(languages: &'static [(&'static str, &'static [&'static str])]) -> Self {
        Self(languages)
    }

    /// The tag of the language in which one of these words was said.
    fn tag(&self, text: &str) -> Option<&'static str> {
        let is_said = |words: &[&'static str]| words.iter().any(|it| it.catch(text).is_some());
        let own = self.0.iter().find(|(_, words)| is_said(words));
        own.map(|(tag, _)| *tag)
    }
}

/// The tag of the language in which the event's user said any of the words.
#[doc(hidden)]
pub fn heard(words: &[CommandWords], event: &Event) -> Option<&'static str> {
    let text = event.text().or_else(|| hand_over::text(event))?;
    words.iter().find_map(|words| words.tag(text))
}

/// One of the words, in capitals or not, with any space around. A word of several languages is of the
/// first.
impl Pattern for CommandWords {
    fn catch(&self, text: &str) -> Option<Vec<String>> {
        self.0.iter().find_map(|(tag, words)| {
            let mut caught = words.iter().find_map(|word| word.catch(text))?;
            caught.push((*tag).to_owned());
            Some(caught)
        })
    }
}
