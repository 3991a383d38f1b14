//! Users who write, and LINE, which sends a webhook again until it is taken.

use std::time::Duration;

use emulator::{Deliver, DeliverOptions, Delivery, EventsRequest, Outcome};
use futures::StreamExt as _;
use local::stack::Stack;
use serde_json::json;

use crate::live::{Failure, Plan};

/// Number of chats that write at once.
const AT_ONCE: usize = 12;
/// Every so-manieth webhook comes twice.
const TWICE: usize = 10;

/// One event that was sent.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    pub(crate) chat: String,
    /// Its place among the chat's events.
    pub(crate) number: usize,
    pub(crate) event: String,
}

/// How many webhooks LINE has tried.
pub(crate) async fn delivered(stack: &Stack) -> usize {
    stack.line.deliveries(0).await.len()
}

/// All chats write, each one message after the other.
pub(crate) async fn all(stack: &Stack, bot: &str, plan: Plan) -> Result<Vec<Sent>, Failure> {
    let each = plan.events / plan.chats;
    let chats = (0..plan.chats).map(|chat| one_chat(stack, bot, chat, each));
    let mut writing = futures::stream::iter(chats).buffer_unordered(AT_ONCE);
    let mut sent = Vec::new();
    while let Some(of_chat) = writing.next().await {
        sent.extend(of_chat?);
    }
    Ok(sent)
}

async fn one_chat(
    stack: &Stack,
    bot: &str,
    chat: usize,
    each: usize,
) -> Result<Vec<Sent>, Failure> {
    let user = format!("L{chat:03}");
    taken(stack, stack.line.follow(bot, &user).await).await?;
    let mut sent = Vec::new();
    for number in 0..each {
        let twice = (chat * each + number).is_multiple_of(TWICE);
        let event = write(stack, bot, &user, number, twice).await?;
        sent.push(Sent {
            chat: user.clone(),
            number,
            event,
        });
    }
    Ok(sent)
}

async fn write(
    stack: &Stack,
    bot: &str,
    user: &str,
    number: usize,
    twice: bool,
) -> Result<String, Failure> {
    let text = json!({ "type": "text", "text": format!("{user} {number}") });
    let request = EventsRequest {
        bot: bot.to_owned(),
        chat: Some(user.to_owned()),
        events: vec![json!({ "type": "message", "message": text })],
        deliver: Deliver::Send(DeliverOptions {
            copies: if twice { 2 } else { 1 },
            ..DeliverOptions::default()
        }),
    };
    let sent = stack.line.send_events(request).await;
    match sent.map_err(Failure::of)? {
        Outcome::Delivered(delivery) => {
            let event = delivery.event_ids[0].clone();
            taken(stack, Ok(Some(*delivery))).await?;
            Ok(event)
        }
        Outcome::Held(_) => Err(Failure("the webhook was held back".into())),
    }
}

/// LINE sends it again until it is taken, as it does where that is switched on.
async fn taken(
    stack: &Stack,
    delivery: Result<Option<Delivery>, emulator::Error>,
) -> Result<(), Failure> {
    let mut delivery = delivery.map_err(Failure::of)?;
    while let Some(tried) = delivery.filter(|tried| tried.status != Some(200)) {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let again = stack.line.redeliver(tried.number).await;
        delivery = Some(again.map_err(Failure::of)?);
    }
    Ok(())
}
