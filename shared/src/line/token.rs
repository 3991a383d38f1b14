//! Channel access tokens: stateless ones, since they need no storage and their
//! number has no limit; a module channel cannot use long-lived ones
//! (<https://developers.line.biz/en/docs/basics/channel-access-token/>). One
//! token serves all accounts; the bot header selects the account.

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
        let token = with_secret(&self.secret, OPERATION, async |secrets| {
            self.issue(secrets).await
        })
        .await?;
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
            .map_err(|e| LineError::no_answer(OPERATION, e.into()))?;
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

/// Runs `call` with the secret; if LINE answers `invalid_client` and there is a
/// newer secret, once more with that.
pub(crate) async fn with_secret<T>(
    secret: &ChannelSecret,
    operation: &'static str,
    call: impl AsyncFn(&Secrets) -> Result<T, LineError>,
) -> Result<T, LineError> {
    let secrets = secret
        .get()
        .await
        .map_err(|e| LineError::secret(operation, e))?;
    match call(&secrets).await {
        Err(error) if error.is_invalid_client() => match secret.newer_than(&secrets).await {
            Ok(Some(newer)) => call(&newer).await,
            _ => Err(error),
        },
        result => result,
    }
}
