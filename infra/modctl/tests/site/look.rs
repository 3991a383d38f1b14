//! Looking at accounts, chats and events.

use std::time::{Duration, SystemTime};

use emulator::FaultKind;
use serde_json::Value;
use shared::domain::{BotId, ChatId, EventId, LedgerEntry, Timestamp};
use shared::store::LedgerKey;

use crate::scene::{Scene, command, run, steady};

/// The text of each element's member.
fn each<'a>(list: &'a Value, member: &str) -> Vec<&'a str> {
    let list = list.as_array().unwrap().iter();
    list.map(|it| it[member].as_str().unwrap_or_default())
        .collect()
}

#[tokio::test]
async fn accounts_are_listed_by_their_state_and_shown_one_by_one() {
    let scene = Scene::begin().await;
    let bot = scene.bot.as_str();
    let listed = scene.json(&["bots"]).await;
    let account = &listed["bots"][0];
    assert_eq!(
        (&account["bot"], &account["state"]),
        (&bot.into(), &"attached".into())
    );
    let basic_id = account["basic_id"].as_str().unwrap();
    let lacks = async |scope: &str| scene.json(&["bots", "--lacking", scope]).await;
    assert_eq!(each(&lacks("coupon:manage").await["bots"], "bot"), [bot]);
    assert!(each(&lacks("message:send").await["bots"], "bot").is_empty());
    assert!(
        scene
            .said(&["bots", "--missing"])
            .await
            .contains("No account.")
    );

    let shown = scene.said(&["bot", basic_id, "--quota"]).await;
    for words in [
        "attached",
        "message:send",
        "coupon:manage",
        "module was told of",
        "messages this month",
    ] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    assert!(
        scene
            .said(&["bot", bot])
            .await
            .contains("--quota asks LINE")
    );
    scene.stack.line.suspend(bot).await.unwrap();
    scene.stack.settled().await.unwrap();
    assert_eq!(
        each(&scene.json(&["bots", "--suspended"]).await["bots"], "bot"),
        [bot]
    );
    let shown = scene.json(&["bot", bot]).await;
    assert_eq!(shown["state"], "suspended");
    assert_eq!(shown["events"][0]["kind"], "botSuspended");
    for unknown in ["@nobody", "Unobody"] {
        let (code, said) = scene.refuses(&["bot", unknown]).await;
        assert_eq!(code, 3);
        assert!(
            said.contains(&format!("knows no account {unknown}")),
            "{said}"
        );
    }
}

#[tokio::test]
async fn chats_are_listed_in_pages_with_who_holds_each() {
    let scene = Scene::begin().await;
    let bot = scene.bot.as_str();
    assert!(scene.said(&["chats", bot]).await.contains("No chat."));
    let mut users = Vec::new();
    for name in ["Mari", "Ken", "Yuki"] {
        let user = scene.friend(name).await;
        for _ in 0..3 {
            scene.says(&user, "hello").await;
        }
        users.push(user);
    }
    scene.stack.line.take(bot, &users[1]).await.unwrap();
    scene.stack.settled().await.unwrap();
    let all = scene.json(&["chats", bot]).await;
    let mut sorted = users.clone();
    sorted.sort();
    assert_eq!(each(&all["chats"], "chat"), sorted);
    assert_eq!(all["next"], Value::Null);
    let first = scene.json(&["chats", bot, "--most", "2"]).await;
    assert_eq!(each(&first["chats"], "chat"), sorted[..2]);
    let next = first["next"].as_str().unwrap();
    let rest = scene.json(&["chats", bot, "--after", next]).await;
    assert_eq!(each(&rest["chats"], "chat"), sorted[2..]);
    let ken = scene.json(&["chat", bot, "ken"]).await;
    assert_eq!(
        (&ken["name"], &ken["held"]["by"]),
        (&"Ken".into(), &"others".into())
    );
    let by = ken["held"]["event"].as_str().unwrap();
    let newest = scene.newest(&users[1]).await;
    assert_eq!(by, newest);
}

/// Chats without events stand side by side in the table, and others have any number between.
#[tokio::test]
async fn each_of_many_chats_is_listed_once_whatever_the_page() {
    let scene = Scene::begin().await;
    let store = &scene.stack.store;
    let bot = BotId::new(&scene.bot).unwrap();
    let now = Timestamp::from(SystemTime::now());
    let mut all = Vec::new();
    for number in 0..90 {
        let id = match number {
            0 => "#odd".to_owned(),
            _ => format!("U{number:03}"),
        };
        let chat = ChatId::new(id).unwrap();
        // Every third has no event, every tenth nothing but events.
        if number % 10 != 7 {
            let write = store.update_registers(&bot, &chat, Timestamp(1), |it| {
                it.released(now, &EventId::new("e").unwrap());
            });
            write.await.unwrap();
        }
        for event in 0..number % 3 + usize::from(number % 10 == 7) {
            let key = LedgerKey {
                bot: bot.clone(),
                chat: Some(chat.clone()),
                event: EventId::new(format!("e{event}")).unwrap(),
            };
            let entry = LedgerEntry::done("message", now, now, now);
            assert!(store.replace_ledger(&key, &entry, now).await.unwrap());
        }
        all.push(chat);
    }
    for most in [1, 7, 89, 90, 500] {
        let (mut listed, mut after) = (Vec::new(), None);
        loop {
            let page = store.chats(&bot, after.as_ref(), most).await.unwrap();
            assert!(page.rows.len() <= most);
            listed.extend(page.rows.into_iter().map(|(chat, _)| chat));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(listed.len(), all.len(), "pages of {most}");
        assert_eq!(listed[..89], all[1..], "pages of {most}");
        assert!(listed[89].as_str().starts_with("sha256:"));
    }
}

#[tokio::test]
async fn a_chat_is_shown_with_its_timers_and_its_state_only_where_it_is_asked_for() {
    let scene = Scene::begin().await;
    let (mari, bot) = (scene.friend("Mari").await, scene.bot.as_str());
    for text in ["hello", "later", "take"] {
        scene.says(&mari, text).await;
    }
    let shown = scene.said(&["chat", bot, &mari]).await;
    assert!(
        !shown.contains("secret dish") && shown.contains("--state shows it"),
        "{shown}"
    );
    assert!(
        shown.contains("remind") && shown.contains("waiting"),
        "{shown}"
    );
    let shown = scene.said(&["chat", bot, &mari, "--state"]).await;
    assert!(shown.contains("secret dish"), "{shown}");
    let chat = scene.json(&["chat", bot, &mari]).await;
    assert_eq!(chat["held"]["by"], "us");
    assert!(chat["held"]["until"].is_i64(), "{chat}");
    // The emulator's clock is moved, and with it that of the functions.
    scene.stack.line.let_pass(Duration::from_secs(3601));
    let chat = scene.said(&["chat", bot, &mari]).await;
    assert!(
        chat.contains("the time for which the bot had it ran out"),
        "{chat}"
    );
}

#[tokio::test]
async fn events_are_listed_of_a_chat_of_the_account_and_of_all_chats() {
    let scene = Scene::begin().await;
    let bot = scene.bot.as_str();
    let (mari, ken) = (scene.friend("Mari").await, scene.friend("Ken").await);
    for (user, text) in [(&mari, "hello"), (&ken, "quiet"), (&mari, "park")] {
        scene.says(user, text).await;
    }
    let of_mari = scene.json(&["events", bot, "Mari"]).await;
    assert_eq!(each(&of_mari["events"], "verdict"), ["failed", "handled"]);
    let newest = scene.json(&["events", bot, &mari, "--most", "1"]).await;
    assert_eq!(each(&newest["events"], "verdict"), ["failed"]);
    assert_eq!(newest["more"], true);
    let all = scene.json(&["events", bot, "--since", "1h"]).await;
    let chats = each(&all["events"], "chat");
    assert_eq!(chats[..3], [mari.as_str(), ken.as_str(), mari.as_str()]);
    let own = scene.json(&["events", bot, "--account"]).await;
    assert!(each(&own["events"], "kind").contains(&"module"), "{own}");
    scene.stack.line.let_pass(Duration::from_secs(7200));
    let since = scene.said(&["events", bot, "--since", "1h"]).await;
    assert!(since.starts_with("No event since"), "{since}");
    let (code, said) = scene.refuses(&["events", bot, "--since", "soon"]).await;
    assert_eq!(code, 2);
    assert!(said.contains("30m, 2h or 3d"), "{said}");
}

#[tokio::test]
async fn what_is_parked_is_counted_by_reason_and_listed() {
    let scene = Scene::begin().await;
    let bot = scene.bot.as_str();
    assert_eq!(scene.said(&["parked"]).await, "Nothing is parked.\n");
    let mari = scene.friend("Mari").await;
    for _ in 0..2 {
        scene.says(&mari, "park").await;
    }
    scene
        .next_fails("/v2/bot/message/push", FaultKind::MonthlyLimit)
        .await;
    scene.says(&mari, "push").await;
    let parked = scene.json(&["parked"]).await;
    assert_eq!(parked["count"], 3);
    assert_eq!(
        each(&parked["reasons"], "reason"),
        ["by_module", "refused_by_line"]
    );
    assert_eq!(parked["reasons"][0]["count"], 2);
    let listed = scene.json(&["parked", bot, "--reason", "by-module"]).await;
    assert_eq!(each(&listed["events"], "chat"), [mari.as_str(), &mari]);
    assert_eq!(scene.json(&["parked", "--since", "0s"]).await["count"], 0);
    let (code, said) = scene.refuses(&["parked", "--reason", "bored"]).await;
    assert_eq!(code, 1);
    assert!(said.contains("module_failed"), "{said}");
    let table = steady(&scene.said(&["parked"]).await);
    assert!(table.contains("3 events are parked."), "{table}");
}

#[tokio::test]
async fn tail_goes_on_where_it_was_interrupted() {
    let scene = Scene::begin().await;
    let bot = scene.bot.as_str();
    let cursor = scene.folder.path().join("cursor");
    let cursor = cursor.to_str().unwrap();
    let mari = scene.friend("Mari").await;
    scene.says(&mari, "hello").await;
    let tail = [
        "tail",
        bot,
        "--only",
        "handled,parked",
        "--once",
        "--json",
        "--cursor",
        cursor,
    ];
    let lines = async || {
        let said = scene.said(&tail).await;
        let verdict = |line: &str| -> Value { serde_json::from_str(line).unwrap() };
        let lines = said.lines().map(|line| verdict(line)["kind"].clone());
        lines.collect::<Vec<_>>()
    };
    assert!(lines().await.contains(&"message".into()));
    assert!(lines().await.is_empty());
    scene.says(&mari, "park").await;
    assert_eq!(lines().await, ["message"]);
    let (code, said) = scene
        .refuses(&["tail", "--only", "parked", "--cursor", cursor])
        .await;
    assert_eq!(code, 1);
    assert!(said.contains("cursor of another tail"), "{said}");
    let all = scene.said(&["tail", "--only", "parked", "--once"]).await;
    assert!(all.contains("by_module"), "{all}");
    let (code, said) = scene.refuses(&["tail", "--once"]).await;
    assert_eq!(code, 1);
    assert!(said.contains("say which account"), "{said}");
}

#[tokio::test]
async fn without_a_cargo_dev_it_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("dev.json");
    let bots = async || {
        let mut command = command(&file);
        command.args(["--local", "bots"]);
        let said = run(command).await;
        (said.code.unwrap(), said.err)
    };
    let (code, said) = bots().await;
    assert_eq!(code, 3);
    assert!(
        said.contains("no `cargo dev` runs in this working copy"),
        "{said}"
    );
    // A port that was free a moment ago: whoever wrote the file was killed.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    drop(listener);
    let left = serde_json::json!({"process": 1, "variables": {"AWS_ENDPOINT_URL_DYNAMODB": url}});
    std::fs::write(&file, left.to_string()).unwrap();
    let (code, said) = bots().await;
    assert_eq!(code, 3);
    assert!(said.contains("no `cargo dev` runs any more"), "{said}");
    let mut nowhere = command(&file);
    nowhere.arg("bots");
    let said = run(nowhere).await;
    assert_eq!(said.code, Some(1));
    assert!(said.err.contains("say where"), "{}", said.err);
}
