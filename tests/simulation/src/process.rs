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
use shared::aws::Patience;
use shared::connector::not_connected;
use shared::env::Env;
use shared::line::attach::{AttachClient, Credentials};
use shared::line::http::Http;
use shared::line::{Channel, LineClient};
use shared::queue::Queue;
use shared::random::Random;
use shared::secret::{ChannelSecret, SecretPlace};
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

    /// Its clock.
    pub(crate) fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// Its randomness.
    pub(crate) fn random(&self) -> Random {
        self.0.random.clone()
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

    fn now(&self) -> Now {
        let now = self.0.now.lock();
        now.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The table.
    pub(crate) fn store(&self) -> Store {
        Store::new(clients::table(), TABLE.0.clone())
    }

    /// The queue.
    pub(crate) fn queue(&self, patience: Patience) -> Queue {
        Queue::new(
            clients::queue(patience),
            format!("{NOWHERE}/000000000000/{QUEUE}"),
        )
    }

    fn http_to_line(&self) -> Http {
        Http::new(
            SharedHttpConnector::new(self.clone()),
            self.clock().shared(),
            self.world().time.shared_sleep(),
            Duration::from_secs(3),
        )
    }

    /// LINE's link screen and the exchange behind it.
    pub(crate) fn attach(&self) -> AttachClient {
        let (http, url) = (self.http_to_line(), NOWHERE.to_owned());
        let id = CHANNEL_ID.to_owned();
        AttachClient::new(http, url, id, self.secret(), Credentials::Basic)
    }

    /// LINE.
    pub(crate) fn line(&self) -> LineClient {
        let http = self.http_to_line();
        let channel = Channel {
            id: CHANNEL_ID.into(),
            bot_header: BOT_HEADER.parse().expect("a header's name"),
            api_url: NOWHERE.into(),
            data_api_url: NOWHERE.into(),
        };
        LineClient::new(http, channel, self.secret())
    }

    /// The channel's secret.
    pub(crate) fn secret(&self) -> ChannelSecret {
        let env = [("LINE_CHANNEL_SECRET".to_owned(), SECRET.to_owned())];
        let place = SecretPlace::from_env(&Env::from_map(env.into())).expect("the secret");
        ChannelSecret::new(place, || unreachable!("it is known"), self.clock().shared())
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
