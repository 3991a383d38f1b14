//! Signatures: HMAC-SHA256, written in base64. LINE signs its webhooks so, and the company's own
//! systems their calls. What is signed, and what it is checked for, is said where that is:
//! [`line::signature`](crate::line::signature), and the function `inbox`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::Sha256;

/// A signature by its form alone: base64 of the 32 bytes of an HMAC-SHA256. What has not this
/// form was made with no key, so it costs neither a hash of the body nor a look for a newer key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature([u8; 32]);

/// It is not there, or has not the form of a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no signature")]
pub struct NoSignature;

impl Signature {
    /// From a header's value.
    ///
    /// # Errors
    /// [`NoSignature`] if there is none, or it has another form.
    pub fn read(header: Option<&str>) -> Result<Self, NoSignature> {
        let text = header.filter(|text| text.len() == 44).ok_or(NoSignature)?;
        let bytes = STANDARD.decode(text).map_err(|_| NoSignature)?;
        bytes.try_into().map(Self).map_err(|_| NoSignature)
    }

    /// Whether it was made over these parts, one after the other, with any of the keys. Each is
    /// compared in constant time.
    pub fn fits(&self, parts: &[&[u8]], keys: &[SecretString]) -> bool {
        let fits = |key| mac(key, parts).is_some_and(|mac| mac.verify_slice(&self.0).is_ok());
        keys.iter().any(fits)
    }
}

/// Signs the parts, one after the other. None only for a key that no HMAC takes, of which there
/// is none.
pub fn sign(key: &SecretString, parts: &[&[u8]]) -> Option<String> {
    let mac = mac(key, parts)?;
    Some(STANDARD.encode(mac.finalize().into_bytes()))
}

fn mac(key: &SecretString, parts: &[&[u8]]) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.expose_secret().as_bytes()).ok()?;
    for part in parts {
        mac.update(part);
    }
    Some(mac)
}

#[cfg(test)]
mod tests {
    use super::*;

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
            assert_eq!(Signature::read(Some(&other)), Err(NoSignature), "{other}");
        }
        assert_eq!(Signature::read(None), Err(NoSignature));
    }

    /// The second test case of RFC 4231.
    #[test]
    fn it_is_hmac_sha256_of_the_parts_together() {
        let key = SecretString::from("Jefe");
        let whole: &[u8] = b"what do ya want for nothing?";
        let signed = sign(&key, &[whole]).unwrap();
        assert_eq!(signed, "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM=");
        assert_eq!(sign(&key, &[&whole[..4], &whole[4..]]).unwrap(), signed);
    }
}
