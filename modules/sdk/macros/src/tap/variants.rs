//! The variants of an enum, and how the data names them.

use syn::{DataEnum, DeriveInput, Error, Result, Variant};

use super::attribute::Word;

/// Each with its word, which no other has.
pub(super) fn named<'a>(
    input: &DeriveInput,
    data: &'a DataEnum,
) -> Result<Vec<(&'a Variant, String)>> {
    if data.variants.is_empty() {
        let problem = format!("`{}` has no variant: there is nothing to tap", input.ident);
        return Err(Error::new(input.ident.span(), problem));
    }
    let mut all: Vec<(&Variant, String)> = Vec::new();
    for variant in &data.variants {
        let Word(word, span) = Word::of(&variant.ident, &variant.attrs)?;
        if let Some((other, _)) = all.iter().find(|(_, known)| *known == word) {
            let problem = format!(
                "the variants `{}` and `{}` are both {word:?} in the data: give one another word",
                other.ident, variant.ident
            );
            return Err(Error::new(span, problem));
        }
        all.push((variant, word));
    }
    Ok(all)
}
