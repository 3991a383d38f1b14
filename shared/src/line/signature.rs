//! The signature check: base64 of HMAC-SHA256 over the raw bytes, keyed with
//! the channel secret, in the header `x-line-signature`
//! (<https://developers.line.biz/en/docs/messaging-api/verify-webhook-signature/>).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::Sha256;

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
        signature: Option<&str>,
        secrets: &[SecretString],
    ) -> Result<Self, (Vec<u8>, WrongSignature)> {
        let Some(signature) = signature.and_then(|text| STANDARD.decode(text).ok()) else {
            return Err((body, WrongSignature));
        };
        let fits =
            |secret| mac(secret, &body).is_some_and(|mac| mac.verify_slice(&signature).is_ok());
        match secrets.iter().any(fits) {
            true => Ok(Self(body)),
            false => Err((body, WrongSignature)),
        }
    }

    /// The bytes as LINE sent them.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

fn mac(secret: &SecretString, body: &[u8]) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes()).ok()?;
    mac.update(body);
    Some(mac)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Signs as LINE does.
    pub(crate) fn sign(secret: &str, body: &[u8]) -> String {
        let mac = mac(&SecretString::from(secret), body).unwrap();
        STANDARD.encode(mac.finalize().into_bytes())
    }

    fn check(signature: Option<&str>, secrets: &[&str]) -> bool {
        let secrets: Vec<_> = secrets
            .iter()
            .map(|secret| SecretString::from(*secret))
            .collect();
        VerifiedBody::check(BODY.to_vec(), signature, &secrets).is_ok()
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
