//! The client for one account: it puts the bot header on every call, and makes none that
//! needs a scope which is known to be missing.

use bytes::Bytes;

use crate::domain::{BotId, Scopes, Timestamp};
use crate::line::LineClient;
use crate::line::body::Download;
use crate::line::client::{answered, done};
use crate::line::endpoint::{Answered, Endpoint, Facts, ForBot, Request};
use crate::line::error::LineError;
use crate::line::http::Reading;

/// Calls LINE for one account.
#[derive(Debug, Clone)]
pub struct BotClient {
    pub(super) client: LineClient,
    pub(super) bot: BotId,
    pub(super) scopes: Scopes,
}

impl BotClient {
    /// The account these calls are for.
    pub fn bot(&self) -> &BotId {
        &self.bot
    }

    /// What the account has granted, as far as it is known: a call that needs more
    /// is then not made.
    #[must_use]
    pub fn granted(self, scopes: &Scopes) -> Self {
        Self {
            scopes: scopes.clone(),
            ..self
        }
    }

    /// As [`LineClient::until`].
    #[must_use]
    pub fn until(self, until: Timestamp) -> Self {
        Self {
            client: self.client.until(until),
            ..self
        }
    }

    /// The time by our clock.
    pub(crate) fn now(&self) -> Timestamp {
        self.client.now()
    }

    pub(crate) fn client(&self) -> &LineClient {
        &self.client
    }

    /// A call for this account.
    ///
    /// # Errors
    /// LINE's refusal, or that its answer is not known; a scope that is known to
    /// be missing, or a limit that is reached, before LINE is asked.
    pub async fn call<E: Endpoint<By = ForBot>>(
        &self,
        endpoint: &E,
    ) -> Result<E::Answer, LineError> {
        self.ask(endpoint).await.map(|answered| answered.value)
    }

    /// The same, with LINE's request id and time.
    ///
    /// # Errors
    /// As [`BotClient::call`].
    pub async fn ask<E: Endpoint<By = ForBot>>(
        &self,
        endpoint: &E,
    ) -> Result<Answered<E::Answer>, LineError> {
        let request = Request::of(endpoint)?;
        self.check_scope(E::FACTS)?;
        self.spend(E::FACTS, endpoint.spends()).await?;
        self.send(endpoint, &request).await
    }

    /// The same, of a call with a retry key that LINE may have taken already: what is left of
    /// the quota then says nothing, and LINE knows.
    ///
    /// # Errors
    /// As [`BotClient::call`].
    pub async fn ask_again<E: Endpoint<By = ForBot>>(
        &self,
        endpoint: &E,
    ) -> Result<Answered<E::Answer>, LineError> {
        let request = Request::of(endpoint)?;
        self.check_scope(E::FACTS)?;
        self.send(endpoint, &request).await
    }

    async fn send<E: Endpoint<By = ForBot>>(
        &self,
        endpoint: &E,
        request: &Request,
    ) -> Result<Answered<E::Answer>, LineError> {
        let answer = self.client.send(request, Some(&self.bot)).await?;
        let answered = answered::<E>(answer)?;
        self.spent(endpoint.spends());
        Ok(answered)
    }

    /// A file of at most `most` bytes, to be read piece by piece.
    ///
    /// # Errors
    /// As [`BotClient::call`]; that it is larger than `most`.
    pub async fn download<E: Endpoint<By = ForBot, Answer = Bytes>>(
        &self,
        endpoint: &E,
        most: u64,
    ) -> Result<Download, LineError> {
        let facts = E::FACTS;
        self.check_scope(facts)?;
        let Self { client, bot, .. } = self;
        let limits = &client.limits;
        limits.pass(client.http(), facts, bot, client.until).await?;
        let request = Request::of(endpoint)?;
        let opened = Box::pin(client.exchange(&request, Some(bot), Reading::Head)).await?;
        done(facts, opened.answer)?;
        if opened.content_length.is_some_and(|length| length > most) {
            return Err(LineError::too_large(facts.name));
        }
        let (sleep, limit) = client.http().patience();
        Ok(Download {
            content_type: opened.content_type,
            length: opened.content_length,
            operation: facts.name,
            body: opened.body,
            left: most,
            sleep,
            limit,
        })
    }

    /// A scope that is known to be missing stops the call before the network.
    fn check_scope(&self, facts: &Facts) -> Result<(), LineError> {
        match facts.scope {
            Some(scope) if !self.scopes.may(scope) => {
                Err(LineError::scope_missing(facts.name, scope))
            }
            _ => Ok(()),
        }
    }
}
