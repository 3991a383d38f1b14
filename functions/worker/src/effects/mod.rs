//! What is done for each effect of a plan, a file each: by what right it is made, how LINE
//! or the queue is asked, and what the answer means.

mod account_menu;
mod audience;
mod control;
mod coupon;
mod line_error;
mod loading;
mod mark_as_read;
mod menu_at_line;
mod push;
mod reply;
mod signal;
mod to_many;
mod user_menu;

use line_module::Module;
use shared::domain::{
    AccountEffect, ChatEffect, ChatId, ControlEffect, Delivery, Effect, MaySpeak, QueueEffect,
    Silence, Timestamp, UserId,
};
use shared::line::BotClient;
use shared::line::endpoints::message::Accepted;
use shared::store::{StoreError, Try};

use crate::App;
use crate::requeue::Requeue;
use crate::withheld::waits;
use crate::work::{View, Work};

pub(crate) use line_error::log;

/// What the effects of one plan are sent with.
pub(crate) struct Sender<'a, M> {
    app: &'a App<M>,
    work: &'a Work<'a>,
    view: View,
    line: BotClient,
    planned_at: Timestamp,
    run: u32,
}

/// Where an effect stands in its plan, and what became of it before this try.
#[derive(Clone, Copy)]
pub(crate) struct Step<'a> {
    /// Its place in the plan.
    pub(crate) ordinal: usize,
    /// What is known of it from earlier tries: it decides what a refusal means.
    pub(crate) before: &'a Delivery,
}

/// LINE has taken it.
#[derive(Debug, Default)]
pub(crate) struct Sent {
    /// LINE's request id, for its support.
    pub(crate) request_id: Option<String>,
}

/// It was not sent, or nobody knows.
#[derive(Debug)]
pub(crate) enum NotSent {
    /// What it is now: to be tried again, or not.
    As(Delivery),
    /// The table has failed in the middle.
    Interrupted {
        /// What is known of it by then.
        known: Delivery,
        /// Why the event comes again.
        requeue: Requeue,
    },
}

impl<'a, M: Module> Sender<'a, M> {
    /// For a plan that was committed at `planned_at`, in this run of the event.
    pub(crate) fn new(
        app: &'a App<M>,
        work: &'a Work<'a>,
        view: View,
        planned_at: Timestamp,
        run: u32,
    ) -> Self {
        let line = app.line.bot(&work.key.bot);
        Self {
            line: line.granted(view.bot.state.scopes()),
            app,
            work,
            view,
            planned_at,
            run,
        }
    }

    /// Makes one effect. Each try is judged again.
    pub(crate) async fn deliver(
        &mut self,
        effect: &Effect,
        step: Step<'_>,
        this: &mut Try,
    ) -> Result<Sent, NotSent> {
        match effect {
            Effect::Chat(effect) => self.deliver_to_chat(self.chat()?, effect, step, this).await,
            Effect::Control(ControlEffect::Acquire { seconds }) => {
                self.acquire(self.chat()?, *seconds, step).await
            }
            Effect::Control(ControlEffect::Release) => self.release(self.chat()?, step).await,
            Effect::Account(effect) => self.deliver_to_account(effect, step).await,
            Effect::ToMany(effect) => self.to_many(effect, step).await,
            Effect::Queue(QueueEffect::Signal(signal)) => self.signal(signal, step).await,
        }
    }

    /// Why what is left of the plan waits, if it does.
    pub(crate) fn waits(&self) -> Option<Requeue> {
        waits(self.app, self.work, &self.view)
    }

    async fn deliver_to_account(
        &mut self,
        effect: &AccountEffect,
        step: Step<'_>,
    ) -> Result<Sent, NotSent> {
        match effect {
            AccountEffect::EnsureMenu { menu } => self.ensure_menu(menu, step).await,
            AccountEffect::SetDefaultMenu { menu } => self.set_default_menu(menu, step).await,
            AccountEffect::EnsureAudience { audience } => {
                self.ensure_audience(audience, step).await
            }
            AccountEffect::AddToAudience { audience, users } => {
                self.add_to_audience(audience, users, step).await
            }
            AccountEffect::DeleteAudience { audience } => {
                self.delete_audience(audience, step).await
            }
            AccountEffect::EnsureCoupon { coupon, fields } => {
                self.ensure_coupon(coupon, fields, step).await
            }
            AccountEffect::CloseCoupon { coupon } => self.close_coupon(coupon, step).await,
        }
    }

    async fn deliver_to_chat(
        &mut self,
        chat: &ChatId,
        effect: &ChatEffect,
        step: Step<'_>,
        this: &mut Try,
    ) -> Result<Sent, NotSent> {
        match effect {
            ChatEffect::Reply(reply) => self.reply(chat, reply, step, this).await,
            ChatEffect::Push(push) => self.push(chat, push, step).await,
            ChatEffect::Loading { seconds } => self.loading(chat, *seconds, step).await,
            ChatEffect::MarkAsRead { token } => self.mark_as_read(chat, token, step).await,
            ChatEffect::LinkMenu { menu } => self.link_menu(chat, menu, step).await,
            ChatEffect::UnlinkMenu => self.unlink_menu(chat, step).await,
        }
    }

    fn chat(&self) -> Result<&'a ChatId, NotSent> {
        let chat = self.work.key.chat.as_ref();
        chat.ok_or_else(|| NotSent::refused("the event is of no chat", false))
    }

    /// By what right the chat is spoken into now. What is judged is sent at once: a call or
    /// a write in between may take longer than the chat stays ours.
    fn may_speak(&self, step: Step<'_>) -> Result<MaySpeak, NotSent> {
        let may = self.view.may_speak(self.app.now(), self.app.default_active);
        may.map_err(|silence| NotSent::silenced(step, silence))
    }

    /// By what right the chat is told that its account is not entitled.
    fn may_notify(&self, step: Step<'_>) -> Result<MaySpeak, NotSent> {
        let may = self
            .view
            .may_notify(self.app.now(), self.app.default_active);
        may.map_err(|silence| NotSent::silenced(step, silence))
    }

    /// The user who is shown something now, in a chat with one user, whose id the chat has.
    fn may_show(&self, chat: &ChatId, step: Step<'_>) -> Result<UserId, NotSent> {
        self.may_speak(step)?;
        let user = UserId::new(chat.as_str());
        user.map_err(|_| NotSent::skipped("the chat is of no one user"))
    }
}

impl From<Sent> for Delivery {
    fn from(sent: Sent) -> Self {
        Self::Sent {
            request_id: sent.request_id,
        }
    }
}

impl From<Accepted> for Sent {
    fn from(accepted: Accepted) -> Self {
        Self {
            request_id: accepted.request_id,
        }
    }
}

impl NotSent {
    /// A decoration that is left out.
    fn skipped(reason: &str) -> Self {
        let reason = reason.to_owned();
        Self::As(Delivery::Skipped { reason })
    }

    fn unknown(reason: &str) -> Self {
        let reason = reason.to_owned();
        Self::As(Delivery::Unknown { reason })
    }

    /// A definite refusal says nothing of an earlier try that may have been accepted.
    fn refused(reason: &str, may_be_accepted: bool) -> Self {
        let reason = reason.to_owned();
        Self::As(match may_be_accepted {
            true => Delivery::Unknown { reason },
            false => Delivery::Refused { reason },
        })
    }

    /// A send that is no longer allowed is dropped; if an earlier try may have been
    /// accepted, that stays unknown.
    fn silenced(step: Step<'_>, silence: Silence) -> Self {
        match step.before.may_be_accepted() {
            true => Self::unknown(&silence.to_string()),
            false => Self::As(Delivery::Dropped { silence }),
        }
    }

    /// The table failed; `known` is what is known of the effect by then.
    fn interrupted(known: Delivery, error: StoreError) -> Self {
        Self::Interrupted {
            known,
            requeue: error.into(),
        }
    }
}
