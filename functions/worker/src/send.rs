//! Sending what was committed, in order. Each try begins and ends in the
//! ledger, so that whoever comes next knows what may have happened.

use std::time::Duration;

use shared::domain::{ChatId, Delivery, Effect, Plan, ReplyToken, Timestamp};
use shared::line::error::{LineError, LineErrorKind};
use shared::line::{BotClient, endpoints::message::Accepted};
use shared::module::Module;
use shared::store::{Ended, LedgerRow};
use uuid::Uuid;

use crate::settle::{View, Work};
use crate::{Again, App};

/// LINE keeps a retry key for 24 hours; a push that may have been accepted is
/// not tried again when that is nearly over.
const KEY_LIFE: Duration = Duration::from_secs(23 * 3600);

/// A plan on its way.
pub(crate) struct Sending {
    plan: Plan,
    effects: Vec<Delivery>,
    planned_at: Timestamp,
    ends: u32,
    /// The tries begun before this one.
    pub(crate) tries: u32,
}

impl Sending {
    /// The first try, which the commit has begun.
    pub(crate) fn first(row: &LedgerRow) -> Option<Self> {
        Some(Self {
            plan: row.plan()?,
            effects: row.effects.clone(),
            planned_at: row.planned_at.unwrap_or_default(),
            ends: row.ends,
            tries: row.tries,
        })
    }

    /// The next try of a plan that was found. If one before it never ended, what
    /// it had not settled may have been sent.
    pub(crate) fn next(row: &LedgerRow) -> Option<Self> {
        let mut sending = Self::first(row)?;
        if row.tries > row.ends {
            for effect in sending
                .effects
                .iter_mut()
                .filter(|effect| **effect == Delivery::Pending)
            {
                *effect = Delivery::Open;
            }
        }
        Some(sending)
    }
}

/// What one send needs beside itself.
struct Sender<'a> {
    line: BotClient,
    chat: &'a ChatId,
    key: Uuid,
    planned_at: Timestamp,
    now: Timestamp,
}

/// Sends what is not settled, and writes what became of it.
pub(crate) async fn send<M: Module>(
    app: &App<M>,
    work: &Work<'_>,
    view: &View,
    mut sending: Sending,
) -> Result<(), Again> {
    let Some(chat) = &work.key.chat else {
        return Ok(());
    };
    for (ordinal, effect) in sending.plan.effects.iter().enumerate() {
        let state = &mut sending.effects[ordinal];
        if state.is_final() {
            continue;
        }
        let now = app.now();
        if !work.has_time(now) {
            break;
        }
        let line = app.line.bot(&work.key.bot);
        let key = retry_key(work, ordinal);
        let sender = Sender {
            line,
            chat,
            key,
            planned_at: sending.planned_at,
            now,
        };
        *state = match view.may_speak(now, app.default_active) {
            Ok(()) => sender.deliver(effect, std::mem::take(state)).await,
            Err(silence) => silenced(state, &silence.to_string()),
        };
        if !state.is_final() {
            break; // what follows keeps its place
        }
    }
    end(app, work, sending).await
}

/// A send that is no longer allowed is dropped; if an earlier try may have
/// succeeded, that stays unknown.
fn silenced(before: &Delivery, reason: &str) -> Delivery {
    match before {
        Delivery::Open | Delivery::Pushing => unknown(reason),
        _ => Delivery::Dropped {
            reason: reason.to_owned(),
        },
    }
}

async fn end<M: Module>(app: &App<M>, work: &Work<'_>, sending: Sending) -> Result<(), Again> {
    let settled = sending.effects.iter().all(Delivery::is_final);
    let refused = sending.effects.iter().find_map(|effect| match effect {
        Delivery::Refused { reason } => Some(reason.clone()),
        _ => None,
    });
    let parked = refused
        .filter(|_| settled)
        .map(|reason| (reason, work.raw.to_owned()));
    let ended = Ended {
        ends: sending.ends,
        effects: sending.effects,
        parked,
    };
    app.store.end_try(&work.key, ended, app.now()).await?;
    if settled {
        Ok(())
    } else {
        Err(Again("LINE has not taken everything yet".into()))
    }
}

impl Sender<'_> {
    async fn deliver(&self, effect: &Effect, before: Delivery) -> Delivery {
        match effect {
            Effect::Push { messages } => self.push(messages, before).await,
            Effect::Reply { messages, .. } if before == Delivery::Pushing => {
                self.push(messages, before).await
            }
            Effect::Reply {
                token,
                messages,
                or_push,
                deadline,
            } => {
                let after = self.reply(token, messages, *deadline, &before).await;
                let refused =
                    matches!(&after, Delivery::Refused { reason } if reason == TOKEN_NOT_TAKEN);
                if refused && *or_push {
                    self.push(messages, Delivery::Pushing).await
                } else {
                    after
                }
            }
        }
    }

    /// A reply has no key: LINE takes its token once. After a try without a
    /// definite answer, "not taken" may mean that it was taken then.
    async fn reply(
        &self,
        token: &str,
        messages: &[serde_json::Value],
        deadline: Timestamp,
        before: &Delivery,
    ) -> Delivery {
        let not_taken = || match before {
            Delivery::Open => {
                unknown("the reply token is not taken, and an earlier try may have used it")
            }
            _ => Delivery::Refused {
                reason: TOKEN_NOT_TAKEN.into(),
            },
        };
        if self.now > deadline {
            return not_taken();
        }
        match self.line.reply(&ReplyToken::new(token), messages).await {
            Ok(accepted) => sent(accepted),
            Err(error) => {
                log(&error);
                match error.kind {
                    LineErrorKind::ReplyToken => not_taken(),
                    LineErrorKind::Open => Delivery::Open,
                    LineErrorKind::Throttled | LineErrorKind::Credentials => before.clone(),
                    _ => refused(&error),
                }
            }
        }
    }

    async fn push(&self, messages: &[serde_json::Value], before: Delivery) -> Delivery {
        let open = matches!(before, Delivery::Open | Delivery::Pushing);
        if open && self.now.since(self.planned_at) >= KEY_LIFE {
            return unknown("LINE did not answer while it knew the retry key");
        }
        match self.line.push(self.chat, messages, self.key).await {
            Ok(accepted) => sent(accepted),
            Err(error) => {
                log(&error);
                match error.kind {
                    LineErrorKind::Open if before == Delivery::Pending => Delivery::Open,
                    LineErrorKind::Open | LineErrorKind::Throttled | LineErrorKind::Credentials => {
                        before
                    }
                    _ => refused(&error),
                }
            }
        }
    }
}

const TOKEN_NOT_TAKEN: &str = "the reply token is used or too old";

/// The same for every try of the same send, and for no other
/// (<https://developers.line.biz/en/docs/messaging-api/retrying-api-request/>).
fn retry_key(work: &Work<'_>, ordinal: usize) -> Uuid {
    const RUN: u32 = 0; // counts replays that are forced to send again
    let key = &work.key;
    let chat = key.chat.as_ref().map_or("", ChatId::as_str);
    let name = format!("{}\n{chat}\n{}\n{RUN}\n{ordinal}", key.bot, key.event);
    Uuid::new_v5(&Uuid::NAMESPACE_URL, name.as_bytes())
}

fn sent(accepted: Accepted) -> Delivery {
    Delivery::Sent {
        request_id: accepted.request_id,
    }
}

fn refused(error: &LineError) -> Delivery {
    Delivery::Refused {
        reason: error.to_string(),
    }
}

fn unknown(reason: &str) -> Delivery {
    Delivery::Unknown {
        reason: reason.to_owned(),
    }
}

fn log(error: &LineError) {
    tracing::warn!(
        operation = error.operation,
        status = error.status,
        request_id = error.request_id,
        "LINE did not take a send: {}",
        error.kind
    );
}
