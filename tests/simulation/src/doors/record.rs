//! A batch of the queue's messages. What cannot be read is parked or given back, nothing
//! is lost, and the messages of other groups are settled.

use std::collections::HashSet;
use std::time::Duration;

use aws_lambda_events::sqs::{SqsEvent, SqsMessage};
use line_module::{Context, Event, Module, ModuleError, Text};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use shared::domain::{BotId, ChatId, EventId, Outcome};
use shared::queue::{Job, JobEvent, UnreadableJob};
use shared::store::{LedgerKey, Store};

use crate::doors::mutate::{hostile, odd_json};
use crate::doors::samples::{BOT, EVENTS, NEIGHBOUR};
use crate::doors::world::{NOW, World};
use crate::doors::{Dice, Door, Verdict};

/// The worker's door, with any batch.
pub struct Record {
    world: World,
    worker: worker::App<Greets>,
    store: Store,
}

/// Says something wherever it may.
#[derive(Debug, Clone, Copy)]
struct Greets;

impl Module for Greets {
    async fn handle(&self, cx: &mut Context<'_>, _: &Event) -> Result<(), ModuleError> {
        match cx.active() {
            Some(mut cx) => cx.push(&[Text::new("hello")]),
            None => Ok(()),
        }
    }
}

impl Default for Record {
    fn default() -> Self {
        let world = World::default();
        Self {
            worker: world.worker(Greets),
            store: world.store(),
            world,
        }
    }
}

impl Door for Record {
    const NAME: &'static str = "record";

    fn input(dice: &mut Dice) -> Vec<u8> {
        let mut records: Vec<Value> = (0..1 + dice.below(3))
            .map(|n| odd_record(dice, n))
            .collect();
        let place = dice.below(records.len() + 1);
        let number = dice.below(1_000_000_000);
        records.insert(place, neighbour(&number.to_string()));
        let batch = json!({ "Records": records }).to_string();
        match dice.below(4) {
            0 => hostile(dice, batch.as_bytes()),
            1 => odd_json(dice, batch.as_bytes()),
            _ => batch.into_bytes(),
        }
    }

    async fn judge(&self, input: &[u8]) -> Verdict {
        let Ok(batch) = serde_json::from_slice::<SqsEvent>(input) else {
            return Ok("no batch".to_owned());
        };
        let records = batch.records.clone();
        let deadline = NOW.plus(Duration::from_secs(60));
        let answer = worker::handle(&self.worker, batch, deadline).await;
        self.world.queue.taken();
        let again: HashSet<_> = answer
            .batch_item_failures
            .into_iter()
            .map(|failure| failure.item_identifier)
            .collect();
        for record in &records {
            self.judge_record(record, &records, &again).await?;
        }
        Ok(match again.is_empty() {
            true => "settled".to_owned(),
            false => "some given back".to_owned(),
        })
    }
}

impl Record {
    async fn judge_record(
        &self,
        record: &SqsMessage,
        all: &[SqsMessage],
        again: &HashSet<String>,
    ) -> Result<(), String> {
        let Some(id) = record.message_id.as_ref() else {
            return Ok(());
        };
        let body = record.body.as_deref().unwrap_or_default();
        if again.contains(id) {
            return match may_wait(record, all) {
                true => Ok(()),
                false => Err(format!("the message {id} is given back")),
            };
        }
        match Job::read(body) {
            Ok(job) if detaches(&job) => Ok(()),
            Ok(job) => self.judge_job(&job).await,
            Err(_) => self.judge_parked(id).await,
        }
    }

    async fn judge_parked(&self, id: &str) -> Result<(), String> {
        let parked = self.store.parked_message(id).await;
        match parked.map_err(|error| error.to_string())? {
            Some(_) => Ok(()),
            None => Err(format!("the unreadable message {id} is lost")),
        }
    }

    async fn judge_job(&self, job: &Job) -> Result<(), String> {
        for event in &job.events {
            let key = LedgerKey {
                bot: job.bot.clone(),
                chat: job.chat.clone(),
                event: event.id.clone(),
            };
            let row = self
                .store
                .ledger(&key)
                .await
                .map_err(|error| error.to_string())?;
            let settled =
                row.is_some_and(|row| matches!(row.outcome(), Outcome::Done | Outcome::Parked));
            if !settled {
                return Err(format!("{key:?} is acknowledged, and not settled"));
            }
        }
        Ok(())
    }
}

/// A message as it should be: another one each time.
fn neighbour(number: &str) -> Value {
    let raw = RawValue::from_string(NEIGHBOUR.to_owned()).expect("JSON");
    let event = JobEvent {
        id: EventId::new("01NEIGHBOUR").expect("an id"),
        kind: "message".to_owned(),
        raw,
    };
    let bot = BotId::new(format!("Uneighbour{number}")).expect("an id");
    let chat = ChatId::new("Lneighbour").expect("an id");
    let job = Job::new(bot, Some(chat), NOW, vec![event]);
    let message = job.into_messages().expect("a job is JSON").remove(0);
    record(
        &format!("neighbour-{number}"),
        &message.group,
        &message.body,
    )
}

fn record(id: &str, group: &str, body: &str) -> Value {
    let attributes = json!({"ApproximateReceiveCount": "1", "SentTimestamp": NOW.0.to_string(), "MessageGroupId": group, "MessageDeduplicationId": id});
    json!({"messageId": id, "receiptHandle": "r", "body": body, "attributes": attributes, "messageAttributes": {}, "eventSource": "aws:sqs", "awsRegion": "us-east-1"})
}

fn is_good(record: &SqsMessage) -> bool {
    let id = record.message_id.as_deref().unwrap_or_default();
    let Some(number) = id.strip_prefix("neighbour-") else {
        return false;
    };
    let good = serde_json::from_value::<SqsMessage>(neighbour(number));
    good.is_ok_and(|good| good == *record)
}

/// Whether a job asks for its account to be detached.
pub(super) fn detaches(job: &Job) -> bool {
    let mut events = job.events.iter();
    events.any(|event| event.detach_mark().is_some())
}

/// A message beside which all are good is given back only by its own wish; a good one
/// only for another that cannot be distinguished from it.
fn may_wait(record: &SqsMessage, all: &[SqsMessage]) -> bool {
    if is_good(record) {
        return !is_alone(record, all);
    }
    let body = record.body.as_deref().unwrap_or_default();
    let wishes = match Job::read(body) {
        Ok(job) => detaches(&job),
        Err(error) => matches!(error, UnreadableJob::Version(_)),
    };
    let mut others = all.iter().filter(|other| !std::ptr::eq(*other, record));
    let id = record.message_id.as_deref().unwrap_or_default();
    // SQS has no such ids, and the table no such keys.
    let no_key = id.is_empty() || id.len() > 1024;
    wishes || no_key || !others.all(|other| is_good(other) && is_alone(other, all))
}

/// No other message has its id, its group or its account.
fn is_alone(record: &SqsMessage, all: &[SqsMessage]) -> bool {
    let others = all.iter().filter(|other| !std::ptr::eq(*other, record));
    let group = |record: &SqsMessage| record.attributes.get("MessageGroupId").cloned();
    let number = record
        .message_id
        .as_deref()
        .and_then(|id| id.split('-').nth(1));
    let mut others = others.filter(|other| {
        let body = other.body.as_deref().unwrap_or_default();
        other.message_id == record.message_id
            || group(other) == group(record)
            || number.is_some_and(|number| body.contains(number))
    });
    others.next().is_none()
}

/// A job that may be odd in any place, in a record that may be.
fn odd_record(dice: &mut Dice, number: usize) -> Value {
    let sample = dice.pick(&EVENTS);
    let odd = odd_json(dice, sample.as_bytes());
    let event = String::from_utf8_lossy(&odd);
    let job = format!(
        r#"{{"v":1,"bot":"{BOT}","chat":"L80696558e1aa831","received_at":{},"events":[{{"id":"01FZ74A0TDDPYRVKNK77XKC3ZR","kind":"message","raw":{event}}}]}}"#,
        NOW.0
    );
    let detach = format!(
        r#"{{"v":1,"bot":"{BOT}","chat":null,"received_at":1,"events":[{{"id":"detach-7","kind":"@detach","raw":{{"mark":7}}}}],"replay":{{"number":1,"force":true}}}}"#
    );
    let body = match dice.below(8) {
        0 => odd_json(dice, detach.as_bytes()),
        1..4 => odd_json(dice, job.as_bytes()),
        4 => hostile(dice, job.as_bytes()),
        _ => job.into_bytes(),
    };
    let group = dice.pick(&["g1", "g2"]);
    let id = format!("m{number}");
    record(&id, group, &String::from_utf8_lossy(&body))
}
