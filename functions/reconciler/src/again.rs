//! Trying again what may work in a moment.

use std::time::Duration;

use aws_smithy_async::rt::sleep::AsyncSleep as _;
use shared::line::error::{LineError, LineErrorKind};
use shared::store::StoreError;

use crate::App;

/// The waits between the tries of one call; each is up to twice as long, so that
/// calls side by side do not come back together.
const WAITS_MS: [u64; 4] = [250, 500, 1_000, 2_000];

/// A failure that may be over in a moment, or not.
pub(crate) trait MayPass {
    fn may_pass(&self) -> bool;
}

impl MayPass for LineError {
    fn may_pass(&self) -> bool {
        use LineErrorKind::{NotSent, Open, Throttled};
        matches!(self.kind, NotSent | Throttled | Open)
    }
}

impl MayPass for StoreError {
    fn may_pass(&self) -> bool {
        matches!(self, Self::Unavailable { .. })
    }
}

/// Makes a call until it succeeds, fails for good, or has been tried often enough.
pub(crate) async fn again<T, E, F>(app: &App, call: impl Fn() -> F) -> Result<T, E>
where
    E: MayPass,
    F: Future<Output = Result<T, E>>,
{
    for wait in WAITS_MS {
        match call().await {
            Err(error) if error.may_pass() => {
                let wait = wait + app.random.below(wait);
                app.sleep.sleep(Duration::from_millis(wait)).await;
            }
            result => return result,
        }
    }
    call().await
}
