//! `bots`: the accounts.

use clap::Args;
use serde::Serialize;
use shared::store::BotRow;

use crate::failure::Failure;
use crate::look::account::{Account, State};
use crate::output::{Progress, Report, Screen, Table, Tone};
use crate::site::Site;

#[derive(Args)]
pub(crate) struct Bots {
    /// Only those that are attached and not suspended.
    #[arg(long, group = "which")]
    attached: bool,
    /// Only suspended ones.
    #[arg(long, group = "which")]
    suspended: bool,
    /// Only those that LINE's list lacks.
    #[arg(long, group = "which")]
    missing: bool,
    /// Only attached ones without this scope, such as message:send.
    #[arg(long, group = "which", value_name = "SCOPE")]
    lacking: Option<String>,
}

/// The accounts that were asked for.
#[derive(Debug, Serialize)]
pub(crate) struct Found {
    bots: Vec<Account>,
}

impl Bots {
    pub(crate) async fn run(&self, site: &Site) -> Result<Found, Failure> {
        let mut found = Found { bots: Vec::new() };
        let progress = Progress::of("accounts");
        let mut from = None;
        loop {
            let page = site.store.bots(from.as_ref()).await?;
            progress.add(page.rows.len());
            let wanted = page.rows.into_iter().filter(|(_, row)| self.wants(row));
            let accounts = wanted.map(|(bot, row)| Account::of(bot, &row));
            found.bots.extend(accounts);
            from = page.next;
            if from.is_none() {
                return Ok(found);
            }
        }
    }

    fn wants(&self, row: &BotRow) -> bool {
        let state = &row.state;
        let is_active = state.is_attached() && !state.is_suspended();
        if let Some(scope) = &self.lacking {
            return state.is_attached() && !state.scopes().may(scope);
        }
        match (self.attached, self.suspended, self.missing) {
            (true, _, _) => is_active,
            (_, true, _) => state.is_attached() && state.is_suspended(),
            (_, _, true) => state.missing_since.is_some() && state.is_attached(),
            _ => true,
        }
    }
}

impl Report for Found {
    fn print(&self, screen: &mut Screen) {
        let headings = [
            "bot",
            "basic id",
            "name",
            "state",
            "since",
            "scopes",
            "not in LINE's list since",
        ];
        let mut table = Table::new(&headings);
        for account in &self.bots {
            let since = match account.state {
                State::Suspended => account.suspended_at,
                State::Detached => account.detached_at,
                State::Attached | State::Detaching => account.attached_at,
            };
            let tone = match account.state {
                State::Attached => None,
                State::Suspended | State::Detaching => Some(Tone::Warning),
                State::Detached => Some(Tone::Quiet),
            };
            let cells = [
                account.bot.to_string(),
                account.basic_id.clone().unwrap_or_default(),
                account.name.clone().unwrap_or_default(),
                account.state.name().to_owned(),
                since.map_or_else(String::new, |at| screen.time(at)),
                account
                    .scopes
                    .as_ref()
                    .map_or_else(|| "not known".into(), |it| it.len().to_string()),
                account
                    .missing_since
                    .map_or_else(String::new, |at| screen.time(at)),
            ];
            table.toned_row(tone, cells);
        }
        table.print(screen, "No account.");
        if self.bots.len() > 1 {
            screen.line(&format!("{} accounts", self.bots.len()));
        }
    }
}
