//! A person takes a chat, or gives it back, by LINE's chat control: judged as the module's own
//! wish would be, done at LINE, and entered into the chat's register with LINE's time.

use std::time::Duration;

use crate::domain::{
    BotId, ChatId, ChatState, EventId, IdError, MayControl, Silence, Timestamp, may_control,
};
use crate::line::LineClient;
use crate::line::error::LineError;
use crate::random::Random;
use crate::store::{LedgerKey, Store, StoreError};

/// A chat that a person may take or give back now.
#[derive(Debug)]
pub struct ByHand<'a> {
    store: &'a Store,
    line: &'a LineClient,
    bot: BotId,
    chat: ChatId,
    may: MayControl,
    epoch: Timestamp,
    /// What the chat's register names as the entry's cause.
    by: EventId,
}

/// Who holds the chat since then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// Whether we do.
    pub is_ours: bool,
    /// Since when, by LINE's clock.
    pub at: Timestamp,
    /// Until when; none without an end, and where it is not ours.
    pub until: Option<Timestamp>,
}

/// Why a chat was not taken or given back.
#[derive(Debug, thiserror::Error)]
pub enum NotDone {
    /// Nobody may change who holds it now.
    #[error("who holds {1} cannot be changed: {0}")]
    Forbidden(Silence, ChatId),
    /// LINE has not done it.
    #[error("LINE has not done it: {0}")]
    Line(#[from] LineError),
    /// LINE has done it, and the table does not know.
    #[error("LINE has done it, and the table does not know: {0}; say it again")]
    NotEntered(StoreError),
    /// Nothing was done.
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Id(#[from] IdError),
}

impl<'a> ByHand<'a> {
    /// Judges at `now` whether the chat may be taken or given back.
    ///
    /// # Errors
    /// [`NotDone::Forbidden`], or the table is not available.
    pub async fn begin(
        store: &'a Store,
        line: &'a LineClient,
        random: &Random,
        (bot, chat): (&BotId, &ChatId),
        now: Timestamp,
    ) -> Result<Self, NotDone> {
        let by = EventId::new(format!("operator-{}", random.alphanumeric(12)))?;
        let key = LedgerKey {
            bot: bot.clone(),
            chat: Some(chat.clone()),
            event: by.clone(),
        };
        let rows = store.load(&key, None, now).await?;
        let state = rows.bot.unwrap_or_default().state;
        // A person's word comes after all that is known.
        let newest = Timestamp(i64::MAX);
        let may = may_control(&state, &rows.chat.registers, now, newest);
        Ok(Self {
            store,
            line,
            may: may.map_err(|silence| NotDone::Forbidden(silence, chat.clone()))?,
            bot: bot.clone(),
            chat: chat.clone(),
            epoch: state.epoch(),
            by,
        })
    }

    /// Takes the chat, for a time or until it is given back.
    ///
    /// # Errors
    /// [`NotDone`].
    pub async fn acquire(&self, ttl: Option<Duration>) -> Result<Held, NotDone> {
        let line = self.line.bot(&self.bot);
        let held = line.acquire(&self.may, &self.chat, ttl).await?;
        self.enter(|it| it.acquired(held.from, &self.by, held.until))
            .await?;
        Ok(Held {
            is_ours: true,
            at: held.from,
            until: held.until,
        })
    }

    /// Gives the chat back to the account's primary channel and its staff.
    ///
    /// # Errors
    /// [`NotDone`].
    pub async fn release(&self) -> Result<Held, NotDone> {
        let line = self.line.bot(&self.bot);
        let at = line.release(&self.may, &self.chat).await?;
        self.enter(|it| it.released(at, &self.by)).await?;
        Ok(Held {
            is_ours: false,
            at,
            until: None,
        })
    }

    async fn enter(&self, entry: impl Fn(&mut ChatState)) -> Result<(), NotDone> {
        let written = self
            .store
            .update_registers(&self.bot, &self.chat, self.epoch, entry);
        written.await.map_err(NotDone::NotEntered)
    }
}
