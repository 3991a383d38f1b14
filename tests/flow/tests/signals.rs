//! One chat of an account tells another something: by an event in that chat's own queue, which that chat's own
//! handlers take, by that chat's own right to speak.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::time::Duration;

use emulator::DeliverOptions;
use flow::Bundle;
use flow::faulty::Fate;
use flow::worker::{Message, Worker, states};
use line_module::{
    Active, Chat, ChatId, ChatKind, Context, Handled, Router, Routes, Signal, Standby, Text,
    TextMessage,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use shared::domain::{BotId, EventId, Outcome, Scopes, Timestamp, Verdict};
use shared::line::own_event;
use shared::queue::{Job, JobEvent, SIGNAL};
use shared::replay::{Mode, replay};

const SECOND: Duration = Duration::from_secs(1);

/// What is left for whoever waits.
#[derive(Serialize, Deserialize)]
struct Freed {
    table: String,
}

impl Signal for Freed {
    const NAME: &'static str = "table freed";
}

/// Of `tell <user> <word> …` it tells each word to the user's chat, where it is pushed; elsewhere it answers.
fn waiting_list() -> Router {
    Router::new()
        .active(Routes::new().signal(offer).any_text(hear))
        .standby(Routes::new().signal(note))
}

async fn hear(cx: &mut Context<'_, Active>, said: &TextMessage) -> Handled {
    let words: Vec<_> = said.text.split(' ').collect();
    let ["tell", user, words @ ..] = words.as_slice() else {
        cx.reply(&[Text::new(format!("heard {}", said.text))])?;
        return Ok(());
    };
    let chat = Chat {
        kind: ChatKind::User,
        id: ChatId::new(*user).unwrap(),
    };
    for word in words {
        let table = (*word).to_owned();
        cx.signal(&chat, &Freed { table })?;
    }
    cx.reply(&[Text::new("told")])?;
    Ok(())
}

async fn offer(cx: &mut Context<'_, Active>, freed: &Freed) -> Handled {
    cx.push(&[Text::new(format!("{} is free", freed.table))])
}

/// Nothing can be said here; the chat remembers it.
async fn note(cx: &mut Context<'_, Standby>, freed: &Freed) -> Handled {
    cx.set_state(&freed.table)
}

/// A bundle whose guest and rival are friends of the account.
async fn scene() -> Bundle {
    let bundle = Bundle::with(waiting_list()).await;
    for user in [&bundle.guest, &bundle.rival] {
        let mut chat = bundle.stack.chat(&bundle.bot, user);
        chat.follows().await.unwrap();
    }
    bundle
}

async fn says(bundle: &Bundle, user: &str, text: &str) {
    let mut chat = bundle.stack.chat(&bundle.bot, user);
    chat.says(text).await.unwrap();
    bundle.stack.settled().await.unwrap();
}

async fn received(bundle: &Bundle, user: &str) -> Vec<String> {
    let all = bundle.stack.line.conversation(&bundle.bot, user).await;
    all.iter()
        .filter(|bubble| bubble.from == emulator::Speaker::Account)
        .filter_map(|bubble| bubble.text().map(str::to_owned))
        .collect()
}

/// The guest's message `e`, which tells the rival of these tables.
async fn told(bundle: &Bundle, words: &str) -> Message {
    let text = format!("tell {} {words}", bundle.rival);
    let event = json!({"type": "message", "webhookEventId": "e", "message": {"type": "text", "text": text}});
    bundle.message(&bundle.guest, vec![event]).await
}

/// The event `s`: a signal for the guest's chat, planned at `now`, when the account was attached.
fn signal(bundle: &Bundle, payload: Value, now: Timestamp) -> Message {
    let chat = Chat {
        kind: ChatKind::User,
        id: ChatId::new(&bundle.guest).unwrap(),
    };
    let signal = shared::domain::Signal {
        chat: chat.clone(),
        name: Freed::NAME.into(),
        payload,
    };
    let event = JobEvent {
        id: EventId::new("s").unwrap(),
        kind: SIGNAL.into(),
        raw: own_event::of_signal(&signal, now, now, None).unwrap(),
    };
    let bot = BotId::new(&bundle.bot).unwrap();
    Message::of(Job::new(bot, Some(chat.id), now, vec![event]))
}

/// A worker of the test's own, with the same module.
fn worker(bundle: &Bundle) -> Worker<Router> {
    Worker::new(bundle, waiting_list())
}

#[tokio::test]
async fn a_freed_table_is_offered_to_the_guest_who_waits_in_their_own_chat() {
    let bundle = scene().await;
    let tell = format!("tell {} one two", bundle.rival);
    says(&bundle, &bundle.guest, &tell).await;
    assert_eq!(received(&bundle, &bundle.guest).await, ["told"]);
    assert_eq!(
        received(&bundle, &bundle.rival).await,
        ["one is free", "two is free"]
    );
    says(&bundle, &bundle.rival, "thanks").await;
    assert_eq!(
        received(&bundle, &bundle.rival).await[2..],
        ["heard thanks"]
    );
}

#[tokio::test]
async fn where_another_channel_holds_the_chat_its_standby_handler_hears_it_and_nothing_is_sent() {
    let bundle = scene().await;
    bundle
        .stack
        .line
        .take(&bundle.bot, &bundle.rival)
        .await
        .unwrap();
    bundle.stack.settled().await.unwrap();
    let tell = format!("tell {} one", bundle.rival);
    says(&bundle, &bundle.guest, &tell).await;
    assert!(received(&bundle, &bundle.rival).await.is_empty());
    let key = bundle.key(Some(&bundle.rival), "none");
    let loaded = bundle
        .stack
        .store
        .load(&key, None, Timestamp(0))
        .await
        .unwrap();
    assert_eq!(loaded.chat.state.as_deref(), Some("\"one\""));
}

#[tokio::test]
async fn nothing_is_in_the_queue_before_the_commit() {
    let bundle = scene().await;
    let worker = worker(&bundle);
    let message = told(&bundle, "one").await;
    for _ in 0..100 {
        worker.table.next("TransactWriteItems", Fate::Unreachable);
    }
    worker.gives_back(&message).await;
    assert!(worker.queue.requests("SendMessageBatch").is_empty());
    bundle.stack.settled().await.unwrap();
    assert!(received(&bundle, &bundle.rival).await.is_empty());
}

#[tokio::test]
async fn what_the_queue_does_not_take_is_sent_again_and_comes_once() {
    let bundle = scene().await;
    let worker = worker(&bundle);
    let message = told(&bundle, "one two").await;
    // The first may be in the queue: its answer is lost, each time that the SDK and the queue's client try.
    for _ in 0..4 {
        worker.queue.next("SendMessageBatch", Fate::AnswerLost);
    }
    worker.gives_back(&message).await;
    let row = bundle.recorded("e").await;
    assert_eq!(states(&row), ["open", "pending", "pending"]);
    bundle.stack.settled().await.unwrap();
    worker.settles(&message).await;
    bundle.stack.settled().await.unwrap();
    let row = bundle.recorded("e").await;
    assert_eq!(row.outcome(), Outcome::Done);
    assert_eq!(states(&row), ["sent", "sent", "sent"]);
    assert_eq!(
        received(&bundle, &bundle.rival).await,
        ["one is free", "two is free"]
    );
}

#[tokio::test]
async fn a_forced_replay_tells_it_again() {
    let bundle = scene().await;
    worker(&bundle).settles(&told(&bundle, "one").await).await;
    bundle.stack.settled().await.unwrap();
    let (key, now) = (bundle.key(Some(&bundle.guest), "e"), Timestamp(1));
    let raw = json!({"type": "message", "mode": "active", "source": {"type": "user", "userId": bundle.guest},
        "replyToken": "too old", "message": {"type": "text", "text": format!("tell {} one", bundle.rival)}});
    let (store, queue) = (&bundle.stack.store, &bundle.stack.queue);
    let raw = raw.to_string();
    let queued = replay(store, queue, &key, Some(&raw), Mode::Force, now);
    queued.await.unwrap();
    bundle.stack.settled().await.unwrap();
    assert_eq!(
        received(&bundle, &bundle.rival).await,
        ["one is free", "one is free"]
    );
}

#[tokio::test]
async fn a_signal_of_an_ended_attachment_is_silent_though_the_account_is_back() {
    let bundle = scene().await;
    let worker = worker(&bundle);
    let now = worker.clock.timestamp();
    let bot = BotId::new(&bundle.bot).unwrap();
    let relinked = bundle.stack.store.update_bot(&bot, |row| {
        row.state.detach(now.plus(SECOND));
        row.state.attach(now.plus(2 * SECOND), &Scopes::Unknown);
    });
    relinked.await.unwrap();
    let signal = signal(&bundle, json!({"table": "one"}), now);
    worker.settles(&signal).await;
    let row = bundle.recorded("s").await;
    assert_eq!(row.verdict(), Verdict::Recorded);
    let reason = "the signal was sent before the account was detached";
    assert_eq!(row.reason(), Some(reason));
}

#[tokio::test]
async fn a_payload_that_its_handler_cannot_read_is_the_modules_failure_and_names_the_signal() {
    let bundle = scene().await;
    let worker = worker(&bundle);
    let signal = signal(&bundle, json!(7), worker.clock.timestamp());
    worker.gives_back(&signal).await;
    let row = bundle.recorded("s").await;
    let reason = row.reason().unwrap();
    assert!(
        reason.starts_with("the payload of the signal \"table freed\":"),
        "{reason}"
    );
}

#[tokio::test]
async fn line_makes_no_signal() {
    let bundle = scene().await;
    for kind in ["signal", "@signal"] {
        let event = json!({"type": kind, "webhookEventId": format!("e{kind}"), "epoch": i64::MAX,
            "name": Freed::NAME, "payload": {"table": "one"}, "mode": "active"});
        let guest = Some(bundle.guest.as_str());
        bundle
            .line_sends(guest, vec![event], DeliverOptions::default())
            .await;
        let row = bundle.recorded(&format!("e{kind}")).await;
        assert!(row.reason().unwrap().contains("type is not known"));
    }
    assert!(received(&bundle, &bundle.guest).await.is_empty());
}
