//! Events that nobody expects.

use serde_json::{Value, json};

use super::script::{SETS, is_of_line, message, postback};

/// Data of other channels' messages, and of older versions of one's own.
pub(super) fn postbacks() -> Vec<Value> {
    let long = "x".repeat(300);
    let data = [
        "",
        " ",
        "action=buy&itemid=111",
        "reserve",
        "reserve tomorrow",
        "cancel 2026-02-30T25:00",
        "{\"v\":1,\"action\":\"open\"}",
        "{",
        "null",
        "-1",
        "a:b:c:d",
        "予約 😀",
        &long,
    ];
    let mut events: Vec<_> = data.into_iter().map(postback).collect();
    let picked = json!({ "data": "when", "params": { "datetime": "2026-11-24T10:00" } });
    events.push(json!({ "type": "postback", "postback": picked }));
    let odd = [json!({}), json!({ "data": 5 }), json!(null)];
    events.extend(odd.map(|postback| json!({ "type": "postback", "postback": postback })));
    events
}

/// Every type that LINE documents, but for those that silence a chat; types that it does not; and members that are
/// odd.
pub(super) fn events() -> Vec<Value> {
    let messages = [
        "sticker", "image", "video", "audio", "file", "location", "hologram",
    ]
    .map(|kind| json!({ "type": "message", "message": { "type": kind } }));
    let kinds = [
        "unsend",
        "videoPlayComplete",
        "beacon",
        "accountLink",
        "membership",
        "messageEdited",
        "memberJoined",
        "memberLeft",
        "delivery",
        "things",
        "teleport",
        "activated",
        "follow",
        "botResumed",
    ]
    .map(|kind| json!({ "type": kind }));
    let odd = [
        message(""),
        message(&"あ".repeat(5000)),
        message("\u{0}\u{202e}"),
        json!({ "type": "message", "message": null }),
        json!({ "type": "message", "message": { "type": "image", "contentProvider": { "type": "external" } } }),
        json!({ "type": "message", "message": { "type": "image", "imageSet": { "id": "s", "index": 2, "total": 2 } } }),
        json!({ "type": "message", "message": { "type": "video", "contentProvider": { "type": "moon" }, "duration": -1 } }),
        json!({ "type": "message", "message": { "type": "location", "latitude": "north" } }),
        json!({ "type": "message", "message": { "type": "sticker", "stickerId": 5, "keywords": "hi" } }),
        json!({ "type": "message", "message": { "type": "file", "fileName": "", "fileSize": 1e30 } }),
        json!({ "type": "messageEdited", "message": { "type": "hologram" } }),
        json!({ "type": "unsend", "unsend": { "messageId": 5 } }),
        json!({ "type": "membership", "membership": { "type": "renewed", "membershipId": 1 } }),
        json!({ "type": "membership", "membership": { "type": "paused", "membershipId": 1 } }),
        json!({ "type": "accountLink", "link": { "result": "failed", "nonce": "n" } }),
        json!({ "type": "message", "message": { "type": "text", "text": null } }),
        json!({ "type": "message", "message": { "type": "text", "text": 5 } }),
        json!({ "type": "message", "message": { "type": "text", "text": "hi", "mention": [], "new": { "a": [1.5] } } }),
        json!({ "type": "follow", "follow": null }),
        json!({ "type": null }),
        json!({}),
    ];
    messages.into_iter().chain(kinds).chain(odd).collect()
}

/// What may go with a command, a signal or a timer.
pub(super) fn payloads() -> [Value; 4] {
    [
        json!(null),
        json!([]),
        json!("😀"),
        json!({ "a": { "b": [1.5] } }),
    ]
}

/// Events as they are in a group, by this user and by nobody; and in a room; and by a user without an id.
pub(super) fn in_groups(events: &[Value], user: &str) -> Vec<Value> {
    let group = format!("C{}", "5".repeat(32));
    let room = format!("R{}", "5".repeat(32));
    let sources = [
        json!({ "type": "group", "groupId": group, "userId": user }),
        json!({ "type": "group", "groupId": group }),
        json!({ "type": "room", "roomId": room }),
        json!({ "type": "user" }),
        json!({ "type": "world" }),
    ];
    let members = json!({ "members": [{ "type": "user", "userId": user }] });
    let of_groups = [
        json!({ "type": "join" }),
        json!({ "type": "memberJoined", "joined": members }),
        json!({ "type": "memberLeft", "left": members }),
    ];
    let is_users = |event: &&Value| event["type"] != "follow" && is_of_line(event);
    let users = events.iter().filter(is_users);
    let all: Vec<_> = of_groups.iter().chain(users).collect();
    let of = |source: &Value| {
        let all = all.iter().map(|event| from(event, source));
        all.collect::<Vec<_>>()
    };
    let left = json!({ "type": "leave", "source": sources[0] });
    let set = events.iter().filter(|event| event["type"] == SETS).cloned();
    set.chain(sources.iter().flat_map(of))
        .chain([left])
        .collect()
}

fn from(event: &Value, source: &Value) -> Value {
    let mut event = event.clone();
    let user = event["source"]["userId"].take();
    event["source"] = source.clone();
    if user.is_string() && !source["userId"].is_null() {
        event["source"]["userId"] = user;
    }
    event
}
