//! Narrowcasts: sends to some of the friends, which LINE takes at once and makes later. What one
//! comes to is asked of LINE by a timer of the account, which is committed with the send itself:
//! so it is heard of also where a process ends in between.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::hold::Account;
use crate::outgoing::wire;
use crate::router::{AnyHandler, Handler, Match, Route, Routes, boxed};
use crate::{Context, Handled, ModuleError};
use futures::future::BoxFuture;
use shared::domain::{
    Delivery, Event, EventId, EventKind, LedgerEntry, Recipient, Timestamp, ToManyEffect,
};
use shared::hash::sha256_hex;
use shared::line::endpoints::narrowcast_progress::{GetNarrowcastProgress, NarrowcastProgress};
use shared::line::endpoints::validate::ValidateNarrowcast;
use shared::line::error::LineErrorKind;
use shared::store::{LedgerKey, NewTimer, TimerChange};

/// What the names of these timers begin with: no timer of an author's does.
const PREFIX: &str = "@narrowcast/";
/// In bytes.
const LONGEST_NAME: usize = 100;
/// LINE is asked this long after the send at the earliest,
const SOONEST: Duration = Duration::from_secs(60);
/// then after waits that grow to this,
const LONGEST_WAIT: Duration = Duration::from_secs(15 * 60);
/// and not any more after this.
const GIVEN_UP_AFTER: Duration = Duration::from_secs(12 * 3600);

/// To whom a narrowcast goes, and how: everybody, as long as nothing narrows it.
#[derive(Debug, Clone, Default)]
pub struct Narrowcast {
    recipient: Option<Recipient>,
    demographic: Option<Value>,
    most: Option<u32>,
    silent: bool,
}

impl Narrowcast {
    /// To all friends.
    pub fn new() -> Self {
        Self::default()
    }

    /// To those whom `recipient` means: an audience of the module's, for one.
    #[must_use]
    pub fn to(mut self, recipient: Recipient) -> Self {
        self.recipient = Some(recipient);
        self
    }

    /// To those of whom LINE thinks that they are so:
    /// [LINE's demographic filter object](https://developers.line.biz/en/reference/messaging-api/#narrowcast-demographic-filter).
    #[must_use]
    pub fn filter(mut self, demographic: Value) -> Self {
        self.demographic = Some(demographic);
        self
    }

    /// To this many at most, whom LINE chooses at random.
    #[must_use]
    pub fn at_most(mut self, users: u32) -> Self {
        self.most = Some(users);
        self
    }

    /// Without a notification on the users' phones.
    #[must_use]
    pub fn silently(mut self) -> Self {
        self.silent = true;
        self
    }
}

/// A narrowcast is over: see [`Routes::narrowcast_ended`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NarrowcastEnded {
    /// The name that the handler gave it.
    pub name: String,
    /// What it has come to.
    pub outcome: NarrowcastOutcome,
}

/// What a narrowcast has come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NarrowcastOutcome {
    /// LINE has made it.
    Sent {
        /// How many have received it.
        succeeded: u64,
        /// How many could not be sent it.
        failed: u64,
    },
    /// LINE had taken it, and did not make it: too few recipients, for one.
    Failed {
        /// LINE's reason.
        reason: String,
    },
    /// LINE was not asked to make it, or did not take it.
    NotSent {
        /// Why.
        reason: String,
    },
    /// Nobody knows: LINE has not told within twelve hours, or does not know it.
    Unknown {
        /// Why.
        reason: String,
    },
}

/// What such a timer carries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Watched {
    name: String,
    event: EventId,
    ordinal: usize,
    since: Timestamp,
}

/// How far it is.
enum Stage {
    UnderWay,
    Ended(NarrowcastOutcome),
}

impl Context<'_, Account> {
    /// Sends to some of the friends, by audience and by what LINE thinks of them; LINE takes it
    /// at once and makes it later. What it comes to is told to
    /// [`Routes::narrowcast_ended`] with this `name`, which is the module's own. As
    /// [`Context::broadcast`] it needs a word from the account or the operator.
    ///
    /// # Errors
    /// The author's: a name that has not 1 to 100 bytes, no or too many messages, messages that
    /// LINE refuses. That LINE could not be asked.
    pub async fn narrowcast<M: Serialize>(
        &mut self,
        name: &str,
        to: &Narrowcast,
        messages: &[M],
    ) -> Result<(), ModuleError> {
        if !(1..=LONGEST_NAME).contains(&name.len()) {
            return Err(ModuleError::bug(format!(
                "a narrowcast's name has 1 to {LONGEST_NAME} bytes, not {}",
                name.len()
            )));
        }
        let messages = wire(messages)?;
        if self.is_to_be_validated(&messages) {
            let messages = messages[..].into();
            let line = self.around.line;
            line.call(&ValidateNarrowcast { messages }).await?;
        }
        self.watch(&Watched {
            name: name.to_owned(),
            event: self.around.event.id.clone(),
            ordinal: self.draft.plan.effects.len(),
            since: self.around.now,
        })?;
        self.plan(ToManyEffect::Narrowcast(shared::domain::Narrowcast {
            messages,
            recipient: to.recipient.clone(),
            demographic: to.demographic.clone(),
            most: to.most,
            silent: to.silent,
        }));
        Ok(())
    }

    fn watch(&mut self, watched: &Watched) -> Result<(), ModuleError> {
        let age = self.around.now.since(watched.since);
        let wait = (age / 2).clamp(SOONEST, LONGEST_WAIT);
        let of = [watched.event.as_str(), &watched.ordinal.to_string()].join("\n");
        self.draft.change_timer(TimerChange::Set(NewTimer {
            due: self.around.now.plus(wait),
            name: format!("{PREFIX}{}", &sha256_hex([of])[..32]),
            payload: serde_json::to_string(watched)?,
        }));
        Ok(())
    }

    /// What a narrowcast has come to, if the event is the timer that asks for it and it is over;
    /// if it is not over, LINE is asked again later. For a module without a router: a router has
    /// [`Routes::narrowcast_ended`].
    ///
    /// # Errors
    /// The table is not available.
    pub async fn narrowcast_ended(&mut self) -> Result<Option<NarrowcastEnded>, ModuleError> {
        let Some(watched) = watched(self.around.event) else {
            return Ok(None);
        };
        match self.stage(&watched).await? {
            Stage::UnderWay => {
                self.watch(&watched)?;
                Ok(None)
            }
            Stage::Ended(outcome) => Ok(Some(NarrowcastEnded {
                name: watched.name,
                outcome,
            })),
        }
    }

    async fn stage(&self, watched: &Watched) -> Result<Stage, ModuleError> {
        let key = LedgerKey {
            bot: self.around.event.bot.clone(),
            chat: None,
            event: watched.event.clone(),
        };
        let entry = self.around.store.ledger(&key).await?;
        let delivery = entry.as_ref().map(LedgerEntry::effects);
        let stage = match delivery.and_then(|all| all.get(watched.ordinal)) {
            Some(Delivery::Sent {
                request_id: Some(id),
            }) => self.stage_at_line(id).await,
            Some(known) if !known.is_final() => Ok(Stage::UnderWay),
            Some(Delivery::Unknown { reason }) => Ok(unknown(reason)),
            Some(Delivery::Sent { request_id: None }) => Ok(unknown("LINE gave it no request id")),
            Some(known) => Ok(Stage::Ended(NarrowcastOutcome::NotSent {
                reason: known.reason().unwrap_or_default(),
            })),
            None => Ok(unknown("what became of it is not recorded any more")),
        };
        let is_late = self.around.now.since(watched.since) >= GIVEN_UP_AFTER;
        Ok(match stage {
            Ok(Stage::UnderWay) if is_late => unknown("it is not over after twelve hours"),
            Ok(stage) => stage,
            Err(reason) if is_late => unknown(&reason),
            Err(_) => Stage::UnderWay,
        })
    }

    /// As LINE tells it, or why LINE cannot be asked now.
    async fn stage_at_line(&self, request_id: &str) -> Result<Stage, String> {
        let asked = GetNarrowcastProgress { request_id };
        match self.around.line.call(&asked).await {
            Ok(progress) => Ok(stage_of(progress)),
            Err(error) if error.kind == LineErrorKind::NotFound => Ok(unknown(&error.to_string())),
            Err(error) => Err(error.to_string()),
        }
    }
}

fn watched(event: &Event) -> Option<Watched> {
    match &event.kind {
        EventKind::Timer { name, payload, .. } if name.starts_with(PREFIX) => {
            serde_json::from_value(payload.clone()).ok()
        }
        _ => None,
    }
}

fn unknown(reason: &str) -> Stage {
    let reason = reason.to_owned();
    Stage::Ended(NarrowcastOutcome::Unknown { reason })
}

/// A phase that is not known is one under way.
fn stage_of(progress: NarrowcastProgress) -> Stage {
    match progress.phase.as_str() {
        "succeeded" => Stage::Ended(NarrowcastOutcome::Sent {
            succeeded: progress.success_count.unwrap_or_default(),
            failed: progress.failure_count.unwrap_or_default(),
        }),
        "failed" => {
            let code = progress
                .error_code
                .map(|code| format!("LINE's error {code}"));
            let reason = progress.failed_description.or(code).unwrap_or_default();
            Stage::Ended(NarrowcastOutcome::Failed { reason })
        }
        _ => Stage::UnderWay,
    }
}

impl Routes<Account> {
    /// A narrowcast that this account has planned is over: within some minutes of its end, once.
    /// Also of one that was dropped or refused.
    #[must_use]
    pub fn narrowcast_ended<A: 'static>(
        self,
        handler: impl Handler<Account, NarrowcastEnded, A>,
    ) -> Self {
        self.add(NarrowcastRoute(boxed(handler)))
    }
}

struct NarrowcastRoute(Box<dyn AnyHandler<Account, NarrowcastEnded>>);

impl Route<Account> for NarrowcastRoute {
    fn may_take(&self, event: &Event) -> bool {
        watched(event).is_some()
    }

    fn find<'r>(&'r self, cx: &Context<'_, Account>) -> Option<Box<dyn Match<Account> + 'r>> {
        watched(cx.event())?;
        Some(Box::new(MatchedNarrowcast(&*self.0)))
    }
}

struct MatchedNarrowcast<'r>(&'r dyn AnyHandler<Account, NarrowcastEnded>);

impl Match<Account> for MatchedNarrowcast<'_> {
    fn run<'a>(self: Box<Self>, cx: &'a mut Context<'_, Account>) -> BoxFuture<'a, Handled>
    where
        Self: 'a,
    {
        Box::pin(async move {
            match cx.narrowcast_ended().await? {
                Some(ended) => self.0.run(&mut cx.reborrow(), &ended).await,
                None => Ok(()),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn progress(phase: &str) -> NarrowcastProgress {
        serde_json::from_value(serde_json::json!({
            "phase": phase, "successCount": 2, "failureCount": 1, "targetCount": 3,
            "failedDescription": "too few", "errorCode": 2
        }))
        .unwrap()
    }

    fn outcome(phase: &str) -> Option<NarrowcastOutcome> {
        match stage_of(progress(phase)) {
            Stage::UnderWay => None,
            Stage::Ended(outcome) => Some(outcome),
        }
    }

    #[test]
    fn a_narrowcast_is_over_when_line_says_that_it_has_succeeded_or_failed() {
        for phase in ["waiting", "sending", "a new word"] {
            assert_eq!(outcome(phase), None, "{phase}");
        }
        let (succeeded, failed) = (2, 1);
        let sent = NarrowcastOutcome::Sent { succeeded, failed };
        assert_eq!(outcome("succeeded"), Some(sent));
        let reason = "too few".to_owned();
        let expected = NarrowcastOutcome::Failed { reason };
        assert_eq!(outcome("failed"), Some(expected));
    }
}
