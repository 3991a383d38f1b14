//! Reaching another chat of the same account: by an event for that chat, whose own handlers
//! decide what to say.

use serde::Serialize;

use crate::hold::Hold;
use crate::{Context, ModuleError};
use shared::domain::{Chat, QueueEffect};

/// Maximum number of signals that one handler plans: each is a request to the queue.
const MOST_SIGNALS: usize = 50;
/// Maximum size of a payload, in bytes.
const LARGEST_PAYLOAD: usize = 32 * 1024;

/// What one chat can tell another. The type's name for the queue must stay as it is while
/// signals may be on their way, as the form of its JSON must.
///
/// ```
/// use line_module::Signal;
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Serialize, Deserialize, Signal)]
/// #[signal("table freed")]
/// struct TableFreed {
///     number: u32,
/// }
/// ```
pub trait Signal: Serialize + Send + Sync + 'static {
    /// Its name: 1 to 100 bytes, and no other signal's of this module.
    const NAME: &'static str;
}

impl<H: Hold> Context<'_, H> {
    /// Sends `signal` to another chat of the same account. It is planned like a message: after
    /// the commit it goes into that chat's own queue, once, in order with that chat's events.
    /// The chat's handlers take it by [`Routes::signal`](crate::Routes::signal), and by that
    /// chat's state, and whether we may speak in it, decide what to do. So it needs no right
    /// to speak, here or there. Nobody hears of a signal after the account is detached.
    ///
    /// # Errors
    /// The author's: more than 50 signals of one handler, a payload of more than 32 KB or one
    /// that does not serialise.
    pub fn signal<S: Signal>(&mut self, chat: &Chat, signal: &S) -> Result<(), ModuleError> {
        let payload = serde_json::to_value(signal)?;
        if payload.to_string().len() > LARGEST_PAYLOAD {
            let name = S::NAME;
            return Err(ModuleError::bug(format!(
                "the signal {name:?} is larger than {LARGEST_PAYLOAD} bytes"
            )));
        }
        let effects = &self.draft.plan.effects;
        if effects.iter().filter(|it| !it.is_for_line()).count() >= MOST_SIGNALS {
            return Err(ModuleError::bug(format!(
                "a handler sends at most {MOST_SIGNALS} signals: let an account's timer send the rest"
            )));
        }
        self.plan(QueueEffect::Signal(shared::domain::Signal {
            chat: chat.clone(),
            name: S::NAME.to_owned(),
            payload,
        }));
        Ok(())
    }
    /// Sends `signal` to the chat that the module's row `key` holds, such as the staff's group that
    /// a handler has put there: `cx.put("staff", &chat)`. Nothing is done where there is no such row.
    ///
    /// # Errors
    /// As [`Context::signal`] and [`Context::row`].
    pub async fn signal_to<S: Signal>(&mut self, key: &str, signal: &S) -> Result<(), ModuleError> {
        match self.row::<Chat>(key).await? {
            Some(chat) => self.signal(&chat.value, signal),
            None => Ok(()),
        }
    }
}
