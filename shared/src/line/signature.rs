//! The signature check: base64 of HMAC-SHA256 over the raw bytes, keyed with
//! the channel secret, in the header `x-line-signature`
//! (<https://developers.line.biz/en/docs/messaging-api/verify-webhook-signature/>).

use secrecy::SecretString;

pub use crate::hmac_sha256::Signature;

/// The header's name. HTTP does not tell cases apart.
pub const SIGNATURE_HEADER: &str = "x-line-signature";

/// The bytes of a webhook that LINE signed. There is no other way to make one
/// than [`VerifiedBody::check`], so nothing unverified can be parsed.
#[derive(Debug)]
pub struct VerifiedBody(Vec<u8>);

/// The signature is missing, not a signature at all, or made with another secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the webhook's signature does not fit its body")]
pub struct WrongSignature;

impl VerifiedBody {
    /// Compares in constant time, with each secret that is accepted. The body
    /// comes back with the refusal, for another try with newer secrets.
    ///
    /// # Errors
    /// The body, untouched, with [`WrongSignature`].
    pub fn check(
        body: Vec<u8>,
        signature: &Signature,
        secrets: &[SecretString],
    ) -> Result<Self, (Vec<u8>, WrongSignature)> {
        match signature.fits(&[&body], secrets) {
            true => Ok(Self(body)),
            false => Err((body, WrongSignature)),
        }
    }

    /// The bytes as LINE sent them.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Signs as LINE does.
    pub(crate) fn sign(secret: &str, body: &[u8]) -> String {
        crate::hmac_sha256::sign(&SecretString::from(secret), &[body]).unwrap()
    }

    fn check(signature: Option<&str>, secrets: &[&str]) -> bool {
        let secrets: Vec<_> = secrets
            .iter()
            .map(|secret| SecretString::from(*secret))
            .collect();
        Signature::read(signature)
            .is_ok_and(|signature| VerifiedBody::check(BODY.to_vec(), &signature, &secrets).is_ok())
    }

    const BODY: &[u8] = br#"{"destination":"U1","events":[]}"#;

    #[test]
    fn the_current_and_the_previous_secret_both_fit() {
        let signature = sign("old", BODY);
        assert!(check(Some(&signature), &["old"]));
        assert!(check(Some(&signature), &["new", "old"]));
        assert!(!check(Some(&signature), &["new"]));
    }

    #[test]
    fn a_missing_bad_short_or_case_flipped_signature_does_not() {
        let good = sign("s", BODY);
        let flipped: String = good
            .chars()
            .map(|c| {
                if c.is_lowercase() {
                    c.to_ascii_uppercase()
                } else {
                    c.to_ascii_lowercase()
                }
            })
            .collect();
        for bad in ["", "x", &good[..20], &flipped, &format!("{good} ")] {
            assert!(!check(Some(bad), &["s"]), "{bad}");
        }
        assert!(!check(None, &["s"]));
    }
}
