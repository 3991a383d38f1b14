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

/// A signature by its form alone: base64 of the 32 bytes of an HMAC-SHA256. What has not this
/// form was not made by LINE with any secret, so it costs neither a hash of the body nor a
/// look for a newer secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature([u8; 32]);

impl Signature {
    /// From the header's value.
    ///
    /// # Errors
    /// [`WrongSignature`] if there is none, or it has another form.
    pub fn read(header: Option<&str>) -> Result<Self, WrongSignature> {
        let text = header
            .filter(|text| text.len() == 44)
            .ok_or(WrongSignature)?;
        let bytes = STANDARD.decode(text).map_err(|_| WrongSignature)?;
        bytes.try_into().map(Self).map_err(|_| WrongSignature)
    }
}

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
        let fits =
            |secret| mac(secret, &body).is_some_and(|mac| mac.verify_slice(&signature.0).is_ok());
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

    #[test]
    fn only_base64_of_32_bytes_has_the_form_of_a_signature() {
        assert!(Signature::read(Some(&STANDARD.encode([7; 32]))).is_ok());
        let others = [
            String::new(),
            "x".repeat(44),
            "!".repeat(44),
            STANDARD.encode([7; 31]),
            STANDARD.encode([7; 33]),
            STANDARD.encode([7; 64]),
            STANDARD.encode([255; 32]).replace('/', "_"),
            STANDARD.encode([7; 32]).replace('=', "A"),
        ];
        for other in others {
            assert_eq!(
                Signature::read(Some(&other)),
                Err(WrongSignature),
                "{other}"
            );
        }
        assert_eq!(Signature::read(None), Err(WrongSignature));
    }
}
