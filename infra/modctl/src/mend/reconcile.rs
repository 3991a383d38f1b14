//! `reconcile`: LINE's list of accounts against the table.

use clap::Subcommand;
use serde::Serialize;
use serde_json::json;
use shared::store::{Stopped, WalkRow};

use crate::failure::Failure;
use crate::mend::audited::{Change, Why, audited};
use crate::mend::confirm::Sure;
use crate::output::{Report, Screen, Tone};
use crate::site::{Called, Site};

#[derive(Subcommand)]
pub(crate) enum Reconcile {
    /// Runs the reconciler at once, and waits for it. (OperatorPolicy)
    Now {
        #[command(flatten)]
        why: Why,
    },
    /// Shows what its last run has found and done. (SupportPolicy)
    Status,
    /// Says that exactly the accounts of this fingerprint may go. (OperatorPolicy)
    Approve {
        /// As `reconcile status` and the alarm's log line have it.
        fingerprint: String,
        #[command(flatten)]
        why: Why,
        #[command(flatten)]
        sure: Sure,
    },
}

/// The reconciler's last run.
#[derive(Debug, Serialize)]
struct Status {
    walk: Option<WalkRow>,
    /// The fingerprint that is approved and not used yet.
    approved: Option<String>,
}

/// An approval that was given.
#[derive(Debug, Serialize)]
struct Approved {
    fingerprint: String,
    accounts: usize,
}

impl Reconcile {
    pub(crate) async fn run(self, site: &Site, screen: &mut Screen) -> Result<(), Failure> {
        match self {
            Self::Status => screen.show(&status(site).await?),
            Self::Now { why } => {
                let failed = now(site, &why).await.err();
                screen.show(&status(site).await?)?;
                failed.map_or(Ok(()), Err)
            }
            Self::Approve {
                fingerprint,
                why,
                sure,
            } => screen.show(&approve(site, fingerprint, &why, sure).await?),
        }
    }
}

async fn status(site: &Site) -> Result<Status, Failure> {
    Ok(Status {
        walk: site.store.walk().await?,
        approved: site.store.approval().await?,
    })
}

async fn now(site: &Site, why: &Why) -> Result<(), Failure> {
    let change = Change {
        bot: None,
        what: "reconcile now".into(),
        about: None,
        why,
        count: 0,
    };
    let event = json!({});
    let work = site.invoke(Called::Reconciler, &event);
    audited(site, change, work, |_| "it has run".into()).await?;
    Ok(())
}

async fn approve(
    site: &Site,
    fingerprint: String,
    why: &Why,
    sure: Sure,
) -> Result<Approved, Failure> {
    why.required()?;
    let stopped = site.store.walk().await?.and_then(|walk| walk.stopped);
    let Some(stopped) = stopped.filter(|it| it.fingerprint == fingerprint) else {
        return Err(Failure::NotFound(
            "the reconciler has not stopped for these accounts: `modctl reconcile status` shows for which".into(),
        ));
    };
    eprintln!(
        "{} of {} accounts are no longer in LINE's list and would be marked as missing, such as",
        stopped.gone, stopped.judged
    );
    for bot in stopped.first.iter().take(5) {
        eprintln!("  {bot}");
    }
    sure.asked("May they go?")?;
    let accounts = stopped.gone;
    let change = Change {
        bot: None,
        what: "reconcile approve".into(),
        about: Some(fingerprint.clone()),
        why,
        count: accounts,
    };
    let work = async { Ok(site.store.approve(&fingerprint).await?) };
    audited(site, change, work, |()| "it is approved".into()).await?;
    Ok(Approved {
        fingerprint,
        accounts,
    })
}

impl Report for Status {
    fn print(&self, screen: &mut Screen) {
        let Some(walk) = &self.walk else {
            return screen.line("The reconciler has not run yet.");
        };
        let ended = screen.time(walk.ended_at);
        screen.field("ended", &ended);
        let numbers = [
            ("listed by LINE", walk.listed),
            ("in the table", walk.known),
            ("attached", walk.attached),
            ("newly missing", walk.marked),
            ("found again", walk.unmarked),
            ("detached", walk.detached),
            ("jobs queued", walk.queued),
        ];
        for (name, number) in numbers {
            screen.field(name, &number.to_string());
        }
        if let Some(failure) = &walk.failure {
            let text = screen.toned(failure, Tone::Bad);
            screen.field("failure", &text);
        }
        if let Some(stopped) = &walk.stopped {
            print_stopped(screen, stopped);
        }
        if let Some(approved) = &self.approved {
            screen.field("approved", approved);
        }
    }
}

fn print_stopped(screen: &mut Screen, stopped: &Stopped) {
    let Stopped {
        gone,
        judged,
        fingerprint,
        first,
    } = stopped;
    let text = format!("{gone} of {judged} accounts would go");
    let text = screen.toned(&text, Tone::Bad);
    screen.field("stopped", &text);
    for bot in first {
        screen.field("", bot.as_str());
    }
    screen.line(&format!(
        "If LINE is right: modctl reconcile approve {fingerprint} --reason TEXT"
    ));
}

impl Report for Approved {
    fn print(&self, screen: &mut Screen) {
        screen.line(&format!(
            "{} accounts may go. The next run, within an hour or by `modctl reconcile now`, marks them.",
            self.accounts
        ));
    }
}
