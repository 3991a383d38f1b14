//! What a handler can take beside its event, read before it runs.

use std::any::Any;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::hold::{Hold, InChat, OneChat};
use crate::{Context, Handled, ModuleError, Profile};
use shared::domain::Chat;

/// What a handler can take beside its event. Types of your own can be arguments too: what every
/// handler of a module begins with is read in one place. Where there is no handler, as in a
/// [`Dialogue`](crate::Dialogue), it is `Visit::read(cx).await?`.
///
/// ```
/// use line_module::{Argument, Chat, Context, ModuleError, OneChat};
/// # #[derive(Default, serde::Deserialize)]
/// # struct Guest;
/// # #[derive(serde::Deserialize)]
/// # struct Shop;
///
/// struct Visit {
///     guest: Guest,
///     shop: Shop,
///     chat: Chat,
/// }
///
/// impl<H: OneChat> Argument<H> for Visit {
///     async fn read(cx: &mut Context<'_, H>) -> Result<Self, ModuleError> {
///         Ok(Self {
///             guest: cx.state()?,
///             shop: cx.settings()?,
///             chat: cx.chat().clone(),
///         })
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "a handler where the chat is `{H}` cannot take a `{Self}`",
    label = "this is no argument of such a handler",
    note = "what it can take: `State<T>`, `Settings<T>`, `Shared<T>`, `Option<Profile>`, `Chat`, and of a date picker's postback `Picked<T>`",
    note = "where the chat is `Account` there is no chat, and so neither `State<T>` nor `Chat`"
)]
pub trait Argument<H: Hold>: Sized + Send + 'static {
    /// Reads it.
    ///
    /// # Errors
    /// As a handler's.
    fn read(cx: &mut Context<'_, H>) -> impl Future<Output = Result<Self, ModuleError>> + Send;
}

/// The module's state of this chat, as [`Context::state`] gives it. Changes are kept by
/// [`State::keep`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct State<T>(pub T);

/// What the account has set, as [`Context::settings`] gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings<T>(pub T);

/// What the module has for all its handlers: see [`Router::share`](crate::Router::share).
#[derive(Debug)]
pub struct Shared<T>(Arc<T>);

impl<T: Serialize> State<T> {
    /// Keeps it as the chat's new state.
    ///
    /// # Errors
    /// As [`Context::set_state`].
    pub fn keep<H: InChat>(&self, cx: &mut Context<'_, H>) -> Handled {
        cx.set_state(&self.0)
    }
}

impl<T, H> Argument<H> for State<T>
where
    T: DeserializeOwned + Default + Send + 'static,
    H: InChat,
{
    async fn read(cx: &mut Context<'_, H>) -> Result<Self, ModuleError> {
        cx.state().map(Self)
    }
}

impl<T, H> Argument<H> for Settings<T>
where
    T: DeserializeOwned + Send + 'static,
    H: Hold,
{
    async fn read(cx: &mut Context<'_, H>) -> Result<Self, ModuleError> {
        cx.settings().map(Self)
    }
}

impl<T, H> Argument<H> for Shared<T>
where
    T: Any + Send + Sync,
    H: Hold,
{
    async fn read(cx: &mut Context<'_, H>) -> Result<Self, ModuleError> {
        cx.shared_value().map(Self)
    }
}

/// None where the account does not grant it, or the user shows none.
impl<H: Hold> Argument<H> for Option<Profile> {
    async fn read(cx: &mut Context<'_, H>) -> Result<Self, ModuleError> {
        cx.profile().await
    }
}

impl<H: OneChat> Argument<H> for Chat {
    async fn read(cx: &mut Context<'_, H>) -> Result<Self, ModuleError> {
        Ok(cx.chat().clone())
    }
}

macro_rules! holds_a_value {
    ($($name:ident)*) => {$(
        impl<T> Deref for $name<T> {
            type Target = T;

            fn deref(&self) -> &T {
                &self.0
            }
        }
    )*};
}

holds_a_value!(State Settings Shared);

impl<T> DerefMut for State<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

/// The same value.
impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}
