//! Silencing, entitling, counting, exporting and erasing: each once as it should be and once with a
//! mistake.

use shared::domain::{Silence, Verdict};

use crate::bench::{Bench, words};

/// A bench whose module answers.
async fn answering() -> Bench {
    let bench = Bench::start().await;
    bench.mend();
    // Newer than the attach, which counts as of the end of LINE's second.
    bench.stack.line.let_pass(std::time::Duration::from_secs(2));
    bench
}

async fn why(bench: &Bench, event: &str) -> String {
    let local = ["--local", "why", &bench.bot, event];
    let ran = crate::bench::run(bench.command(&local), None).await;
    assert_eq!(ran.code, 0, "{ran:?}");
    ran.out
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_account_is_silent_and_why_says_who_paused_it() {
    let bench = answering().await;
    let pause = ["pause", &bench.bot, "--events", "record"];
    let ran = bench.modctl(&pause).await;
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("say why"), "{}", ran.err);
    let reason = ["--reason", "wrong prices"];
    let ran = bench.modctl(&words(&[&pause, &reason])).await;
    assert_eq!(ran.code, 0, "{ran:?}");

    bench.writes(&bench.guest, "a").await;
    bench.stack.settled().await.unwrap();
    let row = bench.row(&bench.guest, "a").await;
    assert_eq!(row.verdict(), Verdict::Paused);
    assert!(bench.pushed().await.is_empty());
    let told = why(&bench, "a").await;
    assert!(
        told.contains("an operator had paused the account"),
        "{told}"
    );
    assert!(told.contains("local mei paused it: wrong prices"), "{told}");
    assert!(told.contains(&format!("resume {}", bench.bot)), "{told}");
    let shown = bench.modctl(&["bot", &bench.bot]).await.json();
    assert_eq!(shown["pause"]["reason"], "wrong prices");

    let ran = bench.modctl(&["resume", &bench.bot]).await;
    assert_eq!(ran.code, 0, "{ran:?}");
    bench.writes(&bench.guest, "b").await;
    bench.stack.settled().await.unwrap();
    assert_eq!(bench.pushed().await.len(), 1);
    let ran = bench.modctl(&["resume", &bench.bot]).await;
    assert!(ran.err.contains("it is not paused"), "{}", ran.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_an_event_that_waits_why_says_who_has_paused_its_account() {
    let bench = answering().await;
    let ran = bench
        .modctl(&["pause", &bench.bot, "--reason", "wrong prices"])
        .await;
    assert_eq!(ran.code, 0, "{ran:?}");
    bench.writes(&bench.guest, "a").await;
    let ran = bench.modctl(&["why", &bench.bot, "a-waiting-one"]).await;
    assert_eq!(ran.code, 3, "{ran:?}");
    let said = "local mei has paused the account, \"wrong prices\": what has come since waits";
    assert!(ran.err.contains(said), "{}", ran.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_channel_is_paused_only_by_who_is_sure() {
    let bench = answering().await;
    let pause = ["pause", "--all", "--events", "record", "--reason", "a leak"];
    let ran = bench.modctl(&pause).await;
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("--yes"), "{}", ran.err);
    let ran = bench.modctl(&words(&[&pause, &["--yes"]])).await;
    assert_eq!(ran.code, 0, "{ran:?}");
    let kept = bench.stack.store.pause(None).await.unwrap().unwrap();
    assert_eq!(
        (kept.by.as_str(), kept.reason.as_str()),
        ("local mei", "a leak")
    );
    let ran = bench.modctl(&["resume", "--all"]).await;
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(bench.stack.store.pause(None).await.unwrap(), None);
    assert_eq!(bench.modctl(&["pause", "--reason", "x"]).await.code, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_is_not_entitled_is_not_answered() {
    let bench = answering().await;
    let entitle = |word: &'static str| ["entitle", &bench.bot, word, "--reason", "unpaid"];
    let ran = bench.modctl(&entitle("perhaps")).await;
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("perhaps is no time"), "{}", ran.err);
    assert_eq!(bench.modctl(&entitle("no")).await.code, 0);

    bench.writes(&bench.guest, "a").await;
    bench.stack.settled().await.unwrap();
    let row = bench.row(&bench.guest, "a").await;
    assert_eq!(row.silence, Some(Silence::NotEntitled));
    let told = why(&bench, "a").await;
    assert!(told.contains("not entitled to the service"), "{told}");
    assert!(
        told.contains(&format!("entitle {} yes", bench.bot)),
        "{told}"
    );

    bench.stack.line.let_pass(std::time::Duration::from_secs(2));
    assert_eq!(bench.modctl(&entitle("yes")).await.code, 0);
    bench.writes(&bench.guest, "b").await;
    bench.stack.settled().await.unwrap();
    assert_eq!(bench.pushed().await.len(), 1);
    assert_eq!(bench.audit().await[0]["what"], "entitle");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_months_usage_is_shown_and_held_against_lines_own() {
    let bench = answering().await;
    for event in ["a", "b"] {
        bench.writes(&bench.guest, event).await;
    }
    bench.stack.settled().await.unwrap();
    bench.stack.usage_is_counted().await.unwrap();
    let found = bench.modctl(&["usage", &bench.bot]).await.json();
    assert_eq!(found["accounts"][0]["pushes"], 2, "{found}");
    assert_eq!(found["accounts"][0]["active_users"], 1);
    assert_eq!(found["is_closed"], false);
    let csv = crate::bench::run(bench.command(&["--local", "usage", "--csv"]), None).await;
    assert!(csv.out.starts_with("bot,events,"), "{csv:?}");
    let compared = bench.modctl(&["usage", "check", &bench.bot]).await.json();
    let of_consumption = &compared["accounts"][0];
    assert_eq!(
        of_consumption["failure"],
        serde_json::Value::Null,
        "{compared}"
    );
    let ran = bench.modctl(&["usage", "--month", "November"]).await;
    assert_eq!(ran.code, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_users_data_is_exported_and_then_erased() {
    let bench = answering().await;
    bench.writes(&bench.guest, "a").await;
    bench.stack.settled().await.unwrap();
    let of_guest = |command: &'static str| [command, &bench.bot, &bench.guest, "--reason", "asked"];
    let exported = bench.modctl(&of_guest("export")).await;
    assert_eq!(exported.code, 0, "{exported:?}");
    assert!(exported.out.contains(&bench.guest), "{}", exported.out);

    // A name is no id: nobody is told that the user is erased while all stands.
    let reason = ["--reason", "asked"];
    for command in [&["export"][..], &["erase", "--yes"]] {
        let by_name = words(&[command, &[&bench.bot, "Mari"], &reason]);
        let ran = bench.modctl(&by_name).await;
        assert_eq!(ran.code, 3, "{ran:?}");
        assert!(ran.err.contains("it takes the whole id"), "{}", ran.err);
    }
    let ran = bench.modctl(&of_guest("erase")).await;
    assert!(ran.err.contains("--yes"), "{}", ran.err);
    let ran = bench
        .modctl(&words(&[&of_guest("erase"), &["--yes"]]))
        .await;
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.json()["receipt"]["ended_at"].is_number(), "{}", ran.out);
    let left = bench.modctl(&of_guest("export")).await;
    assert_eq!(left.out.trim(), "", "{left:?}");
    let ran = bench
        .modctl(&["erase", &bench.bot, "--yes", "--reason", "asked"])
        .await;
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("detach it first"), "{}", ran.err);
}
