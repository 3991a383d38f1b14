//! One run of a check: a harness, one user, and events whose ids and times are the same in every run.

use std::time::{Duration, SystemTime};

use emulator::{Deliver, DeliverOptions, Outcome};
use futures::FutureExt as _;
use line_module::daily::Daily;
use serde_json::{Value, json};
use shared::domain::{ChatId, EventId, LedgerEntry, Timestamp, Trace, Verdict};
use shared::store::LedgerKey;
use worker::{Shadow, ShadowError};

use super::rule::{Broken, Rule};
use super::script::{COMMAND, SIGNAL, Step};
use crate::harness::{request, types};
use crate::transcript::shown;
use crate::world::{Came, Hire, ReceivedEvent};
use crate::{Harness, Setup};

/// So far are two events apart: enough for a crash, and for the tries after it.
const BETWEEN: Duration = Duration::from_secs(600);
/// Long enough for the first tries.
const A_WHILE: Duration = Duration::from_secs(60);
/// An event is parked by then, whatever happens.
const UNTIL_PARKED: Duration = Duration::from_secs(8 * 3600);
/// What the worker writes of attempts that did not end.
const VANISHED: &str = "the attempts vanished";
/// What a second reply to an event is refused with.
const TWICE: &str = "one reply to an event";

/// One run.
pub(super) struct Stage {
    pub(super) shop: Harness,
    pub(super) chat: String,
    begins: SystemTime,
    events: u32,
    /// Whether processes end in it.
    pub(super) crashes: bool,
}

/// What has become of showing what the module would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tried {
    Shown,
    /// It makes a step that has no result yet.
    WouldCall,
}

/// What is left of a run, to be compared with another's.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Left {
    /// What LINE has taken: the chat and the messages.
    pub(super) sent: Vec<(String, Value)>,
    /// The module's states of chats and its own rows.
    pub(super) kept: Vec<(String, String)>,
}

impl Stage {
    pub(super) async fn new(hire: Hire) -> Self {
        let setup = Setup::default();
        let shop = Harness::hiring(&setup, hire).await;
        let chat = shop.user("Mari").id().to_owned();
        Self {
            shop,
            chat,
            begins: setup.begins,
            events: 0,
            crashes: false,
        }
    }

    /// Goes through the script; gives its events.
    pub(super) async fn play(&mut self, script: &[Step]) -> Result<Vec<Value>, Broken> {
        let mut events = Vec::new();
        for step in script {
            let line = self.shop.line();
            let bubbles = line.conversation(self.shop.bot(), &self.chat).await;
            let Some(event) = step.event(&bubbles) else {
                return Err(self.broken(Rule::Conversation, format!("{step:?} cannot be tapped")));
            };
            self.sends(event.clone()).await?;
            events.push(event);
        }
        Ok(events)
    }

    /// Goes through events, each in a webhook of its own.
    pub(super) async fn play_events(&mut self, events: &[Value]) -> Result<(), Broken> {
        for event in events {
            self.sends(event.clone()).await?;
        }
        Ok(())
    }

    /// LINE sends an event.
    pub(super) async fn sends(&mut self, event: Value) -> Result<(), Broken> {
        let events = vec![self.next(event).await];
        self.sends_all(events, 1).await
    }

    /// The event that is next, with its id, when it is its time.
    pub(super) async fn next(&mut self, mut event: Value) -> Value {
        self.events += 1;
        let due = self.begins + BETWEEN * self.events;
        let wait = due.duration_since(self.shop.clock().now());
        let _ = self.shop.world().advance(wait.unwrap_or_default()).await;
        let id = format!("event-{}", self.events);
        if event["type"] == "message" && event["message"].is_object() {
            let message = &mut event["message"];
            let id = message["id"].as_str().unwrap_or(&id).to_owned();
            message["id"] = id.into();
        }
        event["webhookEventId"] = id.into();
        event
    }

    /// LINE sends some events in one webhook, some copies of it. A command among them comes by
    /// the inbox, and a signal by the queue, as often, in its place.
    pub(super) async fn sends_all(&self, events: Vec<Value>, copies: u32) -> Result<(), Broken> {
        let mut of_line = Vec::new();
        for event in events {
            if !is_not_of_line(&event) {
                of_line.push(event);
                continue;
            }
            self.line_sends(std::mem::take(&mut of_line), copies)
                .await?;
            for _ in 0..copies {
                match event["type"] == COMMAND {
                    true => self.company_says(&event).await?,
                    false => self.is_signalled(&event).await?,
                }
            }
        }
        self.line_sends(of_line, copies).await
    }

    async fn company_says(&self, command: &Value) -> Result<(), Broken> {
        let text = |name: &str| command[name].as_str().unwrap_or_default();
        let (name, id) = (text("name"), text("webhookEventId"));
        let chat = Some(self.chat.as_str());
        let world = self.shop.world();
        let came = world.company_says(chat, name, id, &command["payload"]);
        self.finishes(&came.await)
    }

    async fn is_signalled(&self, signal: &Value) -> Result<(), Broken> {
        let id = signal["webhookEventId"].as_str().unwrap_or_default();
        let signal = json!({
            "type": "signal",
            "timestamp": Timestamp::from(self.shop.clock().now()),
            "source": { "type": "user", "userId": self.chat },
            "epoch": Timestamp::from(self.shop.clock().now()),
            "name": signal["name"],
            "payload": signal["payload"],
        });
        let chat = ChatId::new(&self.chat).ok();
        self.comes_by_queue(chat, SIGNAL, id, &signal).await
    }

    /// An event that is not of LINE's making comes to a chat, or to the account.
    pub(super) async fn comes_by_queue(
        &self,
        chat: Option<ChatId>,
        kind: &str,
        id: &str,
        event: &Value,
    ) -> Result<(), Broken> {
        let id = EventId::new(id).expect("an id");
        let world = self.shop.world();
        let came = world.comes_by_queue(chat, kind, id, event);
        self.finishes(&came.await)
    }

    async fn line_sends(&self, events: Vec<Value>, copies: u32) -> Result<(), Broken> {
        if events.is_empty() {
            return Ok(());
        }
        let events = Value::from(events);
        let words = format!("Mari: {}", words(&events));
        let mut request = request(self.shop.bot(), Some(&self.chat), events);
        request.deliver = Deliver::Send(DeliverOptions {
            copies,
            ..DeliverOptions::default()
        });
        let sent = self.shop.line().send_events(request);
        let came = self.shop.world().deed(words, sent).await;
        self.finishes(&came)
    }

    /// A timer, signal or command that has come before comes once more, with another payload, and
    /// is settled before it would be time for the next event.
    pub(super) async fn comes_otherwise(
        &mut self,
        key: &LedgerKey,
        kind: &str,
        event: &Value,
        payload: Value,
    ) -> Result<(), Broken> {
        self.events += 1;
        let id = format!("event-{}", self.events);
        let mut event = event.clone();
        event["payload"] = payload;
        event["timestamp"] = json!(Timestamp::from(self.shop.clock().now()));
        // Whose row stands no more: it would count as cancelled.
        event["named"] = false.into();
        self.comes_by_queue(key.chat.clone(), kind, &id, &event)
            .await?;
        let _ = self.shop.world().advance(BETWEEN).await;
        match self.shop.world().is_waiting() {
            false => Ok(()),
            true => {
                let (name, payload) = (&event["name"], &event["payload"]);
                let detail = format!("{kind} {name} with the payload {payload} holds up the chat");
                Err(self.broken(Rule::OldPayloads, detail))
            }
        }
    }

    fn finishes(&self, came: &Came) -> Result<(), Broken> {
        let is_done = |trace: &Trace| trace.outcome == shared::domain::Outcome::Done;
        let is_over = |trace: &Option<Trace>| trace.as_ref().is_some_and(is_done);
        let next = came.events.iter().find(|(_, trace)| !is_over(trace));
        match next {
            // It has left no trace, and no process has ended: the worker's time was over.
            Some((event, None)) if self.shop.world().is_waiting() && !self.crashes => {
                Err(self.does_not_finish(event))
            }
            _ => Ok(()),
        }
    }

    fn does_not_finish(&self, event: &ReceivedEvent) -> Broken {
        let kind = types(&serde_json::from_str(&event.raw).unwrap_or_default());
        self.broken(
            Rule::Finishes,
            format!("the handler of {kind} does not end"),
        )
    }

    /// What the module would do with an event, twice on the same rows. Where it makes steps, that
    /// is known when they have results: when it has handled the event.
    pub(super) async fn tries_twice(&mut self, event: &Value) -> Result<(), Broken> {
        let event = self.next(event.clone()).await;
        if is_not_of_line(&event) {
            // What it would do is only shown of an event that has a row.
            return self.sends_all(vec![event], 1).await;
        }
        let mut request = request(self.shop.bot(), Some(&self.chat), event.clone());
        request.deliver = Deliver::Hold;
        let held = self.shop.line().send_events(request).await;
        let Ok(Outcome::Held(held)) = held else {
            unreachable!("it was to be held");
        };
        let mut with_steps = Vec::new();
        for received in self.shop.world().read_held(&held).await {
            if self.try_twice(&received).await? == Tried::WouldCall {
                with_steps.push(received);
            }
        }
        self.sends_all(vec![event], 1).await?;
        for received in with_steps {
            self.try_twice(&received).await?;
        }
        Ok(())
    }

    async fn try_twice(&self, event: &ReceivedEvent) -> Result<Tried, Broken> {
        let at = self.shop.clock().now();
        let both = async {
            let first = self.shop.world().shadow(event).await;
            self.shop.line().stop_clock(at); // what the first has asked LINE took its time
            (first, self.shop.world().shadow(event).await)
        };
        let Ok(both) = tokio::time::timeout(Duration::from_secs(2), both).await else {
            return Err(self.does_not_finish(event));
        };
        match both {
            (Ok(first), Ok(second)) if first != second => {
                let (first, second) = (in_words(&first), in_words(&second));
                let detail = format!("once it plans\n{first}and once\n{second}");
                Err(self.broken(Rule::Repeatable, detail))
            }
            (Err(ShadowError::WouldCall(_)), _) => Ok(Tried::WouldCall),
            _ => Ok(Tried::Shown),
        }
    }

    /// Waits until every event is settled, and judges: none has failed, which would break `rule`.
    pub(super) async fn ends(&self, rule: Rule) -> Result<(), Broken> {
        self.waits_for_tries().await;
        for key in self.shop.world().all_received() {
            let Some(row) = self.shop.world().row(&key).await else {
                continue;
            };
            if let Some((rule, detail)) = self.fault(&row, rule) {
                return Err(self.broken(rule, format!("{} {}: {detail}", row.kind, key.event)));
            }
        }
        Ok(())
    }

    /// Lets as much time go by as the queue's messages need, so that no timer rings that would not
    /// have in another run.
    async fn waits_for_tries(&self) {
        let mut waited = Duration::ZERO;
        while self.shop.world().is_waiting() && waited < UNTIL_PARKED {
            let _ = self.shop.world().advance(A_WHILE).await;
            waited += A_WHILE;
        }
    }

    /// What is left of it.
    pub(super) fn left(&self) -> Left {
        let calls = self.shop.line().calls(0).now_or_never().unwrap_or_default();
        let sends = calls.iter().filter(|call| {
            call.path.starts_with("/v2/bot/message/") && (200..=299).contains(&call.status)
        });
        let sent = sends.map(|call| {
            let chat = call.chat.clone().unwrap_or_default();
            (chat, call.request["messages"].clone())
        });
        let rows = self.shop.world().wire.rows();
        Left {
            sent: sent.collect(),
            kept: rows.iter().filter_map(kept).collect(),
        }
    }

    pub(super) fn broken(&self, rule: Rule, detail: impl Into<String>) -> Broken {
        Broken {
            rule,
            detail: detail.into(),
            transcript: self.shop.transcript(),
        }
    }

    /// What is wrong with a settled event, and by which rule: `rule`, unless it shows another.
    fn fault(&self, row: &LedgerEntry, rule: Rule) -> Option<(Rule, String)> {
        if says_twice(row) {
            return Some((Rule::Once, "it says the same twice".into()));
        }
        if row.verdict() != Verdict::Failed {
            let failed = row.attempts.failed > 0 && !self.crashes;
            return failed.then(|| (rule, "the module failed before it succeeded".into()));
        }
        let reason = row.reason().unwrap_or_default().to_owned();
        let rule = match &reason {
            reason if reason.contains(TWICE) => Rule::Once,
            reason if reason.contains(VANISHED) => Rule::Finishes,
            _ => rule,
        };
        Some((rule, reason))
    }
}

/// A command or a signal.
fn is_not_of_line(event: &Value) -> bool {
    event["type"] == COMMAND || event["type"] == SIGNAL
}

/// Whether two sends of an event's plan have the same messages.
fn says_twice(row: &LedgerEntry) -> bool {
    let effects = row.plan().unwrap_or_default().effects;
    let said: Vec<_> = effects.iter().map(|effect| effect.messages()).collect();
    let again = |(at, it): (usize, &&[Value])| !it.is_empty() && said[..at].contains(it);
    said.iter().enumerate().any(again)
}

/// A chat's state, a row of the module's own or a timer, without what the bundle counts, and
/// without its own timers, of daily handlers.
fn kept(row: &Value) -> Option<(String, String)> {
    let text = |name: &str| row[name]["S"].as_str();
    let key = text("chat_id")?;
    let value = match key.split('#').next() {
        Some("@m") => text("value"),
        Some("@timer") if text("name").is_some_and(Daily::is_timer) => None,
        Some("@timer") => text("payload"),
        _ => text("state"),
    };
    Some((key.to_owned(), value?.to_owned()))
}

/// What a module would do.
fn in_words(shadow: &Shadow) -> String {
    let effects = shadow.plan.effects.iter().map(|effect| {
        let messages: Vec<_> = effect.messages().iter().flat_map(shown).collect();
        format!("  {} {}\n", effect.name(), messages.join(" / "))
    });
    let effects: String = effects.collect();
    let state = shadow.state.as_deref().unwrap_or("as it was");
    let (rows, timers) = (&shadow.rows, &shadow.timers);
    format!("{effects}  state: {state}\n  rows: {rows:?}\n  timers: {timers:?}\n")
}

/// Events for the transcript.
fn words(events: &Value) -> String {
    let all = events.as_array().into_iter().flatten();
    let words = all.map(|event| {
        let text = event["message"]["text"]
            .as_str()
            .or_else(|| event["postback"]["data"].as_str());
        let kind = types(event);
        text.map_or_else(|| kind.clone(), |text| format!("{kind} {text:?}"))
    });
    words.collect::<Vec<_>>().join(", ")
}
