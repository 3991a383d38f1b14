//! `set`: a setting of the module's, for one account.

use clap::Args;
use serde::Serialize;
use serde_json::{Value, json};
use shared::domain::BotId;

use crate::failure::Failure;
use crate::mend::audited::{Change, Why, audited};
use crate::output::{Report, Screen};
use crate::site::{Called, Site};

/// The worker checks the value against what its module can be set to. A key that does not exist is
/// answered with those that do.
#[derive(Args)]
pub(crate) struct Set {
    /// The account: its bot id, or its basic id.
    account: String,
    /// The setting's key.
    key: String,
    /// Its value: a text as it is, a number, true or false.
    #[arg(allow_hyphen_values = true)]
    value: String,
    #[command(flatten)]
    why: Why,
}

/// All settings of the account as they are now.
#[derive(Debug, Serialize)]
pub(crate) struct Now {
    bot: BotId,
    key: String,
    settings: Value,
}

impl Set {
    pub(crate) async fn run(&self, site: &Site) -> Result<Now, Failure> {
        // On this machine there is nobody to tell why.
        if site.deployed().is_some() {
            self.why.required()?;
        }
        let bot = site.account(&self.account).await?;
        let change = Change {
            bot: Some(&bot),
            what: "set".into(),
            about: Some(format!("{} = {}", self.key, self.value)),
            why: &self.why,
            count: 1,
        };
        let work = self.write(site, &bot);
        let settings = audited(site, change, work, |_| "set".into()).await?;
        Ok(Now {
            bot,
            key: self.key.clone(),
            settings,
        })
    }

    async fn write(&self, site: &Site, bot: &BotId) -> Result<Value, Failure> {
        let values = json!({ &self.key: self.value });
        let asked = json!({ "set": { "bot": bot, "values": values } });
        let answer = site.invoke(Called::Worker, &asked).await?;
        match (answer.get("set"), answer["failure"]["reason"].as_str()) {
            (Some(settings), _) => Ok(settings.clone()),
            (None, Some(reason)) => Err(Failure::Refused(reason.to_owned())),
            (None, None) => Err(Failure::Refused(
                "the worker does not know how: deploy it with this release".into(),
            )),
        }
    }
}

impl Report for Now {
    fn print(&self, screen: &mut Screen) {
        let value = &self.settings[&self.key];
        screen.line(&format!("{} of {} is {value} now.", self.key, self.bot));
    }
}
