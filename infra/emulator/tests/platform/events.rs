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
