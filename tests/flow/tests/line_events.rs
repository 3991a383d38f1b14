//! Every event that the emulated LINE can make is read as what it is: of each type, in each
//! kind of chat, to a channel that holds the chat and to one that does not.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use emulator::{Deliver, Emulator, EventsRequest, Held, Outcome, Settings};
use serde_json::{Value, json};
use shared::domain::{BotId, Event, EventId, EventKind, Timestamp};
use shared::line::event;

const CHATS: [&str; 3] = [
    "LUb577ef3cbe786a8da85ff8e902a03fc6",
    "C8d3f61b0a9e2475bb1c7e5f04a6d92e3",
    "R1b2c3d4e5f60718293a4b5c6d7e8f901",
];

/// What is given of each event; the emulator fills in the rest as LINE would.
fn given() -> Vec<Value> {
    let contents = [
        "text", "image", "video", "audio", "file", "location", "sticker",
    ];
    let messages = contents.map(|kind| json!({"type": "message", "message": {"type": kind}}));
    let elsewhere = ["image", "video", "audio"].map(|kind| {
        let provider = json!({"type": "external", "originalContentUrl": "https://example.com/o"});
        let message = json!({"type": kind, "contentProvider": provider});
        json!({"type": "message", "message": message})
    });
    let types = [
        "messageEdited",
        "unsend",
        "follow",
        "unfollow",
        "join",
        "leave",
        "memberJoined",
        "memberLeft",
        "postback",
        "videoPlayComplete",
        "beacon",
        "accountLink",
        "membership",
        "activated",
        "deactivated",
        "botSuspended",
        "botResumed",
        "delivery",
    ]
    .map(|kind| json!({"type": kind}));
    let picked = ["date", "time", "datetime", "newRichMenuAliasId"].map(
        |param| json!({"type": "postback", "postback": {"data": "a", "params": {param: "b"}}}),
    );
    let beacons = ["banner", "stay"]
        .map(|kind| json!({"type": "beacon", "beacon": {"hwid": "d4", "type": kind, "dm": "61"}}));
    let memberships = ["left", "renewed"].map(
        |change| json!({"type": "membership", "membership": {"type": change, "membershipId": 7}}),
    );
    let modules = ["attached", "detached"].map(
        |kind| json!({"type": "module", "module": {"type": kind, "scopes": ["message:send"]}}),
    );
    let failed = json!({"type": "accountLink", "link": {"result": "failed", "nonce": "n"}});
    let all = messages
        .into_iter()
        .chain(elsewhere)
        .chain(types)
        .chain(picked);
    all.chain(beacons)
        .chain(memberships)
        .chain(modules)
        .chain([failed])
        .collect()
}

/// The event as the emulator makes it, and as we read it.
async fn made(line: &Emulator, bot: &str, chat: &str, event: Value) -> (Value, Event) {
    let request = EventsRequest {
        bot: bot.to_owned(),
        chat: Some(chat.to_owned()),
        events: vec![event],
        deliver: Deliver::Hold,
    };
    let Outcome::Held(Held {
        body, event_ids, ..
    }) = line.send_events(request).await.unwrap()
    else {
        panic!("it was sent");
    };
    let body: Value = serde_json::from_str(&body).unwrap();
    let sent = body["events"][0].clone();
    let (bot, id) = (
        BotId::new(bot).unwrap(),
        EventId::new(&event_ids[0]).unwrap(),
    );
    let read = event::read(&bot, &id, &sent.to_string(), Timestamp(i64::MAX / 2));
    (sent, read)
}

#[tokio::test]
async fn every_event_that_the_emulator_can_make_is_read_as_what_it_is() {
    let line = Emulator::new(Settings::default()).unwrap();
    let bot = line.state().await.bots[0].bot_id.clone();
    let mut count = 0;
    for event in given() {
        for chat in CHATS {
            for mode in ["active", "standby"] {
                let mut event = event.clone();
                event["mode"] = mode.into();
                let (sent, read) = made(&line, &bot, chat, event).await;
                assert!(!read.kind.is_unknown(), "{:?} of {sent}", read.kind);
                assert_eq!(read.raw(), sent.to_string());
                assert_eq!(read.chat.is_some(), sent.get("source").is_some(), "{sent}");
                let has_token = sent.get("replyToken").is_some();
                assert_eq!(read.reply_token.is_some(), has_token, "{sent}");
                assert!(mode == "active" || !has_token, "{sent}");
                count += 1;
            }
        }
    }
    assert!(count >= 90, "{count}");
}

#[tokio::test]
async fn only_what_is_invented_is_unknown() {
    let line = Emulator::new(Settings::default()).unwrap();
    let bot = line.state().await.bots[0].bot_id.clone();
    let hologram = json!({"type": "message", "message": {"type": "hologram"}});
    for event in [
        json!({"type": "teleport"}),
        json!({"type": "things"}),
        hologram,
    ] {
        let (sent, read) = made(&line, &bot, CHATS[0], event).await;
        assert!(read.kind.is_unknown(), "{sent}");
        assert_eq!(read.raw(), sent.to_string());
    }
    let paused = json!({"type": "module", "module": {"type": "paused"}});
    let (_, read) = made(&line, &bot, CHATS[0], paused).await;
    assert_eq!(read.kind, EventKind::Unknown("module/paused".into()));
}
