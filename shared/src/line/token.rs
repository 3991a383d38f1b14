//! Channel access tokens: stateless ones, since they need no storage and their
//! number has no limit; a module channel cannot use long-lived ones
//! (<https://developers.line.biz/en/docs/basics/channel-access-token/>). One
//! token serves all accounts; the bot header selects the account.

use std::sync::Arc;
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use tokio::sync::Mutex;

use crate::domain::Timestamp;
use crate::line::error::LineError;
use crate::line::http::{Http, encode_pairs, post_form};
use crate::secret::{ChannelSecret, Secrets};

const OPERATION: &str = "issue a token";
/// A token is not used in its last minute: it must live until LINE reads it.
const MARGIN: Duration = Duration::from_secs(60);

/// Gives tokens; issues one when needed, one at a time.
#[derive(Debug)]
pub struct TokenProvider {
    http: Http,
    url: String,
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

#[derive(Deserialize)]
struct Issued {
    access_token: SecretString,
    expires_in: u64,
}

impl TokenProvider {
    /// For the channel `channel_id`, by its secret.
    pub fn new(http: Http, api_url: &str, channel_id: String, secret: ChannelSecret) -> Self {
        let url = format!("{api_url}/oauth2/v3/token");
        Self {
            http,
            url,
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
        let secrets = self
            .secret
            .get()
            .await
            .map_err(|e| LineError::secret(OPERATION, e))?;
        let token = match self.issue(&secrets).await {
            Err(error) => match newer_secrets(&self.secret, &secrets, &error).await {
                Some(newer) => self.issue(&newer).await?,
                None => return Err(error),
            },
            Ok(token) => token,
        };
        *kept = Some(token.clone());
        Ok(token)
    }

    async fn issue(&self, secrets: &Secrets) -> Result<Token, LineError> {
        let body = encode_pairs(&[
            ("grant_type", "client_credentials"),
            ("client_id", &self.channel_id),
            ("client_secret", secrets.current().expose_secret()),
        ]);
        let request = post_form(&self.url)
            .body(body)
            .map_err(|e| LineError::unsendable(OPERATION, e))?;
        let asked_at = self.http.now();
        let answer = self
            .http
            .send(request)
            .await
            .map_err(|e| LineError::no_answer(OPERATION, e))?;
        if answer.status != 200 {
            return Err(LineError::refused(OPERATION, &answer));
        }
        let issued: Issued = answer
            .json()
            .ok_or_else(|| LineError::unreadable(OPERATION, &answer))?;
        let good_until = asked_at
            .plus(Duration::from_secs(issued.expires_in))
            .minus(MARGIN);
        Ok(Token {
            text: issued.access_token,
            good_until,
        })
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
