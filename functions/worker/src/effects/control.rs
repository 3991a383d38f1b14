//! Taking and giving back a chat, as a plan wants it. It has neither key nor
//! token, but to do it twice is harmless, as long as nobody has decided since.

use std::time::Duration;

use line_module::Module;
use shared::domain::{ChatId, ChatState, Delivery, MayControl, Silence, may_control};
use shared::line::LineError;
use shared::line::error::LineErrorKind;

use super::{NotSent, Sender, Sent, Step};

impl<M: Module> Sender<'_, M> {
    /// Takes the chat, for a number of seconds or without limit.
    pub(super) async fn acquire(
        &mut self,
        chat: &ChatId,
        seconds: Option<u64>,
        step: Step<'_>,
    ) -> Result<Sent, NotSent> {
        let may = self.may_control()?;
        let time = seconds.map(Duration::from_secs);
        let held = match self.line.acquire(&may, chat, time).await {
            Ok(held) => held,
            Err(error) => return Err(self.not_done(&error, step).await),
        };
        let by = &self.work.event.id;
        self.enter(chat, |it| it.acquired(held.from, by, held.until))
            .await
    }

    /// Gives the chat back.
    pub(super) async fn release(&mut self, chat: &ChatId, step: Step<'_>) -> Result<Sent, NotSent> {
        let may = self.may_control()?;
        let at = match self.line.release(&may, chat).await {
            Ok(at) => at,
            Err(error) => return Err(self.not_done(&error, step).await),
        };
        let by = &self.work.event.id;
        self.enter(chat, |it| it.released(at, by)).await
    }

    fn may_control(&self) -> Result<MayControl, NotSent> {
        let (bot, registers) = (&self.view.bot.state, &self.view.chat.registers);
        let may = may_control(bot, registers, self.app.now(), self.work.event.at);
        may.map_err(|silence| NotSent::As(Delivery::Dropped { silence }))
    }

    /// Enters what LINE has done into the chat's register with LINE's time, for whoever
    /// comes next and for what this plan sends next. Where that fails, another try does it
    /// once more at LINE, for its time.
    async fn enter(
        &mut self,
        chat: &ChatId,
        entry: impl Fn(&mut ChatState),
    ) -> Result<Sent, NotSent> {
        entry(&mut self.view.chat.registers);
        let (bot, epoch) = (&self.work.key.bot, self.view.bot.state.epoch());
        let written = self.app.store.update_registers(bot, chat, epoch, entry);
        match written.await {
            Ok(()) => Ok(Sent::default()),
            Err(error) => Err(NotSent::interrupted(Delivery::Open, error)),
        }
    }

    /// 404 says that there is nobody to speak to.
    async fn not_done(&self, error: &LineError, step: Step<'_>) -> NotSent {
        if error.kind == LineErrorKind::NotFound {
            let silence = Silence::Gone;
            return NotSent::As(Delivery::Dropped { silence });
        }
        let is_tried = *step.before != Delivery::Pending;
        self.not_sent(error, is_tried).await
    }
}
