//! Names of languages.

use quote::format_ident;
use syn::Ident;

/// Whether it is `ja`, `zh-Hant`, `en-GB` or `zh-Hant-TW`, as BCP 47 writes them.
pub(super) fn is_tag(text: &str) -> bool {
    let mut parts = text.split('-').peekable();
    let language = parts.next().is_some_and(is_language);
    parts.next_if(|part| is_script(part));
    parts.next_if(|part| is_region(part));
    language && parts.next().is_none()
}

fn is_language(part: &str) -> bool {
    (2..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_lowercase())
}

fn is_script(part: &str) -> bool {
    let mut bytes = part.bytes();
    part.len() == 4
        && bytes.next().is_some_and(|byte| byte.is_ascii_uppercase())
        && bytes.all(|byte| byte.is_ascii_lowercase())
}

fn is_region(part: &str) -> bool {
    let is_country = part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_uppercase());
    is_country || part.len() == 3 && part.bytes().all(|byte| byte.is_ascii_digit())
}

/// The variant of a tag: `ZhHantTw`.
pub(super) fn variant(tag: &str) -> Ident {
    let mut name = String::new();
    for part in tag.split('-') {
        let (first, rest) = part.split_at(1);
        name.push_str(&first.to_ascii_uppercase());
        name.push_str(&rest.to_ascii_lowercase());
    }
    format_ident!("{name}")
}

/// The method of a key, or the parameter of a variable; none where Rust has no such name.
pub(super) fn snake(name: &str) -> Option<Ident> {
    let name = name.replace('-', "_").to_ascii_lowercase();
    syn::parse_str(&name).ok()
}
