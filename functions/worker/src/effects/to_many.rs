//! What goes to many, for the account. Before the call the client looks whether the month's quota
//! has room for it.

use line_module::Module;
use serde_json::Value;
use shared::domain::{
    Broadcast, MayBroadcast, Multicast, Narrowcast, Silence, ToManyEffect, may_send_to_many,
};
use shared::line::endpoint::{Endpoint, ForBot};
use shared::line::endpoints::message::{self, Accepted, Limit};
use shared::line::{LineError, recipient_object};
use shared::metrics::Metric;
use uuid::Uuid;

use super::{NotSent, Sender, Sent, Step};

impl<M: Module> Sender<'_, M> {
    /// Sends it.
    pub(super) async fn to_many(
        &self,
        effect: &ToManyEffect,
        step: Step<'_>,
    ) -> Result<Sent, NotSent> {
        let may = self.may_send_to_many(step)?;
        let key = self.retry_key(step)?;
        let answer = match effect {
            ToManyEffect::Multicast(send) => self.multicast(&may, send, key, step).await,
            ToManyEffect::Broadcast(send) => self.broadcast(&may, send, key, step).await,
            ToManyEffect::Narrowcast(send) => {
                let recipient = self.recipient(send, step)?;
                self.narrowcast(&may, (send, recipient), key, step).await
            }
        };
        match answer {
            Ok(accepted) => Ok(accepted.into()),
            Err(error) => Err(self.not_sent(&error, step.before.may_be_accepted()).await),
        }
    }

    async fn multicast(
        &self,
        may: &MayBroadcast,
        send: &Multicast,
        key: Uuid,
        step: Step<'_>,
    ) -> Result<Accepted, LineError> {
        let mut request = message::Multicast::new(may, &send.users, &send.messages[..], key);
        if let Some(unit) = &send.unit {
            request = request.unit(unit);
        }
        if send.silent {
            request = request.silently();
        }
        self.ask_for_many(&request, step).await
    }

    async fn broadcast(
        &self,
        may: &MayBroadcast,
        send: &Broadcast,
        key: Uuid,
        step: Step<'_>,
    ) -> Result<Accepted, LineError> {
        let mut request = message::Broadcast::new(may, &send.messages[..], key);
        if send.silent {
            request = request.silently();
        }
        self.ask_for_many(&request, step).await
    }

    async fn narrowcast(
        &self,
        may: &MayBroadcast,
        (send, recipient): (&Narrowcast, Option<Value>),
        key: Uuid,
        step: Step<'_>,
    ) -> Result<Accepted, LineError> {
        let mut request = message::Narrowcast::new(may, &send.messages[..], key);
        if let Some(recipient) = recipient {
            request = request.recipient(recipient);
        }
        if let Some(demographic) = &send.demographic {
            request = request.demographic(demographic.clone());
        }
        if let Some(max) = send.most {
            request = request.limit(Limit {
                max: Some(max),
                ..Limit::default()
            });
        }
        if send.silent {
            request = request.silently();
        }
        self.ask_for_many(&request, step).await
    }

    /// A first try looks whether the month has room for it. Of a later one that room may be what
    /// the first has taken: LINE knows by the retry key.
    async fn ask_for_many<E>(&self, request: &E, step: Step<'_>) -> Result<Accepted, LineError>
    where
        E: Endpoint<By = ForBot, Answer = message::Sent>,
    {
        let answered = match step.before.may_be_accepted() {
            true => self.line.ask_again(request).await,
            false => self.line.ask(request).await,
        };
        Ok(answered?.into())
    }

    /// LINE's recipient object. What is for an audience that is not there goes to nobody, and not
    /// to everybody.
    fn recipient(&self, send: &Narrowcast, step: Step<'_>) -> Result<Option<Value>, NotSent> {
        let Some(recipient) = &send.recipient else {
            return Ok(None);
        };
        let id_of = |name: &str| self.view.bot.audiences.get(name).copied();
        let object = recipient_object(recipient, &id_of).map_err(|name| {
            let reason = format!(
                "the account has no audience {name:?} of the module's: plan `ensure_audience` first"
            );
            NotSent::refused(&reason, step.before.may_be_accepted())
        });
        object.map(Some)
    }

    /// By what right many are sent to now.
    fn may_send_to_many(&self, step: Step<'_>) -> Result<MayBroadcast, NotSent> {
        let bot = &self.view.bot;
        let by_account = self.app.module.settings().may_send_to_many(&bot.settings);
        let is_allowed = self.app.may_send_to_many || by_account;
        may_send_to_many(&bot.state, is_allowed, self.app.now()).map_err(|silence| {
            if silence == Silence::ToManyNotAllowed {
                self.app.metrics.count(Metric::ToManyNotAllowed);
                tracing::warn!("a send is dropped: {silence}");
            }
            NotSent::silenced(step, silence)
        })
    }
}
