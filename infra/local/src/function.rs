//! A Lambda function as the rest of the local stack sees it: JSON in, JSON out, within a time.

mod invoke;

use std::any::Any;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aws_smithy_async::time::SharedTimeSource;
use futures::FutureExt;
use futures::future::BoxFuture;
use lambda_runtime::{Context, LambdaEvent};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;

use template_file::{ACCOUNT_ID, REGION};

use invoke::Invoke;

/// A function in this process has one thread: of more calls at once each would only take longer, until they run out of
/// time together.
const IN_PROCESS: usize = 8;

/// A Lambda function that can be called. Clones are the same function.
#[derive(Clone)]
pub struct Function {
    name: Arc<str>,
    timeout: Duration,
    clock: SharedTimeSource,
    kind: Kind,
}

/// Where the function runs: in this process, or in one of its own behind Lambda's Invoke call.
#[derive(Clone)]
enum Kind {
    InProcess(Arc<Handler>, Arc<Home>),
    Invoked(Arc<Invoke>),
}

/// A function's own thread: like a Lambda of its own, it does not wait for the work of others.
struct Home(Option<Runtime>);

impl Home {
    /// Without one, where the system gives none, the function runs among the others.
    fn new(name: &str) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name(name)
            .enable_all()
            .build();
        Self(runtime.ok())
    }

    fn spawn<F>(&self, call: F) -> JoinHandle<F::Output>
    where
        F: Future<Output: Send> + Send + 'static,
    {
        match &self.0 {
            Some(runtime) => runtime.spawn(call),
            None => tokio::spawn(call),
        }
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background(); // not waiting: it may be dropped where nothing may block
        }
    }
}

type Handler = dyn Fn(LambdaEvent<Value>) -> Answer + Send + Sync;
type Answer = BoxFuture<'static, Result<Value, lambda_runtime::Error>>;

/// Why a call has no answer.
#[derive(Debug, thiserror::Error)]
pub enum FunctionError {
    /// The function said so itself.
    #[error("{function} failed: {message}")]
    Failed {
        /// The function's name.
        function: String,
        /// What it said.
        message: String,
    },
    #[error("{function} panicked: {message}")]
    Panicked {
        /// The function's name.
        function: String,
        /// The panic's message.
        message: String,
    },
    /// No schedule runs a function of that name.
    #[error("the template has no schedule for {function}")]
    NotScheduled {
        /// The name.
        function: String,
    },
    /// The function ran out of time and was stopped.
    #[error("{function} timed out after {after:?}")]
    TimedOut {
        /// The function's name.
        function: String,
        /// The time it had.
        after: Duration,
    },
}

impl Function {
    /// A function that runs in this process.
    pub fn in_process<H, F>(name: &str, timeout: Duration, handler: H) -> Self
    where
        H: Fn(LambdaEvent<Value>) -> F + Send + Sync + 'static,
        F: Future<Output = Result<Value, lambda_runtime::Error>> + Send + 'static,
    {
        Self {
            name: name.into(),
            timeout,
            clock: SharedTimeSource::default(),
            kind: Kind::InProcess(
                Arc::new(move |event| handler(event).boxed()),
                Arc::new(Home::new(name)),
            ),
        }
    }

    /// A function that runs in this process and has types of its own. Event and answer go through JSON text, as they
    /// do between Lambda and the runtime, so that what does not survive it fails here too.
    pub fn typed<E, A, X, H, F>(name: &str, timeout: Duration, handler: H) -> Self
    where
        E: DeserializeOwned + Send + 'static,
        A: Serialize + Send + 'static,
        X: Into<lambda_runtime::Error> + Send + 'static,
        H: Fn(LambdaEvent<E>) -> F + Send + Sync + 'static,
        F: Future<Output = Result<A, X>> + Send + 'static,
    {
        let handler = Arc::new(handler);
        Self::in_process(name, timeout, move |event| {
            let handler = Arc::clone(&handler);
            async move {
                let (payload, context) = event.into_parts();
                let payload: E = serde_json::from_slice(&serde_json::to_vec(&payload)?)?;
                let answer = handler(LambdaEvent::new(payload, context)).await;
                let text = serde_json::to_vec(&answer.map_err(Into::into)?)?;
                Ok(serde_json::from_slice(&text)?)
            }
        })
    }

    /// A function in a process of its own, behind the Invoke call of Lambda at `endpoint`.
    pub fn invoked(endpoint: &str, name: &str, timeout: Duration) -> Self {
        Self::invoked_at_once(endpoint, name, timeout, 1)
    }

    /// The same, where `at_once` calls may be under way.
    pub fn invoked_at_once(endpoint: &str, name: &str, timeout: Duration, at_once: usize) -> Self {
        let invoke = Invoke::new(name, invoke_url(endpoint, name), at_once);
        Self {
            name: name.into(),
            timeout,
            clock: SharedTimeSource::default(),
            kind: Kind::Invoked(Arc::new(invoke)),
        }
    }

    /// The same, with a deadline by another clock than the system's: the one that it goes by itself.
    #[must_use]
    pub fn with_clock(self, clock: SharedTimeSource) -> Self {
        Self { clock, ..self }
    }

    /// The function's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How long one call may take.
    pub fn timeout(&self) -> Duration {
        self.timeout
    }

    /// How many calls it takes at once, if there is a limit. The others wait.
    pub fn concurrency(&self) -> Option<usize> {
        match &self.kind {
            Kind::InProcess(..) => Some(IN_PROCESS),
            Kind::Invoked(invoke) => Some(invoke.at_once()),
        }
    }

    /// Calls the function and waits for its answer.
    pub async fn call(&self, event: Value) -> Result<Value, FunctionError> {
        match &self.kind {
            Kind::InProcess(handler, home) => self.call_in_process(handler, home, event).await,
            Kind::Invoked(invoke) => invoke.call(&event, self.timeout).await,
        }
    }

    /// The call has a task of its own, so that a panic ends only it, and so that it goes on to its end or its time
    /// when the caller has gone, as in Lambda.
    async fn call_in_process(
        &self,
        handler: &Arc<Handler>,
        home: &Arc<Home>,
        event: Value,
    ) -> Result<Value, FunctionError> {
        let handler = Arc::clone(handler);
        let event = LambdaEvent::new(event, self.context());
        let timeout = self.timeout;
        let kept = Arc::clone(home);
        let call = home.spawn(async move {
            let _home = kept; // the call goes on when the last clone of the function has gone
            tokio::time::timeout(timeout, async { handler(event).await }).await
        });
        let function = self.name.to_string();
        match call.await {
            Ok(Ok(Ok(answer))) => Ok(answer),
            Ok(Ok(Err(error))) => Err(FunctionError::Failed {
                function,
                message: error.to_string(),
            }),
            Ok(Err(_elapsed)) => Err(FunctionError::TimedOut {
                function,
                after: timeout,
            }),
            Err(ended) => Err(FunctionError::Panicked {
                function,
                message: panic_message(ended),
            }),
        }
    }

    fn context(&self) -> Context {
        let mut context = Context::default();
        context.request_id = uuid::Uuid::new_v4().to_string();
        context.deadline = epoch_milliseconds(self.clock.now() + self.timeout);
        context.invoked_function_arn = format!(
            "arn:aws:lambda:{REGION}:{ACCOUNT_ID}:function:{}",
            self.name
        );
        context.env_config = Arc::new(lambda_runtime::Config {
            function_name: self.name.to_string(),
            version: "$LATEST".to_owned(),
            ..lambda_runtime::Config::default()
        });
        context
    }
}

impl std::fmt::Debug for Function {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Function")
            .field("name", &self.name)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

/// Where Lambda's Invoke call of a function is.
pub(crate) fn invoke_url(endpoint: &str, name: &str) -> String {
    format!("{endpoint}/2015-03-31/functions/{name}/invocations")
}

fn epoch_milliseconds(time: SystemTime) -> u64 {
    let since = time.duration_since(SystemTime::UNIX_EPOCH);
    since.map_or(0, |since| {
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    })
}

fn panic_message(ended: tokio::task::JoinError) -> String {
    let Ok(payload) = ended.try_into_panic() else {
        return "the runtime stopped".to_owned();
    };
    let payload: &(dyn Any + Send) = &*payload;
    payload
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no message".to_owned())
}

#[cfg(test)]
mod tests {
    use aws_smithy_async::time::StaticTimeSource;
    use serde::Deserialize;
    use serde_json::json;

    use super::*;

    const LONG: Duration = Duration::from_secs(60);

    #[tokio::test]
    async fn a_call_gives_the_answer() {
        let function = Function::in_process("F", LONG, |event| async move {
            Ok(json!({"got": event.payload}))
        });
        assert_eq!(function.call(json!(1)).await.unwrap(), json!({"got": 1}));
    }

    #[tokio::test]
    async fn the_context_has_an_id_and_a_deadline() {
        let function = Function::in_process("F", LONG, |event| async move {
            let left = event.context.deadline().duration_since(SystemTime::now())?;
            Ok(json!([
                event.context.request_id.len(),
                left <= LONG,
                event.context.env_config.function_name
            ]))
        });
        assert_eq!(
            function.call(Value::Null).await.unwrap(),
            json!([36, true, "F"])
        );
    }

    #[tokio::test]
    async fn the_deadline_is_by_the_functions_own_clock() {
        let later = SystemTime::now() + Duration::from_secs(3600);
        let clock = SharedTimeSource::new(StaticTimeSource::new(later));
        let deadline = epoch_milliseconds(later + LONG);
        let function = Function::in_process("F", LONG, move |event| async move {
            Ok(json!(event.context.deadline == deadline))
        })
        .with_clock(clock);
        assert_eq!(function.call(Value::Null).await.unwrap(), json!(true));
    }

    #[tokio::test]
    async fn a_failure_is_reported_with_its_message() {
        let function = Function::in_process("F", LONG, |_| async { Err("no table".into()) });
        let error = function.call(Value::Null).await.unwrap_err();
        assert_eq!(error.to_string(), "F failed: no table");
    }

    #[tokio::test]
    async fn a_panic_ends_the_call_only() {
        let function = Function::in_process("F", LONG, |event| async move {
            assert!(event.payload != json!("bad"), "bad event");
            Ok(Value::Null)
        });
        let error = function.call(json!("bad")).await.unwrap_err();
        assert_eq!(error.to_string(), "F panicked: bad event");
        assert!(function.call(json!("good")).await.is_ok());
    }

    #[tokio::test]
    async fn a_panic_before_the_first_await_is_no_different() {
        fn handler(
            _: LambdaEvent<Value>,
        ) -> std::future::Ready<Result<Value, lambda_runtime::Error>> {
            panic!("at once")
        }
        let function = Function::in_process("F", LONG, handler);
        let error = function.call(Value::Null).await.unwrap_err();
        assert_eq!(error.to_string(), "F panicked: at once");
    }

    #[tokio::test]
    async fn a_call_ends_at_its_time() {
        let function = Function::in_process("F", Duration::from_millis(1), |_| {
            std::future::pending::<Result<Value, lambda_runtime::Error>>()
        });
        let error = function.call(Value::Null).await.unwrap_err();
        assert_eq!(error.to_string(), "F timed out after 1ms");
    }

    #[tokio::test]
    async fn a_call_goes_on_when_the_caller_has_gone() {
        let (sender, mut receiver) = tokio::sync::mpsc::unbounded_channel();
        let (begin, begun) = tokio::sync::oneshot::channel::<()>();
        let begun = Arc::new(tokio::sync::Mutex::new(Some(begun)));
        let function = Function::in_process("F", LONG, move |_| {
            let (sender, begun) = (sender.clone(), Arc::clone(&begun));
            async move {
                let begun = begun.lock().await.take();
                sender.send("started")?;
                if let Some(begun) = begun {
                    begun.await?;
                }
                sender.send("done")?;
                Ok(Value::Null)
            }
        });
        let caller = tokio::spawn(async move { function.call(Value::Null).await });
        assert_eq!(receiver.recv().await, Some("started"));
        caller.abort();
        assert!(caller.await.unwrap_err().is_cancelled());
        begin.send(()).unwrap();
        assert_eq!(receiver.recv().await, Some("done"));
    }

    #[derive(Deserialize)]
    struct Question {
        name: String,
    }

    #[derive(Serialize)]
    struct Greeting {
        text: String,
    }

    fn greeter() -> Function {
        Function::typed("F", LONG, |event: LambdaEvent<Question>| async move {
            let text = format!("hello {}", event.payload.name);
            Ok::<_, std::io::Error>(Greeting { text })
        })
    }

    #[tokio::test]
    async fn a_typed_function_speaks_json() {
        assert_eq!(
            greeter().call(json!({"name": "you"})).await.unwrap(),
            json!({"text": "hello you"})
        );
    }

    #[tokio::test]
    async fn an_event_that_does_not_fit_is_a_failure() {
        let error = greeter().call(json!({})).await.unwrap_err();
        assert!(matches!(error, FunctionError::Failed { .. }), "{error}");
    }
}
