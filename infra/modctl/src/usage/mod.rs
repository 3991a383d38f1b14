//! `usage`: what accounts have used in a month, for the company's billing.

mod check;

use clap::{Args, Subcommand};
use serde::Serialize;
use shared::domain::BotId;
use shared::domain::usage::{ClosedMonth, Month};

use crate::failure::Failure;
use crate::output::{Report, Screen, Table};
use crate::site::Site;

#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Usage {
    #[command(subcommand)]
    check: Option<UsageCommand>,
    #[command(flatten)]
    of: Selection,
    /// Lines with commas between the numbers, for a spreadsheet.
    #[arg(long)]
    csv: bool,
}

#[derive(Subcommand)]
enum UsageCommand {
    /// Holds our counts against LINE's own. (OperatorPolicy)
    Check(check::Check),
}

/// Which accounts and which month.
#[derive(Debug, Args)]
pub(crate) struct Selection {
    /// One account: its bot id, or its basic id. Without it, all.
    account: Option<String>,
    /// The month in Japan's time, such as 2026-11. Without it, the running one.
    #[arg(long, value_name = "MONTH")]
    month: Option<Month>,
}

/// A month of some accounts.
#[derive(Debug, Serialize)]
struct Found {
    month: Month,
    /// Whether its counts never change again.
    is_closed: bool,
    accounts: Vec<Line>,
}

#[derive(Debug, Serialize)]
struct Line {
    bot: BotId,
    name: Option<String>,
    #[serde(flatten)]
    usage: ClosedMonth,
}

impl Selection {
    fn month(&self, site: &Site) -> Month {
        self.month.unwrap_or_else(|| Month::of(site.now()))
    }

    /// The accounts with their names.
    async fn accounts(&self, site: &Site) -> Result<Vec<(BotId, Option<String>)>, Failure> {
        if let Some(named) = &self.account {
            let bot = site.account(named).await?;
            let row = site.store.bot(&bot).await?.unwrap_or_default();
            return Ok(vec![(bot, row.display_name)]);
        }
        let (mut all, mut from) = (Vec::new(), None);
        loop {
            let page = site.store.bots(from.as_ref()).await?;
            let rows = page.rows.into_iter();
            all.extend(rows.map(|(bot, row)| (bot, row.display_name)));
            from = page.next;
            if from.is_none() {
                return Ok(all);
            }
        }
    }
}

impl Usage {
    pub(crate) async fn run(&self, site: &Site, screen: &mut Screen) -> Result<(), Failure> {
        if let Some(UsageCommand::Check(check)) = &self.check {
            return screen.show(&check.run(site).await?);
        }
        let found = self.find(site).await?;
        match self.csv {
            true => found.print_csv(screen),
            false => screen.show(&found)?,
        }
        Ok(())
    }

    async fn find(&self, site: &Site) -> Result<Found, Failure> {
        let (month, now) = (self.of.month(site), site.now());
        let mut found = Found {
            month,
            is_closed: now >= month.closes_at(),
            accounts: Vec::new(),
        };
        for (bot, name) in self.of.accounts(site).await? {
            let usage = site.store.usage(&bot, month, now).await?;
            found.accounts.push(Line { bot, name, usage });
        }
        Ok(found)
    }
}

const COLUMNS: [&str; 13] = [
    "bot",
    "events",
    "own_events",
    "replies",
    "replies_pushed",
    "pushes",
    "multicast_users",
    "narrowcasts",
    "broadcasts",
    "unknown",
    "active_users",
    "attached_days",
    "suspended_days",
];

impl Line {
    fn cells(&self) -> [String; 13] {
        let (usage, counts) = (&self.usage, &self.usage.counts);
        [
            self.bot.to_string(),
            counts.events.to_string(),
            counts.own_events.to_string(),
            counts.replies.to_string(),
            counts.replies_pushed.to_string(),
            counts.pushes.to_string(),
            counts.multicasts.users.to_string(),
            counts.narrowcasts.to_string(),
            counts.broadcasts.to_string(),
            counts.unknown.to_string(),
            counts.active_users.to_string(),
            usage.attached_days.to_string(),
            usage.suspended_days.to_string(),
        ]
    }
}

impl Found {
    /// No number and no id has a comma or a quotation mark.
    fn print_csv(&self, screen: &mut Screen) {
        screen.line(&COLUMNS.join(","));
        for line in &self.accounts {
            screen.line(&line.cells().join(","));
        }
    }
}

impl Report for Found {
    fn print(&self, screen: &mut Screen) {
        let state = match self.is_closed {
            true => "closed: it never changes",
            false => "still counted",
        };
        screen.line(&format!("{}, {state}", self.month));
        let mut table = Table::new(
            &COLUMNS
                .map(|it| it.replace('_', " "))
                .each_ref()
                .map(|it| it.as_str()),
        );
        for line in &self.accounts {
            table.row(line.cells());
        }
        table.print(screen, "No account.");
    }
}
