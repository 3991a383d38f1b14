//! One queue as a state machine: its methods take the time, and never wait.

mod receive;
mod send;

use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use uuid::Uuid;

use super::attributes::{Attributes, arn};
use super::deduplication::{Accepted, Recent};
use super::error::Error;
use super::groups::{Group, Groups};
use super::message::ReceivedMessage;
use super::receipt::Receipt;
use super::stored::Stored;

/// The most messages in flight: a FIFO queue gives out no more, a standard queue refuses.
const MOST_IN_FLIGHT: usize = 120_000;

/// The longest a message may stay invisible, counted from its receive.
const LONGEST_INVISIBLE: Duration = Duration::from_secs(43_200);

/// How long after a purge the next is refused.
const PURGE_INTERVAL: Duration = Duration::from_secs(60);

/// A queue: what was sent to it and not yet deleted, and who may have it when.
///
/// A FIFO group is locked while any of its messages is in flight, as Amazon documents it. The service
/// was seen to be less strict: a message that is given back comes again though a later one is still
/// in flight. Code that works here, and gives a group's messages back together, works there too.
///
/// Elsewhere, where Amazon's documentation and what its service was seen to do differ, this does the
/// latter:
/// - An expired handle cannot delete from a FIFO queue, even if the message was not received again.
/// - In a standard queue an expired handle still deletes, and changing its visibility does nothing.
#[derive(Debug)]
pub struct Queue {
    name: String,
    attributes: Attributes,
    created: SystemTime,
    messages: BTreeMap<u64, Stored>,
    sequences: HashMap<Uuid, u64>,
    groups: Groups,
    recent: Recent,
    last_sequence: u64,
    purged: Option<SystemTime>,
    most_in_flight: usize,
    /// No message is too old before this time.
    next_expiry: Option<SystemTime>,
}

/// A message that was received too often, on its way to the dead-letter queue.
#[derive(Debug)]
pub struct Dead(Stored);

/// What a receive gives.
#[derive(Debug, Default)]
pub struct Received {
    pub messages: Vec<ReceivedMessage>,
    /// Messages that left this queue instead of being received once more.
    pub dead: Vec<Dead>,
}

/// A message that is in a queue, for who looks into it without receiving.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queued {
    /// The message's text.
    pub body: String,
    /// The message group, in a FIFO queue.
    pub group: Option<String>,
    /// From when on it can be received, if no earlier one of its group holds it back.
    pub visible_at: SystemTime,
    /// How often it was received.
    pub receives: u32,
}

/// How many messages a queue has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Depth {
    /// Neither in flight nor delayed, even if an earlier one of the group holds them back.
    pub visible: usize,
    /// Received and neither deleted nor visible again.
    pub in_flight: usize,
    /// Sent with a delay that is not over.
    pub delayed: usize,
}

impl Queue {
    /// An empty queue.
    pub fn new(name: impl Into<String>, attributes: Attributes, now: SystemTime) -> Self {
        Self {
            name: name.into(),
            attributes,
            created: now,
            messages: BTreeMap::new(),
            sequences: HashMap::new(),
            groups: Groups::default(),
            recent: Recent::default(),
            last_sequence: 0,
            purged: None,
            most_in_flight: MOST_IN_FLIGHT,
            next_expiry: None,
        }
    }

    /// The queue's attributes.
    pub fn attributes(&self) -> &Attributes {
        &self.attributes
    }

    /// Takes a message that another queue has given up. Its group and id stay.
    pub fn bury(&mut self, Dead(message): Dead, source: &str, now: SystemTime) {
        let Accepted { sequence, .. } = self.accept();
        // For a FIFO queue SQS restarts the retention, for a standard queue from the sending.
        let kept_since = match self.attributes.is_fifo() {
            true => now,
            false => message.kept_since,
        };
        self.store(message.moved(sequence, arn(source), kept_since, now));
    }

    /// Takes out what came from other queues and can be received now, the oldest first: each
    /// with the ARN of the queue that gave it up.
    pub fn take_out(&mut self, now: SystemTime) -> Vec<(String, Dead)> {
        self.expire(now);
        let visible = self.messages.values().filter(|it| it.visible_at <= now);
        let moving = visible.filter_map(|it| Some((it.sequence, it.source.clone()?)));
        let moving: Vec<_> = moving.collect();
        let taken = moving.into_iter().filter_map(|(sequence, source)| {
            let message = self.remove(sequence)?;
            Some((source, Dead(message)))
        });
        taken.collect()
    }

    /// Takes a message back from its dead-letter queue, as one that is newly sent.
    pub fn take_back(&mut self, Dead(message): Dead, now: SystemTime) {
        let accepted = self.accept();
        self.store(Stored::new(accepted, message.content, Duration::ZERO, now));
    }

    /// Deletes a received message. To delete one that is gone already is no error.
    pub fn delete(&mut self, handle: &str, now: SystemTime) -> Result<(), Error> {
        let receipt = self.receipt(handle)?;
        self.expire(now);
        let Some(message) = self.find(&receipt) else {
            return Ok(());
        };
        let sequence = message.sequence;
        let newest = message.receives == receipt.receive;
        let in_flight = message.visible_at > now;
        if self.attributes.is_fifo() && !(newest && in_flight) {
            return Err(Error::ReceiptHandleExpired(handle.to_owned()));
        }
        if newest {
            self.remove(sequence);
        }
        Ok(())
    }

    /// Lets a received message become visible `timeout` from now instead.
    pub fn change_visibility(
        &mut self,
        handle: &str,
        timeout: Duration,
        now: SystemTime,
    ) -> Result<(), Error> {
        let receipt = self.receipt(handle)?;
        self.expire(now);
        let fifo = self.attributes.is_fifo();
        let message = self
            .find_mut(&receipt)
            .filter(|message| message.receives == receipt.receive)
            .ok_or_else(|| Error::not_changeable(handle))?;
        if message.visible_at <= now {
            return if fifo {
                Err(Error::MessageNotInflight)
            } else {
                Ok(())
            };
        }
        let received = message.last_received.unwrap_or(now);
        let elapsed = now.duration_since(received).unwrap_or_default().as_secs();
        if Duration::from_secs(elapsed) + timeout > LONGEST_INVISIBLE {
            let reason =
                "Total VisibilityTimeout for the message is beyond the limit [43200 seconds]";
            return Err(Error::value(
                "VisibilityTimeout",
                &timeout.as_secs(),
                reason,
            ));
        }
        message.visible_at = now + timeout;
        Ok(())
    }

    /// Removes all messages, those in flight too, and forgets all deduplication ids.
    pub fn purge(&mut self, now: SystemTime) -> Result<(), Error> {
        if self.purged.is_some_and(|last| last + PURGE_INTERVAL > now) {
            return Err(Error::PurgeQueueInProgress(self.name.clone()));
        }
        self.purged = Some(now);
        self.messages.clear();
        self.sequences.clear();
        self.groups.clear();
        self.recent.clear();
        Ok(())
    }

    /// The messages that are in it, in its order. Looking changes nothing.
    pub fn messages(&mut self, now: SystemTime) -> Vec<Queued> {
        self.expire(now);
        let queued = |message: &Stored| Queued {
            body: message.content.body.clone(),
            group: message.content.group.clone(),
            visible_at: message.visible_at,
            receives: message.receives,
        };
        self.messages.values().map(queued).collect()
    }

    /// How many messages there are.
    pub fn depth(&mut self, now: SystemTime) -> Depth {
        self.expire(now);
        let mut depth = Depth::default();
        for message in self.messages.values() {
            match (message.visible_at > now, message.received_here) {
                (false, _) => depth.visible += 1,
                (true, true) => depth.in_flight += 1,
                (true, false) => depth.delayed += 1,
            }
        }
        depth
    }

    /// When the next message becomes visible by itself, if one will.
    pub fn next_visible(&self, now: SystemTime) -> Option<SystemTime> {
        let times = self.messages.values().map(|message| message.visible_at);
        times.filter(|time| *time > now).min()
    }

    /// Every attribute that `GetQueueAttributes` can show.
    pub fn shown_attributes(&mut self, now: SystemTime) -> BTreeMap<String, String> {
        let depth = self.depth(now);
        let created = self.created.duration_since(UNIX_EPOCH).unwrap_or_default();
        let mut shown = self.attributes.values().clone();
        let numbers = [
            ("ApproximateNumberOfMessages", depth.visible),
            ("ApproximateNumberOfMessagesNotVisible", depth.in_flight),
            ("ApproximateNumberOfMessagesDelayed", depth.delayed),
        ]
        .map(|(name, number)| (name, number.to_string()));
        let created = created.as_secs().to_string();
        let others = [
            ("CreatedTimestamp", created.clone()),
            ("LastModifiedTimestamp", created),
            ("QueueArn", arn(&self.name)),
        ];
        for (name, value) in numbers.into_iter().chain(others) {
            shown.insert(name.to_owned(), value);
        }
        shown
    }

    fn store(&mut self, message: Stored) {
        let expiry = message.kept_since + self.attributes.retention();
        self.next_expiry = Some(self.next_expiry.map_or(expiry, |next| next.min(expiry)));
        self.sequences.insert(message.id, message.sequence);
        self.groups.add(self.group(&message), message.sequence);
        self.messages.insert(message.sequence, message);
    }

    fn remove(&mut self, sequence: u64) -> Option<Stored> {
        let message = self.messages.remove(&sequence)?;
        self.sequences.remove(&message.id);
        self.groups.remove(&self.group(&message), sequence);
        Some(message)
    }

    fn group(&self, message: &Stored) -> Group {
        match &message.content.group {
            Some(group) if self.attributes.is_fifo() => Group::Named(group.clone()),
            _ => Group::Single(message.sequence),
        }
    }

    /// Removes what is older than the retention period, in flight or not.
    fn expire(&mut self, now: SystemTime) {
        if self.next_expiry.is_none_or(|next| next > now) {
            return;
        }
        let retention = self.attributes.retention();
        let expiry = |message: &Stored| message.kept_since + retention;
        let old: Vec<u64> = self
            .messages
            .values()
            .filter(|message| expiry(message) <= now)
            .map(|message| message.sequence)
            .collect();
        for sequence in old {
            self.remove(sequence);
        }
        self.next_expiry = self.messages.values().map(expiry).min();
    }

    fn receipt(&self, handle: &str) -> Result<Receipt, Error> {
        Receipt::decode(handle)
            .filter(|receipt| receipt.queue == self.name)
            .ok_or_else(|| Error::ReceiptHandleIsInvalid(handle.to_owned()))
    }

    fn find(&self, receipt: &Receipt) -> Option<&Stored> {
        let sequence = self.sequences.get(&receipt.message)?;
        self.messages.get(sequence)
    }

    fn find_mut(&mut self, receipt: &Receipt) -> Option<&mut Stored> {
        let sequence = self.sequences.get(&receipt.message)?;
        self.messages.get_mut(sequence)
    }
}

#[cfg(test)]
mod tests;
