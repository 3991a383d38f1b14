//! What is queued again: a change of an account's lifecycle that was not reported to the module,
//! a detach that was begun long ago, and the end of data some time after a detach. A second copy is harmless: its ids are
//! the first one's.

use std::time::Duration;

use shared::domain::{Attachment, BotId, BotState, Timestamp};
use shared::line::event;
use shared::metrics::Metric;
use shared::queue::{Erasure, Job, NotQueued};

use crate::App;

/// How long after its mark a detach that is not done is queued again.
const DETACH_TAKES: Duration = Duration::from_secs(3600);
/// Number of jobs that are gathered before they are sent.
const GATHERED: usize = 500;

/// Jobs on their way into the queue.
pub(crate) struct Teller<'a> {
    app: &'a App,
    now: Timestamp,
    jobs: Vec<Job>,
    sent: usize,
}

impl<'a> Teller<'a> {
    pub(crate) fn new(app: &'a App) -> Self {
        Self {
            app,
            now: app.now(),
            jobs: Vec::new(),
            sent: 0,
        }
    }

    /// Queues what is open for an account, sooner or later.
    ///
    /// # Errors
    /// Something may not be in the queue.
    pub(crate) async fn tell(&mut self, bot: &BotId, state: &BotState) -> Result<(), NotQueued> {
        if let Some(at) = state.to_erase(self.now, self.app.erase_after) {
            self.app.metrics.count(Metric::ErasuresQueued);
            self.jobs.push(to_erase(bot, at, self.now)?);
        } else {
            self.jobs.extend(job(bot, state, self.now)?);
        }
        match self.jobs.len() >= GATHERED {
            true => self.send().await,
            false => Ok(()),
        }
    }

    /// Queues what is left; tells how many jobs it were in all.
    ///
    /// # Errors
    /// Something may not be in the queue.
    pub(crate) async fn end(mut self) -> Result<usize, NotQueued> {
        self.send().await?;
        Ok(self.sent)
    }

    async fn send(&mut self) -> Result<(), NotQueued> {
        let jobs = std::mem::take(&mut self.jobs);
        let count = jobs.len();
        self.app.queue.send_jobs(jobs).await?;
        self.sent += count;
        Ok(())
    }
}

fn job(bot: &BotId, state: &BotState, now: Timestamp) -> Result<Option<Job>, NotQueued> {
    let job = match (event::of_unreported(bot, state), state.attachment()) {
        (Some(event), _) => Job::of_account(bot.clone(), now, event),
        (None, Attachment::Detaching(mark)) if now.since(mark) > DETACH_TAKES => {
            Job::to_detach(bot.clone(), mark, now)
        }
        _ => return Ok(None),
    };
    job.map(Some).map_err(|error| unwritable(&error))
}

/// Also where the detach was never reported to the module: a module that fails must not keep
/// data from its end.
fn to_erase(bot: &BotId, at: Timestamp, now: Timestamp) -> Result<Job, NotQueued> {
    let erasure = Erasure::of_detach(at);
    Job::to_erase(bot.clone(), None, &erasure, now).map_err(|error| unwritable(&error))
}

fn unwritable(error: &serde_json::Error) -> NotQueued {
    NotQueued {
        failed: 1,
        reason: error.to_string(),
    }
}
