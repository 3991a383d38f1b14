//! An operator stops an account, or the whole channel, from speaking: what happens meanwhile
//! waits, or is recorded.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use flow::Bundle;
use flow::faulty::Fate;
use flow::worker::{Message, Worker, states};
use line_module::{Context, Event, EventKind, Module, ModuleError, Text};
use serde_json::{Value, json};
use shared::domain::{BotId, Outcome, Pause, PauseMode, Silence, Timestamp, Verdict};

const REPLY: &str = "/v2/bot/message/reply";
const PUSH: &str = "/v2/bot/message/push";
const SECOND: Duration = Duration::from_secs(1);
const DAY: Duration = Duration::from_secs(24 * 3600);

/// Answers everything with the event's id, by a push, and remembers what it was asked about.
#[derive(Clone, Default)]
struct Answers {
    asked: Arc<Mutex<Vec<String>>>,
}

impl Module for Answers {
    async fn handle(&self, cx: &mut Context<'_>, event: &Event) -> Result<(), ModuleError> {
        self.asked.lock().unwrap().push(event.id.to_string());
        if let (EventKind::Resumed, Some(mut cx)) = (&event.kind, cx.account()) {
            cx.ensure_audience("guests")?;
        }
        match cx.active() {
            Some(mut cx) => cx.push(&[Text::new(event.id.as_str())]),
            None => Ok(()),
        }
    }
}

struct Scene {
    bundle: Bundle,
    bot: BotId,
    module: Answers,
    worker: Worker<Answers>,
}

impl Scene {
    async fn begin() -> Self {
        let bundle = Bundle::attached().await;
        let module = Answers::default();
        let worker = Worker::new(&bundle, module.clone());
        worker.clock.advance(5 * SECOND); // newer than the attach
        Self {
            bot: BotId::new(&bundle.bot).unwrap(),
            bundle,
            module,
            worker,
        }
    }

    async fn says(&self, id: &str) -> Message {
        let message = json!({"type": "text", "text": "hello"});
        self.happens("message", id, &json!({ "message": message }))
            .await
    }

    /// Something happens in the guest's chat.
    async fn happens(&self, kind: &str, id: &str, with: &Value) -> Message {
        let mut event = json!({"type": kind, "webhookEventId": id});
        for (name, value) in with.as_object().unwrap() {
            event[name] = value.clone();
        }
        self.bundle.message(&self.bundle.guest, vec![event]).await
    }

    fn pause(&self, how: PauseMode) -> Pause {
        Pause {
            how,
            since: self.worker.clock.timestamp(),
            by: "mika".into(),
            reason: "it says the wrong prices".into(),
        }
    }

    /// Pauses the account.
    async fn is_paused(&self, how: PauseMode) {
        self.sets(Some(&self.bot), Some(self.pause(how))).await;
    }

    /// Pauses the whole channel, or ends that.
    async fn channel_is_paused(&self, how: Option<PauseMode>) {
        self.sets(None, how.map(|how| self.pause(how))).await;
    }

    async fn is_resumed(&self) {
        self.sets(Some(&self.bot), None).await;
    }

    async fn sets(&self, of: Option<&BotId>, pause: Option<Pause>) {
        let store = &self.bundle.stack.store;
        assert!(store.set_pause(of, pause.clone()).await.unwrap());
        assert_eq!(store.pause(of).await.unwrap(), pause);
    }

    fn asked(&self) -> Vec<String> {
        self.module.asked.lock().unwrap().clone()
    }

    async fn sends(&self) -> usize {
        self.bundle.calls(PUSH).await.len() + self.bundle.calls(REPLY).await.len()
    }
}

#[tokio::test]
async fn while_an_account_is_paused_its_events_wait_and_are_answered_when_it_is_resumed() {
    let scene = Scene::begin().await;
    let (first, second) = (scene.says("e1").await, scene.says("e2").await);
    scene.is_paused(PauseMode::Wait).await;
    let given_back = scene.worker.is_given([&first, &second]).await;
    assert_eq!(given_back, ["e1", "e2"]);
    assert!(scene.asked().is_empty());
    assert_eq!(scene.sends().await, 0);
    // It was not tried, and nothing counts against it.
    let guest = Some(scene.bundle.guest.as_str());
    assert_eq!(scene.bundle.record(guest, "e1").await, None);
    assert_eq!(scene.worker.lines.sum("GivenBackPaused"), 1);
    scene.is_resumed().await;
    let left = scene.worker.is_given([&first, &second]).await;
    assert!(left.is_empty(), "{left:?}");
    assert_eq!(scene.bundle.received().await, ["e1", "e2"]);
}

#[tokio::test]
async fn what_waits_is_looked_at_more_and_more_seldom() {
    let scene = Scene::begin().await;
    let message = scene.says("e").await;
    scene.is_paused(PauseMode::Wait).await;
    for wait in [0, 60, 600, 86_400] {
        scene.worker.clock.advance(Duration::from_secs(wait));
        scene.worker.gives_back(&message).await;
    }
    let waits = scene.worker.queue.waits();
    let bounds = [(10, 13), (60, 77), (660, 827), (1_200, 1_500)];
    for (wait, (least, most)) in waits.iter().zip(bounds) {
        assert!((least..=most).contains(wait), "{waits:?}");
    }
}

/// It would be lost with the queue's own memory of 14 days.
#[tokio::test]
async fn what_has_waited_for_ten_days_is_recorded() {
    let scene = Scene::begin().await;
    let message = scene.says("e").await;
    scene.is_paused(PauseMode::Wait).await;
    scene.worker.clock.advance(10 * DAY - 60 * SECOND);
    scene.worker.gives_back(&message).await;
    scene.worker.clock.advance(61 * SECOND);
    scene.worker.settles(&message).await;
    let row = scene.bundle.recorded("e").await;
    assert_eq!(
        (row.silence, row.park_kind()),
        (Some(Silence::Paused), None)
    );
    assert!(scene.asked().is_empty());
}

#[tokio::test]
async fn who_has_the_chat_is_known_though_its_events_wait() {
    let scene = Scene::begin().await;
    scene.is_paused(PauseMode::Wait).await;
    let says = scene.says("e1").await;
    let later = Timestamp::from(scene.bundle.stack.line.now()).plus(SECOND);
    let blocks = scene
        .happens("unfollow", "e2", &json!({ "timestamp": later }))
        .await;
    scene.worker.is_given([&says, &blocks]).await;
    let key = scene.bundle.key(Some(&scene.bundle.guest), "e1");
    let loaded = scene.bundle.stack.store.load(&key, None, later).await;
    let chat = loaded.unwrap().chat.registers;
    assert_eq!(
        chat.may_speak(later.plus(SECOND), None, true),
        Err(Silence::Gone)
    );
}

#[tokio::test]
async fn what_was_planned_before_the_pause_waits_as_well() {
    let scene = Scene::begin().await;
    let message = scene.says("e").await;
    scene
        .worker
        .line
        .next(PUSH, Fate::Answered(429, "{}".into()));
    scene.worker.gives_back(&message).await;
    assert_eq!(states(&scene.bundle.recorded("e").await), ["pending"]);
    scene.is_paused(PauseMode::Wait).await;
    scene.worker.gives_back(&message).await;
    let row = scene.bundle.recorded("e").await;
    assert_eq!(
        (states(&row), row.outcome()),
        (vec!["pending"], Outcome::Planned)
    );
    assert_eq!(scene.sends().await, 0);
    scene.is_resumed().await;
    scene.worker.settles(&message).await;
    assert_eq!(scene.bundle.received().await, ["e"]);
    assert_eq!(scene.asked(), ["e"], "the module was asked once");
}

#[tokio::test]
async fn while_an_account_is_paused_its_events_are_recorded_if_that_is_chosen() {
    let scene = Scene::begin().await;
    let (before, during) = (scene.says("before").await, scene.says("during").await);
    scene
        .worker
        .line
        .next(PUSH, Fate::Answered(429, "{}".into()));
    scene.worker.gives_back(&before).await;
    scene.is_paused(PauseMode::Record).await;
    scene.worker.settles(&before).await;
    scene.worker.settles(&during).await;
    assert_eq!(scene.sends().await, 0);
    assert_eq!(scene.asked(), ["before"]);
    let row = scene.bundle.recorded("before").await;
    assert_eq!(
        (states(&row), row.verdict()),
        (vec!["dropped"], Verdict::Paused)
    );
    let row = scene.bundle.recorded("during").await;
    assert_eq!(
        (row.silence, row.verdict()),
        (Some(Silence::Paused), Verdict::Paused)
    );
    let why = row.trace().reason.unwrap();
    assert_eq!(
        why,
        "an operator has paused the account, or the whole channel"
    );
    assert_eq!(scene.worker.lines.sum("SilentPaused"), 1);
    scene.is_resumed().await;
    scene.worker.settles(&scene.says("after").await).await;
    assert_eq!(scene.bundle.received().await, ["after"]);
}

#[tokio::test]
async fn the_whole_channel_is_paused_and_resumed_within_seconds() {
    let scene = Scene::begin().await;
    scene.worker.settles(&scene.says("e1").await).await;
    scene.channel_is_paused(Some(PauseMode::Record)).await;
    // It was read a moment ago.
    scene.worker.settles(&scene.says("e2").await).await;
    scene.worker.clock.advance(10 * SECOND);
    scene.worker.settles(&scene.says("e3").await).await;
    assert_eq!(scene.bundle.received().await, ["e1", "e2"]);
    assert_eq!(scene.bundle.recorded("e3").await.verdict(), Verdict::Paused);
    scene.channel_is_paused(None).await;
    scene.worker.clock.advance(10 * SECOND);
    scene.worker.settles(&scene.says("e4").await).await;
    assert_eq!(scene.bundle.received().await, ["e1", "e2", "e4"]);
    // The pause of the channel has not become the account's own.
    assert_eq!(
        scene
            .bundle
            .stack
            .store
            .pause(Some(&scene.bot))
            .await
            .unwrap(),
        None
    );
}

#[tokio::test]
async fn the_accounts_own_pause_goes_before_the_channels() {
    let scene = Scene::begin().await;
    scene.channel_is_paused(Some(PauseMode::Record)).await;
    scene.is_paused(PauseMode::Wait).await;
    scene.worker.gives_back(&scene.says("e").await).await;
}

#[tokio::test]
async fn where_the_channels_pause_cannot_be_read_what_was_known_holds() {
    let scene = Scene::begin().await;
    let fails = || {
        for _ in 0..2 {
            let body = r#"{"__type":"InternalServerError"}"#.to_owned();
            scene
                .worker
                .table
                .next("LookForPause", Fate::Answered(500, body));
        }
    };
    // Nothing is known yet: nothing is begun.
    fails();
    scene.worker.gives_back(&scene.says("e1").await).await;
    assert!(scene.worker.table.is_spent() && scene.asked().is_empty());
    scene.channel_is_paused(Some(PauseMode::Record)).await;
    scene.worker.settles(&scene.says("e2").await).await;
    scene.channel_is_paused(None).await;
    scene.worker.clock.advance(10 * SECOND);
    fails();
    scene.worker.settles(&scene.says("e3").await).await;
    assert!(scene.worker.table.is_spent() && scene.asked().is_empty());
}

#[tokio::test]
async fn the_accounts_own_lifecycle_reaches_the_module_and_what_it_plans_waits() {
    let scene = Scene::begin().await;
    scene.is_paused(PauseMode::Wait).await;
    let now = scene.worker.clock.timestamp();
    let event = json!({"type": "botResumed", "webhookEventId": "r", "timestamp": now});
    let resumed = scene.bundle.message_of(None, vec![event]).await;
    for _ in 0..2 {
        scene.worker.gives_back(&resumed).await;
    }
    assert_eq!(scene.asked(), ["r"]);
    let row = scene.bundle.record(None, "r").await.unwrap();
    assert_eq!(states(&row), ["pending"]);
    assert!(row.sends().unwrap().open.is_empty());
    scene.is_resumed().await;
    scene.worker.settles(&resumed).await;
    let row = scene.bundle.record(None, "r").await.unwrap();
    assert_eq!((states(&row), scene.asked().len()), (vec!["sent"], 1));
}

#[tokio::test]
async fn nothing_is_known_of_an_account_with_a_mistyped_id() {
    let scene = Scene::begin().await;
    let nobody = BotId::new("Unobody").unwrap();
    let pause = Some(scene.pause(PauseMode::Wait));
    let store = &scene.bundle.stack.store;
    assert!(!store.set_pause(Some(&nobody), pause).await.unwrap());
    assert!(store.bot(&nobody).await.unwrap().is_none());
}
