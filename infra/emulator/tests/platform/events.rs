//! Every type of event, as LINE sends it.

use serde_json::{Map, Value, json};

use crate::stage::{BOOKS, Stage};

/// Each type with the member that it is about, and whether a reply token comes with it.
const TYPES: [(&str, &str, bool); 22] = [
    ("message", "/message/id", true),
    ("messageEdited", "/message/id", true),
    ("unsend", "/unsend/messageId", false),
    ("follow", "/follow/isUnblocked", true),
    ("unfollow", "/source/userId", false),
    ("join", "/source/groupId", true),
    ("leave", "/source/groupId", false),
    ("memberJoined", "/joined/members/0/userId", true),
    ("memberLeft", "/left/members/0/userId", false),
    ("postback", "/postback/data", true),
    ("videoPlayComplete", "/videoPlayComplete/trackingId", true),
    ("beacon", "/beacon/hwid", true),
    ("accountLink", "/link/nonce", true),
    ("membership", "/membership/membershipId", true),
    ("activated", "/source/userId", false),
    ("deactivated", "/source/userId", false),
    ("botSuspended", "/type", false),
    ("botResumed", "/type", false),
    ("delivery", "/delivery/data", false),
    ("module", "/type", false),
    ("somethingNew", "/source/userId", false),
    ("things", "/source/userId", false),
];

const WITHOUT_SOURCE: [&str; 4] = ["botSuspended", "botResumed", "delivery", "module"];
const OF_GROUPS: [&str; 4] = ["join", "leave", "memberJoined", "memberLeft"];

async fn sent(stage: &mut Stage, chat: &str, events: Value) -> Vec<Value> {
    let body = json!({"bot": BOOKS, "chat": chat, "events": events});
    assert_eq!(stage.control("events", body).await.0, 200);
    let hook = stage.hook().await.json();
    assert_eq!(hook["destination"], BOOKS);
    hook["events"].as_array().unwrap().clone()
}

#[tokio::test]
async fn each_type_of_event_has_what_it_is_about() {
    let scopes = "message%3Areceive";
    let mut stage = Stage::new().await.attach_to(BOOKS, scopes).await;
    let group = stage.group(BOOKS).await;
    for (kind, about, replies) in TYPES {
        let chat = if OF_GROUPS.contains(&kind) {
            group.as_str()
        } else {
            "LUa"
        };
        let event = sent(&mut stage, chat, json!([{ "type": kind }]))
            .await
            .remove(0);
        assert!(event.pointer(about).is_some(), "{kind}: {event}");
        assert_eq!(event.get("replyToken").is_some(), replies, "{kind}");
        assert_eq!(
            event.get("source").is_none(),
            WITHOUT_SOURCE.contains(&kind),
            "{kind}"
        );
        for member in ["webhookEventId", "deliveryContext", "timestamp", "mode"] {
            assert!(event.get(member).is_some(), "{kind} without {member}");
        }
    }
}

#[tokio::test]
async fn each_type_of_message_has_what_it_must() {
    let mut stage = Stage::new()
        .await
        .attach_to(BOOKS, "message%3Areceive")
        .await;
    let cases: [(&str, &[&str]); 7] = [
        ("text", &["text", "quoteToken"]),
        ("image", &["contentProvider", "quoteToken"]),
        ("video", &["contentProvider", "duration", "quoteToken"]),
        ("audio", &["contentProvider", "duration"]),
        ("file", &["fileName", "fileSize"]),
        ("location", &["latitude", "longitude"]),
        (
            "sticker",
            &[
                "packageId",
                "stickerId",
                "stickerResourceType",
                "quoteToken",
            ],
        ),
    ];
    for (kind, members) in cases {
        let given = json!([{"type": "message", "message": {"type": kind}}]);
        let event = sent(&mut stage, "LUa", given).await.remove(0);
        let message: &Map<String, Value> = event["message"].as_object().unwrap();
        for member in members.iter().chain(&["id", "markAsReadToken"]) {
            assert!(message.contains_key(*member), "{kind} without {member}");
        }
        assert_eq!(
            message.contains_key("quoteToken"),
            members.contains(&"quoteToken"),
            "{kind}"
        );
    }
}

#[tokio::test]
async fn events_of_several_users_and_kinds_come_in_one_webhook() {
    let mut stage = Stage::new()
        .await
        .attach_to(BOOKS, "message%3Areceive")
        .await;
    let group = stage.group(BOOKS).await;
    let source = json!({"type": "group", "groupId": group, "userId": "LUb"});
    let given = json!([{"type": "message"}, {"type": "postback", "source": source}, {"type": "botSuspended"}]);
    let events = sent(&mut stage, "LUa", given).await;
    assert_eq!(
        events[0]["source"],
        json!({"type": "user", "userId": "LUa"})
    );
    assert_eq!(events[1]["source"], source);
    assert!(events[2].get("source").is_none());
    let ids: Vec<&Value> = events
        .iter()
        .map(|event| &event["webhookEventId"])
        .collect();
    assert!(ids[0] != ids[1] && ids[1] != ids[2]);
}

#[tokio::test]
async fn on_standby_no_type_of_event_has_a_reply_token() {
    let mut stage = Stage::new()
        .await
        .attach_to(BOOKS, "message%3Areceive")
        .await;
    for kind in [
        "message",
        "postback",
        "beacon",
        "videoPlayComplete",
        "membership",
    ] {
        stage.emulator.take(BOOKS, "LUa").await.unwrap();
        while !stage.no_hook() {}
        let event = sent(&mut stage, "LUa", json!([{ "type": kind }]))
            .await
            .remove(0);
        assert_eq!(
            (&event["mode"], event.get("replyToken")),
            (&json!("standby"), None),
            "{kind}"
        );
    }
}

/// What a group reads.
async fn texts(stage: &Stage, group: &str) -> Vec<String> {
    let all = stage.emulator.conversation(BOOKS, group).await;
    let texts = all.iter().filter_map(|bubble| bubble.text());
    texts.map(str::to_owned).collect()
}

#[tokio::test]
async fn of_several_edits_the_newest_stands_in_whatever_order_they_come() {
    let mut stage = Stage::new()
        .await
        .attach_to(BOOKS, "message%3Areceive")
        .await;
    let group = stage.group(BOOKS).await;
    let edit = |at: i64, text: &str| json!({"type": "messageEdited", "timestamp": at, "message": {"type": "text", "id": "7", "text": text}});
    let said = json!({"type": "message", "message": {"type": "text", "id": "7", "text": "six"}});
    let edits = json!([said, edit(30, "eight"), edit(20, "seven")]);
    let events = sent(&mut stage, &group, edits).await;
    assert_eq!(events[1]["message"]["id"], "7");
    assert!(events[1].get("replyToken").is_some());
    assert_eq!(texts(&stage, &group).await, ["eight"]);
}

#[tokio::test]
async fn a_message_is_edited_in_a_group_and_not_in_a_chat_with_an_account() {
    let mut stage = Stage::new()
        .await
        .attach_to(BOOKS, "message%3Areceive")
        .await;
    let group = stage.group(BOOKS).await;
    let line = stage.emulator.clone();
    let refused = line.user_edits(BOOKS, "LUa", "LUa", "7", "a").await;
    assert!(refused.unwrap_err().to_string().contains("in a group"));
    line.user_edits(BOOKS, &group, "LUa", "7", "a")
        .await
        .unwrap();
    let event = stage.hook().await.json()["events"][0].clone();
    assert_eq!(event["type"], "messageEdited");
    assert_eq!(
        event["source"],
        json!({"type": "group", "groupId": group, "userId": "LUa"})
    );
}

#[tokio::test]
async fn a_user_takes_a_message_back_and_changes_a_membership() {
    let mut stage = Stage::new()
        .await
        .attach_to(BOOKS, "message%3Areceive")
        .await;
    let line = stage.emulator.clone();
    line.user_unsends(BOOKS, "LUa", "LUa", "7").await.unwrap();
    let event = stage.hook().await.json()["events"][0].clone();
    assert_eq!(event["unsend"], json!({"messageId": "7"}));
    for change in ["joined", "renewed", "left"] {
        line.user_changes_membership(BOOKS, "LUa", change, 3)
            .await
            .unwrap();
        let event = stage.hook().await.json()["events"][0].clone();
        assert_eq!(
            event["membership"],
            json!({"type": change, "membershipId": 3})
        );
    }
    let refused = line
        .user_changes_membership(BOOKS, "LUa", "paused", 3)
        .await;
    assert!(
        refused
            .unwrap_err()
            .to_string()
            .contains("joined, left or renewed")
    );
}
