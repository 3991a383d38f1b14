//! `usage check`: our counts beside LINE's own.

use clap::Args;
use serde::Serialize;
use shared::domain::BotId;
use shared::domain::usage::{Month, check};

use crate::failure::Failure;
use crate::output::{Report, Screen, Tone};
use crate::site::Site;
use crate::usage::Selection;

#[derive(Args)]
pub(super) struct Check {
    #[command(flatten)]
    of: Selection,
}

/// What was compared.
#[derive(Debug, Serialize)]
pub(super) struct Compared {
    month: Month,
    accounts: Vec<Line>,
}

#[derive(Debug, Serialize)]
struct Line {
    bot: BotId,
    /// How many numbers are the same.
    agree: usize,
    differences: Vec<Difference>,
    /// Why LINE could not be asked, if so.
    failure: Option<String>,
}

#[derive(Debug, Serialize)]
struct Difference {
    of: &'static str,
    ours: u64,
    lines: u64,
    /// The likeliest reasons, the likeliest first.
    likely: Vec<String>,
}

impl Check {
    pub(super) async fn run(&self, site: &Site) -> Result<Compared, Failure> {
        let month = self.of.month(site);
        let line = site.line().await?;
        let mut accounts = Vec::new();
        for (bot, _) in self.of.accounts(site).await? {
            let ours = site.store.usage(&bot, month, site.now()).await?;
            let lines = line.bot(&bot).sent_in(month, site.now()).await;
            accounts.push(match lines {
                Ok(lines) => compared(bot, check(&ours.counts, &lines)),
                Err(error) => Line {
                    bot,
                    agree: 0,
                    differences: Vec::new(),
                    failure: Some(shared::aws::reasons(&error)),
                },
            });
        }
        Ok(Compared { month, accounts })
    }
}

fn compared(bot: BotId, check: shared::domain::usage::UsageCheck) -> Line {
    let differences = check.differences.into_iter().map(|it| Difference {
        of: it.of,
        ours: it.ours,
        lines: it.lines,
        likely: it.likely.iter().map(ToString::to_string).collect(),
    });
    Line {
        bot,
        agree: check.agree,
        differences: differences.collect(),
        failure: None,
    }
}

impl Report for Compared {
    fn print(&self, screen: &mut Screen) {
        screen.line(&self.month.to_string());
        for line in &self.accounts {
            line.print(screen);
        }
    }
}

impl Line {
    fn print(&self, screen: &mut Screen) {
        if let Some(failure) = &self.failure {
            let word = screen.toned("not compared", Tone::Warning);
            screen.line(&format!("{}  {word}: {failure}", self.bot));
            return;
        }
        let word = match self.differences.is_empty() {
            true => screen.toned("agrees", Tone::Good),
            false => screen.toned("differs", Tone::Warning),
        };
        screen.line(&format!(
            "{}  {word} ({} numbers the same)",
            self.bot, self.agree
        ));
        for it in &self.differences {
            let likely = it.likely.join("; ");
            screen.line(&format!(
                "    {}: {} here, {} at LINE: {likely}",
                it.of, it.ours, it.lines
            ));
        }
    }
}
