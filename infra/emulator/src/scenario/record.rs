//! Making a scenario of what happened.

use serde_json::{Map, Value, json};

use super::Stopped;
use super::file::{Expect, Link, Scenario, Step};
use super::world::{Place, World};

/// What LINE fills in differently each time.
const FRESH: [&str; 5] = [
    "webhookEventId",
    "deliveryContext",
    "timestamp",
    "replyToken",
    "mode",
];
const FRESH_IN_MESSAGES: [&str; 3] = ["id", "quoteToken", "markAsReadToken"];

/// Makes a scenario of what a running emulator has seen: a step for each webhook, with the messages
/// that came before the next one as its expectations.
///
/// # Errors
/// The emulator cannot be reached.
pub async fn record(name: &str, place: &Place) -> Result<Scenario, Stopped> {
    let world = World::new(place)?;
    let (calls, sent) = (world.read("calls").await?, world.read("deliveries").await?);
    let list = |answer: &Value, name: &str| answer[name].as_array().cloned().unwrap_or_default();
    Ok(Scenario {
        name: name.to_owned(),
        about: "Recorded.".to_owned(),
        steps: steps(&list(&sent, "deliveries"), &list(&calls, "calls")),
        ..Scenario::default()
    })
}

fn steps(sent: &[Value], calls: &[Value]) -> Vec<Step> {
    let first = |delivery: &&Value| delivery["redelivery"] != true;
    let sent: Vec<&Value> = sent.iter().filter(first).collect();
    let mut steps = Vec::with_capacity(sent.len());
    for (place, delivery) in sent.iter().enumerate() {
        let from = at(delivery);
        let to = sent.get(place + 1).map_or(i64::MAX, |next| at(next));
        let within = calls.iter().filter(|call| (from..to).contains(&at(call)));
        let expect = within.filter_map(expectation).collect();
        steps.push(Step {
            expect,
            ..step(delivery)
        });
    }
    steps
}

fn at(thing: &Value) -> i64 {
    thing["at"].as_i64().unwrap_or(0)
}

fn step(delivery: &Value) -> Step {
    let json = delivery["body"].as_str().unwrap_or_default();
    let body: Value = serde_json::from_str(json).unwrap_or_default();
    let events = body["events"].as_array().cloned().unwrap_or_default();
    let bot = body["destination"].as_str().unwrap_or_default().to_owned();
    if events
        .iter()
        .any(|event| event["module"]["type"] == "attached")
    {
        return Step {
            title: "An admin links the account".into(),
            link: Some(Link {
                bot,
                tab: None,
                status: 200,
            }),
            ..Step::default()
        };
    }
    let kinds: Vec<&str> = events
        .iter()
        .filter_map(|event| event["type"].as_str())
        .collect();
    let events: Vec<Value> = events.iter().map(stripped).collect();
    Step {
        title: kinds.join(", "),
        webhook: Some(json!({"bot": bot, "events": events})),
        ..Step::default()
    }
}

/// An event without what LINE fills in differently each time.
fn stripped(event: &Value) -> Value {
    let mut event = event.as_object().cloned().unwrap_or_default();
    FRESH.iter().for_each(|member| {
        event.remove(*member);
    });
    if let Some(message) = event.get_mut("message").and_then(Value::as_object_mut) {
        FRESH_IN_MESSAGES.iter().for_each(|member| {
            message.remove(*member);
        });
    }
    Value::Object(event)
}

/// What a call of ours that sends messages makes one expect.
fn expectation(call: &Value) -> Option<Expect> {
    let path = call["path"].as_str()?;
    path.starts_with("/v2/bot/message/").then_some(())?;
    let mut members = Map::new();
    members.insert("status".into(), call["status"].clone());
    Some(Expect {
        call: Some(format!("{} {path}", call["method"].as_str()?)),
        members,
        contains: text_of(&call["request"]),
        ..Expect::default()
    })
}

/// The text of the first message of a request that has one.
pub(super) fn text_of(request: &Value) -> Option<String> {
    let messages = request["messages"].as_array()?;
    let paths = ["/text", "/template/text", "/altText"];
    let texts = messages
        .iter()
        .flat_map(|message| paths.map(|path| message.pointer(path)));
    let first = texts.flatten().find_map(Value::as_str);
    first.map(str::to_owned)
}
