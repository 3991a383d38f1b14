//! Coming back to a chat later.

use std::time::Duration;

use serde::Serialize;

use crate::module::hold::{Hold, InChat};
use crate::module::{Context, ModuleError};
use crate::store::NewTimer;

/// A timer may be this far ahead.
const LONGEST: Duration = Duration::from_secs(366 * 24 * 3600);

impl<H: Hold> Context<'_, H> {
    /// Comes back to this chat when `time` has passed since the event, with `payload`:
    /// within two minutes or so, in order with the chat's other events. The route is
    /// [`Routes::timer`](crate::module::Routes::timer). Nothing takes a timer back: what
    /// it was for may be over when it comes, and the handler looks.
    ///
    /// # Errors
    /// The author's: the event is of no chat, it is more than 366 days ahead, or the
    /// payload does not serialise.
    pub fn after<T: Serialize>(&mut self, time: Duration, payload: &T) -> Result<(), ModuleError>
    where
        H: InChat,
    {
        self.in_chat()?;
        if time > LONGEST {
            return Err(ModuleError::bug("a timer is at most 366 days ahead"));
        }
        let due = self.now().plus(time);
        let payload = serde_json::to_string(payload)?;
        self.draft.timers.push(NewTimer { due, payload });
        Ok(())
    }
}
