//! The channel's secret, and the key that signs in its place.

use secrecy::SecretString;
use serde::Deserialize;

use super::{FromSecret, KeptSecret, SecretError, SecretPlace, accepted, listed};
use crate::env::{ConfigError, Env};

/// The channel secret, read when first needed and kept.
pub type ChannelSecret = KeptSecret<Secrets>;

/// The secrets accepted now: the current one first, then the previous one if
/// there is one.
#[derive(Debug)]
pub struct Secrets {
    accepted: Vec<SecretString>,
    assertion_key: Option<AssertionKey>,
}

/// The key that signs assertions, in place of the secret; its public half is
/// registered in LINE's console
/// (<https://developers.line.biz/en/docs/messaging-api/generate-json-web-token/>).
#[derive(Debug, Clone, Deserialize)]
pub struct AssertionKey {
    /// The id that the console has given it.
    pub kid: String,
    /// An RSA key of 2,048 bits, as PEM (`PRIVATE KEY` or `RSA PRIVATE KEY`).
    pub private_key: SecretString,
}

impl Secrets {
    fn new(accepted: Vec<SecretString>, assertion_key: Option<AssertionKey>) -> Option<Self> {
        let secrets = Self {
            accepted,
            assertion_key,
        };
        (!secrets.accepted.is_empty()).then_some(secrets)
    }

    /// The one that signs for us.
    pub fn current(&self) -> &SecretString {
        &self.accepted[0] // never empty: `new` sees to it
    }

    /// All that a signature may have been made with.
    pub fn accepted(&self) -> &[SecretString] {
        &self.accepted
    }

    /// With which tokens are asked for in place of the secret, if there is one.
    pub fn assertion_key(&self) -> Option<&AssertionKey> {
        self.assertion_key.as_ref()
    }
}

impl SecretPlace {
    /// Reads `LINE_SECRET_ARN` and `LINE_CHANNEL_SECRET`; one must be set.
    ///
    /// # Errors
    /// [`ConfigError`] if neither is.
    pub fn from_env(env: &Env) -> Result<Self, ConfigError> {
        let arn = env.optional("LINE_SECRET_ARN");
        let list = env.secret("LINE_CHANNEL_SECRET");
        match (arn, list) {
            (Some(arn), _) => Ok(Self::SecretsManager(arn)),
            (None, Some(list)) => Secrets::new(listed(&list), None).map(Self::Here).ok_or(ConfigError::Invalid {
                name: "LINE_CHANNEL_SECRET",
                expected: "it must be the secret, or the current and the previous one with a comma between",
            }),
            (None, None) => Err(ConfigError::Missing {
                name: "LINE_CHANNEL_SECRET",
                remedy: "give the module channel's secret, or in AWS the secret's ARN in LINE_SECRET_ARN",
            }),
        }
    }
}

impl FromSecret for Secrets {
    const NAME: &'static str = "the channel secret";

    fn parse(json: &str) -> Result<Self, SecretError> {
        #[derive(Deserialize)]
        struct SecretJson {
            channel_secret: SecretString,
            #[serde(default)]
            previous_channel_secret: Option<SecretString>,
            #[serde(default)]
            assertion_key: Option<AssertionKey>,
        }
        let json: SecretJson =
            serde_json::from_str(json).map_err(|_| SecretError::Malformed("a channel_secret"))?;
        let current = Some(json.channel_secret);
        let accepted = accepted(Self::NAME, current, json.previous_channel_secret)?;
        Self::new(accepted, json.assertion_key).ok_or(SecretError::NotSet(Self::NAME))
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    #[test]
    fn the_secret_in_secrets_manager_may_have_a_previous_one() {
        let both =
            Secrets::parse(r#"{"channel_secret":"new","previous_channel_secret":"old"}"#).unwrap();
        let texts = both.accepted().iter().map(SecretString::expose_secret);
        assert_eq!(texts.collect::<Vec<_>>(), ["new", "old"]);
        let one = Secrets::parse(r#"{"channel_secret":"new"}"#).unwrap();
        assert_eq!(one.accepted().len(), 1);
        for other in ["new", "{}"] {
            let refused = Secrets::parse(other);
            assert!(matches!(refused, Err(SecretError::Malformed(_))), "{other}");
        }
    }

    #[test]
    fn an_empty_secret_is_not_set_whatever_stands_beside_it() {
        for json in [
            r#"{"channel_secret":""}"#,
            r#"{"channel_secret":" ","previous_channel_secret":"old"}"#,
            r#"{"channel_secret":"","assertion_key":{"kid":"k","private_key":"p"}}"#,
        ] {
            let refused = Secrets::parse(json);
            assert!(matches!(refused, Err(SecretError::NotSet(_))), "{json}");
        }
    }

    #[test]
    fn neither_variable_set_is_one_clear_line() {
        let error = SecretPlace::from_env(&Env::from_map(Default::default())).unwrap_err();
        let text = error.to_string();
        assert!(
            text.starts_with("LINE_CHANNEL_SECRET is not set: "),
            "{text}"
        );
    }
}
