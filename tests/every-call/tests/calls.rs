//! Every call of the client as it goes out: to the right host, as whom it must, and
//! with a retry key where LINE takes one.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

#[path = "../../../shared/tests/fake/answers.rs"]
mod answers;
#[path = "../../../shared/tests/fake/mod.rs"]
mod fake;

use std::collections::BTreeSet;

use answers::an_answer;
use every_call::{Caller, Sample};
use fake::{BOT_HEADER, Fate, Line, Seen, bot};
use shared::domain::{ChatId, ReplyToken, Timestamp, UserId};
use shared::line::endpoint::{Facts, Host, Made, Twice};
use shared::line::endpoints::table::{ALL, ATTACH};
use uuid::Uuid;

fn sample() -> Sample {
    Sample {
        bot: bot(),
        user: UserId::new("L1-U2").unwrap(),
        group: ChatId::new("C1").unwrap(),
        room: ChatId::new("R1").unwrap(),
        reply_token: ReplyToken::new("reply"),
        message_id: "77".into(),
        video_id: "78".into(),
        phone: "a".repeat(64),
        mark_as_read_token: "mark".into(),
        membership: 3,
        channel: "123".into(),
        secret: "secret".to_owned().into(),
        assertion: "a.b.c".to_owned().into(),
        webhook_url: "https://example.com/webhook".into(),
        day: "20261120".into(),
        now: Timestamp(1_795_000_000_000),
        key: || Uuid::from_u128(7),
    }
}

#[tokio::test]
async fn every_endpoint_is_called_as_the_table_says_and_its_answer_is_read() {
    let line = Line::answering(|seen: &Seen| Fate::json(200, an_answer(&seen.line())));
    let (client, with) = (line.client(), sample());
    let mut called = BTreeSet::new();
    let mut failed = Vec::new();
    Caller::new(&client, &with, |facts: &'static Facts, ended| {
        called.insert(facts.name);
        if let Err(error) = ended {
            failed.push(error.to_string());
        }
    })
    .all()
    .await;
    assert_eq!(failed, Vec::<String>::new());
    let mut all: BTreeSet<_> = ALL.iter().map(|facts| facts.name).collect();
    all.remove(ATTACH.name); // made by the attach client, and tested there
    assert_eq!(called, all);
    let seen = line.seen();
    for facts in ALL
        .iter()
        .filter(|facts| **facts != &ATTACH && facts.name != "issue a token")
    {
        let call = seen.iter().find(|call| is_of(facts, call));
        check(
            facts,
            call.unwrap_or_else(|| panic!("{} was not called", facts.name)),
        );
    }
}

/// Whether the call fits the row: verb, and path but for what varies.
fn is_of(facts: &Facts, call: &Seen) -> bool {
    let path = call.target.split('?').next().unwrap_or_default();
    let (theirs, ours) = (path.split('/'), facts.path.split('/'));
    let fits = |(theirs, ours): (&str, &str)| match ours.starts_with('{') {
        true => !["list", "upload", "click", "imp", "alias", "validate"].contains(&theirs),
        false => theirs == ours,
    };
    call.method == facts.method.as_str()
        && theirs.clone().count() == ours.clone().count()
        && theirs.zip(ours).all(fits)
}

fn check(facts: &Facts, call: &Seen) {
    let host = match facts.host {
        Host::Api => "http://api",
        Host::Data => "http://data",
        Host::Manager => panic!("{} is not the client's", facts.name),
    };
    assert_eq!(call.host, host, "{}", facts.name);
    let bearer = call
        .header("authorization")
        .is_some_and(|value| value.starts_with("Bearer "));
    assert_eq!(bearer, facts.made != Made::Openly, "{}", facts.name);
    let bot = call.header(BOT_HEADER).is_some_and(|value| value == "Ubot");
    assert_eq!(bot, facts.made == Made::ForBot, "{}", facts.name);
    let key = call.header("x-line-retry-key").is_some();
    assert_eq!(key, facts.twice == Twice::Keyed, "{}", facts.name);
    assert_eq!(
        call.body.is_empty(),
        call.header("content-type").is_none(),
        "{}",
        facts.name
    );
    // The HTTP client says the length of a body itself, and of none nothing.
    let wants_length = call.body.is_empty() && matches!(&*call.method, "POST" | "PUT");
    let says_none = call.header("content-length") == Some("0");
    assert_eq!(says_none, wants_length, "{}", facts.name);
    assert!(!call.target.contains(['{', ' ']), "{}", call.target);
}
