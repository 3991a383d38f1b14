//! `#[derive(TapField)]`, and the list of an enum's variants.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DataEnum, DeriveInput, Error, Fields, Result, Type};

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
    let longest = named.iter().map(|(_, word)| units(word)).max();
    let longest = longest.unwrap_or_default();
    let name = &input.ident;
    let (idents, words): (Vec<_>, Vec<_>) = named
        .iter()
        .map(|(variant, word)| (&variant.ident, word))
        .unzip();
    let choices = choices(name, data);
    Ok(quote! {
        #choices

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
    })
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

/// All variants as a list, where none has fields.
pub(super) fn choices(name: &syn::Ident, data: &DataEnum) -> TokenStream {
    let Some(all) = variants::without_fields(data) else {
        return TokenStream::new();
    };
    quote! {
        #[automatically_derived]
        impl ::line_module::Choices for #name {
            const ALL: &'static [Self] = &[#(Self::#all),*];
        }
    }
}
