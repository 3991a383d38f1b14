//! `detach`: an account is unlinked from the channel.

use clap::Args;
use serde::Serialize;
use shared::detach::{DetachError, detach};
use shared::domain::{Attachment, BotId};
use shared::store::BotRow;

use crate::failure::Failure;
use crate::mend::audited::{Change, Why, audited};
use crate::mend::confirm::ask;
use crate::output::{Report, Screen};
use crate::site::Site;

#[derive(Args)]
pub(crate) struct Detach {
    /// The account: its bot id, or its basic id.
    account: String,
    /// The account's name or basic id, said again instead of typed in.
    #[arg(long, value_name = "NAME")]
    confirm: Option<String>,
    #[command(flatten)]
    why: Why,
}

/// An account that is about to be detached.
#[derive(Debug, Serialize)]
pub(crate) struct Begun {
    bot: BotId,
    name: Option<String>,
    /// Whether its job is in the queue; else the reconciler queues it within an hour.
    is_queued: bool,
}

impl Detach {
    pub(crate) async fn run(&self, site: &Site) -> Result<Begun, Failure> {
        self.why.required()?;
        let bot = site.account(&self.account).await?;
        let row = site.store.bot(&bot).await?.unwrap_or_default();
        if let Attachment::Detached(_) = row.state.attachment() {
            return Err(Failure::Refused(format!("{bot} is detached already")));
        }
        self.confirmed(&bot, &row)?;
        let change = Change {
            bot: Some(&bot),
            what: "detach".into(),
            about: None,
            why: &self.why,
            count: 1,
        };
        let work = begin(site, &bot, row.display_name.clone());
        audited(site, change, work, |begun| match begun.is_queued {
            true => "it is marked, and its job is in the queue".into(),
            false => "it is marked; the reconciler queues its job".into(),
        })
        .await
    }

    /// The person says the account's name once more.
    fn confirmed(&self, bot: &BotId, row: &BotRow) -> Result<(), Failure> {
        let name = row.display_name.as_deref();
        let shown = name.unwrap_or(bot.as_str());
        let said = match &self.confirm {
            Some(said) => said.clone(),
            None => {
                eprintln!("{shown} ({bot}) is about to be detached.");
                for line in WHAT_WILL_HAPPEN {
                    eprintln!("  {line}");
                }
                ask(
                    &format!("Type its name, {shown}, to go on: "),
                    "--confirm NAME",
                )?
            }
        };
        let names = [name, row.basic_id.as_deref(), Some(bot.as_str())];
        match names.into_iter().flatten().any(|name| name == said) {
            true => Ok(()),
            false => Err(Failure::Refused(format!(
                "nothing is changed: {said:?} is not the name of {bot}, which is {shown:?}"
            ))),
        }
    }
}

const WHAT_WILL_HAPPEN: [&str; 4] = [
    "From now on nothing is sent for it, and no event of its chats is answered.",
    "Within a minute the worker detaches it at LINE. Its rich menus of ours are taken away.",
    "Its timers, its chats' states and the module's rows count as absent from then on.",
    "Only an admin of the account can attach it again.",
];

async fn begin(site: &Site, bot: &BotId, name: Option<String>) -> Result<Begun, Failure> {
    let is_queued = match detach(&site.store, &site.queue, bot, &site.ground().clock).await {
        Ok(()) => true,
        Err(DetachError::NotQueued(error)) => {
            eprintln!("modctl: {error}");
            false
        }
        Err(DetachError::Store(error)) => return Err(error.into()),
        Err(error) => return Err(Failure::Refused(error.to_string())),
    };
    let bot = bot.clone();
    Ok(Begun {
        bot,
        name,
        is_queued,
    })
}

impl Report for Begun {
    fn print(&self, screen: &mut Screen) {
        let bot = &self.bot;
        screen.line(&match self.is_queued {
            true => format!("{bot} is being detached: `modctl bot {bot}` tells when it is done."),
            false => format!("{bot} is marked; the reconciler detaches it within an hour."),
        });
    }
}
