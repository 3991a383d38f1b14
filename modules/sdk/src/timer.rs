//! Coming back later: to the chat whose event plans it or, for an event of the account itself,
//! to the account.

use std::time::Duration;

use serde::Serialize;

use crate::hold::Hold;
use crate::{Context, ModuleError};
use shared::domain::Timestamp;
use shared::store::{NewTimer, TimerChange};

/// A timer may be this far ahead.
const LONGEST: Duration = Duration::from_secs(366 * 24 * 3600);
/// In bytes.
const LONGEST_NAME: usize = 100;

impl<H: Hold> Context<'_, H> {
    /// Comes back when `time` has passed since the event, with `payload`: within two minutes or
    /// so, in order with the chat's other events; for an event of the account itself, in order
    /// with the account's. Its route has the same name: [`Routes::timer`](crate::Routes::timer).
    ///
    /// A chat has one timer of each name, and so has the account: setting it again replaces it,
    /// also where it is due and was not handled yet. Several that one route handles have names
    /// such as `reminder/1` and `reminder/2`: the route is the part before the `/`.
    ///
    /// # Errors
    /// The author's: it is more than 366 days ahead, its name has not 1 to 100 bytes, or the
    /// payload does not serialise.
    pub fn after<T: Serialize>(
        &mut self,
        name: &str,
        time: Duration,
        payload: &T,
    ) -> Result<(), ModuleError> {
        self.at(name, self.now().plus(time), payload)
    }

    /// The same, at a moment: at once, if that is past.
    ///
    /// # Errors
    /// As [`Context::after`].
    pub fn at<T: Serialize>(
        &mut self,
        name: &str,
        due: Timestamp,
        payload: &T,
    ) -> Result<(), ModuleError> {
        check_name(name)?;
        if due > self.now().plus(LONGEST) {
            return Err(ModuleError::bug("a timer is at most 366 days ahead"));
        }
        let (name, payload) = (name.to_owned(), serde_json::to_string(payload)?);
        self.draft
            .change_timer(TimerChange::Set(NewTimer { due, name, payload }));
        Ok(())
    }

    /// Ends the timer of this name, in this chat or, for an event of the account itself, of the
    /// account. It does not ring any more, also where it is due and was not handled yet. There
    /// need be none.
    ///
    /// # Errors
    /// The author's: the name has not 1 to 100 bytes.
    pub fn cancel_timer(&mut self, name: &str) -> Result<(), ModuleError> {
        check_name(name)?;
        self.draft
            .change_timer(TimerChange::Cancel(name.to_owned()));
        Ok(())
    }
}

fn check_name(name: &str) -> Result<(), ModuleError> {
    if name.starts_with('@') {
        return Err(ModuleError::bug(
            "a timer's name does not begin with @: such timers are the bundle's own",
        ));
    }
    match (1..=LONGEST_NAME).contains(&name.len()) {
        true => Ok(()),
        false => Err(ModuleError::bug(format!(
            "a timer's name has 1 to {LONGEST_NAME} bytes, not {}",
            name.len()
        ))),
    }
}
