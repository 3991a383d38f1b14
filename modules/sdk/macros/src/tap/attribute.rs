//! `#[tap(…)]`: above a tap its prefix and version, above a variant its word.

use proc_macro2::Span;
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, DeriveInput, Error, Field, Ident, LitInt, LitStr, Result, Token};

/// What a tap's data begins with.
pub(super) struct Head {
    pub(super) prefix: String,
    pub(super) version: u32,
}

impl Head {
    /// The one above a tap.
    pub(super) fn of(input: &DeriveInput) -> Result<Self> {
        match only(&input.attrs)? {
            Some(attribute) => read(
                attribute,
                "a tap has a prefix and perhaps a version: write \
                `#[tap(\"seat\")]` or `#[tap(\"seat\", version = 2)]`",
            ),
            None => {
                let name = &input.ident;
                Err(Error::new(
                    name.span(),
                    format!(
                        "the tap `{name}` has no prefix: write `#[tap(\"…\")]` above it, with a word \
                         that no other tap of this module has"
                    ),
                ))
            }
        }
    }
}

impl Parse for Head {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let prefix = word(&input.parse()?, "the prefix of a tap")?;
        let mut version = 1;
        if !input.is_empty() {
            input.parse::<Token![,]>()?;
            version = read_version(input)?;
        }
        Ok(Self { prefix, version })
    }
}

fn read_version(input: ParseStream<'_>) -> Result<u32> {
    let name: Ident = input.parse()?;
    if name != "version" {
        return Err(Error::new(
            name.span(),
            format!("a tap has a `version`, and no `{name}`"),
        ));
    }
    input.parse::<Token![=]>()?;
    let literal: LitInt = input.parse()?;
    match literal.base10_parse() {
        Ok(version @ 1..) => Ok(version),
        _ => Err(Error::new(
            literal.span(),
            "the version of a tap is a number from 1 to 4294967295",
        )),
    }
}

/// What a variant is called in the data.
pub(super) struct Word(pub(super) String, pub(super) Span);

impl Word {
    /// The one above it, or its name.
    pub(super) fn of(name: &Ident, attributes: &[Attribute]) -> Result<Self> {
        match only(attributes)? {
            Some(attribute) => read(
                attribute,
                "a variant can have a word for the data: write `#[tap(\"table\")]`",
            ),
            None => Ok(Self(name.to_string(), name.span())),
        }
    }
}

impl Parse for Word {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let literal: LitStr = input.parse()?;
        Ok(Self(
            word(&literal, "the word of a variant")?,
            literal.span(),
        ))
    }
}

/// A field has none.
pub(super) fn none(field: &Field) -> Result<()> {
    match only(&field.attrs)? {
        None => Ok(()),
        Some(attribute) => Err(Error::new_spanned(
            attribute,
            "a field takes no `#[tap(…)]`: it belongs above a tap or a variant",
        )),
    }
}

fn only(attributes: &[Attribute]) -> Result<Option<&Attribute>> {
    let mut ours = attributes.iter().filter(|it| it.path().is_ident("tap"));
    let first = ours.next();
    match ours.next() {
        None => Ok(first),
        Some(second) => Err(Error::new_spanned(
            second,
            "`#[tap(…)]` stands here twice: leave one",
        )),
    }
}

/// What stands in the parentheses. `form` is what is said where there are none.
fn read<T: Parse>(attribute: &Attribute, form: &str) -> Result<T> {
    let list = attribute.meta.require_list();
    let tokens = list.map_err(|_| Error::new_spanned(attribute, form))?;
    if tokens.tokens.is_empty() {
        return Err(Error::new_spanned(attribute, form));
    }
    attribute.parse_args()
}

/// A word that needs no escape.
fn word(literal: &LitStr, what: &str) -> Result<String> {
    let word = literal.value();
    let problem = match word.chars().find(|it| matches!(it, '/' | '~')) {
        _ if word.is_empty() => "is empty: give it a word".to_owned(),
        Some('/') => "has a `/`, which separates the fields of a tap: leave it out".to_owned(),
        Some(_) => "has a `~`, which begins an escape in a tap: leave it out".to_owned(),
        None => return Ok(word),
    };
    Err(Error::new(literal.span(), format!("{what} {problem}")))
}
