//! Timers: a module plans to be called back, and is, in the same chat and in order.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use emulator::DeliverOptions;
use flow::Bundle;
use flow::faulty::Fate;
use flow::timer::Timer;
use flow::worker::{Message, Worker};
use line_module::{
    Account, Active, Attached, Context, Event, Handled, Module, ModuleError, Router, Routes, Text,
    TextMessage,
};
use serde_json::{Value, json};
use shared::domain::{
    BotId, BotState, Chat, ChatKind, EventKind, LedgerEntry, Outcome, Scopes, Timestamp, Verdict,
};
use shared::replay::{Mode, replay};
use shared::store::{Commit, NewTimer, Subject, TIMER_SHARDS, TimerChange};
use timer::Done;

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 3600);

/// Remembers each message, and reminds of it: of `60 tea 90 cake` it says "tea"
/// a minute after and "cake" half a minute later. A word with a stroke it keeps to itself.
#[derive(Clone, Default)]
struct Reminds {
    heard: Arc<Mutex<Vec<Event>>>,
}

impl Module for Reminds {
    async fn handle(&self, cx: &mut Context<'_>, event: &Event) -> Result<(), ModuleError> {
        match &event.kind {
            EventKind::Message(message) if message.text().is_some() => {
                plan(cx, message.text().unwrap_or_default())?;
            }
            EventKind::Timer { payload, .. } => {
                let word = payload.as_str().filter(|word| !word.contains('/'));
                if let (Some(mut cx), Some(word)) = (cx.active(), word) {
                    cx.push(&[Text::new(word)])?;
                }
            }
            _ => return Ok(()),
        }
        self.heard.lock().unwrap().push(event.clone());
        Ok(())
    }
}

fn plan(cx: &mut Context<'_>, text: &str) -> Result<(), ModuleError> {
    let words: Vec<_> = text.split(' ').collect();
    for pair in words.chunks_exact(2) {
        if let Ok(seconds) = pair[0].parse() {
            cx.after(
                &format!("word/{}", pair[1]),
                Duration::from_secs(seconds),
                &pair[1],
            )?;
        }
    }
    Ok(())
}

impl Reminds {
    /// The messages and timers that it has handled, in that order.
    fn heard(&self) -> Vec<String> {
        self.events().iter().map(word).collect()
    }

    /// The timers that have rung.
    fn rung(&self) -> Vec<Event> {
        let is_timer = |event: &Event| matches!(event.kind, EventKind::Timer { .. });
        self.events().into_iter().filter(is_timer).collect()
    }

    fn events(&self) -> Vec<Event> {
        self.heard.lock().unwrap().clone()
    }
}

fn word(event: &Event) -> String {
    match &event.kind {
        EventKind::Timer { payload, .. } => format!("rings: {}", payload.as_str().unwrap()),
        other => event
            .text()
            .map_or_else(|| format!("{other:?}"), str::to_owned),
    }
}

/// A bundle with that module, whose guest is a friend.
struct Scene {
    bundle: Bundle,
    module: Reminds,
}

impl Scene {
    async fn begin() -> Self {
        let module = Reminds::default();
        let bundle = Bundle::with(module.clone()).await;
        let mut guest = bundle.stack.chat(&bundle.bot, &bundle.guest);
        guest.follows().await.unwrap();
        Self { bundle, module }
    }

    async fn guest_says(&self, text: &str) {
        let mut guest = self.bundle.stack.chat(&self.bundle.bot, &self.bundle.guest);
        guest.says(text).await.unwrap();
    }

    /// Time passes, and the function runs.
    async fn after(&self, time: Duration) -> Value {
        self.passes(time).await;
        let done = self.bundle.stack.run_schedule("TimerFunction").await;
        self.bundle.stack.settled().await.unwrap();
        counts(&done.unwrap())
    }

    async fn passes(&self, time: Duration) {
        self.bundle.stack.line.advance_clock(time).await;
    }

    fn now(&self) -> Timestamp {
        self.bundle.stack.ground.clock.now().into()
    }

    fn rung(&self) -> Vec<String> {
        self.module.rung().iter().map(word).collect()
    }

    /// The events that all timers of all accounts will be.
    async fn waiting(&self) -> Vec<String> {
        let mut waiting = Vec::new();
        for shard in 0..TIMER_SHARDS {
            let all = Timestamp(i64::MAX);
            let page = self.bundle.stack.store.due_timers(shard, all, None).await;
            waiting.extend(page.unwrap().timers.into_iter().map(|it| it.id.to_string()));
        }
        waiting
    }

    async fn changes_account(&self, change: impl Fn(&mut BotState)) {
        let bot = BotId::new(&self.bundle.bot).unwrap();
        let store = &self.bundle.stack.store;
        let changed = store.update_bot(&bot, |row| change(&mut row.state));
        changed.await.unwrap();
    }

    /// An operator has an event run again.
    async fn again(&self, event: &str, raw: Option<&str>, mode: Mode) {
        let stack = &self.bundle.stack;
        let key = self.bundle.key(Some(&self.bundle.guest), event);
        let queued = replay(&stack.store, &stack.queue, &key, raw, mode, self.now());
        queued.await.unwrap();
        stack.settled().await.unwrap();
    }
}

/// What a run says of how many timers there were.
fn counts(done: &Value) -> Value {
    json!({ "due": done["due"], "queued": done["queued"], "left": done["left"] })
}

fn all(count: usize) -> Value {
    json!({ "due": count, "queued": count, "left": 0 })
}

/// The function runs, and the queue keeps what it takes to itself; gives the message with the
/// guest's timers that are due.
async fn queued(bundle: &Bundle, timer: &Timer) -> Message {
    let taken = json!({"Successful": [{"Id": "0", "MessageId": "m"}, {"Id": "1", "MessageId": "n"}], "Failed": []});
    timer
        .queue
        .next("SendMessageBatch", Fate::Answered(200, taken.to_string()));
    timer.runs().await.unwrap();
    let sent = timer.queue.requests("SendMessageBatch").remove(0);
    let bodies = sent["Entries"].as_array().unwrap().iter();
    let mut bodies = bodies.map(|entry| entry["MessageBody"].as_str().unwrap());
    let chat = format!("\"chat\":\"{}\"", bundle.guest);
    Message::raw("timer", bodies.find(|body| body.contains(&chat)).unwrap())
}

#[tokio::test]
async fn a_guest_is_reminded_when_the_time_has_come_and_not_before() {
    let scene = Scene::begin().await;
    scene.guest_says("90 tea").await;
    assert_eq!(scene.after(MINUTE).await, all(0));
    assert!(scene.bundle.received().await.is_empty());
    assert_eq!(scene.after(MINUTE).await, all(1));
    assert_eq!(scene.bundle.received().await, ["tea"]);
    assert_eq!(scene.after(MINUTE).await, all(0));

    let [said, rung] = &scene.module.events()[..] else {
        panic!("{:?}", scene.module.heard());
    };
    assert_eq!(rung.at, said.at.plus(90 * SECOND));
    assert_eq!(rung.chat, said.chat);
    assert!(rung.mode.is_none() && rung.reply_token.is_none());
    let row = scene.bundle.recorded(rung.id.as_str()).await;
    assert_eq!((row.verdict(), row.at), (Verdict::Handled, rung.at));
}

#[tokio::test]
async fn timers_ring_in_the_order_in_which_they_are_due_and_in_line_with_messages() {
    let scene = Scene::begin().await;
    scene.guest_says("120 second 60 first 120 third").await;
    scene.guest_says("200 last").await;
    scene.passes(2 * MINUTE).await;
    scene.guest_says("before").await;
    // What comes while they are in the queue comes after them.
    let run = scene.bundle.stack.run_schedule("TimerFunction").await;
    assert_eq!(counts(&run.unwrap()), all(3));
    scene.guest_says("after").await;
    scene.after(2 * MINUTE).await;
    assert_eq!(
        scene.module.heard()[2..],
        [
            "before",
            "rings: first",
            "rings: second",
            "rings: third",
            "after",
            "rings: last"
        ]
    );
}

#[tokio::test]
async fn what_was_queued_and_stays_in_the_index_rings_once() {
    let scene = Scene::begin().await;
    scene.guest_says("30 tea 90 cake").await;
    scene.passes(MINUTE).await;
    let timer = Timer::new(&scene.bundle);
    for _ in 0..2 {
        timer.table.next("UpdateItem", Fate::Unreachable);
    }
    let first = queued(&scene.bundle, &timer).await;
    assert!(timer.table.is_spent());
    // It is in the index still, and is queued once more.
    assert_eq!(scene.after(MINUTE).await, all(2));
    let worker = Worker::new(&scene.bundle, scene.module.clone());
    worker.settles(&first).await;
    assert_eq!(
        scene.module.heard()[1..],
        ["rings: tea", "rings: cake"].map(str::to_owned)
    );
    assert_eq!(scene.bundle.received().await, ["tea", "cake"]);
    assert_eq!(scene.after(MINUTE).await, all(0));
}

#[tokio::test]
async fn what_the_queue_does_not_take_waits_and_the_function_says_so() {
    let scene = Scene::begin().await;
    scene.guest_says("30 tea").await;
    scene.passes(MINUTE).await;
    let timer = Timer::new(&scene.bundle);
    // Each of two rounds is tried twice by the SDK.
    for _ in 0..4 {
        timer.queue.next("SendMessageBatch", Fate::Unreachable);
    }
    let failure = timer.runs().await.unwrap_err();
    assert_eq!(
        failure.to_string(),
        "1 timers are due, and none of them could be queued"
    );
    let late = timer.runs_within(5 * SECOND).await.unwrap();
    assert_eq!(late, Done::default());
    assert_eq!(scene.after(MINUTE).await, all(1));
    assert_eq!(scene.bundle.received().await, ["tea"]);
}

/// More than a page of the index has.
const MANY: usize = 104;

impl Scene {
    /// The guest sets many timers, for an hour each; gives the words in order.
    async fn guest_sets_many(&self) -> Vec<String> {
        for hour in 0..2 {
            let pair = |n| format!("{} {hour}/{n}", 3600 * hour + 10 * n + 30);
            let pairs: Vec<_> = (0..MANY / 2).map(pair).collect();
            self.guest_says(&pairs.join(" ")).await;
        }
        let words = (0..2).flat_map(|hour| (0..MANY / 2).map(move |n| (hour, n)));
        words
            .map(|(hour, n)| format!("rings: {hour}/{n}"))
            .collect()
    }
}

#[tokio::test]
async fn after_a_page_of_a_chat_that_the_queue_does_not_take_no_later_one_is_queued() {
    let scene = Scene::begin().await;
    let wanted = scene.guest_sets_many().await;
    scene.passes(DAY).await;
    let timer = Timer::new(&scene.bundle);
    for _ in 0..4 {
        timer.queue.next("SendMessageBatch", Fate::Unreachable);
    }
    let failure = timer.runs().await.unwrap_err().to_string();
    assert!(failure.starts_with("104 timers are due"), "{failure}");
    assert_eq!(scene.after(MINUTE).await, all(MANY));
    assert_eq!(scene.rung(), wanted);
}

#[tokio::test]
async fn the_index_away_is_a_failure() {
    let scene = Scene::begin().await;
    let timer = Timer::new(&scene.bundle);
    for _ in 0..16 {
        timer.table.next("Query", Fate::Unreachable);
    }
    let failure = timer.runs().await.unwrap_err().to_string();
    assert!(
        failure.starts_with("not all timers could be read"),
        "{failure}"
    );
    assert_eq!(timer.runs().await.unwrap(), Done::default());
}

#[tokio::test]
async fn after_a_day_without_the_function_all_timers_ring_in_order() {
    let scene = Scene::begin().await;
    let wanted = scene.guest_sets_many().await;
    assert_eq!(scene.after(DAY).await, all(MANY));
    assert_eq!(scene.rung(), wanted);
}

#[tokio::test]
async fn a_timer_of_an_ended_attachment_is_silent_though_the_account_is_back() {
    let scene = Scene::begin().await;
    scene.guest_says("60 tea").await;
    let tea = scene.waiting().await.remove(0);
    let (end, again) = (scene.now().plus(5 * SECOND), scene.now().plus(6 * SECOND));
    let relinked = scene.changes_account(|bot| {
        bot.detach(end);
        bot.attach(again, &Scopes::Unknown);
    });
    relinked.await;
    scene.passes(10 * SECOND).await;
    scene.guest_says("50 cake").await;
    assert_eq!(scene.after(MINUTE).await, all(2));
    assert_eq!(
        scene.module.heard()[1..],
        ["50 cake", "rings: cake"].map(str::to_owned)
    );
    let row = scene.bundle.recorded(&tea).await;
    assert_eq!(row.verdict(), Verdict::Recorded);
    let reason = "the timer was set before the account was detached";
    assert_eq!(row.reason(), Some(reason));
}

#[tokio::test]
async fn a_timer_of_an_account_that_is_gone_is_silent() {
    let scene = Scene::begin().await;
    scene.guest_says("60 tea").await;
    let tea = scene.waiting().await.remove(0);
    let later = scene.now().plus(5 * SECOND);
    scene.changes_account(|bot| bot.detach(later)).await;
    assert_eq!(scene.after(MINUTE).await, all(1));
    assert!(scene.module.rung().is_empty());
    assert_eq!(scene.bundle.recorded(&tea).await.outcome(), Outcome::Done);
}

/// Its row in the ledger would be forgotten: it may have rung, and not have been deleted.
#[tokio::test]
async fn a_timer_that_is_a_month_late_is_parked_and_can_be_run_again() {
    let scene = Scene::begin().await;
    scene.guest_says("60 tea").await;
    let tea = scene.waiting().await.remove(0);
    assert_eq!(scene.after(31 * DAY).await, all(1));
    let row = scene.bundle.recorded(&tea).await;
    let reason = row.reason();
    assert_eq!(
        (row.outcome(), reason),
        (Outcome::Parked, Some("the event is too old"))
    );
    assert!(scene.module.rung().is_empty());
    scene.again(&tea, None, Mode::Respect).await;
    assert_eq!(scene.bundle.received().await, ["tea"]);
    assert_eq!(scene.module.rung()[0].at, row.at);
}

#[tokio::test]
async fn a_forced_replay_sets_its_timers_again() {
    let scene = Scene::begin().await;
    scene.guest_says("60 tea").await;
    let said = scene.module.events()[0].clone();
    let event = json!({"type": "message", "timestamp": said.at, "mode": "active",
        "source": {"type": "user", "userId": scene.bundle.guest},
        "message": {"type": "text", "id": "1", "text": "60 tea"}});
    let raw = event.to_string();
    // It still waits: it is the same timer, and rings once.
    scene.again(said.id.as_str(), Some(&raw), Mode::Force).await;
    assert_eq!(scene.waiting().await.len(), 1);
    assert_eq!(scene.after(2 * MINUTE).await, all(1));
    assert_eq!(scene.bundle.received().await, ["tea"]);
    // It has rung: it is done again, as all else is.
    scene.again(said.id.as_str(), Some(&raw), Mode::Force).await;
    assert_eq!(scene.after(Duration::ZERO).await, all(1));
    assert_eq!(scene.bundle.received().await, ["tea", "tea"]);
}

#[tokio::test]
async fn a_row_that_cannot_be_read_stays_and_holds_up_nobody() {
    let scene = Scene::begin().await;
    let (bundle, store) = (&scene.bundle, &scene.bundle.stack.store);
    let key = bundle.key(Some(&bundle.guest), "odd");
    let now = scene.now();
    let row = LedgerEntry::done("message", now, now, now);
    let loaded = store.load(&key, None, now).await.unwrap();
    let odd = NewTimer {
        due: now,
        name: "odd".into(),
        payload: "{".into(),
    };
    let chat = Chat {
        kind: ChatKind::User,
        id: key.chat.clone().unwrap(),
    };
    let commit = Commit {
        key: &key,
        ledger: &row,
        subject: Subject::Chat(key.chat.as_ref().unwrap(), &loaded.chat),
        rows: &[],
        timers: &[TimerChange::Set(odd)],
        rung: None,
        chat: Some(&chat),
        detached_at: None,
        now,
    };
    store.commit(&commit).await.unwrap();
    // Alone it rings the alarm: nothing that is due could be queued.
    let failure = Timer::new(bundle).runs().await.unwrap_err();
    assert!(failure.to_string().starts_with("1 timers are due"));
    scene.guest_says("30 tea").await;
    let done = json!({ "due": 2, "queued": 1, "left": 1 });
    assert_eq!(scene.after(MINUTE).await, done);
    assert_eq!(bundle.received().await, ["tea"]);
}

/// What the guest says of the timer `pot`.
fn kitchen_module() -> Router {
    Router::new()
        .active(Routes::new().any_text(set).timer("pot", ready))
        .account(Routes::new().attached(open).timer("round", walk))
}

/// `60 tea` sets it; `off` cancels it.
async fn set(cx: &mut Context<'_, Active>, said: &TextMessage) -> Handled {
    match said.text.split_once(' ') {
        Some((seconds, word)) => {
            let time = Duration::from_secs(seconds.parse().unwrap());
            cx.after("pot", time, &word)
        }
        None => cx.cancel_timer("pot"),
    }
}

async fn ready(cx: &mut Context<'_, Active>, word: &String) -> Handled {
    cx.push(&[Text::new(word)])
}

/// The account's own timer: it counts its rounds in a row, and sets itself again.
async fn open(cx: &mut Context<'_, Account>, _: &Attached) -> Handled {
    cx.after("round", MINUTE, &1)
}

async fn walk(cx: &mut Context<'_, Account>, round: &u32) -> Handled {
    let row = cx.row::<u32>("rounds").await?;
    match row {
        Some(row) => cx.replace(row, round)?,
        None => cx.create("rounds", round)?,
    }
    cx.after("round", MINUTE, &(round + 1))
}

/// A stack with the kitchen, whose guest is a friend.
struct Kitchen {
    bundle: Bundle,
}

impl Kitchen {
    async fn begin() -> Self {
        let bundle = Bundle::with(kitchen_module()).await;
        let mut guest = bundle.stack.chat(&bundle.bot, &bundle.guest);
        guest.follows().await.unwrap();
        Self { bundle }
    }

    async fn hears(&self, text: &str) {
        let mut guest = self.bundle.stack.chat(&self.bundle.bot, &self.bundle.guest);
        guest.says(text).await.unwrap();
        self.bundle.stack.settled().await.unwrap();
    }

    async fn passes(&self, time: Duration) {
        self.bundle.stack.line.advance_clock(time).await;
    }

    /// The function runs; the events are handled.
    async fn rings(&self) {
        let done = self.bundle.stack.run_schedule("TimerFunction").await;
        done.unwrap();
        self.bundle.stack.settled().await.unwrap();
    }

    async fn received(&self) -> Vec<String> {
        self.bundle.received().await
    }

    async fn rounds(&self) -> Option<String> {
        let bot = BotId::new(&self.bundle.bot).unwrap();
        let row = self.bundle.stack.store.module_row(&bot, "rounds", None);
        row.await.unwrap().map(|row| row.value)
    }
}

#[tokio::test]
async fn a_timer_that_is_set_again_rings_once_at_its_new_time() {
    let kitchen = Kitchen::begin().await;
    kitchen.hears("60 tea").await;
    kitchen.hears("180 cake").await;
    kitchen.passes(2 * MINUTE).await;
    kitchen.rings().await;
    assert!(kitchen.received().await.is_empty());
    kitchen.passes(2 * MINUTE).await;
    kitchen.rings().await;
    kitchen.rings().await;
    assert_eq!(kitchen.received().await, ["cake"]);
}

#[tokio::test]
async fn a_timer_that_is_cancelled_does_not_ring() {
    let kitchen = Kitchen::begin().await;
    kitchen.hears("60 tea").await;
    kitchen.hears("off").await;
    kitchen.passes(2 * MINUTE).await;
    kitchen.rings().await;
    assert!(kitchen.received().await.is_empty());
    kitchen.hears("60 cake").await;
    kitchen.passes(2 * MINUTE).await;
    kitchen.rings().await;
    assert_eq!(kitchen.received().await, ["cake"]);
}

/// The message was before it in the queue: the guest does not know that it is due.
#[tokio::test]
async fn what_was_cancelled_or_set_again_while_it_was_queued_does_not_ring() {
    for (said, later) in [("off", vec![]), ("180 cake", vec!["cake"])] {
        let kitchen = Kitchen::begin().await;
        kitchen.hears("60 tea").await;
        kitchen.passes(2 * MINUTE).await;
        let due = queued(&kitchen.bundle, &Timer::new(&kitchen.bundle)).await;
        kitchen.hears(said).await;
        Worker::new(&kitchen.bundle, kitchen_module())
            .settles(&due)
            .await;
        assert!(kitchen.received().await.is_empty(), "{said}");
        kitchen.passes(4 * MINUTE).await;
        kitchen.rings().await;
        assert_eq!(kitchen.received().await, later, "{said}");
    }
}

/// The handler fails at first: until it has done its work, the timer is set.
#[tokio::test]
async fn a_timer_whose_handler_fails_rings_until_it_succeeds_and_then_no_more() {
    let kitchen = Kitchen::begin().await;
    kitchen.hears("60 tea").await;
    kitchen.passes(2 * MINUTE).await;
    let due = queued(&kitchen.bundle, &Timer::new(&kitchen.bundle)).await;
    let broken = Router::new().active(Routes::new().timer("pot", fails));
    Worker::new(&kitchen.bundle, broken).gives_back(&due).await;
    let worker = Worker::new(&kitchen.bundle, kitchen_module());
    worker.settles(&due).await;
    worker.settles(&due).await;
    assert_eq!(kitchen.received().await, ["tea"]);
}

async fn fails(_: &mut Context<'_, Active>, _: &String) -> Handled {
    Err(ModuleError::bug("out of luck"))
}

#[tokio::test]
async fn a_timer_of_the_account_rings_for_the_account_and_can_set_itself_again() {
    let kitchen = Kitchen::begin().await;
    for _ in 0..3 {
        kitchen.passes(2 * MINUTE).await;
        kitchen.rings().await;
    }
    assert_eq!(kitchen.rounds().await.as_deref(), Some("3"));
}

#[tokio::test]
async fn line_makes_no_timer() {
    let scene = Scene::begin().await;
    for kind in ["timer", "@timer"] {
        let event = json!({"type": kind, "webhookEventId": format!("e{kind}"), "epoch": 1,
            "payload": "tea", "mode": "active"});
        let guest = Some(scene.bundle.guest.as_str());
        let how = DeliverOptions::default();
        let sent = scene.bundle.line_sends(guest, vec![event], how).await;
        assert_eq!(sent.status, Some(200));
        let row = scene.bundle.recorded(&format!("e{kind}")).await;
        assert_eq!(row.verdict(), Verdict::Recorded);
        assert!(row.reason().unwrap().contains("type is not known"));
    }
    assert!(scene.module.events().is_empty());
    assert!(scene.bundle.received().await.is_empty());
}
