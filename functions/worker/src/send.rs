//! Sending what was committed, in order. Each try begins and ends in the
//! ledger, so that whoever comes next knows what may have happened.

use std::time::Duration;

use serde_json::Value;
use shared::domain::{
    ChatId, Delivery, Effect, MaySpeak, Plan, ReplyToken, Scope, Silence, Timestamp,
};
use shared::line::error::{LineError, LineErrorKind};
use shared::line::{BotClient, endpoints::message::Accepted};
use shared::module::Module;
use shared::store::{LedgerRow, Try};
use uuid::Uuid;

use crate::work::{View, Work};
use crate::{Again, App};

/// LINE keeps a retry key for 24 hours; a push that may have been accepted is
/// not tried again when that is nearly over.
const KEY_LIFE: Duration = Duration::from_secs(23 * 3600);

/// A plan on its way.
pub(crate) struct Sending {
    plan: Plan,
    effects: Vec<Delivery>,
    planned_at: Timestamp,
    run: u32,
    /// This worker's try.
    pub(crate) this: Try,
}

impl Sending {
    /// The first try, which the commit has begun.
    pub(crate) fn first(row: &LedgerRow, this: Try) -> Option<Self> {
        Some(Self {
            plan: row.plan()?,
            effects: row.effects.clone(),
            planned_at: row.planned_at.unwrap_or_default(),
            run: row.run,
            this,
        })
    }

    /// The next try of a plan that was found. If one before it never ended, what
    /// it had not settled may have been sent.
    pub(crate) fn next(row: &LedgerRow, this: Try) -> Option<Self> {
        let mut sending = Self::first(row, this)?;
        if !row.open.is_empty() {
            let pending = sending
                .effects
                .iter_mut()
                .filter(|effect| **effect == Delivery::Pending);
            pending.for_each(|effect| *effect = Delivery::Open);
        }
        Some(sending)
    }
}

/// Sends what is not settled, and writes what became of it.
pub(crate) async fn send<M: Module>(
    app: &App<M>,
    work: &Work<'_>,
    view: View,
    mut sending: Sending,
) -> Result<(), Again> {
    let Some(chat) = &work.key.chat else {
        return Ok(());
    };
    let line = app.line.bot(&work.key.bot);
    let line = line.granted(view.bot.state.scopes());
    let mut sender = Sender {
        app,
        work,
        view,
        chat,
        line,
        planned_at: sending.planned_at,
        run: sending.run,
    };
    for (ordinal, effect) in sending.plan.effects.iter().enumerate() {
        let state = &mut sending.effects[ordinal];
        if state.is_final() {
            continue;
        }
        if !sender.is_ready().await {
            break;
        }
        *state = sender
            .deliver(ordinal, effect, state, &mut sending.this)
            .await?;
        if !state.is_final() {
            break; // what follows keeps its place
        }
    }
    let Sending { this, effects, .. } = sending;
    let effects = app
        .store
        .end_try(&work.key, this, effects, work.raw, app.now())
        .await?;
    match effects.iter().all(Delivery::is_final) {
        true => Ok(()),
        false => Err(Again::BadMoment("LINE has not taken everything".into())),
    }
}

/// What a send needs.
pub(crate) struct Sender<'a, M> {
    pub(crate) app: &'a App<M>,
    pub(crate) work: &'a Work<'a>,
    pub(crate) view: View,
    pub(crate) chat: &'a ChatId,
    pub(crate) line: BotClient,
    planned_at: Timestamp,
    run: u32,
}

/// How a reply went.
enum Replied {
    /// It is as it is.
    As(Delivery),
    /// The token is not taken, and no try can have used it.
    TokenNotTaken,
}

impl<M: Module> Sender<'_, M> {
    /// Whether there is a token and time for a call.
    async fn is_ready(&self) -> bool {
        match self.app.line.ready().await {
            Ok(()) => self.work.has_time(self.app.now()),
            Err(error) => {
                log(&error);
                false
            }
        }
    }

    /// Sends one effect; what it was `before` this try decides what a refusal means.
    async fn deliver(
        &mut self,
        ordinal: usize,
        effect: &Effect,
        before: &Delivery,
        this: &mut Try,
    ) -> Result<Delivery, Again> {
        let may = self.view.may_speak(self.app.now(), self.app.default_active);
        let open = *before != Delivery::Pending;
        match (effect, may) {
            (Effect::Acquire { .. } | Effect::Release, _) => self.control(effect, before).await,
            (_, Err(silence)) => Ok(silenced(before, silence)),
            (Effect::Push { messages }, Ok(may)) => {
                Ok(self.push(&may, ordinal, messages, open).await)
            }
            (Effect::Reply { messages, .. }, Ok(may)) if *before == Delivery::Pushing => {
                Ok(pushing(self.push(&may, ordinal, messages, true).await))
            }
            (
                Effect::Reply {
                    token,
                    messages,
                    or_push,
                    deadline,
                },
                Ok(may),
            ) => match self.reply(&may, token, messages, *deadline, open).await {
                Replied::As(delivery) => Ok(delivery),
                Replied::TokenNotTaken if *or_push => {
                    self.push_instead(&may, ordinal, messages, this).await
                }
                Replied::TokenNotTaken => Ok(Delivery::Expired),
            },
        }
    }

    /// A reply has no key: LINE takes its token once. After a try without a
    /// definite answer, "not taken" may mean that it was taken then.
    async fn reply(
        &self,
        may: &MaySpeak,
        token: &ReplyToken,
        messages: &[Value],
        deadline: Timestamp,
        open: bool,
    ) -> Replied {
        let not_taken = || match open {
            true => Replied::As(unknown(
                "the reply token is not taken, and an earlier try may have used it",
            )),
            false => Replied::TokenNotTaken,
        };
        if self.app.now() > deadline {
            return not_taken();
        }
        match self.line.reply(may, token, messages).await {
            Ok(accepted) => Replied::As(sent(accepted)),
            Err(error) if error.kind == LineErrorKind::ReplyToken => not_taken(),
            Err(error) => Replied::As(self.after(&error, Scope::MESSAGE_SEND, open).await),
        }
    }

    /// A push in place of a reply is written down before it is made, and only made
    /// if no other worker's try can have sent the reply.
    async fn push_instead(
        &self,
        may: &MaySpeak,
        ordinal: usize,
        messages: &[Value],
        this: &mut Try,
    ) -> Result<Delivery, Again> {
        if !self
            .app
            .store
            .begin_push(&self.work.key, this, ordinal)
            .await?
        {
            return Ok(unknown(
                "another worker's try may have used the reply token",
            ));
        }
        Ok(pushing(self.push(may, ordinal, messages, false).await))
    }

    async fn push(
        &self,
        may: &MaySpeak,
        ordinal: usize,
        messages: &[Value],
        open: bool,
    ) -> Delivery {
        if open && self.app.now().since(self.planned_at) >= KEY_LIFE {
            return unknown("LINE did not answer while it knew the retry key");
        }
        match self
            .line
            .push(
                may,
                self.chat,
                messages,
                retry_key(self.work, self.run, ordinal),
            )
            .await
        {
            Ok(accepted) => sent(accepted),
            Err(error) => self.after(&error, Scope::MESSAGE_SEND, open).await,
        }
    }

    /// What LINE's error makes of a send that needs `scope`; `open` is whether an
    /// earlier try may have been accepted. A 403 counts against the scope: it was
    /// granted, or not known, as far as we could tell.
    pub(crate) async fn after(&self, error: &LineError, scope: &str, open: bool) -> Delivery {
        use LineErrorKind::{Forbidden, Open};
        log(error);
        if error.kind == Forbidden {
            let now = self.app.now();
            let deny = self
                .app
                .store
                .update_bot(&self.work.key.bot, |row| row.state.deny(scope, now));
            if let Err(error) = deny.await {
                tracing::warn!(%error, "a refused scope could not be written down");
            }
        }
        match error.kind {
            Open => Delivery::Open,
            kind if kind.may_pass() && open => Delivery::Open,
            kind if kind.may_pass() => Delivery::Pending,
            _ => refused(&error.to_string(), open),
        }
    }
}

/// A push that stands in for a reply stays one.
fn pushing(delivery: Delivery) -> Delivery {
    if delivery.is_final() {
        delivery
    } else {
        Delivery::Pushing
    }
}

/// A definite refusal says nothing of an earlier try that was left open.
fn refused(reason: &str, open: bool) -> Delivery {
    let reason = reason.to_owned();
    if open {
        Delivery::Unknown { reason }
    } else {
        Delivery::Refused { reason }
    }
}

/// A send that is no longer allowed is dropped; if an earlier try may have
/// succeeded, that stays unknown.
fn silenced(before: &Delivery, silence: Silence) -> Delivery {
    match before {
        Delivery::Pending => Delivery::Dropped { silence },
        _ => unknown(&silence.to_string()),
    }
}

/// The same for every try of the same send, and for no other; `run` counts the
/// replays that were forced to send again
/// (<https://developers.line.biz/en/docs/messaging-api/retrying-api-request/>).
fn retry_key(work: &Work<'_>, run: u32, ordinal: usize) -> Uuid {
    let key = &work.key;
    let chat = key.chat.as_ref().map_or("", ChatId::as_str);
    let name = format!("{}\n{chat}\n{}\n{run}\n{ordinal}", key.bot, key.event);
    Uuid::new_v5(&Uuid::NAMESPACE_URL, name.as_bytes())
}

fn sent(accepted: Accepted) -> Delivery {
    Delivery::Sent {
        request_id: accepted.request_id,
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
