//! The channel secret. LINE invalidates the old one at once when a new one is
//! issued, and the new one is not known before: so a warm function that meets a
//! wrong signature reads the secret again, at most once a minute, and then decides
//! (<https://developers.line.biz/en/docs/messaging-api/verify-webhook-signature/>).
//!
//! The stack creates the secret without a value, so that no update of the stack can
//! overwrite the real one. Until an operator has put it in, it is [`SecretError::NotSet`].

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aws_sdk_secretsmanager::operation::get_secret_value::GetSecretValueError;
use aws_smithy_async::time::SharedTimeSource;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use tokio::sync::Mutex;

use crate::env::{ConfigError, Env};

const REREAD_AT_MOST_EVERY: Duration = Duration::from_secs(60);

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

    /// From `current` or `current,previous`.
    fn from_list(list: &SecretString) -> Option<Self> {
        let list = list.expose_secret();
        let secrets: Vec<_> = list
            .split(',')
            .map(str::trim)
            .filter(|s| !s.is_empty())
            .collect();
        let accepted = secrets.into_iter().map(SecretString::from).collect();
        Self::new(accepted, None)
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

/// Where the secret is, as configured.
#[derive(Debug)]
pub enum SecretPlace {
    /// In `LINE_CHANNEL_SECRET`, for local runs.
    Here(Secrets),
    /// In Secrets Manager, by the ARN in `LINE_SECRET_ARN`.
    SecretsManager(String),
}

impl SecretPlace {
    /// Reads both variables; one must be set.
    ///
    /// # Errors
    /// [`ConfigError`] if neither is.
    pub fn from_env(env: &Env) -> Result<Self, ConfigError> {
        let arn = env.optional("LINE_SECRET_ARN");
        let list = env.secret("LINE_CHANNEL_SECRET");
        match (arn, list) {
            (Some(arn), _) => Ok(Self::SecretsManager(arn)),
            (None, Some(list)) => Secrets::from_list(&list).map(Self::Here).ok_or(ConfigError::Invalid {
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

/// There is no secret to work with. Nothing can be decided without it.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The secret is there and has no value, or one whose `channel_secret` is empty.
    #[error(
        "the channel secret is not set yet: put it into the Secrets Manager secret in LINE_SECRET_ARN"
    )]
    NotSet,
    /// Secrets Manager did not give it.
    #[error("the channel secret could not be read from Secrets Manager")]
    Unreadable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// It is not the JSON that it must be.
    #[error("the secret in Secrets Manager is not JSON with a channel_secret")]
    Malformed,
}

/// The channel secret, read when first needed and kept.
#[derive(Debug, Clone)]
pub struct ChannelSecret(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    source: Option<(aws_sdk_secretsmanager::Client, String)>,
    clock: SharedTimeSource,
    kept: Mutex<Option<Kept>>,
}

#[derive(Debug, Clone)]
struct Kept {
    secrets: Arc<Secrets>,
    read_at: SystemTime,
}

impl ChannelSecret {
    /// From where it is configured to be. `client` is asked for only if that is
    /// Secrets Manager.
    pub fn new(
        place: SecretPlace,
        client: impl FnOnce() -> aws_sdk_secretsmanager::Client,
        clock: SharedTimeSource,
    ) -> Self {
        let (source, kept) = match place {
            SecretPlace::Here(secrets) => (
                None,
                Some(Kept {
                    secrets: Arc::new(secrets),
                    read_at: clock.now(),
                }),
            ),
            SecretPlace::SecretsManager(arn) => (Some((client(), arn)), None),
        };
        Self(Arc::new(Inner {
            source,
            clock,
            kept: Mutex::new(kept),
        }))
    }

    /// The secrets as last read.
    ///
    /// # Errors
    /// [`SecretError`] if they were never read and cannot be now.
    pub async fn get(&self) -> Result<Arc<Secrets>, SecretError> {
        let mut kept = self.0.kept.lock().await;
        match &*kept {
            Some(kept) => Ok(Arc::clone(&kept.secrets)),
            None => self.read_into(&mut kept).await,
        }
    }

    /// Newer secrets than `seen`, after those did not fit; `None` if there are
    /// none, or they were read less than a minute ago.
    ///
    /// # Errors
    /// [`SecretError`] if they cannot be read.
    pub async fn newer_than(
        &self,
        seen: &Arc<Secrets>,
    ) -> Result<Option<Arc<Secrets>>, SecretError> {
        let mut kept = self.0.kept.lock().await;
        let Some(current) = kept.clone() else {
            return Ok(Some(self.read_into(&mut kept).await?));
        };
        if !Arc::ptr_eq(&current.secrets, seen) {
            return Ok(Some(current.secrets));
        }
        let age = self
            .0
            .clock
            .now()
            .duration_since(current.read_at)
            .unwrap_or_default();
        if self.0.source.is_none() || age < REREAD_AT_MOST_EVERY {
            return Ok(None);
        }
        // Before the read, so that one that fails counts too.
        *kept = Some(Kept {
            read_at: self.0.clock.now(),
            ..current
        });
        Ok(Some(self.read_into(&mut kept).await?))
    }

    async fn read_into(&self, kept: &mut Option<Kept>) -> Result<Arc<Secrets>, SecretError> {
        let Some((client, arn)) = &self.0.source else {
            return Err(SecretError::Malformed);
        };
        let answer = client
            .get_secret_value()
            .secret_id(arn)
            .send()
            .await
            .map_err(|error| match error.as_service_error() {
                Some(refusal) if has_no_value(refusal) => SecretError::NotSet,
                _ => SecretError::Unreadable(error.into()),
            })?;
        let secrets = Arc::new(parse(answer.secret_string().unwrap_or_default())?);
        *kept = Some(Kept {
            secrets: Arc::clone(&secrets),
            read_at: self.0.clock.now(),
        });
        Ok(secrets)
    }
}

/// Whether the secret exists without a value. Secrets Manager answers a secret that does not
/// exist with the same error, and only its message tells the two apart: "Secrets Manager can't
/// find the specified secret value for staging label: AWSCURRENT", and "Secrets Manager can't
/// find the specified secret."
fn has_no_value(error: &GetSecretValueError) -> bool {
    match error {
        GetSecretValueError::ResourceNotFoundException(error) => error
            .message()
            .is_some_and(|message| message.contains("secret value for staging label")),
        _ => false,
    }
}

#[derive(Deserialize)]
struct SecretJson {
    channel_secret: SecretString,
    #[serde(default)]
    previous_channel_secret: Option<SecretString>,
    #[serde(default)]
    assertion_key: Option<AssertionKey>,
}

fn parse(text: &str) -> Result<Secrets, SecretError> {
    let json: SecretJson = serde_json::from_str(text).map_err(|_| SecretError::Malformed)?;
    let is_set = |secret: &SecretString| !secret.expose_secret().trim().is_empty();
    // Without the current one, the previous one must not stand in for it: it would sign for us.
    let current = Some(json.channel_secret).filter(is_set);
    let mut accepted = vec![current.ok_or(SecretError::NotSet)?];
    accepted.extend(json.previous_channel_secret.filter(is_set));
    Secrets::new(accepted, json.assertion_key).ok_or(SecretError::NotSet)
}

#[cfg(test)]
mod tests {
    use aws_smithy_runtime_api::client::http::{
        HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
    };
    use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
    use aws_smithy_runtime_api::http::StatusCode;
    use aws_smithy_types::body::SdkBody;

    use super::*;
    use crate::aws::Timeouts;
    use crate::ground::Ground;

    #[test]
    fn the_secret_in_secrets_manager_may_have_a_previous_one() {
        let both = parse(r#"{"channel_secret":"new","previous_channel_secret":"old"}"#).unwrap();
        let texts: Vec<_> = both
            .accepted()
            .iter()
            .map(ExposeSecret::expose_secret)
            .collect();
        assert_eq!(texts, ["new", "old"]);
        assert_eq!(
            parse(r#"{"channel_secret":"new"}"#)
                .unwrap()
                .accepted()
                .len(),
            1
        );
        assert!(matches!(parse("new"), Err(SecretError::Malformed)));
        assert!(matches!(parse("{}"), Err(SecretError::Malformed)));
    }

    #[test]
    fn an_empty_secret_is_not_set_whatever_stands_beside_it() {
        for json in [
            r#"{"channel_secret":""}"#,
            r#"{"channel_secret":" ","previous_channel_secret":"old"}"#,
            r#"{"channel_secret":"","assertion_key":{"kid":"k","private_key":"p"}}"#,
        ] {
            assert!(matches!(parse(json), Err(SecretError::NotSet)), "{json}");
        }
    }

    /// Secrets Manager, which answers every call with this.
    #[derive(Debug, Clone)]
    struct Answers(u16, &'static str);

    impl HttpConnector for Answers {
        fn call(&self, _: HttpRequest) -> HttpConnectorFuture {
            let status = StatusCode::try_from(self.0).unwrap();
            HttpConnectorFuture::ready(Ok(HttpResponse::new(status, SdkBody::from(self.1))))
        }
    }

    async fn read(status: u16, body: &'static str) -> Result<Arc<Secrets>, SecretError> {
        let http = http_client_fn(move |_, _| SharedHttpConnector::new(Answers(status, body)));
        let ground = Ground::emulated().with_secrets_manager_over(http);
        let place = SecretPlace::SecretsManager("arn".into());
        ground.secret(place, Timeouts::DEFAULT).get().await
    }

    #[tokio::test]
    async fn a_secret_without_a_value_is_not_set_and_one_that_is_not_there_is_unreadable() {
        let error = read(
            400,
            r#"{"__type":"ResourceNotFoundException","Message":"Secrets Manager can't find the specified secret value for staging label: AWSCURRENT"}"#,
        )
        .await
        .unwrap_err();
        assert!(matches!(error, SecretError::NotSet), "{error:?}");
        let text = error.to_string();
        assert!(
            text.starts_with("the channel secret is not set yet"),
            "{text}"
        );
        for body in [
            r#"{"__type":"ResourceNotFoundException","Message":"Secrets Manager can't find the specified secret."}"#,
            r#"{"__type":"AccessDeniedException","Message":"not authorized: the secret value for staging label"}"#,
        ] {
            let error = read(400, body).await.unwrap_err();
            assert!(matches!(error, SecretError::Unreadable(_)), "{error:?}");
        }
        let set = read(200, r#"{"SecretString":"{\"channel_secret\":\"s\"}"}"#).await;
        assert_eq!(set.unwrap().current().expose_secret(), "s");
    }

    #[test]
    fn neither_variable_set_is_one_clear_line() {
        let error = SecretPlace::from_env(&Env::from_map(Default::default())).unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("LINE_CHANNEL_SECRET is not set: ")
        );
    }

    #[tokio::test]
    async fn a_secret_from_the_environment_has_nothing_newer() {
        let place = SecretPlace::Here(Secrets::from_list(&"new, old".into()).unwrap());
        let secret = ChannelSecret::new(
            place,
            || unreachable!("not in Secrets Manager"),
            SharedTimeSource::default(),
        );
        let seen = secret.get().await.unwrap();
        assert_eq!(seen.current().expose_secret(), "new");
        assert!(secret.newer_than(&seen).await.unwrap().is_none());
    }
}
