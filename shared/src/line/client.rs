//! The channel client. A call for an account goes through [`LineClient::bot`],
//! which puts the bot header on it: leaving it out does not compile.
//!
//! ```
//! # use shared::domain::{BotId, UserId};
//! # use shared::line::{LineClient, LineError, endpoints::{bot::GetInfo, module::ListBots}};
//! # async fn calls(line: &LineClient, bot: &BotId) -> Result<(), LineError> {
//! line.bot(bot).call(&GetInfo).await?;
//! line.call(&ListBots { start: None }).await?;
//! # Ok(()) }
//! ```
//!
//! An account's call without the account:
//!
//! ```compile_fail
//! # use shared::domain::{BotId, UserId};
//! # use shared::line::{LineClient, LineError, endpoints::{bot::GetInfo, module::ListBots}};
//! # async fn calls(line: &LineClient, bot: &BotId) -> Result<(), LineError> {
//! line.call(&GetInfo).await?;
//! # Ok(()) }
//! ```
//!
//! And one that is for no account, with one:
//!
//! ```compile_fail
//! # use shared::domain::{BotId, UserId};
//! # use shared::line::{LineClient, LineError, endpoints::{bot::GetInfo, module::ListBots}};
//! # async fn calls(line: &LineClient, bot: &BotId) -> Result<(), LineError> {
//! line.bot(bot).call(&ListBots { start: None }).await?;
//! # Ok(()) }
//! ```

use std::sync::Arc;
use std::time::Duration;

use aws_smithy_types::body::SdkBody;
use http::Method;
use http::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE};

use crate::domain::{BotId, Scopes, Timestamp};
use crate::line::endpoint::{Answered, Endpoint, Facts, ForChannel, Host, Made, Request, Twice};
use crate::line::error::{LineError, LineErrorKind};
use crate::line::health::Health;
use crate::line::http::{Answer, Http, Opened, Reading};
use crate::line::limit::{Counter, Limits};
use crate::line::quota::Quotas;
use crate::line::token::{Token, TokenProvider};
use crate::line::{BotClient, Channel};
use crate::metrics::Metric;
use crate::secret::ChannelSecret;

/// The first wait between two tries of a call; each is twice the one before.
const FIRST_WAIT: Duration = Duration::from_millis(250);

/// Calls LINE as the module channel.
#[derive(Debug, Clone)]
pub struct LineClient {
    inner: Arc<Inner>,
    pub(super) limits: Arc<Limits>,
    pub(super) until: Option<Timestamp>,
}

#[derive(Debug)]
struct Inner {
    http: Http,
    channel: Channel,
    tokens: TokenProvider,
    quotas: Quotas,
    health: Health,
}

impl LineClient {
    /// For `channel`, by its secret.
    pub fn new(http: Http, channel: Channel, secret: ChannelSecret) -> Self {
        let tokens = TokenProvider::new(http.clone(), &channel.api_url, channel.id.clone(), secret);
        let inner = Inner {
            http,
            channel,
            tokens,
            quotas: Quotas::default(),
            health: Health::default(),
        };
        Self {
            inner: Arc::new(inner),
            limits: Arc::new(Limits::new(Counter::alone(), 1)),
            until: None,
        }
    }

    /// With limits per minute and hour counted by `counter`.
    #[must_use]
    pub fn counted_by(self, counter: Counter) -> Self {
        let limits = Limits::new(counter, self.limits.divisor());
        Self {
            limits: Arc::new(limits),
            ..self
        }
    }

    /// With every limit divided by `divisor`, but never below one call: for tests.
    #[must_use]
    pub fn limits_divided_by(self, divisor: u32) -> Self {
        let limits = Limits::new(self.limits.counter(), divisor);
        Self {
            limits: Arc::new(limits),
            ..self
        }
    }

    /// A client whose calls have time until `until`: they wait for LINE's limits,
    /// and what may be repeated is tried again. Without it a call is tried once,
    /// and one that would have to wait is an error.
    #[must_use]
    pub fn until(&self, until: Timestamp) -> Self {
        Self {
            until: Some(until),
            ..self.clone()
        }
    }

    /// Sees to it that there is a token, so that no time is lost for one later.
    ///
    /// # Errors
    /// LINE's refusal, or that it could not be asked.
    pub async fn ready(&self) -> Result<(), LineError> {
        self.in_health(self.inner.tokens.token().await).map(drop)
    }

    /// Until when LINE should not be asked, if it fails as a whole: it refuses the channel's
    /// credentials, gives no token, or has failed for several accounts in a row.
    pub fn outage(&self) -> Option<Timestamp> {
        self.inner.health.outage(self.now())
    }

    /// The time by our clock.
    pub(crate) fn now(&self) -> Timestamp {
        self.inner.http.now()
    }

    /// What lies under it.
    pub(crate) fn http(&self) -> &Http {
        &self.inner.http
    }

    pub(crate) fn quotas(&self) -> &Quotas {
        &self.inner.quotas
    }

    /// Calls for the account `bot`.
    pub fn bot(&self, bot: &BotId) -> BotClient {
        BotClient {
            client: self.clone(),
            bot: bot.clone(),
            scopes: Scopes::Unknown,
        }
    }

    /// A call that is for no account: LINE wants no bot header on it.
    ///
    /// # Errors
    /// LINE's refusal, or that its answer is not known.
    pub async fn call<E: Endpoint<By = ForChannel>>(
        &self,
        endpoint: &E,
    ) -> Result<E::Answer, LineError> {
        self.ask(endpoint).await.map(|answered| answered.value)
    }

    /// The same, with LINE's request id and time.
    ///
    /// # Errors
    /// As [`LineClient::call`].
    pub async fn ask<E: Endpoint<By = ForChannel>>(
        &self,
        endpoint: &E,
    ) -> Result<Answered<E::Answer>, LineError> {
        let answer = self.send(&Request::of(endpoint)?, None).await?;
        answered::<E>(answer)
    }

    /// The one way to LINE: again where that is harmless and there is time. What one
    /// try has left open, a later one's refusal does not close.
    pub(super) async fn send(
        &self,
        request: &Request,
        bot: Option<&BotId>,
    ) -> Result<Answer, LineError> {
        let facts = request.facts;
        let (mut wait, mut open) = (FIRST_WAIT, false);
        loop {
            // Boxed, so that the futures of a module that calls LINE stay small and shallow.
            let error = match Box::pin(self.attempt(request, bot)).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            open |= error.kind == LineErrorKind::Open && facts.method != Method::GET;
            let in_time = |until| self.now().plus(wait) < until;
            if !may_repeat(facts, &error) || !self.until.is_some_and(in_time) {
                return Err(if open { error.left_open() } else { error });
            }
            self.http().sleep(wait).await;
            wait *= 2;
        }
    }

    /// One try, within LINE's limits.
    async fn attempt(&self, request: &Request, bot: Option<&BotId>) -> Result<Answer, LineError> {
        let facts = request.facts;
        if let Some(bot) = bot {
            let until = self.until;
            self.limits.pass(self.http(), facts, bot, until).await?;
        }
        let opened = self.exchange(request, bot, Reading::Whole).await?;
        done(facts, opened.answer)
    }

    /// A token that LINE does not take is replaced once.
    pub(super) async fn exchange(
        &self,
        request: &Request,
        bot: Option<&BotId>,
        reading: Reading,
    ) -> Result<Opened, LineError> {
        if request.facts.made == Made::Openly {
            return self.exchange_with(request, bot, None, reading).await;
        }
        let tokens = &self.inner.tokens;
        let token = self.in_health(tokens.token().await)?;
        let opened = self
            .exchange_with(request, bot, Some(&token), reading)
            .await?;
        if opened.answer.status != 401 {
            return Ok(opened);
        }
        let token = self.in_health(tokens.instead_of(&token).await)?;
        let opened = self
            .exchange_with(request, bot, Some(&token), reading)
            .await?;
        if opened.answer.status == 401 {
            self.channel_fails(LineErrorKind::Credentials);
        }
        Ok(opened)
    }

    /// Without a token nothing can be asked.
    fn in_health(&self, token: Result<Token, LineError>) -> Result<Token, LineError> {
        token.map_err(|error| {
            self.channel_fails(error.kind);
            error.before_sending()
        })
    }

    /// No call of any account can succeed now, for this reason.
    fn channel_fails(&self, kind: LineErrorKind) {
        if kind == LineErrorKind::Credentials {
            self.http().metrics().count(Metric::CredentialsRefused);
        }
        let begins = self.inner.health.channel_fails(self.now());
        self.count_outage(begins);
    }

    fn count_outage(&self, begins: bool) {
        if begins {
            self.http().metrics().count(Metric::LineOutages);
        }
    }

    async fn exchange_with(
        &self,
        request: &Request,
        bot: Option<&BotId>,
        token: Option<&Token>,
        reading: Reading,
    ) -> Result<Opened, LineError> {
        let Inner { http, health, .. } = &*self.inner;
        let made = self.http_request(request, bot, token)?;
        let opened = http.open(made, reading).await;
        let status = opened.as_ref().ok().map(|opened| opened.answer.status);
        self.count_outage(health.record(bot, status, self.now()));
        opened.map_err(|error| LineError::no_answer(request.facts.name, error))
    }

    fn http_request(
        &self,
        request: &Request,
        bot: Option<&BotId>,
        token: Option<&Token>,
    ) -> Result<http::Request<SdkBody>, LineError> {
        let Request {
            facts,
            target,
            body,
            ..
        } = request;
        let channel = &self.inner.channel;
        let host = match facts.host {
            Host::Api | Host::Manager => &channel.api_url,
            Host::Data => &channel.data_api_url,
        };
        let mut http = http::Request::builder()
            .method(&facts.method)
            .uri(format!("{host}{target}"));
        if let Some(token) = token {
            http = http.header(AUTHORIZATION, token.bearer());
        }
        if let Some(bot) = bot {
            http = http.header(&channel.bot_header, bot.as_str());
        }
        if let Some(kind) = body.content_type() {
            http = http.header(CONTENT_TYPE, kind);
        }
        if let Some(length) = body.content_length(&facts.method) {
            http = http.header(CONTENT_LENGTH, length);
        }
        if let Some(key) = request.retry_key {
            http = http.header("x-line-retry-key", key.to_string());
        }
        for (name, value) in &request.headers {
            http = http.header(*name, value);
        }
        http.body(body.open())
            .map_err(|e| LineError::unsendable(facts.name, e))
    }
}

/// The answer, if LINE has done what was asked: now, or before with the same key. A
/// call that reads succeeds with 200 alone: 202 says that there is nothing to read yet
/// (<https://developers.line.biz/en/reference/messaging-api/#get-content>).
pub(super) fn done(facts: &Facts, answer: Answer) -> Result<Answer, LineError> {
    match answer.status {
        202 if facts.reads => Err(LineError::not_ready(facts.name, &answer)),
        201..=299 if facts.reads => Err(LineError::unreadable(facts.name, &answer)),
        409 if facts.twice == Twice::Keyed => Ok(Answer {
            request_id: answer.accepted_request_id.clone(),
            ..answer
        }),
        _ if answer.is_success() => Ok(answer),
        _ => Err(LineError::refused(facts.name, &answer)),
    }
}

/// What never left us is tried again always; what may have arrived, where a second
/// time is harmless. A definite refusal is not: it would be the same again
/// (<https://developers.line.biz/en/docs/messaging-api/retrying-api-request/>).
fn may_repeat(facts: &Facts, error: &LineError) -> bool {
    match error.kind {
        LineErrorKind::NotSent => true,
        LineErrorKind::Open => facts.twice != Twice::Counts,
        _ => false,
    }
}

/// What LINE has answered, read.
pub(super) fn answered<E: Endpoint>(answer: Answer) -> Result<Answered<E::Answer>, LineError> {
    let value = E::read(&answer).ok_or_else(|| LineError::unreadable(E::FACTS.name, &answer))?;
    Ok(Answered {
        value,
        request_id: answer.request_id,
        date: answer.date,
    })
}
