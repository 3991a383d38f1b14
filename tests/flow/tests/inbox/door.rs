//! At the door: what is taken, what is refused, and how its caller is told.

use super::*;

#[tokio::test]
async fn each_refusal_is_told_in_a_word_and_with_its_remedy() {
    let scene = Scene::begin().await;
    let bundle = &scene.bundle;
    let before = bundle.queue_requests();
    let chat = Some(bundle.guest.as_str());
    let good = bundle.signed_call(chat, &booking("web-1"), NOW);
    let stale = Duration::from_secs(310);
    let now = Timestamp::from(bundle.stack.line.now());
    let of = |path: &str, body: &Value| SignedCall::new(INBOX_KEY, now, path, body);
    let path = bundle.inbox_path(chat);
    let large = json!({"name": "booked", "id": "1", "payload": "x".repeat(64 * 1024)});
    let without = |change: fn(&mut SignedCall)| {
        let mut call = good.clone();
        change(&mut call);
        call
    };
    let other_key = SignedCall::new("another", now, &path, &booking("web-1"));
    let elsewhere = SignedCall {
        path: bundle.inbox_path(Some(&bundle.rival)),
        ..good.clone()
    };
    let cases = [
        (401, "unsigned", without(|call| call.signature = None)),
        (401, "unsigned", without(|call| call.timestamp = None)),
        (
            401,
            "unsigned",
            without(|call| call.timestamp = Some("now".into())),
        ),
        (401, "wrong_signature", other_key),
        (401, "wrong_signature", without(|call| call.body.push(' '))),
        (401, "wrong_signature", elsewhere),
        (
            403,
            "stale_timestamp",
            bundle.signed_call(chat, &booking("1"), stale),
        ),
        (
            403,
            "stale_timestamp",
            SignedCall::new(INBOX_KEY, now.plus(stale), &path, &booking("1")),
        ),
        (404, "unknown_account", of("/inbox/nobody", &booking("1"))),
        (404, "unknown_account", of("/inbox/C0123/L1", &booking("1"))),
        (
            404,
            "unknown_chat",
            of(&format!("/inbox/{}/a.b", bundle.bot), &booking("1")),
        ),
        (413, "too_large", of(&path, &large)),
        (413, "too_large", of(&path, &json!("x".repeat(1024 * 1024)))),
        (400, "malformed", of(&path, &json!("no JSON"))),
        (
            400,
            "malformed",
            of(&path, &json!({"name": "booked", "id": "1"})),
        ),
        (
            400,
            "malformed",
            of(&path, &json!({"name": "", "id": "1", "payload": 1})),
        ),
        (
            400,
            "malformed",
            of(&path, &json!({"name": "a", "id": "a b", "payload": 1})),
        ),
        (
            400,
            "malformed",
            of(&path, &json!(r#"{"name":"a","id":"1","payload":"\ud800"}"#)),
        ),
        (
            400,
            "malformed",
            of(
                &path,
                &json!(format!(
                    r#"{{"name":"a","id":"1","payload":{}{}}}"#,
                    "[".repeat(500),
                    "]".repeat(500)
                )),
            ),
        ),
    ];
    for (status, word, call) in cases {
        let (answered, body) = bundle.posts_to_inbox(&call).await;
        assert_eq!((answered, &body["error"]), (status, &json!(word)), "{body}");
        assert!(body["message"].as_str().unwrap().len() > 40, "{body}");
    }
    assert_eq!(bundle.queue_requests(), before);
    assert_eq!(bundle.posts_to_inbox(&good).await.0, 202);
    scene.settled().await;
    assert_eq!(scene.heard(), ["table 4"]);
}

#[tokio::test]
async fn a_call_is_good_for_five_minutes_either_way() {
    let scene = Scene::begin().await;
    let chat = Some(scene.bundle.guest.as_str());
    let nearly = Duration::from_secs(290);
    let before = scene.bundle.signed_call(chat, &booking("1"), nearly);
    assert_eq!(scene.bundle.posts_to_inbox(&before).await.0, 202);
    let now = Timestamp::from(scene.bundle.stack.line.now());
    let path = scene.bundle.inbox_path(chat);
    let ahead = SignedCall::new(INBOX_KEY, now.plus(nearly), &path, &booking("2"));
    assert_eq!(scene.bundle.posts_to_inbox(&ahead).await.0, 202);
    scene.settled().await;
}

#[tokio::test]
async fn nothing_else_is_routed_to_the_inbox() {
    let scene = Scene::begin().await;
    let path = scene.bundle.inbox_path(Some(&scene.bundle.guest));
    for path in [format!("{path}/more"), "/inbox".into(), "/inbox/".into()] {
        let now = Timestamp::from(scene.bundle.stack.line.now());
        let call = SignedCall::new(INBOX_KEY, now, &path, &booking("1"));
        let (status, body) = scene.bundle.posts_to_inbox(&call).await;
        assert_eq!((status, &body["error"]), (404, &Value::Null), "{path}");
    }
}

#[tokio::test]
async fn a_command_that_could_not_be_queued_is_503_and_may_be_sent_again() {
    let scene = Scene::begin().await;
    let chat = Some(scene.bundle.guest.as_str());
    scene.bundle.stack.sqs_gate.set(GateState::Shut);
    let call = scene.bundle.signed_call(chat, &booking("web-1"), NOW);
    let (status, body) = scene.bundle.posts_to_inbox(&call).await;
    assert_eq!((status, &body["error"]), (503, &json!("not_queued")));
    scene.bundle.stack.sqs_gate.set(GateState::Open);
    assert_eq!(scene.bundle.posts_to_inbox(&call).await.0, 202);
    scene.settled().await;
    assert_eq!(scene.heard(), ["table 4"]);
}

#[tokio::test]
async fn a_queue_that_never_answers_is_503_before_the_caller_gives_up() {
    let scene = Scene::begin().await;
    scene.bundle.stack.sqs.faults().never_answer();
    let chat = Some(scene.bundle.guest.as_str());
    let call = scene.bundle.signed_call(chat, &booking("web-1"), NOW);
    let begun = std::time::Instant::now();
    assert_eq!(scene.bundle.posts_to_inbox(&call).await.0, 503);
    assert!(begun.elapsed() < inbox::TIMEOUT, "{:?}", begun.elapsed());
}

#[tokio::test]
async fn who_may_invoke_the_function_needs_no_signature() {
    let scene = Scene::begin().await;
    let inbox = Inbox::new(&scene.bundle);
    let (bot, guest) = (&scene.bundle.bot, &scene.bundle.guest);
    let event =
        json!({"bot": bot, "chat": guest, "name": "booked", "id": "1", "payload": {"table": 4}});
    let answer = inbox.is_invoked(event.clone()).await.unwrap();
    assert_eq!(answer, json!({"status": 202, "event": "command-1"}));
    let account = json!({"bot": bot, "name": "opened", "id": "1", "payload": "10-22"});
    assert_eq!(inbox.is_invoked(account).await.unwrap()["status"], 202);
    scene.settled().await;
    assert_eq!(scene.heard().len(), 2);

    let mut wrong = event.clone();
    wrong["payload"] = Value::Null;
    wrong["payloads"] = json!(1);
    let refused = inbox.is_invoked(wrong).await.unwrap();
    assert_eq!(
        (&refused["status"], &refused["error"]),
        (&json!(400), &json!("malformed"))
    );
    inbox
        .queue
        .next("SendMessageBatch", Fate::Answered(400, "{}".into()));
    inbox
        .queue
        .next("SendMessageBatch", Fate::Answered(400, "{}".into()));
    let error = inbox.is_invoked(event).await.unwrap_err();
    assert_eq!(
        error,
        "The command could not be queued. Send it again, with the same id."
    );
}

/// Else a caller with the role could be led to believe that it was checked.
#[tokio::test]
async fn an_invocation_that_looks_like_a_request_must_be_signed() {
    let scene = Scene::begin().await;
    let inbox = Inbox::new(&scene.bundle);
    let mut call = scene.bundle.signed_call(None, &booking("1"), NOW);
    call.signature = None;
    let answer = inbox.is_invoked(call.event()).await.unwrap();
    assert_eq!(answer["statusCode"], 401);
}

#[tokio::test]
async fn what_the_inbox_refuses_and_what_it_takes_is_counted() {
    let scene = Scene::begin().await;
    let inbox = Inbox::new(&scene.bundle);
    let chat = Some(scene.bundle.guest.as_str());
    let good = scene.bundle.signed_call(chat, &booking("1"), NOW);
    assert_eq!(inbox.is_posted(&good).await.0, 202);
    assert!(!inbox.lines.set_off("UnsignedCommandsAlarm"));
    let unsigned = SignedCall {
        signature: None,
        ..good.clone()
    };
    for _ in 0..3 {
        assert_eq!(inbox.is_posted(&unsigned).await.0, 401);
    }
    assert_eq!(inbox.lines.sum("InboxCalls"), 4);
    assert_eq!(inbox.lines.sum("CommandsQueued"), 1);
    assert_eq!(inbox.lines.sum("CommandsUnsigned"), 3);
    assert!(inbox.lines.set_off("UnsignedCommandsAlarm"));
    assert!(!inbox.lines.set_off("CommandsNotQueuedAlarm"));
    for _ in 0..2 {
        inbox
            .queue
            .next("SendMessageBatch", Fate::Answered(400, "{}".into()));
    }
    assert_eq!(inbox.is_posted(&good).await.0, 503);
    assert!(inbox.lines.set_off("CommandsNotQueuedAlarm"));
}

/// As the box on the emulator's page for a chat does it.
#[tokio::test]
async fn the_emulators_page_speaks_for_the_companys_systems() {
    let scene = Scene::begin().await;
    let (bot, guest) = (&scene.bundle.bot, &scene.bundle.guest);
    let page = format!(
        "{}/chats/{bot}/{guest}",
        scene.bundle.stack.addresses.line_url
    );
    let client = reqwest::Client::new();
    let shown = client
        .get(&page)
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert!(shown.contains("From the company’s systems"));
    let post = async |payload: &str| {
        let fields = [("name", "booked"), ("payload", payload)];
        let request = client.post(format!("{page}/company")).form(&fields);
        let request = request.header("accept", "application/json");
        request.send().await.unwrap()
    };
    assert_eq!(post(r#"{"table": 4}"#).await.status().as_u16(), 204);
    scene.settled().await;
    assert_eq!(scene.bundle.received().await, ["Table 4 is yours."]);
    let refused = post("{").await.text().await.unwrap();
    assert!(refused.contains("the payload: EOF"), "{refused}");
}

/// More of it: `cargo run -p flow --example inbox`.
#[tokio::test]
async fn none_is_lost_and_none_comes_twice_while_the_queue_fails() {
    let figures = inbox_faults(7, 300).await;
    assert_eq!(figures.commands, 300);
    assert!(figures.failed > 0, "{figures}");
}
