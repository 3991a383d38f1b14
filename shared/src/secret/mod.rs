//! What is in the secret of Secrets Manager that `LINE_SECRET_ARN` names: the channel's secret
//! ([`Secrets`]), and the key of the company's own systems ([`InboxKeys`]). Each function reads
//! what it needs of it, and keeps that.
//!
//! LINE invalidates the old channel secret at once when a new one is issued, and the new one is
//! not known before: so a warm function that meets a wrong signature reads the secret again, at
//! most once a minute, and then decides
//! (<https://developers.line.biz/en/docs/messaging-api/verify-webhook-signature/>).
//!
//! The stack creates the secret without a value, so that no update of the stack can
//! overwrite the real one. Until an operator has put it in, it is [`SecretError::NotSet`].

mod channel;
mod inbox;

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aws_sdk_secretsmanager::operation::get_secret_value::GetSecretValueError;
use aws_smithy_async::time::SharedTimeSource;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Mutex;

pub use channel::{AssertionKey, ChannelSecret, Secrets};
pub use inbox::{InboxKeys, KeptInboxKeys};

const REREAD_AT_MOST_EVERY: Duration = Duration::from_secs(60);

/// What is read of the secret.
pub trait FromSecret: Sized {
    /// What it is, for errors.
    const NAME: &'static str;

    /// Reads it from the secret's JSON.
    ///
    /// # Errors
    /// [`SecretError::Malformed`], or [`SecretError::NotSet`] if it has no value there.
    fn parse(json: &str) -> Result<Self, SecretError>;
}

/// Where the secret is, as configured.
#[derive(Debug)]
pub enum SecretPlace<T = Secrets> {
    /// In a variable, for local runs.
    Here(T),
    /// In Secrets Manager, by the ARN in `LINE_SECRET_ARN`.
    SecretsManager(String),
}

/// There is no secret to work with. Nothing can be decided without it.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The secret is there and has no value, or an empty one for what is named.
    #[error("{0} is not set yet: put it into the Secrets Manager secret in LINE_SECRET_ARN")]
    NotSet(&'static str),
    /// Secrets Manager did not give it.
    #[error("{name} could not be read from Secrets Manager")]
    Unreadable {
        /// What was to be read.
        name: &'static str,
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// It is not the JSON that it must be.
    #[error("the secret in Secrets Manager is not JSON with {0}")]
    Malformed(&'static str),
}

/// What is read of the secret, when it is first needed, and kept. Clones are the same.
#[derive(Debug)]
pub struct KeptSecret<T>(Arc<Inner<T>>);

impl<T> Clone for KeptSecret<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

#[derive(Debug)]
struct Inner<T> {
    source: Option<(aws_sdk_secretsmanager::Client, String)>,
    clock: SharedTimeSource,
    kept: Mutex<Option<Kept<T>>>,
}

#[derive(Debug)]
struct Kept<T> {
    value: Arc<T>,
    read_at: SystemTime,
}

impl<T: FromSecret> KeptSecret<T> {
    /// From where it is configured to be. `client` is asked for only if that is
    /// Secrets Manager.
    pub fn new(
        place: SecretPlace<T>,
        client: impl FnOnce() -> aws_sdk_secretsmanager::Client,
        clock: SharedTimeSource,
    ) -> Self {
        let (source, kept) = match place {
            SecretPlace::Here(value) => (
                None,
                Some(Kept {
                    value: Arc::new(value),
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

    /// It as last read.
    ///
    /// # Errors
    /// [`SecretError`] if it was never read and cannot be now.
    pub async fn get(&self) -> Result<Arc<T>, SecretError> {
        let mut kept = self.0.kept.lock().await;
        match &*kept {
            Some(kept) => Ok(Arc::clone(&kept.value)),
            None => self.read_into(&mut kept).await,
        }
    }

    /// A newer one than `seen`, after that did not fit; `None` if there is none, or it
    /// was read less than a minute ago.
    ///
    /// # Errors
    /// [`SecretError`] if it cannot be read.
    pub async fn newer_than(&self, seen: &Arc<T>) -> Result<Option<Arc<T>>, SecretError> {
        let mut kept = self.0.kept.lock().await;
        let Some(current) = &mut *kept else {
            return Ok(Some(self.read_into(&mut kept).await?));
        };
        if !Arc::ptr_eq(&current.value, seen) {
            return Ok(Some(Arc::clone(&current.value)));
        }
        let now = self.0.clock.now();
        let age = now.duration_since(current.read_at).unwrap_or_default();
        if self.0.source.is_none() || age < REREAD_AT_MOST_EVERY {
            return Ok(None);
        }
        // Before the read, so that one that fails counts too.
        current.read_at = now;
        Ok(Some(self.read_into(&mut kept).await?))
    }

    async fn read_into(&self, kept: &mut Option<Kept<T>>) -> Result<Arc<T>, SecretError> {
        let name = T::NAME;
        let Some((client, arn)) = &self.0.source else {
            return Err(SecretError::Malformed(name));
        };
        let answer = client
            .get_secret_value()
            .secret_id(arn)
            .send()
            .await
            .map_err(|error| match error.as_service_error() {
                Some(refusal) if has_no_value(refusal) => SecretError::NotSet(name),
                _ => SecretError::Unreadable {
                    name,
                    source: error.into(),
                },
            })?;
        let value = Arc::new(T::parse(answer.secret_string().unwrap_or_default())?);
        *kept = Some(Kept {
            value: Arc::clone(&value),
            read_at: self.0.clock.now(),
        });
        Ok(value)
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

/// `current` or `current,previous`, as a variable of a local run has them.
fn listed(list: &SecretString) -> Vec<SecretString> {
    let secrets = list.expose_secret().split(',').map(str::trim);
    secrets
        .filter(|secret| !secret.is_empty())
        .map(SecretString::from)
        .collect()
}

/// The current one, and the previous one if there is one. Without the current one the previous
/// one must not stand in for it.
fn accepted(
    name: &'static str,
    current: Option<SecretString>,
    previous: Option<SecretString>,
) -> Result<Vec<SecretString>, SecretError> {
    let is_set = |secret: &SecretString| !secret.expose_secret().trim().is_empty();
    let current = current.filter(is_set).ok_or(SecretError::NotSet(name))?;
    Ok([current]
        .into_iter()
        .chain(previous.filter(is_set))
        .collect())
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
    use crate::env::Env;
    use crate::ground::Ground;

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
        assert!(matches!(error, SecretError::NotSet(_)), "{error:?}");
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
            assert!(matches!(error, SecretError::Unreadable { .. }), "{error:?}");
        }
        let set = read(200, r#"{"SecretString":"{\"channel_secret\":\"s\"}"}"#).await;
        assert_eq!(set.unwrap().current().expose_secret(), "s");
    }

    #[tokio::test]
    async fn a_secret_from_the_environment_has_nothing_newer() {
        let env = [("LINE_CHANNEL_SECRET".to_owned(), "new, old".to_owned())];
        let place = SecretPlace::from_env(&Env::from_map(env.into())).unwrap();
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
