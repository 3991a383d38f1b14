//! One run: the lease, LINE's list, the rows, the changes.

use std::time::Duration;

use aws_smithy_async::future::timeout::Timeout;
use aws_smithy_async::rt::sleep::AsyncSleep as _;
use shared::domain::{BotId, Timestamp};
use shared::metrics::Metric;
use shared::store::WalkRow;

use crate::again::again;
use crate::apply::apply;
use crate::parked::end_parked;
use crate::plan::{Planner, Step};
use crate::profiles::end_profiles;
use crate::tell::Teller;
use crate::walk::walk;
use crate::withheld::Withheld;
use crate::{App, Failure, TIMEOUT};

/// Work stops this long before Lambda would stop it, so that what became of it
/// can be kept, and the lease given back.
const BEFORE_DEADLINE: Duration = Duration::from_secs(15);

/// Reconciles once; `deadline` is Lambda's. Tells what was done.
///
/// # Errors
/// Why it was not all done. What was done is in the table's row of the walk.
pub async fn handle(app: &App, deadline: Timestamp) -> Result<WalkRow, Failure> {
    let result = run(app, deadline).await;
    match &result {
        Ok(walk) => tracing::info!(?walk, "the reconciler is done"),
        Err(Failure::TooMany(stopped)) => {
            tracing::error!(
                ?stopped,
                "the reconciler has stopped: too many accounts would go"
            );
        }
        Err(failure) => tracing::error!(%failure, "the reconciler has failed"),
    }
    measure(app, &result);
    result
}

fn measure(app: &App, result: &Result<WalkRow, Failure>) {
    let metrics = &app.metrics;
    metrics.count(Metric::ReconcilerRuns);
    match result {
        Ok(walk) => {
            metrics.add(Metric::AccountsListed, walk.listed);
            metrics.add(Metric::AccountsKnown, walk.known);
            metrics.add(Metric::AccountsAttached, walk.attached);
            metrics.add(Metric::AccountsDetached, walk.detached);
            metrics.add(Metric::AccountsMissing, walk.marked);
        }
        Err(Failure::TooMany(_)) => metrics.count(Metric::ReconcilerStopped),
        Err(_) => metrics.count(Metric::ReconcilerFailed),
    }
    metrics.flush();
}

async fn run(app: &App, deadline: Timestamp) -> Result<WalkRow, Failure> {
    let holder = app.random.alphanumeric(12);
    hold(app, &holder, Failure::AnotherAtWork).await?;
    let end = deadline.minus(BEFORE_DEADLINE);
    let left = end.since(app.now());
    let mut done = WalkRow::default();
    let work = reconcile(app, (&holder, end), &mut done);
    let result = match Timeout::new(work, app.sleep.sleep(left)).await {
        Ok(result) => result,
        Err(_) => Err(Failure::TimeUp),
    };
    done.ended_at = app.now();
    done.failure = result.as_ref().err().map(ToString::to_string);
    leave(app, &holder, &done).await;
    result.map(|()| done)
}

/// Takes the lease, or makes sure that it is still ours.
async fn hold(app: &App, holder: &str, otherwise: Failure) -> Result<(), Failure> {
    let take = || app.store.take_lease(holder, app.now(), TIMEOUT);
    match again(app, take).await? {
        true => Ok(()),
        false => Err(otherwise),
    }
}

/// The accounts, and data whose time is over. What of one fails does not hold up the other.
async fn reconcile(
    app: &App,
    (holder, end): (&str, Timestamp),
    done: &mut WalkRow,
) -> Result<(), Failure> {
    let parked = end_parked(app).await;
    let accounts = reconcile_accounts(app, holder, done).await;
    // It takes longest: the accounts do not wait for it.
    let profiles = end_profiles(app, end).await;
    accounts?;
    Ok(parked.and(profiles)?)
}

async fn reconcile_accounts(app: &App, holder: &str, done: &mut WalkRow) -> Result<(), Failure> {
    let mut planner = walk(app).await.map(Planner::new);
    // Unreported changes are queued again without waiting for LINE's list.
    read_rows(app, planner.as_mut().ok(), done).await?;
    let planner = planner?;
    let began = planner.began();
    done.began_at = Some(began);
    done.listed = planner.listed();
    let steps = decide(app, planner, done).await?;
    hold(app, holder, Failure::LeaseLost).await?;
    apply(app, steps, began, done).await
}

/// Reads every account's row, once: for the plan, and for what is open.
async fn read_rows(
    app: &App,
    mut planner: Option<&mut Planner>,
    done: &mut WalkRow,
) -> Result<(), Failure> {
    let mut teller = Teller::new(app);
    let mut withheld = Withheld::begin(app).await;
    let mut from = None;
    loop {
        let page = again(app, || app.store.bots(from.as_ref())).await?;
        done.known += page.rows.len();
        for (bot, row) in page.rows {
            teller.tell(&bot, &row.state).await?;
            withheld.add(&row.state);
            if let Some(planner) = &mut planner {
                planner.row(bot, &row);
            }
        }
        from = page.next;
        if from.is_none() {
            withheld.measure(app);
            done.queued += teller.end().await?;
            return Ok(());
        }
    }
}

/// What is to be done, or that too many would go. An approval ends with the first
/// list in which other accounts are missing than it was given for.
async fn decide(
    app: &App,
    planner: Planner,
    done: &mut WalkRow,
) -> Result<Vec<(BotId, Step)>, Failure> {
    let approval = again(app, || app.store.approval()).await?;
    if let Some(approval) = approval.as_deref().filter(|a| *a != planner.fingerprint()) {
        again(app, || app.store.end_approval(approval)).await?;
    }
    planner.plan(approval.as_deref()).map_err(|stopped| {
        done.stopped = Some(stopped.clone());
        Failure::TooMany(stopped)
    })
}

/// Where this fails, the lease ends by itself before the next run.
async fn leave(app: &App, holder: &str, done: &WalkRow) {
    if let Err(error) = app.store.keep_walk(done).await {
        tracing::warn!(%error, "what the walk came to could not be kept");
    }
    if let Err(error) = app.store.give_back_lease(holder).await {
        tracing::warn!(%error, "the lease could not be given back");
    }
}
