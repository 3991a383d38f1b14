//! Taps: the data of a postback as a type.

mod attribute;
mod derive;
mod field;
mod variants;

pub(crate) use derive::derive;
pub(crate) use field::derive_field;

use syn::{DeriveInput, Error, Result};

/// The data is read again months later, by another process: it cannot depend on a parameter.
fn no_generics(input: &DeriveInput, what: &str) -> Result<()> {
    let generics = &input.generics;
    match generics.params.is_empty() {
        true => Ok(()),
        false => Err(Error::new_spanned(
            generics,
            format!("{what} has no generic parameters: name the types and lifetimes themselves"),
        )),
    }
}

/// How LINE counts the data of a postback.
fn units(text: &str) -> usize {
    text.encode_utf16().count()
}
