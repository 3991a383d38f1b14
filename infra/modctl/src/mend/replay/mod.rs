//! `replay`: events are run again by the worker, through the queue, or shown as they would be.

mod journal;
mod progress;
mod queue;
mod rate;
mod select;
mod shadow;

use clap::Args;

use crate::failure::Failure;
use crate::mend::audited::Why;
use crate::mend::confirm::Sure;
use crate::output::Screen;
use crate::site::Site;

use rate::Rate;
use shared::replay::Mode;

#[derive(Args)]
#[command(after_help = AFTER)]
pub(crate) struct Replay {
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    how: How,
    /// How fast events are queued, such as 5/s or 100/m.
    #[arg(long, default_value = "10/s", value_name = "RATE")]
    rate: Rate,
    /// The event's own JSON, for one whose JSON the ledger does not keep; - reads the standard input.
    #[arg(long, value_name = "FILE", requires = "event")]
    json_of_event: Option<String>,
    /// Forget a run with the same words that was interrupted, and begin another.
    #[arg(long)]
    anew: bool,
    #[command(flatten)]
    why: Why,
    #[command(flatten)]
    sure: Sure,
}

const AFTER: &str = "\
A run that was interrupted goes on when the same command is given again: each event is run again once.

Examples:
  modctl --stack line-module replay --parked --kind module_failed --shadow
  modctl --stack line-module replay --parked --kind module_failed --rate 5/s --reason 'release 41 is mended'
  modctl --local replay @demo 01HXYZ --force --reason 'the guest asked for it'";

/// Which events.
#[derive(Debug, Args)]
struct Which {
    /// The event's account: its bot id, or its basic id.
    #[arg(required_unless_present = "parked", requires = "event")]
    account: Option<String>,
    /// The event's id.
    #[arg(conflicts_with = "parked")]
    event: Option<String>,
    /// The event's chat: without it, the whole account is searched.
    #[arg(long, value_name = "CHAT", requires = "event")]
    chat: Option<String>,
    /// All that are parked, in each chat's order.
    #[arg(long)]
    parked: bool,
    /// Of the parked ones only those of this kind, such as module_failed.
    #[arg(long, value_name = "KIND", requires = "parked")]
    kind: Option<String>,
    /// Of the parked ones only this account's.
    #[arg(long, value_name = "BOT", requires = "parked")]
    bot: Option<String>,
    /// Of the parked ones only those parked since then: 2h, 3d, 2026-11-20, or with a time.
    #[arg(long, value_name = "TIME", requires = "parked")]
    since: Option<String>,
}

/// How.
#[derive(Debug, Clone, Copy, Args)]
#[group(multiple = false)]
struct How {
    /// What is done stays done: a plan goes on where it was cut short, a handler that failed runs again. The default.
    #[arg(long)]
    respect: bool,
    /// The handler runs again whatever was done, and what it sends is sent again.
    #[arg(long)]
    force: bool,
    /// Show what the module would do, beside what it did. Nothing is sent or changed.
    #[arg(long)]
    shadow: bool,
}

impl How {
    fn mode(self) -> Mode {
        match self.force {
            true => Mode::Force,
            false => Mode::Respect,
        }
    }

    fn word(self) -> &'static str {
        match (self.force, self.shadow) {
            (true, _) => "--force",
            (_, true) => "--shadow",
            _ => "--respect",
        }
    }
}

impl Which {
    /// The same words select the same run.
    fn words(&self) -> String {
        let Self {
            account,
            event,
            chat,
            parked: _,
            kind,
            bot,
            since,
        } = self;
        let named = [
            ("--chat", chat),
            ("--kind", kind),
            ("--bot", bot),
            ("--since", since),
        ];
        let named = named
            .into_iter()
            .filter_map(|(name, value)| value.as_ref().map(|value| format!("{name} {value}")));
        let one = account.iter().chain(event).cloned();
        let parked = self.parked.then(|| "--parked".to_owned());
        one.chain(parked).chain(named).collect::<Vec<_>>().join(" ")
    }
}

impl Replay {
    pub(crate) async fn run(self, site: &Site, screen: &mut Screen) -> Result<(), Failure> {
        match self.how.shadow {
            true => shadow::run(&self, site, screen).await,
            false => queue::run(&self, site, screen).await,
        }
    }
}
