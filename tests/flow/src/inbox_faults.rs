//! Very many signed calls to the inbox while its way to the queue fails at random. Each caller
//! sends a call again until it is answered 202, as the answer says, and some once more for
//! nothing: none may be lost, none may reach the module twice, and each chat's stay in order.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::StreamExt as _;
use line_module::{Context, Event, EventKind, Module, ModuleError};
use serde_json::json;

use crate::Bundle;
use crate::faulty::Fate;
use crate::hostile::dice::Dice;
use crate::inbox::Inbox;

const CHATS: usize = 50;
/// Callers at work at once, each for one chat.
const CALLERS: usize = 8;

/// What it came to.
#[derive(Debug, Default, Clone, Copy)]
pub struct Figures {
    /// Commands, each with an id of its own.
    pub commands: usize,
    /// Calls that were made for them.
    pub calls: usize,
    /// Of these: answered 503, and made again.
    pub failed: usize,
    /// Of these: made once more though they had been answered 202.
    pub repeated: usize,
    /// Requests that the queue's address got.
    pub requests: usize,
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            commands,
            calls,
            failed,
            repeated,
            requests,
        } = self;
        write!(
            f,
            "{commands} commands by {calls} calls ({failed} answered 503, {repeated} repeated) and {requests} requests \
             to the queue: 0 lost, 0 twice, 0 out of order"
        )
    }
}

/// What the module has heard: chat and id.
#[derive(Clone, Default)]
struct Hears(Arc<Mutex<Vec<(String, String)>>>);

impl Module for Hears {
    async fn handle(&self, _: &mut Context<'_>, event: &Event) -> Result<(), ModuleError> {
        if let (EventKind::Command { id, .. }, Some(chat)) = (&event.kind, &event.chat) {
            let mut heard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            heard.push((chat.id.to_string(), id.clone()));
        }
        Ok(())
    }
}

impl Hears {
    /// The ids by chat, in order.
    fn by_chat(&self) -> BTreeMap<String, Vec<String>> {
        let heard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut by_chat = BTreeMap::<String, Vec<String>>::new();
        for (chat, id) in heard.iter() {
            by_chat.entry(chat.clone()).or_default().push(id.clone());
        }
        by_chat
    }
}

/// Sends so many commands; every choice follows from the seed.
///
/// # Panics
/// A command is lost, comes twice, or overtakes another of its chat.
pub async fn inbox_faults(seed: u64, commands: usize) -> Figures {
    let module = Hears::default();
    let bundle = Bundle::with(module.clone()).await;
    let (inbox, dice) = (Inbox::hurrying(&bundle), Dice::new(seed));
    let mut expected = BTreeMap::<String, Vec<String>>::new();
    for n in 0..commands {
        let chat = format!("L{:032x}", n % CHATS);
        expected.entry(chat).or_default().push(format!("order-{n}"));
    }
    let caller = Caller {
        bundle: &bundle,
        inbox: &inbox,
        dice: &dice,
    };
    let callers = expected.iter().map(|(chat, ids)| caller.says(chat, ids));
    let mut callers = futures::stream::iter(callers).buffer_unordered(CALLERS);
    let mut figures = Figures {
        commands,
        ..Figures::default()
    };
    while let Some(of_chat) = callers.next().await {
        figures.calls += of_chat.calls;
        figures.failed += of_chat.failed;
        figures.repeated += of_chat.repeated;
    }
    let settled = bundle.stack.settled().await;
    settled.expect("the queue becomes empty");
    assert_eq!(module.by_chat(), expected, "seed {seed}");
    figures.requests = inbox.queue.requests("SendMessageBatch").len();
    figures
}

struct Caller<'a> {
    bundle: &'a Bundle,
    inbox: &'a Inbox,
    dice: &'a Dice,
}

impl Caller<'_> {
    /// Says all of it to one chat, one after the other.
    async fn says(&self, chat: &str, ids: &[String]) -> Figures {
        let mut figures = Figures::default();
        for id in ids {
            while self.posts(chat, id).await != 202 {
                figures.calls += 1;
                figures.failed += 1;
            }
            figures.calls += 1;
            if self.dice.one_in(5) {
                figures.calls += 1;
                figures.repeated += 1;
                figures.failed += usize::from(self.posts(chat, id).await != 202);
            }
        }
        figures
    }

    async fn posts(&self, chat: &str, id: &str) -> u16 {
        self.queue_will_fail();
        let body = json!({"name": "ordered", "id": id, "payload": {"tea": true}});
        let call = self.bundle.signed_call(Some(chat), &body, Duration::ZERO);
        self.inbox.is_posted(&call).await.0
    }

    /// Some of the next requests: a few, which the SDK's own tries get over, or many.
    fn queue_will_fail(&self) {
        let faults = match self.dice.below(8) {
            0 => 4 + self.dice.below(6),
            1 | 2 => 1,
            _ => 0,
        };
        for _ in 0..faults {
            let fate = match self.dice.below(4) {
                0 | 1 => Fate::AnswerLost,
                2 => Fate::Unreachable,
                _ => Fate::Answered(500, "{}".into()),
            };
            self.inbox.queue.next("SendMessageBatch", fate);
        }
    }
}
