//! Channel access tokens: stateless ones, since they need no storage and their
//! number has no limit; a module channel cannot use long-lived ones
//! (<https://developers.line.biz/en/docs/basics/channel-access-token/>). One
//! token serves all accounts; the bot header selects the account.
//!
//! LINE knows us by the channel's secret, or by an assertion where the secret in
//! Secrets Manager has a key for one.

use std::sync::Arc;
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Mutex;

use crate::domain::Timestamp;
use crate::line::assertion::sign;
use crate::line::endpoint::{Endpoint as _, Request};
use crate::line::endpoints::token::{IssueStateless, IssuedToken, Proof};
use crate::line::error::LineError;
use crate::line::http::Http;
use crate::metrics::Metric;
use crate::secret::{ChannelSecret, Secrets};

const OPERATION: &str = "issue a token";
/// A token is not used in its last minute: it must live until LINE reads it.
const MARGIN: Duration = Duration::from_secs(60);

/// Gives tokens; issues one when needed, one at a time.
#[derive(Debug)]
pub struct TokenProvider {
    http: Http,
    api_url: String,
    channel_id: String,
    secret: ChannelSecret,
    kept: Mutex<Option<Token>>,
}

/// A channel access token.
#[derive(Debug, Clone)]
pub struct Token {
    text: SecretString,
    good_until: Timestamp,
}

impl Token {
    /// The `authorization` header's value.
    pub(crate) fn bearer(&self) -> String {
        format!("Bearer {}", self.text.expose_secret())
    }
}

impl TokenProvider {
    /// For the channel `channel_id`, by its secret.
    pub fn new(http: Http, api_url: &str, channel_id: String, secret: ChannelSecret) -> Self {
        Self {
            http,
            api_url: api_url.to_owned(),
            channel_id,
            secret,
            kept: Mutex::default(),
        }
    }

    /// A token that is good for a minute at least.
    ///
    /// # Errors
    /// LINE's refusal, or that it could not be asked.
    pub async fn token(&self) -> Result<Token, LineError> {
        let mut kept = self.kept.lock().await;
        match &*kept {
            Some(token) if self.http.now() < token.good_until => Ok(token.clone()),
            _ => self.issue_into(&mut kept).await,
        }
    }

    /// Another token than `refused`, which LINE did not take.
    ///
    /// # Errors
    /// As [`TokenProvider::token`].
    pub async fn instead_of(&self, refused: &Token) -> Result<Token, LineError> {
        let mut kept = self.kept.lock().await;
        match &*kept {
            Some(token) if token.text.expose_secret() != refused.text.expose_secret() => {
                Ok(token.clone())
            }
            _ => self.issue_into(&mut kept).await,
        }
    }

    async fn issue_into(&self, kept: &mut Option<Token>) -> Result<Token, LineError> {
        let issued = self.issue_by_newest().await;
        self.http.metrics().count(match issued {
            Ok(_) => Metric::TokensIssued,
            Err(_) => Metric::TokensFailed,
        });
        let token = issued?;
        *kept = Some(token.clone());
        Ok(token)
    }

    async fn issue_by_newest(&self) -> Result<Token, LineError> {
        let secrets = self
            .secret
            .get()
            .await
            .map_err(|e| LineError::secret(OPERATION, e))?;
        match self.issue(&secrets).await {
            Err(error) => match newer_secrets(&self.secret, &secrets, &error).await {
                Some(newer) => self.issue(&newer).await,
                None => Err(error),
            },
            token => token,
        }
    }

    async fn issue(&self, secrets: &Secrets) -> Result<Token, LineError> {
        let asked_at = self.http.now();
        let answer = match secrets.assertion_key() {
            Some(key) => {
                let jwt = sign(key, &self.channel_id, asked_at, None)
                    .map_err(|e| LineError::bad_key(OPERATION, e))?;
                self.ask(Proof::Assertion(&jwt)).await?
            }
            None => {
                let (channel, secret) = (self.channel_id.as_str(), secrets.current());
                self.ask(Proof::Secret { channel, secret }).await?
            }
        };
        let life = Duration::from_secs(answer.expires_in);
        Ok(Token {
            text: answer.access_token,
            good_until: asked_at.plus(life).minus(MARGIN),
        })
    }

    async fn ask(&self, proof: Proof<'_>) -> Result<IssuedToken, LineError> {
        let request = Request::of(&IssueStateless { proof })?;
        let mut http = http::Request::post(format!("{}{}", self.api_url, request.target));
        if let Some(kind) = request.body.content_type() {
            http = http.header("content-type", kind);
        }
        let http = http
            .body(request.body.open())
            .map_err(|e| LineError::unsendable(OPERATION, e))?;
        let answer = self
            .http
            .send(http)
            .await
            .map_err(|e| LineError::no_answer(OPERATION, e))?;
        match answer.is_success() {
            true => IssueStateless::read(&answer)
                .ok_or_else(|| LineError::unreadable(OPERATION, &answer)),
            false => Err(LineError::refused(OPERATION, &answer)),
        }
    }
}

/// Newer secrets than those LINE has refused, if it has and there are any: a
/// call is then made once more.
pub(crate) async fn newer_secrets(
    secret: &ChannelSecret,
    seen: &Arc<Secrets>,
    error: &LineError,
) -> Option<Arc<Secrets>> {
    if !error.is_invalid_client() {
        return None;
    }
    secret.newer_than(seen).await.unwrap_or_else(|error| {
        tracing::error!(%error, "LINE refuses the channel secret, and it cannot be read again");
        None
    })
}
