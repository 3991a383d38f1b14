//! The company's billing says whether an account may be served: one that may not is not answered,
//! or its chats are told once.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use emulator::{Fault, FaultKind};
use flow::Bundle;
use flow::worker::{Message, Worker, states};
use line_module::settings::{Field, Kind, Schema, Words};
use line_module::{
    Active, Context, Detached, Handled, NotEntitled, Router, Routes, Text, TextMessage,
};
use serde::Deserialize;
use serde_json::{Value, json};
use shared::domain::{BotId, Entitlement, Pause, PauseMode, Silence, Timestamp, Verdict};
use shared::store::Store;

const SECOND: Duration = Duration::from_secs(1);
const REPLY: &str = "/v2/bot/message/reply";
const SORRY: &str = "We are closed for now. Please ask Tea House.";
const SHOP: Words = Words {
    ja: "店名",
    zh: "店名",
    en: "Shop",
    th: "ร้าน",
};

/// What the handlers were asked, in order.
type Asked = Arc<Mutex<Vec<String>>>;

#[derive(Deserialize)]
struct Shop {
    name: String,
}

async fn said(cx: &mut Context<'_, Active>, message: &TextMessage) -> Handled {
    cx.shared::<Asked>()?
        .lock()
        .unwrap()
        .push(message.text.clone());
    cx.reply(&[Text::new(message.text.clone())])
}

async fn detached(cx: &mut Context<'_, line_module::Account>, _: &Detached) -> Handled {
    cx.shared::<Asked>()?
        .lock()
        .unwrap()
        .push("detached".into());
    Ok(())
}

/// It repeats what a user says.
fn echo(asked: &Asked) -> Router {
    let shop = Field::new("name", SHOP, Kind::Text { most: 20 }, "Tea House");
    Router::new()
        .active(Routes::new().any_text(said))
        .account(Routes::new().detached(detached))
        .settings(Schema::new([shop]))
        .share(asked.clone())
}

fn sorry(about: &NotEntitled<'_>) -> Option<Text> {
    let shop: Shop = about.settings().ok()?;
    let text = format!("We are closed for now. Please ask {}.", shop.name);
    Some(Text::new(text))
}

struct Scene {
    bundle: Bundle,
    bot: BotId,
    asked: Asked,
    worker: Worker<Router>,
}

impl Scene {
    async fn begin(module: impl FnOnce(Router) -> Router) -> Self {
        let asked = Asked::default();
        let module = module(echo(&asked));
        let bundle = Bundle::with(module.clone()).await;
        let worker = Worker::new(&bundle, module);
        worker.clock.advance(5 * SECOND); // newer than the attach
        Self {
            bot: BotId::new(&bundle.bot).unwrap(),
            bundle,
            asked,
            worker,
        }
    }

    async fn with_notice() -> Self {
        Self::begin(|echo| echo.not_entitled(sorry)).await
    }

    fn store(&self) -> &Store {
        &self.bundle.stack.store
    }

    fn now(&self) -> Timestamp {
        self.worker.clock.timestamp()
    }

    async fn is_entitled(&self, said: Entitlement) {
        let set = self.store().set_entitlement(&self.bot, said, self.now());
        assert!(set.await.unwrap());
    }

    async fn says(&self, id: &str) -> Message {
        self.user_says(&self.bundle.guest, id).await
    }

    async fn user_says(&self, user: &str, id: &str) -> Message {
        let message = json!({"type": "text", "text": id});
        let event = json!({"type": "message", "webhookEventId": id, "message": message});
        let message = self.bundle.message(user, vec![event]).await;
        message.received_at(self.now())
    }

    /// The guest says it, and it is settled.
    async fn settles(&self, id: &str) {
        self.worker.settles(&self.says(id).await).await;
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    async fn heard(&self) -> Vec<String> {
        self.bundle.received().await
    }

    /// Billing says it by the inbox; the answer's status and message.
    async fn billing_says(&self, name: &str, id: &str, payload: &Value) -> (u16, String) {
        let place = (self.bundle.bot.as_str(), None);
        let company = &self.bundle.stack.company;
        let answer = company.says(place, name, id, payload).await.unwrap();
        self.bundle.stack.settled().await.unwrap();
        let message = answer.body["message"].as_str().unwrap_or_default();
        (answer.status, message.to_owned())
    }
}

#[tokio::test]
async fn an_account_that_is_not_entitled_is_not_answered() {
    let scene = Scene::begin(|echo| echo).await;
    scene.settles("before").await;
    scene.is_entitled(Entitlement::No).await;
    scene.settles("during").await;
    assert_eq!(scene.asked(), ["before"]);
    assert_eq!(scene.heard().await, ["before"]);
    let row = scene.bundle.recorded("during").await;
    let trace = row.trace();
    assert_eq!(
        (row.silence, trace.verdict),
        (Some(Silence::NotEntitled), Verdict::NotEntitled)
    );
    assert_eq!(
        trace.reason.as_deref(),
        Some("the account is not entitled to the service")
    );
    assert_eq!(scene.worker.lines.sum("SilentNotEntitled"), 1);
    scene.is_entitled(Entitlement::Yes).await;
    scene.settles("after").await;
    assert_eq!(scene.heard().await, ["before", "after"]);
}

#[tokio::test]
async fn each_chat_is_told_once_until_the_account_is_entitled_again() {
    let scene = Scene::with_notice().await;
    scene.is_entitled(Entitlement::No).await;
    scene.settles("e1").await;
    assert_eq!(scene.heard().await, [SORRY]);
    // Billing says it once more: that is no other lapse.
    scene.worker.clock.advance(SECOND);
    scene.is_entitled(Entitlement::No).await;
    scene.settles("e2").await;
    assert_eq!(scene.heard().await, [SORRY]);
    let rival = scene.bundle.rival.clone();
    scene
        .worker
        .settles(&scene.user_says(&rival, "r1").await)
        .await;
    assert_eq!(scene.bundle.calls(REPLY).await.len(), 2);
    for said in [Entitlement::Yes, Entitlement::No] {
        scene.worker.clock.advance(SECOND);
        scene.is_entitled(said).await;
    }
    scene.settles("e3").await;
    assert_eq!(scene.heard().await, [SORRY, SORRY]);
    assert!(scene.asked().is_empty());
    let row = scene.bundle.recorded("e3").await;
    assert_eq!(
        (states(&row), row.verdict()),
        (vec!["sent"], Verdict::NotEntitled)
    );
    assert_eq!(scene.worker.lines.sum("SilentNotEntitled"), 4);
}

#[tokio::test]
async fn a_chat_that_could_not_be_told_is_told_by_the_next_event_that_can_be_replied_to() {
    let scene = Scene::with_notice().await;
    scene.is_entitled(Entitlement::No).await;
    // It comes too late for a reply.
    let late = scene.says("late").await;
    scene.worker.clock.advance(60 * SECOND);
    scene.worker.settles(&late).await;
    let pause = Pause {
        how: PauseMode::Record,
        since: scene.now(),
        by: "mika".into(),
        reason: "a test".into(),
    };
    let store = scene.store();
    store
        .set_pause(Some(&scene.bot), Some(pause))
        .await
        .unwrap();
    scene.settles("paused").await;
    store.set_pause(Some(&scene.bot), None).await.unwrap();
    assert!(scene.heard().await.is_empty());
    scene.settles("now").await;
    assert_eq!(scene.heard().await, [SORRY]);
}

#[tokio::test]
async fn a_notice_whose_token_has_run_out_meanwhile_parks_nothing() {
    let scene = Scene::with_notice().await;
    scene.is_entitled(Entitlement::No).await;
    let fault = Fault::new(format!("POST {REPLY}"), 1, FaultKind::RateLimit);
    scene
        .bundle
        .stack
        .line
        .add_faults(vec![fault])
        .await
        .unwrap();
    let message = scene.says("e").await;
    scene.worker.gives_back(&message).await;
    scene.worker.clock.advance(60 * SECOND);
    scene.worker.settles(&message).await;
    let row = scene.bundle.recorded("e").await;
    assert_eq!(
        (states(&row), row.verdict()),
        (vec!["dropped"], Verdict::NotEntitled)
    );
    assert_eq!(row.park_kind(), None);
}

#[tokio::test]
async fn an_account_is_served_until_its_end_by_the_workers_clock() {
    let scene = Scene::with_notice().await;
    let end = scene.now().plus(100 * SECOND);
    scene.is_entitled(Entitlement::Until(end)).await;
    scene.settles("before").await;
    scene.worker.clock.advance(100 * SECOND);
    scene.settles("after").await;
    assert_eq!(scene.heard().await, ["before", SORRY]);
    // It is paid for, and runs out once more.
    scene
        .is_entitled(Entitlement::Until(end.plus(200 * SECOND)))
        .await;
    scene.settles("paid").await;
    scene.worker.clock.advance(200 * SECOND);
    scene.settles("over").await;
    assert_eq!(scene.heard().await, ["before", SORRY, "paid", SORRY]);
}

#[tokio::test]
async fn what_was_planned_before_is_dropped_and_the_lifecycle_reaches_the_module() {
    let scene = Scene::with_notice().await;
    let fault = Fault::new(format!("POST {REPLY}"), 1, FaultKind::RateLimit);
    scene
        .bundle
        .stack
        .line
        .add_faults(vec![fault])
        .await
        .unwrap();
    let message = scene.says("e").await;
    scene.worker.gives_back(&message).await;
    scene.is_entitled(Entitlement::No).await;
    scene.worker.settles(&message).await;
    let row = scene.bundle.recorded("e").await;
    assert_eq!(
        (states(&row), row.verdict()),
        (vec!["dropped"], Verdict::NotEntitled)
    );
    assert!(scene.heard().await.is_empty());
    scene.bundle.stack.detach(&scene.bot).await.unwrap();
    scene.bundle.stack.settled().await.unwrap();
    assert_eq!(scene.asked(), ["e", "detached"]);
}

#[tokio::test]
async fn words_that_panic_cost_the_notice_and_not_the_event() {
    let panics = |_: &NotEntitled<'_>| std::panic::resume_unwind(Box::new("a panic"));
    let scene = Scene::begin(|echo| echo.not_entitled(panics)).await;
    scene.is_entitled(Entitlement::No).await;
    scene.settles("e").await;
    assert_eq!(
        scene.bundle.recorded("e").await.verdict(),
        Verdict::NotEntitled
    );
    assert_eq!(scene.worker.lines.sum("ModuleFailures"), 1);
}

#[tokio::test]
async fn billing_says_it_by_the_inbox() {
    let scene = Scene::with_notice().await;
    let mut guest = scene
        .bundle
        .stack
        .chat(&scene.bundle.bot, &scene.bundle.guest);
    guest.follows().await.unwrap();
    let says = async |id: &str, entitled: Value| {
        let payload = json!({ "entitled": entitled });
        let (status, message) = scene.billing_says("@entitlement", id, &payload).await;
        assert_eq!(status, 202, "{message}");
    };
    says("bill-1", json!("no")).await;
    // The same word again, as after an answer that was lost.
    says("bill-1", json!("no")).await;
    let row = scene.bundle.record(None, "command-bill-1").await.unwrap();
    assert_eq!(
        (row.kind.as_str(), row.verdict()),
        ("@entitlement", Verdict::Recorded)
    );
    guest.says("hello").await.unwrap();
    says("bill-2", json!("yes")).await;
    guest.says("again").await.unwrap();
    assert_eq!(scene.heard().await, [SORRY, "again"]);
    says("bill-3", json!({"until": "2020-01-01T00:00:00+09:00"})).await;
    guest.says("over").await.unwrap();
    assert_eq!(scene.heard().await, [SORRY, "again", SORRY]);
    assert_eq!(
        scene.asked(),
        ["again"],
        "no command of billing's is the module's"
    );
}

#[tokio::test]
async fn what_billing_says_wrongly_is_refused_with_its_remedy() {
    let scene = Scene::with_notice().await;
    let no = json!({"entitled": "no"});
    let said = async |name, payload: &Value| scene.billing_says(name, "1", payload).await;
    let (status, message) = said("@entitlement", &json!({"entitled": false})).await;
    assert_eq!(status, 400);
    assert!(message.contains(r#"{"entitled": "no"}"#), "{message}");
    let (status, message) = said("@pause", &no).await;
    assert_eq!(status, 400);
    assert!(message.contains("begin with @"), "{message}");
    let place = (scene.bundle.bot.as_str(), Some(scene.bundle.guest.as_str()));
    let company = &scene.bundle.stack.company;
    let of_chat = company.says(place, "@entitlement", "2", &no).await.unwrap();
    assert_eq!(of_chat.status, 400);
}

#[tokio::test]
async fn what_billing_says_of_an_account_that_was_never_heard_of_makes_none() {
    let scene = Scene::with_notice().await;
    let nobody = BotId::new("U00000000000000000000000000000000").unwrap();
    let company = &scene.bundle.stack.company;
    let no = json!({"entitled": "no"});
    let place = (nobody.as_str(), None);
    let answer = company.says(place, "@entitlement", "1", &no).await.unwrap();
    assert_eq!(answer.status, 202);
    scene.bundle.stack.settled().await.unwrap();
    assert!(scene.store().bot(&nobody).await.unwrap().is_none());
    let said = Entitlement::No;
    let set = scene.store().set_entitlement(&nobody, said, scene.now());
    assert!(!set.await.unwrap());
    assert!(scene.store().bot(&nobody).await.unwrap().is_none());
}
