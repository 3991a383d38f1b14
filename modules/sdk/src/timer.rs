//! Coming back to a chat later.

use std::time::Duration;

use serde::Serialize;

use crate::hold::{Hold, InChat};
use crate::{Context, ModuleError};
use shared::store::NewTimer;

/// A timer may be this far ahead.
const LONGEST: Duration = Duration::from_secs(366 * 24 * 3600);
/// In bytes.
const LONGEST_NAME: usize = 100;

impl<H: Hold> Context<'_, H> {
    /// Comes back to this chat when `time` has passed since the event, with `payload`:
    /// within two minutes or so, in order with the chat's other events. Its route has the
    /// same name: [`Routes::timer`](crate::Routes::timer). Nothing takes a timer
    /// back: what it was for may be over when it comes, and the handler looks.
    ///
    /// # Errors
    /// The author's: the event is of no chat, it is more than 366 days ahead, its name has
    /// not 1 to 100 bytes, or the payload does not serialise.
    pub fn after<T: Serialize>(
        &mut self,
        name: &str,
        time: Duration,
        payload: &T,
    ) -> Result<(), ModuleError>
    where
        H: InChat,
    {
        self.in_chat()?;
        if !(1..=LONGEST_NAME).contains(&name.len()) {
            return Err(ModuleError::bug(format!(
                "a timer's name has 1 to {LONGEST_NAME} bytes, not {}",
                name.len()
            )));
        }
        if time > LONGEST {
            return Err(ModuleError::bug("a timer is at most 366 days ahead"));
        }
        self.draft.timers.push(NewTimer {
            due: self.now().plus(time),
            name: name.to_owned(),
            payload: serde_json::to_string(payload)?,
        });
        Ok(())
    }
}
