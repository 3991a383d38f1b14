//! Admins who link the channel by our own pages, through the attach function itself; and
//! the events that LINE sends of that, and of our detaches.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value as Json, json};
use shared::gateway::Response;

use crate::actors;
use crate::judges::{lifecycle, links};
use crate::line::{Answer, Asked, Kind, code_of};
use crate::process::Process;
use crate::schedule::{Link, Visit};
use crate::world::World;

/// Maximum number of times that an admin loads a page.
const TRIES: usize = 3;
/// How long it waits before loading it again.
const BEFORE_AGAIN: Duration = Duration::from_secs(5);

/// An admin links an account: our page, LINE's, and ours again.
pub(crate) async fn link(world: Arc<World>, number: usize, link: Link) {
    world.time.until(Duration::from_millis(link.at_ms)).await;
    let Some((state, cookie)) = begin(&world).await else {
        return world.note(|| format!("admin {number} gives up"));
    };
    world
        .time
        .sleep(Duration::from_millis(link.consent_ms))
        .await;
    let query = format!("code={}&state={state}", code_of(number));
    let back = Back {
        state: &state,
        query: &query,
        cookie: &cookie,
    };
    match link.visit {
        Visit::Own => {}
        Visit::AnotherFirst => drop(another(&world, &back).await),
        Visit::Twice => {
            let both = (back.open(&world), back.open(&world));
            futures::future::join(both.0, both.1).await;
        }
    }
    for _ in 0..TRIES {
        let answer = back.open(&world).await;
        let status = answer.map(|answer| answer.status_code);
        world.note(|| format!("admin {number} is shown {status:?}"));
        if status == Some(200) {
            return;
        }
        world.time.sleep(BEFORE_AGAIN).await;
    }
}

/// The way back from LINE.
struct Back<'a> {
    state: &'a str,
    query: &'a str,
    cookie: &'a str,
}

impl Back<'_> {
    async fn open(&self, world: &Arc<World>) -> Option<Response> {
        visit(world, "GET /attach/callback", self).await
    }
}

/// A browser that has a cookie of its own.
async fn another(world: &Arc<World>, back: &Back<'_>) -> Option<Response> {
    let name = back.cookie.split('=').next().unwrap_or_default();
    let cookie = format!("{name}=of-another-browser");
    let back = Back {
        cookie: &cookie,
        ..*back
    };
    back.open(world).await
}

/// From our page to LINE's: the state in the address, and the cookie.
async fn begin(world: &Arc<World>) -> Option<(String, String)> {
    for _ in 0..TRIES {
        let nothing = Back {
            state: "",
            query: "",
            cookie: "",
        };
        let answer = visit(world, "GET /attach", &nothing).await;
        if let Some(answer) = answer.filter(|answer| answer.status_code == 302) {
            let location = answer.headers.get("location")?;
            let (_, state) = location.split_once("&state=")?;
            let state = state.split('&').next()?.to_owned();
            let cookie = answer.cookies.first()?.split(';').next()?.to_owned();
            let now = world.time.millis(0);
            world.history().judges.links.begun(&state, &cookie, now);
            return Some((state, cookie));
        }
        world.time.sleep(BEFORE_AGAIN).await;
    }
    None
}

/// Opens a page; none if the function has crashed.
async fn visit(world: &Arc<World>, route: &str, back: &Back<'_>) -> Option<Response> {
    let process = Process::start(world);
    let invocation = world.history().invocation(Vec::new());
    visits(world, invocation, back);
    let app = app(&process);
    let json = json!({
        "routeKey": route,
        "rawQueryString": back.query,
        "cookies": [back.cookie],
        "requestContext": { "domainName": "bundle.example" },
    });
    let request = serde_json::from_value(json).expect("a request");
    world.note(|| format!("invocation {invocation} is {route}"));
    let work = attach::handle(&app, request);
    let answer = process.invoke(invocation, attach::TIMEOUT, work).await;
    if let Some(answer) = &answer {
        lifecycle::ended(world, invocation);
        links::shown(world, invocation, answer.status_code);
    }
    answer
}

fn visits(world: &World, invocation: usize, back: &Back<'_>) {
    let links = &mut world.history().judges.links;
    links.visits(invocation, back.state, back.cookie);
}

fn app(process: &Process) -> attach::App {
    let config = attach::Config::read(&process.env()).expect("its variables");
    attach::App::new(config, shared::domain::About::unnamed(), &process.ground())
}

/// LINE has linked or unlinked an account for us, and sends an event of it as well,
/// if the schedule says so.
pub(crate) fn answered(world: &Arc<World>, asked: &Asked, answer: &Answer) {
    if answer.status != 200 {
        return;
    }
    let sent = match &asked.kind {
        Kind::Exchange(code) => {
            let attach = world.line().attach_event(code);
            attach
                .zip(answer.body["bot_id"].as_str().map(str::to_owned))
                .map(|((id, event, copies), bot)| (bot, id, event, copies))
        }
        Kind::Detach(bot) => world.schedule.own_detach_told_ms.map(|after| {
            let mut line = world.line();
            let id = format!("unlinked{:02}", line.events.len());
            let event = line.detach_event(bot, &id);
            (bot.clone(), id, event, vec![after])
        }),
        _ => None,
    };
    if let Some((bot, id, event, copies)) = sent {
        deliver(world, &bot, &id, &event, &copies);
    }
}

fn deliver(world: &Arc<World>, bot: &str, id: &str, event: &Json, copies_ms: &[u64]) {
    for after in copies_ms {
        world.line().under_way += 1;
        let (world, bot, after) = (world.clone(), bot.to_owned(), Duration::from_millis(*after));
        let (ids, events) = ([id.to_owned()], [event.clone()]);
        world.time.clone().spawn(async move {
            actors::copy(&world, &bot, &ids, &events, after, 1).await;
            world.line().under_way -= 1;
        });
    }
}
