//! The life of an account: attached, suspended, detached. Of each turn the module
//! hears once, whoever tells of it, and however often.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use flow::Bundle;
use flow::worker::{Message, Worker};
use serde_json::{Value, json};
use shared::domain::{Attachment, BotId, Scopes, Silence, Timestamp};
use shared::line::event;
use shared::module::{Context, Event, EventKind, Module, ModuleError};
use shared::queue::Job;
use shared::store::{Outcome, Verdict};

const DETACH: &str = "/v2/bot/channel/detach";

/// Remembers what it hears of accounts, and fails as often as it is told to.
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

    /// The admin links the account, and the bundle's own module has heard of it.
    async fn linked(&self) {
        let page = self.bundle.stack.attach(&self.bundle.bot, "en").await;
        assert_eq!(page.unwrap().status, 200);
    }

    /// The callback has saved it, and queued what the module has not heard.
    async fn callback(&self, at: i64) -> Option<Message> {
        let scopes = Scopes::from_words("message:send profile:read");
        let store = &self.worker.app.store;
        let row = store.update_bot(&self.bot, |row| row.state.attach(Timestamp(at), &scopes));
        let turn = row.await.unwrap().state.unheard()?;
        let job = Job::of_account(
            self.bot.clone(),
            Timestamp(at),
            event::of_turn(&self.bot, turn),
        );
        Some(Message::of(job.unwrap()))
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
    assert_eq!(row.state.unheard(), None);
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
    scene.worker.clock.advance(Duration::from_secs(8));
    scene.settles(&[&job, &job]).await;
    assert_eq!(detaches(&scene).await, 1);
    assert!(matches!(scene.attachment().await, Attachment::Detached(_)));
    assert!(!scene.bundle.stack.line.state().await.bots[0].attached);
    // The bundle's own module hears of it through the queue.
    scene.bundle.stack.settled().await.unwrap();
    let row = scene.worker.app.store.bot(&scene.bot).await.unwrap();
    assert_eq!(row.unwrap().state.unheard(), None);

    let says = json!({"type": "message", "webhookEventId": "m", "message": {"type": "text", "text": "hello"}});
    let message = scene.bundle.message(&scene.bundle.guest, vec![says]).await;
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

#[tokio::test]
async fn an_account_that_line_calls_not_detachable_is_detached() {
    let scene = Scene::begin().await;
    scene.callback(1_999).await;
    let job = marked(&scene).await;
    scene.worker.clock.advance(Duration::from_secs(8));
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
    scene.worker.clock.advance(Duration::from_secs(8));
    scene.worker.line.loses(DETACH, 1);
    scene.worker.gives_back(&job).await;
    assert!(matches!(scene.attachment().await, Attachment::Detaching(_)));
    scene.settles(&[&job]).await;
    assert!(matches!(scene.attachment().await, Attachment::Detached(_)));
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
    scene.settles(&[&message]).await;
    let row = scene.bundle.recorded("f").await;
    assert_eq!(
        (row.outcome, row.verdict()),
        (Outcome::Done, Verdict::Detached)
    );
    assert_eq!(row.reason.as_deref(), Some("the account is not attached"));
}

#[tokio::test]
async fn more_scopes_for_an_attached_account_count_at_once_and_are_told_once() {
    let scene = Scene::begin().await;
    scene.callback(1_999).await;
    let first = scene.attached("a", 1_500).await;
    let module = json!({"type": "attached", "botId": scene.bot,
        "scopes": ["message:send", "profile:read", "account:manage"]});
    let more = json!({"type": "module", "module": module});
    let more = scene.event("b", 9_000, more).await;
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
    let suspends = json!({"type": "botSuspended", "webhookEventId": "s", "timestamp": at});
    let suspends = bundle.message_of(None, vec![suspends]).await;
    let text = json!({"type": "text", "text": "hello"});
    let says = json!({"type": "message", "webhookEventId": "m", "message": text});
    let says = bundle.message(&bundle.guest, vec![says]).await;
    assert!(worker.is_given([&says, &suspends]).await.is_empty());
    let row = bundle.recorded("m").await;
    assert_eq!(row.silence, Some(Silence::Suspended));
}
