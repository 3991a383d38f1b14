//! JWT assertions: the channel signs with its own key instead of sending its secret
//! (<https://developers.line.biz/en/docs/messaging-api/generate-json-web-token/>).
//!
//! Signed with the RSA of the TLS stack that is linked anyway.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rustls::SignatureScheme::RSA_PKCS1_SHA256;
use rustls::crypto::ring::sign::any_supported_type;
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject as _;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;

use crate::domain::Timestamp;
use crate::secret::AssertionKey;

/// LINE takes an assertion that ends within 30 minutes; ours is used at once.
const LIFE: Duration = Duration::from_secs(5 * 60);

/// The key cannot sign.
#[derive(Debug, thiserror::Error)]
pub enum BadKey {
    /// It is no key.
    #[error("the key for assertions is no PEM of a private key")]
    Malformed,
    /// It is of another kind than LINE takes.
    #[error("the key for assertions is no RSA key")]
    NotRsa,
    /// It does not sign.
    #[error("the key for assertions does not sign")]
    Failed(#[source] rustls::Error),
}

/// An assertion that we are `channel`, at `now`. `token_life` is how long a token
/// v2.1 is to live, up to 30 days; for a stateless one there is none.
///
/// # Errors
/// [`BadKey`].
pub fn sign(
    key: &AssertionKey,
    channel: &str,
    now: Timestamp,
    token_life: Option<Duration>,
) -> Result<SecretString, BadKey> {
    let header = Header {
        alg: "RS256",
        typ: "JWT",
        kid: &key.kid,
    };
    let claims = Claims {
        iss: channel,
        sub: channel,
        aud: "https://api.line.me/",
        exp: now.plus(LIFE).seconds(),
        token_exp: token_life.map(|life| life.as_secs()),
    };
    let signed = format!("{}.{}", encode(&header)?, encode(&claims)?);
    let signature = rsa(key, signed.as_bytes())?;
    Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)).into())
}

#[derive(Serialize)]
struct Header<'a> {
    alg: &'static str,
    typ: &'static str,
    kid: &'a str,
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'static str,
    exp: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_exp: Option<u64>,
}

fn encode(part: &impl Serialize) -> Result<String, BadKey> {
    let json = serde_json::to_vec(part).map_err(|_| BadKey::Malformed)?;
    Ok(URL_SAFE_NO_PAD.encode(json))
}

fn rsa(key: &AssertionKey, message: &[u8]) -> Result<Vec<u8>, BadKey> {
    let pem = key.private_key.expose_secret().as_bytes();
    let der = PrivateKeyDer::from_pem_slice(pem).map_err(|_| BadKey::Malformed)?;
    let key = any_supported_type(&der).map_err(|_| BadKey::Malformed)?;
    let signer = key
        .choose_scheme(&[RSA_PKCS1_SHA256])
        .ok_or(BadKey::NotRsa)?;
    signer.sign(message).map_err(BadKey::Failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(pem: &str) -> AssertionKey {
        AssertionKey {
            kid: "kid-1".into(),
            private_key: pem.to_owned().into(),
        }
    }

    #[test]
    fn an_assertion_is_what_another_implementation_makes_of_the_same() {
        let key = key(include_str!("../../tests/fake/assertion_key.pem"));
        let day = Some(Duration::from_secs(86_400));
        let jwt = sign(&key, "123", Timestamp(1_795_000_000_000), day).unwrap();
        let parts: Vec<_> = jwt.expose_secret().split('.').collect();
        let decoded =
            |part: &str| String::from_utf8(URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap();
        assert_eq!(
            decoded(parts[0]),
            r#"{"alg":"RS256","typ":"JWT","kid":"kid-1"}"#
        );
        assert_eq!(
            decoded(parts[1]),
            r#"{"iss":"123","sub":"123","aud":"https://api.line.me/","exp":1795000300,"token_exp":86400}"#
        );
        // By `openssl dgst -sha256 -sign`: the signature has no chance in it.
        let expected = concat!(
            "EMOtf7SKpQHe9c-pEcsUy6MAg51berRESEyAICGxm4PBrq6QHU6Ql76vKDdi-vE5rCie8emYTqf9D663",
            "lUUelh-_tJ34r3bkPNZMax7EWVFT2AiVe2dyvAqEx9VOIZpz3gPVA0CFxlwIF8WUyqf9ThtS8oZAghMx",
            "3U2GtSaeP1C2cDTgKcHK2Lj6I9lhGDPJOFz6XCfHYSFm9aD7x_kizru6o5UpcxQ7E6t487VKC-nnfrTJ",
            "HQoXgIClnAiGgVaQ1FoNJRujF57EVFss7h-VjlHKmDqAjltnp9W4kQZ-zOR3fp4iHbzngPbHjMk2zU9r",
            "ENcylHgmzrORf3vmhlRPxA",
        );
        assert_eq!(parts[2], expected);
    }

    #[test]
    fn what_is_no_rsa_key_is_an_error() {
        let sign = |pem: &str| sign(&key(pem), "1", Timestamp(0), None).unwrap_err();
        assert!(matches!(sign("no key"), BadKey::Malformed));
    }
}
