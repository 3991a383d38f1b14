//! A message without a reply token. Its retry key makes another try harmless.

use std::time::Duration;

use line_module::Module;
use shared::domain::{ChatId, Push};
use shared::line::endpoints::message;
use uuid::Uuid;

use super::{NotSent, Sender, Sent, Step};
use crate::work::Work;

/// LINE keeps a retry key for 24 hours; a push that may have been accepted is
/// not tried again when that is nearly over.
const KEY_LIFE: Duration = Duration::from_secs(23 * 3600);

impl<M: Module> Sender<'_, M> {
    /// Sends it.
    pub(super) async fn push(
        &self,
        chat: &ChatId,
        push: &Push,
        step: Step<'_>,
    ) -> Result<Sent, NotSent> {
        let may = self.may_speak(step)?;
        let key = self.retry_key(step)?;
        let mut request = message::Push::new(&may, chat, &push.messages[..], key);
        if let Some(unit) = &push.unit {
            request = request.unit(unit);
        }
        if push.silent {
            request = request.silently();
        }
        match self.line.ask(&request).await {
            Ok(accepted) => Ok(message::Accepted::from(accepted).into()),
            Err(error) => Err(self.not_sent(&error, step.before.may_be_accepted()).await),
        }
    }

    /// The key of this send, as long as LINE knows it from an earlier try.
    pub(super) fn retry_key(&self, step: Step<'_>) -> Result<Uuid, NotSent> {
        let open = step.before.may_be_accepted();
        if open && self.app.now().since(self.planned_at) >= KEY_LIFE {
            return Err(NotSent::unknown(
                "LINE did not answer while it knew the retry key",
            ));
        }
        Ok(retry_key(self.work, self.run, step.ordinal))
    }
}

/// The same for every try of the same send, and for no other; `run` counts the
/// replays that were forced to send again
/// (<https://developers.line.biz/en/docs/messaging-api/retrying-api-request/>).
fn retry_key(work: &Work<'_>, run: u32, ordinal: usize) -> Uuid {
    let key = &work.key;
    let chat = key.chat.as_ref().map_or("", ChatId::as_str);
    let name = format!("{}\n{chat}\n{}\n{run}\n{ordinal}", key.bot, key.event);
    Uuid::new_v5(&Uuid::NAMESPACE_URL, name.as_bytes())
}
