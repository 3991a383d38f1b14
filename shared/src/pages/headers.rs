//! The headers of every page.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use crate::gateway::Response;

/// A year, in seconds.
const HSTS: &str = "max-age=31536000";

/// Never cached, and never in a referrer: the address of an attach's page holds a code, and all
/// others are of one person.
pub fn private(response: Response) -> Response {
    response
        .with_header("cache-control", "no-store")
        .with_header("referrer-policy", "no-referrer")
        .with_header("x-content-type-options", "nosniff")
}

/// A page: by https alone, if it came by it.
pub(super) fn page(response: Response, policy: &str, is_secure: bool) -> Response {
    let response = private(response)
        .with_header("content-type", "text/html; charset=utf-8")
        .with_header("content-security-policy", policy)
        .with_header("cross-origin-opener-policy", "same-origin")
        .with_header("cross-origin-resource-policy", "same-origin")
        .with_header(
            "permissions-policy",
            "camera=(), geolocation=(), microphone=()",
        )
        .with_header("vary", "accept-language, cookie")
        .with_header("x-frame-options", "DENY");
    match is_secure {
        true => response.with_header("strict-transport-security", HSTS),
        false => response,
    }
}

/// What a page may load and do: its own style and script, known by their hashes, pictures that
/// are in it, and forms to us.
pub(super) fn policy(style: &str, script: &str) -> String {
    let [style, script] = [style, script].map(|text| STANDARD.encode(Sha256::digest(text)));
    format!(
        "default-src 'none'; style-src 'sha256-{style}'; script-src 'sha256-{script}'; \
         img-src data:; connect-src 'self'; form-action 'self'; base-uri 'none'; \
         frame-ancestors 'none'"
    )
}
