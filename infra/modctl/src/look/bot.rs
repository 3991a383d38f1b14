//! `bot`: one account.

use std::collections::BTreeMap;

use clap::Args;
use serde::Serialize;
use shared::domain::{BotId, BotState, Entitlement, Scope, Scopes, Timestamp};
use shared::store::{ArmedDaily, BotRow};

use crate::failure::{Failure, Policy};
use crate::look::account::{Account, State};
use crate::look::chat::{Waiting, print_timers};
use crate::look::event::{Listed, print};
use crate::output::{Report, Screen, Tone};
use crate::site::Site;

/// Events of the account itself that are shown.
const EVENTS: usize = 5;

#[derive(Args)]
pub(crate) struct Bot {
    /// Its bot id, or its basic id, such as @demo.
    bot: String,
    /// Asks LINE for the month's quota, too. (OperatorPolicy: it takes the channel's secret)
    #[arg(long)]
    quota: bool,
}

/// What is known of it.
#[derive(Debug, Serialize)]
pub(crate) struct Found {
    #[serde(flatten)]
    account: Account,
    /// Scopes that LINE documents and the admin has not granted; absent if not known.
    not_granted: Option<Vec<&'static str>>,
    /// Scopes that LINE has refused a call for, by when it did last. It may have been granted
    /// since.
    refused: BTreeMap<String, Timestamp>,
    reported: Reported,
    /// The keys of what the account has set of the module.
    settings: Vec<String>,
    /// Its daily timers.
    dailies: BTreeMap<String, Daily>,
    menus: Vec<String>,
    audiences: Vec<String>,
    coupons: Vec<String>,
    /// Absent where it was not asked for.
    quota: Option<Quota>,
    /// Timers of the account itself.
    timers: Vec<Waiting>,
    /// Its own newest events: not those of its chats.
    events: Vec<Listed>,
}

/// What of its lifecycle was reported to the module.
#[derive(Debug, Serialize)]
struct Reported {
    attach: Option<Timestamp>,
    detach: Option<Timestamp>,
    /// Whether all is.
    is_all: bool,
}

#[derive(Debug, Serialize)]
struct Daily {
    /// Time and zone: `18:00 Asia/Tokyo`.
    at: String,
    due: Timestamp,
}

/// LINE's own numbers.
#[derive(Debug, Serialize)]
struct Quota {
    /// Absent if there is no limit.
    limit: Option<u64>,
    used: u64,
}

impl Bot {
    pub(crate) async fn run(&self, site: &Site) -> Result<Found, Failure> {
        let bot = site.account(&self.bot).await?;
        let row = site.store.bot(&bot).await?.unwrap_or_default();
        let quota = match self.quota {
            true => Some(quota(site, &bot).await?),
            false => None,
        };
        let timers = site.store.timers(&bot, None).await?.into_iter();
        let detached_at = row.state.detached_at;
        let newest = site.store.newest_events(&bot, None, EVENTS, site.now());
        let events = newest.await?.into_iter().map(Listed::of).collect();
        let timers = timers
            .map(|timer| Waiting::of(timer, detached_at))
            .collect();
        Ok(found(bot, row, quota, timers, events))
    }
}

fn found(
    bot: BotId,
    row: BotRow,
    quota: Option<Quota>,
    timers: Vec<Waiting>,
    events: Vec<Listed>,
) -> Found {
    let daily = |ArmedDaily { at, due, .. }| Daily { at, due };
    let denied = row.state.denied();
    Found {
        not_granted: not_granted(&row.state),
        refused: denied
            .map(|(scope, at)| (scope.as_str().to_owned(), at))
            .collect(),
        reported: Reported {
            attach: row.state.reported().0,
            detach: row.state.reported().1,
            is_all: row.state.unreported().is_none(),
        },
        account: Account::of(bot, &row),
        settings: row.settings.into_keys().collect(),
        dailies: row
            .dailies
            .into_iter()
            .map(|(name, it)| (name, daily(it)))
            .collect(),
        menus: row.menus.into_keys().collect(),
        audiences: row.audiences.into_keys().collect(),
        coupons: row.coupons.into_keys().collect(),
        quota,
        timers,
        events,
    }
}

fn not_granted(state: &BotState) -> Option<Vec<&'static str>> {
    let granted = state.scopes();
    let is_known = *granted != Scopes::Unknown;
    let missing = || {
        Scope::DOCUMENTED
            .into_iter()
            .filter(|scope| !granted.may(scope))
    };
    is_known.then(|| missing().collect())
}

async fn quota(site: &Site, bot: &BotId) -> Result<Quota, Failure> {
    let asked = site.line().await?.bot(bot).quota().await;
    let quota = asked.map_err(|error| {
        let reasons = shared::aws::reasons(&error);
        match reasons.contains("AccessDenied") {
            true => Failure::NotAllowed(format!(
                "ask LINE for the quota: you may not read the channel's secret; it takes the \
                 stack's {}: {reasons}",
                Policy::Operator
            )),
            false => Failure::Refused(format!("ask LINE for the quota: {reasons}")),
        }
    })?;
    Ok(Quota {
        limit: quota.limit,
        used: quota.used,
    })
}

impl Report for Found {
    fn print(&self, screen: &mut Screen) {
        let it = &self.account;
        let name = it.name.as_deref().unwrap_or("without a name");
        let basic_id = it.basic_id.as_deref().unwrap_or_default();
        screen.line(&format!("{} {name} {basic_id}", it.bot));
        let tone = match it.state {
            State::Attached => Tone::Good,
            State::Suspended | State::Detaching => Tone::Warning,
            State::Detached => Tone::Bad,
        };
        let state = screen.toned(it.state.name(), tone);
        screen.field("state", &state);
        self.print_service(screen);
        self.print_times(screen);
        self.print_scopes(screen);
        self.print_reported(screen);
        self.print_own(screen);
        print_timers(&self.timers, screen);
        screen.line("");
        print(
            &self.events,
            screen,
            "No event of the account itself is kept.",
        );
    }
}

impl Found {
    /// What keeps the account silent beside LINE.
    fn print_service(&self, screen: &mut Screen) {
        let it = &self.account;
        if let Some(pause) = &it.pause {
            let since = screen.time(pause.since);
            let text = format!("since {since} by {}: {}", pause.by, pause.reason);
            let text = screen.toned(&text, Tone::Warning);
            screen.field("paused", &text);
        }
        let entitled = match it.entitled {
            Entitlement::Yes => return,
            Entitlement::No => "no".to_owned(),
            Entitlement::Until(end) => format!("until {}", screen.time(end)),
        };
        screen.field("entitled", &entitled);
    }

    fn print_times(&self, screen: &mut Screen) {
        let it = &self.account;
        let times = [
            ("attached", it.attached_at),
            ("suspended", it.suspended_at),
            ("detached", it.detached_at),
            ("not in LINE's list", it.missing_since),
            ("erased", it.erased_at),
        ];
        for (name, at) in times {
            if let Some(at) = at {
                let at = screen.time(at);
                screen.field(name, &at);
            }
        }
    }

    fn print_scopes(&self, screen: &mut Screen) {
        let scopes = self.account.scopes.as_ref();
        let scopes = scopes.map_or_else(|| "not known".into(), |it| it.join(" "));
        screen.field("scopes granted", &scopes);
        if let Some(missing) = self.not_granted.as_ref().filter(|it| !it.is_empty()) {
            screen.field("scopes not granted", &missing.join(" "));
        }
        for (scope, at) in &self.refused {
            let at = screen.time(*at);
            let line = screen.toned(&format!("{scope}, last on {at}"), Tone::Warning);
            screen.field("refused by LINE", &line);
        }
    }

    fn print_reported(&self, screen: &mut Screen) {
        let time = |at: Option<Timestamp>| at.map(|at| screen.time(at));
        let reported = [
            ("attach", time(self.reported.attach)),
            ("detach", time(self.reported.detach)),
        ];
        let words = reported
            .into_iter()
            .filter_map(|(what, at)| Some(format!("{what} of {}", at?)));
        let mut words: Vec<_> = words.collect();
        if !self.reported.is_all {
            words.push("something is not reported yet".into());
        }
        if words.is_empty() {
            words.push("nothing".into());
        }
        screen.field("module was told of", &words.join(", "));
    }

    fn print_own(&self, screen: &mut Screen) {
        let named = [
            ("settings", &self.settings),
            ("rich menus", &self.menus),
            ("audiences", &self.audiences),
            ("coupons", &self.coupons),
        ];
        for (name, list) in named {
            if !list.is_empty() {
                screen.field(name, &list.join(" "));
            }
        }
        for (name, daily) in &self.dailies {
            let due = screen.time(daily.due);
            screen.field("every day", &format!("{name} at {}, next {due}", daily.at));
        }
        let quota = match &self.quota {
            None => "left out: --quota asks LINE for it".to_owned(),
            Some(Quota { limit: None, used }) => format!("{used} messages this month, no limit"),
            Some(Quota {
                limit: Some(limit),
                used,
            }) => {
                format!("{used} of {limit} messages this month")
            }
        };
        screen.field("quota", &quota);
    }
}
