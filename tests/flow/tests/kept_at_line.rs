//! What an account has at LINE under names of the module's: audiences, to which a narrowcast
//! goes, and coupons, which a message shows.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::time::Duration;

use flow::Bundle;
use flow::attach::Attach;
use flow::faulty::Fate;
use flow::worker::{Message, Worker, states};
use line_module::endpoints::audience::ListAudiences;
use line_module::{
    Account, Context, CouponFields, Handled, Narrowcast, Recipient, Resumed, Router, Routes,
    Timestamp, UserId,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use shared::domain::{BotId, Delivery, LedgerEntry, Outcome, Scopes, Silence};
use shared::env::Env;
use shared::store::BotRow;

const SCOPES: &str = "message:send message:receive profile:read coupon:manage";
const AUDIENCES: &str = "/v2/bot/audienceGroup/upload";
const COUPONS: &str = "/v2/bot/coupon";
const NARROWCAST: &str = "/v2/bot/message/narrowcast";
const YEAR_2020: Timestamp = Timestamp(1_577_836_800_000);
const YEAR_2040: Timestamp = Timestamp(2_208_988_800_000);

/// What the company's own systems want, one after the other.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Wish {
    Ensure(String),
    Add(String, Vec<UserId>),
    Delete(String),
    /// To all who are in the first audience and not in the second.
    Narrow(String, String),
    Coupon(String, String),
    Close(String),
    /// To all friends.
    SendCoupon(String),
}

fn module() -> Router {
    let routes = Routes::new().command("wishes", fulfil).resumed(back);
    Router::new().account(routes)
}

async fn fulfil(cx: &mut Context<'_, Account>, wishes: &Vec<Wish>) -> Handled {
    for wish in wishes {
        match wish {
            Wish::Ensure(name) => cx.ensure_audience(name)?,
            Wish::Add(name, users) => cx.add_to_audience(name, users)?,
            Wish::Delete(name) => cx.delete_audience(name)?,
            Wish::Narrow(name, without) => {
                let without = Recipient::Not(Box::new(Recipient::audience(without)));
                let both = Recipient::All(vec![Recipient::audience(name), without]);
                let text = line_module::Text::new("hi");
                cx.narrowcast(name, &Narrowcast::new().to(both), &[text])
                    .await?;
            }
            Wish::Coupon(name, title) => cx.ensure_coupon(name, &fields(title))?,
            Wish::Close(name) => cx.close_coupon(name)?,
            Wish::SendCoupon(name) => {
                if let Some(coupon) = cx.coupon(name) {
                    cx.broadcast(&[coupon]).await?;
                }
            }
        }
    }
    Ok(())
}

fn fields(title: &str) -> CouponFields {
    CouponFields {
        reward: Some(
            json!({"type": "discount", "priceInfo": {"type": "percentage", "percentage": 50}}),
        ),
        ..CouponFields::new(title, YEAR_2020, YEAR_2040, "ASIA_TOKYO")
    }
}

/// For workers of the tests' own.
async fn back(cx: &mut Context<'_, Account>, _: &Resumed) -> Handled {
    cx.ensure_audience("regulars")?;
    cx.ensure_coupon("half", &fields("Half"))
}

struct Scene {
    bundle: Bundle,
    worker: Worker<Router>,
}

impl Scene {
    /// The operator lets the module send to many; the account has granted all that is needed.
    async fn begin() -> Self {
        let mut bundle = Bundle::with(module()).await;
        let variables = &mut bundle.stack.variables;
        variables.insert("LINE_SCOPES".into(), SCOPES.into());
        let attach = Attach::new(&bundle);
        let back = attach.begins(&bundle, "/attach", &bundle.bot).await;
        assert_eq!(attach.opens(&back).await.status_code, 200);
        bundle.stack.settled().await.unwrap();
        for user in [&bundle.guest, &bundle.rival] {
            let mut chat = bundle.stack.chat(&bundle.bot, user);
            chat.follows().await.unwrap();
        }
        let mut variables = bundle.stack.variables.clone();
        variables.insert("MAY_SEND_TO_MANY".into(), "true".into());
        let worker = Worker::configured(&bundle, &Env::from_map(variables), module());
        worker.clock.advance(Duration::from_secs(5)); // newer than the attach
        Self { bundle, worker }
    }

    fn bot(&self) -> BotId {
        BotId::new(&self.bundle.bot).unwrap()
    }

    fn guest(&self) -> UserId {
        UserId::new(&self.bundle.guest).unwrap()
    }

    fn rival(&self) -> UserId {
        UserId::new(&self.bundle.rival).unwrap()
    }

    async fn row(&self) -> BotRow {
        let row = self.bundle.stack.store.bot(&self.bot()).await;
        row.unwrap().unwrap()
    }

    /// The company wants this, with this id; gives the event's row.
    async fn wishes(&self, id: &str, wishes: &[Wish]) -> LedgerEntry {
        let now = self.worker.clock.timestamp();
        let payload = serde_json::to_value(wishes).unwrap();
        let command = json!({"type": "command", "timestamp": now, "name": "wishes", "id": id,
            "payload": payload});
        let event = shared::queue::JobEvent {
            id: shared::domain::EventId::new(id).unwrap(),
            kind: shared::queue::COMMAND.into(),
            raw: serde_json::value::to_raw_value(&command).unwrap(),
        };
        let job = shared::queue::Job::new(self.bot(), None, now, vec![event]);
        self.worker.settles(&Message::of(job)).await;
        self.record(id).await
    }

    async fn record(&self, event: &str) -> LedgerEntry {
        self.bundle.record(None, event).await.unwrap()
    }

    /// The event `back`.
    async fn is_back(&self) -> Message {
        let now = self.worker.clock.timestamp();
        let event = json!({"type": "botResumed", "webhookEventId": "back", "timestamp": now});
        self.bundle.message_of(None, vec![event]).await
    }

    /// The names of the audiences that LINE has.
    async fn audiences(&self) -> Vec<String> {
        let list = ListAudiences {
            page: 1,
            ..ListAudiences::default()
        };
        let line = self.worker.app.line.bot(&self.bot());
        let all = line.call(&list).await.unwrap().audience_groups;
        all.into_iter().filter_map(|it| it.description).collect()
    }

    async fn made(&self, method: &str, path: &str) -> Vec<Value> {
        let calls = self.bundle.calls(path).await.into_iter();
        let calls = calls.filter(|call| call.method == method);
        calls.map(|call| call.request).collect()
    }
}

fn name(name: &str) -> String {
    name.to_owned()
}

#[tokio::test]
async fn a_narrowcast_goes_to_who_is_in_an_audience_by_its_name() {
    let scene = Scene::begin().await;
    let both = vec![scene.guest(), scene.rival()];
    let fill = [
        Wish::Ensure(name("regulars")),
        Wish::Add(name("regulars"), both),
        Wish::Add(name("asleep"), vec![scene.rival()]),
    ];
    let row = scene.wishes("fill", &fill).await;
    assert_eq!(states(&row), ["sent", "sent", "sent"]);
    assert_eq!(scene.audiences().await, ["asleep", "regulars"]);
    // LINE takes a while for an upload.
    let hour = Duration::from_secs(3600);
    scene.bundle.stack.line.advance_clock(hour).await;
    scene.worker.clock.advance(hour);
    let narrow = [Wish::Narrow(name("regulars"), name("asleep"))];
    let row = scene.wishes("narrow", &narrow).await;
    assert_eq!(states(&row), ["sent"]);
    let known = scene.row().await.audiences;
    let request = scene.made("POST", NARROWCAST).await.remove(0);
    let audience = |name: &str| json!({"type": "audience", "audienceGroupId": known[name]});
    let not = json!({"type": "operator", "not": audience("asleep")});
    let expected = json!({"type": "operator", "and": [audience("regulars"), not]});
    assert_eq!(request["recipient"], expected);
    scene.bundle.stack.line.advance_clock(hour).await;
    assert_eq!(scene.bundle.received().await, ["hi"]);
}

#[tokio::test]
async fn an_audience_is_made_once_and_a_deleted_one_is_gone() {
    let scene = Scene::begin().await;
    let ensure = [Wish::Ensure(name("regulars"))];
    scene.wishes("1", &ensure).await;
    scene.wishes("2", &ensure).await;
    assert_eq!(scene.made("POST", AUDIENCES).await.len(), 1);
    let delete = [Wish::Delete(name("regulars")), Wish::Delete(name("none"))];
    let row = scene.wishes("3", &delete).await;
    assert_eq!(states(&row), ["sent", "sent"]);
    assert!(scene.audiences().await.is_empty());
    assert!(scene.row().await.audiences.is_empty());
}

/// The row may have been written by a release that does not know of audiences.
#[tokio::test]
async fn an_audience_that_the_row_has_forgotten_is_found_at_line() {
    let scene = Scene::begin().await;
    scene.wishes("1", &[Wish::Ensure(name("regulars"))]).await;
    let known = scene.row().await.audiences;
    let store = &scene.bundle.stack.store;
    let bot = scene.bot();
    let forgotten = store.update_bot(&bot, |row| row.audiences.clear());
    forgotten.await.unwrap();
    let add = [Wish::Add(name("regulars"), vec![scene.guest()])];
    let row = scene.wishes("2", &add).await;
    assert_eq!(states(&row), ["sent"]);
    assert_eq!(scene.row().await.audiences, known);
    assert_eq!(scene.made("POST", AUDIENCES).await.len(), 1);
}

#[tokio::test]
async fn an_audience_that_line_no_longer_has_is_told_and_not_made_anew_without_its_members() {
    let scene = Scene::begin().await;
    let bot = scene.bot();
    let store = &scene.bundle.stack.store;
    let known = store.update_bot(&bot, |row| {
        row.audiences.insert(name("regulars"), 999);
    });
    known.await.unwrap();
    let add = [Wish::Add(name("regulars"), vec![scene.guest()])];
    let row = scene.wishes("1", &add).await;
    assert_eq!(
        (row.outcome(), states(&row)),
        (Outcome::Parked, vec!["refused"])
    );
    let row = scene.wishes("2", &[Wish::Ensure(name("regulars"))]).await;
    assert_eq!(states(&row), ["sent"]);
    assert_eq!(states(&scene.wishes("3", &add).await), ["sent"]);
}

#[tokio::test]
async fn what_was_made_though_the_answer_was_lost_is_found_and_not_made_again() {
    let scene = Scene::begin().await;
    let message = scene.is_back().await;
    scene.worker.line.next(AUDIENCES, Fate::AnswerLost);
    scene.worker.gives_back(&message).await;
    scene.worker.line.next(COUPONS, Fate::Done); // the list
    scene.worker.line.next(COUPONS, Fate::AnswerLost);
    scene.worker.gives_back(&message).await;
    scene.worker.settles(&message).await;
    assert_eq!(states(&scene.record("back").await), ["sent", "sent"]);
    assert_eq!(scene.made("POST", AUDIENCES).await.len(), 1);
    assert_eq!(scene.made("POST", COUPONS).await.len(), 1);
    let row = scene.row().await;
    assert!(row.audiences.contains_key("regulars") && row.coupons.contains_key("half"));
}

#[tokio::test]
async fn a_coupon_is_made_once_sent_by_its_name_and_closed() {
    let scene = Scene::begin().await;
    let half = [Wish::Coupon(name("half"), name("Half"))];
    scene.wishes("1", &half).await;
    scene.wishes("2", &half).await;
    let made = scene.made("POST", COUPONS).await;
    assert_eq!(made.len(), 1);
    assert_eq!(made[0]["title"], "Half");
    assert_eq!(made[0]["startTimestamp"], YEAR_2020.seconds());
    let send = [Wish::SendCoupon(name("half"))];
    let row = scene.wishes("3", &send).await;
    assert_eq!(states(&row), ["sent"]);
    let sent = scene.made("POST", "/v2/bot/message/broadcast").await;
    let id = scene.row().await.coupons["half"].clone();
    assert_eq!(sent[0]["messages"][0]["couponId"], id);
    let close = [Wish::Close(name("half")), Wish::Close(name("half"))];
    let row = scene.wishes("4", &close).await;
    assert_eq!(states(&row), ["sent", "sent"]);
    assert!(scene.row().await.coupons.is_empty());
    let row = scene.wishes("5", &send).await;
    assert!(row.effects().is_empty(), "there is no such coupon now");
}

/// Two names, and the same title and time.
#[tokio::test]
async fn each_name_has_a_coupon_of_its_own() {
    let scene = Scene::begin().await;
    let two = [
        Wish::Coupon(name("one"), name("Half")),
        Wish::Coupon(name("two"), name("Half")),
    ];
    scene.wishes("1", &two).await;
    let coupons = scene.row().await.coupons;
    assert_ne!(coupons["one"], coupons["two"]);
}

#[tokio::test]
async fn each_needs_its_scope() {
    let scene = Scene::begin().await;
    let now = scene.worker.clock.timestamp();
    let scopes = Scopes::from_words("message:send");
    let store = &scene.bundle.stack.store;
    let bot = scene.bot();
    let attach = store.update_bot(&bot, |row| row.state.attach(now, &scopes));
    attach.await.unwrap();
    scene.worker.clock.advance(Duration::from_secs(1));
    let wishes = [
        Wish::Ensure(name("regulars")),
        Wish::Coupon(name("half"), name("Half")),
    ];
    let row = scene.wishes("1", &wishes).await;
    let silence = Silence::ScopeMissing;
    assert_eq!(row.effects()[1], Delivery::Dropped { silence });
    assert_eq!(states(&row)[0], "sent");
    assert_eq!(scene.worker.lines.sum("KeptAtLineSent"), 1);
    assert_eq!(scene.worker.lines.sum("KeptAtLineDropped"), 1);
}
