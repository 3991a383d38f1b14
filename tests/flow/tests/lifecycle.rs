//! The lifecycle of an account: attached, suspended, detached. Of each turn the module
//! hears once, whoever tells of it, and however often.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use flow::Bundle;
use flow::faulty::{Fate, Held};
use flow::worker::{Message, Worker};
use line_module::{Context, Event, EventKind, Module, ModuleError};
use serde_json::{Value, json};
use shared::detach::detach;
use shared::domain::{Attachment, BotId, EventId, Outcome, Scopes, Silence, Timestamp, Verdict};
use shared::line::event;
use shared::queue::{Job, JobEvent, Replay};
use worker::App;

const DETACH: &str = "/v2/bot/channel/detach";

/// Remembers what it hears of accounts, and fails as often as a test wants.
#[derive(Clone, Default)]
struct Listens {
    heard: Arc<Mutex<Vec<String>>>,
    failures: Arc<Mutex<u32>>,
}

impl Module for Listens {
    async fn handle(&self, cx: &mut Context<'_>, event: &Event) -> Result<(), ModuleError> {
        let mut failures = self.failures.lock().unwrap();
        if *failures > 0 {
            *failures -= 1;
            return Err(ModuleError::Retry("not now".into()));
        }
        let word = match &event.kind {
            EventKind::Attached { scopes, .. } => format!("attached {}", words(scopes)),
            EventKind::ScopesChanged { scopes } => format!("scopes {}", words(scopes)),
            EventKind::Detached { .. } => "detached".to_owned(),
            EventKind::Suspended => "suspended".to_owned(),
            EventKind::Resumed => "resumed".to_owned(),
            _ => "an event of a chat".to_owned(),
        };
        assert!(event.chat.is_some() || cx.active().is_none());
        self.heard.lock().unwrap().push(word);
        Ok(())
    }
}

fn words(scopes: &Scopes) -> String {
    match scopes {
        Scopes::Unknown => "unknown".into(),
        Scopes::Granted(scopes) => {
            let words: Vec<_> = scopes.iter().map(|scope| scope.as_str()).collect();
            words.join(" ")
        }
    }
}

/// A bundle that nothing is attached to, and a worker that listens.
struct Scene {
    bundle: Bundle,
    worker: Worker<Listens>,
    bot: BotId,
}

impl Scene {
    async fn begin() -> Self {
        let bundle = Bundle::start().await;
        let worker = Worker::new(&bundle, Listens::default());
        let bot = BotId::new(&bundle.bot).unwrap();
        Self {
            bundle,
            worker,
            bot,
        }
    }

    /// The admin links the account, which was reported to the bundle's own module.
    async fn linked(&self) {
        let page = self.bundle.stack.attach(&self.bundle.bot, "en").await;
        assert_eq!(page.unwrap().status, 200);
    }

    /// The callback has saved it, and queued what the module has not heard.
    async fn callback(&self, at: i64) -> Option<Message> {
        let scopes = Scopes::from_words("message:send profile:read");
        let store = &self.worker.app.store;
        let row = store.update_bot(&self.bot, |row| row.state.attach(Timestamp(at), &scopes));
        let state = row.await.unwrap().state;
        let event = event::of_unreported(&self.bot, &state)?;
        let job = Job::of_account(self.bot.clone(), Timestamp(at), event);
        Some(Message::of(job.unwrap()))
    }

    /// The row says that it was attached at this moment; the module was notified.
    async fn attached_at(&self, at: Timestamp) {
        let store = &self.worker.app.store;
        let attach = store.update_bot(&self.bot, |row| row.state.attach(at, &Scopes::Unknown));
        attach.await.unwrap();
    }

    async fn event(&self, id: &str, at: i64, mut event: Value) -> Message {
        event["webhookEventId"] = id.into();
        event["timestamp"] = at.into();
        self.bundle.message_of(None, vec![event]).await
    }

    async fn attached(&self, id: &str, at: i64) -> Message {
        let scopes = ["message:send", "profile:read"];
        let module = json!({"type": "attached", "botId": self.bot, "scopes": scopes});
        let event = json!({"type": "module", "module": module});
        self.event(id, at, event).await
    }

    async fn detached(&self, id: &str, at: i64) -> Message {
        let module = json!({"type": "detached", "botId": self.bot});
        let event = json!({"type": "module", "module": module});
        self.event(id, at, event).await
    }

    async fn settles(&self, messages: &[&Message]) {
        for message in messages {
            self.worker.settles(message).await;
        }
    }

    fn heard(&self) -> Vec<String> {
        self.worker.app.module.heard.lock().unwrap().clone()
    }

    async fn verdict(&self, event: &str) -> Verdict {
        self.bundle.record(None, event).await.unwrap().verdict()
    }

    async fn attachment(&self) -> Attachment {
        let row = self.worker.app.store.bot(&self.bot).await.unwrap();
        row.unwrap().state.attachment()
    }
}

#[tokio::test]
async fn callback_first_then_the_event_twice() {
    let scene = Scene::begin().await;
    let callback = scene.callback(1_999).await.unwrap();
    let event = scene.attached("e", 1_500).await;
    let again = scene.attached("f", 1_500).await;
    scene.settles(&[&callback, &event, &event, &again]).await;
    assert_eq!(scene.heard(), ["attached message:send profile:read"]);
    assert_eq!(scene.verdict("attached-1999").await, Verdict::Handled);
    assert_eq!(scene.verdict("e").await, Verdict::Recorded);
}

#[tokio::test]
async fn the_event_first_then_the_callback() {
    let scene = Scene::begin().await;
    let event = scene.attached("e", 1_500).await;
    scene.settles(&[&event]).await;
    assert!(scene.callback(1_999).await.is_none());
    assert_eq!(scene.heard(), ["attached message:send profile:read"]);
}

#[tokio::test]
async fn the_events_job_is_queued_before_the_event_is_handled() {
    let scene = Scene::begin().await;
    let callback = scene.callback(1_999).await.unwrap();
    let event = scene.attached("e", 1_500).await;
    scene.settles(&[&event, &callback]).await;
    // The event's scopes are older than the callback's: the newer word holds.
    assert_eq!(scene.heard(), ["attached message:send profile:read"]);
    assert_eq!(scene.verdict("attached-1999").await, Verdict::Recorded);
}

#[tokio::test]
async fn unlinked_and_linked_again_is_another_life() {
    let scene = Scene::begin().await;
    let first = scene.attached("a", 1_000).await;
    let end = scene.detached("b", 2_000).await;
    let second = scene.attached("c", 3_000).await;
    scene.settles(&[&first, &end, &end, &second, &first]).await;
    let attached = "attached message:send profile:read";
    assert_eq!(scene.heard(), [attached, "detached", attached]);
}

#[tokio::test]
async fn a_detach_that_comes_before_its_attach_is_heard_and_the_attach_is_not() {
    let scene = Scene::begin().await;
    let end = scene.detached("b", 2_000).await;
    let late = scene.attached("a", 1_000).await;
    scene.settles(&[&end, &late]).await;
    assert_eq!(scene.heard(), ["detached"]);
    assert_eq!(scene.verdict("a").await, Verdict::Recorded);
}

#[tokio::test]
async fn suspended_and_resumed_are_heard_and_say_who_may_be_spoken_to() {
    let scene = Scene::begin().await;
    let start = scene.attached("a", 1_000).await;
    let suspended = scene
        .event("s", 2_000, json!({"type": "botSuspended"}))
        .await;
    let resumed = scene.event("r", 3_000, json!({"type": "botResumed"})).await;
    scene.settles(&[&start, &suspended, &suspended]).await;
    let row = scene
        .worker
        .app
        .store
        .bot(&scene.bot)
        .await
        .unwrap()
        .unwrap();
    let send = row.state.may_act("message:send", Timestamp(5_000));
    assert_eq!(send, Err(Silence::Suspended));
    scene.settles(&[&resumed]).await;
    let row = scene
        .worker
        .app
        .store
        .bot(&scene.bot)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(row.state.may_act("message:send", Timestamp(5_000)), Ok(()));
    assert_eq!(scene.heard()[1..], ["suspended", "resumed"]);
    assert_eq!(scene.verdict("s").await, Verdict::Handled);
}

/// What the event says of the account is kept, though the module fails.
#[tokio::test]
async fn a_module_that_fails_at_an_attach_hears_of_it_again() {
    let scene = Scene::begin().await;
    *scene.worker.app.module.failures.lock().unwrap() = 1;
    let event = scene.attached("e", 1_000).await;
    scene.worker.gives_back(&event).await;
    assert_eq!(scene.attachment().await, Attachment::Attached);
    assert!(scene.heard().is_empty());
    scene.settles(&[&event, &event]).await;
    assert_eq!(scene.heard().len(), 1);
}

#[tokio::test]
async fn the_bundle_itself_tells_its_module_once() {
    let bundle = Bundle::attached().await;
    let bot = BotId::new(&bundle.bot).unwrap();
    let row = bundle.stack.store.bot(&bot).await.unwrap().unwrap();
    assert_eq!(row.state.unreported(), None);
    let deliveries = bundle.stack.line.deliveries(0).await;
    let event = &deliveries[0].event_ids[0];
    let at = row.state.attached_at.unwrap().0;
    let mut verdicts = Vec::new();
    for id in [event.clone(), format!("attached-{at}")] {
        if let Some(row) = bundle.record(None, &id).await {
            verdicts.push(row.verdict());
        }
    }
    let handled = verdicts.iter().filter(|v| **v == Verdict::Handled);
    assert_eq!(handled.count(), 1, "{verdicts:?}");
}

/// A row marked as to be detached, and the job for it.
async fn marked(scene: &Scene) -> Message {
    let now = scene.worker.clock.timestamp();
    let store = &scene.worker.app.store;
    let row = store.update_bot(&scene.bot, |row| {
        row.state.begin_detach(now);
    });
    let Attachment::Detaching(mark) = row.await.unwrap().state.attachment() else {
        panic!("it is not marked");
    };
    Message::of(Job::to_detach(scene.bot.clone(), mark, now).unwrap())
}

async fn detaches(scene: &Scene) -> usize {
    scene.bundle.calls(DETACH).await.len()
}

#[tokio::test]
async fn line_is_asked_to_detach_when_every_worker_that_knew_nothing_has_ended() {
    let scene = Scene::begin().await;
    scene.linked().await;
    let job = marked(&scene).await;
    scene.worker.gives_back(&job).await;
    assert_eq!(detaches(&scene).await, 0);
    scene.worker.clock.advance(worker::TIMEOUT);
    scene.settles(&[&job, &job]).await;
    assert_eq!(detaches(&scene).await, 1);
    assert!(matches!(scene.attachment().await, Attachment::Detached(_)));
    assert!(!scene.bundle.stack.line.state().await.bots[0].attached);
    // The bundle's own module hears of it through the queue.
    scene.bundle.stack.settled().await.unwrap();
    let row = scene.worker.app.store.bot(&scene.bot).await.unwrap();
    assert_eq!(row.unwrap().state.unreported(), None);

    let says = json!({"type": "message", "webhookEventId": "m", "message": {"type": "text", "text": "hello"}});
    let message = scene.bundle.message(&scene.bundle.guest, vec![says]).await;
    // Some minutes later no attach can be on its way that it belongs to.
    scene.worker.clock.advance(Duration::from_secs(300));
    scene.settles(&[&message]).await;
    assert!(scene.heard().is_empty());
    assert_eq!(
        scene.bundle.recorded("m").await.verdict(),
        Verdict::Detached
    );
}

#[tokio::test]
async fn an_account_linked_again_after_the_mark_stays() {
    let scene = Scene::begin().await;
    scene.linked().await;
    let job = marked(&scene).await;
    scene.worker.clock.advance(Duration::from_secs(10));
    let at = scene.worker.clock.timestamp().0;
    scene.callback(at).await;
    scene.settles(&[&job]).await;
    assert_eq!(detaches(&scene).await, 0);
    assert_eq!(scene.attachment().await, Attachment::Attached);
}

/// The admin has linked it again, and the event of that is in the same batch.
#[tokio::test]
async fn an_account_whose_new_attach_is_in_hand_is_not_detached() {
    let scene = Scene::begin().await;
    scene.linked().await;
    let job = marked(&scene).await;
    scene.worker.clock.advance(Duration::from_secs(10));
    let at = scene.worker.clock.timestamp().0;
    let attached = scene.attached("again", at).await;
    assert!(scene.worker.is_given([&job, &attached]).await.is_empty());
    assert_eq!(detaches(&scene).await, 0);
    assert_eq!(scene.attachment().await, Attachment::Attached);
}

/// LINE does not answer: what comes after the job is not waited for.
#[tokio::test]
async fn while_line_cannot_be_asked_to_detach_what_the_accounts_events_say_is_kept() {
    let scene = Scene::begin().await;
    scene.linked().await;
    let job = marked(&scene).await;
    scene.worker.clock.advance(Duration::from_secs(10));
    let at = scene.worker.clock.timestamp().0;
    let suspended = scene.event("s", at, json!({"type": "botSuspended"})).await;
    line_is_away(&scene);
    let back = scene.worker.is_given([&job, &suspended]).await;
    assert_eq!(back.len(), 2);
    let row = scene.worker.app.store.bot(&scene.bot).await.unwrap();
    assert_eq!(row.unwrap().state.suspended_at, Some(Timestamp(at)));
}

fn line_is_away(scene: &Scene) {
    let fate = Fate::Answered(500, "{}".into());
    scene.worker.line.next(DETACH, fate);
}

/// After six hours the account's other events go on. The job is found as all that is parked,
/// and is settled when the reconciler's or an operator's next one succeeds.
#[tokio::test]
async fn a_detach_that_line_fails_for_six_hours_is_parked_until_one_succeeds() {
    let scene = Scene::begin().await;
    scene.linked().await;
    let job = marked(&scene).await;
    let hour = Duration::from_secs(3600);
    for (hours, settles) in [(3 * 24, false), (5, false), (1, true), (1, true)] {
        scene.worker.clock.advance(hours * hour);
        line_is_away(&scene);
        let back = scene.worker.is_given([&job]).await;
        assert_eq!(back.is_empty(), settles, "after {hours} hours more");
    }
    let Attachment::Detaching(mark) = scene.attachment().await else {
        panic!("it is no longer marked");
    };
    let event = format!("detach-{}", mark.0);
    let parked = scene.bundle.record(None, &event).await.unwrap();
    assert_eq!(parked.outcome(), Outcome::Parked);
    assert!(parked.raw().is_some());
    assert_ne!(parked.epoch, Timestamp::default());

    scene.settles(&[&job]).await;
    assert!(matches!(scene.attachment().await, Attachment::Detached(_)));
    let done = scene.bundle.record(None, &event).await.unwrap();
    assert_eq!(done.outcome(), Outcome::Done);
    assert_eq!(done.epoch, parked.epoch);
}

/// It will not do it the next time either. The mark stays, and the reconciler tries again.
#[tokio::test]
async fn a_detach_that_line_refuses_for_good_holds_nothing_up() {
    let scene = Scene::begin().await;
    scene.linked().await;
    let job = marked(&scene).await;
    scene.worker.clock.advance(worker::TIMEOUT);
    let refusal = r#"{"message":"Access to this API is not available for your account"}"#;
    for status in [400, 403] {
        let fate = Fate::Answered(status, refusal.into());
        scene.worker.line.next(DETACH, fate);
        scene.settles(&[&job]).await;
        assert!(scene.worker.line.is_spent());
        assert!(matches!(scene.attachment().await, Attachment::Detaching(_)));
    }
    assert!(scene.heard().is_empty());
}

/// The table was slow: workers that have not seen the mark count from when it is written.
#[tokio::test]
async fn a_detach_waits_from_when_its_mark_is_written() {
    let scene = Scene::begin().await;
    scene.linked().await;
    let App {
        store,
        queue,
        clock,
        ..
    } = &scene.worker.app;
    let held = Held::default();
    scene
        .worker
        .table
        .next("PutItem", Fate::RequestHeld(held.clone()));
    let slow = async {
        held.is_there().await;
        scene.worker.clock.advance(Duration::from_secs(3600));
        held.let_go();
    };
    let (begun, ()) = tokio::join!(detach(store, queue, &scene.bot, clock), slow);
    begun.unwrap();
    let sent = scene.worker.queue.requests("SendMessageBatch");
    let body = sent[0]["Entries"][0]["MessageBody"].as_str();
    let job = Job::read(body.unwrap()).unwrap();
    let written_at = scene.worker.clock.timestamp();
    assert!(written_at.since(job.received_at) < Duration::from_secs(60));
    scene.worker.gives_back(&Message::of(job)).await;
    assert_eq!(detaches(&scene).await, 0);
}

#[tokio::test]
async fn an_account_that_line_calls_not_detachable_is_detached() {
    let scene = Scene::begin().await;
    scene.callback(1_999).await;
    let job = marked(&scene).await;
    scene.worker.clock.advance(worker::TIMEOUT);
    scene.settles(&[&job]).await;
    assert_eq!(detaches(&scene).await, 1);
    assert!(matches!(scene.attachment().await, Attachment::Detached(_)));
}

/// LINE has taken the call and the answer was lost: the next try finds it done.
#[tokio::test]
async fn a_detach_whose_answer_is_lost_is_asked_for_again() {
    let scene = Scene::begin().await;
    scene.linked().await;
    let job = marked(&scene).await;
    scene.worker.clock.advance(worker::TIMEOUT);
    scene.worker.line.loses(DETACH, 1);
    scene.worker.gives_back(&job).await;
    assert!(matches!(scene.attachment().await, Attachment::Detaching(_)));
    scene.settles(&[&job]).await;
    assert!(matches!(scene.attachment().await, Attachment::Detached(_)));
}

/// It was linked again after the mark, and detached by the call whose answer was lost. The
/// event that tells of the link comes late: it is older than what LINE has said since.
#[tokio::test]
async fn a_late_attach_does_not_outlive_a_detach_whose_answer_was_lost() {
    let scene = Scene::begin().await;
    scene.linked().await;
    let job = marked(&scene).await;
    let linked_at = scene.worker.clock.timestamp().plus(Duration::from_secs(5));
    for clock in [Duration::from_secs(15); 2] {
        scene.worker.clock.advance(clock);
        scene.bundle.stack.line.advance_clock(clock).await;
    }
    scene.worker.line.loses(DETACH, 1);
    scene.worker.gives_back(&job).await;
    scene.settles(&[&job]).await;
    let late = scene.attached("late", linked_at.0).await;
    scene.settles(&[&late]).await;
    assert!(matches!(scene.attachment().await, Attachment::Detached(_)));
}

/// A message of the new attachment comes before anything that tells of that.
#[tokio::test]
async fn a_message_that_comes_before_the_news_of_its_attach_waits_for_it() {
    let scene = Scene::begin().await;
    scene.linked().await;
    let now = scene.worker.clock.timestamp();
    let unlinked = now.plus(Duration::from_secs(1));
    let store = &scene.worker.app.store;
    let detach = store.update_bot(&scene.bot, |row| row.state.detach(unlinked));
    detach.await.unwrap();
    let linked = unlinked.plus(Duration::from_secs(10));
    let says = |id: &str, at: Timestamp| {
        let message = json!({"type": "text", "text": "hello"});
        let event =
            json!({"type": "message", "webhookEventId": id, "timestamp": at, "message": message});
        scene.bundle.message(&scene.bundle.guest, vec![event])
    };
    let early = says("early", linked.plus(Duration::from_secs(1))).await;
    scene.worker.gives_back(&early).await;
    let row = scene
        .bundle
        .record(Some(&scene.bundle.guest), "early")
        .await;
    assert_eq!(row, None, "nothing is decided");
    // What is not newer than the detach can be of no new attachment.
    for (id, at) in [("old", now), ("same", unlinked)] {
        scene.settles(&[&says(id, at).await]).await;
    }
    assert!(scene.heard().is_empty());

    scene.attached_at(linked).await;
    scene.settles(&[&early.received(2)]).await;
    assert_eq!(scene.heard(), ["an event of a chat"]);
}

/// Nobody tells of an attach: LINE may have sent it shortly after the detach.
#[tokio::test]
async fn a_message_whose_attach_does_not_come_is_recorded_after_some_minutes() {
    let scene = Scene::begin().await;
    scene.linked().await;
    let now = scene.worker.clock.timestamp();
    let unlinked = now.plus(Duration::from_secs(1));
    let store = &scene.worker.app.store;
    let detach = store.update_bot(&scene.bot, |row| row.state.detach(unlinked));
    detach.await.unwrap();
    let message = json!({"type": "text", "text": "hello"});
    let at = now.plus(Duration::from_secs(9));
    let event =
        json!({"type": "message", "webhookEventId": "m", "timestamp": at, "message": message});
    let message = scene.bundle.message(&scene.bundle.guest, vec![event]).await;
    scene.worker.gives_back(&message).await;
    assert!(scene.worker.queue.waits().iter().all(|wait| *wait <= 30));
    scene.worker.clock.advance(Duration::from_secs(300));
    scene.settles(&[&message]).await;
    let row = scene.bundle.recorded("m").await;
    assert_eq!(row.silence, Some(Silence::NotAttached));
    assert!(scene.heard().is_empty());
}

// What a webhook says of itself is not believed beyond its use.

/// An event dated years ahead counts from its receipt, not until then.
#[tokio::test]
async fn an_event_of_the_future_rules_for_a_minute_and_not_for_years() {
    let years = 10 * 365 * 86_400_000_i64;
    let module = |kind: &str| json!({"type": "module", "module": {"type": kind}});
    let over = [
        (true, json!({"type": "unfollow"})),
        (
            true,
            json!({"type": "message", "mode": "standby", "message": {"type": "text", "text": "x"}}),
        ),
        (true, json!({"type": "deactivated"})),
        (false, json!({"type": "botSuspended"})),
        (false, module("detached")),
    ];
    let back = [
        json!({"type": "follow"}),
        json!({"type": "follow"}),
        json!({"type": "activated"}),
        json!({"type": "botResumed"}),
        module("attached"),
    ];
    for ((is_of_chat, mut over), mut back) in over.into_iter().zip(back) {
        let scene = Scene::begin().await;
        scene.linked().await;
        let word = over["type"].to_string();
        let chat = is_of_chat.then_some(scene.bundle.guest.as_str());
        let now = scene.worker.clock.timestamp();
        over["timestamp"] = (now.0 + years).into();
        over["webhookEventId"] = "over".into();
        let over = scene.bundle.message_of(chat, vec![over]).await;
        scene.settles(&[&over]).await;

        // A quarter of an hour later, by the clocks of LINE and of the webhook.
        let later = now.plus(Duration::from_secs(900));
        scene.worker.clock.advance(Duration::from_secs(900));
        back["timestamp"] = later.0.into();
        back["webhookEventId"] = "back".into();
        let back = scene.bundle.message_of(chat, vec![back]).await;
        scene.settles(&[&back.received_at(later)]).await;
        let message = json!({"type": "text", "text": "hello"});
        let event = json!({"type": "message", "webhookEventId": "m", "timestamp": later.0 + 1, "message": message});
        let message = scene.bundle.message(&scene.bundle.guest, vec![event]).await;
        scene.settles(&[&message.received_at(later)]).await;
        let row = scene.bundle.recorded("m").await;
        assert_eq!(row.silence, None, "after {word}");
    }
}

/// A replay comes much later than its event: that makes the event no newer.
#[tokio::test]
async fn an_event_of_the_future_that_is_run_again_rules_no_longer() {
    let scene = Scene::begin().await;
    scene.linked().await;
    let now = scene.worker.clock.timestamp();
    let ahead = now.plus(Duration::from_secs(86_400));
    let raw = json!({"type": "unfollow", "timestamp": ahead, "mode": "active",
        "source": {"type": "user", "userId": scene.bundle.guest}});
    let key = scene.bundle.key(Some(&scene.bundle.guest), "over");
    let event = || JobEvent {
        id: key.event.clone(),
        kind: "unfollow".into(),
        raw: serde_json::value::to_raw_value(&raw).unwrap(),
    };
    let job = Job::new(key.bot.clone(), key.chat.clone(), now, vec![event()]);
    scene.settles(&[&Message::of(job)]).await;

    scene.worker.clock.advance(Duration::from_secs(3600));
    let replay = Replay {
        number: 1,
        force: true,
        first_receipt: Some(scene.bundle.recorded("over").await.received_at),
    };
    let later = scene.worker.clock.timestamp();
    let again = Job::again(key.bot.clone(), key.chat.clone(), later, event(), replay);
    scene.settles(&[&Message::of(again)]).await;
    let loaded = scene
        .worker
        .app
        .store
        .load(&key, None, later)
        .await
        .unwrap();
    let presence = loaded.chat.registers.presence.unwrap();
    assert_eq!(presence.at, now.plus(Duration::from_secs(60)));
}

/// `module.botId` of another account than the webhook's destination.
#[tokio::test]
async fn a_module_event_of_another_account_changes_nothing_and_is_kept() {
    let scene = Scene::begin().await;
    scene.linked().await;
    let at = scene.worker.clock.timestamp().0 + 1000;
    for kind in ["detached", "attached"] {
        let before = scene
            .worker
            .app
            .store
            .bot(&scene.bot)
            .await
            .unwrap()
            .unwrap()
            .state;
        let other = "Uffffffffffffffffffffffffffffffff";
        let module = json!({"type": kind, "botId": other, "scopes": ["message:send"]});
        let event = json!({"type": "module", "module": module});
        scene.settles(&[&scene.event(kind, at, event).await]).await;
        let row = scene.worker.app.store.bot(&scene.bot).await.unwrap();
        assert_eq!(row.unwrap().state, before, "{kind}");
        let recorded = scene.bundle.record(None, kind).await.unwrap();
        assert_eq!(recorded.verdict(), Verdict::Recorded);
        let reason = recorded.reason().unwrap();
        assert!(reason.contains("another account"), "{reason}");
        assert!(recorded.raw().unwrap().contains(other));
        let other = BotId::new(other).unwrap();
        assert_eq!(scene.worker.app.store.bot(&other).await.unwrap(), None);
    }
    assert!(scene.heard().is_empty());
}

#[tokio::test]
async fn what_is_recorded_of_a_detached_accounts_chat_says_so() {
    let scene = Scene::begin().await;
    let end = scene.detached("b", 2_000).await;
    scene.settles(&[&end]).await;
    let follow = json!({"type": "follow", "webhookEventId": "f"});
    let message = scene
        .bundle
        .message(&scene.bundle.guest, vec![follow])
        .await;
    scene.worker.clock.advance(Duration::from_secs(300));
    scene.settles(&[&message]).await;
    let row = scene.bundle.recorded("f").await;
    assert_eq!(
        (row.outcome(), row.verdict()),
        (Outcome::Done, Verdict::Detached)
    );
    assert_eq!(row.reason(), Some("the account is not attached"));
}

#[tokio::test]
async fn more_scopes_for_an_attached_account_count_at_once_and_are_reported_once() {
    let scene = Scene::begin().await;
    scene.callback(1_999).await;
    let first = scene.attached("a", 1_500).await;
    let module = json!({"type": "attached", "botId": scene.bot,
        "scopes": ["message:send", "profile:read", "account:manage"]});
    let attached_again = json!({"type": "module", "module": module});
    let more = scene.event("b", 9_000, attached_again).await;
    scene.settles(&[&first, &more, &more]).await;
    let row = scene.worker.app.store.bot(&scene.bot).await.unwrap();
    let state = row.unwrap().state;
    assert!(state.may("account:manage", Timestamp(9_001)));
    assert_eq!(
        scene.heard(),
        [
            "attached message:send profile:read",
            "scopes account:manage message:send profile:read",
        ]
    );
}

#[tokio::test]
async fn a_suspension_in_the_same_batch_silences_every_chat_of_the_account() {
    let bundle = Bundle::attached().await;
    let worker = Worker::new(&bundle, Listens::default());
    let at = worker.clock.timestamp().0 + 2_000;
    let suspended = json!({"type": "botSuspended", "webhookEventId": "s", "timestamp": at});
    let suspension = bundle.message_of(None, vec![suspended]).await;
    let text = json!({"type": "text", "text": "hello"});
    let said = json!({"type": "message", "webhookEventId": "m", "message": text});
    let message = bundle.message(&bundle.guest, vec![said]).await;
    assert!(worker.is_given([&message, &suspension]).await.is_empty());
    let row = bundle.recorded("m").await;
    assert_eq!(row.silence, Some(Silence::Suspended));
}

#[tokio::test]
async fn a_suspension_of_another_account_in_the_same_batch_silences_nobody() {
    let bundle = Bundle::attached().await;
    let worker = Worker::new(&bundle, Listens::default());
    let now = worker.clock.timestamp();
    let raw = json!({"type": "botSuspended", "timestamp": now.0 + 2_000});
    let suspended = JobEvent {
        id: EventId::new("s").unwrap(),
        kind: "botSuspended".into(),
        raw: serde_json::value::to_raw_value(&raw).unwrap(),
    };
    let another = BotId::new("Uanother").unwrap();
    let suspension = Message::of(Job::new(another, None, now, vec![suspended]));
    let text = json!({"type": "text", "text": "hello"});
    let said = json!({"type": "message", "webhookEventId": "m", "message": text});
    let message = bundle.message(&bundle.guest, vec![said]).await;
    assert!(worker.is_given([&message, &suspension]).await.is_empty());
    assert_eq!(bundle.recorded("m").await.silence, None);
}
