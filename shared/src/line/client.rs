//! The channel client. A call for an account goes through [`LineClient::bot`],
//! which puts the bot header on it: leaving it out does not compile.

use std::sync::Arc;

use http::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HOST};
use http::{HeaderName, Method};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::domain::{BotId, Timestamp};
use crate::env::{ConfigError, Env};
use crate::line::error::LineError;
use crate::line::http::{Answer, Http};
use crate::line::token::{Token, TokenProvider};
use crate::secret::ChannelSecret;

/// Headers that a call has anyway.
const OURS: [HeaderName; 4] = [AUTHORIZATION, CONTENT_TYPE, CONTENT_LENGTH, HOST];

/// The module channel, as configured.
#[derive(Debug, Clone)]
pub struct Channel {
    /// Its channel id.
    pub id: String,
    /// The header that selects the account; LINE tells its name to participants only.
    pub bot_header: HeaderName,
    /// `https://api.line.me`, or an emulator.
    pub api_url: String,
}

impl Channel {
    /// From `LINE_CHANNEL_ID`, `LINE_BOT_HEADER` and `LINE_API_URL`.
    ///
    /// # Errors
    /// The first that is missing or wrong.
    pub fn read(env: &Env) -> Result<Self, ConfigError> {
        const HEADER: &str = "LINE_BOT_HEADER";
        let id = env.required(
            "LINE_CHANNEL_ID",
            "give the module channel's ID, from its Basic settings",
        )?;
        let header = env.required(
            HEADER,
            "give the name of the header that selects the bot; LINE tells it to participants only",
        )?;
        let expected = "it must be the name of an HTTP header that has no other meaning";
        let bot_header: Option<HeaderName> =
            header.parse().ok().filter(|name| !OURS.contains(name));
        let bot_header = bot_header.ok_or(ConfigError::Invalid {
            name: HEADER,
            expected,
        })?;
        Ok(Self {
            id,
            bot_header,
            api_url: env.url("LINE_API_URL", "https://api.line.me")?,
        })
    }
}

/// Calls LINE as the module channel.
#[derive(Debug, Clone)]
pub struct LineClient(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    http: Http,
    channel: Channel,
    tokens: TokenProvider,
}

/// Calls LINE for one account.
#[derive(Debug, Clone)]
pub struct BotClient {
    client: LineClient,
    bot: BotId,
}

/// One call: what endpoints are made of.
pub(crate) struct Call<'a> {
    /// What it does, for errors.
    pub(crate) operation: &'static str,
    /// The method.
    pub(crate) method: Method,
    /// The path, its parts encoded.
    pub(crate) path: &'a str,
    /// `X-Line-Retry-Key`, where the endpoint takes one.
    pub(crate) retry_key: Option<uuid::Uuid>,
}

impl LineClient {
    /// For `channel`, by its secret.
    pub fn new(http: Http, channel: Channel, secret: ChannelSecret) -> Self {
        let tokens = TokenProvider::new(http.clone(), &channel.api_url, channel.id.clone(), secret);
        Self(Arc::new(Inner {
            http,
            channel,
            tokens,
        }))
    }

    /// Sees to it that there is a token, so that no time is lost for one later.
    ///
    /// # Errors
    /// LINE's refusal, or that it could not be asked.
    pub async fn ready(&self) -> Result<(), LineError> {
        self.0.tokens.token().await.map(drop)
    }

    /// The time by our clock.
    pub(crate) fn now(&self) -> Timestamp {
        self.0.http.now()
    }

    /// Calls for the account `bot`.
    pub fn bot(&self, bot: &BotId) -> BotClient {
        BotClient {
            client: self.clone(),
            bot: bot.clone(),
        }
    }

    /// A call that is for no account: LINE wants no bot header on it. Gives the
    /// answer, and when LINE made it.
    pub(crate) async fn get<T: DeserializeOwned>(
        &self,
        operation: &'static str,
        path: &str,
    ) -> Result<(T, Option<Timestamp>), LineError> {
        self.0.get(operation, path, None).await
    }

    /// The same with a JSON body; the answer may have any status.
    pub(crate) async fn post(
        &self,
        call: &Call<'_>,
        body: &impl Serialize,
    ) -> Result<Answer, LineError> {
        self.0.post(call, body, None).await
    }
}

impl BotClient {
    /// The time by our clock.
    pub(crate) fn now(&self) -> Timestamp {
        self.client.now()
    }

    /// The account these calls are for.
    pub fn bot(&self) -> &BotId {
        &self.bot
    }

    /// Sends a call without a body and reads its answer.
    pub(crate) async fn get<T: DeserializeOwned>(
        &self,
        operation: &'static str,
        path: &str,
    ) -> Result<T, LineError> {
        let answer = self.client.0.get(operation, path, Some(&self.bot)).await;
        answer.map(|(answer, _)| answer)
    }

    /// Sends a call with a JSON body; the answer may have any status.
    pub(crate) async fn post(
        &self,
        call: &Call<'_>,
        body: &impl Serialize,
    ) -> Result<Answer, LineError> {
        self.client.0.post(call, body, Some(&self.bot)).await
    }

    /// Sends a call without a body; the answer may have any status.
    pub(crate) async fn post_nothing(&self, call: &Call<'_>) -> Result<Answer, LineError> {
        self.client
            .0
            .send(call, Some(&self.bot), String::new())
            .await
    }
}

impl Inner {
    async fn get<T: DeserializeOwned>(
        &self,
        operation: &'static str,
        path: &str,
        bot: Option<&BotId>,
    ) -> Result<(T, Option<Timestamp>), LineError> {
        let call = Call {
            operation,
            method: Method::GET,
            path,
            retry_key: None,
        };
        let answer = self.send(&call, bot, String::new()).await?;
        match answer.status {
            200 => answer
                .json()
                .map(|value| (value, answer.date))
                .ok_or_else(|| LineError::unreadable(operation, &answer)),
            _ => Err(LineError::refused(operation, &answer)),
        }
    }

    async fn post(
        &self,
        call: &Call<'_>,
        body: &impl Serialize,
        bot: Option<&BotId>,
    ) -> Result<Answer, LineError> {
        let body =
            serde_json::to_string(body).map_err(|e| LineError::unsendable(call.operation, e))?;
        self.send(call, bot, body).await
    }

    /// A token that LINE does not take is replaced once.
    async fn send(
        &self,
        call: &Call<'_>,
        bot: Option<&BotId>,
        body: String,
    ) -> Result<Answer, LineError> {
        let Self { http, tokens, .. } = self;
        let token = tokens.token().await.map_err(LineError::before_sending)?;
        let failed = |e| LineError::no_answer(call.operation, e);
        let request = self.request(call, bot, &token, body.clone())?;
        let answer = http.send(request).await.map_err(failed)?;
        if answer.status != 401 {
            return Ok(answer);
        }
        let token = tokens
            .instead_of(&token)
            .await
            .map_err(LineError::before_sending)?;
        let request = self.request(call, bot, &token, body)?;
        http.send(request).await.map_err(failed)
    }

    fn request(
        &self,
        call: &Call<'_>,
        bot: Option<&BotId>,
        token: &Token,
        body: String,
    ) -> Result<http::Request<String>, LineError> {
        let channel = &self.channel;
        let mut request = http::Request::builder()
            .method(&call.method)
            .uri(format!("{}{}", channel.api_url, call.path))
            .header("authorization", token.bearer());
        if let Some(bot) = bot {
            request = request.header(&channel.bot_header, bot.as_str());
        }
        if !body.is_empty() {
            request = request.header("content-type", "application/json");
        }
        if let Some(key) = call.retry_key {
            request = request.header("x-line-retry-key", key.to_string());
        }
        request
            .body(body)
            .map_err(|e| LineError::unsendable(call.operation, e))
    }
}
