//! An answer by the event's reply token, and the push that may stand in for it.

use line_module::Module;
use shared::domain::{ChatId, Delivery, Push, Reply, Silence};
use shared::line::endpoints::message;
use shared::line::error::LineErrorKind;
use shared::metrics::Metric;
use shared::store::Try;

use super::{NotSent, Sender, Sent, Step};

/// What LINE says to a reply token.
enum Answer {
    Taken(Sent),
    /// It is used or too old, and no try can have used it.
    NotTaken,
}

impl<M: Module> Sender<'_, M> {
    /// Sends it.
    pub(super) async fn reply(
        &self,
        chat: &ChatId,
        reply: &Reply,
        step: Step<'_>,
        this: &mut Try,
    ) -> Result<Sent, NotSent> {
        if matches!(step.before, Delivery::Pushing { .. }) {
            return self.push_reply(chat, reply, step).await;
        }
        match self.by_token(reply, step).await? {
            Answer::Taken(sent) => Ok(sent),
            Answer::NotTaken if reply.or_push => self.push_instead(chat, reply, step, this).await,
            // Nobody needs to look at an event for whose chat there was no more to be done.
            Answer::NotTaken if reply.is_notice => {
                Err(NotSent::silenced(step, Silence::NotEntitled))
            }
            Answer::NotTaken => Err(NotSent::As(Delivery::Expired)),
        }
    }

    /// A reply has no key: LINE takes its token once. After a try without a
    /// definite answer, "not taken" may mean that it was taken then.
    async fn by_token(&self, reply: &Reply, step: Step<'_>) -> Result<Answer, NotSent> {
        let may = match reply.is_notice {
            true => self.may_notify(step)?,
            false => self.may_speak(step)?,
        };
        let open = step.before.may_be_accepted();
        let not_taken = || match open {
            true => Err(NotSent::unknown(
                "the reply token is not taken, and an earlier try may have used it",
            )),
            false => Ok(Answer::NotTaken),
        };
        if self.app.now() > reply.deadline {
            return not_taken();
        }
        let mut request = message::Reply::new(&may, &reply.token, &reply.messages[..]);
        if reply.silent {
            request = request.silently();
        }
        match self.line.ask(&request).await {
            Ok(accepted) => Ok(Answer::Taken(message::Accepted::from(accepted).into())),
            Err(error) if error.kind == LineErrorKind::ReplyToken => not_taken(),
            Err(error) => Err(self.not_sent(&error, open).await),
        }
    }

    /// A push in place of a reply is written down before it is made, and only made
    /// if no other worker's try can have sent the reply.
    async fn push_instead(
        &self,
        chat: &ChatId,
        reply: &Reply,
        step: Step<'_>,
        this: &mut Try,
    ) -> Result<Sent, NotSent> {
        let (key, now) = (&self.work.key, self.app.now());
        let begun = self.app.store.begin_push(key, this, step.ordinal, now);
        match begun.await {
            Ok(true) => self.push_reply(chat, reply, step).await,
            Ok(false) => Err(NotSent::unknown(
                "another worker's try may have used the reply token",
            )),
            Err(error) => Err(NotSent::interrupted(step.before.clone(), error)),
        }
    }

    /// A push that stands in for a reply stays one.
    async fn push_reply(
        &self,
        chat: &ChatId,
        reply: &Reply,
        step: Step<'_>,
    ) -> Result<Sent, NotSent> {
        let push = Push {
            messages: reply.messages.clone(),
            unit: None,
            silent: reply.silent,
        };
        let pushed = self.push(chat, &push, step).await;
        if pushed.is_ok() {
            self.app.metrics.count(Metric::RepliesPushed);
        }
        pushed.map_err(|not_sent| match not_sent {
            NotSent::As(delivery) if !delivery.is_final() => NotSent::As(Delivery::Pushing {
                open: delivery.may_be_accepted(),
            }),
            not_sent => not_sent,
        })
    }
}
