//! What goes to many at once, for the account itself. Planned like any other send; LINE is asked
//! while the handler plans whether it would take the messages.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Value;

use crate::hold::Account;
use crate::outgoing::{check_unit, wire};
use crate::{Context, ModuleError};
use shared::domain::{Broadcast, Effect, Multicast, Scope, ToManyEffect, UserId};
use shared::line::endpoints::validate::{ValidateBroadcast, ValidateMulticast};

/// A multicast goes to this many users at most.
const MOST_USERS: usize = 500;

/// What reaches many needs a word from the account, by its setting of
/// [`Kind::MaySendToMany`](crate::settings::Kind::MaySendToMany), or from the operator: without it
/// the send is dropped, and the event's row says why. Before it is sent, the account's quota is
/// looked at; where too little of the month is left, nothing of it is sent, and the event is set
/// aside.
impl Context<'_, Account> {
    /// Sends to as many as 500 users of the account, by their ids. Each counts once against the
    /// account's monthly quota. With no users nothing is planned.
    ///
    /// # Errors
    /// The author's: more than 500 users, no or too many messages, messages that LINE refuses.
    /// That LINE could not be asked.
    pub async fn multicast<M: Serialize>(
        &mut self,
        users: &[UserId],
        messages: &[M],
    ) -> Result<(), ModuleError> {
        let send = multicast(users, messages, None, false)?;
        self.plan_multicast(send).await
    }

    /// The same, without a notification on the users' phones.
    ///
    /// # Errors
    /// As [`Context::multicast`].
    pub async fn multicast_silently<M: Serialize>(
        &mut self,
        users: &[UserId],
        messages: &[M],
    ) -> Result<(), ModuleError> {
        let send = multicast(users, messages, None, true)?;
        self.plan_multicast(send).await
    }

    /// As [`Context::multicast`], counted under `unit` in the account's statistics: up to 30
    /// letters, digits and `_`.
    ///
    /// # Errors
    /// As [`Context::multicast`]; a unit that LINE does not take.
    pub async fn multicast_counted<M: Serialize>(
        &mut self,
        unit: &str,
        users: &[UserId],
        messages: &[M],
    ) -> Result<(), ModuleError> {
        let send = multicast(users, messages, Some(unit), false)?;
        self.plan_multicast(send).await
    }

    /// The same, without a notification on the users' phones.
    ///
    /// # Errors
    /// As [`Context::multicast_counted`].
    pub async fn multicast_counted_silently<M: Serialize>(
        &mut self,
        unit: &str,
        users: &[UserId],
        messages: &[M],
    ) -> Result<(), ModuleError> {
        let send = multicast(users, messages, Some(unit), true)?;
        self.plan_multicast(send).await
    }

    /// Sends to all friends of the account. LINE counts it by itself, without a unit, in the
    /// account's statistics.
    ///
    /// # Errors
    /// The author's: no or too many messages, messages that LINE refuses. That LINE could not be
    /// asked.
    pub async fn broadcast<M: Serialize>(&mut self, messages: &[M]) -> Result<(), ModuleError> {
        let messages = wire(messages)?;
        self.plan_broadcast(messages, false).await
    }

    /// The same, without a notification on the users' phones.
    ///
    /// # Errors
    /// As [`Context::broadcast`].
    pub async fn broadcast_silently<M: Serialize>(
        &mut self,
        messages: &[M],
    ) -> Result<(), ModuleError> {
        let messages = wire(messages)?;
        self.plan_broadcast(messages, true).await
    }

    async fn plan_multicast(&mut self, send: Multicast) -> Result<(), ModuleError> {
        if send.users.is_empty() {
            return Ok(());
        }
        if self.is_to_be_validated(&send.messages) {
            let messages = send.messages[..].into();
            let line = self.around.line;
            line.call(&ValidateMulticast { messages }).await?;
        }
        self.plan(ToManyEffect::Multicast(send));
        Ok(())
    }

    async fn plan_broadcast(
        &mut self,
        messages: Vec<Value>,
        silent: bool,
    ) -> Result<(), ModuleError> {
        if self.is_to_be_validated(&messages) {
            let messages = messages[..].into();
            let line = self.around.line;
            line.call(&ValidateBroadcast { messages }).await?;
        }
        self.plan(ToManyEffect::Broadcast(Broadcast { messages, silent }));
        Ok(())
    }

    /// What will be dropped for want of the scope is not shown to LINE; the same messages are
    /// shown to it once.
    pub(super) fn is_to_be_validated(&self, messages: &[Value]) -> bool {
        let bot = &self.around.bot.state;
        let mut planned = self.draft.plan.effects.iter();
        let is_same =
            |effect: &Effect| matches!(effect, Effect::ToMany(it) if it.messages() == messages);
        bot.may_act(Scope::MESSAGE_SEND, self.around.now).is_ok() && !planned.any(is_same)
    }
}

fn multicast<M: Serialize>(
    users: &[UserId],
    messages: &[M],
    unit: Option<&str>,
    silent: bool,
) -> Result<Multicast, ModuleError> {
    unit.map_or(Ok(()), check_unit)?;
    let mut known = BTreeSet::new();
    let users: Vec<_> = users.iter().filter(|user| known.insert(*user)).collect();
    if users.len() > MOST_USERS {
        return Err(ModuleError::bug(format!(
            "LINE takes {MOST_USERS} users in one multicast, not {}: plan several",
            users.len()
        )));
    }
    Ok(Multicast {
        users: users.into_iter().cloned().collect(),
        messages: wire(messages)?,
        unit: unit.map(str::to_owned),
        silent,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(number: usize) -> UserId {
        UserId::new(format!("U{number}")).unwrap()
    }

    #[test]
    fn a_multicast_goes_to_500_users_and_to_each_once() {
        let made = |users: &[UserId]| multicast(users, &["hi"], None, false);
        let mut users: Vec<_> = (0..500).map(user).collect();
        users.push(user(7));
        assert_eq!(made(&users).unwrap().users, users[..500]);
        users.push(user(500));
        assert_eq!(
            made(&users).unwrap_err().to_string(),
            "LINE takes 500 users in one multicast, not 501: plan several"
        );
    }

    #[test]
    fn a_unit_that_line_does_not_take_is_the_authors_error() {
        let error = multicast(&[user(1)], &["hi"], Some("a b"), false).unwrap_err();
        assert!(error.to_string().contains("\"a b\""), "{error}");
    }
}
