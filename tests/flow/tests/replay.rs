//! An operator runs an event again.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use emulator::{Fault, FaultKind};
use flow::Bundle;
use flow::faulty::{Fate, Held};
use flow::worker::{Message, Worker, states};
use line_module::{Context, Event, Module, ModuleError, Text};
use serde_json::json;
use shared::domain::{ChatId, EventId, Outcome, Silence};
use shared::queue::{Job, JobEvent, Replay};
use shared::replay::{Mode, ReplayError, replay};
use worker::shadow;

const PUSH: &str = "/v2/bot/message/push";

/// Pushes "hi", once it is mended, and counts how often.
#[derive(Clone, Default)]
struct Pushes {
    mended: Arc<AtomicBool>,
}

impl Module for Pushes {
    async fn handle(&self, cx: &mut Context<'_>, _: &Event) -> Result<(), ModuleError> {
        if !self.mended.load(Ordering::SeqCst) {
            return Err(ModuleError::Bug("out of order".into()));
        }
        let Some(mut cx) = cx.active() else {
            return Ok(());
        };
        let count: u32 = cx.state()?;
        cx.set_state(&(count + 1))?;
        cx.push(&[Text::new(format!("hi {}", count + 1))])
    }
}

struct Scene {
    bundle: Bundle,
    worker: Worker<Pushes>,
}

impl Scene {
    async fn begin() -> Self {
        let bundle = Bundle::attached().await;
        let worker = Worker::new(&bundle, Pushes::default());
        Self { bundle, worker }
    }

    fn mend(&self) {
        self.worker.app.module.mended.store(true, Ordering::SeqCst);
    }

    /// LINE does not take the next push for now.
    async fn line_is_busy(&self) {
        let fault = Fault::new(format!("POST {PUSH}"), 1, FaultKind::RateLimit);
        let line = &self.bundle.stack.line;
        line.add_faults(vec![fault]).await.unwrap();
    }

    /// The guest writes: the event `e`.
    async fn message(&self) -> Message {
        let message = json!({"type": "text", "text": "hello"});
        let event = json!({"type": "message", "webhookEventId": "e", "message": message});
        self.bundle.message(&self.bundle.guest, vec![event]).await
    }

    /// The event failed until it was parked.
    async fn parked(&self) {
        let message = self.message().await;
        for times in 1..=4 {
            self.worker
                .gives_back(&message.clone().received(times))
                .await;
        }
        self.worker.settles(&message.received(5)).await;
        let row = self.bundle.recorded("e").await;
        assert_eq!(row.outcome(), Outcome::Parked);
    }

    /// The job that a replay has queued; the bundle's own worker knows another module.
    fn job(&self, number: u32, force: bool) -> Message {
        let key = self.bundle.key(Some(&self.bundle.guest), "e");
        let raw = json!({"type": "message", "timestamp": self.worker.clock.timestamp(),
            "message": {"type": "text", "text": "hello"}, "source": {"type": "user", "userId": self.bundle.guest}});
        let event = JobEvent {
            id: EventId::new("e").unwrap(),
            kind: "message".into(),
            raw: serde_json::value::to_raw_value(&raw).unwrap(),
        };
        let now = self.worker.clock.timestamp();
        let replay = Replay {
            number,
            force,
            first_receipt: None,
        };
        Message::of(Job::again(key.bot, key.chat, now, event, replay))
    }
}

#[tokio::test]
async fn a_parked_event_is_handled_when_its_module_is_mended() {
    let scene = Scene::begin().await;
    scene.parked().await;
    scene.mend();
    let again = scene.job(1, false);
    scene.worker.settles(&again).await;
    scene.worker.settles(&again).await;
    assert_eq!(scene.bundle.received().await, ["hi 1"]);
    let row = scene.bundle.recorded("e").await;
    assert_eq!(
        (row.outcome(), row.replays.number, row.attempts.failed),
        (Outcome::Done, 1, 0)
    );
    assert!(row.ends_at().is_some());
    assert_eq!(row.reason(), None);
}

/// Another worker may have its message in hand, which is deleted by then: what that one opened
/// nobody would bring to an end.
#[tokio::test]
async fn a_replay_that_fails_for_six_hours_is_over_when_the_event_is_parked() {
    let scene = Scene::begin().await;
    scene.worker.gives_back(&scene.message().await).await;
    let again = scene.job(1, true);
    for hours in [0, 6] {
        scene
            .worker
            .clock
            .advance(Duration::from_secs(hours * 3600));
        for _ in 0..2 {
            scene.worker.table.next("BatchGetItem", Fate::Unreachable);
        }
        scene.worker.is_given([&again]).await;
        scene.worker.table.forget();
    }
    scene.mend();
    scene.worker.settles(&again).await;
    let row = scene.bundle.recorded("e").await;
    assert_eq!(row.outcome(), Outcome::Parked);
    assert!(scene.bundle.received().await.is_empty());
    scene.worker.settles(&scene.job(2, false)).await;
    assert_eq!(scene.bundle.received().await, ["hi 1"]);
}

#[tokio::test]
async fn what_was_refused_is_sent_again_and_what_was_sent_is_not() {
    let scene = Scene::begin().await;
    scene.mend();
    let fault = Fault::new(format!("POST {PUSH}"), 1, FaultKind::MonthlyLimit);
    scene
        .bundle
        .stack
        .line
        .add_faults(vec![fault])
        .await
        .unwrap();
    scene.worker.settles(&scene.message().await).await;
    assert_eq!(states(&scene.bundle.recorded("e").await), ["refused"]);

    scene.worker.settles(&scene.job(1, false)).await;
    assert_eq!(scene.bundle.received().await, ["hi 1"]);
    scene.worker.settles(&scene.job(2, false)).await;
    assert_eq!(scene.bundle.received().await, ["hi 1"]);
}

#[tokio::test]
async fn force_sends_again_with_other_keys() {
    let scene = Scene::begin().await;
    scene.mend();
    scene.worker.settles(&scene.message().await).await;
    let forced = scene.job(1, true);
    scene.worker.settles(&forced).await;
    scene.worker.settles(&forced).await;
    assert_eq!(scene.bundle.received().await, ["hi 1", "hi 2"]);
    let keys = scene.bundle.calls(PUSH).await;
    let key = |n: usize| keys[n].headers["x-line-retry-key"].clone();
    assert_ne!(key(0), key(1));
    assert_eq!(scene.bundle.recorded("e").await.replays.run, 1);
}

/// A worker that has read the first plan begins its try when a forced replay has made another.
#[tokio::test]
async fn a_try_that_begins_after_a_forced_replay_sends_what_that_has_planned() {
    let scene = Scene::begin().await;
    scene.mend();
    scene.line_is_busy().await;
    let message = scene.message().await;
    scene.worker.gives_back(&message).await;
    let held = Held::default();
    let begin = Fate::RequestHeld(held.clone());
    scene.worker.table.next("PutItem", begin);
    let other = Worker::new(&scene.bundle, scene.worker.app.module.clone());
    let meanwhile = async {
        held.is_there().await;
        scene.line_is_busy().await;
        other.gives_back(&scene.job(1, true)).await;
        held.let_go();
    };
    tokio::join!(scene.worker.settles(&message), meanwhile);
    assert_eq!(scene.bundle.received().await, ["hi 2"]);
}

/// Respected, and before a worker has seen that, forced: two jobs of the same number.
#[tokio::test]
async fn force_after_respect_is_another_message_and_runs_again() {
    let scene = Scene::begin().await;
    scene.parked().await;
    scene.mend();
    let key = scene.bundle.key(Some(&scene.bundle.guest), "e");
    let now = scene.worker.clock.timestamp();
    let queued = |job: Job| job.into_messages().unwrap().remove(0).deduplication_id;
    let job = |force| {
        let event = JobEvent {
            id: EventId::new("e").unwrap(),
            kind: "message".into(),
            raw: serde_json::value::to_raw_value(&json!({})).unwrap(),
        };
        let replay = Replay {
            number: 1,
            force,
            first_receipt: None,
        };
        let (bot, chat) = (key.bot.clone(), key.chat.clone());
        queued(Job::again(bot, chat, now, event, replay))
    };
    assert_ne!(job(false), job(true));
    scene.worker.settles(&scene.job(1, false)).await;
    assert_eq!(scene.bundle.received().await, ["hi 1"]);
    scene.worker.settles(&scene.job(1, true)).await;
    assert_eq!(scene.bundle.received().await, ["hi 1", "hi 2"]);
    // What comes late of the first changes nothing.
    scene.worker.settles(&scene.job(1, false)).await;
    assert_eq!(scene.bundle.received().await, ["hi 1", "hi 2"]);
}

/// LINE keeps a retry key for a day from its first use. What it has surely not taken has
/// not used its key.
#[tokio::test]
async fn a_push_that_was_refused_days_ago_has_its_whole_time_in_a_replay() {
    let scene = Scene::begin().await;
    scene.mend();
    let fail = async |kind| {
        let fault = Fault::new(format!("POST {PUSH}"), 1, kind);
        let added = scene.bundle.stack.line.add_faults(vec![fault]).await;
        added.unwrap();
    };
    fail(FaultKind::MonthlyLimit).await;
    scene.worker.settles(&scene.message().await).await;
    assert_eq!(states(&scene.bundle.recorded("e").await), ["refused"]);

    scene.worker.clock.advance(Duration::from_secs(48 * 3600));
    fail(FaultKind::ServerError).await;
    let again = scene.job(1, false);
    scene.worker.gives_back(&again).await;
    assert_eq!(states(&scene.bundle.recorded("e").await), ["open"]);
    scene.worker.settles(&again).await;
    assert_eq!(states(&scene.bundle.recorded("e").await), ["sent"]);
}

#[tokio::test]
async fn a_replay_is_silent_where_staff_hold_the_chat_today() {
    let scene = Scene::begin().await;
    scene.parked().await;
    scene.mend();
    let line = &scene.bundle.stack.line;
    line.advance_clock(Duration::from_secs(2)).await;
    line.take(&scene.bundle.bot, &scene.bundle.guest)
        .await
        .unwrap();
    scene.bundle.stack.settled().await.unwrap();
    scene.worker.settles(&scene.job(1, false)).await;
    let row = scene.bundle.recorded("e").await;
    assert_eq!(row.silence, Some(Silence::Standby));
    assert!(scene.bundle.received().await.is_empty());
}

#[tokio::test]
async fn a_shadow_shows_the_plan_and_does_nothing() {
    let scene = Scene::begin().await;
    scene.mend();
    scene.worker.settles(&scene.message().await).await;
    let before = scene.bundle.recorded("e").await;
    let key = scene.bundle.key(Some(&scene.bundle.guest), "e");
    let raw = json!({"type": "message", "message": {"type": "text", "text": "hello"},
        "source": {"type": "user", "userId": scene.bundle.guest}});
    let shown = shadow(&scene.worker.app, &key, &raw.to_string())
        .await
        .unwrap();
    assert_eq!(shown.plan.effects.len(), 1);
    assert_eq!(shown.state.as_deref(), Some("2"));
    assert_eq!(scene.bundle.recorded("e").await, before);
    assert_eq!(scene.bundle.received().await, ["hi 1"]);
}

#[tokio::test]
async fn only_what_is_not_settled_is_asked_to_go_on() {
    let scene = Scene::begin().await;
    let chat = ChatId::new(&scene.bundle.guest).unwrap();
    let key = scene.bundle.key(Some(chat.as_str()), "e");
    let (store, queue) = (&scene.worker.app.store, &scene.worker.app.queue);
    let now = scene.worker.clock.timestamp();
    let ask = |mode| replay(store, queue, &key, None, mode, now);
    assert!(matches!(
        ask(Mode::Respect).await,
        Err(ReplayError::NoEvent)
    ));
    scene.mend();
    scene.worker.settles(&scene.message().await).await;
    assert!(matches!(
        ask(Mode::Respect).await,
        Err(ReplayError::Settled)
    ));
    assert!(matches!(ask(Mode::Force).await, Err(ReplayError::NoEvent)));
}

#[tokio::test]
async fn the_page_of_an_events_trace_runs_it_again() {
    let bundle = Bundle::attached().await;
    let mut guest = bundle.stack.chat(&bundle.bot, &bundle.guest);
    guest.follows().await.unwrap();
    let reply = "POST /v2/bot/message/reply";
    let fault = Fault::new(reply, 1, FaultKind::MonthlyLimit);
    bundle.stack.line.add_faults(vec![fault]).await.unwrap();
    assert!(guest.says("reserve").await.unwrap().is_empty());
    let deliveries = bundle.stack.line.deliveries(0).await;
    let event = &deliveries.last().unwrap().event_ids[0];
    assert_eq!(bundle.recorded(event).await.outcome(), Outcome::Parked);

    let page = format!(
        "{}/chats/{}/{}/events/{event}",
        bundle.stack.addresses.line_url, bundle.bot, bundle.guest
    );
    let ask = async |mode: &str| {
        let form = [("mode", mode)];
        let asked = reqwest::Client::new().post(format!("{page}/again"));
        let answer = asked.form(&form).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    let shown = reqwest::get(&page).await.unwrap().text().await.unwrap();
    assert!(shown.contains("Run it again"), "{shown}");
    let (_, shadow) = ask("shadow").await;
    assert!(shadow.contains("Which time would you like?"), "{shadow}");
    assert!(guest.heard().await.unwrap().is_empty());
    assert_eq!(ask("force").await.0, 400, "the box is not ticked");
    assert_eq!(ask("respect").await.0, 200);
    assert_eq!(guest.heard().await.unwrap().len(), 1);
    assert_eq!(ask("respect").await.0, 400, "it is settled");
}
