//! Where the files are.

use std::path::PathBuf;

use syn::{Error, LitStr, Result};

/// Beside the crate's `Cargo.toml`; where it begins with `./`, beside the source file, as for
/// `include_str!`.
pub(super) fn folder(literal: &LitStr) -> Result<PathBuf> {
    let name = literal.value();
    let (from, rest, beside) = match name.strip_prefix("./") {
        Some(rest) => (beside_the_source(literal)?, rest, "this source file"),
        None => (
            beside_the_manifest(literal)?,
            name.as_str(),
            "the crate's Cargo.toml",
        ),
    };
    // The compiler looks for included files from the source file on.
    from.join(rest).canonicalize().map_err(|error| {
        let problem = format!("there is no folder `{rest}` beside {beside}: {error}");
        Error::new(literal.span(), problem)
    })
}

fn beside_the_manifest(literal: &LitStr) -> Result<PathBuf> {
    let folder = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    folder.ok_or_else(|| {
        let problem = "the folder of the crate is not known: build it with cargo";
        Error::new(literal.span(), problem)
    })
}

fn beside_the_source(literal: &LitStr) -> Result<PathBuf> {
    let file = literal.span().unwrap().local_file();
    let folder = file.and_then(|mut file| file.pop().then_some(file));
    folder.ok_or_else(|| {
        let problem = "where this source file is cannot be told: name the folder from the \
                       crate's Cargo.toml on, without `./`";
        Error::new(literal.span(), problem)
    })
}
