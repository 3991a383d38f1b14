//! One run of a check: a harness, one user, and events whose ids and times are the same in every run.

use std::time::{Duration, SystemTime};

use emulator::{Deliver, DeliverOptions, Outcome};
use serde_json::{Value, json};
use shared::domain::{ChatId, Effect, EventId, LedgerEntry, Timestamp, Trace, Verdict};
use shared::store::{DialogueChange, LedgerKey};
use worker::{Shadow, ShadowError};

use super::left::Left;
use super::rule::{Broken, Rule};
use super::script::{COMMAND, MARI, SETS, SIGNAL, Step, WAITS, is_of_line};
use crate::harness::{request, types};
use crate::time::for_ever;
use crate::transcript::shown;
use crate::world::{Came, Hire, ReceivedEvent};
use crate::{Harness, Setup, User};

/// So far are two events apart: enough for a crash, and for the tries after it.
const BETWEEN: Duration = Duration::from_secs(600);
/// Long enough for the first tries.
const A_WHILE: Duration = Duration::from_secs(60);
/// An event is parked by then, whatever happens.
const UNTIL_PARKED: Duration = Duration::from_secs(8 * 3600);
/// What the worker writes of attempts that did not end.
const VANISHED: &str = "the attempts vanished";
/// What a reply to an event fails with that came while others held the chat.
const NO_TOKEN: &str = "LINE gave no reply token with this event";
/// What a second reply to an event is refused with.
const TWICE: &str = "one reply to an event";

/// One run.
pub(super) struct Stage {
    pub(super) shop: Harness,
    /// Mari's chat.
    pub(super) chat: String,
    /// Everyone in the script, Mari first.
    names: Vec<String>,
    begins: SystemTime,
    events: u32,
    /// What the script has waited.
    waited: Duration,
    /// Whether processes end in it.
    pub(super) crashes: bool,
    /// How long after it comes each event is handled.
    pub(super) late_by: Duration,
}

/// What has become of showing what the module would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tried {
    Shown,
    /// It makes a step that has no result yet.
    WouldCall,
}

impl Stage {
    /// For a script of these users; Mari is always there.
    pub(super) async fn new(hire: Hire, names: Vec<String>) -> Self {
        let setup = Setup::default();
        let shop = Harness::hiring(&setup, hire).await;
        shop.expects_failures();
        let chat = shop.user(MARI).id().to_owned();
        for name in &names {
            let _ = shop.user(name);
        }
        Self {
            shop,
            chat,
            names,
            begins: setup.begins,
            events: 0,
            waited: Duration::ZERO,
            crashes: false,
            late_by: Duration::ZERO,
        }
    }

    /// Everyone in the script.
    pub(super) fn users(&self) -> Vec<User> {
        self.names.iter().map(|name| self.shop.user(name)).collect()
    }

    /// Does a step of the script; gives its event.
    pub(super) async fn play(&mut self, step: &Step) -> Result<Value, Broken> {
        let user = self.shop.user(&step.who);
        let mut event = match step.event(&user.screen()) {
            Ok(event) => event,
            Err(detail) => {
                // Where a handler has failed before, that is why it is not on the screen.
                self.ends(Rule::Conversation).await?;
                return Err(self.broken(Rule::Script, detail));
            }
        };
        if step.who != MARI && event["source"].is_null() {
            event["source"] = json!({ "type": "user", "userId": user.id() });
        }
        self.sends(event.clone()).await?;
        Ok(event)
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
        if event["type"] == WAITS {
            self.waited += Duration::from_secs(event["seconds"].as_u64().unwrap_or_default());
        }
        let due = self.begins + BETWEEN * self.events + self.waited;
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
            if is_of_line(&event) {
                of_line.push(event);
                continue;
            }
            self.line_sends(std::mem::take(&mut of_line), copies)
                .await?;
            self.happens(&event, copies).await?;
        }
        self.line_sends(of_line, copies).await
    }

    /// What LINE has no part in.
    async fn happens(&self, event: &Value, copies: u32) -> Result<(), Broken> {
        match event["type"].as_str() {
            Some(SETS) => {
                let set = self.shop.world().sets(event["values"].clone()).await;
                set.map_err(|error| self.broken(Rule::Script, error))
            }
            Some(WAITS) => Ok(()),
            _ => {
                self.begins_late();
                let mut came = Vec::new();
                for _ in 0..copies {
                    came.push(match event["type"] == COMMAND {
                        true => self.company_says(event).await,
                        false => self.is_signalled(event).await,
                    });
                }
                self.ends_late().await;
                for came in &came {
                    self.finishes(came).await?;
                }
                Ok(())
            }
        }
    }

    /// Nobody handles what comes from now on.
    fn begins_late(&self) {
        self.shop.world().set_at_work(self.late_by.is_zero());
    }

    /// What has come meanwhile is handled now.
    async fn ends_late(&self) {
        if !self.late_by.is_zero() {
            let world = self.shop.world();
            let _ = world.advance(self.late_by).await;
            world.set_at_work(true);
            let _ = world.settle().await;
        }
    }

    /// The chat in which an event happens.
    fn chat_of<'a>(&'a self, event: &'a Value) -> &'a str {
        event["source"]["userId"].as_str().unwrap_or(&self.chat)
    }

    async fn company_says(&self, command: &Value) -> Came {
        let text = |name: &str| command[name].as_str().unwrap_or_default();
        let (name, id) = (text("name"), text("webhookEventId"));
        let chat = Some(self.chat_of(command));
        let world = self.shop.world();
        world
            .company_says(chat, name, id, &command["payload"])
            .await
    }

    async fn is_signalled(&self, signal: &Value) -> Came {
        let id = signal["webhookEventId"].as_str().unwrap_or_default();
        let chat = self.chat_of(signal);
        let signal = json!({
            "type": "signal",
            "timestamp": Timestamp::from(self.shop.clock().now()),
            "source": { "type": "user", "userId": chat },
            "epoch": Timestamp::from(self.shop.clock().now()),
            "name": signal["name"],
            "payload": signal["payload"],
        });
        let chat = ChatId::new(chat).ok();
        self.comes_by_queue(chat, SIGNAL, id, &signal).await
    }

    /// An event that is not of LINE's making comes to a chat, or to the account.
    async fn comes_by_queue(
        &self,
        chat: Option<ChatId>,
        kind: &str,
        id: &str,
        event: &Value,
    ) -> Came {
        let id = EventId::new(id).expect("an id");
        let world = self.shop.world();
        world.comes_by_queue(chat, kind, id, event).await
    }

    async fn line_sends(&self, events: Vec<Value>, copies: u32) -> Result<(), Broken> {
        if events.is_empty() {
            return Ok(());
        }
        self.begins_late();
        let who = self.shop.world().name(self.chat_of(&events[0]));
        let events = Value::from(events);
        let words = format!("{who}: {}", words(&events));
        let mut request = request(self.shop.bot(), Some(&self.chat), events);
        request.deliver = Deliver::Send(DeliverOptions {
            copies,
            ..DeliverOptions::default()
        });
        let sent = self.shop.line().send_events(request);
        // In a box, as the compiler follows futures only so deep.
        let came = Box::pin(self.shop.world().deed(words, sent)).await;
        self.ends_late().await;
        self.finishes(&came).await
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
        let came = self.comes_by_queue(key.chat.clone(), kind, &id, &event);
        self.finishes(&came.await).await?;
        let _ = self.shop.world().advance(BETWEEN).await;
        match self.is_open(key, &id).await {
            false => Ok(()),
            true => {
                let (name, payload) = (&event["name"], &event["payload"]);
                let detail = format!("{kind} {name} with the payload {payload} holds up the chat");
                Err(self.broken(Rule::OldPayloads, detail))
            }
        }
    }

    /// Whether an event of a chat, or of the account, is to come again.
    async fn is_open(&self, key: &LedgerKey, id: &str) -> bool {
        use shared::domain::Outcome::{Done, Parked};
        let event = EventId::new(id).expect("an id");
        let key = LedgerKey {
            event,
            ..key.clone()
        };
        let row = self.shop.world().row(&key).await;
        let is_over = row.is_some_and(|row| matches!(row.outcome(), Done | Parked));
        !is_over && self.shop.world().is_waiting()
    }

    async fn finishes(&self, came: &Came) -> Result<(), Broken> {
        let is_done = |trace: &Trace| trace.outcome == shared::domain::Outcome::Done;
        let is_over = |trace: &Option<Trace>| trace.as_ref().is_some_and(is_done);
        let next = came.events.iter().find(|(_, trace)| !is_over(trace));
        match next {
            // It has left no trace, and no process has ended: the worker's time was over.
            Some((event, None)) if self.shop.world().is_waiting() && !self.crashes => {
                match self.is_behind_another(&event.key).await {
                    true => Ok(()),
                    false => Err(self.does_not_finish(event)),
                }
            }
            _ => Ok(()),
        }
    }

    /// Whether an earlier event of its chat has failed and is tried again: until then it waits.
    async fn is_behind_another(&self, key: &LedgerKey) -> bool {
        use shared::domain::Outcome::{Done, Parked};
        let received = self.shop.world().all_received();
        let earlier = received.iter().take_while(|it| *it != key);
        for it in earlier.filter(|it| it.chat == key.chat) {
            let row = self.shop.world().row(it).await;
            if row.is_some_and(|row| !matches!(row.outcome(), Done | Parked)) {
                return true;
            }
        }
        false
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
        if !is_of_line(&event) {
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
        let both = tokio::select! {
            biased;
            both = both => both,
            () = for_ever() => return Err(self.does_not_finish(event)),
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
        Left::of(self.shop.world())
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
        if rule == Rule::Order && reason.contains(NO_TOKEN) {
            // It came where others held the chat, and its turn when a later follow had ended that.
            return None;
        }
        let rule = match &reason {
            reason if reason.contains(TWICE) => Rule::Once,
            reason if reason.contains(VANISHED) => Rule::Finishes,
            _ => rule,
        };
        Some((rule, reason))
    }
}

/// Whether two sends of an event's plan have the same messages.
fn says_twice(row: &LedgerEntry) -> bool {
    let effects = row.plan().unwrap_or_default().effects;
    // The same to two lists of users is said once to each.
    let to_chat = effects.iter().filter(|it| matches!(it, Effect::Chat(_)));
    let said: Vec<_> = to_chat.map(Effect::messages).collect();
    let again = |(at, it): (usize, &&[Value])| !it.is_empty() && said[..at].contains(it);
    said.iter().enumerate().any(again)
}

/// What a module would do.
fn in_words(shadow: &Shadow) -> String {
    let effects = shadow.plan.effects.iter().map(|effect| {
        let messages: Vec<_> = effect.messages().iter().flat_map(shown).collect();
        format!("  {} {}\n", effect.name(), messages.join(" / "))
    });
    let effects: String = effects.collect();
    let state = shadow.state.as_deref().unwrap_or("as it was");
    let dialogue = match &shadow.dialogue {
        None => "as it was",
        Some(DialogueChange::Ends) => "it ends",
        Some(DialogueChange::Goes(progress)) => progress,
    };
    let (rows, timers) = (&shadow.rows, &shadow.timers);
    format!(
        "{effects}  state: {state}\n  dialogue: {dialogue}\n  rows: {rows:?}\n  timers: {timers:?}\n"
    )
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
