//! The accounts: whether any is attached, what they have not granted, and who is kept silent.

use std::collections::BTreeMap;

use shared::domain::{Attachment, BotId, BotState, Entitlement, Scope, Scopes};
use shared::store::StoreError;

use crate::doctor::finding::{Finding, counted};
use crate::failure::Failure;
use crate::output::Progress;
use crate::site::Site;

const CHECK: &str = "accounts";

/// What was counted of all accounts.
#[derive(Debug, Default)]
pub(super) struct Accounts {
    attached: u64,
    suspended: u64,
    paused: u64,
    not_entitled: u64,
    /// How many have not granted a scope that the channel asks for.
    lacking: BTreeMap<String, u64>,
    one_attached: Option<BotId>,
}

impl Accounts {
    /// # Errors
    /// [`Failure`]: not all could be read.
    pub(super) async fn read(site: &Site) -> Result<Self, Failure> {
        let asked: Vec<Scope> = site
            .parameter("LineScopes", "LINE_SCOPES")
            .unwrap_or_default()
            .split_whitespace()
            .map(Scope::new)
            .collect();
        let progress = Progress::of("accounts read");
        let (mut counts, mut from) = (Self::default(), None);
        loop {
            let page = site.store.bots(from.as_ref()).await?;
            progress.add(page.rows.len());
            for (bot, row) in page.rows {
                counts.add(site, bot, &row.state, &asked);
            }
            from = page.next;
            if from.is_none() {
                return Ok(counts);
            }
        }
    }

    fn add(&mut self, site: &Site, bot: BotId, state: &BotState, asked: &[Scope]) {
        if state.attachment() != Attachment::Attached {
            return;
        }
        self.attached += 1;
        self.suspended += u64::from(state.is_suspended());
        self.paused += u64::from(state.pause.is_some());
        self.not_entitled += u64::from(match state.entitlement() {
            Entitlement::Yes => false,
            Entitlement::No => true,
            Entitlement::Until(end) => end <= site.now(),
        });
        let granted = state.scopes();
        if *granted != Scopes::Unknown {
            for scope in asked.iter().filter(|it| !granted.may(it.as_str())) {
                *self.lacking.entry(scope.as_str().to_owned()).or_default() += 1;
            }
        }
        if !state.is_suspended() {
            self.one_attached.get_or_insert(bot);
        }
    }

    /// One of those that LINE can be asked for.
    pub(super) fn one_attached(&self) -> Option<&BotId> {
        self.one_attached.as_ref()
    }
}

pub(super) async fn check(site: &Site, accounts: Result<Accounts, Failure>) -> Vec<Finding> {
    let mut findings = match accounts {
        Ok(accounts) => of(site, &accounts),
        Err(Failure::Store(error)) => vec![unread(&error)],
        Err(failure) => vec![Finding::unchecked(CHECK, failure.to_string())],
    };
    findings.extend(Finding::or_unchecked("pause", pause(site).await));
    findings
}

fn of(site: &Site, accounts: &Accounts) -> Vec<Finding> {
    let Accounts {
        attached,
        suspended,
        ..
    } = accounts;
    let mut findings = vec![match attached {
        0 => Finding::look(
            CHECK,
            "no account is attached",
            "no event comes",
            format!("link one: {}", site.start_page().unwrap_or_default()),
        ),
        _ => Finding::good(
            CHECK,
            format!(
                "{} attached, {suspended} of them suspended by LINE",
                counted(*attached, "account")
            ),
        ),
    }];
    for (scope, count) in &accounts.lacking {
        findings.push(Finding::look(
            "scopes",
            format!("{count} of {attached} attached have not granted {scope}"),
            "what needs it is not called for them",
            format!(
                "{}; their admins grant it by linking again",
                site.command(&format!("bots --lacking {scope}"))
            ),
        ));
    }
    let silent = [
        (accounts.paused, "paused by an operator", "resume BOT"),
        (
            accounts.not_entitled,
            "not entitled, as billing says",
            "entitle BOT yes",
        ),
    ];
    for (count, what, remedy) in silent.into_iter().filter(|it| it.0 > 0) {
        findings.push(Finding::look(
            CHECK,
            format!("{} attached and {what}", counted(count, "account")),
            "nothing is sent for them",
            site.command(remedy),
        ));
    }
    findings
}

/// A row of a newer release waits for a worker of that release.
fn unread(error: &StoreError) -> Finding {
    match error {
        StoreError::Newer { .. } => Finding::wrong(
            "rows",
            error.to_string(),
            "the functions of this release leave what it is about alone until the newer one is back",
            "deploy the newer release again; run modctl of that release",
        ),
        StoreError::Malformed { .. } => Finding::wrong(
            "rows",
            error.to_string(),
            "what the row is about is parked or not done",
            "docs/runbook.md, ParkedEventsAlarm",
        ),
        _ => Finding::unchecked(CHECK, error.to_string()),
    }
}

async fn pause(site: &Site) -> Result<Vec<Finding>, Failure> {
    let pause = site.store.pause(None).await?;
    Ok(pause
        .map(|pause| {
            Finding::wrong(
                "pause",
                format!(
                    "the whole channel is paused by {}: {}",
                    pause.by, pause.reason
                ),
                "nothing is sent for any account",
                site.command("resume"),
            )
        })
        .into_iter()
        .collect())
}
