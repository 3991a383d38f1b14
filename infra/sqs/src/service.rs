//! A set of queues with a clock: what callers in this process use, and what waits.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::sync::Notify;

use super::attributes::{ACCOUNT, Attributes, MOST_BYTES};
use super::clock::Clock;
use super::content;
use super::error::Error;
use super::faults::Faults;
use super::message::{NewMessage, ReceivedMessage, Sent};
use super::queue::{Depth, Queue, Queued};

/// A running SQS. Clones are the same one.
///
/// Wherever a method takes a `queue`, that is a queue's name or URL; of a URL only the last part counts.
#[derive(Clone)]
pub struct Sqs {
    inner: Arc<Inner>,
}

struct Inner {
    clock: Box<dyn Clock>,
    state: Mutex<State>,
    faults: Faults,
}

struct State {
    address: SocketAddr,
    queues: BTreeMap<String, Entry>,
    calls: BTreeMap<String, u64>,
}

struct Entry {
    queue: Queue,
    /// Notified whenever a message may have become receivable, or will sooner than before.
    changed: Arc<Notify>,
}

impl Sqs {
    /// An SQS without queues.
    pub fn new(clock: impl Clock) -> Self {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let state = State {
            address,
            queues: BTreeMap::new(),
            calls: BTreeMap::new(),
        };
        Self {
            inner: Arc::new(Inner {
                clock: Box::new(clock),
                state: Mutex::new(state),
                faults: Faults::default(),
            }),
        }
    }

    /// Sets the address that queue URLs show. [`Sqs::serve`] sets its listener's.
    pub fn set_address(&self, address: SocketAddr) {
        self.state().address = address;
    }

    /// Creates a queue and gives its URL. A queue that exists with the same attributes is the one.
    pub fn create_queue(
        &self,
        name: &str,
        attributes: BTreeMap<String, String>,
    ) -> Result<String, Error> {
        let now = self.inner.clock.now();
        let mut state = self.state();
        if let Some(entry) = state.queues.get(name) {
            return match entry.queue.attributes().difference(&attributes) {
                None => Ok(state.url(name)),
                Some(attribute) => Err(Error::QueueNameExists(attribute)),
            };
        }
        let attributes = Attributes::parse(name, attributes)?;
        state.check_dead_letter(&attributes)?;
        let entry = Entry {
            queue: Queue::new(name, attributes, now),
            changed: Arc::default(),
        };
        state.queues.insert(name.to_owned(), entry);
        Ok(state.url(name))
    }

    /// The URL of a queue.
    pub fn queue_url(&self, queue: &str) -> Result<String, Error> {
        let mut state = self.state();
        state.entry(queue)?;
        Ok(state.url(last_part(queue)))
    }

    /// The names of all queues, in order.
    pub fn queues(&self) -> Vec<String> {
        self.state().queues.keys().cloned().collect()
    }

    /// Sends one message.
    pub fn send(&self, queue: &str, message: NewMessage) -> Result<Sent, Error> {
        self.change(queue, |queue, now| queue.send(message, now))
    }

    /// Sends up to ten messages in order. Each is taken or refused by itself, unless the whole batch is wrong.
    pub fn send_batch(
        &self,
        queue: &str,
        messages: Vec<NewMessage>,
    ) -> Result<Vec<Result<Sent, Error>>, Error> {
        let bytes = messages.iter().map(content::bytes).sum();
        if bytes > MOST_BYTES {
            return Err(Error::BatchRequestTooLong(MOST_BYTES, bytes));
        }
        self.change(queue, |queue, now| {
            queue.check_batch(&messages)?;
            let sent = messages.into_iter().map(|it| queue.send(it, now));
            Ok(sent.collect())
        })
    }

    /// Receives up to `max` messages, and waits up to `wait` for the first.
    ///
    /// `visibility` is how long they stay invisible, if not as long as the queue says.
    pub async fn receive(
        &self,
        queue: &str,
        max: usize,
        wait: Duration,
        visibility: Option<Duration>,
    ) -> Result<Vec<ReceivedMessage>, Error> {
        let deadline = self.inner.clock.now() + wait;
        let changed = self.state().entry(queue)?.changed.clone();
        loop {
            let mut change = std::pin::pin!(changed.notified());
            // From here on no change is missed, not even one between the look and the wait.
            change.as_mut().enable();
            let now = self.inner.clock.now();
            let (messages, next) = self.receive_now(queue, max, visibility, now)?;
            if !messages.is_empty() || now >= deadline {
                return Ok(messages);
            }
            let until = next.map_or(deadline, |next| next.min(deadline));
            tokio::select! {
                () = change => {}
                () = self.inner.clock.wait_until(until) => {}
            }
        }
    }

    /// Deletes a message.
    pub fn delete(&self, queue: &str, handle: &str) -> Result<(), Error> {
        self.change(queue, |queue, now| queue.delete(handle, now))
    }

    /// Deletes messages, each by itself.
    pub fn delete_batch(
        &self,
        queue: &str,
        handles: &[String],
    ) -> Result<Vec<Result<(), Error>>, Error> {
        self.change(queue, |queue, now| {
            let deleted = handles.iter().map(|handle| queue.delete(handle, now));
            Ok(deleted.collect())
        })
    }

    /// Lets a message become visible `timeout` from now instead.
    pub fn change_visibility(
        &self,
        queue: &str,
        handle: &str,
        timeout: Duration,
    ) -> Result<(), Error> {
        self.change(queue, |queue, now| {
            queue.change_visibility(handle, timeout, now)
        })
    }

    /// Removes all messages of a queue.
    pub fn purge(&self, queue: &str) -> Result<(), Error> {
        self.change(queue, Queue::purge)
    }

    /// Moves the messages of a dead-letter queue back to where they came from, or all to
    /// `destination`; both by their ARNs. SQS does it in its own time, this at once. Gives the
    /// task's handle.
    pub fn move_messages(&self, source: &str, destination: Option<&str>) -> Result<String, Error> {
        let now = self.inner.clock.now();
        let mut state = self.state();
        let name = name_of(source);
        state.entry(name)?;
        if !state.is_dead_letter_queue(name) {
            let reason = "Source queue must be configured as a Dead Letter Queue";
            return Err(Error::value("SourceArn", source, reason));
        }
        if let Some(destination) = destination {
            state.entry(name_of(destination))?;
        }
        for (from, message) in state.entry(name)?.queue.take_out(now) {
            let target = name_of(destination.unwrap_or(&from)).to_owned();
            let entry = state.entry(&target)?;
            entry.queue.take_back(message, now);
            entry.changed.notify_waiters();
        }
        Ok(STANDARD.encode(source))
    }

    /// How many messages of a queue are visible, and how many in flight; none if there is no such queue.
    ///
    /// A message that an earlier one of its group holds back counts as visible, as in SQS's own numbers.
    pub fn depth(&self, queue: &str) -> (usize, usize) {
        let now = self.inner.clock.now();
        let mut state = self.state();
        let depth = state.entry(queue).map(|entry| entry.queue.depth(now));
        let Depth {
            visible, in_flight, ..
        } = depth.unwrap_or_default();
        (visible, in_flight)
    }

    /// The messages of a queue, in its order; none if there is no such queue. Looking changes nothing.
    pub fn messages(&self, queue: &str) -> Vec<Queued> {
        let now = self.inner.clock.now();
        let mut state = self.state();
        let entry = state.entry(queue);
        entry.map_or_else(|_| Vec::new(), |entry| entry.queue.messages(now))
    }

    /// When the next message of a queue becomes visible by itself, if one will.
    pub fn next_visible(&self, queue: &str) -> Option<SystemTime> {
        let now = self.inner.clock.now();
        self.state().entry(queue).ok()?.queue.next_visible(now)
    }

    /// All attributes of a queue.
    pub fn attributes(&self, queue: &str) -> Result<BTreeMap<String, String>, Error> {
        let now = self.inner.clock.now();
        Ok(self.state().entry(queue)?.queue.shown_attributes(now))
    }

    /// What goes wrong with calls over HTTP.
    pub fn faults(&self) -> &Faults {
        &self.inner.faults
    }

    /// How many calls of an action came over HTTP, such as `SendMessageBatch`. In-process calls do not count.
    pub fn calls(&self, action: &str) -> u64 {
        self.state().calls.get(action).copied().unwrap_or(0)
    }

    /// How many calls of each action came over HTTP.
    pub fn all_calls(&self) -> BTreeMap<String, u64> {
        self.state().calls.clone()
    }

    /// Counts a call that came over HTTP.
    pub(super) fn count(&self, action: &str) {
        *self.state().calls.entry(action.to_owned()).or_default() += 1;
    }

    /// The queue's own answer to how long a receive waits.
    pub(super) fn default_wait(&self, queue: &str) -> Result<Duration, Error> {
        Ok(self.state().entry(queue)?.queue.attributes().wait())
    }

    /// Whether a queue is FIFO.
    pub(super) fn is_fifo(&self, queue: &str) -> Result<bool, Error> {
        Ok(self.state().entry(queue)?.queue.attributes().is_fifo())
    }

    /// One look into the queue, and when the next is worth while.
    fn receive_now(
        &self,
        queue: &str,
        max: usize,
        visibility: Option<Duration>,
        now: SystemTime,
    ) -> Result<(Vec<ReceivedMessage>, Option<SystemTime>), Error> {
        let mut state = self.state();
        let entry = state.entry(queue)?;
        let received = entry.queue.receive(max, visibility, now)?;
        let empty = received.messages.is_empty();
        let next = empty.then(|| entry.queue.next_visible(now)).flatten();
        let target = entry
            .queue
            .attributes()
            .dead_letter()
            .map(|it| it.queue.clone());
        if let Some(target) = target.filter(|_| !received.dead.is_empty()) {
            let entry = state.entry(&target)?;
            for dead in received.dead {
                entry.queue.bury(dead, last_part(queue), now);
            }
            entry.changed.notify_waiters();
        }
        Ok((received.messages, next))
    }

    /// Does something to a queue, and wakes those who wait for its messages.
    fn change<T>(
        &self,
        queue: &str,
        change: impl FnOnce(&mut Queue, SystemTime) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let now = self.inner.clock.now();
        let mut state = self.state();
        let entry = state.entry(queue)?;
        let result = change(&mut entry.queue, now);
        entry.changed.notify_waiters();
        result
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A panic elsewhere must not take the whole server with it.
        self.inner
            .state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn url(&self, name: &str) -> String {
        format!("http://{}/{ACCOUNT}/{name}", self.address)
    }

    fn entry(&mut self, queue: &str) -> Result<&mut Entry, Error> {
        let entry = self.queues.get_mut(last_part(queue));
        entry.ok_or(Error::QueueDoesNotExist)
    }

    /// Whether a queue is where another's messages go.
    fn is_dead_letter_queue(&self, name: &str) -> bool {
        let mut targets = self
            .queues
            .values()
            .filter_map(|entry| entry.queue.attributes().dead_letter());
        targets.any(|it| it.queue == name)
    }

    fn check_dead_letter(&self, attributes: &Attributes) -> Result<(), Error> {
        let Some(dead_letter) = attributes.dead_letter() else {
            return Ok(());
        };
        let target = self.queues.get(&dead_letter.queue);
        let fifo = target.map(|entry| entry.queue.attributes().is_fifo());
        let reason = match fifo {
            None => "Dead letter target does not exist",
            Some(fifo) if fifo != attributes.is_fifo() => {
                "Dead-letter queue must be same type of queue as the source"
            }
            Some(_) => return Ok(()),
        };
        Err(Error::value("RedrivePolicy", &dead_letter.queue, reason))
    }
}

/// Of a queue, by its ARN.
fn name_of(arn: &str) -> &str {
    arn.rsplit(':').next().unwrap_or(arn)
}

fn last_part(queue: &str) -> &str {
    queue.rsplit('/').next().unwrap_or(queue)
}

#[cfg(test)]
mod tests;
