//! What a module says, in Fluent files: what the code of [`texts!`](crate::texts) calls.

mod language;
mod words;

use std::sync::OnceLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use unicode_segmentation::UnicodeSegmentation as _;

use crate::OverLimit;

/// What is put into a text: a string or a number. Whatever is to be formatted in a way of its own, as
/// a date is, is given as a string.
pub use fluent_bundle::FluentValue as TextValue;
pub use language::language;
pub use words::{CommandWords, heard};

/// The files of all languages, each read when it is asked for first. The macro has read them before,
/// so nothing is wrong with them.
pub struct TextFiles<const N: usize> {
    files: [File; N],
    read: [OnceLock<FluentBundle<FluentResource>>; N],
}

/// The language's tag, what its author calls the file, and the text.
type File = (&'static str, &'static str, &'static str);

impl<const N: usize> TextFiles<N> {
    /// None is read yet.
    pub const fn new(files: [File; N]) -> Self {
        Self {
            files,
            read: [const { OnceLock::new() }; N],
        }
    }

    /// A text of the language at this place.
    pub fn text(&self, place: usize, key: &str, values: &[(&str, TextValue<'_>)]) -> String {
        let Some(bundle) = self.bundle(place) else {
            return key.to_owned();
        };
        let message = bundle.get_message(key);
        let Some(pattern) = message.and_then(|message| message.value()) else {
            tracing::error!(key, place, "a text is missing");
            return key.to_owned();
        };
        let values: FluentArgs<'_> = values.iter().cloned().collect();
        let mut errors = Vec::new();
        let text = bundle.format_pattern(pattern, Some(&values), &mut errors);
        if !errors.is_empty() {
            tracing::error!(key, place, ?errors, "a text cannot be made");
        }
        text.into_owned()
    }

    /// The same, of at most so many characters of each language.
    ///
    /// # Errors
    /// It is longer.
    pub fn text_within(
        &self,
        place: usize,
        key: &str,
        values: &[(&str, TextValue<'_>)],
        most: &[usize; N],
    ) -> Result<String, OverLimit> {
        let text = self.text(place, key, values);
        let length = text.graphemes(true).count();
        let most = most.get(place).copied().unwrap_or(usize::MAX);
        if length <= most {
            return Ok(text);
        }
        let file = self.files.get(place).map_or("", |file| file.1);
        Err(OverLimit {
            member: format!("{file}, `{key}`"),
            problem: format!("it may have {most} characters, and has {length}"),
        })
    }

    fn bundle(&self, place: usize) -> Option<&FluentBundle<FluentResource>> {
        let (tag, _, source) = *self.files.get(place)?;
        let read = self.read.get(place)?;
        Some(read.get_or_init(|| bundle(tag, source)))
    }
}

fn bundle(tag: &str, source: &str) -> FluentBundle<FluentResource> {
    let mut bundle = FluentBundle::new_concurrent(tag.parse().ok().into_iter().collect());
    // The marks around what is put in count as characters, and LINE shows texts of one direction.
    bundle.set_use_isolating(false);
    if let Err(error) = bundle.add_builtins() {
        tracing::error!(%error, tag, "texts cannot call NUMBER");
    }
    let resource = FluentResource::try_new(source.to_owned());
    let resource = resource.unwrap_or_else(|(rest, errors)| {
        tracing::error!(?errors, tag, "a text cannot be read");
        rest
    });
    bundle.add_resource_overriding(resource);
    bundle
}
