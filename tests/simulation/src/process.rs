//! A process of a function: its clock, its randomness, and its way to the outside. At
//! each outside call it may be held up, fail, or end.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use fastrand::Rng;
use shared::aws::Timeouts;
use shared::connector::not_connected;
use shared::env::Env;
use shared::ground::Ground;
use shared::line::LineClient;
use shared::queue::Queue;
use shared::random::Random;
use shared::store::Store;
use tokio::sync::Notify;

use crate::call::{Call, Reply};
use crate::clients::{self, NOWHERE, Retries, run_as};
use crate::judges::Watch;
use crate::line::{BOT_HEADER, CHANNEL_ID, SECRET};
use crate::schedule::Harm;
use crate::time::Clock;
use crate::world::{QUEUE, TABLE, World};

/// A process of a function. Clones are the same one.
#[derive(Clone)]
pub(crate) struct Process(Arc<Inner>);

struct Inner {
    world: Arc<World>,
    clock: Clock,
    random: Random,
    retries: Retries,
    now: Mutex<Now>,
}

/// What the process is at.
#[derive(Default, Clone)]
struct Now {
    invocation: usize,
    crash: Arc<Notify>,
}

impl Process {
    /// Another process.
    pub(crate) fn start(world: &Arc<World>) -> Self {
        let (skew, chance) = world.process();
        let chance = Mutex::new(chance);
        let fill = move |bytes: &mut [u8]| {
            let mut chance = chance.lock().unwrap_or_else(PoisonError::into_inner);
            Rng::fill(&mut chance, bytes);
        };
        Self(Arc::new(Inner {
            world: world.clone(),
            clock: world.time.clock(skew),
            random: Random::from_fn(fill),
            retries: Retries::default(),
            now: Mutex::default(),
        }))
    }

    /// What it stands on.
    pub(crate) fn world(&self) -> &Arc<World> {
        &self.0.world
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// How many tries it has left.
    pub(crate) fn retries(&self) -> &Retries {
        &self.0.retries
    }

    /// Runs an invocation, until its end, its crash or the end of its time. None if it
    /// has not come to its own end: nothing of it runs on.
    pub(crate) async fn invoke<T>(
        &self,
        invocation: usize,
        limit: Duration,
        work: impl Future<Output = T>,
    ) -> Option<T> {
        let crash = Arc::new(Notify::new());
        *self.0.now.lock().unwrap_or_else(PoisonError::into_inner) = Now {
            invocation,
            crash: crash.clone(),
        };
        let world = self.world();
        let end = async {
            futures::future::select(
                Box::pin(crash.notified()),
                Box::pin(world.time.sleep(limit)),
            )
            .await;
        };
        let end = Box::pin(end);
        match futures::future::select(Box::pin(run_as(self, work)), end).await {
            futures::future::Either::Left((done, _)) => Some(done),
            futures::future::Either::Right(_) => None,
        }
    }

    /// The number of its invocation.
    pub(crate) fn invocation(&self) -> usize {
        self.now().invocation
    }

    /// Ends it, in the middle of its invocation.
    pub(crate) fn end(&self) {
        self.now().crash.notify_one();
    }

    fn now(&self) -> Now {
        let now = self.0.now.lock();
        now.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What its functions stand on.
    pub(crate) fn ground(&self) -> Ground {
        clients::of_thread()
            .with_clock(self.clock().shared())
            .with_sleep(self.world().time.shared_sleep())
            .with_random(self.0.random.clone())
            .with_line_over(SharedHttpConnector::new(self.clone()))
    }

    /// The table.
    pub(crate) fn store(&self) -> Store {
        self.ground().table(TABLE.0.clone())
    }

    pub(crate) fn queue(&self) -> Queue {
        self.ground().queue(queue_url(), Timeouts::DEFAULT)
    }

    /// LINE, as a function has it that calls for many accounts.
    pub(crate) fn line(&self) -> LineClient {
        let config = reconciler::Config::read(&self.env()).expect("its variables");
        reconciler::App::new(config, &self.ground()).line
    }

    /// Its functions' environment variables.
    pub(crate) fn env(&self) -> Env {
        let default_active = self.world().schedule.default_active.to_string();
        let queue = queue_url();
        let variables = [
            ("LINE_CHANNEL_ID", CHANNEL_ID),
            ("LINE_CHANNEL_SECRET", SECRET),
            ("INBOX_KEY", "the simulation's inbox key"),
            ("LINE_BOT_HEADER", BOT_HEADER),
            ("LINE_API_URL", NOWHERE),
            ("LINE_DATA_API_URL", NOWHERE),
            ("LINE_MANAGER_URL", NOWHERE),
            ("LINE_SCOPES", "message:send message:receive profile:read"),
            ("LINE_DEFAULT_ACTIVE", &default_active),
            // Of the end of data there is a simulation of its own: `ends`.
            ("ERASE_AFTER_DAYS", "3650"),
            ("PARKED_DAYS", "3650"),
            ("PROFILE_DAYS", "3650"),
            ("TABLE_NAME", &TABLE.0),
            ("EVENT_QUEUE_URL", &queue),
        ];
        let owned = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Env::from_map(owned.into())
    }

    async fn answer(&self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let world = self.world();
        let call = Call::read(&request);
        let Now { invocation, crash } = self.now();
        call.leaves(world, invocation, self.clock().millis());
        let fate = world.fate(call.server(), call.word());
        let watch = Watch::new(world, invocation, &call, fate.harm);
        world.history().invocations[invocation].is_disturbed |= fate.harm.is_some();
        world.time.sleep(fate.there).await;
        let lost = |reason: &str| Err(ConnectorError::io(reason.to_owned().into()));
        let result = match fate.harm {
            None => Ok(call.perform(world, invocation)),
            Some(Harm::NotConnected) => return Err(not_connected("nothing listens")),
            Some(Harm::RequestLost) => lost("the request is lost"),
            Some(Harm::TimedOutBefore) => return std::future::pending().await,
            Some(Harm::AnswerLost) => {
                call.perform_unanswered(world, invocation);
                lost("the answer is lost")
            }
            Some(Harm::TimedOutAfter) => {
                call.perform_unanswered(world, invocation);
                return std::future::pending().await;
            }
            Some(Harm::Late(wait)) => {
                self.later(call, invocation, wait);
                return std::future::pending().await;
            }
            Some(Harm::ErrorAfter) => {
                call.perform_unanswered(world, invocation);
                Ok(call.refused(Harm::Error))
            }
            Some(Harm::CrashBefore) => return ended(&crash).await,
            Some(Harm::CrashAfter) => {
                call.perform_unanswered(world, invocation);
                return ended(&crash).await;
            }
            Some(Harm::Settled) => {
                call.is_overtaken(world);
                Ok(call.perform(world, invocation))
            }
            Some(Harm::Partly) => Ok(call.partly(world, invocation)),
            Some(harm) => Ok(call.refused(harm)),
        };
        world.time.sleep(fate.back).await;
        watch.ends(result.as_ref().ok().map(Reply::status));
        result.map(Reply::into_response)
    }

    /// What is on its way arrives, whether someone waits for it or not.
    fn later(&self, call: Call, invocation: usize, wait: u64) {
        let world = self.world().clone();
        let time = world.time.clone();
        time.clone().spawn(async move {
            time.sleep(Duration::from_millis(wait)).await;
            call.perform_unanswered(&world, invocation);
        });
    }
}

fn queue_url() -> String {
    format!("{NOWHERE}/000000000000/{QUEUE}")
}

/// The process ends here.
async fn ended<T>(crash: &Notify) -> T {
    crash.notify_one();
    std::future::pending().await
}

impl HttpConnector for Process {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let process = self.clone();
        HttpConnectorFuture::new(async move { process.answer(request).await })
    }
}

impl fmt::Debug for Process {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Process").finish_non_exhaustive()
    }
}

/// A body for the SDK.
pub(crate) fn response(
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
) -> HttpResponse {
    let status = status.try_into().expect("a status");
    let mut response = HttpResponse::new(status, SdkBody::from(body));
    for (name, value) in headers {
        response.headers_mut().insert(name, value);
    }
    response
}
