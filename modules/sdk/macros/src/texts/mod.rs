//! `texts!`: what a module says, in a Fluent file for each language.

mod check;
mod file;
mod for_admins;
mod generate;
mod message;
mod place;
mod tag;

use std::path::Path;

use proc_macro2::TokenStream;
use syn::parse::{Parse, ParseStream};
use syn::{Error, Ident, LitStr, Result, Token};

use file::File;

/// `"texts", first = "ja"`.
pub(crate) struct Call {
    folder: LitStr,
    first: Option<LitStr>,
}

impl Parse for Call {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let form = |error: Error| {
            Error::new(
                error.span(),
                "write `texts!(\"texts\")`, with the folder of the files, or \
                `texts!(\"texts\", first = \"ja\")`",
            )
        };
        let folder = input.parse().map_err(form)?;
        if input.is_empty() {
            return Ok(Self {
                folder,
                first: None,
            });
        }
        input.parse::<Token![,]>().map_err(form)?;
        let name: Ident = input.parse().map_err(form)?;
        if name != "first" {
            return Err(form(Error::new(name.span(), "")));
        }
        input.parse::<Token![=]>().map_err(form)?;
        let first = Some(input.parse().map_err(form)?);
        Ok(Self { folder, first })
    }
}

/// The type of the languages, and that of the texts.
pub(crate) fn expand(call: &Call) -> Result<TokenStream> {
    let folder = place::folder(&call.folder)?;
    let shown = call.folder.value();
    let first = call.first.as_ref().map(LitStr::value);
    let files = files(&folder, &shown, first.as_deref(), &check::TAKEN);
    let files = files.map_err(|problems| all_at(&call.folder, problems))?;
    Ok(generate::code(&files, call.folder.span()))
}

/// A constant for each of the words that admins read.
pub(crate) fn expand_words(call: &Call) -> Result<TokenStream> {
    let folder = place::folder(&call.folder)?;
    let first = call.first.as_ref().map(LitStr::value);
    let files = files(&folder, &call.folder.value(), first.as_deref(), &[]);
    let code = files.and_then(|files| for_admins::code(&files, call.folder.span()));
    code.map_err(|problems| all_at(&call.folder, problems))
}

/// The languages, or what is wrong with their files. `shown` is what the author calls the folder.
fn files(
    folder: &Path,
    shown: &str,
    first: Option<&str>,
    taken: &[&str],
) -> std::result::Result<Vec<File>, Vec<String>> {
    let files = file::read_all(folder, shown, first)?;
    let problems = check::problems(&files, taken);
    match problems.is_empty() {
        true => Ok(files),
        false => Err(problems),
    }
}

fn all_at(at: &LitStr, problems: Vec<String>) -> Error {
    let mut errors = problems.into_iter().map(|it| Error::new(at.span(), it));
    let first = errors.next();
    let first = first.unwrap_or_else(|| Error::new(at.span(), "the texts cannot be read"));
    errors.fold(first, |mut all, error| {
        all.combine(error);
        all
    })
}

/// Every key that some language has, in the order of the first language that has it.
fn keys(files: &[File]) -> Vec<&str> {
    let mut all = Vec::new();
    for message in files.iter().flat_map(|file| &file.messages) {
        if !all.contains(&message.key.as_str()) {
            all.push(message.key.as_str());
        }
    }
    all
}

#[cfg(test)]
mod tests;
