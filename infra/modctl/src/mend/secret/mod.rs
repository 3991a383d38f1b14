//! `secret`: the channel's secret in Secrets Manager, and the keys beside it. No value is ever
//! an argument or printed.

mod document;
mod member;

use std::io::IsTerminal as _;

use clap::Subcommand;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;
use shared::domain::Timestamp;

use crate::failure::{Failure, Policy};
use crate::mend::audited::{Change, Why, audited};
use crate::output::{Report, Screen, Tone};
use crate::site::Site;

use document::Place;
use member::Member;

#[derive(Subcommand)]
pub(crate) enum Secret {
    /// Shows which members are set and when the secret was changed, never a value. (OperatorPolicy)
    Status,
    /// Sets a member, whose value is read from the standard input. (OperatorPolicy)
    Put {
        /// Which one.
        member: Member,
        /// Take a value that does not look like one.
        #[arg(long)]
        unchecked: bool,
        #[command(flatten)]
        why: Why,
    },
    /// Sets a new value from the standard input; the one before stays accepted as the previous. (OperatorPolicy)
    Rotate {
        /// Which one: channel-secret or inbox-key.
        member: Member,
        /// Take a value that does not look like one.
        #[arg(long)]
        unchecked: bool,
        #[command(flatten)]
        why: Why,
    },
    /// Takes a member away: previous-channel-secret, previous-inbox-key or assertion-key. (OperatorPolicy)
    Clear {
        /// Which one.
        member: Member,
        #[command(flatten)]
        why: Why,
    },
    /// Asks LINE for a token with it. (OperatorPolicy)
    Verify,
}

/// What is set.
#[derive(Debug, Serialize)]
struct Status {
    /// Each member's name, and whether it is set.
    members: Vec<(&'static str, bool)>,
    /// When any of it was changed last; none before the first value.
    changed_at: Option<Timestamp>,
}

/// What was written, by its name.
#[derive(Debug, Serialize)]
struct Written {
    member: &'static str,
    /// Whether the value before is kept as the previous one.
    keeps_previous: bool,
}

/// What was taken away, by its name.
#[derive(Debug, Serialize)]
struct Cleared {
    member: &'static str,
    was_set: bool,
}

/// LINE takes it.
#[derive(Debug, Serialize)]
struct Verified {
    channel_id: String,
}

impl Secret {
    pub(crate) async fn run(self, site: &Site, screen: &mut Screen) -> Result<(), Failure> {
        match self {
            Self::Status => screen.show(&status(site).await?),
            Self::Put {
                member,
                unchecked,
                why,
            } => {
                let value = from_stdin(member, unchecked)?;
                screen.show(&put(site, member, value, &why).await?)
            }
            Self::Rotate {
                member,
                unchecked,
                why,
            } => {
                let previous = member.previous()?;
                let value = from_stdin(member, unchecked)?;
                screen.show(&rotate(site, (member, previous), value, &why).await?)
            }
            Self::Clear { member, why } => {
                member.check_clearable()?;
                screen.show(&clear(site, member, &why).await?)
            }
            Self::Verify => screen.show(&verify(site).await?),
        }
    }
}

async fn status(site: &Site) -> Result<Status, Failure> {
    let place = Place::of(site)?;
    let document = place.read().await?.unwrap_or_default();
    let members = Member::ALL.into_iter();
    let members = members.map(|it| (it.name(), document.has(it))).collect();
    let changed_at = place.changed_at().await?;
    Ok(Status {
        members,
        changed_at,
    })
}

/// What a member looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    Absent,
    Good,
    /// Why it does not look like one; it never shows the value.
    Odd(&'static str),
}

/// Each member by its name, and what it looks like.
///
/// # Errors
/// [`Failure::Unwell`]: the secret is no JSON with members; else it cannot be read.
pub(crate) async fn shapes(site: &Site) -> Result<Vec<(&'static str, Shape)>, Failure> {
    let document = Place::of(site)?.read().await?.unwrap_or_default();
    let members = Member::ALL.into_iter();
    Ok(members.map(|it| (it.name(), document.shape(it))).collect())
}

async fn put(
    site: &Site,
    member: Member,
    value: SecretString,
    why: &Why,
) -> Result<Written, Failure> {
    let place = Place::of(site)?;
    let written = Written {
        member: member.name(),
        keeps_previous: false,
    };
    let work = async {
        let mut document = place.read().await?.unwrap_or_default();
        document.set(member, &value)?;
        place.write(&document).await?;
        Ok(written)
    };
    audited(site, change("secret put", member, why), work, |_| {
        "it is written".into()
    })
    .await
}

async fn clear(site: &Site, member: Member, why: &Why) -> Result<Cleared, Failure> {
    let place = Place::of(site)?;
    let work = async {
        let mut document = place.read().await?.unwrap_or_default();
        let was_set = document.clear(member);
        if was_set {
            place.write(&document).await?;
        }
        let member = member.name();
        Ok(Cleared { member, was_set })
    };
    let result = |cleared: &Cleared| match cleared.was_set {
        true => "it is taken away".into(),
        false => "it was not set".into(),
    };
    audited(site, change("secret clear", member, why), work, result).await
}

async fn rotate(
    site: &Site,
    (member, previous): (Member, Member),
    value: SecretString,
    why: &Why,
) -> Result<Written, Failure> {
    let place = Place::of(site)?;
    let work = async {
        let mut document = place.read().await?.unwrap_or_default();
        let keeps_previous = document.rotate(member, previous, &value)?;
        place.write(&document).await?;
        let member = member.name();
        Ok(Written {
            member,
            keeps_previous,
        })
    };
    let change = change("secret rotate", member, why);
    audited(site, change, work, |_| "it is written".into()).await
}

fn change<'a>(what: &str, member: Member, why: &'a Why) -> Change<'a> {
    Change {
        bot: None,
        what: what.to_owned(),
        about: Some(member.name().to_owned()),
        why,
        count: 1,
    }
}

async fn verify(site: &Site) -> Result<Verified, Failure> {
    let line = site.line().await?;
    let asked = line.ready().await;
    asked.map_err(|error| {
        Failure::Unwell(format!(
            "LINE gives no token with the channel's secret: {error}"
        ))
    })?;
    let variables = site.variables().await?;
    let channel_id = variables.get("LINE_CHANNEL_ID").cloned();
    Ok(Verified {
        channel_id: channel_id.unwrap_or_default(),
    })
}

/// The value, without what an editor or `echo` puts behind it.
fn from_stdin(member: Member, unchecked: bool) -> Result<SecretString, Failure> {
    let name = member.name();
    if std::io::stdin().is_terminal() {
        return Err(Failure::Refused(format!(
            "{name} is read from the standard input, where nobody sees it: modctl secret … < FILE, or from a password manager's command with |"
        )));
    }
    let text = std::io::read_to_string(std::io::stdin());
    let text = text.map_err(|error| Failure::Refused(format!("the standard input: {error}")))?;
    let value = SecretString::from(text.trim());
    match member.check(value.expose_secret()) {
        Err(reason) if !unchecked => Err(Failure::Refused(format!(
            "nothing is written: the input is no {name}: {reason}; --unchecked takes it all the same"
        ))),
        _ if value.expose_secret().is_empty() => Err(Failure::Refused(
            "nothing is written: the input is empty".into(),
        )),
        _ => Ok(value),
    }
}

fn failed(doing: &str, error: &dyn std::error::Error) -> Failure {
    Failure::of_aws(doing, Policy::Operator, error)
}

impl Report for Status {
    fn print(&self, screen: &mut Screen) {
        for (name, is_set) in &self.members {
            let word = match is_set {
                true => screen.toned("set", Tone::Good),
                false => "not set".to_owned(),
            };
            screen.field(name, &word);
        }
        let changed = self.changed_at.map(|at| screen.time(at));
        screen.field("changed", changed.as_deref().unwrap_or("never"));
    }
}

impl Report for Written {
    fn print(&self, screen: &mut Screen) {
        let kept = match self.keeps_previous {
            true => " The one before is still accepted, as the previous one.",
            false => "",
        };
        screen.line(&format!("{} is set.{kept}", self.member));
        screen.line("Functions that run read it when one does not fit, at most once a minute.");
    }
}

impl Report for Cleared {
    fn print(&self, screen: &mut Screen) {
        screen.line(&match self.was_set {
            true => format!("{} is taken away.", self.member),
            false => format!("{} was not set.", self.member),
        });
        screen.line("Functions that run accept it until Lambda replaces them.");
    }
}

impl Report for Verified {
    fn print(&self, screen: &mut Screen) {
        let text = screen.toned("LINE gives a token", Tone::Good);
        screen.line(&format!("{text} for the channel {}.", self.channel_id));
    }
}
