//! What a module can say, and how: silently, with cards and imagemaps, with the address at
//! which a user links their account.

use std::time::Duration;

use flow::faulty::Fate;
use flow::worker::{Message, Worker, states};
use flow::{Bundle, texts};
use line_module::flex::{Bubble, Button, Column, Separator, Text as Words};
use line_module::{
    Action, Active, Bounds, Context, Event, Flex, Handled, Imagemap, ImagemapAction, LinkedAccount,
    Module, ModuleError, Router, Routes, Text, TextMessage,
};
use serde_json::{Value, json};

const PUSH: &str = "/v2/bot/message/push";
const REPLY: &str = "/v2/bot/message/reply";

/// Sends as the message says.
#[derive(Clone, Copy)]
struct Sends;

impl Module for Sends {
    async fn handle(&self, cx: &mut Context<'_>, event: &Event) -> Result<(), ModuleError> {
        let Some(text) = event.text() else {
            return Ok(());
        };
        let Some(mut cx) = cx.active() else {
            return Ok(());
        };
        let hi = [Text::new("hi")];
        match text {
            "reply" => cx.reply(&hi),
            "reply silently" => cx.reply_silently(&hi),
            "push" => cx.push(&hi),
            "push silently" => cx.push_silently(&hi),
            "push counted" => cx.push_counted("news", &hi),
            "push counted silently" => cx.push_counted_silently("news", &hi),
            _ => Ok(()),
        }
    }

    fn may_push_instead_of_reply(&self) -> bool {
        true
    }
}

/// Plans nothing, as a later version of the module may.
#[derive(Clone, Copy)]
struct SaysNothing;

impl Module for SaysNothing {
    async fn handle(&self, _: &mut Context<'_>, _: &Event) -> Result<(), ModuleError> {
        Ok(())
    }
}

async fn says(bundle: &Bundle, text: &str) -> Message {
    let message = json!({"type": "text", "text": text});
    let event = json!({"type": "message", "webhookEventId": text, "message": message});
    bundle.message(&bundle.guest, vec![event]).await
}

/// What LINE was told of notifications in each call.
async fn silences(bundle: &Bundle, path: &str) -> Vec<Value> {
    let calls = bundle.calls(path).await.into_iter();
    calls
        .map(|call| call.request["notificationDisabled"].clone())
        .collect()
}

async fn scene() -> (Bundle, Worker<Sends>) {
    let bundle = Bundle::attached().await;
    let worker = Worker::new(&bundle, Sends);
    worker.clock.advance(Duration::from_secs(5)); // newer than the attach
    (bundle, worker)
}

#[tokio::test]
async fn a_silent_send_disables_the_notification_and_another_does_not_mention_it() {
    let bundle = Bundle::with(Sends).await;
    let mut guest = bundle.stack.chat(&bundle.bot, &bundle.guest);
    for (text, path, silence) in [
        ("reply", REPLY, Value::Null),
        ("reply silently", REPLY, true.into()),
        ("push", PUSH, Value::Null),
        ("push silently", PUSH, true.into()),
        ("push counted", PUSH, Value::Null),
        ("push counted silently", PUSH, true.into()),
    ] {
        let answers = guest.says(text).await.unwrap();
        assert_eq!(texts(&answers), ["hi"], "{text}");
        let last = silences(&bundle, path).await.pop();
        assert_eq!(last, Some(silence), "{text}");
    }
    let last = bundle.calls(PUSH).await.pop().unwrap();
    assert_eq!(last.request["customAggregationUnits"], json!(["news"]));
}

/// Committed, and LINE has not taken it: another worker goes on with the plan alone.
#[tokio::test]
async fn a_send_that_was_planned_silently_is_silent_when_another_worker_makes_it() {
    let (bundle, worker) = scene().await;
    for (text, path) in [("push silently", PUSH), ("reply silently", REPLY)] {
        let message = says(&bundle, text).await;
        worker.line.next(path, Fate::Answered(429, "{}".into()));
        worker.gives_back(&message).await;
        assert!(silences(&bundle, path).await.is_empty());
        let other = Worker::new(&bundle, SaysNothing);
        other.settles(&message).await;
        assert_eq!(states(&bundle.recorded(text).await), ["sent"]);
        assert_eq!(silences(&bundle, path).await, [true]);
    }
}

#[tokio::test]
async fn a_push_in_place_of_a_silent_reply_is_silent() {
    let (bundle, worker) = scene().await;
    let message = says(&bundle, "reply silently").await;
    let refusal = r#"{"message":"Invalid reply token"}"#;
    worker.line.next(REPLY, Fate::Answered(400, refusal.into()));
    worker.settles(&message).await;
    assert_eq!(states(&bundle.recorded("reply silently").await), ["sent"]);
    assert_eq!(silences(&bundle, PUSH).await, [true]);
}

async fn card(cx: &mut Context<'_, Active>, _: &TextMessage) -> Handled {
    let body = Column::new()
        .add(Words::new("Table for two").bold())
        .add(Separator::new())
        .add(Button::new(Action::postback_shown("Cancel", "cancel", "Cancel")).primary());
    let card = Flex::new("Your table", Bubble::new().body(body));
    let left = Bounds {
        x: 0,
        y: 0,
        width: 520,
        height: 700,
    };
    let map = Imagemap::new("https://shop.example/map", "Our floors", 700);
    let map = map.tap(left, ImagemapAction::message("first floor"));
    cx.reply(&[json!(card), json!(map)])?;
    Ok(())
}

async fn too_long(cx: &mut Context<'_, Active>, _: &TextMessage) -> Handled {
    let button = Button::new(Action::message("a".repeat(41), "a"));
    let body = Column::new().add(button);
    cx.reply(&[Flex::new("Too long", Bubble::new().body(body))])?;
    Ok(())
}

async fn link(cx: &mut Context<'_, Active>, _: &TextMessage) -> Handled {
    let url = cx
        .link_token()
        .await?
        .in_url("https://shop.example/login?from=line");
    cx.reply(&[Text::new(url)])?;
    Ok(())
}

async fn linked(cx: &mut Context<'_, Active>, link: &LinkedAccount) -> Handled {
    let words = format!("linked: {} {}", link.ok, link.nonce);
    cx.reply(&[Text::new(words)])?;
    Ok(())
}

fn shop() -> Router {
    let routes = Routes::new()
        .text("card", card)
        .text("too long", too_long)
        .text("link", link)
        .account_linked(linked);
    Router::new().active(routes)
}

#[tokio::test]
async fn cards_and_imagemaps_reach_the_user() {
    let bundle = Bundle::with(shop()).await;
    let mut guest = bundle.stack.chat(&bundle.bot, &bundle.guest);
    let answers = guest.says("card").await.unwrap();
    let kinds: Vec<_> = answers
        .iter()
        .map(|it| it.message["type"].clone())
        .collect();
    assert_eq!(kinds, ["flex", "imagemap"]);
    let button = &answers[0].message["contents"]["body"]["contents"][2];
    assert_eq!(button["action"]["data"], "cancel");
}

/// It is refused while it is planned, and LINE is not asked.
#[tokio::test]
async fn a_card_that_line_would_refuse_is_the_authors_error() {
    let (bundle, _) = scene().await;
    let worker = Worker::new(&bundle, shop());
    worker.clock.advance(Duration::from_secs(5));
    worker.gives_back(&says(&bundle, "too long").await).await;
    let row = bundle.recorded("too long").await;
    let failure = format!("{row:?}");
    let place = "contents.body.contents[0].action.label: LINE takes up to 40, not 41";
    assert!(failure.contains(place), "{failure}");
    assert!(bundle.calls(REPLY).await.is_empty());
}

#[tokio::test]
async fn a_user_links_their_account_by_the_token_that_a_handler_asked_for() {
    let bundle = Bundle::with(shop()).await;
    let mut guest = bundle.stack.chat(&bundle.bot, &bundle.guest);
    let answers = guest.says("link").await.unwrap();
    let url = texts(&answers)[0];
    let token = url.strip_prefix("https://shop.example/login?from=line&linkToken=");
    let (line, nonce) = (&bundle.stack.line, "a nonce of the shop's");
    let linked = line.link_account(&bundle.bot, token.unwrap(), nonce).await;
    linked.unwrap();
    bundle.stack.settled().await.unwrap();
    let said = bundle.received().await;
    assert_eq!(said.last().unwrap(), "linked: true a nonce of the shop's");

    // Another one for each time that it is asked for.
    let again = guest.says("link").await.unwrap();
    assert_ne!(texts(&again)[0], url);
}
