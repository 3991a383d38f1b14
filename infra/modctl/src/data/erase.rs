//! `erase`: the end of what is kept of a user, or of an account that is detached.

use std::time::Duration;

use clap::Args;
use serde::Serialize;
use shared::domain::{BotId, ChatId};
use shared::erase::{EraseError, erase_account, erase_chat};
use shared::random::Random;
use shared::store::Receipt;

use crate::data::{about, chat, words};
use crate::failure::Failure;
use crate::mend::audited::{Change, Why, audited};
use crate::mend::confirm::Sure;
use crate::output::{Report, Screen};
use crate::site::Site;

/// The receipt is looked for so often,
const EVERY: Duration = Duration::from_secs(1);
/// and for so long; the erasure goes on without us.
const MOST: u32 = 120;

#[derive(Args)]
pub(crate) struct Erase {
    /// The account: its bot id, or its basic id.
    account: String,
    /// One chat of it, by its id: the user's right. Without it, all of an account that is detached.
    chat: Option<String>,
    #[command(flatten)]
    sure: Sure,
    #[command(flatten)]
    why: Why,
}

/// What an erasure has come to.
#[derive(Debug, Serialize)]
pub(crate) struct Erased {
    bot: BotId,
    /// The receipt's id.
    id: String,
    receipt: Option<Receipt>,
    /// What is not erased.
    not_erased: &'static str,
}

impl Erase {
    pub(crate) async fn run(&self, site: &Site) -> Result<Erased, Failure> {
        self.why.required()?;
        let bot = site.account(&self.account).await?;
        let chat = chat(site, &bot, self.chat.as_deref()).await?;
        let what = words(&bot, chat.as_ref());
        let question =
            format!("All that is kept of {what} ends, and nothing brings it back. Go on?");
        self.sure.asked(&question)?;
        let change = Change {
            bot: Some(&bot),
            what: "erase".into(),
            // Who was erased is not kept.
            about: Some(about(chat.as_ref()).into()),
            why: &self.why,
            count: 1,
        };
        let work = async {
            let id = begin(site, &bot, chat.as_ref()).await?;
            let receipt = ended(site, &bot, &id).await?;
            Ok(Erased {
                bot: bot.clone(),
                id,
                receipt,
                not_erased: Receipt::NOT_ERASED,
            })
        };
        audited(site, change, work, |erased| {
            format!("receipt {}", erased.id)
        })
        .await
    }
}

async fn begin(site: &Site, bot: &BotId, chat: Option<&ChatId>) -> Result<String, Failure> {
    let refused = |error: EraseError| Failure::Refused(error.to_string());
    let (store, queue, now) = (&site.store, &site.queue, site.now());
    let Some(chat) = chat else {
        let id = erase_account(store, queue, bot, now).await;
        return id.map_err(refused);
    };
    let id = Random::system().alphanumeric(16);
    let begun = erase_chat(store, queue, bot, chat, &id, now).await;
    begun.map(|()| id).map_err(refused)
}

/// The receipt when all is done, or as it is after some time.
async fn ended(site: &Site, bot: &BotId, id: &str) -> Result<Option<Receipt>, Failure> {
    for _ in 0..MOST {
        let receipt = site.store.receipt(bot, id).await?;
        if receipt.as_ref().is_some_and(|it| it.ended_at.is_some()) {
            return Ok(receipt);
        }
        tokio::time::sleep(EVERY).await;
    }
    Ok(site.store.receipt(bot, id).await?)
}

impl Report for Erased {
    fn print(&self, screen: &mut Screen) {
        let ended = self.receipt.as_ref().and_then(|it| it.ended_at);
        match ended {
            Some(at) => {
                let at = screen.time(at);
                screen.line(&format!("Erased at {at}. Receipt {}.", self.id));
            }
            None => screen.line(&format!(
                "It is in the queue, and goes on without this program. Receipt {}.",
                self.id
            )),
        }
        let Some(receipt) = &self.receipt else {
            return;
        };
        for (name, counts) in [
            ("removed", &receipt.removed),
            ("changed", &receipt.changed),
            ("left", &receipt.left),
        ] {
            let kinds = counts
                .0
                .iter()
                .map(|(kind, number)| format!("{number} {kind}"));
            let kinds: Vec<_> = kinds.collect();
            if !kinds.is_empty() {
                screen.field(name, &kinds.join(", "));
            }
        }
        screen.line(self.not_erased);
    }
}
