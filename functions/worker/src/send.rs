//! Sending what was committed, in order. Each try begins and ends in the
//! ledger, so that whoever comes next knows what may have happened.

use std::time::Duration;

use serde_json::Value;
use shared::domain::{
    ChatId, Delivery, Effect, MaySpeak, Plan, ReplyToken, Scope, Silence, Timestamp,
};
use shared::line::BotClient;
use shared::line::endpoints::message::{Accepted, Push};
use shared::line::error::{LineError, LineErrorKind};
use shared::module::Module;
use shared::store::{LedgerRow, StoreError, Try};
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
    pub(crate) fn first(row: &LedgerRow, mut this: Try) -> Option<Self> {
        this.writes = row.writes;
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
            let effects = std::mem::take(&mut sending.effects).into_iter();
            sending.effects = effects.map(Delivery::left_open).collect();
        }
        Some(sending)
    }
}

/// The table failed in the middle of a send.
pub(crate) struct Interrupted {
    /// What is known of the send by then.
    pub(crate) known: Delivery,
    /// Why the event comes again.
    pub(crate) again: Again,
}

/// Sends what is not settled, and writes what became of it.
pub(crate) async fn send<M: Module>(
    app: &App<M>,
    work: &Work<'_>,
    view: View,
    mut sending: Sending,
) -> Result<(), Again> {
    let line = app.line.bot(&work.key.bot);
    let line = line.granted(view.bot.state.scopes());
    let mut sender = Sender {
        app,
        work,
        view,
        line,
        planned_at: sending.planned_at,
        run: sending.run,
    };
    let interrupted = sender.deliver_all(&mut sending).await;
    // Also where the table has failed before: a try that never ends leaves all open.
    let Sending { this, effects, .. } = sending;
    let ended = app
        .store
        .end_try(&work.key, this, effects, work.raw, app.now());
    let effects = ended.await?;
    match interrupted {
        Some(again) => Err(again),
        None if effects.iter().all(Delivery::is_final) => Ok(()),
        None => Err(Again::transient("LINE has not taken everything")),
    }
}

/// What a send needs.
pub(crate) struct Sender<'a, M> {
    pub(crate) app: &'a App<M>,
    pub(crate) work: &'a Work<'a>,
    pub(crate) view: View,
    pub(crate) line: BotClient,
    planned_at: Timestamp,
    run: u32,
}

/// Where a push goes, and by what right.
struct To<'a> {
    chat: &'a ChatId,
    ordinal: usize,
    may: &'a MaySpeak,
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

    /// Sends one effect after the other, as long as each is settled.
    async fn deliver_all(&mut self, sending: &mut Sending) -> Option<Again> {
        for (ordinal, effect) in sending.plan.effects.iter().enumerate() {
            let state = &mut sending.effects[ordinal];
            if state.is_final() {
                continue;
            }
            if !self.is_ready().await {
                return None;
            }
            let delivered = self.deliver(ordinal, effect, state, &mut sending.this);
            match delivered.await {
                Ok(delivery) => *state = delivery,
                Err(Interrupted { known, again }) => {
                    *state = known;
                    return Some(again);
                }
            }
            if !state.is_final() {
                return None; // what follows keeps its place
            }
        }
        None
    }

    /// Sends one effect; what it was `before` this try decides what a refusal means.
    async fn deliver(
        &mut self,
        ordinal: usize,
        effect: &Effect,
        before: &Delivery,
        this: &mut Try,
    ) -> Result<Delivery, Interrupted> {
        match (effect, &self.work.key.chat) {
            (Effect::EnsureMenu { .. } | Effect::SetDefaultMenu { .. }, _) => {
                self.account_menu(effect, before).await
            }
            (_, None) => Ok(refused("the event is of no chat", false)),
            (Effect::Acquire { .. } | Effect::Release, Some(chat)) => {
                self.control(chat, effect, before).await
            }
            (_, Some(chat)) => self.speak(chat, ordinal, effect, before, this).await,
        }
    }

    /// Whether the chat may be spoken into now. What is judged is sent at once: a call or
    /// a write in between may take longer than the chat stays ours.
    pub(crate) fn may_speak(&self) -> Result<MaySpeak, Silence> {
        self.view.may_speak(self.app.now(), self.app.default_active)
    }

    /// What a chat sees. Each try is judged again.
    async fn speak(
        &mut self,
        chat: &ChatId,
        ordinal: usize,
        effect: &Effect,
        before: &Delivery,
        this: &mut Try,
    ) -> Result<Delivery, Interrupted> {
        let may = match self.may_speak() {
            Ok(may) => may,
            Err(silence) => return Ok(silenced(before, silence)),
        };
        let open = before.may_be_accepted();
        let to = To {
            chat,
            ordinal,
            may: &may,
        };
        match effect {
            Effect::Push { messages, unit } => {
                Ok(self.push(&to, messages, unit.as_deref(), open).await)
            }
            Effect::Reply { messages, .. } if matches!(before, Delivery::Pushing { .. }) => {
                Ok(pushing(self.push(&to, messages, None, open).await))
            }
            Effect::Reply {
                token,
                messages,
                or_push,
                deadline,
            } => match self.reply(&may, token, messages, *deadline, open).await {
                Replied::As(delivery) => Ok(delivery),
                Replied::TokenNotTaken if *or_push => self.push_instead(&to, messages, this).await,
                Replied::TokenNotTaken => Ok(Delivery::Expired),
            },
            _ => self.show(chat, effect, before).await,
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
            Err(error) => Replied::As(self.after(&error, open).await),
        }
    }

    /// A push in place of a reply is written down before it is made, and only made
    /// if no other worker's try can have sent the reply.
    async fn push_instead(
        &self,
        to: &To<'_>,
        messages: &[Value],
        this: &mut Try,
    ) -> Result<Delivery, Interrupted> {
        let store = &self.app.store;
        match store.begin_push(&self.work.key, this, to.ordinal).await {
            Ok(true) => match self.may_speak() {
                Ok(may) => {
                    let to = To { may: &may, ..*to };
                    Ok(pushing(self.push(&to, messages, None, false).await))
                }
                Err(silence) => Ok(silenced(&Delivery::Pending, silence)),
            },
            Ok(false) => Ok(unknown(
                "another worker's try may have used the reply token",
            )),
            Err(error) => Err(interrupted(Delivery::Pending, error)),
        }
    }

    async fn push(
        &self,
        to: &To<'_>,
        messages: &[Value],
        unit: Option<&str>,
        open: bool,
    ) -> Delivery {
        if open && self.app.now().since(self.planned_at) >= KEY_LIFE {
            return unknown("LINE did not answer while it knew the retry key");
        }
        let key = retry_key(self.work, self.run, to.ordinal);
        let mut push = Push::new(to.may, to.chat, messages, key);
        if let Some(unit) = unit {
            push = push.unit(unit);
        }
        match self.line.ask(&push).await {
            Ok(accepted) => sent(accepted.into()),
            Err(error) => self.after(&error, open).await,
        }
    }

    /// What LINE's error makes of a send; `open` is whether an earlier try may have been
    /// accepted.
    pub(crate) async fn after(&self, error: &LineError, open: bool) -> Delivery {
        log(error);
        self.deny(error, error.scope()).await;
        match error.kind {
            LineErrorKind::Open => Delivery::Open,
            kind if kind.may_pass() && open => Delivery::Open,
            kind if kind.may_pass() => Delivery::Pending,
            _ => refused(&error.to_string(), open),
        }
    }

    /// What LINE's error makes of a decoration: one that is refused is left out. It says
    /// nothing of whether messages may be sent, though LINE names their scope for it.
    pub(crate) async fn after_decoration(&self, error: &LineError, before: &Delivery) -> Delivery {
        log(error);
        let own = error.scope().filter(|scope| *scope != Scope::MESSAGE_SEND);
        self.deny(error, own).await;
        match error.kind {
            LineErrorKind::Open => Delivery::Open,
            kind if kind.may_pass() => before.clone(),
            _ => skipped(&error.to_string()),
        }
    }

    /// A 403 counts against the scope: it was granted, or not known, as far as we could
    /// tell.
    async fn deny(&self, error: &LineError, scope: Option<&str>) {
        let (LineErrorKind::Forbidden, Some(scope)) = (error.kind, scope) else {
            return;
        };
        let now = self.app.now();
        let (store, bot) = (&self.app.store, &self.work.key.bot);
        let deny = store.update_bot(bot, |row| row.state.deny(scope, now));
        if let Err(error) = deny.await {
            tracing::warn!(%error, "a refused scope could not be written down");
        }
    }
}

/// The table failed; `known` is what is known of the send by then.
pub(crate) fn interrupted(known: Delivery, error: StoreError) -> Interrupted {
    Interrupted {
        known,
        again: error.into(),
    }
}

/// A decoration that is left out.
pub(crate) fn skipped(reason: &str) -> Delivery {
    Delivery::Skipped {
        reason: reason.to_owned(),
    }
}

/// A push that stands in for a reply stays one.
fn pushing(delivery: Delivery) -> Delivery {
    match delivery.is_final() {
        true => delivery,
        false => Delivery::Pushing {
            open: delivery.may_be_accepted(),
        },
    }
}

/// A definite refusal says nothing of an earlier try that was left open.
pub(crate) fn refused(reason: &str, open: bool) -> Delivery {
    let reason = reason.to_owned();
    if open {
        Delivery::Unknown { reason }
    } else {
        Delivery::Refused { reason }
    }
}

/// A send that is no longer allowed is dropped; if an earlier try may have
/// succeeded, that stays unknown.
pub(crate) fn silenced(before: &Delivery, silence: Silence) -> Delivery {
    match before.may_be_accepted() {
        false => Delivery::Dropped { silence },
        true => unknown(&silence.to_string()),
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
