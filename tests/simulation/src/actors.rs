//! Who acts: LINE with its webhooks, the event source with its workers, people at the
//! management screen.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value as Json, json};
use sha2::Sha256;
use shared::domain::{BotId, ChatId, EventId, Timestamp, may_control};
use shared::store::{LedgerKey, Store};
use sqs::lambda_event;

use crate::after::Begun;
use crate::history::Place;
use crate::judges::{self, Hand, lifecycle};
use crate::line::{SECRET, bot_id, chat_id};
use crate::message::{Message, events_of};
use crate::module::Script;
use crate::process::Process;
use crate::schedule::{Deed, Hold, Server, Webhook, What};
use crate::world::{QUEUE, World};

/// What is received more often goes to the dead-letter queue: `maxReceiveCount` in the
/// template.
const MOST_RECEIVES: u32 = 1000;
/// How long LINE waits for an answer.
const LINES_PATIENCE: Duration = Duration::from_secs(2);
/// The webhook's own 5xx comes before this.
const ANSWER: Duration = Duration::from_millis(1_500);
/// An event source's look into an empty queue.
const LONG_POLL: Duration = Duration::from_secs(600);

/// A webhook: its events happen, and its copies are delivered.
pub(crate) async fn webhook(world: Arc<World>, webhook: Webhook) {
    world.time.until(Duration::from_millis(webhook.at_ms)).await;
    let events = world.line().happen(&webhook);
    let ids: Vec<_> = webhook
        .events
        .iter()
        .map(|event| event.id.clone())
        .collect();
    world.note(|| format!("at LINE happen {ids:?} of {}", webhook.bot));
    let bot = bot_id(webhook.bot);
    let copies = webhook.copies_ms.iter().map(|delay| {
        let delay = Duration::from_millis(*delay);
        copy(&world, &bot, &ids, &events, delay, webhook.again)
    });
    futures::future::join_all(copies).await;
}

/// Delivers a webhook after a while, and again while it is not taken.
pub(crate) async fn copy(
    world: &Arc<World>,
    bot: &str,
    ids: &[String],
    events: &[Json],
    delay: Duration,
    again: u8,
) {
    world.time.sleep(delay).await;
    for time in 0..=again {
        if deliver(world, bot, ids, events, time > 0).await {
            return;
        }
        let pause = Duration::from_secs(20) * (u32::from(time) * 5 + 1);
        world.time.sleep(pause).await;
    }
}

/// Delivers a webhook; whether it was answered 200 in time.
async fn deliver(
    world: &Arc<World>,
    bot: &str,
    ids: &[String],
    events: &[Json],
    again: bool,
) -> bool {
    world.line().deliver(ids);
    for id in ids {
        let at = world.time.elapsed();
        let mut history = world.history();
        history.delivered.entry(id.clone()).or_default().push(at);
    }
    let mut events = events.to_vec();
    for event in &mut events {
        event["deliveryContext"]["isRedelivery"] = again.into();
    }
    let body = json!({ "destination": bot, "events": events }).to_string();
    let (sender, receiver) = futures::channel::oneshot::channel();
    let task = receive(world.clone(), body);
    let ids = ids.to_vec();
    let seen = world.clone();
    world.time.spawn(async move {
        let status = task.await;
        if status == Some(200) {
            seen.history().acknowledged.extend(ids);
        }
        let _ = sender.send(status);
    });
    let wait = world.time.sleep(LINES_PATIENCE);
    match futures::future::select(receiver, Box::pin(wait)).await {
        futures::future::Either::Left((status, _)) => status == Ok(Some(200)),
        futures::future::Either::Right(_) => false,
    }
}

/// The webhook function; none if it has crashed.
async fn receive(world: Arc<World>, body: String) -> Option<u16> {
    let process = Process::start(&world);
    let invocation = world.history().invocation(Vec::new());
    let config = webhook::Config::read(&process.env()).expect("its variables");
    let app = webhook::App::new(config, &process.ground());
    let json = json!({
        "routeKey": "POST /webhook",
        "headers": { "x-line-signature": sign(&body) },
        "body": body,
        "isBase64Encoded": false,
    });
    let request = serde_json::from_value(json).expect("a request");
    let begun = world.time.elapsed();
    let work = webhook::handle(&app, request);
    let answer = process.invoke(invocation, webhook::TIMEOUT, work).await;
    let status = answer.map(|answer| answer.status_code);
    let took = world.time.elapsed() - begun;
    world.note(|| format!("the webhook answers {status:?}"));
    if status.is_some() && took > ANSWER {
        let what = format!("the webhook answers after {took:?}");
        world.history().violation("answer in time", what);
    }
    status
}

fn sign(body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).expect("any key will do");
    mac.update(body.as_bytes());
    STANDARD.encode(mac.finalize().into_bytes())
}

/// LINE tells of what we have done ourselves, a little later.
pub(crate) fn tell_of_control(world: &Arc<World>, (bot, chat): &Place, what: What) {
    let number = world.line().held.len();
    let id = format!("own{number:02}");
    let event = world.line().control_event(bot, chat, &id, what);
    world.line().under_way += 1;
    let (world, bot) = (world.clone(), bot.clone());
    world.time.clone().spawn(async move {
        let wait = Duration::from_millis(50 * (number as u64 % 7 + 1));
        copy(&world, &bot, &[id], &[event], wait, 1).await;
        world.line().under_way -= 1;
    });
}

/// One lane of the event source: a batch at a time, each by the lane's process, which
/// lives until it crashes.
pub(crate) async fn lane(world: Arc<World>, module: Script) {
    let mut worker = None;
    loop {
        let batch = world.schedule.batch;
        let poll = switched_on(&world).await;
        let received = world.sqs.0.receive(QUEUE, batch, poll, None).await;
        let messages = received.expect("the queue is there");
        if messages.is_empty() {
            continue;
        }
        let messages = messages.into_iter().map(Message::read).collect();
        let (process, app) = worker.take().unwrap_or_else(|| start(&world, &module));
        if invoke(&world, &process, &app, messages).await {
            worker = Some((process, app));
        }
    }
}

/// Waits until the event source is switched on; how long it may then look into the queue.
async fn switched_on(world: &World) -> Duration {
    let stops = &world.schedule.stops;
    let ms = Duration::from_millis;
    let now = || world.time.elapsed();
    while let Some(stop) = stops
        .iter()
        .find(|stop| (ms(stop.from_ms)..ms(stop.to_ms)).contains(&now()))
    {
        world.time.until(ms(stop.to_ms)).await;
    }
    let next = stops
        .iter()
        .map(|stop| ms(stop.from_ms))
        .filter(|at| *at > now())
        .min();
    next.map_or(LONG_POLL, |at| LONG_POLL.min(at - now()))
}

type App = worker::App<Script>;

fn start(world: &Arc<World>, module: &Script) -> (Process, App) {
    let process = Process::start(world);
    let config = worker::Config::read(&process.env()).expect("its variables");
    let app = worker::App::new(config, module.clone(), &process.ground());
    (process, app)
}

/// An outage of hours must not bring a message to the dead-letter queue. Where the queue
/// itself is away, or visibility is shorter than a worker's time, a message cannot be
/// given back, and comes when its visibility ends.
fn queue_gives_up(world: &World, message: &Message) {
    let mut outages = world.schedule.outages.iter();
    let queue_is_away = outages.any(|outage| outage.server == Server::Queue);
    let is_short = Duration::from_secs(world.schedule.visibility_s) < worker::TIMEOUT;
    if !queue_is_away && !is_short && message.receives() == Some(MOST_RECEIVES + 1) {
        let says = &message.says;
        let what = format!("{:?} of {:?} comes once more", says.events, says.place);
        world.history().violation("given up by the queue", what);
    }
}

/// Whether the process lives on.
async fn invoke(world: &Arc<World>, process: &Process, app: &App, messages: Vec<Message>) -> bool {
    let in_hand = events_of(&messages);
    let invocation = world.history().invocation(in_hand.clone());
    world.note(|| format!("invocation {invocation} is given {in_hand:?}"));
    let receipt = |message: &Message| message.received.receipt_handle.clone();
    let by_receipt = messages.iter().map(|it| (receipt(it), it.says.clone()));
    world.history().invocations[invocation].unacknowledged = by_receipt.collect();
    messages
        .iter()
        .for_each(|message| queue_gives_up(world, message));
    judges::begins(world, invocation, hand(world, &messages));
    let begun = Begun::now(world, &app.module, invocation);
    let deadline = Timestamp(process.clock().millis()).plus(worker::TIMEOUT);
    let received = messages.iter().map(|it| &it.received);
    let event = serde_json::from_str(&lambda_event(QUEUE, received));
    let work = worker::handle(app, event.expect("an event of SQS"), deadline);
    let answer = process.invoke(invocation, worker::TIMEOUT, work).await;
    world.history().invocations[invocation].has_ended = true;
    let Some(answer) = answer else {
        cut_off(world, invocation);
        return false;
    };
    let failed: Vec<_> = answer
        .batch_item_failures
        .iter()
        .map(|it| &it.item_identifier)
        .collect();
    let given_back = messages
        .iter()
        .filter(|message| failed.contains(&&message.received.message_id));
    let unsettled = events_of(given_back);
    judges::ended(world, invocation, Some(&unsettled));
    begun.ended(world, &app.module, invocation, &messages, &failed);
    if unsettled.is_empty() {
        lifecycle::ended(world, invocation); // else what it owes is tried again
    }
    let done: Vec<_> = messages
        .iter()
        .filter(|message| !failed.contains(&&message.received.message_id))
        .collect();
    acknowledged(world, invocation, &done).await;
    true
}

/// Its process has ended: what it had in hand comes again when its visibility ends.
fn cut_off(world: &World, invocation: usize) {
    world.note(|| format!("invocation {invocation} is cut off"));
    judges::ended(world, invocation, None);
    let mut history = world.history();
    let it = &history.invocations[invocation];
    let under_way: Vec<_> = it.under_way().cloned().collect();
    let left: Vec<_> = it.left_in_hand().cloned().collect();
    for id in under_way {
        if !history.judges.is_settled(&id) {
            *history.taken_along.entry(id).or_default() += 1;
        }
    }
    for id in left {
        *history.cut_off.entry(id).or_default() += 1;
    }
}

/// The event source deletes what the answer does not name as failed.
async fn acknowledged(world: &World, invocation: usize, done: &[&Message]) {
    let says: Vec<_> = done.iter().map(|message| message.says.clone()).collect();
    judges::acknowledged::judge(world, invocation, &says);
    let handles: Vec<_> = done
        .iter()
        .map(|it| it.received.receipt_handle.clone())
        .collect();
    world.note(|| format!("invocation {invocation} settles {} messages", handles.len()));
    // From here on nothing brings them back: not a table that is restored either.
    let events = events_of(done.iter().copied());
    world.history().judges.deleted(&events);
    world.time.sleep(Duration::from_millis(3)).await;
    let _ = world.sqs.0.delete_batch(QUEUE, &handles);
}

/// What an invocation has in hand.
fn hand(world: &World, messages: &[Message]) -> Hand {
    let is_replay = |it: &&Message| it.says.replay.is_some();
    let replays = messages.iter().filter(is_replay);
    let again = messages.iter().filter(|it| {
        let came_before = it.receives().is_some_and(|times| times != 1);
        came_before && !is_replay(it) && it.says.events.len() > 1
    });
    Hand {
        again: events_of(again).into_iter().collect(),
        events: events_of(messages).into_iter().collect(),
        replayed: events_of(replays).into_iter().collect(),
        from: world.time.elapsed(),
        to: None,
        acknowledged: Default::default(),
        is_cut_off: false,
    }
}

/// What someone does at the management screen: LINE is asked, and then it is entered.
pub(crate) async fn deed(world: Arc<World>, number: usize, deed: Deed) {
    world.time.until(Duration::from_millis(deed.at_ms)).await;
    let process = Process::start(&world);
    let invocation = world.history().invocation(Vec::new());
    world.note(|| format!("at the screen, as invocation {invocation}: {deed:?}"));
    let work = act(&process, number, &deed);
    let patience = Duration::from_secs(20);
    if process.invoke(invocation, patience, work).await.is_some() {
        judges::acted(&world, invocation);
    }
}

async fn act(process: &Process, number: usize, deed: &Deed) -> Option<()> {
    let store: Store = process.store();
    let bot = BotId::new(bot_id(deed.bot)).ok()?;
    let chat = ChatId::new(chat_id(deed.chat)).ok()?;
    let event = EventId::new(format!("deed{number}")).ok()?;
    let key = LedgerKey {
        bot: bot.clone(),
        chat: Some(chat.clone()),
        event: event.clone(),
    };
    let now = Timestamp(process.clock().millis());
    let loaded = store.load(&key, None, now).await.ok()?;
    let state = loaded.bot.unwrap_or_default().state;
    let may = may_control(&state, &loaded.chat.registers, now, now).ok()?;
    let line = process.line().bot(&bot);
    match &deed.what {
        Hold::Acquire(seconds) => {
            let time = seconds.map(Duration::from_secs);
            let held = line.acquire(&may, &chat, time).await.ok()?;
            let enter =
                |it: &mut shared::domain::ChatState| it.acquired(held.from, &event, held.until);
            store
                .update_registers(&bot, &chat, state.epoch(), enter)
                .await
                .ok()
        }
        Hold::Release => {
            let at = line.release(&may, &chat).await.ok()?;
            let enter = |it: &mut shared::domain::ChatState| it.released(at, &event);
            store
                .update_registers(&bot, &chat, state.epoch(), enter)
                .await
                .ok()
        }
    }
}
