//! `secret`, and what only a deployed stack has: the caller's ARN, and what AWS refuses.

use serde_json::json;

use crate::aws::{Aws, CALLER};
use crate::bench::{Bench, Ran, run, words};

const NEW: &str = "fedcba9876543210fedcba9876543210";

struct Operator {
    bench: Bench,
    aws: Aws,
}

impl Operator {
    async fn start() -> Self {
        let bench = Bench::start().await;
        let aws = Aws::over(&bench).await;
        Self { bench, aws }
    }

    async fn says(&self, arguments: &[&str], input: Option<&str>) -> Ran {
        run(self.aws.command(&self.bench, arguments), input).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_secret_is_put_in_rotated_and_verified_and_never_shown() {
    let operator = Operator::start().await;
    let status = operator.says(&["secret", "status"], None).await;
    assert_eq!(status.code, 0, "{status:?}");
    assert_eq!(
        status.json()["members"][0],
        json!(["channel_secret", false])
    );
    assert!(status.json()["changed_at"].is_null());

    let ours = operator.bench.stack.line.settings().channel_secret;
    let put = ["secret", "put", "channel-secret"];
    let ran = operator.says(&put, Some("not a secret\n")).await;
    assert_eq!(ran.code, 1);
    assert!(
        ran.err.contains("LINE's are 32 hexadecimal digits"),
        "{}",
        ran.err
    );
    assert!(operator.aws.secret().is_null());
    let unchecked = words(&[&put[..], &["--unchecked", "--reason", "the first"]]);
    let ran = operator.says(&unchecked, Some(&format!("{ours}\n"))).await;
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(operator.aws.secret()["channel_secret"], ours);
    let verified = operator.says(&["secret", "verify"], None).await;
    assert_eq!(verified.code, 0, "{verified:?}");

    let rotate = ["secret", "rotate", "channel-secret"];
    let ran = operator.says(&rotate, Some(NEW)).await;
    assert_eq!(ran.code, 0, "{ran:?}");
    let secret = operator.aws.secret();
    assert_eq!(
        (
            &secret["channel_secret"],
            &secret["previous_channel_secret"]
        ),
        (&json!(NEW), &json!(ours))
    );
    // LINE has never issued that one.
    let refused = operator.says(&["secret", "verify"], None).await;
    assert_eq!(refused.code, 5, "{refused:?}");

    let clear = ["secret", "clear", "previous-channel-secret"];
    let ran = operator.says(&clear, None).await;
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(operator.aws.secret(), json!({ "channel_secret": NEW }));
    let ran = operator
        .says(&["secret", "clear", "channel-secret"], None)
        .await;
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("rotate it instead"), "{}", ran.err);

    let status = operator.says(&["secret", "status"], None).await;
    assert!(status.json()["changed_at"].is_number());
    let audit = operator.says(&["audit"], None).await;
    let changes = audit.json()["changes"].as_array().unwrap().clone();
    assert_eq!(changes.len(), 3);
    assert!(changes.iter().all(|it| it["who"] == CALLER));
    assert_eq!(changes[0]["about"], "channel_secret");
    for ran in [ran, status, audit, refused, verified] {
        let said = format!("{}{}", ran.out, ran.err);
        assert!(!said.contains(NEW) && !said.contains(&ours), "{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn local_runs_have_no_secret_of_their_own() {
    let bench = Bench::start().await;
    let ran = bench.modctl(&["secret", "status"]).await;
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("`cargo dev` has no secret"), "{}", ran.err);
    let ran = bench.modctl(&["secret", "verify"]).await;
    assert_eq!(ran.code, 0, "{ran:?}");
    let ran = bench
        .modctl_with(&["secret", "rotate", "assertion-key"], "{}")
        .await;
    assert!(ran.err.contains("has no previous one"), "{}", ran.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_aws_refuses_names_the_policy_and_stacks_that_are_not_there_are_not_found() {
    let operator = Operator::start().await;
    operator.bench.writes(&operator.bench.guest, "a").await;
    operator.bench.stack.settled().await.unwrap();
    let shadow = ["replay", &operator.bench.bot, "a", "--shadow"];
    let ran = operator.says(&shadow, None).await;
    assert_eq!(ran.code, 4, "{ran:?}");
    assert!(
        ran.err.contains("it takes the stack's OperatorPolicy"),
        "{}",
        ran.err
    );
    let mut command = operator.aws.command(&operator.bench, &["audit"]);
    command
        .env("MODCTL_STACK", "x")
        .args(["--region", "us-east-1"]);
    let ran = run(command, None).await;
    assert_eq!(ran.code, 0, "{ran:?}");
    let other = operator
        .bench
        .command(&["--stack", "other", "--region", "us-east-1", "audit"]);
    let ran = run(with_keys(other, &operator.aws.url), None).await;
    assert_eq!(ran.code, 3, "{ran:?}");
    assert!(
        ran.err.contains("there is no stack other in us-east-1"),
        "{}",
        ran.err
    );
}

fn with_keys(mut command: std::process::Command, url: &str) -> std::process::Command {
    command
        .env("AWS_ACCESS_KEY_ID", "fake")
        .env("AWS_SECRET_ACCESS_KEY", "fake")
        .env("AWS_ENDPOINT_URL", url);
    command
}
