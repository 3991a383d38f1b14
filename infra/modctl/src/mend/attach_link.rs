//! `attach-link`: an invitation by which an account can be attached.

use std::time::Duration;

use clap::Args;
use serde::Serialize;
use shared::aws::Timeouts;
use shared::domain::Timestamp;
use shared::env::Env;
use shared::invitation::{Invitation, PARAMETER};
use shared::secret::SecretPlace;

use crate::failure::Failure;
use crate::mend::audited::{Change, Why, audited};
use crate::output::{Report, Screen};
use crate::site::Site;
use crate::when::span;

#[derive(Args)]
pub(crate) struct AttachLink {
    /// The basic or premium id of the only account that it is for, such as @shop.
    #[arg(long, value_name = "ID", value_parser = basic_id)]
    basic_id: Option<String>,
    /// When it runs out.
    #[arg(long, value_name = "SPAN", default_value = "7d", value_parser = span)]
    expires: Duration,
    #[command(flatten)]
    why: Why,
}

/// Whoever has it can begin to attach an account.
#[derive(Debug, Serialize)]
pub(crate) struct Link {
    url: String,
    basic_id: Option<String>,
    expires_at: Timestamp,
}

/// As the function `attach` reads one.
fn basic_id(text: &str) -> Result<String, String> {
    let name = text.strip_prefix('@').unwrap_or_default();
    let plain = |it: u8| it.is_ascii_alphanumeric() || b"._-".contains(&it);
    match (1..40).contains(&name.len()) && name.bytes().all(plain) {
        true => Ok(text.to_owned()),
        false => Err("a basic id begins with @, such as @381sakur".into()),
    }
}

impl AttachLink {
    pub(crate) async fn run(&self, site: &Site) -> Result<Link, Failure> {
        let expires_at = site.now().plus(self.expires);
        let invitation = Invitation {
            expires_at: expires_at.seconds(),
            basic_id: self.basic_id.clone(),
        };
        let change = Change {
            bot: None,
            what: "attach-link".into(),
            about: self.basic_id.clone(),
            why: &self.why,
            count: 1,
        };
        let work = async {
            let text = sign(site, &invitation).await?;
            let url = format!("{}/?{PARAMETER}={text}", site.start_page()?);
            let basic_id = self.basic_id.clone();
            Ok(Link {
                url,
                basic_id,
                expires_at,
            })
        };
        let result = |link: &Link| format!("made; it runs out at {}", link.expires_at.0);
        audited(site, change, work, result).await
    }
}

async fn sign(site: &Site, invitation: &Invitation) -> Result<String, Failure> {
    let env = Env::from_map(site.variables().await?);
    let secret = site
        .ground()
        .secret(SecretPlace::from_env(&env)?, Timeouts::DEFAULT);
    let secrets = secret.get().await;
    let secrets = secrets.map_err(|error| Failure::Refused(error.to_string()))?;
    let none = || Failure::Refused("the channel's secret makes no key".into());
    invitation.sign(&secrets).ok_or_else(none)
}

impl Report for Link {
    fn print(&self, screen: &mut Screen) {
        screen.line(&self.url);
        let until = screen.time(self.expires_at);
        let whom = self.basic_id.as_deref().unwrap_or("any account");
        screen.line(&format!("It is for {whom}, and runs out at {until}."));
    }
}
