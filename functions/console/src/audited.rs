//! Every change by an admin leaves a row that says who, when and what, written before it is made.

use std::fmt::Display;
use std::future::Future;

use shared::metrics::Metric;
use shared::store::{AuditKey, AuditRow, SettingChange};

use crate::App;
use crate::guard::{Admin, Refusal};

/// What is about to be changed.
pub(crate) struct Change {
    /// In words: `settings`, `chat acquire`.
    pub(crate) what: &'static str,
    /// To what; none where `what` says it all.
    pub(crate) about: Option<String>,
    pub(crate) settings: Vec<SettingChange>,
}

impl Change {
    /// A change to a chat, or to the account.
    pub(crate) fn of(what: &'static str, about: Option<String>) -> Self {
        Self {
            what,
            about,
            settings: Vec::new(),
        }
    }
}

/// What a change came to that was made.
pub(crate) const DONE: &str = "done";

/// Does `work` between the two halves of its row.
///
/// # Errors
/// The row could not be written: nothing is done.
pub(crate) async fn audited<M, T, E: Display>(
    app: &App<M>,
    admin: &Admin<'_>,
    change: Change,
    work: impl Future<Output = Result<T, E>>,
) -> Result<Result<T, E>, Refusal> {
    let row = row(admin, change);
    let key = AuditKey::new(Some(&admin.bot), admin.now, &app.random.alphanumeric(8));
    app.store.begin_audit(&key, &row).await?;
    let done = work.await;
    let result = match &done {
        Ok(_) => DONE.to_owned(),
        Err(error) => format!("not done: {error}"),
    };
    app.metrics.count(Metric::ConsoleChanges);
    if let Err(error) = app.store.end_audit(&key, app.now(), &result).await {
        tracing::warn!(%error, "what a change came to could not be written down");
    }
    Ok(done)
}

fn row(admin: &Admin<'_>, change: Change) -> AuditRow {
    AuditRow {
        at: admin.now,
        who: admin.who.clone(),
        what: change.what.to_owned(),
        about: change.about,
        reason: None,
        count: 1,
        ended_at: None,
        result: None,
        settings: change.settings,
    }
}
