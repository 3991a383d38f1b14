//! Behind the door: a command is an event of its chat, in order and once.

use super::*;

#[tokio::test]
async fn a_booking_of_the_web_is_confirmed_in_the_chat() {
    let scene = Scene::begin().await;
    scene
        .company_says("booked", "web-1", &json!({"table": 4}))
        .await;
    assert_eq!(scene.heard(), ["table 4"]);
    assert_eq!(scene.bundle.received().await, ["Table 4 is yours."]);
    let row = scene.bundle.recorded("command-web-1").await;
    assert_eq!(
        (row.kind.as_str(), row.verdict()),
        ("@command", Verdict::Handled)
    );
}

#[tokio::test]
async fn a_command_to_the_account_is_of_no_chat_and_records_no_silence() {
    let scene = Scene::begin().await;
    scene
        .company_says_to(None, "opened", "1", &json!("10-22"))
        .await;
    assert_eq!(
        scene.heard(),
        [format!("{} is open 10-22", scene.bundle.bot)]
    );
    let row = scene.bundle.record(None, "command-1").await.unwrap();
    assert_eq!((row.verdict(), row.silence), (Verdict::Handled, None));
}

#[tokio::test]
async fn commands_are_in_order_with_the_messages_of_their_chat() {
    let scene = Scene::begin().await;
    // The worker cannot go on, so that all of it waits in the queue.
    scene.bundle.stack.dynamodb_gate.set(GateState::Shut);
    let mut expected = Vec::new();
    for n in 0..5 {
        scene.message(&format!("message {n}")).await;
        let body = json!({"name": "booked", "id": format!("web-{n}"), "payload": {"table": n}});
        let call = scene
            .bundle
            .signed_call(Some(&scene.bundle.guest), &body, NOW);
        assert_eq!(scene.bundle.posts_to_inbox(&call).await.0, 202);
        expected.extend([format!("message {n}"), format!("table {n}")]);
    }
    scene.bundle.stack.dynamodb_gate.set(GateState::Open);
    scene.settled().await;
    assert_eq!(scene.heard(), expected);
}

#[tokio::test]
async fn the_same_id_twice_is_once_and_in_another_chat_another() {
    let scene = Scene::begin().await;
    for table in [4, 5] {
        scene
            .company_says("booked", "web-1", &json!({"table": table}))
            .await;
    }
    assert_eq!(scene.heard(), ["table 4"]);
    let rival = scene.bundle.rival.clone();
    scene
        .company_says_to(Some(&rival), "booked", "web-1", &json!({"table": 6}))
        .await;
    assert_eq!(scene.heard(), ["table 4", "table 6"]);
}

/// The queue forgets an id after five minutes.
#[tokio::test]
async fn the_same_id_is_once_also_where_the_queue_takes_it_twice() {
    let scene = Scene::begin().await;
    let heard = Heard::default();
    let worker = Worker::new(&scene.bundle, module(&heard));
    for _ in 0..2 {
        worker
            .settles(&queued(&scene, &booking("web-1")).await)
            .await;
    }
    assert_eq!(*heard.lock().unwrap(), ["table 4"]);
}

#[tokio::test]
async fn a_payload_that_the_handler_cannot_read_is_parked_at_once_and_says_why() {
    let scene = Scene::begin().await;
    scene
        .company_says("booked", "web-1", &json!({"tables": [4]}))
        .await;
    let row = scene.bundle.recorded("command-web-1").await;
    assert_eq!(row.outcome(), Outcome::Parked);
    assert_eq!(row.park_kind(), Some(ParkKind::ByModule));
    let reason = r#"the payload of the command "booked": missing field `table`"#;
    assert_eq!(row.reason(), Some(reason));
    // The chat goes on.
    scene
        .company_says("booked", "web-2", &json!({"table": 4}))
        .await;
    assert_eq!(scene.heard(), ["table 4"]);
}

#[tokio::test]
async fn in_a_chat_that_staff_hold_the_standby_route_hears_it() {
    let scene = Scene::begin().await;
    let (bot, guest) = (&scene.bundle.bot, &scene.bundle.guest);
    scene.bundle.stack.line.take(bot, guest).await.unwrap();
    scene.settled().await;
    scene
        .company_says("booked", "web-1", &json!({"table": 4}))
        .await;
    assert_eq!(scene.heard(), ["table 4, for staff"]);
    let row = scene.bundle.recorded("command-web-1").await;
    assert_eq!(row.silence, Some(Silence::Standby));
    assert!(scene.bundle.received().await.is_empty());
}

#[tokio::test]
async fn a_command_that_nobody_takes_is_recorded_and_rings() {
    let scene = Scene::begin().await;
    let worker = Worker::new(&scene.bundle, module(&scene.heard));
    let unknown = json!({"name": "cancelled", "id": "1", "payload": {}});
    worker.settles(&queued(&scene, &unknown).await).await;
    let row = scene.bundle.recorded("command-1").await;
    assert_eq!(row.verdict(), Verdict::Recorded);
    let reason = r#"no route takes the command "cancelled" where the chat is active"#;
    assert_eq!(row.reason(), Some(reason));
    assert_eq!(worker.lines.sum("CommandsNotTaken"), 1);
    assert_eq!(worker.lines.sum("EventsHandled"), 0);
    assert!(worker.lines.set_off("LostCommandsAlarm"));
}

#[tokio::test]
async fn a_command_to_an_account_that_is_not_attached_is_recorded_and_rings() {
    let heard = Heard::default();
    let bundle = Bundle::start().await;
    let scene = Scene { bundle, heard };
    let worker = Worker::new(&scene.bundle, module(&scene.heard));
    worker.settles(&queued(&scene, &booking("1")).await).await;
    let row = scene.bundle.recorded("command-1").await;
    assert_eq!(row.verdict(), Verdict::Detached);
    assert_eq!(row.silence, Some(Silence::NotAttached));
    // A mistyped id makes no account.
    let bot = scene.bundle.key(None, "any").bot;
    assert!(scene.bundle.stack.store.bot(&bot).await.unwrap().is_none());
    assert_eq!(worker.lines.sum("CommandsNotAttached"), 1);
    assert!(worker.lines.set_off("LostCommandsAlarm"));
    assert!(scene.heard().is_empty());
}

#[tokio::test]
async fn line_makes_no_command() {
    let scene = Scene::begin().await;
    let bundle = &scene.bundle;
    for kind in ["command", "@command"] {
        let event = json!({
            "type": kind, "webhookEventId": kind, "name": "booked", "id": "1", "payload": {"table": 4},
        });
        let how = DeliverOptions::default();
        bundle
            .line_sends(Some(&bundle.guest), vec![event], how)
            .await;
    }
    assert!(scene.heard().is_empty());
    let row = bundle.recorded("command").await;
    assert_eq!(row.verdict(), Verdict::Recorded);
}

#[tokio::test]
async fn a_handler_can_ask_for_the_callers_id() {
    async fn ids(cx: &mut Context<'_, Active>, _: &Value) -> Handled {
        let EventKind::Command { id, name, .. } = &cx.event().kind else {
            panic!("{:?}", cx.event());
        };
        note(cx, format!("{name} {id}"))
    }
    let heard = Heard::default();
    let router = Router::new()
        .active(Routes::new().command("booked", ids))
        .share(heard.clone());
    let bundle = Bundle::with(router).await;
    let scene = Scene { bundle, heard };
    scene.company_says("booked", "web-1", &json!(null)).await;
    assert_eq!(scene.heard(), ["booked web-1"]);
}
