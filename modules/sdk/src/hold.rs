//! Where a handler runs, as a type: what may be planned depends on it, so that what
//! must not happen does not compile.

/// The chat is ours: it can be spoken to.
#[derive(Debug)]
pub enum Active {}

/// Another channel holds the chat, or it is gone: nothing can be sent.
#[derive(Debug)]
pub enum Standby {}

/// No chat at all: the event is of the account itself.
#[derive(Debug)]
pub enum Account {}

/// Any of them: it is asked while the handler runs.
#[derive(Debug)]
pub enum Anywhere {}

/// Where an event is handled, as a value. No variant has the name of one of the types above: the
/// compiler would tell authors of those by their whole paths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In a chat that is ours: [`Active`].
    ActiveChat,
    /// In a chat where nothing can be sent: [`Standby`].
    StandbyChat,
    /// In no chat: [`Account`].
    NoChat,
}

impl Place {
    /// Of an event that is of a chat, or not, and of whether that chat can be spoken to.
    pub fn of(is_of_chat: bool, may_speak: bool) -> Self {
        match (is_of_chat, may_speak) {
            (false, _) => Self::NoChat,
            (true, true) => Self::ActiveChat,
            (true, false) => Self::StandbyChat,
        }
    }
}

/// Where a handler runs.
pub trait Hold: sealed::Sealed + Send + Sync + 'static {}

/// Where messages can be sent. Only [`Active`] is.
#[diagnostic::on_unimplemented(
    message = "nothing can be sent here: the chat may not be ours",
    label = "this handler runs where the chat is `{Self}`",
    note = "register the handler in `Router::active`, and let it take `&mut Context<'_, Active>`",
    note = "where it is not known who holds the chat, ask: `if let Some(mut cx) = cx.active() {{ … }}`",
    note = "to answer later in a chat that another channel holds, take it with `cx.acquire(…)` and send when `gained` is called"
)]
pub trait Speaks: Hold {}

/// Where there is a chat, or may be one.
#[diagnostic::on_unimplemented(
    message = "an event of the account itself is of no chat",
    label = "this handler runs for an account, not in a chat",
    note = "a chat's state, control and timers are planned in handlers of `Router::active` and `Router::standby`"
)]
pub trait InChat: Hold {}

/// Where there is a chat for sure.
#[diagnostic::on_unimplemented(
    message = "it is not known here whether the event is of a chat",
    label = "this handler runs for an account, or for any event",
    note = "ask the event: `cx.event().chat`, or register the handler in `Router::active` or `Router::standby`"
)]
pub trait OneChat: InChat {}

macro_rules! holds {
    ($($hold:ident)*) => {$(
        impl sealed::Sealed for $hold {}
        impl Hold for $hold {}
    )*};
}

holds!(Active Standby Account Anywhere);

impl Speaks for Active {}
impl InChat for Active {}
impl InChat for Standby {}
impl InChat for Anywhere {}
impl OneChat for Active {}
impl OneChat for Standby {}

mod sealed {
    pub trait Sealed {}
}
