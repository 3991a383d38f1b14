//! The other commands, each once as it should be and once with a mistake.

use std::time::SystemTime;

use emulator::Holder;
use serde_json::{Value, json};
use shared::domain::{BotId, Outcome, Timestamp};
use shared::store::{AuditKey, AuditRow, BotRow, SettingChange, Stopped, WalkRow};
use sqs::{NewMessage, Sqs, SystemClock, arn};

use crate::bench::{Bench, words};

#[tokio::test(flavor = "multi_thread")]
async fn a_parked_event_is_settled_with_a_word() {
    let bench = Bench::start().await;
    bench.writes(&bench.guest, "a").await;
    bench.stack.settled().await.unwrap();
    let settle = [
        "settle",
        &bench.bot,
        "a",
        "--reason",
        "the guest was called",
    ];
    let ran = bench.modctl(&settle[..3]).await;
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("say why"), "{}", ran.err);
    let ran = bench.modctl(&settle).await;
    assert_eq!(ran.code, 0, "{ran:?}");
    let row = bench.row(&bench.guest, "a").await;
    assert_eq!(row.outcome(), Outcome::Done);
    assert_eq!(
        row.reason(),
        Some("settled by local mei: the guest was called")
    );
    assert!(row.ends_at().is_some());
    let parked = bench
        .stack
        .store
        .parked_keys(Timestamp(0), None)
        .await
        .unwrap();
    assert!(parked.rows.is_empty());
    let ran = bench.modctl(&settle).await;
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("is not parked: done"), "{}", ran.err);
    assert_eq!(bench.audit().await[0]["result"], "settled");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chat_is_taken_and_given_back() {
    let bench = Bench::start().await;
    let line = &bench.stack.line;
    line.take(&bench.bot, &bench.guest).await.unwrap();
    bench.stack.settled().await.unwrap();
    let holder = async || {
        let chats = line.state().await.chats;
        let mut chats = chats.into_iter();
        chats
            .find(|it| it.bot == bench.bot && it.chat == bench.guest)
            .unwrap()
            .holder
    };
    line.advance_clock(std::time::Duration::from_secs(10)).await;
    let place = [bench.bot.as_str(), bench.guest.as_str()];
    let acquire = words(&[&["chat", "acquire"], &place[..], &["--for", "1h"]]);
    let ran = bench.modctl(&acquire).await;
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.json()["until"].is_number());
    assert_eq!(holder().await, Holder::Module);
    let ran = bench
        .modctl(&words(&[&["chat", "release"], &place[..]]))
        .await;
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_ne!(holder().await, Holder::Module);
    // The worker goes by it: nothing is sent any more.
    bench.mend();
    line.advance_clock(std::time::Duration::from_secs(10)).await;
    bench.writes(&bench.guest, "a").await;
    bench.stack.settled().await.unwrap();
    assert!(bench.pushed().await.is_empty());

    let ran = bench
        .modctl(&[
            "chat",
            "acquire",
            &bench.bot,
            "U00000000000000000000000000000000",
        ])
        .await;
    assert_eq!(ran.code, 3, "{ran:?}");
    assert!(
        ran.err.contains("LINE knows nobody to speak to"),
        "{}",
        ran.err
    );
    assert!(
        bench.audit().await[0]["result"]
            .as_str()
            .unwrap()
            .starts_with("failed: ")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_detached_by_its_name() {
    let bench = Bench::start().await;
    let detach = [
        "detach",
        &bench.basic_id,
        "--reason",
        "the contract has ended",
    ];
    let ran = bench.modctl(&detach).await;
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("is about to be detached"), "{}", ran.err);
    assert!(
        ran.err.contains("so say it with --confirm NAME"),
        "{}",
        ran.err
    );
    let with = |name: &'static str| words(&[&detach[..], &["--confirm", name]]);
    let ran = bench.modctl(&with("Another")).await;
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("is not the name of"), "{}", ran.err);
    let ran = bench
        .modctl(&words(&[&detach[..], &["--confirm", &bench.name]]))
        .await;
    assert_eq!(ran.code, 0, "{ran:?}");
    let bot = BotId::new(&bench.bot).unwrap();
    let row = bench.stack.store.bot(&bot).await.unwrap().unwrap();
    assert!(!row.state.is_attached());
    assert_eq!(bench.audit().await[0]["bot"], bench.bot);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_reconciler_runs_and_is_approved() {
    let bench = Bench::start().await;
    let status = bench.modctl(&["reconcile", "status"]).await;
    assert!(status.json()["walk"].is_null(), "{status:?}");
    let ran = bench.modctl(&["reconcile", "now"]).await;
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(ran.json()["walk"]["listed"], 1);

    let stopped = Stopped {
        gone: 7,
        judged: 9,
        fingerprint: "abc".into(),
        first: vec![BotId::new("U1").unwrap()],
    };
    let walk = WalkRow {
        stopped: Some(stopped),
        ..WalkRow::default()
    };
    bench.stack.store.keep_walk(&walk).await.unwrap();
    let approve = |fingerprint: &'static str| {
        [
            "reconcile",
            "approve",
            fingerprint,
            "--reason",
            "they have left",
        ]
    };
    let ran = bench.modctl(&approve("other")).await;
    assert_eq!(ran.code, 3, "{ran:?}");
    let ran = bench.modctl(&approve("abc")).await;
    assert_eq!(ran.code, 1);
    assert!(
        ran.err
            .contains("7 of 9 accounts are no longer in LINE's list"),
        "{}",
        ran.err
    );
    assert_eq!(bench.stack.store.approval().await.unwrap(), None);
    let ran = bench
        .modctl(&words(&[&approve("abc")[..], &["--yes"]]))
        .await;
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(
        bench.stack.store.approval().await.unwrap().as_deref(),
        Some("abc")
    );
}

/// A queue of its own, which gives messages up at once.
#[tokio::test(flavor = "multi_thread")]
async fn dead_letters_are_listed_and_go_back() {
    let bench = Bench::start().await;
    let sqs = Sqs::new(SystemClock);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(sqs.clone().serve(listener));
    let fifo = |redrive: Option<String>| {
        let redrive = redrive.map(|it| ("RedrivePolicy".to_owned(), it));
        let fifo = [("FifoQueue".to_owned(), "true".to_owned())];
        fifo.into_iter().chain(redrive).collect()
    };
    let dead = sqs.create_queue("dead.fifo", fifo(None)).unwrap();
    let policy = json!({"deadLetterTargetArn": arn("dead.fifo"), "maxReceiveCount": 1});
    let events = sqs
        .create_queue("events.fifo", fifo(Some(policy.to_string())))
        .unwrap();
    let mut addresses = serde_json::to_value(&bench.stack.addresses).unwrap();
    addresses["dead_letter_queue_url"] = dead.into();
    addresses["event_queue_url"] = events.clone().into();
    let mut variables = json!(bench.stack.variables);
    variables["AWS_ENDPOINT_URL_SQS"] = at.into();
    variables["EVENT_QUEUE_URL"] = events.into();
    bench.runs_at(&addresses, &variables);

    let ran = bench.modctl(&["dlq", "redrive"]).await;
    assert_eq!((ran.code, ran.json()["messages"].as_u64()), (0, Some(0)));
    for n in 0..3 {
        let body = r#"{"v":1,"bot":"U1","chat":"L2","received_at":5,"events":[]}"#;
        let message = NewMessage::fifo(body, "U1#L2", format!("d{n}"));
        sqs.send("events.fifo", message).unwrap();
    }
    for _ in 0..2 {
        let zero = std::time::Duration::ZERO;
        sqs.receive("events.fifo", 10, zero, Some(zero))
            .await
            .unwrap();
    }
    let listed = bench.modctl(&["dlq", "list"]).await;
    assert_eq!(listed.code, 0, "{listed:?}");
    let messages = listed.json()["messages"].as_array().unwrap().clone();
    assert_eq!(messages.len(), 3);
    assert!(
        messages
            .iter()
            .all(|it| it["group"] == "U1#L2" && it["events"] == 0)
    );
    assert_eq!(
        sqs.depth("dead.fifo"),
        (3, 0),
        "they can be received at once"
    );

    let doctor = bench.modctl(&["doctor", "--quiet"]).await;
    assert_eq!(doctor.code, 5, "{doctor:?}");
    let findings = doctor.json()["findings"].to_string();
    assert!(
        findings.contains("3 messages in the dead-letter queue"),
        "{findings}"
    );

    let why = ["--reason", "the table is back"];
    let ran = bench.modctl(&words(&[&["dlq", "redrive"], &why[..]])).await;
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("About 3 messages"), "{}", ran.err);
    let ran = bench
        .modctl(&words(&[&["dlq", "redrive", "--yes"], &why[..]]))
        .await;
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(
        (sqs.depth("dead.fifo"), sqs.depth("events.fifo")),
        ((0, 0), (3, 0))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn something_is_said_to_the_inbox() {
    let bench = Bench::start().await;
    let said = [
        "send-event",
        &bench.bot,
        &bench.guest,
        "booked",
        "--id",
        "web-1",
    ];
    let ran = bench.modctl_with(&said, r#"{"table": 2}"#).await;
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(ran.json()["event"], "command-web-1");
    bench.stack.settled().await.unwrap();
    let row = bench.row(&bench.guest, "command-web-1").await;
    assert_eq!(
        (row.kind.as_str(), row.outcome()),
        ("@command", Outcome::Done)
    );
    let ran = bench.modctl_with(&said, "no json").await;
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("the payload is no JSON"), "{}", ran.err);
    let ran = bench
        .modctl(&["send-event", &bench.bot, "L.2", "booked"])
        .await;
    assert_eq!(ran.code, 3, "{ran:?}");
    assert_eq!(bench.audit().await[1]["what"], "send-event booked");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_is_a_link_to_the_start_page() {
    let bench = Bench::start().await;
    let ran = bench
        .modctl(&[
            "attach-link",
            "--basic-id",
            &bench.basic_id,
            "--expires",
            "2d",
        ])
        .await;
    assert_eq!(ran.code, 0, "{ran:?}");
    let link = ran.json();
    let mut browser = local::talk::Browser::new(&bench.stack, "en").unwrap();
    let page = browser.open(link["url"].as_str().unwrap()).await.unwrap();
    assert_eq!(page.status, 200);
    let only = format!("This link is for {} only.", bench.basic_id);
    assert!(page.body.contains(&only), "{}", page.body);
    let ran = bench.modctl(&["attach-link", "--basic-id", "shop"]).await;
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.err.contains("a basic id begins with @"), "{}", ran.err);
}

/// Presses the button of the page to which a link leads: the answer's status, and where it leads.
async fn signs_in(bench: &Bench, token: &str) -> (u16, Option<String>) {
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
    let url = &bench.stack.addresses.public_url;
    let button = client
        .build()
        .unwrap()
        .post(format!("{url}/console/sign-in"));
    let button = button.header("origin", url).form(&[("link", token)]);
    let answer = button.send().await.unwrap();
    let place = answer.headers().get("location");
    let place = place.map(|it| it.to_str().unwrap().to_owned());
    (answer.status().as_u16(), place)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_admin_signs_in_by_a_link_once() {
    let bench = Bench::start().await;
    let link = ["sign-in-link", &bench.basic_id, "--reason", "a new phone"];
    let before = Timestamp::from(SystemTime::now());
    let ran = bench.modctl(&link).await;
    assert_eq!(ran.code, 0, "{ran:?}");
    let made = ran.json();
    let expires_at = Timestamp(made["expires_at"].as_i64().unwrap());
    let minutes = expires_at.since(before).as_secs() / 60;
    assert!((15..=16).contains(&minutes), "{made}");
    let url = made["url"].as_str().unwrap();
    let mut browser = local::talk::Browser::new(&bench.stack, "en").unwrap();
    assert_eq!(browser.open(url).await.unwrap().status, 200);

    let place = format!("{}/console/sign-in?link=", bench.stack.addresses.public_url);
    let token = url.strip_prefix(&place).unwrap();
    assert_eq!(token.len(), 42);
    let overview = format!("/console/{}/overview", bench.bot);
    assert_eq!(signs_in(&bench, token).await, (303, Some(overview)));
    assert_eq!(signs_in(&bench, token).await.0, 401);
    let change = &bench.audit().await[0];
    assert_eq!(
        (&change["what"], &change["bot"], &change["reason"]),
        (
            &json!("sign-in-link"),
            &json!(bench.bot),
            &json!("a new phone")
        )
    );
    assert!(!change.to_string().contains(token), "{change}");

    let told = crate::bench::run(bench.command(&words(&[&["--local"], &link])), None).await;
    let last = told.out.lines().last().unwrap();
    let signs_in = format!("It signs in to {}, once, and runs out at ", bench.name);
    assert!(last.starts_with(&signs_in), "{told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_signs_in_to_an_account_that_is_not_attached_or_for_longer_than_a_day() {
    let bench = Bench::start().await;
    let link = ["sign-in-link", &bench.bot];
    let with = |span: &'static str| words(&[&link, &["--expires", span]]);
    let ran = bench.modctl(&with("25h")).await;
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.err.contains("24h at most"), "{}", ran.err);
    let ran = bench.modctl(&with("24h")).await;
    assert_eq!(ran.code, 0, "{ran:?}");
    let unknown = "U00000000000000000000000000000000";
    let ran = bench.modctl(&["sign-in-link", unknown]).await;
    assert_eq!(ran.code, 3, "{ran:?}");

    let bot = BotId::new(&bench.bot).unwrap();
    let detach = |row: &mut BotRow| {
        row.state.begin_detach(Timestamp(i64::MAX));
    };
    bench.stack.store.update_bot(&bot, detach).await.unwrap();
    let made = bench.audit().await.len();
    let ran = bench.modctl(&link).await;
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.err.contains("is not attached"), "{}", ran.err);
    assert_eq!(bench.audit().await.len(), made);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_settings_is_listed_with_what_they_were() {
    let bench = Bench::start().await;
    let (bot, store) = (BotId::new(&bench.bot).unwrap(), &bench.stack.store);
    let now = Timestamp::from(SystemTime::now());
    let change = |key: &str, from: Value, to: Value| SettingChange {
        key: key.into(),
        from,
        to,
    };
    let row = AuditRow {
        at: now,
        who: "an admin, session 0a1b2c3d".into(),
        what: "settings".into(),
        about: None,
        reason: None,
        count: 1,
        ended_at: None,
        result: None,
        settings: vec![
            change("opens", json!("10:00"), json!("09:30")),
            change("days", json!(7), json!(14)),
        ],
    };
    let key = AuditKey::new(Some(&bot), now, "x");
    store.begin_audit(&key, &row).await.unwrap();
    let local = bench.command(&["--local", "audit"]);
    let told = crate::bench::run(local, None).await;
    let clause = r#"opens: "10:00" → "09:30"; days: 7 → 14"#;
    assert!(told.out.contains(clause), "{}", told.out);
    let listed = bench.audit().await;
    assert_eq!(listed[0]["settings"][1]["to"], 14, "{listed:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_of_changes_is_by_account_and_time() {
    let bench = Bench::start().await;
    bench.modctl(&["attach-link"]).await;
    let of = async |arguments: &[&str]| {
        let ran = bench.modctl(&words(&[&["audit"], arguments])).await;
        let changes: Value = ran.json();
        changes["changes"].as_array().unwrap().len()
    };
    assert_eq!(of(&[]).await, 1);
    assert_eq!(of(&[&bench.bot]).await, 0);
    assert_eq!(of(&["--since", "2099-01-01"]).await, 0);
    let ran = bench.modctl(&["audit", "--since", "yesterday"]).await;
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("yesterday is no time"), "{}", ran.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_setting_is_changed_while_the_bundle_runs_and_the_change_is_listed() {
    let bench = Bench::start().await;
    let set = async |key: &str, value: &str| {
        let asked = ["set", &bench.basic_id, key, value];
        bench.modctl(&asked).await
    };
    let ran = set("tables", "7").await;
    assert_eq!(ran.code, 0, "{ran:?}");
    let bot = BotId::new(&bench.bot).unwrap();
    let row = bench.stack.store.bot(&bot).await.unwrap().unwrap();
    assert_eq!(row.settings["tables"], 7);
    assert_eq!(bench.audit().await[0]["about"], "tables = 7");
    let ran = set("tables", "70").await;
    assert_eq!(ran.code, 1);
    assert!(
        ran.err.contains("is a whole number from 1 to 9"),
        "{}",
        ran.err
    );
    let ran = set("table", "7").await;
    assert_eq!(ran.code, 1);
    assert!(
        ran.err.contains("The module's settings: tables"),
        "{}",
        ran.err
    );
}
