//! What goes out for an event. It is planned, committed with the handler's own changes,
//! and sent after that: so each of these is an operation that may be made again, and
//! none has an answer for the handler to wait for.

use std::time::Duration;

use serde::ser::Error as _;
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::hold::{Account, Hold, InChat, Speaks};
use crate::{Context, Handled, Menu, ModuleError};
use shared::domain::{
    AccountEffect, ChatEffect, ChatKind, ControlEffect, Effect, Event, EventKind, Push, Reply,
    Timestamp,
};

/// LINE takes this many messages in one send.
const MOST_MESSAGES: usize = 5;
/// A reply token is good for a minute after the webhook, and some of that is
/// the way to LINE; one sent again, for 20 minutes after its event.
const TOKEN_LIFE: Duration = Duration::from_secs(50);
const REDELIVERED_TOKEN_LIFE: Duration = Duration::from_secs(20 * 60);

impl<H: Hold> Context<'_, H> {
    /// Answers the event, by its reply token: free of charge. Several kinds of messages go
    /// together by [`messages!`](crate::messages).
    ///
    /// An event that came while another channel held the chat has no token, though the chat may
    /// be ours by now: then it is a push, if the module
    /// [pushes instead](crate::Router::push_instead_of_reply), and else the event is parked, as
    /// one is whose token is too old.
    ///
    /// # Errors
    /// The author's: an event that never has a reply token (`activated`, a timer, a signal, a
    /// command), for which [`Context::answer`] or [`Context::push`] is; a second reply to one
    /// event, no or too many messages, or ones that do not serialise. [`ModuleError::Park`]: see
    /// above.
    pub fn reply<M: Serialize>(&mut self, messages: &[M]) -> Handled
    where
        H: Speaks,
    {
        self.plan_reply(messages, false)
    }

    /// The same, without a notification on the phones of those who get it.
    ///
    /// # Errors
    /// As [`Context::reply`].
    pub fn reply_silently<M: Serialize>(&mut self, messages: &[M]) -> Handled
    where
        H: Speaks,
    {
        self.plan_reply(messages, true)
    }

    /// Whether the event has a reply token.
    pub fn can_reply(&self) -> bool {
        self.around.event.reply_token.is_some()
    }

    /// Answers the event: by its reply token, or, where it has none, by a push, if the module
    /// pushes instead of replies
    /// ([`Router::push_instead_of_reply`](crate::Router::push_instead_of_reply)). A push counts
    /// against the account's monthly quota.
    ///
    /// # Errors
    /// As [`Context::reply`].
    pub fn answer<M: Serialize>(&mut self, messages: &[M]) -> Handled
    where
        H: Speaks,
    {
        match !self.can_reply() && self.around.push_instead {
            true => self.push(messages),
            false => self.reply(messages),
        }
    }

    fn plan_reply<M: Serialize>(&mut self, messages: &[M], silent: bool) -> Handled {
        let Some(token) = self.around.event.reply_token.clone() else {
            return self.reply_without_token(messages, silent);
        };
        let effects = &self.draft.plan.effects;
        let is_reply = |effect: &Effect| matches!(effect, Effect::Chat(ChatEffect::Reply(_)));
        if effects.iter().any(is_reply) {
            return Err(ModuleError::bug(
                "LINE takes one reply to an event: send all its messages at once",
            ));
        }
        self.plan(ChatEffect::Reply(Reply {
            token,
            messages: wire(messages)?,
            or_push: self.around.push_instead,
            deadline: reply_deadline(self.around.event, self.around.received_at),
            silent,
            is_notice: false,
        }));
        Ok(())
    }

    fn reply_without_token<M: Serialize>(&mut self, messages: &[M], silent: bool) -> Handled {
        let never_has_one = matches!(
            self.around.event.kind,
            EventKind::Activated { .. }
                | EventKind::Timer { .. }
                | EventKind::Signal { .. }
                | EventKind::Command { .. }
        );
        if never_has_one {
            return Err(ModuleError::bug(
                "such an event has no reply token: use `push`, or `answer` in a module that has \
                 `push_instead_of_reply`",
            ));
        }
        match self.around.push_instead {
            true => self.plan_push(None, messages, silent),
            false => Err(ModuleError::park(
                "LINE gave no reply token with this event, and the module does not push instead",
            )),
        }
    }

    /// Sends to the chat, which counts against the account's monthly quota.
    ///
    /// # Errors
    /// As [`Context::reply`].
    pub fn push<M: Serialize>(&mut self, messages: &[M]) -> Result<(), ModuleError>
    where
        H: Speaks,
    {
        self.plan_push(None, messages, false)
    }

    /// The same, without a notification on the phones of those who get it.
    ///
    /// # Errors
    /// As [`Context::reply`].
    pub fn push_silently<M: Serialize>(&mut self, messages: &[M]) -> Result<(), ModuleError>
    where
        H: Speaks,
    {
        self.plan_push(None, messages, true)
    }

    /// As [`Context::push`], counted under `unit` in the account's statistics: up to 30
    /// letters, digits and `_`
    /// (<https://developers.line.biz/en/docs/messaging-api/unit-based-statistics-aggregation/>).
    ///
    /// # Errors
    /// As [`Context::reply`]; a unit that LINE does not take.
    pub fn push_counted<M: Serialize>(
        &mut self,
        unit: &str,
        messages: &[M],
    ) -> Result<(), ModuleError>
    where
        H: Speaks,
    {
        self.plan_push(Some(unit), messages, false)
    }

    /// The same, without a notification on the phones of those who get it.
    ///
    /// # Errors
    /// As [`Context::push_counted`].
    pub fn push_counted_silently<M: Serialize>(
        &mut self,
        unit: &str,
        messages: &[M],
    ) -> Result<(), ModuleError>
    where
        H: Speaks,
    {
        self.plan_push(Some(unit), messages, true)
    }

    fn plan_push<M: Serialize>(
        &mut self,
        unit: Option<&str>,
        messages: &[M],
        silent: bool,
    ) -> Result<(), ModuleError> {
        unit.map_or(Ok(()), check_unit)?;
        self.plan(ChatEffect::Push(Push {
            messages: wire(messages)?,
            unit: unit.map(str::to_owned),
            silent,
        }));
        Ok(())
    }

    /// Shows in a chat with one user that an answer is on its way, for 5 to 60 seconds
    /// or until it comes.
    ///
    /// # Errors
    /// The author's: the chat is a group or room, or another time.
    pub fn loading(&mut self, time: Duration) -> Result<(), ModuleError>
    where
        H: Speaks,
    {
        self.with_one_user()?;
        let seconds = time.as_secs().next_multiple_of(5);
        if !(5..=60).contains(&seconds) {
            return Err(ModuleError::bug("a loading animation has 5 to 60 seconds"));
        }
        let seconds = u32::try_from(seconds).ok();
        self.plan(ChatEffect::Loading { seconds });
        Ok(())
    }

    /// Shows the user's message, and all before it, as read. Of an event that is no
    /// message nothing is planned, and the answer is false.
    pub fn mark_as_read(&mut self) -> bool
    where
        H: Speaks,
    {
        let (EventKind::Message(message) | EventKind::Edited(message)) = &self.around.event.kind
        else {
            return false;
        };
        let Some(token) = message.read_token.clone() else {
            return false;
        };
        self.plan(ChatEffect::MarkAsRead { token });
        true
    }

    /// Gives the chat's user a rich menu of the module's, by its name. It is made first,
    /// where the account does not have it.
    ///
    /// # Errors
    /// The author's: no menu of this name, or the chat is a group or room.
    pub fn link_menu(&mut self, name: &str) -> Result<(), ModuleError>
    where
        H: Speaks,
    {
        self.with_one_user()?;
        let menu = self.known_menu(name)?;
        self.plan(ChatEffect::LinkMenu { menu });
        Ok(())
    }

    /// Leaves the chat's user without a rich menu of their own: the default is shown.
    ///
    /// # Errors
    /// The author's: the chat is a group or room.
    pub fn unlink_menu(&mut self) -> Result<(), ModuleError>
    where
        H: Speaks,
    {
        self.with_one_user()?;
        self.plan(ChatEffect::UnlinkMenu);
        Ok(())
    }

    /// Takes the chat from whoever holds it, for `time` or without limit, so that
    /// later events of it can be answered. It goes out like a send, after the
    /// commit, and not at all if someone has decided since who holds the chat.
    ///
    /// # Errors
    /// The author's: the event is of no chat.
    pub fn acquire(&mut self, time: Option<Duration>) -> Result<(), ModuleError>
    where
        H: InChat,
    {
        self.in_chat()?;
        let seconds = time.map(|time| time.as_secs());
        self.plan(ControlEffect::Acquire { seconds });
        Ok(())
    }

    /// Gives the chat back to the account's primary channel: to its staff. What is
    /// planned before it is sent before it.
    ///
    /// # Errors
    /// As [`Context::acquire`].
    pub fn release(&mut self) -> Result<(), ModuleError>
    where
        H: InChat,
    {
        self.in_chat()?;
        self.plan(ControlEffect::Release);
        Ok(())
    }

    pub(super) fn plan(&mut self, effect: impl Into<Effect>) {
        self.draft.plan.effects.push(effect.into());
    }

    fn known_menu(&self, name: &str) -> Result<String, ModuleError> {
        let known = Menu::with_tab(self.around.menus, name);
        known
            .map(|_| name.to_owned())
            .ok_or_else(|| ModuleError::bug(format!("`Module::menus` has no rich menu {name:?}")))
    }

    fn with_one_user(&self) -> Result<(), ModuleError> {
        let chat = self.around.event.chat.as_ref();
        match chat.is_some_and(|chat| chat.kind == ChatKind::User) {
            true => Ok(()),
            false => Err(ModuleError::bug(
                "LINE has this for chats with one user only",
            )),
        }
    }
}

impl Context<'_, Account> {
    /// Sees to it that the account has a rich menu of the module's, by its name: it is
    /// made if it is not there, and takes the place of its older versions.
    ///
    /// # Errors
    /// The author's: no menu of this name.
    pub fn ensure_menu(&mut self, name: &str) -> Result<(), ModuleError> {
        let menu = self.known_menu(name)?;
        self.plan(AccountEffect::EnsureMenu { menu });
        Ok(())
    }

    /// The same, and makes it the menu of all who have none of their own. That needs the
    /// scope `account:manage`.
    ///
    /// # Errors
    /// As [`Context::ensure_menu`].
    pub fn set_default_menu(&mut self, name: &str) -> Result<(), ModuleError> {
        let menu = self.known_menu(name)?;
        self.plan(AccountEffect::SetDefaultMenu { menu });
        Ok(())
    }
}

/// When the event's reply token is no longer worth trying.
pub(super) fn reply_deadline(event: &Event, received_at: Timestamp) -> Timestamp {
    let redelivered = event.at.plus(REDELIVERED_TOKEN_LIFE);
    received_at.plus(TOKEN_LIFE).min(redelivered)
}

pub(super) fn check_unit(unit: &str) -> Result<(), ModuleError> {
    let is_sign = |sign: u8| sign.is_ascii_alphanumeric() || sign == b'_';
    match (1..=30).contains(&unit.len()) && unit.bytes().all(is_sign) {
        true => Ok(()),
        false => Err(ModuleError::bug(format!(
            "a unit is 1 to 30 letters, digits and _, not {unit:?}"
        ))),
    }
}

/// Any message, for sends of several kinds: see [`messages!`](crate::messages).
#[derive(Debug, Clone)]
pub struct AnyMessage(Result<Value, String>);

impl AnyMessage {
    /// Of a builder, or of whatever else serialises as one of LINE's message objects.
    pub fn of(message: impl Serialize) -> Self {
        Self(serde_json::to_value(message).map_err(|error| error.to_string()))
    }
}

/// What its builder says against it, it says here.
impl Serialize for AnyMessage {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Ok(message) => message.serialize(serializer),
            Err(reason) => Err(S::Error::custom(reason)),
        }
    }
}

/// Messages of several kinds, in one send.
///
/// ```
/// use line_module::{Active, Context, Follow, Handled, Sticker, Text, messages};
///
/// async fn greet(cx: &mut Context<'_, Active>, _: &Follow) -> Handled {
///     cx.reply(&messages![Text::new("Welcome."), Sticker::new("446", "1988")])
/// }
/// ```
#[macro_export]
macro_rules! messages {
    ($($message:expr),+ $(,)?) => {
        [$($crate::AnyMessage::of($message)),+]
    };
}

pub(super) fn wire<M: Serialize>(messages: &[M]) -> Result<Vec<Value>, ModuleError> {
    if messages.is_empty() || messages.len() > MOST_MESSAGES {
        return Err(ModuleError::bug(format!(
            "a send has one to {MOST_MESSAGES} messages, not {}",
            messages.len()
        )));
    }
    Ok(messages
        .iter()
        .map(serde_json::to_value)
        .collect::<Result<_, _>>()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_send_has_one_to_five_messages() {
        assert!(wire::<Value>(&[]).is_err());
        assert!(wire(&[1, 2, 3, 4, 5]).is_ok());
        assert!(wire(&[1, 2, 3, 4, 5, 6]).is_err());
    }
}
