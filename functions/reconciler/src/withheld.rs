//! Who is not served by our own word, as metrics: so that nobody forgets a pause.

use std::time::Duration;

use shared::domain::{BotState, Pause, Timestamp};
use shared::metrics::Metric;

use crate::App;
use crate::again::again;

/// What has been counted of the accounts so far.
pub(crate) struct Withheld {
    now: Timestamp,
    channel: Option<Pause>,
    paused: usize,
    not_entitled: usize,
    oldest: Duration,
}

impl Withheld {
    /// Before any account. Where the channel's pause cannot be read, only the accounts' own count.
    pub(crate) async fn begin(app: &App) -> Self {
        let now = app.now();
        let channel = again(app, || app.store.pause(None)).await;
        let channel = channel.unwrap_or_else(|error| {
            tracing::error!(%error, "the channel's pause could not be read");
            None
        });
        let mut this = Self {
            now,
            channel: channel.clone(),
            paused: 0,
            not_entitled: 0,
            oldest: Duration::ZERO,
        };
        this.lasts(channel.as_ref());
        this
    }

    /// Counts an account.
    pub(crate) fn add(&mut self, state: &BotState) {
        self.lasts(state.pause.as_ref());
        let is_paused = state.pause.is_some() || self.channel.is_some();
        self.paused += usize::from(is_paused);
        self.not_entitled += usize::from(state.lapsed_at(self.now).is_some());
    }

    fn lasts(&mut self, pause: Option<&Pause>) {
        let lasted = pause.map(|pause| self.now.since(pause.since));
        self.oldest = self.oldest.max(lasted.unwrap_or_default());
    }

    /// All accounts have been counted.
    pub(crate) fn measure(&self, app: &App) {
        let metrics = &app.metrics;
        metrics.add(Metric::AccountsPaused, self.paused);
        metrics.add(Metric::AccountsNotEntitled, self.not_entitled);
        metrics.observe(Metric::OldestPause, self.oldest.as_secs());
    }
}
