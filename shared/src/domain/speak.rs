//! The rule that holds whatever a module does: nothing is sent into a chat that
//! is standby or gone, for an account that is suspended, paused, not entitled or not
//! attached, or without a scope that is known not to be granted.

use serde::{Deserialize, Serialize};

use crate::domain::{BotState, ChatState, Scope, Timestamp};

/// Proof that a chat could be spoken to a moment ago. A call that sends needs
/// one, and only [`may_speak`] makes it: so each try is judged again.
#[derive(Debug)]
pub struct MaySpeak(());

/// Proof that who holds a chat was ours to change a moment ago. Calls that take
/// or give back a chat need one, and only [`may_control`] makes it.
#[derive(Debug)]
pub struct MayControl(());

/// Proof that the account was ours to send for a moment ago. Sends that are into
/// no one chat need one, and only [`may_broadcast`] makes it:
///
/// ```compile_fail
/// let may = shared::domain::MayBroadcast(());
/// ```
#[derive(Debug)]
pub struct MayBroadcast(());

/// Why nothing may be sent into a chat, or done about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Silence {
    /// The user blocked the account, or it is no longer in the group.
    #[error("the chat is gone: blocked, or left")]
    Gone,
    /// Another channel holds the chat.
    #[error("standby: another channel holds the chat")]
    Standby,
    /// The account is suspended.
    #[error("the account is suspended")]
    Suspended,
    /// An operator has paused the account, or the whole channel.
    #[error("an operator has paused the account, or the whole channel")]
    Paused,
    /// The company's billing says that the account is not to be served.
    #[error("the account is not entitled to the service")]
    NotEntitled,
    /// The module channel is not attached to the account.
    #[error("the account is not attached")]
    NotAttached,
    /// The admin did not grant the scope that it needs, or LINE says so.
    #[error("a scope that it needs is not granted")]
    ScopeMissing,
    /// The event is of the account itself.
    #[error("the event is of no chat")]
    NoChat,
    /// Who holds the chat has changed since the event.
    #[error("who holds the chat has changed since the event")]
    Overtaken,
    /// Neither the account nor the operator has said that it may be sent to many.
    #[error(
        "sends to many are not allowed: switch on the account's setting for it, or set \
         MAY_SEND_TO_MANY of the worker"
    )]
    ToManyNotAllowed,
}

/// Judges by the registers of account and chat, and by the time; `default_active`
/// is whether the channel holds chats by default.
///
/// # Errors
/// The [`Silence`] that forbids it.
pub fn may_speak(
    bot: &BotState,
    chat: &ChatState,
    now: Timestamp,
    default_active: bool,
) -> Result<MaySpeak, Silence> {
    bot.may_act(Scope::MESSAGE_SEND, now)?;
    chat.may_speak(now, bot.detached_at, default_active)?;
    Ok(MaySpeak(()))
}

/// The same for the one notice by which a chat is told that its account is not entitled: all
/// that forbids to speak forbids it too, but for that.
///
/// # Errors
/// The [`Silence`] that forbids it.
pub fn may_notify(
    bot: &BotState,
    chat: &ChatState,
    now: Timestamp,
    default_active: bool,
) -> Result<MaySpeak, Silence> {
    bot.may_act_unentitled(Scope::MESSAGE_SEND, now)?;
    chat.may_speak(now, bot.detached_at, default_active)?;
    Ok(MaySpeak(()))
}

/// Judges whether the chat may be taken or given back for an event of `event_at`.
/// Where a newer word on who holds it is known, the event has nothing to say.
///
/// # Errors
/// The [`Silence`] that forbids it.
pub fn may_control(
    bot: &BotState,
    chat: &ChatState,
    now: Timestamp,
    event_at: Timestamp,
) -> Result<MayControl, Silence> {
    bot.may_act(Scope::MESSAGE_RECEIVE, now)?;
    chat.may_control(bot.detached_at, event_at)?;
    Ok(MayControl(()))
}

/// Judges whether anything may be sent for the account that is into no one chat:
/// broadcast, narrowcast, multicast, and with its own `scope` a notification.
///
/// # Errors
/// The [`Silence`] that forbids it.
pub fn may_broadcast(bot: &BotState, scope: &str, now: Timestamp) -> Result<MayBroadcast, Silence> {
    bot.may_act(scope, now)?;
    Ok(MayBroadcast(()))
}

/// The same for what a module sends to many users, where the account or the operator must have
/// said that it may: `is_allowed`.
///
/// # Errors
/// The [`Silence`] that forbids it.
pub fn may_send_to_many(
    bot: &BotState,
    is_allowed: bool,
    now: Timestamp,
) -> Result<MayBroadcast, Silence> {
    let may = may_broadcast(bot, Scope::MESSAGE_SEND, now)?;
    match is_allowed {
        true => Ok(may),
        false => Err(Silence::ToManyNotAllowed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Entitlement, Pause, PauseMode, Scopes};

    fn pause() -> Pause {
        Pause {
            how: PauseMode::Wait,
            since: Timestamp(1),
            by: "an operator".into(),
            reason: "a test".into(),
        }
    }

    #[test]
    fn the_notice_passes_where_only_entitlement_forbids_to_speak() {
        let mut bot = BotState::default();
        let chat = ChatState::default();
        bot.attach(Timestamp(1), &Scopes::from_words("message:send"));
        bot.entitle(Entitlement::Until(Timestamp(5)), Timestamp(1));
        let speak = |bot: &BotState, at| may_speak(bot, &chat, Timestamp(at), true).err();
        let notify = |bot: &BotState, at| may_notify(bot, &chat, Timestamp(at), true).err();
        assert_eq!([speak(&bot, 4), notify(&bot, 4)], [None, None]);
        assert_eq!(speak(&bot, 5), Some(Silence::NotEntitled));
        assert_eq!(notify(&bot, 5), None);
        bot.pause = Some(pause());
        assert_eq!(notify(&bot, 5), Some(Silence::Paused));
        bot.channel_pause = bot.pause.take();
        assert_eq!(notify(&bot, 5), Some(Silence::Paused));
        bot.channel_pause = None;
        let mute = Scopes::from_words("profile:read");
        bot.attach(Timestamp(2), &mute);
        assert_eq!(notify(&bot, 5), Some(Silence::ScopeMissing));
        assert_eq!(speak(&bot, 5), Some(Silence::NotEntitled));
    }

    #[test]
    fn only_an_attached_account_yields_the_right_to_broadcast() {
        let may = |bot: &BotState| may_broadcast(bot, Scope::MESSAGE_SEND, Timestamp(9)).err();
        let mut bot = BotState::default();
        bot.attach(Timestamp(1), &Scopes::from_words("message:send"));
        assert_eq!(may(&bot), None);
        let mut mute = BotState::default();
        mute.attach(Timestamp(1), &Scopes::from_words("profile:read"));
        assert_eq!(may(&mute), Some(Silence::ScopeMissing));
        let many = |is_allowed| may_send_to_many(&bot, is_allowed, Timestamp(9)).err();
        assert_eq!(many(true), None);
        assert_eq!(many(false), Some(Silence::ToManyNotAllowed));
        bot.entitle(Entitlement::No, Timestamp(2));
        assert_eq!(may(&bot), Some(Silence::NotEntitled));
        bot.pause = Some(pause());
        assert_eq!(may(&bot), Some(Silence::Paused));
        bot.suspended_at = Some(Timestamp(2));
        assert_eq!(may(&bot), Some(Silence::Suspended));
        bot.detach(Timestamp(3));
        assert_eq!(may(&bot), Some(Silence::NotAttached));
    }
}
