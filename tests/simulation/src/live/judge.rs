//! The judge: the ledger for what was handled, LINE's own record for what was sent.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use emulator::{Call, Speaker};
use local::stack::Stack;
use serde_json::Value;
use shared::domain::{
    BotId, ChatEffect, ChatId, Delivery, Effect, EventId, LedgerEntry, Outcome, Timestamp,
};
use shared::store::LedgerKey;

use crate::live::Failure;
use crate::live::lost::{Lost, cause};
use crate::live::talk::Sent;

/// What came of the events.
#[derive(Debug, Default)]
pub struct Verdicts {
    /// Events whose webhooks were answered 200,
    pub events: usize,
    /// of which these are handled,
    pub handled: usize,
    /// these are set aside,
    pub parked: usize,
    /// and these neither.
    pub lost: usize,
    /// Messages that LINE has taken.
    pub messages: usize,
    /// Messages that LINE has taken twice.
    pub doubled: usize,
    /// Chats whose answers are not in the order of their events.
    pub out_of_order: usize,
    /// Replies of which the ledger does not say that they were sent.
    pub lost_replies: Lost,
    /// Pushes likewise.
    pub unknown_pushes: usize,
}

impl Verdicts {
    /// Whether all that is promised was kept.
    pub fn good(&self) -> bool {
        let bad = self.lost + self.doubled + self.out_of_order + self.unknown_pushes + self.parked;
        bad == 0 && self.handled == self.events && self.lost_replies.without_cause() == 0
    }

    fn of_row(&mut self, row: Option<&LedgerEntry>, record: &Record) {
        self.events += 1;
        match row.map(|row| row.outcome()) {
            Some(Outcome::Done) => self.handled += 1,
            Some(Outcome::Parked) => self.parked += 1,
            _ => self.lost += 1,
        }
        let Some(row) = row else { return };
        let effects = row.plan().unwrap_or_default().effects;
        for (effect, delivery) in effects.iter().zip(row.effects()) {
            match (effect, delivery) {
                (Effect::Chat(ChatEffect::Push(_)), Delivery::Unknown { .. }) => {
                    self.unknown_pushes += 1;
                }
                (_, Delivery::Sent { .. }) | (Effect::Chat(ChatEffect::Push(_)), _) => {}
                (reply, _) => {
                    let text = reply.messages().first().map_or("", |it| text_of(it));
                    let cause = cause(text, row.received_at, &record.calls, record.kills);
                    self.lost_replies.add(cause, record.said.contains(text));
                }
            }
        }
    }

    fn of_chat(&mut self, texts: &[String]) {
        let mut seen = BTreeMap::new();
        for text in texts {
            *seen.entry(text).or_insert(0_usize) += 1;
        }
        self.messages += texts.len();
        self.doubled += seen.values().filter(|count| **count > 1).count();
        let numbers: Vec<_> = texts.iter().filter_map(|text| number(text)).collect();
        self.out_of_order += usize::from(!numbers.is_sorted());
    }
}

/// What LINE has in its record, and when processes were killed.
struct Record<'a> {
    calls: Vec<Call>,
    /// The messages that the users received.
    said: BTreeSet<String>,
    kills: &'a [Timestamp],
}

fn text_of(message: &Value) -> &str {
    message["text"].as_str().unwrap_or_default()
}

/// The event's place in what was said for it: `L001 7`, `L001 7 again`.
fn number(text: &str) -> Option<usize> {
    text.split(' ').nth(1)?.parse().ok()
}

pub(crate) async fn judge(
    stack: &Stack,
    bot: &str,
    sent: &[Sent],
    kills: &[Timestamp],
) -> Result<Verdicts, Failure> {
    let mut verdicts = Verdicts::default();
    let mut record = Record {
        calls: stack.line.calls(0).await,
        said: BTreeSet::new(),
        kills,
    };
    for first in sent.iter().filter(|event| event.number == 0) {
        let said = stack.line.conversation(bot, &first.chat).await;
        let of_account = said.iter().filter(|b| b.from == Speaker::Account);
        let texts: Vec<_> = of_account
            .filter_map(|bubble| bubble.text().map(str::to_owned))
            .collect();
        verdicts.of_chat(&texts);
        record.said.extend(texts);
    }
    for event in sent {
        let key = LedgerKey {
            bot: BotId::new(bot).map_err(Failure::of)?,
            chat: Some(ChatId::new(&event.chat).map_err(Failure::of)?),
            event: EventId::new(&event.event).map_err(Failure::of)?,
        };
        let row = stack.store.ledger(&key).await.map_err(Failure::of)?;
        verdicts.of_row(row.as_ref(), &record);
    }
    Ok(verdicts)
}

impl fmt::Display for Verdicts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} events: {} handled, {} parked, {} lost; {} messages: {} doubled, {} chats out of \
             order, {} unknown pushes; {}",
            self.events,
            self.handled,
            self.parked,
            self.lost,
            self.messages,
            self.doubled,
            self.out_of_order,
            self.unknown_pushes,
            self.lost_replies
        )
    }
}
