#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

mod signal;
mod tap;
mod texts;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// Derives `line_module::Tap`, the data of a postback as a type: for a struct with named fields or
/// without fields, or an enum of such variants. `#[tap("seat")]` gives its prefix,
/// `#[tap("seat", version = 2)]` a version too, which is 1 otherwise. A variant is named in the data
/// as in the code, or by `#[tap("word")]` above it.
#[proc_macro_derive(Tap, attributes(tap))]
pub fn derive_tap(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    let made = tap::derive(&input);
    made.unwrap_or_else(syn::Error::into_compile_error).into()
}

/// Derives `line_module::TapField`, what a tap can hold: for an enum of variants without fields, or
/// a struct with one field without a name, such as `struct Table(u32)`. A variant is named in the
/// data as in the code, or by `#[tap("word")]` above it.
#[proc_macro_derive(TapField, attributes(tap))]
pub fn derive_tap_field(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    let made = tap::derive_field(&input);
    made.unwrap_or_else(syn::Error::into_compile_error).into()
}

/// Derives `line_module::Signal`, what one chat can tell another: `#[signal("table freed")]` gives its
/// name. The type also derives serde's `Serialize` and `Deserialize`.
#[proc_macro_derive(Signal, attributes(signal))]
pub fn derive_signal(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    let made = signal::derive(&input);
    made.unwrap_or_else(syn::Error::into_compile_error).into()
}

/// What a module says, as one type with a method for each text: from a folder with a Fluent file for
/// each language, such as `ja.ftl` and `zh-Hant.ftl`. `texts!("texts")` names the folder from the
/// crate's `Cargo.toml` on, `texts!("./texts")` from the source file on. The first language is the
/// first by its name, or `texts!("texts", first = "ja")`. It makes the types `Language` and `Texts`.
#[proc_macro]
pub fn texts(input: TokenStream) -> TokenStream {
    let call = parse_macro_input!(input as texts::Call);
    let made = texts::expand(&call);
    made.unwrap_or_else(syn::Error::into_compile_error).into()
}

/// What admins read, on the pages and in the settings, as constants of the type `line_module::Words`:
/// from a folder with a Fluent file for each of their languages, `ja.ftl`, `zh-Hant.ftl`, `en.ftl` and
/// `th.ftl`, or some of them. The key `opens-help` is the constant `OPENS_HELP`. Stands in a module of
/// its own, whose parent sees the constants: `mod admin { line_module::words!("admin"); }`.
#[proc_macro]
pub fn words(input: TokenStream) -> TokenStream {
    let call = parse_macro_input!(input as texts::Call);
    let made = texts::expand_words(&call);
    made.unwrap_or_else(syn::Error::into_compile_error).into()
}
