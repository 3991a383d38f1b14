//! What context and router cost for an event, beside a handler that is a bare function:
//! no table, no LINE, no event that is read.
//!
//! `cargo bench -p line-module`

#![expect(clippy::unwrap_used, reason = "what is built in is right")]

#[path = "../../../shared/tests/fake/mod.rs"]
mod fake;
#[path = "../../../shared/benches/measured/mod.rs"]
mod measured;

use std::hint::black_box;
use std::sync::Arc;

use fake::{Line, bot};
use futures::FutureExt as _;
use line_module::settings::Schema;
use line_module::{
    Active, Context, Draft, Handled, Message, Module as _, Next, Postback, RawJson, Router, Routes,
    StepGround, StepLog, Surroundings, Text, TextMessage,
};
use measured::{head, measured, row};
use serde_json::Value;
use shared::domain::{Chat, ChatId, ChatKind, ChatState, Event, EventId, EventKind};
use shared::domain::{LedgerEntry, ReplyToken, Scopes, Timestamp, UserId};
use shared::ground::Ground;
use shared::line::BotClient;
use shared::metrics::Metrics;
use shared::store::{BotRow, LedgerKey, Store};

const NOW: Timestamp = Timestamp(1_795_136_400_000);

/// What a handler does, without anything around it.
fn answer(text: &str) -> Vec<Value> {
    let message = Text::new(format!("You said: {text}"));
    vec![serde_json::to_value(&message).unwrap()]
}

async fn bare(event: &Event) -> Vec<Value> {
    event.text().map(answer).unwrap_or_default()
}

async fn by_route(cx: &mut Context<'_, Active>, message: &TextMessage) -> Handled {
    let text = Text::new(format!("You said: {}", message.text));
    cx.reply(&[text])
}

async fn other(_: &mut Context<'_, Active>, _: &Postback) -> Handled {
    Ok(())
}

async fn around(cx: &mut Context<'_>, event: &Event, next: Next<'_>) -> Handled {
    next.run(cx, event).await
}

/// The tenth route takes the event.
fn router() -> Router {
    let mut routes = Routes::new();
    for n in 0..5 {
        routes = routes.postback(format!("button {n}"), other);
    }
    for word in ["one", "two", "three", "four"] {
        routes = routes.text(word, by_route);
    }
    Router::new().active(routes.text("reserve", by_route))
}

/// What the worker has read.
struct Scene {
    store: Store,
    line: BotClient,
    bot: BotRow,
    chat: ChatState,
    event: Event,
    key: LedgerKey,
    ground: Ground,
    metrics: Metrics,
    settings: Schema,
}

impl Scene {
    fn new() -> Self {
        let ground = Ground::emulated().with_dynamodb_at("http://127.0.0.1:1");
        let mut row = BotRow::default();
        row.state.attach(Timestamp(1), &Scopes::Unknown);
        Self {
            store: ground.table("Table".into()),
            line: Line::new().client().bot(&bot()),
            bot: row,
            chat: ChatState::default(),
            event: event(),
            key: LedgerKey {
                bot: bot(),
                chat: ChatId::new("L1").ok(),
                event: event().id,
            },
            ground,
            metrics: Metrics::none(),
            settings: Schema::default(),
        }
    }

    fn steps(&self) -> StepLog<'_> {
        StepLog::new(StepGround {
            store: &self.store,
            key: &self.key,
            entry: LedgerEntry::unsettled("message", NOW, NOW, NOW),
            may_call: true,
            until: NOW,
            has_full_time: true,
            clock: self.ground.clock.clone(),
            sleep: self.ground.sleep.clone(),
            metrics: &self.metrics,
        })
    }

    fn surroundings<'a>(&'a self, steps: &'a StepLog<'a>) -> Surroundings<'a> {
        Surroundings {
            store: &self.store,
            line: &self.line,
            bot: &self.bot,
            chat: &self.chat,
            state: None,
            dialogue: None,
            profile: None,
            event: &self.event,
            received_at: NOW,
            now: NOW,
            default_active: true,
            push_instead: false,
            settings: &self.settings,
            menus: &[],
            steps,
        }
    }

    fn handle(&self, router: &Router) -> Draft {
        let steps = self.steps();
        let around = self.surroundings(&steps);
        let mut draft = Draft::default();
        let mut cx = Context::new(&around, &mut draft);
        let handled = router.handle(&mut cx, &self.event).now_or_never();
        handled.unwrap().unwrap();
        draft
    }
}

fn event() -> Event {
    Event {
        id: EventId::new("01J0000000000000000000000A").unwrap(),
        bot: bot(),
        at: NOW,
        mode: None,
        chat: Some(Chat {
            kind: ChatKind::User,
            id: ChatId::new("L1").unwrap(),
        }),
        user: UserId::new("L1").ok(),
        redelivered: false,
        reply_token: Some(ReplyToken::new("a token".to_owned())),
        kind: EventKind::Message(Message {
            id: "1".into(),
            content: "reserve".into(),
            quote_token: None,
            quoted_message_id: None,
            read_token: None,
        }),
        raw: RawJson::default(),
    }
}

fn main() {
    let scene = Scene::new();
    let baseline = measured(|| {
        let said = bare(&scene.event).now_or_never();
        black_box(said);
    });
    head("a bare handler that makes one text", &baseline);

    let direct = measured(|| {
        let steps = scene.steps();
        let around = scene.surroundings(&steps);
        let mut draft = Draft::default();
        let mut cx = Context::new(&around, &mut draft);
        let text = Text::new("You said: reserve");
        cx.active().unwrap().reply(&[text]).unwrap();
        black_box(draft);
    });
    row("with a context", &direct, &baseline);

    let one = Router::new().active(Routes::new().text("reserve", by_route));
    let routed = measured(|| drop(black_box(scene.handle(&one))));
    row("by a router with one route", &routed, &baseline);

    let tenth = router();
    let routed = measured(|| drop(black_box(scene.handle(&tenth))));
    row("by the tenth route of ten", &routed, &baseline);

    let wrapped = router().wrap(around).wrap(around).share(Arc::new(1));
    let routed = measured(|| drop(black_box(scene.handle(&wrapped))));
    row("and two wrappers around", &routed, &baseline);
}
