//! `doctor`: everything that a person would look at, one after the other. Nothing here changes
//! anything; LINE's own test of the webhook sends one without events.

mod about;
mod accounts;
mod alarms;
mod finding;
mod functions;
mod line;
mod quotas;
mod secret;
mod stack;
mod waiting;

use clap::Args;
use serde::Serialize;

use crate::failure::Failure;
use crate::output::{Report, Screen, Tone};
use crate::site::Site;

use finding::{Finding, Verdict, counted};

#[derive(Args)]
pub(crate) struct Doctor {
    /// Shows only what is not well.
    #[arg(long)]
    quiet: bool,
}

/// All that was found.
#[derive(Debug, Serialize)]
struct Findings {
    findings: Vec<Finding>,
}

impl Doctor {
    /// # Errors
    /// [`Failure::Unwell`] if something is wrong: everything is shown before.
    pub(crate) async fn run(self, site: &Site, screen: &mut Screen) -> Result<(), Failure> {
        let mut findings = examined(site).await;
        let wrong = findings.iter().filter(|it| it.verdict == Verdict::Wrong);
        let wrong = wrong.count() as u64;
        if self.quiet {
            findings.retain(|it| it.verdict != Verdict::Good);
        }
        screen.show(&Findings { findings })?;
        match wrong {
            0 => Ok(()),
            1 => Err(Failure::Unwell("something is wrong".into())),
            many => Err(Failure::Unwell(format!(
                "{} are wrong",
                counted(many, "thing")
            ))),
        }
    }
}

async fn examined(site: &Site) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(stack::check(site).await);
    findings.extend(functions::check(site).await);
    findings.extend(secret::check(site).await);
    let accounts = accounts::Accounts::read(site).await;
    findings.extend(line::check(site, &accounts).await);
    findings.extend(accounts::check(site, accounts).await);
    findings.extend(about::check(site).await);
    findings.extend(quotas::check(site).await);
    findings.extend(alarms::check(site).await);
    findings.extend(waiting::check(site).await);
    findings
}

impl Report for Findings {
    fn print(&self, screen: &mut Screen) {
        if self.findings.is_empty() {
            return screen.line("All is well.");
        }
        for finding in &self.findings {
            let (word, tone) = finding.verdict.shown();
            let word = screen.toned(&format!("{word:<9}"), tone);
            screen.line(&format!(
                "{word} {:<14} {}",
                finding.check,
                first_upper(&finding.found)
            ));
            if let Some(means) = &finding.means {
                screen.line(&format!("{:25}{}", "", first_upper(means)));
            }
            if let Some(remedy) = &finding.remedy {
                screen.line(&format!("{:25}→ {remedy}", ""));
            }
        }
    }
}

impl Verdict {
    fn shown(self) -> (&'static str, Tone) {
        match self {
            Self::Good => ("good", Tone::Good),
            Self::Look => ("look", Tone::Warning),
            Self::Wrong => ("wrong", Tone::Bad),
            Self::Unchecked => ("unchecked", Tone::Quiet),
        }
    }
}

/// What begins with a name of the code, such as `channel_secret`, stays as it is.
fn first_upper(text: &str) -> String {
    let first = text.split_whitespace().next().unwrap_or_default();
    let mut letters = text.chars();
    match letters.next() {
        Some(letter) if first.chars().all(char::is_alphabetic) => {
            letter.to_uppercase().chain(letters).collect()
        }
        _ => text.to_owned(),
    }
}
