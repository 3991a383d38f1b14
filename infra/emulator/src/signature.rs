//! The webhook signature, and comparing secrets.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// The value of `x-line-signature`: base64 of the HMAC-SHA256 of the raw body with the channel
/// secret as key.
///
/// Source: <https://developers.line.biz/en/reference/messaging-api/#signature-validation>
pub(crate) fn sign(secret: &str, body: &[u8]) -> String {
    match Hmac::<Sha256>::new_from_slice(secret.as_bytes()) {
        Ok(mut mac) => {
            mac.update(body);
            STANDARD.encode(mac.finalize().into_bytes())
        }
        // An HMAC takes a key of any length.
        Err(_) => String::new(),
    }
}

/// Whether two secrets are equal. Digests are compared, so that time tells nothing of the secret.
pub(crate) fn same(given: &str, expected: &str) -> bool {
    Sha256::digest(given) == Sha256::digest(expected)
}

#[cfg(test)]
mod tests {
    use super::{same, sign};

    #[test]
    fn the_signature_is_the_hmac_of_the_exact_bytes() {
        // Made with `printf '%s' '{"events":[]}' | openssl dgst -sha256 -hmac secret -binary | base64`.
        assert_eq!(
            sign("secret", br#"{"events":[]}"#),
            include_str!("../tests/fixtures/signature.txt").trim()
        );
    }

    #[test]
    fn secrets_are_equal_only_if_they_are_the_same() {
        assert!(same("abc", "abc"));
        assert!(!same("abc", "abC"));
    }
}
