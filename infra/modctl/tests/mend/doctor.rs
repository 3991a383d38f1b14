//! `doctor`: nothing to say where all is well, and each fault found and named.

use line_module::{About, Words};
use serde_json::{Value, json};
use shared::domain::{BotId, Pause, PauseMode, Timestamp};
use shared::store::{Stopped, WalkRow};

use crate::aws::Aws;
use crate::bench::{Bench, Ran, run, words};

struct Ward {
    bench: Bench,
    aws: Aws,
}

impl Ward {
    /// A stack with which all is well.
    async fn start() -> Self {
        let bench = Bench::start().await;
        let aws = Aws::over(&bench).await;
        let secret = bench.stack.line.settings().channel_secret;
        aws.put_secret(&json!({ "channel_secret": secret }).to_string());
        let ran = bench.modctl(&["reconcile", "now"]).await;
        assert_eq!(ran.code, 0, "{ran:?}");
        Self { bench, aws }
    }

    async fn doctor(&self) -> Examined {
        let command = self.aws.command(&self.bench, &["doctor"]);
        Examined::of(&run(command, None).await)
    }
}

/// What it has found.
#[derive(Debug)]
struct Examined {
    code: i32,
    findings: Vec<Value>,
}

impl Examined {
    fn of(ran: &Ran) -> Self {
        Self {
            code: ran.code,
            findings: ran.json()["findings"].as_array().unwrap().clone(),
        }
    }

    fn with(&self, verdict: &str) -> Vec<String> {
        let those = self.findings.iter().filter(|it| it["verdict"] == verdict);
        those
            .map(|it| {
                let text = |name: &str| it[name].as_str().unwrap_or_default().to_owned();
                format!("{}: {}", text("check"), text("found"))
            })
            .collect()
    }

    /// One wrong thing, with a remedy.
    fn finds(&self, check: &str, found: &str, remedy: &str) {
        assert_eq!(self.code, 5);
        let is_it = |it: &&Value| {
            let has = |name: &str, part: &str| it[name].as_str().unwrap_or_default().contains(part);
            it["verdict"] == "wrong"
                && it["check"] == check
                && has("found", found)
                && has("remedy", remedy)
                && it["means"].is_string()
        };
        let count = self.findings.iter().filter(is_it).count();
        assert_eq!(count, 1, "{check}, {found}, {remedy}: {self:#?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_all_is_well_only_the_console_is_left_to_look_at() {
    let ward = Ward::start().await;
    let examined = ward.doctor().await;
    assert_eq!(examined.code, 0, "{examined:#?}");
    assert_eq!(examined.with("wrong"), [""; 0]);
    assert_eq!(examined.with("unchecked"), [""; 0]);
    let console = "redelivery: LINE tells nobody but its console whether webhook redelivery is on";
    assert_eq!(examined.with("look"), [console]);
    let good = examined.with("good");
    for check in [
        "stack",
        "worker",
        "secret",
        "token",
        "webhook",
        "accounts",
        "about",
        "concurrency",
        "API quota",
        "alarms",
        "reconciler",
        "timers",
        "parked",
        "queues",
    ] {
        let start = format!("{check}: ");
        assert!(
            good.iter().any(|it| it.starts_with(&start)),
            "{check}: {good:#?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_fault_that_aws_can_tell_is_found_and_named() {
    let ward = Ward::start().await;
    ward.aws.plant(|aws| {
        aws.status = "UPDATE_ROLLBACK_FAILED";
        aws.set("AlarmTopicArn", "");
        aws.mapping = "Disabled";
        aws.concurrency = 10;
        aws.requests = (500, 200);
        aws.alarm = Some("ParkedEventsAlarm");
    });
    ward.aws.put_secret(r#"{"channel_secret": "not it"}"#);
    let examined = ward.doctor().await;
    examined.finds("stack", "UPDATE_ROLLBACK_FAILED", "CloudFormation");
    examined.finds("alarms", "AlarmTopicArn is empty", "AlarmTopicArn=TOPIC");
    examined.finds("worker", "mapping is Disabled", "--uuid 1-2-3 --enabled");
    examined.finds(
        "concurrency",
        "10 functions may run",
        "--service-code lambda",
    );
    examined.finds("API quota", "500 requests a second", "L-8A5B8E43");
    examined.finds("API quota", "200 requests at once", "L-CDF5615A");
    examined.finds(
        "alarms",
        "ParkedEventsAlarm is on",
        "docs/runbook.md, ParkedEventsAlarm",
    );
    examined.finds(
        "secret",
        "32 hexadecimal digits",
        "secret put channel-secret",
    );
    examined.finds("token", "no channel access token", "secret verify");

    ward.aws.put_secret("no json");
    ward.aws.plant(|aws| {
        aws.set(
            "AlarmTopicArn",
            "arn:aws:sns:us-east-1:123456789012:on-call",
        );
        aws.subscriptions = 0;
    });
    let examined = ward.doctor().await;
    examined.finds("secret", "no JSON", "secret put");
    examined.finds("alarms", "nobody is subscribed", "aws sns subscribe");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_fault_that_line_and_the_table_tell_is_found_and_named() {
    let ward = Ward::start().await;
    let (bench, store) = (&ward.bench, &ward.bench.stack.store);
    bench.writes(&bench.guest, "a").await; // the module is out of order: it is parked
    bench.stack.settled().await.unwrap();
    let bot = BotId::new(&bench.bot).unwrap();
    let scopes = "message:send coupon:manage";
    ward.aws.plant(|aws| aws.set("LineScopes", scopes));
    let pause = Pause {
        since: Timestamp(1),
        by: "mei".into(),
        reason: "too many".into(),
        how: PauseMode::Record,
    };
    store.set_pause(None, Some(pause.clone())).await.unwrap();
    store.set_pause(Some(&bot), Some(pause)).await.unwrap();
    let stopped = Stopped {
        gone: 7,
        judged: 9,
        fingerprint: "abc".into(),
        first: Vec::new(),
    };
    let walk = WalkRow {
        stopped: Some(stopped),
        failure: Some("LINE's list has a hole".into()),
        ..WalkRow::default()
    };
    store.keep_walk(&walk).await.unwrap();
    let elsewhere = bench
        .stack
        .addresses
        .webhook_url
        .replace("/webhook", "/another");
    bench.stack.line.set_webhook_url(&elsewhere);

    let examined = ward.doctor().await;
    examined.finds("webhook", "LINE sends to http", "LINE Developers Console");
    examined.finds("parked", "1 event parked", "parked, then `replay`");
    examined.finds(
        "pause",
        "whole channel is paused by mei: too many",
        "resume",
    );
    examined.finds("reconciler", "its last run was", "ReconcilerAbsentAlarm");
    examined.finds("reconciler", "a hole", "ReconcilerErrorsAlarm");
    examined.finds(
        "reconciler",
        "7 of 9 accounts would go",
        "reconcile approve abc",
    );
    let look = examined.with("look");
    for said in [
        "1 of 1 attached have not granted coupon:manage",
        "1 account attached and paused by an operator",
    ] {
        assert!(look.iter().any(|it| it.contains(said)), "{said}: {look:#?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_pages_do_not_say_is_told_and_a_page_that_is_not_there_is_unchecked() {
    let words = Words::same("echo");
    let bare = About::new(words, words).does(words).company(words);
    let bench = Bench::with(bare).await;
    let about = async || {
        let ran = bench.modctl(&["doctor"]).await;
        assert_eq!(ran.code, 0, "{ran:?}");
        let findings = ran.json()["findings"].as_array().unwrap().clone();
        let mut about = findings.into_iter().filter(|it| it["check"] == "about");
        let one = about.next().unwrap();
        assert!(about.next().is_none(), "{findings:#?}", findings = ran.out);
        one
    };
    let found = about().await;
    assert_eq!(found["verdict"], "look");
    let said = "the pages do not say: first, icon, accent, price, support.mail, support.page, \
        support.hours, terms, privacy";
    assert_eq!(found["found"], said);
    let remedy = "set them in the module's `About` (docs/module.md)";
    assert_eq!(found["remedy"], remedy);

    let mut addresses = json!(bench.stack.addresses);
    addresses["public_url"] = "http://127.0.0.1:1".into();
    bench.runs_at(&addresses, &json!(bench.stack.variables));
    let found = about().await;
    assert_eq!(found["verdict"], "unchecked");
    let reason = found["found"].as_str().unwrap();
    assert!(reason.starts_with("http://127.0.0.1:1/: "), "{reason}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cargo_dev_is_examined_too() {
    let bench = Bench::start().await;
    let ran = bench.modctl(&words(&[&["doctor"], &["--quiet"]])).await;
    assert_eq!(ran.code, 0, "{ran:?}");
    let examined = Examined::of(&ran);
    assert_eq!(examined.with("good"), [""; 0]);
    let not_yet = examined.with("look");
    assert_eq!(not_yet, ["reconciler: it has not run yet"], "{examined:#?}");
}
