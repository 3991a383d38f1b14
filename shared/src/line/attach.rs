//! Attaching by OAuth 2.0: the authorize URL, and the exchange of its code for
//! the account's bot id and scopes. No access token comes of it: calls use the
//! module channel's own token and the bot header
//! (<https://developers.line.biz/en/docs/partner-docs/module-technical-attach-channel/>).

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::domain::{BotId, Scopes, Timestamp};
use crate::line::endpoints::table::ATTACH;
use crate::line::error::LineError;
use crate::line::event::scopes;
use crate::line::http::{Answer, Http, encode_pairs, post_form};
use crate::line::token::newer_secrets;
use crate::metrics::Metric;
use crate::secret::{ChannelSecret, Secrets};

const OPERATION: &str = "attach";

/// What the authorize URL asks for, and the exchange must repeat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttachTerms {
    /// Where LINE sends the admin back; one of those registered in the console.
    pub redirect_uri: String,
    /// Scopes, separated by spaces.
    pub scope: String,
    /// `JP` or `TW`, to admit only that region's accounts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// A basic id, to admit only that account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basic_search_id: Option<String>,
    /// `premium`, `verified`, `unverified`, separated by spaces.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brand_type: Option<String>,
}

impl AttachTerms {
    fn optional(&self) -> impl Iterator<Item = (&'static str, &str)> {
        [
            ("region", &self.region),
            ("basic_search_id", &self.basic_search_id),
            ("brand_type", &self.brand_type),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value.as_deref()?)))
    }
}

/// The PKCE verifier: 43 characters of base64url, from 32 random bytes
/// (RFC 7636).
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Verifier(SecretString);

impl Verifier {
    /// From 32 random bytes.
    pub fn new(random: [u8; 32]) -> Self {
        Self(URL_SAFE_NO_PAD.encode(random).into())
    }

    fn challenge(&self) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::digest(self.0.expose_secret()))
    }
}

impl From<String> for Verifier {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl From<Verifier> for String {
    fn from(verifier: Verifier) -> Self {
        verifier.0.expose_secret().to_owned()
    }
}

/// How the exchange tells who we are. LINE takes either, not both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Credentials {
    /// In the `authorization` header.
    #[default]
    Basic,
    /// In the form.
    Body,
}

/// What an attach tells. Scopes may be missing: LINE's documents disagree on
/// their member's name, and an attach does not fail for that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attached {
    /// The account's bot.
    pub bot: BotId,
    /// What the admin granted.
    pub scopes: Scopes,
    /// When, by LINE's clock: the end of the second of its answer.
    pub at: Timestamp,
}

/// Makes authorize URLs and exchanges their codes.
#[derive(Debug, Clone)]
pub struct AttachClient {
    http: Http,
    manager_url: String,
    channel_id: String,
    secret: ChannelSecret,
    credentials: Credentials,
}

#[derive(Deserialize)]
struct ExchangeBody {
    bot_id: BotId,
    #[serde(default)]
    scopes: Value,
    #[serde(default)]
    scope: Value,
}

impl AttachClient {
    /// For the channel `channel_id`; `manager_url` is LINE's manager.
    pub fn new(
        http: Http,
        manager_url: String,
        channel_id: String,
        secret: ChannelSecret,
        credentials: Credentials,
    ) -> Self {
        Self {
            http,
            manager_url,
            channel_id,
            secret,
            credentials,
        }
    }

    /// Where the admin's browser goes. `state` is of letters and digits only:
    /// LINE forbids one that needs encoding.
    pub fn authorize_url(&self, terms: &AttachTerms, state: &str, verifier: &Verifier) -> String {
        let challenge = verifier.challenge();
        let mut query = vec![
            ("response_type", "code"),
            ("client_id", &self.channel_id),
            ("redirect_uri", &terms.redirect_uri),
            ("scope", &terms.scope),
            ("state", state),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        query.extend(terms.optional());
        format!(
            "{}/module/auth/v1/authorize?{}",
            self.manager_url,
            encode_pairs(&query)
        )
    }

    /// Exchanges the code that came back.
    ///
    /// # Errors
    /// LINE's refusal, or that it could not be asked. The code is then spent.
    pub async fn exchange(
        &self,
        code: &str,
        terms: &AttachTerms,
        verifier: &Verifier,
    ) -> Result<Attached, LineError> {
        let secrets = self
            .secret
            .get()
            .await
            .map_err(|e| LineError::secret(OPERATION, e))?;
        let answer = match self.send(code, terms, verifier, &secrets).await {
            Err(error) => match newer_secrets(&self.secret, &secrets, &error).await {
                Some(newer) => self.send(code, terms, verifier, &newer).await,
                None => Err(error),
            },
            answer => answer,
        };
        let answer = answer.inspect_err(|error| {
            if error.is_invalid_client() {
                self.http.metrics().count(Metric::CredentialsRefused);
            }
        })?;
        let body: ExchangeBody = answer
            .json()
            .ok_or_else(|| LineError::unreadable(OPERATION, &answer))?;
        let granted = if body.scopes.is_null() {
            body.scope
        } else {
            body.scopes
        };
        let at = answer.end_of_second().unwrap_or_else(|| self.http.now());
        Ok(Attached {
            bot: body.bot_id,
            scopes: scopes(&granted),
            at,
        })
    }

    async fn send(
        &self,
        code: &str,
        terms: &AttachTerms,
        verifier: &Verifier,
        secrets: &Secrets,
    ) -> Result<Answer, LineError> {
        let request = self
            .request(code, terms, verifier, secrets)
            .map_err(|e| LineError::unsendable(OPERATION, e))?;
        let answer = self
            .http
            .send(request)
            .await
            .map_err(|e| LineError::no_answer(OPERATION, e))?;
        match answer.status {
            200 => Ok(answer),
            _ => Err(LineError::refused(OPERATION, &answer)),
        }
    }

    fn request(
        &self,
        code: &str,
        terms: &AttachTerms,
        verifier: &Verifier,
        secrets: &Secrets,
    ) -> Result<http::Request<String>, http::Error> {
        let secret = secrets.current().expose_secret();
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &terms.redirect_uri),
            ("code_verifier", verifier.0.expose_secret()),
            ("scope", &terms.scope),
        ];
        form.extend(terms.optional());
        let mut request = post_form(&format!("{}{}", self.manager_url, ATTACH.path));
        match self.credentials {
            Credentials::Basic => {
                let pair = STANDARD.encode(format!("{}:{secret}", self.channel_id));
                request = request.header("authorization", format!("Basic {pair}"));
            }
            Credentials::Body => {
                form.extend([
                    ("client_id", self.channel_id.as_str()),
                    ("client_secret", secret),
                ]);
            }
        }
        request.body(encode_pairs(&form))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use aws_smithy_async::time::SharedTimeSource;

    use super::*;
    use crate::env::Env;
    use crate::secret::SecretPlace;

    fn client(credentials: Credentials) -> AttachClient {
        let second = Duration::from_secs(1);
        let connector = crate::connector::connector(second);
        let http = Http::new(
            connector,
            SharedTimeSource::default(),
            crate::ground::tokio_sleep(),
            second,
        );
        let env = Env::from_map([("LINE_CHANNEL_SECRET".to_owned(), "s3cret".to_owned())].into());
        let place = SecretPlace::from_env(&env).unwrap();
        let secret = ChannelSecret::new(
            place,
            || unreachable!("not in AWS"),
            SharedTimeSource::default(),
        );
        AttachClient::new(
            http,
            "https://manager.line.biz".into(),
            "123".into(),
            secret,
            credentials,
        )
    }

    fn terms() -> AttachTerms {
        AttachTerms {
            redirect_uri: "https://example.com/cb?a=1&b=2".into(),
            scope: "message:send message:receive".into(),
            region: Some("JP".into()),
            basic_search_id: None,
            brand_type: Some("premium verified".into()),
        }
    }

    #[test]
    fn the_authorize_url_has_every_parameter_encoded_once() {
        // The verifier and challenge of RFC 7636, appendix B.
        let verifier = Verifier::from("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".to_owned());
        assert_eq!(
            client(Credentials::Basic).authorize_url(&terms(), "abc123", &verifier),
            "https://manager.line.biz/module/auth/v1/authorize?response_type=code&client_id=123\
             &redirect_uri=https%3A%2F%2Fexample.com%2Fcb%3Fa%3D1%26b%3D2\
             &scope=message%3Asend%20message%3Areceive&state=abc123\
             &code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256\
             &region=JP&brand_type=premium%20verified"
        );
    }

    #[tokio::test]
    async fn the_exchange_repeats_the_terms_with_either_kind_of_credentials() {
        let verifier = Verifier::new([7; 32]);
        let client_basic = client(Credentials::Basic);
        let secrets = client_basic.secret.get().await.unwrap();
        let basic = client_basic
            .request("c+/=", &terms(), &verifier, &secrets)
            .unwrap();
        assert_eq!(basic.headers()["authorization"], "Basic MTIzOnMzY3JldA==");
        assert!(basic.body().contains("code=c%2B%2F%3D&"));
        assert!(
            basic
                .body()
                .contains("&scope=message%3Asend%20message%3Areceive&region=JP&brand_type=")
        );
        assert!(!basic.body().contains("client_secret"));
        let body = client(Credentials::Body)
            .request("c", &terms(), &verifier, &secrets)
            .unwrap();
        assert!(body.headers().get("authorization").is_none());
        assert!(body.body().ends_with("&client_id=123&client_secret=s3cret"));
    }

    #[test]
    fn scopes_are_read_in_either_form_or_not_at_all() {
        let read = |json: &str| {
            let body: ExchangeBody = serde_json::from_str(json).unwrap();
            scopes(if body.scopes.is_null() {
                &body.scope
            } else {
                &body.scopes
            })
        };
        let expected = Scopes::from_words("message:send profile:read");
        assert_eq!(
            read(r#"{"bot_id":"U1","scopes":["message:send","profile:read"]}"#),
            expected
        );
        assert_eq!(
            read(r#"{"bot_id":"U1","scope":"message:send profile:read"}"#),
            expected
        );
        assert_eq!(read(r#"{"bot_id":"U1"}"#), Scopes::Unknown);
    }
}
