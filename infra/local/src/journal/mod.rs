//! What happens behind the webhooks, for the emulator's pages and for the lines that `cargo dev`
//! prints. It is found by the table's stream, which has each change of an event's row, and by
//! looking into the queue: the functions say nothing of it themselves. What a module says of its
//! failures is in the rows alone: in AWS no log has it.

mod line;
mod note;
mod waiting;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use emulator::{Behind, ChatKey, Emulator, Note, OwnEvent, SetTimer};
use serde_json::Value;
use shared::domain::{BotId, ChatId, Timestamp};
use shared::queue::{COMMAND, Job, JobEvent, SIGNAL, TIMER};
use shared::store::{LedgerChange, LedgerKey, Store};
use sqs::Sqs;
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};

use crate::stream::TableStream;

/// How often the stream is looked at.
const LOOK: Duration = Duration::from_millis(100);
/// A worker gives a message back just after it has written why: only then it is known when the
/// event comes again.
const UNTIL_GIVEN_BACK: Duration = Duration::from_millis(150);
/// How many events and notes are kept.
const KEPT: usize = 500;

/// What happens behind the webhooks. Clones are the same.
#[derive(Clone)]
pub struct Journal {
    inner: Arc<Inner>,
}

struct Inner {
    line: Emulator,
    store: Store,
    sqs: Sqs,
    queue: String,
    seen: Mutex<Seen>,
    lines: Mutex<Option<UnboundedSender<String>>>,
}

/// What was seen, the newest last.
#[derive(Default)]
struct Seen {
    events: VecDeque<(LedgerKey, OwnEvent)>,
    notes: VecDeque<(LedgerKey, Note)>,
    last_note: u64,
}

impl Journal {
    pub(crate) fn new(line: Emulator, store: Store, sqs: Sqs, queue: &str) -> Self {
        let inner = Inner {
            line,
            store,
            sqs,
            queue: queue.to_owned(),
            seen: Mutex::default(),
            lines: Mutex::default(),
        };
        Self {
            inner: Arc::new(inner),
        }
    }

    /// A line for each failed attempt, each event that is parked and each send that LINE has not
    /// taken, for a person to read. Whoever asked for them before gets none any more.
    pub fn lines(&self) -> UnboundedReceiver<String> {
        let (sender, receiver) = mpsc::unbounded_channel();
        *unpoisoned(&self.inner.lines) = Some(sender);
        receiver
    }

    /// Follows the table's stream from its end on, until the future is dropped.
    pub(crate) async fn run(self, stream: TableStream) {
        let mut after = stream.newest().ok().flatten();
        loop {
            match stream.records(after.as_deref()) {
                Ok(records) if records.is_empty() => tokio::time::sleep(LOOK).await,
                Ok(records) => {
                    after = records.last().and_then(number).or(after);
                    self.take(&records).await;
                }
                Err(error) => {
                    tracing::warn!(%error, "the timelines cannot follow the table's stream");
                    tokio::time::sleep(LOOK * 10).await;
                }
            }
        }
    }

    /// A message of the queue is about to be handed to the worker.
    pub(crate) fn handed_over(&self, body: &str) {
        let Ok(job) = Job::read(body) else {
            return; // the worker parks it
        };
        let now = self.now();
        let own = job.events.iter().filter_map(|event| own(event, &job, now));
        let mut seen = self.seen();
        for (key, event) in own {
            if !seen.events.iter().any(|(known, _)| *known == key) {
                push(&mut seen.events, (key, event));
            }
        }
        drop(seen);
        self.inner.line.refresh_pages();
    }

    /// What happens behind the webhooks in a chat.
    pub(crate) async fn behind(&self, chat: &ChatKey) -> Behind {
        let is_shown = |key: &LedgerKey| {
            let of = key.chat.as_ref().map(ChatId::as_str);
            key.bot.as_str() == chat.bot && of.is_none_or(|of| of == chat.chat)
        };
        let timers = self.timers(chat).await;
        let seen = self.seen();
        let events = seen.events.iter().filter(|(key, _)| is_shown(key));
        let notes = seen.notes.iter().filter(|(key, _)| is_shown(key));
        Behind {
            timers,
            events: events.map(|(_, event)| event.clone()).collect(),
            notes: notes.map(|(_, note)| note.clone()).collect(),
        }
    }

    /// Timers of the chat that are set and not due.
    async fn timers(&self, chat: &ChatKey) -> Vec<SetTimer> {
        let (Ok(bot), Ok(id)) = (BotId::new(&chat.bot), ChatId::new(&chat.chat)) else {
            return Vec::new();
        };
        let timers = self.inner.store.timers(&bot, Some(&id)).await;
        let timers = timers.unwrap_or_else(|error| {
            tracing::warn!(%error, "the timers of a chat cannot be shown");
            Vec::new()
        });
        let waits = timers.into_iter().filter(|it| it.queued_at.is_none());
        waits
            .map(|timer| SetTimer {
                name: timer.name,
                due_at: timer.due_at.0,
            })
            .collect()
    }

    async fn take(&self, records: &[Value]) {
        let changes: Vec<_> = records.iter().filter_map(LedgerChange::read).collect();
        if changes.iter().any(|change| !note::of(change).is_empty()) {
            tokio::time::sleep(UNTIL_GIVEN_BACK).await;
        }
        for change in &changes {
            for found in note::of(change) {
                self.write(change, found).await;
            }
        }
        if !records.is_empty() {
            self.inner.line.refresh_pages();
        }
    }

    async fn write(&self, change: &LedgerChange, found: note::Found) {
        let next = match found.is_tried_again {
            true => self.waits_for(&change.key).await.map(|it| it.sentence),
            false => Some(found.next.to_owned()),
        };
        let mut note = Note {
            number: 0,
            event: change.key.event.as_str().to_owned(),
            of_chat: change.key.chat.is_some(),
            kind: found.kind,
            about: self.about(&change.key, &change.new.kind),
            reason: found.reason,
            next: next.unwrap_or_default(),
            at: self.now().0,
        };
        let mut seen = self.seen();
        seen.last_note += 1;
        note.number = seen.last_note;
        push(&mut seen.notes, (change.key.clone(), note.clone()));
        drop(seen);
        if let Some(lines) = &*unpoisoned(&self.inner.lines) {
            // Nobody reads them any more: they are on the pages all the same.
            let _ = lines.send(line::of(&self.inner.line, &change.key, &note));
        }
    }

    /// Which event it is, in words.
    fn about(&self, key: &LedgerKey, kind: &str) -> String {
        let seen = self.seen();
        let known = seen.events.iter().rev().find(|(known, _)| known == key);
        match known {
            Some((_, event)) => format!("{} “{}”", event.kind.to_lowercase(), event.name),
            None => kind.trim_start_matches('@').to_owned(),
        }
    }

    fn now(&self) -> Timestamp {
        self.inner.line.now().into()
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        unpoisoned(&self.inner.seen)
    }
}

/// A timer, signal or command, as the timelines show it.
fn own(event: &JobEvent, job: &Job, now: Timestamp) -> Option<(LedgerKey, OwnEvent)> {
    let kind = match event.kind.as_str() {
        TIMER => "Timer",
        SIGNAL => "Signal",
        COMMAND => "Command",
        _ => return None,
    };
    let raw: Value = serde_json::from_str(event.raw.get()).unwrap_or_default();
    let shown = OwnEvent {
        id: event.id.as_str().to_owned(),
        of_chat: job.chat.is_some(),
        kind: kind.to_owned(),
        name: raw["name"].as_str().unwrap_or_default().to_owned(),
        payload: raw["payload"].to_string(),
        at: now.0,
    };
    Some((key_of(job, event), shown))
}

fn key_of(job: &Job, event: &JobEvent) -> LedgerKey {
    LedgerKey {
        bot: job.bot.clone(),
        chat: job.chat.clone(),
        event: event.id.clone(),
    }
}

fn push<T>(list: &mut VecDeque<T>, entry: T) {
    if list.len() == KEPT {
        list.pop_front();
    }
    list.push_back(entry);
}

fn number(record: &Value) -> Option<String> {
    let number = record["dynamodb"]["SequenceNumber"].as_str();
    number.map(str::to_owned)
}

/// What the lock holds, after a panic too.
fn unpoisoned<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}
