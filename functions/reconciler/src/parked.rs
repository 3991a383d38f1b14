//! Parked events wait for a person, but not for ever: an event has what a user wrote. Before its
//! time is over there is an alarm.

use std::time::Duration;

use shared::metrics::Metric;
use shared::store::StoreError;

use crate::App;
use crate::again::again;

/// How long before the oldest event's time is over there is an alarm.
const ALARM_BEFORE: Duration = Duration::from_secs(14 * 24 * 3600);
/// Events that are ended in one run.
const MOST: usize = 2_000;

/// Ends the parked events whose time is over, and measures how old the oldest of the others is.
///
/// # Errors
/// The table is not available. What is not done is done by the next run.
pub(crate) async fn end_parked(app: &App) -> Result<(), StoreError> {
    let mut ended = 0;
    loop {
        let now = app.now();
        let before = now.minus(app.parked_for);
        let page = again(app, || app.store.parked_before(before)).await?;
        let mut has_ended = false;
        for event in &page {
            if again(app, || app.store.expire_parked(event, now)).await? {
                has_ended = true;
                ended += 1;
                let (bot, event) = event.names();
                tracing::warn!(
                    bot,
                    event,
                    "a parked event has ended: nobody has looked at it"
                );
            }
        }
        // Where the index lags it shows again what has ended.
        if !has_ended || ended >= MOST {
            break;
        }
    }
    app.metrics.add(Metric::ParkedExpired, ended);
    measure(app).await
}

async fn measure(app: &App) -> Result<(), StoreError> {
    let oldest = again(app, || app.store.oldest_parked()).await?;
    let age = oldest.map(|since| app.now().since(since));
    let age = age.unwrap_or_default();
    app.metrics.observe(Metric::ParkedOldestAge, age.as_secs());
    let ends_soon = oldest.is_some() && age + ALARM_BEFORE >= app.parked_for;
    let number = usize::from(ends_soon);
    app.metrics.add(Metric::ParkedExpiringSoon, number);
    Ok(())
}
