//! A change with the row that tells who makes it and why: nothing is changed without that row.

use clap::Args;
use shared::domain::BotId;
use shared::random::Random;
use shared::store::{AuditKey, AuditRow};

use crate::failure::Failure;
use crate::site::Site;

/// Why something is changed.
#[derive(Debug, Clone, Args)]
pub(crate) struct Why {
    /// Why you do it. It is kept with your name: `modctl audit` lists it.
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<String>,
}

impl Why {
    /// The reason, where there must be one.
    ///
    /// # Errors
    /// [`Failure::Refused`] if there is none.
    pub(crate) fn required(&self) -> Result<&str, Failure> {
        let reason = self.reason.as_deref().map(str::trim);
        reason.filter(|it| !it.is_empty()).ok_or_else(|| {
            Failure::Refused("say why with --reason TEXT: it is kept with your name".into())
        })
    }
}

/// A change that is about to be made.
#[derive(Debug, Clone)]
pub(crate) struct Change<'a> {
    /// The account, if it is about one alone.
    pub(crate) bot: Option<&'a BotId>,
    /// The command, without its secrets.
    pub(crate) what: String,
    /// A chat, an event, a selection.
    pub(crate) about: Option<String>,
    pub(crate) why: &'a Why,
    /// How many rows, events or accounts it is to touch.
    pub(crate) count: usize,
}

/// Makes a change: its row is written before, and `result` of what it has come to after. Where
/// the change is interrupted, its row stays without a result.
///
/// # Errors
/// The row cannot be written, and nothing was changed; or the change's own failure.
pub(crate) async fn audited<T>(
    site: &Site,
    change: Change<'_>,
    work: impl Future<Output = Result<T, Failure>>,
    result: impl FnOnce(&T) -> String,
) -> Result<T, Failure> {
    let at = site.now();
    let row = AuditRow {
        at,
        who: site.caller().await?,
        what: change.what,
        about: change.about,
        reason: change.why.reason.clone(),
        count: u64::try_from(change.count).unwrap_or(u64::MAX),
        ended_at: None,
        result: None,
        settings: Vec::new(),
    };
    let key = AuditKey::new(change.bot, at, &Random::system().alphanumeric(8));
    site.store.begin_audit(&key, &row).await?;
    let done = work.await;
    let words = match &done {
        Ok(done) => result(done),
        Err(failure) => format!("failed: {failure}"),
    };
    if let Err(error) = site.store.end_audit(&key, site.now(), &words).await {
        eprintln!("modctl: what it came to is not in the list of changes: {error}");
    }
    done
}
