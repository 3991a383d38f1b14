//! `Signal`, derived: the signal's name.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{DeriveInput, Error, LitStr, Result};

/// Maximum number of bytes of a name.
const LONGEST: usize = 100;

/// `#[signal("…")]` above a type without parameters.
pub(crate) fn derive(input: &DeriveInput) -> Result<TokenStream> {
    let name = name(input)?;
    if !input.generics.params.is_empty() {
        let problem = "a signal has no generic parameters: name the types themselves";
        return Err(Error::new_spanned(&input.generics, problem));
    }
    let ident = &input.ident;
    Ok(quote! {
        impl ::line_module::Signal for #ident {
            const NAME: &'static str = #name;
        }
    })
}

fn name(input: &DeriveInput) -> Result<LitStr> {
    let own = input.attrs.iter().find(|it| it.path().is_ident("signal"));
    let attribute = own.ok_or_else(|| {
        let ident = &input.ident;
        let problem =
            format!("the signal `{ident}` has no name: write `#[signal(\"…\")]` above it");
        Error::new(ident.span(), problem)
    })?;
    let name: LitStr = attribute.parse_args()?;
    let problem = match name.value() {
        value if !(1..=LONGEST).contains(&value.len()) => "a signal's name has 1 to 100 bytes",
        value if value.starts_with('@') => {
            "a signal's name does not begin with @: such signals are the bundle's own"
        }
        _ => return Ok(name),
    };
    Err(Error::new(name.span(), problem))
}
