//! `settle`: a parked event that is not to be run again.

use clap::Args;
use serde::Serialize;
use shared::domain::Outcome;

use crate::failure::Failure;
use crate::mend::audited::{Change, Why, audited};
use crate::mend::event::{find, words};
use crate::output::{Report, Screen};
use crate::site::Site;

#[derive(Args)]
pub(crate) struct Settle {
    /// The event's account: its bot id, or its basic id.
    account: String,
    /// The event's id.
    event: String,
    /// The event's chat: without it, the whole account is searched.
    #[arg(long, value_name = "CHAT")]
    chat: Option<String>,
    #[command(flatten)]
    why: Why,
}

#[derive(Debug, Serialize)]
pub(crate) struct Settled {
    event: String,
    reason: String,
}

impl Settle {
    pub(crate) async fn run(&self, site: &Site) -> Result<Settled, Failure> {
        let reason = self.why.required()?;
        let bot = site.account(&self.account).await?;
        let key = find(site, &bot, self.chat.as_deref(), &self.event).await?;
        let row = site.store.ledger(&key).await?;
        let outcome = row.map(|row| row.outcome());
        if outcome != Some(Outcome::Parked) {
            return Err(not_parked(&words(&key), outcome));
        }
        let reason = format!("settled by {}: {reason}", site.caller().await?);
        let change = Change {
            bot: Some(&bot),
            what: "settle".into(),
            about: Some(words(&key)),
            why: &self.why,
            count: 1,
        };
        let work = async {
            let settled = site.store.settle_parked(&key, &reason, site.now()).await?;
            let event = words(&key);
            match settled {
                true => Ok(Settled { event, reason }),
                false => Err(not_parked(&event, None)),
            }
        };
        audited(site, change, work, |_| "settled".into()).await
    }
}

fn not_parked(event: &str, outcome: Option<Outcome>) -> Failure {
    let is = outcome.map_or("another has changed it meanwhile", Outcome::name);
    Failure::Refused(format!("{event} is not parked: {is}"))
}

impl Report for Settled {
    fn print(&self, screen: &mut Screen) {
        screen.line(&format!("{} is {}.", self.event, self.reason));
    }
}
