//! `pause` and `resume`: the switch by which an account, or the whole channel, falls silent.

use clap::{Args, ValueEnum};
use serde::Serialize;
use shared::domain::service::{Pause as Paused, PauseMode};
use shared::domain::{BotId, Timestamp};

use crate::failure::Failure;
use crate::mend::audited::{Change, Why, audited};
use crate::mend::confirm::Sure;
use crate::output::{Report, Screen};
use crate::site::Site;

#[derive(Args)]
pub(crate) struct Pause {
    #[command(flatten)]
    of: Whose,
    /// What becomes of the events meanwhile.
    #[arg(long, value_enum, default_value = "wait")]
    events: Events,
    #[command(flatten)]
    sure: Sure,
    #[command(flatten)]
    why: Why,
}

#[derive(Args)]
pub(crate) struct Resume {
    #[command(flatten)]
    of: Whose,
    #[command(flatten)]
    why: Why,
}

#[derive(Args)]
#[group(required = true, multiple = false)]
struct Whose {
    /// One account: its bot id, or its basic id.
    account: Option<String>,
    /// The whole channel.
    #[arg(long)]
    all: bool,
}

/// What becomes of events while an account is paused.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Events {
    /// They wait, and are handled in order afterwards: for minutes or hours.
    Wait,
    /// They are recorded and not answered: for longer.
    Record,
}

impl From<Events> for PauseMode {
    fn from(events: Events) -> Self {
        match events {
            Events::Wait => Self::Wait,
            Events::Record => Self::Record,
        }
    }
}

/// Whether it is paused now.
#[derive(Debug, Serialize)]
pub(crate) struct Switched {
    /// Absent for the whole channel.
    bot: Option<BotId>,
    is_paused: bool,
    /// What becomes of events, while it is paused.
    events: Option<PauseMode>,
    since: Option<Timestamp>,
}

impl Whose {
    async fn bot(&self, site: &Site) -> Result<Option<BotId>, Failure> {
        match &self.account {
            Some(named) => Ok(Some(site.account(named).await?)),
            None => Ok(None),
        }
    }
}

impl Pause {
    pub(crate) async fn run(&self, site: &Site) -> Result<Switched, Failure> {
        let reason = self.why.required()?.to_owned();
        let bot = self.of.bot(site).await?;
        if bot.is_none() {
            let question = "Every account of the channel falls silent within 20 seconds. Go on?";
            self.sure.asked(question)?;
        }
        let pause = Paused {
            how: self.events.into(),
            since: site.now(),
            by: site.caller().await?,
            reason,
        };
        switch(site, bot, Some(pause), &self.why).await
    }
}

impl Resume {
    pub(crate) async fn run(&self, site: &Site) -> Result<Switched, Failure> {
        let bot = self.of.bot(site).await?;
        let paused = site.store.pause(bot.as_ref()).await?;
        if paused.is_none() {
            return Err(Failure::Refused("it is not paused".into()));
        }
        switch(site, bot, None, &self.why).await
    }
}

async fn switch(
    site: &Site,
    bot: Option<BotId>,
    pause: Option<Paused>,
    why: &Why,
) -> Result<Switched, Failure> {
    let what = if pause.is_some() { "pause" } else { "resume" };
    let change = Change {
        bot: bot.as_ref(),
        what: what.into(),
        about: bot.is_none().then(|| "the whole channel".into()),
        why,
        count: 1,
    };
    let write = async {
        let written = site.store.set_pause(bot.as_ref(), pause.clone()).await?;
        match written {
            true => Ok(()),
            false => Err(Failure::NotFound("the account is not known".into())),
        }
    };
    audited(site, change, write, |()| format!("{what}d")).await?;
    Ok(Switched {
        is_paused: pause.is_some(),
        events: pause.as_ref().map(|pause| pause.how),
        since: pause.as_ref().map(|pause| pause.since),
        bot,
    })
}

impl Report for Switched {
    fn print(&self, screen: &mut Screen) {
        let whose = match &self.bot {
            Some(bot) => format!("Account {bot}"),
            None => "The whole channel".into(),
        };
        screen.line(&match self.events {
            None => format!(
                "{whose} speaks again. Events that waited are handled within as long again as the \
                 pause has lasted, and within 25 minutes at most."
            ),
            Some(PauseMode::Wait) => format!("{whose} is paused: its events wait."),
            Some(PauseMode::Record) => {
                format!("{whose} is paused: its events are recorded, and not answered.")
            }
        });
    }
}
