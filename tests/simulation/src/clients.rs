//! What the processes of a thread stand on together: the SDK's clients. To build one takes
//! as long as several calls, and every webhook is a process of its own: so the processes
//! of a thread share them. What a client needs to know of its process (clock, sleep, way
//! to the outside, tries that are left) it finds by who runs at that moment.

use std::cell::RefCell;
use std::pin::pin;
use std::time::SystemTime;

use aws_runtime::invocation_id::InvocationIdInterceptor;
use aws_runtime::request_info::RequestInfoInterceptor;
use aws_runtime::service_clock_skew::ServiceClockSkewInterceptor;
use aws_runtime::user_agent::UserAgentInterceptor;
use aws_sdk_dynamodb::config::interceptors::BeforeSerializationInterceptorContextRef;
use aws_sdk_dynamodb::config::retry::{RetryPartition, TokenBucket};
use aws_sdk_dynamodb::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_dynamodb::error::BoxError;
use aws_smithy_async::rt::sleep::{AsyncSleep, Sleep};
use aws_smithy_async::time::TimeSource;
use aws_smithy_runtime_api::client::auth::{AuthSchemeId, AuthSchemeOptionsFuture};
use aws_smithy_runtime_api::client::endpoint::EndpointFuture;
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::interceptors::{disable_interceptor, dyn_dispatch_hint};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::endpoint::Endpoint;
use shared::aws::Timeouts;
use shared::ground::Ground;

use crate::process::Process;

/// Where nothing is: every call is answered by the world.
pub(crate) const NOWHERE: &str = "http://127.0.0.1:1";

thread_local! {
    static RUNNING: RefCell<Option<Process>> = const { RefCell::new(None) };
    static GROUND: Ground = apart(ground);
}

/// What a process stands on, save its clock, its sleep, its randomness and its way to LINE.
pub(crate) fn of_thread() -> Ground {
    GROUND.with(Clone::clone)
}

/// A client takes from the thread's chance when it is built: a schedule must find that
/// chance the same whether it is the thread's first or not.
fn apart<T>(build: impl FnOnce() -> T) -> T {
    let chance = fastrand::get_seed();
    let built = build();
    fastrand::seed(chance);
    built
}

/// All that the process decides, and without what nobody here looks at.
macro_rules! of_process {
    ($sdk:ident, $config:expr, $retries:expr) => {
        $config
            .sleep_impl(Running)
            .time_source(Running)
            .interceptor(OfProcess($retries))
            .identity_cache($sdk::config::IdentityCache::no_cache())
            .auth_scheme_resolver(Unsigned)
            .endpoint_resolver(Nowhere(Endpoint::builder().url(NOWHERE).build()))
            .stalled_stream_protection($sdk::config::StalledStreamProtectionConfig::disabled())
    };
}

fn ground() -> Ground {
    let ground = Ground::emulated()
        .with_dynamodb_over(http())
        .with_sqs_over(http())
        .with_dynamodb_tuned(|config| of_process!(aws_sdk_dynamodb, config, |of| &of.table))
        .with_sqs_tuned(|config| of_process!(aws_sdk_sqs, config, |of| &of.queue));
    // All clients that there will be are built now.
    ground.dynamodb();
    ground.sqs(Timeouts::WEBHOOK);
    ground.sqs(Timeouts::DEFAULT);
    ground
}

/// Nobody checks a signature.
#[derive(Debug)]
struct Unsigned;

/// All calls go there.
#[derive(Debug)]
struct Nowhere(Endpoint);

macro_rules! resolvers {
    ($service:ident) => {
        impl $service::config::auth::ResolveAuthScheme for Unsigned {
            fn resolve_auth_scheme<'a>(
                &'a self,
                _params: &'a $service::config::auth::Params,
                _config: &'a ConfigBag,
                _components: &'a RuntimeComponents,
            ) -> AuthSchemeOptionsFuture<'a> {
                AuthSchemeOptionsFuture::ready(Ok(vec![AuthSchemeId::new("noAuth").into()]))
            }
        }

        impl $service::config::endpoint::ResolveEndpoint for Nowhere {
            fn resolve_endpoint<'a>(
                &'a self,
                _params: &'a $service::config::endpoint::Params,
            ) -> EndpointFuture<'a> {
                EndpointFuture::ready(Ok(self.0.clone()))
            }
        }
    };
}

resolvers!(aws_sdk_dynamodb);
resolvers!(aws_sdk_sqs);

fn http() -> SharedHttpClient {
    let connector = SharedHttpConnector::new(Running);
    http_client_fn(move |_, _| connector.clone())
}

/// How many tries a process has left, at each server.
#[derive(Debug)]
pub(crate) struct Retries {
    table: RetryPartition,
    queue: RetryPartition,
}

impl Default for Retries {
    fn default() -> Self {
        Self {
            table: own_retries(),
            queue: own_retries(),
        }
    }
}

/// Tries of which no other client takes.
pub(crate) fn own_retries() -> RetryPartition {
    let bucket = TokenBucket::builder().build();
    RetryPartition::custom("simulation")
        .token_bucket(bucket)
        .build()
}

/// Does the work as this process.
pub(crate) async fn run_as<T>(process: &Process, work: impl Future<Output = T>) -> T {
    let mut work = pin!(work);
    std::future::poll_fn(|cx| {
        let _runs = Runs::begin(process);
        work.as_mut().poll(cx)
    })
    .await
}

/// The process that runs.
pub(crate) fn running() -> Process {
    Running::with(Process::clone)
}

/// Ends the process that runs: nothing of its invocation goes on.
pub(crate) fn end_process() {
    Running::with(Process::end);
}

/// While this lives, the process runs.
struct Runs(Option<Process>);

impl Runs {
    fn begin(process: &Process) -> Self {
        Self(RUNNING.replace(Some(process.clone())))
    }
}

impl Drop for Runs {
    fn drop(&mut self) {
        RUNNING.set(self.0.take());
    }
}

/// The process that runs.
#[derive(Debug, Clone, Copy)]
struct Running;

impl Running {
    fn with<T>(use_it: impl FnOnce(&Process) -> T) -> T {
        RUNNING.with_borrow(|process| use_it(process.as_ref().expect("a process runs")))
    }
}

impl HttpConnector for Running {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        Self::with(|process| process.call(request))
    }
}

impl AsyncSleep for Running {
    fn sleep(&self, duration: std::time::Duration) -> Sleep {
        Self::with(|process| AsyncSleep::sleep(&process.world().time, duration))
    }
}

impl TimeSource for Running {
    fn now(&self) -> SystemTime {
        Self::with(|process| process.clock().now())
    }
}

const UNREAD: &str = "nobody reads it";

/// Gives a call its process's tries, which all processes of all schedules would share
/// else, and leaves headers away that nobody reads.
#[derive(Debug)]
struct OfProcess(fn(&Retries) -> &RetryPartition);

#[dyn_dispatch_hint]
impl Intercept for OfProcess {
    fn name(&self) -> &'static str {
        "OfProcess"
    }

    fn read_before_execution(
        &self,
        _context: &BeforeSerializationInterceptorContextRef<'_>,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let own = Running::with(|process| (self.0)(process.retries()).clone());
        let state = config.interceptor_state();
        state.store_put(own);
        state.store_put(disable_interceptor::<UserAgentInterceptor>(UNREAD));
        state.store_put(disable_interceptor::<InvocationIdInterceptor>(UNREAD));
        state.store_put(disable_interceptor::<RequestInfoInterceptor>(UNREAD));
        state.store_put(disable_interceptor::<ServiceClockSkewInterceptor>(UNREAD));
        Ok(())
    }
}
