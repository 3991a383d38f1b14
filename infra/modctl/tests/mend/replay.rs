//! `replay`: a bad release of the module has left events behind.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::json;
use shared::domain::Outcome;

use crate::bench::{Bench, words};

const WHY: &str = "release 42 mends it";

/// The arguments of the run that brings all back.
fn all_back(rate: &str) -> [&str; 9] {
    [
        "replay",
        "--parked",
        "--kind",
        "by_module",
        "--rate",
        rate,
        "--yes",
        "--reason",
        WHY,
    ]
}

/// How many events of the run's file are done with; none without a file.
fn progress(bench: &Bench) -> Option<usize> {
    let folder = bench.folder.path().join(".local/state/modctl");
    let file: PathBuf = std::fs::read_dir(folder).ok()?.find_map(|file| {
        let path = file.ok()?.path();
        (path.extension()? == "jsonl").then_some(path)
    })?;
    let text = std::fs::read_to_string(file).ok()?;
    Some(text.lines().filter(|line| *line == "\"done\"").count())
}

/// As many events, in turn of ten users, are parked by a bad release, and brought back by a run
/// that is killed in its middle and given again.
async fn a_bad_release(events: usize) {
    let bench = Bench::start().await;
    bench
        .stack
        .line
        .set_quota(&bench.bot, Some(100_000))
        .await
        .unwrap();
    let mut users = Vec::new();
    for n in 0..10 {
        users.push(bench.user(&format!("Ken {n}")).await);
    }
    let id = |n: usize| format!("event-{n:04}");
    for n in 0..events {
        bench.writes(&users[n % 10], &id(n)).await;
    }
    bench.stack.settled().await.unwrap();
    for n in 0..events {
        let row = bench.row(&users[n % 10], &id(n)).await;
        assert_eq!(row.outcome(), Outcome::Parked);
    }

    // While the module is as it was, a shadow says so.
    let shadow = bench
        .modctl(&["replay", &bench.bot, &id(0), "--shadow"])
        .await;
    assert_eq!(shadow.code, 5, "{shadow:?}");
    let failure = shadow.json()["events"][0]["failure"].to_string();
    assert!(failure.contains("release 41 is out of order"), "{failure}");

    bench.mend();
    let shadow = bench.modctl(&["replay", "--parked", "--shadow"]).await;
    assert_eq!(shadow.code, 0, "{shadow:?}");
    let shown = shadow.json();
    let shown = shown["events"].as_array().unwrap();
    assert_eq!(shown.len(), events);
    for (n, one) in shown.iter().enumerate() {
        assert_eq!(one["before"]["outcome"], "parked");
        let would = one["now"]["plan"]["effects"].to_string();
        assert!(would.contains(&format!("echo of {}", id(n))), "{would}");
    }
    assert!(bench.pushed().await.is_empty(), "a shadow sends nothing");

    // It is killed in the middle, and given again.
    let mut killed = bench.begins(&all_back("40/s"));
    while progress(&bench).is_none_or(|done| done < events / 3) {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    killed.kill().unwrap();
    killed.wait().unwrap();
    let before = progress(&bench).unwrap();
    assert!(before < events, "it was killed too late");
    let resumed = bench.modctl(&all_back("200/s")).await;
    assert_eq!(resumed.code, 0, "{resumed:?}");
    assert!(
        resumed.err.contains(&format!("after {before} of {events}")),
        "{}",
        resumed.err
    );
    let done = resumed.json();
    let number = |name: &str| usize::try_from(done[name].as_u64().unwrap()).unwrap();
    assert_eq!(number("queued") + number("before"), events - before);
    assert_eq!(progress(&bench), None, "the run's file is gone");

    bench.stack.settled().await.unwrap();
    let mut heard: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (to, text) in bench.pushed().await {
        heard.entry(to).or_default().push(text);
    }
    for (n, user) in users.iter().enumerate() {
        let expected: Vec<_> = (n..events)
            .step_by(10)
            .map(|n| format!("echo of {}", id(n)))
            .collect();
        assert_eq!(
            heard.remove(user).unwrap_or_default(),
            expected,
            "each once, in order"
        );
    }
    assert!(heard.is_empty());
    for n in 0..events {
        let row = bench.row(&users[n % 10], &id(n)).await;
        assert_eq!((row.outcome(), row.replays.number), (Outcome::Done, 1));
    }

    let changes = bench.audit().await;
    assert_eq!(changes[0]["what"], "replay, resumed --respect");
    assert_eq!(changes[0]["who"], "local mei");
    assert_eq!(changes[0]["reason"], WHY);
    assert_eq!(changes[1]["what"], "replay --respect");
    assert_eq!(changes[1]["count"], events);
    assert!(
        changes[1]["result"].is_null(),
        "it was interrupted: {}",
        changes[1]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_bad_release_has_parked_comes_back_each_once_through_a_kill() {
    a_bad_release(60).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "the same with 500 events: half a minute"]
async fn five_hundred_that_a_bad_release_has_parked_come_back() {
    a_bad_release(500).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_are_not_run_again_without_a_reason_and_a_yes() {
    let bench = Bench::start().await;
    for event in ["a", "b"] {
        bench.writes(&bench.guest, event).await;
    }
    bench.stack.settled().await.unwrap();
    let ran = bench.modctl(&["replay", "--parked"]).await;
    assert_eq!(ran.code, 1);
    assert!(
        ran.err.contains("say why with --reason TEXT"),
        "{}",
        ran.err
    );
    let ran = bench.modctl(&["replay", "--parked", "--reason", WHY]).await;
    assert_eq!(ran.code, 1);
    assert!(
        ran.err.contains("Events to run again: 2, such as"),
        "{}",
        ran.err
    );
    assert!(
        ran.err
            .contains("there is no terminal to ask at, so say it with --yes"),
        "{}",
        ran.err
    );
    let ran = bench.modctl(&["replay", "--parked", "--kind", "odd"]).await;
    assert!(
        ran.err.contains("odd is no kind of parked event"),
        "{}",
        ran.err
    );
    assert!(bench.audit().await.is_empty());
    let none = bench
        .modctl(&["replay", "--parked", "--kind", "vanished"])
        .await;
    assert_eq!((none.code, none.json()["queued"].as_u64()), (0, Some(0)));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_event_is_run_again_by_force_only_when_it_is_settled() {
    let bench = Bench::start().await;
    bench.writes(&bench.guest, "a").await;
    bench.stack.settled().await.unwrap();
    bench.mend();
    let replay = ["replay", &bench.basic_id, "a"];
    let ran = bench.modctl(&replay).await;
    assert_eq!(ran.code, 0, "{ran:?}");
    bench.stack.settled().await.unwrap();
    assert_eq!(bench.pushed().await.len(), 1);
    let ran = bench.modctl(&replay).await;
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("only force runs it again"), "{ran:?}");
    // What is done keeps no JSON: whoever wants it once more must have it.
    let force = words(&[&replay[..], &["--force"]]);
    let ran = bench.modctl(&force).await;
    assert!(
        ran.out.contains("give it with --json-of-event FILE"),
        "{ran:?}"
    );
    let raw = json!({"type": "message", "timestamp": 1, "source": {"type": "user", "userId": bench.guest},
        "message": {"type": "text", "text": "hello"}});
    let force = words(&[&force[..], &["--json-of-event", "-"]]);
    let ran = bench.modctl_with(&force, &raw.to_string()).await;
    assert_eq!(ran.code, 0, "{ran:?}");
    bench.stack.settled().await.unwrap();
    assert_eq!(bench.pushed().await.len(), 2);

    let ran = bench.modctl(&["replay", &bench.bot, "nobody"]).await;
    assert_eq!(ran.code, 3, "{ran:?}");
    assert!(ran.err.contains("has no event nobody"), "{}", ran.err);
    let ran = bench.modctl(&["replay", "@nobody", "a"]).await;
    assert_eq!(ran.code, 3, "{ran:?}");
    assert!(
        ran.err.contains("local knows no account @nobody"),
        "{}",
        ran.err
    );
}
