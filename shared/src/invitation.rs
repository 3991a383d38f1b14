//! Invitations to attach an account: links that run out, made by an operator and read by the
//! function `attach` where only invited accounts may attach.
//!
//! An invitation is its words and a signature, both in base64 for addresses. The key is derived
//! from the channel secret, so that there is no further secret to keep: a rotation of that one
//! ends invitations only when the previous one is taken away too.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use secrecy::SecretString;

use crate::domain::Timestamp;
use crate::hmac_sha256::{self, Signature};
use crate::secret::Secrets;

/// The query parameter that carries one.
pub const PARAMETER: &str = "invitation";
/// What the key is derived for: nothing else is signed with it.
const LABEL: &[u8] = b"invitation to attach, form 1";
/// Longer than any that is made here.
const LONGEST: usize = 300;

/// An invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// When it has run out, in epoch seconds.
    pub expires_at: i64,
    /// The basic or premium id of the only account that it is for, with its `@`.
    pub basic_id: Option<String>,
}

/// Why something is no invitation now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoInvitation {
    /// It was made with no key of ours, or was changed.
    #[error("it was not made here")]
    NotOurs,
    /// Its time is over.
    #[error("it has run out")]
    RunOut,
}

impl Invitation {
    /// The text that goes into a link. None only for a key that no HMAC takes, of which there
    /// is none.
    pub fn sign(&self, secrets: &Secrets) -> Option<String> {
        let basic_id = self.basic_id.as_deref().unwrap_or_default();
        let words = format!("{} {basic_id}", self.expires_at);
        let signed = hmac_sha256::sign(&key(secrets.current())?, &[words.as_bytes()])?;
        let signature = STANDARD.decode(signed).ok()?;
        let [words, signature] =
            [words.as_bytes(), &signature].map(|it| URL_SAFE_NO_PAD.encode(it));
        Some(format!("{words}.{signature}"))
    }

    /// Reads one. `secrets` are all that it may have been made with.
    ///
    /// # Errors
    /// [`NoInvitation`].
    pub fn read(text: &str, secrets: &Secrets, now: Timestamp) -> Result<Self, NoInvitation> {
        let words = checked(text, secrets).ok_or(NoInvitation::NotOurs)?;
        let invitation = Self::of_words(&words).ok_or(NoInvitation::NotOurs)?;
        match invitation.expires_at > now.seconds() {
            true => Ok(invitation),
            false => Err(NoInvitation::RunOut),
        }
    }

    fn of_words(words: &str) -> Option<Self> {
        let (expires_at, basic_id) = words.split_once(' ')?;
        Some(Self {
            expires_at: expires_at.parse().ok()?,
            basic_id: Some(basic_id.to_owned()).filter(|id| !id.is_empty()),
        })
    }
}

/// The words, if they are signed.
fn checked(text: &str, secrets: &Secrets) -> Option<String> {
    let (words, signature) = Some(text)
        .filter(|it| it.len() <= LONGEST)?
        .split_once('.')?;
    let words = URL_SAFE_NO_PAD.decode(words).ok()?;
    let signature = STANDARD.encode(URL_SAFE_NO_PAD.decode(signature).ok()?);
    let signature = Signature::read(Some(&signature)).ok()?;
    let keys: Option<Vec<_>> = secrets.accepted().iter().map(key).collect();
    let fits = signature.fits(&[words.as_slice()], &keys?);
    fits.then(|| String::from_utf8(words).ok()).flatten()
}

fn key(secret: &SecretString) -> Option<SecretString> {
    hmac_sha256::sign(secret, &[LABEL]).map(SecretString::from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::FromSecret as _;

    const NOW: Timestamp = Timestamp(1_000_000);

    fn secrets(json: &str) -> Secrets {
        Secrets::parse(json).unwrap()
    }

    fn invitation() -> Invitation {
        Invitation {
            expires_at: 1_001,
            basic_id: Some("@shop".into()),
        }
    }

    #[test]
    fn it_is_read_until_it_has_run_out_and_through_a_rotation_of_the_secret() {
        let old = secrets(r#"{"channel_secret":"old"}"#);
        let text = invitation().sign(&old).unwrap();
        assert_eq!(Invitation::read(&text, &old, NOW), Ok(invitation()));
        let both = secrets(r#"{"channel_secret":"new","previous_channel_secret":"old"}"#);
        assert_eq!(Invitation::read(&text, &both, NOW), Ok(invitation()));
        let late = Timestamp(1_001_000);
        assert_eq!(
            Invitation::read(&text, &old, late),
            Err(NoInvitation::RunOut)
        );
        let new = secrets(r#"{"channel_secret":"new"}"#);
        assert_eq!(
            Invitation::read(&text, &new, NOW),
            Err(NoInvitation::NotOurs)
        );
        let anyone = Invitation {
            basic_id: None,
            ..invitation()
        };
        let text = anyone.sign(&old).unwrap();
        assert_eq!(Invitation::read(&text, &old, NOW), Ok(anyone));
    }

    #[test]
    fn what_was_changed_is_none() {
        let ours = secrets(r#"{"channel_secret":"ours"}"#);
        let text = invitation().sign(&ours).unwrap();
        let (words, signature) = text.split_once('.').unwrap();
        let longer = URL_SAFE_NO_PAD.encode("9999999999 @shop");
        // Signed with the channel secret itself, as webhooks are.
        let webhook = hmac_sha256::sign(ours.current(), &[b"1001 @shop"]).unwrap();
        let webhook = URL_SAFE_NO_PAD.encode(STANDARD.decode(webhook).unwrap());
        for other in [
            String::new(),
            ".".into(),
            words.into(),
            format!("{longer}.{signature}"),
            format!("{words}.{webhook}"),
            format!("{words}.{signature}x"),
            "é.é".into(),
            "x".repeat(400),
        ] {
            let read = Invitation::read(&other, &ours, NOW);
            assert_eq!(read, Err(NoInvitation::NotOurs), "{other}");
        }
    }
}
