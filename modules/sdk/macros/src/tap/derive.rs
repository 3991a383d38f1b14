//! `#[derive(Tap)]`.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{Data, DeriveInput, Error, Field, Fields, Ident, Path, Result, parse_quote};

use super::attribute::{self, Head};
use super::{field, no_generics, units, variants};

/// One form that a tap can have: the struct, or a variant of the enum.
struct Form<'a> {
    /// `Self` or `Self::Variant`.
    path: Path,
    /// The variant's word in the data.
    word: Option<String>,
    /// What the error is about, and where it points.
    name: String,
    at: &'a Ident,
    fields: Vec<&'a Field>,
}

/// The trait of a tap, and the check of its length.
pub(crate) fn derive(input: &DeriveInput) -> Result<TokenStream> {
    no_generics(input, "a tap")?;
    let head = Head::of(input)?;
    let forms = forms(input)?;
    let lengths = forms.iter().map(|form| form.length(&head));
    let writes = forms.iter().map(Form::write);
    let read = read(&forms);
    let choices = match &input.data {
        Data::Enum(data) => field::of_choices(input, data)?,
        _ => TokenStream::new(),
    };
    let (name, Head { prefix, version }) = (&input.ident, &head);
    Ok(quote! {
        #(#lengths)*
        #choices

        #[automatically_derived]
        impl ::line_module::Tap for #name {
            const PREFIX: &'static str = #prefix;
            const VERSION: u32 = #version;

            fn write(&self, out: &mut ::line_module::TapWriter) {
                let _ = &out;
                match self {
                    #(#writes)*
                }
            }

            fn read(
                input: &mut ::line_module::TapReader<'_>,
            ) -> ::core::option::Option<Self> {
                let _ = &input;
                #read
            }
        }
    })
}

fn forms(input: &DeriveInput) -> Result<Vec<Form<'_>>> {
    let name = &input.ident;
    match &input.data {
        Data::Struct(data) => Ok(vec![Form {
            path: parse_quote!(Self),
            word: None,
            name: name.to_string(),
            at: name,
            fields: fields(&data.fields, name, &format!("struct {name}"))?,
        }]),
        Data::Enum(data) => {
            let mut forms = Vec::new();
            for (variant, word) in variants::named(input, data)? {
                let ident = &variant.ident;
                forms.push(Form {
                    path: parse_quote!(Self::#ident),
                    word: Some(word),
                    name: format!("{name}::{ident}"),
                    at: ident,
                    fields: fields(&variant.fields, ident, &ident.to_string())?,
                });
            }
            Ok(forms)
        }
        Data::Union(_) => Err(Error::new(
            name.span(),
            "a tap is a struct or an enum, and no union",
        )),
    }
}

/// The fields, if they have names. `written` is how it would be written with them.
fn fields<'a>(fields: &'a Fields, name: &Ident, written: &str) -> Result<Vec<&'a Field>> {
    if let Fields::Unnamed(_) = fields {
        let problem = format!(
            "the fields of the tap `{name}` have no names: write `{written} {{ name: Type }}`"
        );
        return Err(Error::new_spanned(fields, problem));
    }
    let all: Vec<_> = fields.iter().collect();
    for field in &all {
        attribute::none(field)?;
    }
    Ok(all)
}

impl Form<'_> {
    /// Fails to compile if the data can become too long. Of a field of any length it is known only
    /// when the data is made.
    fn length(&self, head: &Head) -> TokenStream {
        let mut begin = format!("{}/{}", head.prefix, head.version);
        if let Some(word) = &self.word {
            begin.extend(["/", word]);
        }
        let begin = units(&begin);
        let longest = self.fields.iter().map(|field| {
            let kind = &field.ty;
            quote_spanned!(kind.span()=> <#kind as ::line_module::TapField>::LONGEST)
        });
        let sentence = format!(
            "the data of the tap `{}` can become longer than the 300 characters that LINE takes: \
             give it fewer fields, or shorter ones",
            self.name
        );
        quote_spanned! {self.at.span()=>
            const _: () = ::core::assert!(
                ::line_module::__private::tap_fits(#begin, &[#(#longest),*]),
                #sentence
            );
        }
    }

    /// An arm that writes it.
    fn write(&self) -> TokenStream {
        let path = &self.path;
        let word = self.word.iter();
        let names = self.fields.iter().map(|field| &field.ident);
        let values: Vec<_> = (0..self.fields.len())
            .map(|it| format_ident!("value_{it}"))
            .collect();
        let adds = self.fields.iter().zip(&values).map(|(field, value)| {
            let kind = &field.ty;
            let text = quote_spanned! {kind.span()=>
                <#kind as ::line_module::TapField>::to_text(#value)
            };
            quote!(out.text(&#text);)
        });
        quote! {
            #path { #(#names: #values),* } => {
                #(out.word(#word);)*
                #(#adds)*
            }
        }
    }

    /// An expression that reads it.
    fn read(&self) -> TokenStream {
        let path = &self.path;
        let names = self.fields.iter().map(|field| &field.ident);
        let values = self.fields.iter().map(|field| {
            let kind = &field.ty;
            let from_text = quote_spanned! {kind.span()=>
                <#kind as ::line_module::TapField>::from_text
            };
            quote!(#from_text(&input.text()?)?)
        });
        quote!(::core::option::Option::Some(#path { #(#names: #values),* }))
    }
}

fn read(forms: &[Form<'_>]) -> TokenStream {
    let arms = forms.iter().filter_map(|form| {
        let (word, read) = (form.word.as_ref()?, form.read());
        Some(quote!(#word => #read,))
    });
    match forms {
        [only] if only.word.is_none() => only.read(),
        _ => quote! {
            match input.word()? {
                #(#arms)*
                _ => ::core::option::Option::None,
            }
        },
    }
}
