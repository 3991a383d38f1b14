//! Giving messages out, group by group.

use std::collections::BTreeSet;
use std::time::{Duration, SystemTime};

use super::{Dead, Queue, Received};
use crate::content;
use crate::error::Error;
use crate::message::ReceivedMessage;
use crate::receipt::Receipt;
use crate::stored::Stored;

impl Queue {
    /// Gives up to `max` messages and makes them invisible; puts aside those received too often.
    ///
    /// As many as possible are of the group whose turn it is, then of the next.
    pub fn receive(
        &mut self,
        max: usize,
        visibility: Option<Duration>,
        now: SystemTime,
    ) -> Result<Received, Error> {
        self.expire(now);
        let room = self.room(max, now)?;
        let (chosen, exhausted) = self.choose(room, now);
        let dead = exhausted
            .into_iter()
            .filter_map(|it| self.remove(it))
            .map(Dead)
            .collect();
        let until = now + visibility.unwrap_or(self.attributes.visibility_timeout());
        let messages = chosen
            .into_iter()
            .filter_map(|sequence| self.give(sequence, until, now))
            .collect();
        Ok(Received { messages, dead })
    }

    /// How many of `max` messages more may be in flight.
    fn room(&mut self, max: usize, now: SystemTime) -> Result<usize, Error> {
        if self.messages.len() + max <= self.most_in_flight {
            return Ok(max);
        }
        let in_flight = self.depth(now).in_flight;
        match self.most_in_flight.saturating_sub(in_flight) {
            0 if !self.attributes.is_fifo() => Err(Error::OverLimit),
            room => Ok(room.min(max)),
        }
    }

    /// The messages to give, at most `max`, and those met that were received too often.
    fn choose(&self, max: usize, now: SystemTime) -> (Vec<u64>, Vec<u64>) {
        let (mut chosen, mut exhausted) = (Vec::new(), Vec::new());
        for group in self.groups.in_turn().filter(|it| !self.is_locked(it, now)) {
            for message in group.iter().filter_map(|it| self.messages.get(it)) {
                if chosen.len() >= max {
                    return (chosen, exhausted);
                }
                if message.visible_at > now {
                    break;
                }
                if self.is_exhausted(message) {
                    exhausted.push(message.sequence);
                } else {
                    chosen.push(message.sequence);
                }
            }
        }
        (chosen, exhausted)
    }

    /// Whether any of a group's messages is in flight. Those that were received come first in it.
    fn is_locked(&self, group: &BTreeSet<u64>, now: SystemTime) -> bool {
        let messages = group.iter().filter_map(|it| self.messages.get(it));
        let mut received = messages.take_while(|message| message.received_here);
        received.any(|message| message.visible_at > now)
    }

    fn is_exhausted(&self, message: &Stored) -> bool {
        let dead_letter = self.attributes.dead_letter();
        dead_letter.is_some_and(|it| message.receives >= it.max_receive_count)
    }

    /// Hands out a message, and sends its group to the end of the line.
    fn give(
        &mut self,
        sequence: u64,
        until: SystemTime,
        now: SystemTime,
    ) -> Option<ReceivedMessage> {
        let message = self.messages.get_mut(&sequence)?;
        message.receive(until, now);
        let message = self.messages.get(&sequence)?;
        self.groups.served(&self.group(message));
        Some(self.received(message))
    }

    fn received(&self, message: &Stored) -> ReceivedMessage {
        let receipt = Receipt {
            queue: self.name.clone(),
            message: message.id,
            receive: message.receives,
        };
        ReceivedMessage {
            message_id: message.id.to_string(),
            receipt_handle: receipt.encode(),
            body: message.content.body.clone(),
            body_md5: content::body_md5(&message.content.body),
            system_attributes: message.system_attributes(self.attributes.is_fifo()),
            attributes: message.content.attributes.clone(),
        }
    }
}
