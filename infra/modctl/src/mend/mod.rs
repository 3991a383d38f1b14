//! Changing something. Each change is written into the table before it is made, with who makes
//! it and why, and completed after it.

pub(crate) mod attach_link;
pub(crate) mod audit;
pub(crate) mod chat;
pub(crate) mod detach;
pub(crate) mod dlq;
pub(crate) mod entitle;
pub(crate) mod pause;
pub(crate) mod reconcile;
pub(crate) mod replay;
pub(crate) mod secret;
pub(crate) mod send_event;
pub(crate) mod set;
pub(crate) mod settle;
pub(crate) mod sign_in_link;

pub(crate) mod audited;
pub(crate) mod confirm;
mod event;

use clap::Subcommand;

use crate::failure::Failure;
use crate::output::Screen;
use crate::site::Site;

/// What changes something, and the list of what was changed.
#[derive(Subcommand)]
pub(crate) enum MendCommand {
    /// Runs events again, or shows what the module would do with them. (OperatorPolicy)
    Replay(replay::Replay),
    /// Settles a parked event that is not to be run again. (OperatorPolicy)
    Settle(settle::Settle),
    /// Detaches an account from the channel. (OperatorPolicy)
    Detach(detach::Detach),
    /// Silences an account, or the whole channel, until it is resumed. (OperatorPolicy)
    Pause(pause::Pause),
    /// Ends a pause. (OperatorPolicy)
    Resume(pause::Resume),
    /// Says whether an account may be served. (OperatorPolicy)
    Entitle(entitle::Entitle),
    /// Changes a setting of the module's, for one account. (OperatorPolicy)
    Set(set::Set),
    /// LINE's list of accounts against the table. (status: SupportPolicy; now, approve: OperatorPolicy)
    #[command(subcommand)]
    Reconcile(reconcile::Reconcile),
    /// Messages that were received too often. (OperatorPolicy)
    #[command(subcommand)]
    Dlq(dlq::Dlq),
    /// The channel's secret and the keys beside it. (OperatorPolicy)
    #[command(subcommand)]
    Secret(secret::Secret),
    /// Says something to an account or a chat, as the company's own systems do. (OperatorPolicy)
    SendEvent(send_event::SendEvent),
    /// Makes an invitation by which an account can be attached. (OperatorPolicy)
    AttachLink(attach_link::AttachLink),
    /// Makes a link by which an admin signs in to the management screen. (OperatorPolicy)
    SignInLink(sign_in_link::SignInLink),
    /// Lists what was changed, by whom and why. (SupportPolicy)
    Audit(audit::Audit),
}

impl MendCommand {
    pub(crate) async fn run(self, site: &Site, screen: &mut Screen) -> Result<(), Failure> {
        match self {
            Self::Replay(it) => it.run(site, screen).await,
            Self::Settle(it) => screen.show(&it.run(site).await?),
            Self::Detach(it) => screen.show(&it.run(site).await?),
            Self::Pause(it) => screen.show(&it.run(site).await?),
            Self::Resume(it) => screen.show(&it.run(site).await?),
            Self::Entitle(it) => screen.show(&it.run(site).await?),
            Self::Set(it) => screen.show(&it.run(site).await?),
            Self::Reconcile(it) => it.run(site, screen).await,
            Self::Dlq(it) => it.run(site, screen).await,
            Self::Secret(it) => it.run(site, screen).await,
            Self::SendEvent(it) => screen.show(&it.run(site).await?),
            Self::AttachLink(it) => screen.show(&it.run(site).await?),
            Self::SignInLink(it) => screen.show(&it.run(site).await?),
            Self::Audit(it) => screen.show(&it.run(site).await?),
        }
    }
}
