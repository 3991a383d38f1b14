//! What a handler is: a plain async function of a context, an event, and what else it needs.

use std::marker::PhantomData;

use futures::future::BoxFuture;

use crate::hold::Hold;
use crate::router::Next;
use crate::{Anywhere, Argument, Context, Handled};
use shared::domain::Event;

/// An `async fn(cx: &mut Context<'_, H>, event: &E, …) -> Handled`. After the event come up to
/// six [arguments](Argument) that it needs: `State<T>`, `Settings<T>`, `Shared<T>`,
/// `Option<Profile>`, `Chat`, in any order. They are read before it runs. `A` is what they are,
/// which nobody writes.
#[diagnostic::on_unimplemented(
    message = "this is no handler of `{E}` in this place",
    label = "expected an `async fn(cx: &mut Context<'_, H>, event: &{E}, …) -> Handled`",
    note = "`H` is `Active` in `Router::active`, `Standby` in `Router::standby`, `Account` in `Router::account`",
    note = "for `…` it can take what is an `Argument`: `State<T>`, `Settings<T>`, `Shared<T>`, `Option<Profile>`, `Chat`",
    note = "what it keeps across an `.await` must be `Send`: no `Rc`, no `RefCell` borrowed"
)]
pub trait Handler<H: Hold, E, A>: Send + Sync + 'static {
    /// Runs it.
    fn run<'a>(&'a self, cx: &'a mut Context<'a, H>, event: &'a E) -> BoxFuture<'a, Handled>;
}

/// A function with a future for each lifetime: what `Fn` alone cannot say.
pub trait Called<'a, H, E, A> {
    /// Its future.
    type Future: Future<Output = Handled> + Send + 'a;
    /// Calls it.
    fn call(&self, cx: &'a mut Context<'a, H>, event: &'a E, arguments: A) -> Self::Future;
}

macro_rules! functions {
    ($(($($argument:ident)*))*) => {$(
        impl<'a, H, E, F, Fut, $($argument),*> Called<'a, H, E, ($($argument,)*)> for F
        where
            H: 'static,
            E: 'static,
            F: Fn(&'a mut Context<'a, H>, &'a E $(, $argument)*) -> Fut,
            Fut: Future<Output = Handled> + Send + 'a,
        {
            type Future = Fut;

            #[allow(non_snake_case, reason = "the types' names are the arguments' as well")]
            fn call(
                &self,
                cx: &'a mut Context<'a, H>,
                event: &'a E,
                ($($argument,)*): ($($argument,)*),
            ) -> Fut {
                self(cx, event $(, $argument)*)
            }
        }

        #[diagnostic::do_not_recommend]
        impl<H, E, F, $($argument),*> Handler<H, E, ($($argument,)*)> for F
        where
            H: Hold,
            E: Sync + 'static,
            F: for<'a> Called<'a, H, E, ($($argument,)*)> + Send + Sync + 'static,
            $($argument: Argument<H>,)*
        {
            fn run<'a>(
                &'a self,
                cx: &'a mut Context<'a, H>,
                event: &'a E,
            ) -> BoxFuture<'a, Handled> {
                Box::pin(async move {
                    let arguments = ($($argument::read(cx).await?,)*);
                    self.call(cx, event, arguments).await
                })
            }
        }
    )*};
}

functions! { () (A) (A B) (A B C) (A B C D) (A B C D G) (A B C D G I) }

/// A [`Handler`] whatever its arguments are.
pub(crate) trait AnyHandler<H, E>: Send + Sync {
    /// Runs it.
    fn run<'a>(&'a self, cx: &'a mut Context<'a, H>, event: &'a E) -> BoxFuture<'a, Handled>;
}

/// As routes keep it.
pub(crate) fn boxed<H, E, A>(handler: impl Handler<H, E, A>) -> Box<dyn AnyHandler<H, E>>
where
    H: Hold,
    E: 'static,
    A: 'static,
{
    Box::new(WithArguments(handler, PhantomData))
}

struct WithArguments<F, A>(F, PhantomData<fn(A)>);

impl<H, E, A, F> AnyHandler<H, E> for WithArguments<F, A>
where
    H: Hold,
    F: Handler<H, E, A>,
{
    fn run<'a>(&'a self, cx: &'a mut Context<'a, H>, event: &'a E) -> BoxFuture<'a, Handled> {
        self.0.run(cx, event)
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

#[diagnostic::do_not_recommend]
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
