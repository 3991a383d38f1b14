//! Taking messages, each once.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use uuid::Uuid;

use super::Queue;
use crate::content;
use crate::deduplication::{Accepted, Scope};
use crate::error::Error;
use crate::message::{NewMessage, Sent};
use crate::stored::{Stored, sequence_number};

impl Queue {
    /// Takes a message, unless it is a duplicate: that is answered like its first, and dropped.
    pub fn send(&mut self, message: NewMessage, now: SystemTime) -> Result<Sent, Error> {
        self.check(&message)?;
        let delay = self.delay(&message)?;
        let key = self.deduplication_key(&message)?;
        let known = key
            .as_ref()
            .and_then(|(scope, id)| self.recent.find(scope, id, now));
        if let Some(first) = known {
            return Ok(self.sent(first, &message));
        }
        let accepted = self.accept();
        let answer = self.sent(accepted, &message);
        let content = NewMessage {
            deduplication: key.as_ref().map(|(_, id)| id.clone()),
            ..message
        };
        if let Some((scope, id)) = key {
            self.recent.remember(scope, id, accepted, now);
        }
        self.store(Stored::new(accepted, content, delay, now));
        Ok(answer)
    }

    /// Refuses a batch in which a message lacks what a FIFO queue needs: then none is taken.
    pub fn check_batch(&self, messages: &[NewMessage]) -> Result<(), Error> {
        if !self.attributes.is_fifo() {
            return Ok(());
        }
        if messages.iter().any(|message| message.group.is_none()) {
            let missing = Error::MissingParameter("MessageGroupId");
            return Err(Error::InvalidParameters(missing.to_string()));
        }
        let has_id = |message: &NewMessage| {
            message.deduplication.is_some() || self.attributes.deduplicates_by_content()
        };
        if messages.iter().all(has_id) {
            Ok(())
        } else {
            Err(no_deduplication())
        }
    }

    fn check(&self, message: &NewMessage) -> Result<(), Error> {
        content::check(message)?;
        if let Some(group) = &message.group {
            content::check_id("MessageGroupId", group)?;
        } else if self.attributes.is_fifo() {
            return Err(Error::MissingParameter("MessageGroupId"));
        }
        if let Some(id) = &message.deduplication {
            if !self.attributes.is_fifo() {
                return Err(Error::queue_type("MessageDeduplicationId", id));
            }
            content::check_id("MessageDeduplicationId", id)?;
        }
        let limit = self.attributes.maximum_message_size();
        if content::bytes(message) > limit {
            return Err(Error::MessageTooLong(limit));
        }
        Ok(())
    }

    /// A FIFO queue has one delay for all; there zero means that one.
    fn delay(&self, message: &NewMessage) -> Result<Duration, Error> {
        let fifo = self.attributes.is_fifo();
        match message.delay_seconds {
            None => Ok(self.attributes.delay()),
            Some(0) if fifo => Ok(self.attributes.delay()),
            Some(seconds) if fifo => Err(Error::queue_type("DelaySeconds", &seconds)),
            Some(seconds @ 0..=900) => Ok(Duration::from_secs(seconds.unsigned_abs())),
            Some(seconds) => {
                let reason = "DelaySeconds must be >= 0 and <= 900";
                Err(Error::value("DelaySeconds", &seconds, reason))
            }
        }
    }

    /// By what a duplicate of the message is known; `None` in a standard queue.
    fn deduplication_key(&self, message: &NewMessage) -> Result<Option<(Scope, String)>, Error> {
        if !self.attributes.is_fifo() {
            return Ok(None);
        }
        let id = match &message.deduplication {
            Some(id) => id.clone(),
            None if self.attributes.deduplicates_by_content() => content::content_id(&message.body),
            None => return Err(no_deduplication()),
        };
        let by_group = self.attributes.deduplicates_by_group();
        let scope = message.group.clone().filter(|_| by_group);
        Ok(Some((scope, id)))
    }

    /// The next place in the order, and the id of the message that gets it. Ids follow from the
    /// queue and its age, so that a simulation that is run again has the same ones.
    pub(super) fn accept(&mut self) -> Accepted {
        self.last_sequence += 1;
        let age = self.created.duration_since(UNIX_EPOCH).unwrap_or_default();
        let name = format!("{}/{}/{}", self.name, age.as_nanos(), self.last_sequence);
        Accepted {
            id: Uuid::new_v5(&Uuid::NAMESPACE_URL, name.as_bytes()),
            sequence: self.last_sequence,
        }
    }

    fn sent(&self, accepted: Accepted, message: &NewMessage) -> Sent {
        let number = self.attributes.is_fifo().then_some(accepted.sequence);
        Sent {
            message_id: accepted.id.to_string(),
            sequence_number: number.map(sequence_number),
            body_md5: content::body_md5(&message.body),
            attributes_md5: content::attributes_md5(&message.attributes),
            system_attributes_md5: content::system_attributes_md5(message.trace_header.as_ref()),
        }
    }
}

fn no_deduplication() -> Error {
    Error::InvalidParameters(
        "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly".to_owned(),
    )
}
