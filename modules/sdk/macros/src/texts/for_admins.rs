//! The code of `words!`: what admins read, as constants.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Ident;

use super::file::File;
use super::{keys, tag};

/// The languages that admins read, by the names of their files, and what `Words` calls them.
const LANGUAGES: [(&str, &str); 5] = [
    ("ja", "ja"),
    ("zh-Hant", "zh"),
    ("zh", "zh"),
    ("en", "en"),
    ("th", "th"),
];

/// A constant for each key, once nothing is wrong with the files by themselves; else what is wrong
/// with them as words for admins. The constants are at `span`, as the methods of texts are.
pub(super) fn code(files: &[File], span: Span) -> Result<TokenStream, Vec<String>> {
    let problems: Vec<_> = files.iter().flat_map(problems).collect();
    if !problems.is_empty() {
        return Err(problems);
    }
    let paths = files.iter().map(|file| &file.path);
    let constants = keys(files)
        .into_iter()
        .filter_map(|key| constant(files, key, span));
    Ok(quote! {
        #(#constants)*
        /// A change of a file builds the crate again.
        const _: &[&str] = &[#(::core::include_str!(#paths)),*];
    })
}

fn problems(file: &File) -> Vec<String> {
    let shown = &file.shown;
    if member(file).is_none() {
        let problem = format!("{shown}: admins read ja, en, zh-Hant or zh, and th");
        return vec![problem];
    }
    let open = file.messages.iter().filter(|it| it.fixed.is_none());
    open.map(|message| {
        let key = &message.key;
        format!("{shown}: `{key}` is not the same each time: words for admins have no variables")
    })
    .collect()
}

fn member(file: &File) -> Option<&'static str> {
    let own = LANGUAGES.into_iter().find(|(tag, _)| *tag == file.tag);
    own.map(|(_, member)| member)
}

fn constant(files: &[File], key: &str, span: Span) -> Option<TokenStream> {
    let name = tag::snake(key)?.to_string().to_uppercase();
    let name = Ident::new(&name, span);
    let in_language = |wanted| {
        let file = files.iter().find(|file| member(file) == Some(wanted))?;
        file.message(key)?.fixed.as_deref()
    };
    let [ja, zh, en, th] = ["ja", "zh", "en", "th"].map(|it| in_language(it).unwrap_or(""));
    let document = format!("The words `{key}`.");
    let constant = quote_spanned! {span=>
        pub(super) const #name: ::line_module::Words =
            ::line_module::Words { ja: #ja, zh: #zh, en: #en, th: #th };
    };
    Some(quote!(#[doc = #document] #constant))
}
