//! An event for another chat of the account. It goes into that chat's own queue, so that it is
//! in order with the chat's other events; its id makes another try harmless.

use std::time::Duration;

use aws_smithy_async::future::timeout::Timeout;
use aws_smithy_async::rt::sleep::AsyncSleep as _;
use line_module::Module;
use shared::domain::{Delivery, EventId, Signal, Silence};
use shared::hash::sha256_hex;
use shared::line::own_event;
use shared::queue::{Job, JobEvent, SIGNAL};

use super::{NotSent, Sender, Sent, Step};
use crate::requeue::{Cause, Requeue};

/// Time enough is left then to write that it is open, and since when the queue fails.
const LONGEST_SEND: Duration = Duration::from_millis(1_500);

impl<M: Module> Sender<'_, M> {
    /// Queues it. What the other chat may be told, its own handlers decide.
    pub(super) async fn signal(&self, signal: &Signal, step: Step<'_>) -> Result<Sent, NotSent> {
        if !self.view.bot.state.is_attached() {
            return Err(NotSent::silenced(step, Silence::NotAttached));
        }
        let job = self
            .signal_job(signal, step.ordinal)
            .map_err(|error| NotSent::refused(&error.to_string(), false))?;
        let sent = self.app.queue.send_jobs(vec![job]);
        let limit = self.app.sleep.sleep(LONGEST_SEND);
        match Timeout::new(sent, limit).await {
            Ok(Ok(())) => Ok(Sent::default()),
            Ok(Err(error)) => Err(not_queued(error.to_string())),
            Err(_) => Err(not_queued("the queue did not answer in time".into())),
        }
    }

    fn signal_job(&self, signal: &Signal, ordinal: usize) -> Result<Job, serde_json::Error> {
        let epoch = self.view.bot.state.epoch();
        let from = self.work.user_mark();
        let event = JobEvent {
            id: self.signal_id(ordinal),
            kind: SIGNAL.to_owned(),
            raw: own_event::of_signal(signal, self.planned_at, epoch, from.as_deref())?,
        };
        let bot = self.work.key.bot.clone();
        let chat = Some(signal.chat.id.clone());
        let job = Job::new(bot, chat, self.app.now(), vec![event]);
        Ok(job.of_request(self.work.request_id.map(str::to_owned)))
    }

    /// The same for every try of the same signal, and for no other.
    fn signal_id(&self, ordinal: usize) -> EventId {
        let key = &self.work.key;
        let chat = key.chat.as_ref().map_or("", |chat| chat.as_str());
        let (run, ordinal) = (self.run.to_string(), ordinal.to_string());
        let parts = [chat, key.event.as_str(), &run, &ordinal].join("\n");
        EventId::hashed("signal", &sha256_hex([parts]))
    }
}

/// It may be in the queue all the same.
fn not_queued(reason: String) -> NotSent {
    tracing::warn!(reason, "a signal could not be queued");
    NotSent::Interrupted {
        known: Delivery::Open,
        requeue: Requeue::transient(Cause::Queue, reason),
    }
}
