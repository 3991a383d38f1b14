//! What an error of LINE's makes of an effect.

use line_module::Module;
use shared::domain::{Delivery, Scope};
use shared::line::error::{LineError, LineErrorKind};

use super::{NotSent, Sender, Sent, Step};

impl<M: Module> Sender<'_, M> {
    /// Of one that must arrive; `may_be_accepted` is whether an earlier try may have been.
    pub(super) async fn not_sent(&self, error: &LineError, may_be_accepted: bool) -> NotSent {
        log(error);
        self.deny(error, error.scope()).await;
        match error.kind {
            LineErrorKind::Open => NotSent::As(Delivery::Open),
            kind if kind.may_pass() && may_be_accepted => NotSent::As(Delivery::Open),
            kind if kind.may_pass() => NotSent::As(Delivery::Pending),
            _ => NotSent::refused(&error.to_string(), may_be_accepted),
        }
    }

    /// Of a decoration: one that is refused is left out. It says nothing of whether messages
    /// may be sent, though LINE names their scope for it.
    pub(super) async fn not_shown(&self, error: &LineError, step: Step<'_>) -> NotSent {
        log(error);
        let own = error.scope().filter(|scope| *scope != Scope::MESSAGE_SEND);
        self.deny(error, own).await;
        match error.kind {
            LineErrorKind::Open => NotSent::As(Delivery::Open),
            kind if kind.may_pass() => NotSent::As(step.before.clone()),
            _ => NotSent::skipped(&error.to_string()),
        }
    }

    /// What became of a decoration.
    pub(super) async fn shown(
        &self,
        answer: Result<(), LineError>,
        step: Step<'_>,
    ) -> Result<Sent, NotSent> {
        match answer {
            Ok(()) => Ok(Sent::default()),
            Err(error) => Err(self.not_shown(&error, step).await),
        }
    }

    /// A 403 counts against the scope: it was granted, or not known, as far as we could
    /// tell.
    async fn deny(&self, error: &LineError, scope: Option<&str>) {
        let (LineErrorKind::Forbidden, Some(scope)) = (error.kind, scope) else {
            return;
        };
        let now = self.app.now();
        let (store, bot) = (&self.app.store, &self.work.key.bot);
        let deny = store.update_bot(bot, |row| row.state.deny(scope, now));
        if let Err(error) = deny.await {
            tracing::warn!(%error, "a refused scope could not be written down");
        }
    }
}

/// Tells of an error in our own words: LINE's may have what a user has written.
pub(crate) fn log(error: &LineError) {
    tracing::warn!(
        operation = error.operation,
        status = error.status,
        request_id = error.request_id,
        "LINE did not take a send: {}",
        error.kind
    );
}
