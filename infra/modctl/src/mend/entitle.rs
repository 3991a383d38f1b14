//! `entitle`: whether an account may be served, by hand where billing does not say it.

use clap::Args;
use serde::Serialize;
use shared::domain::service::Entitlement;
use shared::domain::{BotId, Timestamp};

use crate::failure::Failure;
use crate::mend::audited::{Change, Why, audited};
use crate::output::{Report, Screen};
use crate::site::Site;
use crate::when::moment;

#[derive(Args)]
pub(crate) struct Entitle {
    /// The account: its bot id, or its basic id.
    account: String,
    /// `yes`, `no`, or the time until which it is, such as 2026-12-31 or 2026-12-31T15:00:00Z.
    entitled: String,
    #[command(flatten)]
    why: Why,
}

/// What holds now.
#[derive(Debug, Serialize)]
pub(crate) struct Said {
    bot: BotId,
    entitled: Entitlement,
    at: Timestamp,
}

impl Entitle {
    pub(crate) async fn run(&self, site: &Site) -> Result<Said, Failure> {
        self.why.required()?;
        let at = site.now();
        let entitled = self.read(at)?;
        let bot = site.account(&self.account).await?;
        let change = Change {
            bot: Some(&bot),
            what: "entitle".into(),
            about: Some(self.entitled.clone()),
            why: &self.why,
            count: 1,
        };
        let write = async {
            let written = site.store.set_entitlement(&bot, entitled, at).await?;
            match written {
                true => Ok(()),
                false => Err(Failure::NotFound("the account is not known".into())),
            }
        };
        audited(site, change, write, |()| "entered".into()).await?;
        Ok(Said { bot, entitled, at })
    }

    fn read(&self, now: Timestamp) -> Result<Entitlement, Failure> {
        match self.entitled.as_str() {
            "yes" => Ok(Entitlement::Yes),
            "no" => Ok(Entitlement::No),
            time => {
                let end = moment(time, now).map_err(Failure::Refused)?;
                match end > now {
                    true => Ok(Entitlement::Until(end)),
                    false => Err(Failure::Refused(format!(
                        "{time} is over: write `no`, or a time to come"
                    ))),
                }
            }
        }
    }
}

impl Report for Said {
    fn print(&self, screen: &mut Screen) {
        let bot = &self.bot;
        screen.line(&match self.entitled {
            Entitlement::Yes => format!("{bot} is served."),
            Entitlement::No => format!("{bot} is not served from now on."),
            Entitlement::Until(end) => format!("{bot} is served until {}.", screen.time(end)),
        });
    }
}
