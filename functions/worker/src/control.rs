//! Taking and giving back a chat, as a plan wants it. It has neither key nor
//! token, but to do it twice is harmless, as long as nobody has decided since.

use std::time::Duration;

use shared::domain::{
    ChatId, ChatState, Delivery, Effect, EventId, Silence, Timestamp, may_control,
};
use shared::line::LineError;
use shared::line::endpoints::control::Held;
use shared::line::error::LineErrorKind;
use shared::module::Module;

use crate::send::{Interrupted, Sender, interrupted};

/// What LINE has done.
#[derive(Clone, Copy)]
enum Done {
    Acquired(Held),
    Released(Timestamp),
}

impl Done {
    fn enter(self, registers: &mut ChatState, by: &EventId) {
        match self {
            Self::Acquired(Held { from, until }) => registers.acquired(from, by, until),
            Self::Released(at) => registers.released(at, by),
        }
    }
}

impl<M: Module> Sender<'_, M> {
    /// Takes or gives back the chat, and enters it into the chat's register with
    /// LINE's time, for whoever comes next and for what this plan sends next.
    pub(crate) async fn control(
        &mut self,
        chat: &ChatId,
        effect: &Effect,
        before: &Delivery,
    ) -> Result<Delivery, Interrupted> {
        let (bot, registers) = (&self.view.bot.state, &self.view.chat.registers);
        let may = match may_control(bot, registers, self.app.now(), self.work.event.at) {
            Ok(may) => may,
            Err(silence) => return Ok(Delivery::Dropped { silence }),
        };
        let done = match effect {
            Effect::Acquire { seconds } => {
                let time = seconds.map(Duration::from_secs);
                let held = self.line.acquire(&may, chat, time).await;
                held.map(Done::Acquired)
            }
            _ => self.line.release(&may, chat).await.map(Done::Released),
        };
        match done {
            Ok(done) => self.enter(chat, done).await,
            Err(error) => Ok(self.not_done(&error, before).await),
        }
    }

    /// Where that fails, another try does it once more at LINE, for its time.
    async fn enter(&mut self, chat: &ChatId, done: Done) -> Result<Delivery, Interrupted> {
        let by = &self.work.event.id;
        done.enter(&mut self.view.chat.registers, by);
        let written = self.app.store.update_registers(
            &self.work.key.bot,
            chat,
            self.view.bot.state.life(),
            |registers| done.enter(registers, by),
        );
        match written.await {
            Ok(()) => Ok(Delivery::Sent { request_id: None }),
            Err(error) => Err(interrupted(Delivery::Open, error)),
        }
    }

    /// 404 says that there is nobody to speak to.
    async fn not_done(&self, error: &LineError, before: &Delivery) -> Delivery {
        if error.kind == LineErrorKind::NotFound {
            let silence = Silence::Gone;
            return Delivery::Dropped { silence };
        }
        let open = *before != Delivery::Pending;
        self.after(error, open).await
    }
}
