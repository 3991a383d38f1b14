//! An operator's pause of the whole channel, as this process knows it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aws_smithy_async::future::timeout::Timeout;
use aws_smithy_async::rt::sleep::AsyncSleep as _;
use shared::domain::{Pause, PauseMode, Timestamp};
use shared::store::StoreError;

use crate::App;
use crate::requeue::{Cause, Requeue};

/// What was read counts for this long: one read for many batches.
const READ_EVERY: Duration = Duration::from_secs(10);
/// All chats of a batch wait for the read.
const LONGEST_READ: Duration = Duration::from_millis(1_500);

/// What was read last; none until something was. Clones are the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct ChannelPause(Arc<Mutex<Option<Known>>>);

#[derive(Debug)]
struct Known {
    pause: Option<Pause>,
    read_at: Timestamp,
}

impl ChannelPause {
    /// The channel's pause, if it is paused.
    ///
    /// # Errors
    /// It could not be read yet: nothing may be begun, as nobody knows if it is stopped.
    pub(crate) fn get(&self) -> Result<Option<Pause>, Requeue> {
        let known = self.known();
        let unknown = || Requeue::transient(Cause::Table, "the channel's pause is not known");
        known
            .as_ref()
            .map(|known| known.pause.clone())
            .ok_or_else(unknown)
    }

    fn is_fresh(&self, now: Timestamp) -> bool {
        let known = self.known();
        known
            .as_ref()
            .is_some_and(|known| now.since(known.read_at) < READ_EVERY)
    }

    fn known(&self) -> MutexGuard<'_, Option<Known>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads whether the channel is paused, unless that was done a moment ago. Where it cannot be
/// read, what was known holds on.
pub(crate) async fn renew<M>(app: &App<M>) {
    let now = app.now();
    if app.channel_pause.is_fresh(now) {
        return;
    }
    let limit = app.sleep.sleep(LONGEST_READ);
    let read = Timeout::new(app.store.pause(None), limit).await;
    let unavailable = match read {
        Ok(Ok(pause)) => {
            return *app.channel_pause.known() = Some(Known {
                pause,
                read_at: now,
            });
        }
        Ok(Err(error @ (StoreError::Malformed { .. } | StoreError::Newer { .. }))) => {
            tracing::error!(%error, "the channel's pause cannot be read: it counts as paused");
            let pause = Some(unreadable(now));
            return *app.channel_pause.known() = Some(Known {
                pause,
                read_at: now,
            });
        }
        Ok(Err(error)) => error.to_string(),
        Err(_) => "the table did not answer in time".into(),
    };
    tracing::warn!(
        reason = unavailable,
        "the channel's pause could not be read"
    );
    if let Some(known) = app.channel_pause.known().as_mut() {
        known.read_at = now;
    }
}

/// Somebody has paused the channel, whatever the row says beside that.
fn unreadable(now: Timestamp) -> Pause {
    Pause {
        how: PauseMode::Wait,
        since: now,
        by: String::new(),
        reason: "the row of the pause cannot be read".into(),
    }
}
