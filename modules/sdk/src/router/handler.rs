//! What a handler is: a plain async function of a context and an event.

use futures::future::BoxFuture;

use crate::hold::Hold;
use crate::router::Next;
use crate::{Anywhere, Context, Handled};
use shared::domain::Event;

/// An `async fn(cx: &mut Context<'_, H>, event: &E) -> Handled`.
#[diagnostic::on_unimplemented(
    message = "this is no handler of `{E}` where the chat is `{H}`",
    label = "expected an `async fn(cx: &mut Context<'_, {H}>, event: &{E}) -> Handled`",
    note = "`H` is `Active` in `Router::active`, `Standby` in `Router::standby`, `Account` in `Router::account`"
)]
pub trait Handler<H: Hold, E>: Send + Sync + 'static {
    /// Runs it.
    fn run<'a>(&'a self, cx: &'a mut Context<'a, H>, event: &'a E) -> BoxFuture<'a, Handled>;
}

impl<H, E, F> Handler<H, E> for F
where
    H: Hold,
    E: 'static,
    F: for<'a> Called<'a, H, E> + Send + Sync + 'static,
{
    fn run<'a>(&'a self, cx: &'a mut Context<'a, H>, event: &'a E) -> BoxFuture<'a, Handled> {
        Box::pin(self.call(cx, event))
    }
}

/// A function with a future for each lifetime: what `Fn` alone cannot say.
pub trait Called<'a, H, E> {
    /// Its future.
    type Future: Future<Output = Handled> + Send + 'a;
    /// Calls it.
    fn call(&self, cx: &'a mut Context<'a, H>, event: &'a E) -> Self::Future;
}

impl<'a, H, E, F, Fut> Called<'a, H, E> for F
where
    H: 'static,
    E: 'static,
    F: Fn(&'a mut Context<'a, H>, &'a E) -> Fut,
    Fut: Future<Output = Handled> + Send + 'a,
{
    type Future = Fut;

    fn call(&self, cx: &'a mut Context<'a, H>, event: &'a E) -> Fut {
        self(cx, event)
    }
}

/// An `async fn(cx: &mut Context<'_>, event: &Event, next: Next<'_>) -> Handled`: it
/// lies around all handlers, and runs them by `next.run(cx, event).await`.
#[diagnostic::on_unimplemented(
    message = "this cannot lie around handlers",
    label = "expected an `async fn(cx: &mut Context<'_>, event: &Event, next: Next<'_>) -> Handled`"
)]
pub trait Wrapper: Send + Sync + 'static {
    /// Runs it.
    fn run<'a>(
        &'a self,
        cx: &'a mut Context<'a, Anywhere>,
        event: &'a Event,
        next: Next<'a>,
    ) -> BoxFuture<'a, Handled>;
}

impl<F> Wrapper for F
where
    F: for<'a> Wraps<'a> + Send + Sync + 'static,
{
    fn run<'a>(
        &'a self,
        cx: &'a mut Context<'a, Anywhere>,
        event: &'a Event,
        next: Next<'a>,
    ) -> BoxFuture<'a, Handled> {
        Box::pin(self.call(cx, event, next))
    }
}

/// As [`Called`], with what comes next.
pub trait Wraps<'a> {
    /// Its future.
    type Future: Future<Output = Handled> + Send + 'a;
    /// Calls it.
    fn call(
        &self,
        cx: &'a mut Context<'a, Anywhere>,
        event: &'a Event,
        next: Next<'a>,
    ) -> Self::Future;
}

impl<'a, F, Fut> Wraps<'a> for F
where
    F: Fn(&'a mut Context<'a, Anywhere>, &'a Event, Next<'a>) -> Fut,
    Fut: Future<Output = Handled> + Send + 'a,
{
    type Future = Fut;

    fn call(&self, cx: &'a mut Context<'a, Anywhere>, event: &'a Event, next: Next<'a>) -> Fut {
        self(cx, event, next)
    }
}
