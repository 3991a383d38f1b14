//! Waiting for what comes about by itself.

use std::time::{Duration, Instant};

use crate::error::{Failed, expect};

/// How often is looked.
const LOOK: Duration = Duration::from_millis(200);

/// Waits until `look` finds something, and gives it.
///
/// # Errors
/// `look` fails, or `what` has not come about in time.
pub(crate) async fn until<T>(
    what: &str,
    patience: Duration,
    mut look: impl AsyncFnMut() -> Result<Option<T>, Failed>,
) -> Result<T, Failed> {
    let end = Instant::now() + patience;
    loop {
        if let Some(found) = look().await? {
            return Ok(found);
        }
        expect(Instant::now() < end, || {
            format!("after {patience:?} not so: {what}")
        })?;
        tokio::time::sleep(LOOK).await;
    }
}
