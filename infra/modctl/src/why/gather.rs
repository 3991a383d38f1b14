//! What is read of an event, and around it.

use shared::domain::why::{Change, ChatFacts, Facts};
use shared::domain::{BotState, ChatState, LedgerEntry};
use shared::store::{LedgerKey, Loaded};

use crate::failure::Failure;
use crate::site::Site;

/// Events of a chat that are looked through for who held it.
const AROUND: usize = 200;

/// What was read.
pub(super) struct Gathered {
    pub(super) entry: LedgerEntry,
    account: BotState,
    chat: ChatState,
    changes: Vec<Change>,
}

/// Reads it.
///
/// # Errors
/// [`Failure::NotFound`] if the event is gone by now, or the table's.
pub(super) async fn gather(site: &Site, key: &LedgerKey) -> Result<Gathered, Failure> {
    let Loaded {
        bot, chat, ledger, ..
    } = site.store.load(key, None, site.now()).await?;
    let entry = ledger.ok_or_else(|| {
        Failure::NotFound(format!("the event {} is not kept any more", key.event))
    })?;
    let around = match &key.chat {
        Some(chat) => {
            let events = site
                .store
                .newest_events(&key.bot, Some(chat), AROUND, site.now());
            events.await?
        }
        None => Vec::new(),
    };
    let changes = around.iter().filter_map(|event| {
        let entry = event.entry.as_ref()?;
        Change::of(&event.key.event, entry)
    });
    let mut account = bot.unwrap_or_default().state;
    account.channel_pause = site.store.pause(None).await?;
    Ok(Gathered {
        entry,
        account,
        chat: chat.registers,
        changes: changes.collect(),
    })
}

impl Gathered {
    pub(super) fn facts<'a>(&'a self, site: &Site, key: &'a LedgerKey) -> Facts<'a> {
        Facts {
            bot: &key.bot,
            account: &self.account,
            chat: key.chat.as_ref().map(|id| ChatFacts {
                id,
                state: &self.chat,
                changes: &self.changes,
                default_active: site.default_active(),
            }),
            event: &key.event,
            entry: &self.entry,
            now: site.now(),
        }
    }
}
