//! `bot`: one account.

use clap::Args;
use serde::Serialize;

use crate::failure::Failure;
use crate::look::account::Account;
use crate::output::{Report, Screen};
use crate::site::Site;

#[derive(Args)]
pub(crate) struct Bot {
    /// Its bot id, or its basic id, such as @demo.
    bot: String,
}

/// What is known of it.
#[derive(Debug, Serialize)]
pub(crate) struct Found {
    #[serde(flatten)]
    account: Account,
}

impl Bot {
    pub(crate) async fn run(&self, site: &Site) -> Result<Found, Failure> {
        let bot = site.account(&self.bot).await?;
        let row = site.store.bot(&bot).await?.unwrap_or_default();
        Ok(Found {
            account: Account::of(bot, &row),
        })
    }
}

impl Report for Found {
    fn print(&self, screen: &mut Screen) {
        let it = &self.account;
        let name = it.name.as_deref().unwrap_or("without a name");
        let basic_id = it.basic_id.as_deref().unwrap_or_default();
        screen.line(&format!("{} {name} {basic_id}", it.bot));
        screen.field("state", it.state.name());
        let times = [
            ("attached", it.attached_at),
            ("suspended", it.suspended_at),
            ("detached", it.detached_at),
            ("not in LINE's list", it.missing_since),
        ];
        for (name, at) in times {
            if let Some(at) = at {
                let at = screen.time(at);
                screen.field(name, &at);
            }
        }
        let scopes = it
            .scopes
            .as_ref()
            .map_or_else(|| "not known".into(), |it| it.join(" "));
        screen.field("scopes", &scopes);
    }
}
