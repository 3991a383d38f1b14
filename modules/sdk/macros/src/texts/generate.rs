//! The code of the texts.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Ident;

use super::file::File;
use super::message::Message;
use super::{check, tag};

/// The languages and the texts, once nothing is wrong with them. The methods of the texts are at
/// `span`: the compiler warns of those that are never called, which it does not of a macro's own.
pub(super) fn code(files: &[File], span: Span) -> TokenStream {
    let languages = languages(files);
    let texts = texts(files, span);
    quote! {
        #languages
        #texts
    }
}

fn languages(files: &[File]) -> TokenStream {
    let lists = files[0].messages.iter().filter(|it| it.is_words());
    let lists = lists.map(|message| command_words(files, &message.key));
    let tags: Vec<_> = files.iter().map(|file| &file.tag).collect();
    let variants: Vec<_> = files.iter().map(|file| tag::variant(&file.tag)).collect();
    let documents: Vec<_> = files
        .iter()
        .map(|file| format!("That of `{}`.", file.shown))
        .collect();
    let number = files.len();
    let first = &variants[0]; // a folder without files is refused
    quote! {
        /// A language of the texts. As JSON it is the name of its file.
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, Hash,
            ::line_module::__private::serde::Serialize,
            ::line_module::__private::serde::Deserialize,
        )]
        #[serde(crate = "::line_module::__private::serde")]
        pub enum Language {
            #(
                #[doc = #documents]
                #[serde(rename = #tags)]
                #variants,
            )*
        }

        /// The first of them.
        impl ::core::default::Default for Language {
            fn default() -> Self {
                Self::#first
            }
        }

        impl Language {
            /// All of them, the first one first.
            pub const ALL: [Self; #number] = [#(Self::#variants),*];

            /// As BCP 47 has it.
            pub const fn tag(self) -> &'static str {
                match self {
                    #(Self::#variants => #tags,)*
                }
            }

            /// The language of a tag such as `zh-Hant-TW`, as LINE's profiles have it; the first
            /// one where it is none of these.
            pub fn of(tag: &str) -> Self {
                Self::known(tag).unwrap_or_default()
            }

            /// The same; none where it is none of these.
            pub fn known(tag: &str) -> ::core::option::Option<Self> {
                let place = ::line_module::__private::language(tag, &[#(#tags),*])?;
                Self::ALL.get(place).copied()
            }

            /// The language in which a text was said that a route has taken by words of
            /// these texts.
            pub fn said(message: &::line_module::TextMessage) -> ::core::option::Option<Self> {
                let tag = message.captures.get(1)?;
                Self::ALL.into_iter().find(|language| language.tag() == tag)
            }

            /// The language in which an event's user says any of the words of these texts.
            pub fn heard(event: &::line_module::Event) -> ::core::option::Option<Self> {
                let tag = ::line_module::__private::heard(&[#(#lists),*], event)?;
                Self::ALL.into_iter().find(|language| language.tag() == tag)
            }

            /// A guest's language: the one that the module has kept of them, else that of
            /// their profile, else the account's.
            pub fn of_guest(
                kept: ::core::option::Option<Self>,
                profile: ::core::option::Option<&::line_module::Profile>,
                account: Self,
            ) -> Self {
                let shown = || Self::known(profile?.language.as_deref()?);
                kept.or_else(shown).unwrap_or(account)
            }

            /// What is said in it.
            pub const fn texts(self) -> Texts {
                Texts(self)
            }
        }
    }
}

fn texts(files: &[File], span: Span) -> TokenStream {
    let number = files.len();
    let tags = files.iter().map(|file| &file.tag);
    let shown = files.iter().map(|file| &file.shown);
    let paths = files.iter().map(|file| &file.path);
    let first = &files[0]; // a folder without files is refused
    let (words, said): (Vec<_>, Vec<_>) = first.messages.iter().partition(|it| it.is_words());
    let words = words
        .iter()
        .filter_map(|message| word_list(files, &message.key, span));
    let said = said
        .iter()
        .filter_map(|message| method(files, message, span));
    quote! {
        /// What is said in one language.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct Texts(Language);

        impl Texts {
            /// Those of this language.
            pub const fn of(language: Language) -> Self {
                Self(language)
            }

            /// Their language.
            pub const fn language(self) -> Language {
                self.0
            }

            fn files() -> &'static ::line_module::__private::TextFiles<#number> {
                static FILES: ::line_module::__private::TextFiles<#number> =
                    ::line_module::__private::TextFiles::new([
                        #((#tags, #shown, ::core::include_str!(#paths)),)*
                    ]);
                &FILES
            }
        }

        #[allow(unreachable_pub, reason = "how far it is seen is decided by the module around")]
        impl Texts {
            #(#said)*
            #(#words)*
        }
    }
}

/// The method of a message. It can fail where the text has a limit and is not known before.
fn method(files: &[File], message: &Message, span: Span) -> Option<TokenStream> {
    let key = &message.key;
    let mut name = tag::snake(key)?;
    name.set_span(span);
    let parameters: Vec<Ident> = message
        .variables
        .iter()
        .filter_map(|it| tag::snake(it))
        .collect();
    let variables = &message.variables;
    let lifetime = (!parameters.is_empty()).then(|| quote!(<'a>));
    let head = quote_spanned! {span=>
        pub fn #name #lifetime(
            self, #(#parameters: impl ::core::convert::Into<::line_module::TextValue<'a>>),*
        )
    };
    let arguments = quote!(&[#((#variables, #parameters.into())),*]);
    let (document, method) = match limits(files, key) {
        None => (
            format!("The text `{key}`."),
            quote_spanned! {span=>
                #head -> ::std::string::String {
                    Self::files().text(self.0 as usize, #key, #arguments)
                }
            },
        ),
        Some(most) => (
            format!("The text `{key}`.\n\n# Errors\nIt is longer than it may be."),
            quote_spanned! {span=>
                #head -> ::core::result::Result<::std::string::String, ::line_module::OverLimit> {
                    Self::files().text_within(self.0 as usize, #key, #arguments, &[#(#most),*])
                }
            },
        ),
    };
    Some(quote!(#[doc = #document] #method))
}

/// The limit of each language, if one is to be checked when the text is made.
fn limits(files: &[File], key: &str) -> Option<Vec<usize>> {
    let messages: Vec<_> = files.iter().filter_map(|file| file.message(key)).collect();
    let limit = |message: &Message| check::most(&files[0], message);
    let is_open = |message: &&Message| message.fixed.is_none() && limit(message).is_some();
    let limits = messages.iter().map(|it| limit(it).unwrap_or(usize::MAX));
    messages.iter().any(is_open).then(|| limits.collect())
}

/// The pattern of a list of words, in all languages.
fn word_list(files: &[File], key: &str, span: Span) -> Option<TokenStream> {
    let mut name = tag::snake(key)?;
    name.set_span(span);
    let document = format!("The words of `{key}`, in all languages: a pattern for a route.");
    let words = command_words(files, key);
    let method = quote_spanned! {span=>
        pub const fn #name() -> ::line_module::CommandWords {
            #words
        }
    };
    Some(quote!(#[doc = #document] #method))
}

fn command_words(files: &[File], key: &str) -> TokenStream {
    let lists = files.iter().filter_map(|file| {
        let words = file.message(key)?.words();
        let tag = &file.tag;
        Some(quote!((#tag, &[#(#words),*])))
    });
    quote!(::line_module::CommandWords::new(&[#(#lists),*]))
}
