//! `audit`: what people have changed.

use clap::Args;
use futures::{StreamExt as _, TryStreamExt as _};
use serde::Serialize;
use shared::domain::{BotId, Timestamp};
use shared::store::AuditRow;

use crate::failure::Failure;
use crate::output::{Report, Screen, Table};
use crate::site::Site;
use crate::when::moment;

/// Accounts whose changes are read at once.
const SIDE_BY_SIDE: usize = 16;

#[derive(Args)]
pub(crate) struct Audit {
    /// Only one account's: its bot id, or its basic id. Without it, all accounts' and all else.
    account: Option<String>,
    /// Since when: 2h, 3d, 2026-11-20, or with a time.
    #[arg(long, value_name = "TIME", default_value = "30d")]
    since: String,
}

/// Changes, the oldest first.
#[derive(Debug, Serialize)]
pub(crate) struct Changes {
    changes: Vec<Made>,
}

#[derive(Debug, Serialize)]
struct Made {
    /// The account, if it was about one alone.
    bot: Option<BotId>,
    #[serde(flatten)]
    row: AuditRow,
}

impl Audit {
    pub(crate) async fn run(&self, site: &Site) -> Result<Changes, Failure> {
        let since = moment(&self.since, site.now()).map_err(Failure::Refused)?;
        let mut changes = match &self.account {
            Some(named) => of(site, Some(site.account(named).await?), since).await?,
            None => all(site, since).await?,
        };
        changes.sort_by_key(|it| it.row.at);
        Ok(Changes { changes })
    }
}

async fn all(site: &Site, since: Timestamp) -> Result<Vec<Made>, Failure> {
    let mut bots = vec![None];
    let mut from = None;
    loop {
        let page = site.store.bots(from.as_ref()).await?;
        bots.extend(page.rows.into_iter().map(|(bot, _)| Some(bot)));
        from = page.next;
        if from.is_none() {
            break;
        }
    }
    let each = bots.into_iter().map(|bot| of(site, bot, since));
    let each: Vec<_> = futures::stream::iter(each)
        .buffer_unordered(SIDE_BY_SIDE)
        .try_collect()
        .await?;
    Ok(each.into_iter().flatten().collect())
}

async fn of(site: &Site, bot: Option<BotId>, since: Timestamp) -> Result<Vec<Made>, Failure> {
    let (mut made, mut from) = (Vec::new(), None);
    loop {
        let page = site.store.audit(bot.as_ref(), since, from.as_ref()).await?;
        made.extend(page.rows.into_iter().map(|row| Made {
            bot: bot.clone(),
            row,
        }));
        from = page.next;
        if from.is_none() {
            return Ok(made);
        }
    }
}

/// What was changed: of settings each with what it was and what it became.
fn about(row: &AuditRow) -> String {
    let settings = row.settings.iter();
    let settings = settings.map(|it| format!("{}: {} → {}", it.key, it.from, it.to));
    let all: Vec<_> = row.about.clone().into_iter().chain(settings).collect();
    all.join("; ")
}

impl Report for Changes {
    fn print(&self, screen: &mut Screen) {
        let headings = [
            "when", "who", "what", "account", "about", "count", "why", "result",
        ];
        let mut table = Table::new(&headings);
        for Made { bot, row } in &self.changes {
            let interrupted = "under way, or interrupted";
            table.row([
                screen.time(row.at),
                row.who.clone(),
                row.what.clone(),
                bot.as_ref().map_or_else(String::new, ToString::to_string),
                about(row),
                row.count.to_string(),
                row.reason.clone().unwrap_or_default(),
                row.result.clone().unwrap_or_else(|| interrupted.into()),
            ]);
        }
        table.print(screen, "Nothing was changed.");
    }
}
