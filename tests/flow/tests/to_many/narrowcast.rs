//! A narrowcast is taken at once and made later; what it comes to is told.

use emulator::{Fault, FaultKind};
use line_module::{Narrowcast, NarrowcastEnded, Recipient};

use super::*;

const NARROWCAST: &str = "/v2/bot/message/narrowcast";
const PROGRESS: &str = "/v2/bot/message/progress/narrowcast";
const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);

/// A narrowcast: under which name, to which audience or to all, by which filter.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Narrow {
    name: String,
    audience: Option<String>,
    filter: Option<Value>,
    silently: bool,
}

pub(super) async fn narrow(cx: &mut Context<'_, Account>, wish: &Narrow) -> Handled {
    let mut to = Narrowcast::new().at_most(100);
    if let Some(audience) = &wish.audience {
        to = to.to(Recipient::audience(audience));
    }
    if let Some(filter) = &wish.filter {
        to = to.filter(filter.clone());
    }
    if wish.silently {
        to = to.silently();
    }
    cx.narrowcast(&wish.name, &to, &[Text::new("Narrow.")])
        .await
}

/// It keeps what the narrowcast has come to in a row of its name: a second time would fail.
pub(super) async fn ended(cx: &mut Context<'_, Account>, ended: &NarrowcastEnded) -> Handled {
    cx.create(&ended.name, &format!("{:?}", ended.outcome))
}

/// For workers of the tests' own: it narrowcasts when the account is back.
fn narrowing() -> Router {
    Router::new()
        .settings(settings())
        .account(Routes::new().resumed(narrow_back))
}

async fn narrow_back(cx: &mut Context<'_, Account>, _: &Resumed) -> Handled {
    let to = Narrowcast::new();
    cx.narrowcast("back", &to, &[Text::new("Narrow.")]).await
}

impl Scene {
    /// The company wants a narrowcast; gives the event's row.
    async fn narrows(&self, wish: &Narrow) -> LedgerEntry {
        let place = (self.bundle.bot.as_str(), None);
        let (id, wish) = (&wish.name, serde_json::to_value(wish).unwrap());
        let said = self.bundle.stack.company.says(place, "narrow", id, &wish);
        assert_eq!(said.await.unwrap().status, 202);
        self.bundle.stack.settled().await.unwrap();
        self.record(&format!("command-{id}")).await
    }

    /// Time goes by, and then the timers that are due ring.
    async fn time_goes_by(&self, time: Duration) {
        self.bundle.stack.line.advance_clock(time).await;
        let rung = self.bundle.stack.run_schedule("TimerFunction").await;
        rung.unwrap();
        self.bundle.stack.settled().await.unwrap();
    }

    /// What the module has heard of the end of this narrowcast.
    async fn ended(&self, name: &str) -> Option<String> {
        let bot = self.bot();
        let row = self.bundle.stack.store.module_row(&bot, name, None).await;
        let row = row.unwrap()?;
        Some(serde_json::from_str(&row.value).unwrap())
    }
}

fn to_all(name: &str) -> Narrow {
    Narrow {
        name: name.to_owned(),
        ..Narrow::default()
    }
}

#[tokio::test]
async fn a_narrowcast_is_made_later_and_its_end_is_told_once() {
    let scene = Scene::begin().await;
    let row = scene.narrows(&to_all("spring")).await;
    assert_eq!(states(&row), ["sent"]);
    let request = scene.requests(NARROWCAST).await.remove(0);
    assert_eq!(request["limit"], json!({"max": 100}));
    assert_eq!(request["recipient"], Value::Null);
    assert_eq!(scene.ended("spring").await, None);
    for _ in 0..4 {
        scene.time_goes_by(HOUR).await;
    }
    let ended = scene.ended("spring").await.unwrap();
    assert_eq!(ended, "Sent { succeeded: 3, failed: 0 }");
    scene.both_received(&["Narrow."]).await;
    let asked = scene.bundle.calls(PROGRESS).await.len();
    scene.time_goes_by(HOUR).await;
    assert_eq!(scene.bundle.calls(PROGRESS).await.len(), asked);
}

#[tokio::test]
async fn a_narrowcast_that_line_does_not_make_is_told_with_its_reason() {
    let scene = Scene::begin().await;
    let old = json!({"type": "age", "gte": "age_70"});
    let nobody = Narrow {
        filter: Some(old.clone()),
        silently: true,
        ..to_all("old")
    };
    scene.narrows(&nobody).await;
    let request = scene.requests(NARROWCAST).await.remove(0);
    assert_eq!(request["filter"], json!({ "demographic": old }));
    assert_eq!(request["notificationDisabled"], true);
    scene.time_goes_by(HOUR).await;
    scene.time_goes_by(HOUR).await;
    let ended = scene.ended("old").await.unwrap();
    assert!(
        ended.starts_with("Failed") && ended.contains("recipients"),
        "{ended}"
    );
}

#[tokio::test]
async fn the_end_of_one_that_was_not_sent_is_told_as_well() {
    let scene = Scene::mute().await;
    scene.narrows(&to_all("mute")).await;
    scene.time_goes_by(2 * MINUTE).await;
    let ended = scene.ended("mute").await.unwrap();
    assert!(ended.starts_with("NotSent"), "{ended}");
    assert!(ended.contains("MAY_SEND_TO_MANY"), "{ended}");
    assert!(scene.requests(NARROWCAST).await.is_empty());
}

/// To everybody would be the worst of answers.
#[tokio::test]
async fn what_is_for_an_audience_that_is_not_there_goes_to_nobody() {
    let scene = Scene::begin().await;
    let wish = Narrow {
        audience: Some("regulars".into()),
        ..to_all("few")
    };
    let row = scene.narrows(&wish).await;
    assert_eq!(row.outcome(), Outcome::Parked);
    let reason = row.effects()[0].reason().unwrap();
    assert!(reason.contains("no audience \"regulars\""), "{reason}");
    assert!(scene.requests(NARROWCAST).await.is_empty());
    scene.time_goes_by(2 * MINUTE).await;
    let ended = scene.ended("few").await.unwrap();
    assert!(ended.starts_with("NotSent"), "{ended}");
}

#[tokio::test]
async fn a_narrowcast_whose_answer_is_lost_is_taken_once_and_its_end_is_told() {
    let scene = Scene::begin().await;
    let worker = Worker::new(&scene.bundle, narrowing());
    let message = scene.is_back().await;
    worker.line.next(NARROWCAST, Fate::AnswerLost);
    worker.gives_back(&message).await;
    Worker::new(&scene.bundle, narrowing())
        .settles(&message)
        .await;
    assert_eq!(states(&scene.record("back").await), ["sent"]);
    let calls = scene.bundle.calls(NARROWCAST).await;
    let statuses: Vec<_> = calls.iter().map(|call| call.status).collect();
    assert_eq!(statuses, [202, 409]);
    for _ in 0..3 {
        scene.time_goes_by(HOUR).await;
    }
    let ended = scene.ended("back").await.unwrap();
    assert_eq!(ended, "Sent { succeeded: 3, failed: 0 }");
    scene.both_received(&["Narrow."]).await;
}

#[tokio::test]
async fn after_twelve_hours_in_which_line_does_not_tell_its_end_is_not_known() {
    let scene = Scene::begin().await;
    scene.narrows(&to_all("spring")).await;
    let fault = Fault::new(format!("GET {PROGRESS}"), 100, FaultKind::RateLimit);
    let line = &scene.bundle.stack.line;
    line.add_faults(vec![fault]).await.unwrap();
    for hours in 0..12 {
        assert_eq!(scene.ended("spring").await, None, "{hours} hours");
        scene.time_goes_by(HOUR).await;
    }
    scene.time_goes_by(HOUR).await;
    let ended = scene.ended("spring").await.unwrap();
    assert!(ended.starts_with("Unknown"), "{ended}");
}
