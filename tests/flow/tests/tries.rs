//! A reply meets trouble on its way: the user has it once or not at all, and the
//! ledger says which.

use std::time::Duration;

use emulator::{Fault, FaultKind};
use flow::Bundle;
use flow::faulty::{Fate, Held};
use flow::worker::{Message, Worker, open_tries, states};
use line_module::{Context, Event, Module, ModuleError, Text};
use serde_json::json;
use shared::domain::{Outcome, Verdict};
use shared::store::{AttachUnderWay, browser_hash};

const REPLY: &str = "/v2/bot/message/reply";
const PUSH: &str = "/v2/bot/message/push";
const TOKEN: &str = "/oauth2/v3/token";

/// Answers everything with "hi".
#[derive(Clone, Copy)]
struct Answers {
    or_push: bool,
}

const ONLY_BY_REPLY: Answers = Answers { or_push: false };
const OR_BY_PUSH: Answers = Answers { or_push: true };

impl Module for Answers {
    async fn handle(&self, cx: &mut Context<'_>, _: &Event) -> Result<(), ModuleError> {
        if let Some(mut cx) = cx.active() {
            cx.reply(&[Text::new("hi")])?;
        }
        Ok(())
    }

    fn may_push_instead_of_reply(&self) -> bool {
        self.or_push
    }
}

/// The first user writes: the event `e`.
async fn written(bundle: &Bundle) -> Message {
    let event = json!({"type": "message", "webhookEventId": "e", "message": {"type": "text", "text": "hello"}});
    bundle.message(&bundle.guest, vec![event]).await
}

/// LINE meets the next call of a path with a fault.
#[expect(clippy::unwrap_used, reason = "part of tests")]
async fn line_fails(bundle: &Bundle, path: &str, kind: FaultKind) {
    let fault = Fault::new(format!("POST {path}"), 1, kind);
    bundle.stack.line.add_faults(vec![fault]).await.unwrap();
}

/// The user has it once, the event is settled, and no try is left open.
async fn sent_once(bundle: &Bundle) {
    assert_eq!(bundle.received().await, ["hi"]);
    let row = bundle.recorded("e").await;
    assert_eq!(states(&row), ["sent"], "{row:?}");
    // What LINE's support asks for.
    assert!(row.trace().effects[0].request_id.is_some(), "{row:?}");
    assert_eq!(row.outcome(), Outcome::Done);
}

/// A worker makes a call, and is killed before it sees the answer.
async fn killed_at(worker: &Worker<Answers>, path: &str, message: &Message) {
    let held = Held::default();
    worker.line.next(path, Fate::AnswerHeld(held.clone()));
    tokio::select! {
        _ = worker.is_given([message]) => unreachable!("it waits for an answer"),
        () = held.is_there() => {}
    }
}

/// The tokens of all events are too old for LINE.
async fn tokens_grow_old(bundle: &Bundle) {
    bundle
        .stack
        .line
        .advance_clock(Duration::from_secs(3600))
        .await;
}

/// Two workers at one event: the queue gave it to both.
fn two_workers(bundle: &Bundle, module: Answers) -> (Worker<Answers>, Worker<Answers>) {
    (Worker::new(bundle, module), Worker::new(bundle, module))
}

async fn another_worker_replies_first(module: Answers) {
    let bundle = Bundle::attached().await;
    let (first, second) = two_workers(&bundle, module);
    let message = written(&bundle).await;
    let held = Held::default();
    first.line.next(REPLY, Fate::RequestHeld(held.clone()));
    let overtaken = async {
        held.is_there().await;
        second.settles(&message).await;
        held.let_go();
    };
    tokio::join!(first.settles(&message), overtaken);
    let statuses: Vec<_> = bundle
        .calls(REPLY)
        .await
        .iter()
        .map(|call| call.status)
        .collect();
    assert_eq!(statuses, [200, 400]);
    sent_once(&bundle).await;
    assert_eq!(open_tries(&bundle.recorded("e").await), 0);
}

#[tokio::test]
async fn a_worker_that_finds_the_token_used_by_another_does_not_push() {
    another_worker_replies_first(OR_BY_PUSH).await;
}

#[tokio::test]
async fn a_worker_that_finds_the_token_used_by_another_does_not_park_what_is_sent() {
    another_worker_replies_first(ONLY_BY_REPLY).await;
}

#[tokio::test]
async fn a_reply_that_another_worker_gave_up_as_unknown_is_sent_once_its_answer_comes() {
    let bundle = Bundle::attached().await;
    let (first, second) = two_workers(&bundle, OR_BY_PUSH);
    let message = written(&bundle).await;
    let held = Held::default();
    first.line.next(REPLY, Fate::AnswerHeld(held.clone()));
    let meanwhile = async {
        held.is_there().await;
        second.settles(&message).await;
        let row = bundle.recorded("e").await;
        assert_eq!(states(&row), ["unknown"], "{row:?}");
        held.let_go();
    };
    tokio::join!(first.settles(&message), meanwhile);
    sent_once(&bundle).await;
}

#[tokio::test]
async fn after_a_worker_was_killed_its_reply_is_unknown_and_neither_pushed_nor_parked() {
    for module in [ONLY_BY_REPLY, OR_BY_PUSH] {
        let bundle = Bundle::attached().await;
        let worker = Worker::new(&bundle, module);
        let message = written(&bundle).await;
        killed_at(&worker, REPLY, &message).await;
        worker.settles(&message).await;
        assert_eq!(bundle.received().await, ["hi"]);
        let row = bundle.recorded("e").await;
        assert_eq!(
            (states(&row), row.outcome()),
            (vec!["unknown"], Outcome::Done)
        );
    }
}

// A push in place of a reply.

#[tokio::test]
async fn where_the_token_is_too_old_the_answer_comes_by_push() {
    let bundle = Bundle::attached().await;
    let worker = Worker::new(&bundle, OR_BY_PUSH);
    let message = written(&bundle).await;
    tokens_grow_old(&bundle).await;
    worker.settles(&message).await;
    sent_once(&bundle).await;
    assert_eq!(bundle.calls(PUSH).await.len(), 1);
}

#[tokio::test]
async fn where_no_push_may_stand_in_an_old_token_parks_the_event() {
    let bundle = Bundle::attached().await;
    let worker = Worker::new(&bundle, ONLY_BY_REPLY);
    let message = written(&bundle).await;
    tokens_grow_old(&bundle).await;
    worker.settles(&message).await;
    let row = bundle.recorded("e").await;
    assert_eq!(
        (states(&row), row.outcome()),
        (vec!["expired"], Outcome::Parked)
    );
    assert_eq!(row.verdict(), Verdict::TokenExpired);
    assert!(row.raw().is_some_and(|raw| raw.contains("hello")));
}

#[tokio::test]
async fn after_a_worker_was_killed_at_the_push_it_is_made_again_with_its_key() {
    let bundle = Bundle::attached().await;
    let worker = Worker::new(&bundle, OR_BY_PUSH);
    let message = written(&bundle).await;
    tokens_grow_old(&bundle).await;
    killed_at(&worker, PUSH, &message).await;
    assert_eq!(states(&bundle.recorded("e").await), ["pushing"]);
    worker.settles(&message).await;
    sent_once(&bundle).await;
    one_key_and_statuses(&bundle, &[200, 409]).await;
}

#[tokio::test]
async fn a_push_in_place_of_a_reply_that_meets_a_500_is_made_again_with_its_key() {
    let bundle = Bundle::attached().await;
    let worker = Worker::new(&bundle, OR_BY_PUSH);
    let message = written(&bundle).await;
    tokens_grow_old(&bundle).await;
    line_fails(&bundle, PUSH, FaultKind::ServerError).await;
    worker.gives_back(&message).await;
    worker.settles(&message).await;
    sent_once(&bundle).await;
    one_key_and_statuses(&bundle, &[500, 200]).await;
    assert_eq!(bundle.calls(REPLY).await.len(), 1);
}

#[tokio::test]
async fn a_push_in_place_of_a_reply_is_made_once_though_the_tables_answer_is_lost() {
    for lost in [1, 2] {
        let bundle = Bundle::attached().await;
        let worker = Worker::new(&bundle, OR_BY_PUSH);
        let message = written(&bundle).await;
        tokens_grow_old(&bundle).await;
        worker.table.loses("PutItem", lost);
        match lost {
            1 => worker.settles(&message).await,
            _ => {
                worker.gives_back(&message).await;
                assert_eq!(bundle.received().await.len(), 0);
                worker.settles(&message).await;
            }
        }
        assert!(worker.table.is_spent());
        sent_once(&bundle).await;
        one_key_and_statuses(&bundle, &[200]).await;
    }
}

/// LINE forgets a key after 24 hours: the same push would be another message.
#[tokio::test]
async fn a_push_without_an_answer_is_not_made_again_when_line_forgets_its_key() {
    let bundle = Bundle::attached().await;
    let worker = Worker::new(&bundle, OR_BY_PUSH);
    let message = written(&bundle).await;
    tokens_grow_old(&bundle).await;
    line_fails(&bundle, PUSH, FaultKind::ServerError).await;
    worker.gives_back(&message).await;
    worker.clock.advance(Duration::from_secs(23 * 3600));
    worker.settles(&message).await;
    assert_eq!(states(&bundle.recorded("e").await), ["unknown"]);
    assert_eq!(bundle.calls(PUSH).await.len(), 1);
}

#[tokio::test]
async fn a_push_without_an_answer_is_made_again_as_long_as_line_knows_its_key() {
    let bundle = Bundle::attached().await;
    let worker = Worker::new(&bundle, OR_BY_PUSH);
    let message = written(&bundle).await;
    tokens_grow_old(&bundle).await;
    line_fails(&bundle, PUSH, FaultKind::TimeoutAfterAccept).await;
    worker.gives_back(&message).await;
    worker.clock.advance(Duration::from_secs(22 * 3600));
    worker.settles(&message).await;
    sent_once(&bundle).await;
    one_key_and_statuses(&bundle, &[200, 409]).await;
}

async fn one_key_and_statuses(bundle: &Bundle, statuses: &[u16]) {
    let pushes = bundle.calls(PUSH).await;
    let seen: Vec<_> = pushes.iter().map(|call| call.status).collect();
    assert_eq!(seen, statuses);
    let key = |call: &emulator::Call| call.headers["x-line-retry-key"].clone();
    assert!(pushes.iter().all(|call| key(call) == key(&pushes[0])));
}

/// The first one's reply is not taken, because the second has used the token; what became
/// of the second's reply is not known yet.
#[tokio::test]
async fn no_push_stands_in_for_a_reply_while_another_workers_try_is_open() {
    let bundle = Bundle::attached().await;
    let (first, second) = two_workers(&bundle, OR_BY_PUSH);
    let message = written(&bundle).await;
    let (request, answer) = (Held::default(), Held::default());
    first.line.next(REPLY, Fate::RequestHeld(request.clone()));
    second.line.next(REPLY, Fate::AnswerHeld(answer.clone()));
    let ends = async {
        first.settles(&message).await;
        answer.let_go();
    };
    let overtakes = async {
        request.is_there().await;
        second.is_given([&message]).await;
    };
    let lets_go = async {
        answer.is_there().await;
        request.let_go();
    };
    tokio::join!(ends, overtakes, lets_go);
    assert!(bundle.calls(PUSH).await.is_empty());
    sent_once(&bundle).await;
}

/// The event comes to a worker that cannot read the table, and notes that.
async fn is_noted_as_failing(bundle: &Bundle, message: &Message) {
    let worker = Worker::new(bundle, OR_BY_PUSH);
    for _ in 0..2 {
        worker.table.next("BatchGetItem", Fate::Unreachable);
    }
    worker.gives_back(message).await;
}

#[tokio::test]
async fn a_push_stands_in_for_a_reply_though_another_worker_has_noted_a_failure_meanwhile() {
    let bundle = Bundle::attached().await;
    let worker = Worker::new(&bundle, OR_BY_PUSH);
    let message = written(&bundle).await;
    let held = Held::default();
    worker.line.next(REPLY, Fate::RequestHeld(held.clone()));
    let meanwhile = async {
        held.is_there().await;
        is_noted_as_failing(&bundle, &message).await;
        tokens_grow_old(&bundle).await;
        held.let_go();
    };
    tokio::join!(worker.settles(&message), meanwhile);
    assert_eq!(bundle.calls(PUSH).await.len(), 1);
    sent_once(&bundle).await;
}

// The table's answers are lost.

#[tokio::test]
async fn a_commit_whose_answer_is_lost_is_found_and_its_reply_sent() {
    for lost in [1, 2] {
        let bundle = Bundle::attached().await;
        let worker = Worker::new(&bundle, OR_BY_PUSH);
        let message = written(&bundle).await;
        worker.table.loses("TransactWriteItems", lost);
        worker.settles(&message).await;
        assert!(worker.table.is_spent());
        sent_once(&bundle).await;
    }
}

/// The first try is throttled; LINE has surely not taken it.
async fn throttled(bundle: &Bundle, worker: &Worker<Answers>, message: &Message) {
    line_fails(bundle, REPLY, FaultKind::RateLimit).await;
    worker.gives_back(message).await;
}

#[tokio::test]
async fn a_try_whose_beginning_was_not_answered_goes_on_when_the_table_answers_again() {
    let bundle = Bundle::attached().await;
    let worker = Worker::new(&bundle, ONLY_BY_REPLY);
    let message = written(&bundle).await;
    throttled(&bundle, &worker, &message).await;
    worker.table.loses("PutItem", 1);
    worker.settles(&message).await;
    assert!(worker.table.is_spent());
    sent_once(&bundle).await;
}

#[tokio::test]
async fn a_try_that_may_or_may_not_have_begun_sends_nothing_and_the_next_one_does() {
    let bundle = Bundle::attached().await;
    let worker = Worker::new(&bundle, OR_BY_PUSH);
    let message = written(&bundle).await;
    throttled(&bundle, &worker, &message).await;
    worker.table.loses("PutItem", 2);
    worker.gives_back(&message).await;
    assert_eq!(bundle.calls(REPLY).await.len(), 1);
    worker.settles(&message).await;
    sent_once(&bundle).await;
}

/// It stands in the table, and another worker has written since: it is the same try still.
#[tokio::test]
async fn a_try_that_began_unseen_and_was_overtaken_goes_on_without_doubt() {
    let bundle = Bundle::attached().await;
    let worker = Worker::new(&bundle, OR_BY_PUSH);
    let message = written(&bundle).await;
    for _ in 0..2 {
        worker.table.next(".GetItem", Fate::Unreachable); // its failure is not noted
    }
    throttled(&bundle, &worker, &message).await;
    let held = Held::default();
    worker.table.loses("PutItem", 1);
    let again = Fate::RequestHeld(held.clone());
    worker.table.next("PutItem", again);
    let meanwhile = async {
        held.is_there().await;
        is_noted_as_failing(&bundle, &message).await;
        held.let_go();
    };
    tokio::join!(worker.settles(&message), meanwhile);
    sent_once(&bundle).await;
}

/// The write that ends a try must not end the next one, nor be taken for it.
#[tokio::test]
async fn a_try_ended_without_an_answer_does_not_hide_that_the_next_one_was_killed() {
    for lost in [1, 2] {
        let bundle = Bundle::attached().await;
        let worker = Worker::new(&bundle, OR_BY_PUSH);
        let message = written(&bundle).await;
        worker.table.loses("PutItem", lost);
        throttled(&bundle, &worker, &message).await;
        assert!(worker.table.is_spent());
        let row = bundle.recorded("e").await;
        assert_eq!(states(&row), ["pending"]);
        assert_eq!(open_tries(&row), 0, "{row:?}");

        killed_at(&worker, REPLY, &message).await;
        assert_eq!(open_tries(&bundle.recorded("e").await), 1);
        worker.settles(&message).await;
        assert_eq!(bundle.received().await, ["hi"]);
        assert_eq!(states(&bundle.recorded("e").await), ["unknown"]);
    }
}

#[tokio::test]
async fn a_reply_whose_end_was_not_answered_is_known_as_sent() {
    for lost in [1, 2] {
        let bundle = Bundle::attached().await;
        let worker = Worker::new(&bundle, OR_BY_PUSH);
        let message = written(&bundle).await;
        worker.table.loses("PutItem", lost);
        // Where the SDK's second try has no answer either, the worker looks at the row.
        worker.settles(&message).await;
        assert!(worker.table.is_spent());
        sent_once(&bundle).await;
        assert_eq!(bundle.calls(REPLY).await.len(), 1);
        let looks = worker.table.requests(".GetItem");
        assert!(looks.len() <= 1, "{lost} {looks:?}");
    }
}

/// An attach of this moment, which was begun.
#[expect(clippy::unwrap_used, reason = "part of tests")]
async fn begun<M: Module>(worker: &Worker<M>) -> AttachUnderWay {
    let expires_at = worker.clock.timestamp().seconds() + 600;
    let attach = AttachUnderWay::new(browser_hash("cookie"), "{}".into(), expires_at);
    let store = &worker.app.store;
    store.begin_attach("state", &attach).await.unwrap();
    attach
}

/// Whether this visit may finish it.
#[expect(clippy::unwrap_used, reason = "part of tests")]
async fn takes<M: Module>(worker: &Worker<M>, begun: &AttachUnderWay, visit: &str) -> bool {
    let (store, now) = (&worker.app.store, worker.clock.timestamp());
    let taken = store.take_attach("state", &begun.browser, visit, now);
    taken.await.unwrap().is_some()
}

#[tokio::test]
async fn an_attach_is_taken_once_though_the_tables_answer_is_lost() {
    let bundle = Bundle::start().await;
    let worker = Worker::new(&bundle, ONLY_BY_REPLY);
    let begun = begun(&worker).await;
    worker.table.loses("UpdateItem", 1);
    assert!(takes(&worker, &begun, "first visit").await);
    assert!(worker.table.is_spent());
    assert!(!takes(&worker, &begun, "second visit").await);
}

/// The first write was on its way for longer than its client waited.
#[tokio::test]
async fn an_attach_that_is_written_again_after_it_was_taken_stays_taken() {
    let bundle = Bundle::start().await;
    let worker = Worker::new(&bundle, ONLY_BY_REPLY);
    let begun = begun(&worker).await;
    assert!(takes(&worker, &begun, "first visit").await);
    let again = worker.app.store.begin_attach("state", &begun);
    again.await.unwrap();
    assert!(!takes(&worker, &begun, "second visit").await);
}

// The table fails in the middle of a plan.

/// Answers and takes the chat, or takes it and answers.
#[derive(Clone, Copy)]
struct TakesAndAnswers {
    first_the_answer: bool,
}

impl Module for TakesAndAnswers {
    async fn handle(&self, cx: &mut Context<'_>, _: &Event) -> Result<(), ModuleError> {
        if !self.first_the_answer {
            cx.acquire(None)?;
        }
        if let Some(mut cx) = cx.active() {
            cx.reply(&[Text::new("hi")])?;
        }
        match self.first_the_answer {
            true => cx.acquire(None),
            false => Ok(()),
        }
    }

    fn may_push_instead_of_reply(&self) -> bool {
        true
    }
}

/// The chat is taken, and that cannot be written: what was not tried stays so, and what was
/// sent is known to be.
#[tokio::test]
async fn a_try_that_the_table_cuts_short_ends_with_what_is_known() {
    for first_the_answer in [false, true] {
        let bundle = Bundle::attached().await;
        let worker = Worker::new(&bundle, TakesAndAnswers { first_the_answer });
        let message = written(&bundle).await;
        for _ in 0..2 {
            let away = r#"{"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError"}"#;
            worker
                .table
                .next("PutItem", Fate::Answered(500, away.into()));
        }
        worker.gives_back(&message).await;
        assert!(worker.table.is_spent());
        let row = bundle.recorded("e").await;
        let known = match first_the_answer {
            true => ["sent", "open"],
            false => ["open", "pending"],
        };
        assert_eq!(states(&row), known, "{row:?}");
        assert_eq!(open_tries(&row), 0, "{row:?}");

        tokens_grow_old(&bundle).await;
        worker.settles(&message.received(2)).await;
        let row = bundle.recorded("e").await;
        let answer = states(&row)[usize::from(!first_the_answer)];
        assert_eq!(answer, "sent", "{row:?}");
        assert_eq!(open_tries(&row), 0, "{row:?}");
        assert_eq!(bundle.received().await, ["hi"]);
    }
}

#[tokio::test]
async fn a_push_that_cannot_be_written_down_is_not_made_and_leaves_no_doubt() {
    let bundle = Bundle::attached().await;
    let worker = Worker::new(&bundle, OR_BY_PUSH);
    let message = written(&bundle).await;
    tokens_grow_old(&bundle).await;
    for _ in 0..2 {
        let away = r#"{"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError"}"#;
        worker
            .table
            .next("PutItem", Fate::Answered(500, away.into()));
    }
    worker.gives_back(&message).await;
    let row = bundle.recorded("e").await;
    assert_eq!((states(&row), open_tries(&row)), (vec!["pending"], 0));
    worker.settles(&message.received(2)).await;
    sent_once(&bundle).await;
}

/// Takes the chat for a minute, and answers.
#[derive(Clone, Copy)]
struct TakesForAMinute;

impl Module for TakesForAMinute {
    async fn handle(&self, cx: &mut Context<'_>, event: &Event) -> Result<(), ModuleError> {
        cx.acquire(Some(Duration::from_secs(60)))?;
        ONLY_BY_REPLY.handle(cx, event).await
    }

    fn may_push_instead_of_reply(&self) -> bool {
        true
    }
}

/// The table takes its time, and then the chat is no longer ours.
#[tokio::test]
async fn a_push_that_is_written_down_too_late_is_not_made() {
    let bundle = Bundle::attached().await;
    let worker = Worker::new(&bundle, TakesForAMinute);
    let message = written(&bundle).await;
    tokens_grow_old(&bundle).await;
    worker.clock.advance(Duration::from_secs(3600));
    let held = Held::default();
    worker.table.next("PutItem", Fate::Done); // that the chat is ours
    worker.table.next("PutItem", Fate::AnswerHeld(held.clone()));
    let meanwhile = async {
        held.is_there().await;
        worker.clock.advance(Duration::from_secs(59));
        held.let_go();
    };
    tokio::join!(worker.settles(&message), meanwhile);
    let row = bundle.recorded("e").await;
    assert_eq!(
        (states(&row), row.verdict()),
        (vec!["sent", "dropped"], Verdict::Standby),
        "{row:?}"
    );
    assert!(bundle.calls(PUSH).await.is_empty());
}

/// LINE has only refused the push for now: it is known not to be sent.
#[tokio::test]
async fn a_push_that_was_refused_for_now_is_dropped_once_the_chat_is_lost() {
    let bundle = Bundle::attached().await;
    let worker = Worker::new(&bundle, OR_BY_PUSH);
    let message = written(&bundle).await;
    tokens_grow_old(&bundle).await;
    let refusal = r#"{"message":"The API rate limit has been exceeded. Try again later."}"#;
    worker.line.next(PUSH, Fate::Answered(429, refusal.into()));
    worker.gives_back(&message).await;
    assert_eq!(states(&bundle.recorded("e").await), ["pushing"]);

    let at = worker.clock.timestamp();
    let deactivated = json!({"type": "deactivated", "webhookEventId": "d", "timestamp": at});
    let handover = bundle.message(&bundle.guest, vec![deactivated]).await;
    worker.settles(&handover).await;
    worker.settles(&message.received(2)).await;
    let row = bundle.recorded("e").await;
    assert_eq!(
        (states(&row), row.verdict()),
        (vec!["dropped"], Verdict::Standby),
        "{row:?}"
    );
}

// LINE's token endpoint is in trouble: no reply was tried.

/// Trouble before the reply left us: it comes again. Later than its token lives,
/// a push may surely stand in.
async fn nothing_was_tried(bundle: &Bundle, worker: &Worker<Answers>, message: &Message) {
    worker.gives_back(message).await;
    let row = bundle.recorded("e").await;
    assert_eq!(states(&row), ["pending"], "{row:?}");
    assert_eq!(bundle.received().await.len(), 0);
    worker.clock.advance(Duration::from_secs(120));
    worker.settles(message).await;
    sent_once(bundle).await;
    assert_eq!(bundle.calls(PUSH).await.len(), 1);
}

#[tokio::test]
async fn a_500_of_the_token_endpoint_leaves_no_doubt_about_the_reply() {
    let bundle = Bundle::attached().await;
    let worker = Worker::new(&bundle, OR_BY_PUSH);
    let message = written(&bundle).await;
    line_fails(&bundle, TOKEN, FaultKind::ServerError).await;
    nothing_was_tried(&bundle, &worker, &message).await;
}

#[tokio::test]
async fn a_refusal_of_the_token_endpoint_is_not_the_replys() {
    let bundle = Bundle::attached().await;
    let worker = Worker::new(&bundle, OR_BY_PUSH);
    let message = written(&bundle).await;
    let refusal = json!({"error": "invalid_request", "error_description": "some parameters missed or invalid"});
    worker
        .line
        .next(TOKEN, Fate::Answered(400, refusal.to_string()));
    nothing_was_tried(&bundle, &worker, &message).await;
}

#[tokio::test]
async fn a_token_that_line_does_not_take_and_cannot_replace_leaves_no_doubt_about_the_reply() {
    let bundle = Bundle::attached().await;
    let worker = Worker::new(&bundle, OR_BY_PUSH);
    let message = written(&bundle).await;
    worker.app.line.ready().await.unwrap();
    line_fails(&bundle, TOKEN, FaultKind::ServerError).await;
    worker.line.next(REPLY, Fate::Answered(401, "{}".into()));
    nothing_was_tried(&bundle, &worker, &message).await;
}

#[tokio::test]
async fn a_line_that_cannot_be_reached_leaves_no_doubt_about_the_reply() {
    let bundle = Bundle::attached().await;
    let worker = Worker::new(&bundle, OR_BY_PUSH);
    let message = written(&bundle).await;
    worker.line.next(REPLY, Fate::Unreachable);
    nothing_was_tried(&bundle, &worker, &message).await;
}

// What LINE says.

#[tokio::test]
async fn a_refusal_after_a_500_does_not_say_that_nothing_was_sent() {
    let bundle = Bundle::attached().await;
    let worker = Worker::new(&bundle, OR_BY_PUSH);
    let message = written(&bundle).await;
    line_fails(&bundle, REPLY, FaultKind::ServerError).await;
    line_fails(&bundle, REPLY, FaultKind::MonthlyLimit).await;
    worker.gives_back(&message).await;
    assert_eq!(states(&bundle.recorded("e").await), ["open"]);
    worker.settles(&message).await;
    let row = bundle.recorded("e").await;
    assert_eq!(
        (states(&row), row.outcome()),
        (vec!["unknown"], Outcome::Done)
    );
    assert!(bundle.calls(PUSH).await.is_empty());
}

/// What is throttled was not sent; what an earlier try has sent stays in doubt.
#[tokio::test]
async fn a_429_after_a_500_does_not_say_that_nothing_was_sent() {
    let bundle = Bundle::attached().await;
    let worker = Worker::new(&bundle, OR_BY_PUSH);
    let message = written(&bundle).await;
    line_fails(&bundle, REPLY, FaultKind::ServerError).await;
    worker.gives_back(&message).await;
    throttled(&bundle, &worker, &message).await;
    assert_eq!(states(&bundle.recorded("e").await), ["open"]);
    tokens_grow_old(&bundle).await;
    worker.settles(&message).await;
    assert_eq!(states(&bundle.recorded("e").await), ["unknown"]);
    assert!(bundle.calls(PUSH).await.is_empty());
}

#[tokio::test]
async fn a_refusal_alone_parks_the_event_with_lines_reason() {
    let bundle = Bundle::attached().await;
    let worker = Worker::new(&bundle, OR_BY_PUSH);
    let message = written(&bundle).await;
    line_fails(&bundle, REPLY, FaultKind::MonthlyLimit).await;
    worker.settles(&message).await;
    let row = bundle.recorded("e").await;
    assert_eq!(
        (states(&row), row.outcome()),
        (vec!["refused"], Outcome::Parked)
    );
    assert!(
        row.reason()
            .is_some_and(|reason| reason.contains("monthly"))
    );
    assert_eq!(row.ends_at(), None);
}

/// A row of the table has a limit; LINE's words have none.
#[tokio::test]
async fn a_refusal_of_many_words_parks_the_event_with_the_first_of_them() {
    let bundle = Bundle::attached().await;
    let worker = Worker::new(&bundle, ONLY_BY_REPLY);
    let message = written(&bundle).await;
    let refusal = json!({"message": format!("no: {}", "だめ".repeat(75_000))});
    worker
        .line
        .next(REPLY, Fate::Answered(400, refusal.to_string()));
    worker.settles(&message).await;
    let row = bundle.recorded("e").await;
    assert_eq!(row.outcome(), Outcome::Parked);
    let reason = row.reason().unwrap();
    assert!(reason.contains("no: だめ"), "{reason}");
    assert!(reason.len() < 1000, "{}", reason.len());
}

/// Each try is judged again.
#[tokio::test]
async fn what_waits_for_another_try_is_dropped_when_the_chat_is_handed_over() {
    let bundle = Bundle::attached().await;
    let worker = Worker::new(&bundle, OR_BY_PUSH);
    let message = written(&bundle).await;
    throttled(&bundle, &worker, &message).await;
    let at = worker.clock.timestamp();
    let deactivated = json!({"type": "deactivated", "webhookEventId": "over", "timestamp": at});
    let handover = bundle.message(&bundle.guest, vec![deactivated]).await;
    worker.settles(&handover).await;
    worker.settles(&message).await;
    assert_eq!(states(&bundle.recorded("e").await), ["dropped"]);
    assert_eq!(bundle.calls(REPLY).await.len(), 1);
}

#[tokio::test]
async fn what_a_killed_worker_may_have_sent_is_not_called_refused() {
    let bundle = Bundle::attached().await;
    let (first, second) = two_workers(&bundle, ONLY_BY_REPLY);
    let message = written(&bundle).await;
    let held = Held::default();
    first.line.next(REPLY, Fate::RequestHeld(held.clone()));
    let overtaken = async {
        held.is_there().await;
        killed_at(&second, REPLY, &message).await;
        held.let_go();
    };
    tokio::join!(first.is_given([&message]), overtaken);
    assert_eq!(bundle.received().await, ["hi"]);
    let row = bundle.recorded("e").await;
    assert_eq!(
        (states(&row), row.outcome()),
        (vec!["unknown"], Outcome::Done)
    );
}
