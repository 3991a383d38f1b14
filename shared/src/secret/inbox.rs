//! The key with which the company's own systems sign their calls.

use secrecy::SecretString;
use serde::Deserialize;

use super::{FromSecret, KeptSecret, SecretError, SecretPlace, accepted, listed};
use crate::env::{ConfigError, Env};

/// The inbox's keys, read when first needed and kept.
pub type KeptInboxKeys = KeptSecret<InboxKeys>;

/// The keys that are accepted now: the current one, and during a rotation the previous one.
#[derive(Debug)]
pub struct InboxKeys(Vec<SecretString>);

impl InboxKeys {
    /// All that a call may be signed with; never empty.
    pub fn accepted(&self) -> &[SecretString] {
        &self.0
    }
}

impl SecretPlace<InboxKeys> {
    /// Reads `LINE_SECRET_ARN` and `INBOX_KEY`; one must be set.
    ///
    /// # Errors
    /// [`ConfigError`] if neither is.
    pub fn of_inbox(env: &Env) -> Result<Self, ConfigError> {
        const NAME: &str = "INBOX_KEY";
        if let Some(arn) = env.optional("LINE_SECRET_ARN") {
            return Ok(Self::SecretsManager(arn));
        }
        let list = env.secret(NAME).ok_or(ConfigError::Missing {
            name: NAME,
            remedy: "give the key that your systems sign with, or in AWS the secret's ARN in LINE_SECRET_ARN",
        })?;
        let keys = listed(&list);
        match keys.is_empty() {
            false => Ok(Self::Here(InboxKeys(keys))),
            true => Err(ConfigError::Invalid {
                name: NAME,
                expected: "it must be the key, or the current and the previous one with a comma between",
            }),
        }
    }
}

impl FromSecret for InboxKeys {
    const NAME: &'static str = "the inbox's key (inbox_key)";

    /// The channel's secret need not be there.
    fn parse(json: &str) -> Result<Self, SecretError> {
        #[derive(Deserialize)]
        struct KeysJson {
            #[serde(default)]
            inbox_key: Option<SecretString>,
            #[serde(default)]
            previous_inbox_key: Option<SecretString>,
        }
        let keys: KeysJson =
            serde_json::from_str(json).map_err(|_| SecretError::Malformed("an inbox_key"))?;
        accepted(Self::NAME, keys.inbox_key, keys.previous_inbox_key).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    #[test]
    fn the_keys_stand_beside_the_channels_secret_or_alone() {
        for json in [
            r#"{"channel_secret":"s","inbox_key":"new","previous_inbox_key":"old"}"#,
            r#"{"inbox_key":"new","previous_inbox_key":"old"}"#,
        ] {
            let keys = InboxKeys::parse(json).unwrap();
            let texts = keys.accepted().iter().map(SecretString::expose_secret);
            assert_eq!(texts.collect::<Vec<_>>(), ["new", "old"], "{json}");
        }
    }

    #[test]
    fn without_a_current_key_there_is_none() {
        for json in [
            r#"{"channel_secret":"s"}"#,
            r#"{"inbox_key":null,"previous_inbox_key":"old"}"#,
            r#"{"inbox_key":" ","previous_inbox_key":"old"}"#,
        ] {
            let refused = InboxKeys::parse(json);
            assert!(matches!(refused, Err(SecretError::NotSet(_))), "{json}");
        }
        let rubbish = InboxKeys::parse("key").unwrap_err().to_string();
        let text = "the secret in Secrets Manager is not JSON with an inbox_key";
        assert_eq!(rubbish, text);
    }
}
