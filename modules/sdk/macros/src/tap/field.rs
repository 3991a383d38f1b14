//! `#[derive(TapField)]`: what an enum without fields is beside a tap as well.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DataEnum, DeriveInput, Error, Fields, Ident, Result, Type, Variant};

use super::{no_generics, units, variants};

/// The trait of what a tap can hold.
pub(crate) fn derive_field(input: &DeriveInput) -> Result<TokenStream> {
    no_generics(input, "what a tap holds")?;
    match &input.data {
        Data::Enum(data) => of_enum(input, data),
        Data::Struct(data) => match &data.fields {
            Fields::Unnamed(fields) if fields.unnamed.len() == 1 => {
                Ok(of_wrapper(input, &fields.unnamed[0].ty))
            }
            _ => Err(refusal(input)),
        },
        Data::Union(_) => Err(refusal(input)),
    }
}

fn refusal(input: &DeriveInput) -> Error {
    let name = &input.ident;
    let problem = format!(
        "`{name}` cannot be one field of a tap: that is an enum whose variants have no fields, or a \
         struct with one field without a name, such as `struct {name}(u32)`"
    );
    Error::new(name.span(), problem)
}

fn of_enum(input: &DeriveInput, data: &DataEnum) -> Result<TokenStream> {
    let named = variants::named(input, data)?;
    if let Some((variant, _)) = named
        .iter()
        .find(|(it, _)| !matches!(it.fields, Fields::Unit))
    {
        let problem = format!(
            "the variant `{}` has fields, and so `{}` is no single field of a tap: put them into \
             the tap itself",
            variant.ident, input.ident
        );
        return Err(Error::new_spanned(variant, problem));
    }
    Ok(of_words(&input.ident, &named))
}

/// What an enum without fields is beside a tap of its own: what another tap can hold. Nothing of
/// one with fields.
pub(super) fn of_choices(input: &DeriveInput, data: &DataEnum) -> Result<TokenStream> {
    let mut variants = data.variants.iter();
    match variants.all(|variant| matches!(variant.fields, Fields::Unit)) {
        true => of_enum(input, data),
        false => Ok(TokenStream::new()),
    }
}

fn of_words(name: &Ident, named: &[(&Variant, String)]) -> TokenStream {
    let longest = named.iter().map(|(_, word)| units(word)).max();
    let longest = longest.unwrap_or_default();
    let (idents, words): (Vec<_>, Vec<_>) = named
        .iter()
        .map(|(variant, word)| (&variant.ident, word))
        .unzip();
    quote! {
        #[automatically_derived]
        impl ::line_module::Choices for #name {
            const ALL: &'static [Self] = &[#(Self::#idents),*];
        }

        #[automatically_derived]
        impl ::line_module::TapField for #name {
            const LONGEST: ::core::option::Option<usize> =
                ::core::option::Option::Some(#longest);

            fn to_text(&self) -> ::std::string::String {
                let word = match self {
                    #(Self::#idents => #words,)*
                };
                ::std::string::String::from(word)
            }

            fn from_text(text: &str) -> ::core::option::Option<Self> {
                match text {
                    #(#words => ::core::option::Option::Some(Self::#idents),)*
                    _ => ::core::option::Option::None,
                }
            }
        }
    }
}

fn of_wrapper(input: &DeriveInput, inner: &Type) -> TokenStream {
    let name = &input.ident;
    quote! {
        #[automatically_derived]
        impl ::line_module::TapField for #name {
            const LONGEST: ::core::option::Option<usize> =
                <#inner as ::line_module::TapField>::LONGEST;

            fn to_text(&self) -> ::std::string::String {
                <#inner as ::line_module::TapField>::to_text(&self.0)
            }

            fn from_text(text: &str) -> ::core::option::Option<Self> {
                <#inner as ::line_module::TapField>::from_text(text).map(Self)
            }
        }
    }
}
