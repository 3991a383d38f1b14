//! The command line. Each command's own arguments are beside what it does.

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;

use crate::data;
use crate::doctor;
use crate::failure::Failure;
use crate::look;
use crate::mend::{self, MendCommand};
use crate::output::Screen;
use crate::site::Site;
use crate::usage;
use crate::why;

/// The operator's command line of a LINE module channel.
#[derive(Parser)]
#[command(name = "modctl", version, after_help = AFTER)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
    #[command(flatten)]
    pub(crate) site: SiteArguments,
    #[command(flatten)]
    pub(crate) output: OutputArguments,
}

const AFTER: &str = "\
Exit codes: 0 done, 1 not done, 2 wrong arguments, 3 not found, 4 not allowed, 5 something is wrong.

Examples:
  modctl --stack line-module bots --suspended
  modctl --local why @demo Mari";

/// Where the bundle is that a command is about.
#[derive(Args)]
#[command(next_help_heading = "Where it works")]
pub(crate) struct SiteArguments {
    /// A deployed stack, by its name; found with your ordinary AWS credentials.
    #[arg(
        long,
        global = true,
        value_name = "NAME",
        conflicts_with = "local",
        env = "MODCTL_STACK"
    )]
    pub(crate) stack: Option<String>,
    /// The `cargo dev` that runs on this machine.
    #[arg(long, global = true)]
    pub(crate) local: bool,
    /// The stack's region; without it, your configuration's.
    #[arg(long, global = true, requires = "stack")]
    pub(crate) region: Option<String>,
    /// A profile of your AWS configuration.
    #[arg(long, global = true, requires = "stack")]
    pub(crate) profile: Option<String>,
}

/// How a command answers.
#[derive(Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct OutputArguments {
    /// Answer with JSON, for scripts.
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

/// What is to be done.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Writes the completions of a shell to the standard output.
    Completions {
        /// Which shell.
        shell: Shell,
    },
    #[command(flatten)]
    OfSite(Box<SiteCommand>),
}

/// What is to be done with a stack or a `cargo dev`.
#[derive(Subcommand)]
pub(crate) enum SiteCommand {
    /// Lists the accounts. (SupportPolicy)
    Bots(look::bots::Bots),
    /// Shows one account. (SupportPolicy; with --quota OperatorPolicy)
    Bot(look::bot::Bot),
    /// Lists the chats of an account, and who holds each. (SupportPolicy)
    Chats(look::chats::Chats),
    /// Shows one chat: who holds it, its timers, its last events (SupportPolicy); or takes it, or
    /// gives it back (OperatorPolicy).
    Chat(ChatCommand),
    /// Lists the events of a chat, or of all chats of an account. (SupportPolicy)
    Events(look::events::Events),
    /// Shows events as they are decided. (SupportPolicy)
    Tail(look::tail::Tail),
    /// Lists what is parked, by its reason. (SupportPolicy)
    Parked(look::parked::Parked),
    /// Tells an event's whole way, and what one could do now. (SupportPolicy)
    Why(why::Why),
    /// Looks at everything that a person would, and tells what is wrong and what mends it.
    /// (OperatorPolicy; with SupportPolicy alone some is left unchecked)
    Doctor(doctor::Doctor),
    /// Shows what accounts have used in a month. (SupportPolicy; check: OperatorPolicy)
    Usage(usage::Usage),
    /// Writes everything that is kept of an account or a chat, one JSON object a line. (OperatorPolicy)
    Export(data::export::Export),
    /// Ends everything that is kept of a chat, or of a detached account. (OperatorPolicy)
    Erase(data::erase::Erase),
    #[command(flatten)]
    Mend(MendCommand),
}

/// `chat B C` looks; `chat acquire` and `chat release` change.
#[derive(Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct ChatCommand {
    #[command(subcommand)]
    change: Option<mend::chat::Chat>,
    #[command(flatten)]
    look: Option<look::chat::Chat>,
}

impl ChatCommand {
    async fn run(self, site: &Site, screen: &mut Screen) -> Result<(), Failure> {
        match (self.change, self.look) {
            (Some(change), _) => screen.show(&change.run(site).await?),
            (None, Some(look)) => {
                let found = look.run(site, screen).await?;
                screen.show(&found)
            }
            (None, None) => Err(Failure::Refused("say which account and which chat".into())),
        }
    }
}

impl SiteCommand {
    pub(crate) async fn run(self, site: &Site, screen: &mut Screen) -> Result<(), Failure> {
        match self {
            Self::Bots(bots) => screen.show(&bots.run(site).await?),
            Self::Bot(bot) => screen.show(&bot.run(site).await?),
            Self::Chats(chats) => screen.show(&chats.run(site, screen).await?),
            Self::Chat(chat) => chat.run(site, screen).await,
            Self::Events(events) => screen.show(&events.run(site).await?),
            Self::Tail(tail) => tail.run(site, screen).await,
            Self::Parked(parked) => screen.show(&parked.run(site).await?),
            Self::Why(why) => screen.show(&why.run(site, screen).await?),
            Self::Doctor(doctor) => Box::pin(doctor.run(site, screen)).await,
            Self::Usage(usage) => usage.run(site, screen).await,
            Self::Export(export) => export.run(site, screen).await,
            Self::Erase(erase) => screen.show(&erase.run(site).await?),
            Self::Mend(command) => Box::pin(command.run(site, screen)).await,
        }
    }
}
