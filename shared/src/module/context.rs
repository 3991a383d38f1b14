//! What a handler may look at and plan.

use std::marker::PhantomData;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::domain::{
    BotState, ChatState, Effect, Event, Plan, Scope, Scopes, Silence, Timestamp, UserId, may_speak,
};
use crate::line::BotClient;
use crate::line::endpoints::profile::Profile;
use crate::line::error::LineErrorKind;
use crate::module::ModuleError;
use crate::store::{NewTimer, RowChange, Store};

/// LINE takes this many messages in one send.
const MOST_MESSAGES: usize = 5;
/// A commit has room for this many rows and timers of the module's beside our own.
const MOST_ROWS: usize = 88;
/// A chat's state may grow to this size, in bytes.
const LARGEST_STATE: usize = 100 * 1024;
/// Plan and event together may grow to this size, in bytes.
const LARGEST_PLAN: usize = 300 * 1024;
/// A timer's payload may be this large, in bytes.
const LARGEST_PAYLOAD: usize = 32 * 1024;
/// A timer may be this far ahead.
const LONGEST_TIMER: Duration = Duration::from_secs(366 * 24 * 3600);
/// A reply token is good for a minute after the webhook, and some of that is
/// the way to LINE; one sent again, for 20 minutes after its event.
const TOKEN_LIFE: Duration = Duration::from_secs(50);
const REDELIVERED_TOKEN_LIFE: Duration = Duration::from_secs(20 * 60);

/// What surrounds an event: filled in by the worker.
pub struct Surroundings<'a> {
    /// The table, for the module's own rows.
    pub store: &'a Store,
    /// LINE, bound to the account.
    pub line: &'a BotClient,
    /// The account's registers.
    pub bot: &'a BotState,
    /// The chat's registers, all events in hand taken in.
    pub chat: &'a ChatState,
    /// The module's state of the chat, as JSON.
    pub state: Option<&'a str>,
    /// The event.
    pub event: &'a Event,
    /// When its webhook arrived.
    pub received_at: Timestamp,
    /// The time now; the handler itself sees the event's.
    pub now: Timestamp,
    /// Whether the channel holds chats by default.
    pub default_active: bool,
    /// Whether a push may stand in for a reply.
    pub push_instead: bool,
}

/// What a handler has planned.
#[derive(Debug, Default)]
pub struct Draft {
    /// The sends.
    pub plan: Plan,
    /// The module's new state of the chat, as JSON, if it changed.
    pub state: Option<String>,
    /// The module's own rows.
    pub rows: Vec<RowChange>,
    /// Its timers.
    pub timers: Vec<NewTimer>,
}

/// What a handler may look at and plan. It lives for one event.
pub struct Context<'a> {
    around: &'a Surroundings<'a>,
    draft: Draft,
}

/// Proof that the chat is ours and lets us speak. Sending needs one, only an
/// active chat yields one, and it cannot be kept for another event.
#[derive(Debug)]
pub struct Active<'a>(PhantomData<&'a ()>);

/// One row of the module's own, read.
#[derive(Debug, Clone)]
pub struct Row<T> {
    /// Its key.
    pub key: String,
    /// What it holds.
    pub value: T,
    version: String,
    life: Timestamp,
}

impl<'a> Context<'a> {
    /// For one event.
    pub fn new(around: &'a Surroundings<'a>) -> Self {
        Self {
            around,
            draft: Draft::default(),
        }
    }

    /// What was planned.
    pub fn into_draft(self) -> Draft {
        self.draft
    }

    /// The time of the event: the same when a handler runs again.
    pub fn now(&self) -> Timestamp {
        self.around.event.at
    }

    /// The right to speak in this chat, if we have it.
    pub fn active(&self) -> Option<Active<'a>> {
        self.silence().is_none().then_some(Active(PhantomData))
    }

    /// Why we may not speak in this chat, if so.
    pub fn silence(&self) -> Option<Silence> {
        let Surroundings {
            bot,
            chat,
            now,
            default_active,
            event,
            ..
        } = *self.around;
        if event.chat.is_none() {
            return Some(Silence::Standby);
        }
        may_speak(bot, chat, now, default_active).err()
    }

    /// Answers the event. Without a reply token (an event that cannot be
    /// answered) nothing is planned, and the answer is false.
    ///
    /// # Errors
    /// The author's: a second reply to one event, no or too many messages, or
    /// ones that do not serialise.
    pub fn reply<M: Serialize>(
        &mut self,
        _: &Active<'_>,
        messages: &[M],
    ) -> Result<bool, ModuleError> {
        let Surroundings {
            event,
            received_at,
            push_instead,
            ..
        } = *self.around;
        let Some(token) = &event.reply_token else {
            return Ok(false);
        };
        let effects = &mut self.draft.plan.effects;
        if effects
            .iter()
            .any(|effect| matches!(effect, Effect::Reply { .. }))
        {
            return Err(ModuleError::Bug(
                "LINE takes one reply to an event: send all its messages at once".into(),
            ));
        }
        effects.push(Effect::Reply {
            token: token.clone(),
            messages: wire(messages)?,
            or_push: push_instead,
            deadline: received_at
                .plus(TOKEN_LIFE)
                .min(event.at.plus(REDELIVERED_TOKEN_LIFE)),
        });
        Ok(true)
    }

    /// Sends to the chat, which counts against the account's monthly quota.
    ///
    /// # Errors
    /// As [`Context::reply`].
    pub fn push<M: Serialize>(
        &mut self,
        _: &Active<'_>,
        messages: &[M],
    ) -> Result<(), ModuleError> {
        self.draft.plan.effects.push(Effect::Push {
            messages: wire(messages)?,
        });
        Ok(())
    }

    /// Takes the chat from whoever holds it, for `time` or without limit, so that
    /// later events of it can be answered. It goes out like a send, after the
    /// commit, and not at all if someone has decided since who holds the chat.
    ///
    /// # Errors
    /// The author's: the event is of no chat.
    pub fn acquire(&mut self, time: Option<Duration>) -> Result<(), ModuleError> {
        let seconds = time.map(|time| time.as_secs());
        self.plan_control(Effect::Acquire { seconds })
    }

    /// Gives the chat back to the account's primary channel: to its staff. What is
    /// planned before it is sent before it.
    ///
    /// # Errors
    /// As [`Context::acquire`].
    pub fn release(&mut self) -> Result<(), ModuleError> {
        self.plan_control(Effect::Release)
    }

    fn plan_control(&mut self, effect: Effect) -> Result<(), ModuleError> {
        if self.around.event.chat.is_none() {
            return Err(ModuleError::Bug("the event is of no chat".into()));
        }
        self.draft.plan.effects.push(effect);
        Ok(())
    }

    /// What the account's admin has granted, as far as it is known.
    pub fn scopes(&self) -> &Scopes {
        self.around.bot.scopes()
    }

    /// The module's state of this chat; the default if there is none yet.
    ///
    /// # Errors
    /// The kept state is not of this type.
    pub fn state<T: DeserializeOwned + Default>(&self) -> Result<T, ModuleError> {
        let kept = self.draft.state.as_deref().or(self.around.state);
        Ok(kept
            .map(serde_json::from_str)
            .transpose()?
            .unwrap_or_default())
    }

    /// Keeps a new state of this chat.
    ///
    /// # Errors
    /// It does not serialise, or the event is of no chat.
    pub fn set_state<T: Serialize>(&mut self, state: &T) -> Result<(), ModuleError> {
        if self.around.event.chat.is_none() {
            return Err(ModuleError::Bug("the event is of no chat".into()));
        }
        self.draft.state = Some(serde_json::to_string(state)?);
        Ok(())
    }

    /// Rows of the module's own whose keys begin with `prefix`, in their order.
    ///
    /// # Errors
    /// The table is not available, or a row is not of this type.
    pub async fn rows<T: DeserializeOwned>(
        &self,
        prefix: &str,
    ) -> Result<Vec<Row<T>>, ModuleError> {
        let Surroundings {
            store, event, bot, ..
        } = *self.around;
        let rows = store
            .module_rows(&event.bot, prefix, bot.detached_at)
            .await?;
        rows.into_iter().map(read).collect()
    }

    /// One row of the module's own.
    ///
    /// # Errors
    /// As [`Context::rows`].
    pub async fn row<T: DeserializeOwned>(&self, key: &str) -> Result<Option<Row<T>>, ModuleError> {
        let Surroundings {
            store, event, bot, ..
        } = *self.around;
        let row = store.module_row(&event.bot, key, bot.detached_at).await?;
        row.map(read).transpose()
    }

    /// A new row. If someone else makes it first, the handler runs again and
    /// sees theirs.
    ///
    /// # Errors
    /// It does not serialise.
    pub fn create<T: Serialize>(
        &mut self,
        key: impl Into<String>,
        value: &T,
    ) -> Result<(), ModuleError> {
        let value = serde_json::to_string(value)?;
        self.draft.rows.push(RowChange::Create {
            key: key.into(),
            value,
        });
        Ok(())
    }

    /// Another value for a row. If someone else changes it first, the handler
    /// runs again and sees theirs.
    ///
    /// # Errors
    /// It does not serialise.
    pub fn replace<T, U: Serialize>(&mut self, row: Row<T>, value: &U) -> Result<(), ModuleError> {
        let value = serde_json::to_string(value)?;
        self.draft.rows.push(RowChange::Replace {
            key: row.key,
            value,
            version: row.version,
            life: row.life,
        });
        Ok(())
    }

    /// The end of a row, under the same condition.
    pub fn delete<T>(&mut self, row: Row<T>) {
        self.draft.rows.push(RowChange::Delete {
            key: row.key,
            version: row.version,
        });
    }

    /// Comes back to this chat when `after` has passed since the event, with
    /// [`EventKind::Timer`](crate::domain::EventKind::Timer) and `payload`: within two
    /// minutes or so, in order with the chat's other events.
    ///
    /// # Errors
    /// The author's: the event is of no chat, it is more than 366 days ahead, or the
    /// payload does not serialise.
    pub fn after<T: Serialize>(&mut self, after: Duration, payload: &T) -> Result<(), ModuleError> {
        if self.around.event.chat.is_none() {
            return Err(ModuleError::Bug("the event is of no chat".into()));
        }
        if after > LONGEST_TIMER {
            return Err(ModuleError::Bug("a timer is at most 366 days ahead".into()));
        }
        self.draft.timers.push(NewTimer {
            due: self.now().plus(after),
            payload: serde_json::to_string(payload)?,
        });
        Ok(())
    }

    /// A user's profile, if the account grants it and the user has one to show.
    ///
    /// # Errors
    /// LINE could not be asked now.
    pub async fn profile(&self, user: &UserId) -> Result<Option<Profile>, ModuleError> {
        if !self.around.bot.may(Scope::PROFILE_READ, self.around.now) {
            return Ok(None);
        }
        match self.around.line.profile(user).await {
            Ok(profile) => Ok(Some(profile)),
            Err(error) if error.kind == LineErrorKind::Open || error.kind.may_pass() => {
                Err(error.into())
            }
            Err(_) => Ok(None),
        }
    }
}

impl Draft {
    /// Whether it fits into one commit.
    ///
    /// # Errors
    /// The author's: it is told which limit.
    pub fn check(&self, raw_event: &str) -> Result<(), ModuleError> {
        let bug = |text: String| Err(ModuleError::Bug(text));
        if self.rows.len() + self.timers.len() > MOST_ROWS {
            return bug(format!(
                "a handler changes at most {MOST_ROWS} rows, timers among them"
            ));
        }
        if self.timers.iter().any(|timer| timer.due < Timestamp(0)) {
            return bug("a timer is not due before 1970".into());
        }
        let payloads = || self.timers.iter().map(|timer| timer.payload.len());
        if payloads().any(|bytes| bytes > LARGEST_PAYLOAD) {
            return bug(format!(
                "a timer's payload is at most {LARGEST_PAYLOAD} bytes"
            ));
        }
        let mut keys: Vec<_> = self.rows.iter().map(RowChange::key).collect();
        keys.sort_unstable();
        if let Some(twice) = keys.windows(2).find(|pair| pair[0] == pair[1]) {
            return bug(format!(
                "a handler changes a row once, but {:?} twice",
                twice[0]
            ));
        }
        if self
            .state
            .as_ref()
            .is_some_and(|state| state.len() > LARGEST_STATE)
        {
            return bug(format!("a chat's state is at most {LARGEST_STATE} bytes"));
        }
        if serde_json::to_string(&self.plan)?.len() + raw_event.len() > LARGEST_PLAN {
            return bug(format!(
                "a plan with its event is at most {LARGEST_PLAN} bytes"
            ));
        }
        Ok(())
    }
}

fn wire<M: Serialize>(messages: &[M]) -> Result<Vec<Value>, ModuleError> {
    if messages.is_empty() || messages.len() > MOST_MESSAGES {
        return Err(ModuleError::Bug(format!(
            "a send has one to {MOST_MESSAGES} messages, not {}",
            messages.len()
        )));
    }
    Ok(messages
        .iter()
        .map(serde_json::to_value)
        .collect::<Result<_, _>>()?)
}

fn read<T: DeserializeOwned>(row: crate::store::ModuleRow) -> Result<Row<T>, ModuleError> {
    Ok(Row {
        key: row.key,
        value: serde_json::from_str(&row.value)?,
        version: row.version,
        life: row.life,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn create(key: &str) -> RowChange {
        RowChange::Create {
            key: key.into(),
            value: "1".into(),
        }
    }

    #[test]
    fn what_does_not_fit_into_a_commit_is_the_authors_error() {
        let rows = |rows: Vec<RowChange>| {
            Draft {
                rows,
                ..Draft::default()
            }
            .check("{}")
        };
        assert!(rows((0..88).map(|n| create(&n.to_string())).collect()).is_ok());
        assert!(rows((0..89).map(|n| create(&n.to_string())).collect()).is_err());
        let twice = rows(vec![create("a"), create("b"), create("a")]).unwrap_err();
        assert_eq!(
            twice.to_string(),
            r#"a handler changes a row once, but "a" twice"#
        );
        let large = Draft {
            state: Some("x".repeat(LARGEST_STATE + 1)),
            ..Draft::default()
        };
        assert!(large.check("{}").is_err());
    }

    #[test]
    fn timers_count_as_rows_and_have_limits_of_their_own() {
        let check = |rows: usize, timers: usize, due: i64, bytes: usize| {
            let timer = NewTimer {
                due: Timestamp(due),
                payload: "x".repeat(bytes),
            };
            let draft = Draft {
                rows: (0..rows).map(|n| create(&n.to_string())).collect(),
                timers: vec![timer; timers],
                ..Draft::default()
            };
            draft.check("{}").is_ok()
        };
        assert!(check(80, 8, 0, LARGEST_PAYLOAD));
        assert!(!check(80, 9, 0, 1));
        assert!(!check(0, 1, -1, 1));
        assert!(!check(0, 1, 0, LARGEST_PAYLOAD + 1));
    }

    #[test]
    fn a_send_has_one_to_five_messages() {
        assert!(wire::<Value>(&[]).is_err());
        assert!(wire(&[1, 2, 3, 4, 5]).is_ok());
        assert!(wire(&[1, 2, 3, 4, 5, 6]).is_err());
    }
}
