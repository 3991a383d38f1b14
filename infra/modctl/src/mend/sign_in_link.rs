//! `sign-in-link`: a link by which an admin who has lost access signs in to the management screen.

use std::time::Duration;

use clap::Args;
use serde::Serialize;
use shared::domain::{BotId, Timestamp};
use shared::random::Random;
use shared::store::SignInLink as Kept;

use crate::failure::Failure;
use crate::mend::audited::{Change, Why, audited};
use crate::output::{Report, Screen};
use crate::site::Site;
use crate::when::span;

/// Length of the link's token, in characters: about 250 bits.
const LENGTH: usize = 42;
/// A link lies in a mailbox until it is used.
const LONGEST: Duration = Duration::from_secs(24 * 3600);

#[derive(Args)]
pub(crate) struct SignInLink {
    /// The account: its bot id, or its basic id.
    account: String,
    /// When it runs out: 24h at most.
    #[arg(long, value_name = "SPAN", default_value = "15m", value_parser = expires)]
    expires: Duration,
    #[command(flatten)]
    why: Why,
}

/// Whoever opens it first is signed in to the account's management screen.
#[derive(Debug, Serialize)]
pub(crate) struct Link {
    bot: BotId,
    name: Option<String>,
    url: String,
    expires_at: Timestamp,
}

fn expires(text: &str) -> Result<Duration, String> {
    let span = span(text)?;
    match span <= LONGEST {
        true => Ok(span),
        false => Err("a link to sign in by may be used for 24h at most".into()),
    }
}

impl SignInLink {
    pub(crate) async fn run(&self, site: &Site) -> Result<Link, Failure> {
        let bot = site.account(&self.account).await?;
        let row = site.store.bot(&bot).await?.unwrap_or_default();
        if !row.state.is_attached() {
            return Err(Failure::Refused(format!(
                "{bot} is not attached: its management screen is shown to nobody"
            )));
        }
        let start = site.start_page()?;
        let expires_at = site.now().plus(self.expires);
        let change = Change {
            bot: Some(&bot),
            what: "sign-in-link".into(),
            about: None,
            why: &self.why,
            count: 1,
        };
        let work = async {
            let token = Random::system().alphanumeric(LENGTH);
            let kept = Kept {
                bot: bot.clone(),
                expires_at: expires_at.seconds(),
            };
            site.store.put_sign_in_link(&token, &kept).await?;
            Ok(Link {
                bot: bot.clone(),
                name: row.display_name,
                url: format!("{start}/console/sign-in?link={token}"),
                expires_at,
            })
        };
        let result = |link: &Link| format!("made; it runs out at {}", link.expires_at.0);
        audited(site, change, work, result).await
    }
}

impl Report for Link {
    fn print(&self, screen: &mut Screen) {
        screen.line(&self.url);
        let until = screen.time(self.expires_at);
        let whom = self.name.as_deref().unwrap_or(self.bot.as_str());
        screen.line(&format!(
            "It signs in to {whom}, once, and runs out at {until}. Whoever has it can use it: give it to the admin alone."
        ));
    }
}
