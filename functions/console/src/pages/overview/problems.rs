//! What went wrong lately, in words, and what to do.

use std::collections::BTreeMap;
use std::time::Duration;

use shared::domain::ledger::ParkKind;
use shared::domain::usage::Counts;
use shared::domain::{State, Timestamp};
use shared::pages::scope;
use shared::store::{LedgerKey, ParkedKeyOf, StoreError};

use super::denied;
use crate::App;
use crate::guard::Admin;
use crate::route::Page;

/// How far back "lately" goes.
const LATELY: Duration = Duration::from_secs(7 * 24 * 3600);
/// Pages of the index that are looked through, of all accounts together.
const MOST_PAGES: usize = 10;
/// Parked events that are looked at.
const MOST_EVENTS: usize = 100;

/// Something that went wrong.
pub(super) struct Problem {
    pub(super) text: String,
    pub(super) remedy: String,
    /// Where it can be mended or seen, and what that is called.
    pub(super) link: Option<(String, String)>,
}

/// What went wrong lately: with what is parked, and by what was counted this month.
pub(super) fn of(
    admin: &Admin<'_>,
    parked: BTreeMap<&'static str, usize>,
    used: &Counts,
) -> Vec<Problem> {
    let texts = admin.texts;
    let mut problems: Vec<_> = parked
        .into_iter()
        .map(|(kind, count)| Problem {
            text: texts.with(&format!("problem-{kind}"), "count", count),
            remedy: texts.get(&format!("problem-{kind}-remedy")),
            link: None,
        })
        .collect();
    if used.unknown > 0 {
        problems.push(Problem {
            text: texts.with("problem-unknown", "count", used.unknown),
            remedy: texts.get("problem-unknown-remedy"),
            link: None,
        });
    }
    for name in denied(&admin.row.state, admin.now) {
        problems.push(Problem {
            text: texts.with("problem-denied", "permission", scope(texts, name.as_str())),
            remedy: texts.get("problem-denied-remedy"),
            link: Some((
                texts.get("nav-permissions"),
                Page::Permissions.path(&admin.bot),
            )),
        });
    }
    problems
}

/// How many of the account's events were parked lately, by what a shop owner makes of it.
pub(super) async fn parked<M>(
    app: &App<M>,
    admin: &Admin<'_>,
) -> Result<BTreeMap<&'static str, usize>, StoreError> {
    let since = admin.now.minus(LATELY);
    let events = app
        .store
        .events(&keys(app, admin, since).await?, admin.now)
        .await?;
    let mut counts = BTreeMap::new();
    for entry in events.into_iter().filter_map(|event| event.entry) {
        if let State::Parked(parked) = entry.state {
            *counts.entry(of_kind(parked.kind)).or_default() += 1;
        }
    }
    Ok(counts)
}

async fn keys<M>(
    app: &App<M>,
    admin: &Admin<'_>,
    since: Timestamp,
) -> Result<Vec<LedgerKey>, StoreError> {
    let (mut keys, mut from) = (Vec::new(), None);
    for _ in 0..MOST_PAGES {
        let page = app.store.parked_keys(since, from.as_ref()).await?;
        let own = page.rows.into_iter().filter_map(|row| match row.what {
            ParkedKeyOf::Event(key) => Some(key).filter(|key| key.bot == admin.bot),
            _ => None,
        });
        keys.extend(own);
        from = page.next;
        if from.is_none() || keys.len() >= MOST_EVENTS {
            break;
        }
    }
    keys.truncate(MOST_EVENTS);
    Ok(keys)
}

fn of_kind(kind: ParkKind) -> &'static str {
    match kind {
        ParkKind::RefusedByLine => "refused",
        ParkKind::ReplyExpired | ParkKind::RetriesOver | ParkKind::TooOld => "late",
        ParkKind::ModuleFailed
        | ParkKind::ByModule
        | ParkKind::Vanished
        | ParkKind::Unreadable
        | ParkKind::Unknown => "fault",
    }
}
