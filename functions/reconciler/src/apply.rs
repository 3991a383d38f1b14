//! Carrying out the plan: many accounts side by side, each judged again on its
//! row as it is now.

use futures::StreamExt as _;
use shared::domain::{BotId, Timestamp};
use shared::line::error::LineErrorKind;
use shared::store::{BotRow, Changed, WalkRow};

use crate::again::again;
use crate::plan::{Seen, Step, enter};
use crate::tell::Teller;
use crate::{App, Failure};

/// Maximum number of accounts under way at once.
const SIDE_BY_SIDE: usize = 32;

/// Carries out the steps, counts them in `walk`, and queues what the module is
/// to hear.
pub(crate) async fn apply(
    app: &App,
    steps: Vec<(BotId, Step)>,
    began: Timestamp,
    walk: &mut WalkRow,
) -> Result<(), Failure> {
    let asks = steps.iter().filter(|(_, step)| *step == Step::Ask);
    walk.asked = asks.count();
    let mut teller = Teller::new(app);
    let under_way = steps
        .into_iter()
        .map(|(bot, step)| carry_out(app, bot, step, began));
    let mut done = futures::stream::iter(under_way).buffer_unordered(SIDE_BY_SIDE);
    while let Some(done) = done.next().await {
        let Some((bot, changed)) = done? else {
            continue;
        };
        count(walk, &changed);
        // What was open before was queued when the rows were read.
        if changed.before.state.unreported() != changed.row.state.unreported() {
            teller.tell(&bot, &changed.row.state).await?;
        }
    }
    walk.queued += teller.end().await?;
    Ok(())
}

async fn carry_out(
    app: &App,
    bot: BotId,
    step: Step,
    began: Timestamp,
) -> Result<Option<(BotId, Changed)>, Failure> {
    let seen = match step {
        Step::Enter(seen) => seen,
        Step::Ask if is_refused(app, &bot).await => Seen::Refused,
        Step::Ask => return Ok(None),
    };
    let change = || app.store.change_bot(&bot, |row| enter(row, &seen, began));
    let changed = again(app, change).await?;
    Ok(Some((bot, changed)))
}

/// Whether LINE surely does not take us for attached. In doubt it does.
async fn is_refused(app: &App, bot: &BotId) -> bool {
    use LineErrorKind::{Forbidden, Invalid, NotFound};
    let client = app.line.bot(bot);
    match again(app, || client.info()).await {
        Ok(_) => {
            tracing::warn!(%bot, "an account is missing in LINE's list, and LINE gives its info");
            false
        }
        Err(error) => matches!(error.kind, Forbidden | NotFound | Invalid),
    }
}

fn count(walk: &mut WalkRow, Changed { before, row }: &Changed) {
    let (old, new) = (&before.state, &row.state);
    let detached = old.detached_at != new.detached_at;
    let mark = old.missing_since != new.missing_since;
    let (old_names, new_names) = (names(before), names(row));
    walk.attached += usize::from(old.attached_at != new.attached_at);
    walk.detached += usize::from(detached);
    walk.marked += usize::from(mark && new.missing_since.is_some());
    walk.unmarked += usize::from(mark && new.missing_since.is_none() && !detached);
    walk.named += usize::from(old_names != new_names);
    walk.writes += usize::from(before != row);
}

fn names(row: &BotRow) -> (Option<&str>, Option<&str>) {
    (row.display_name.as_deref(), row.basic_id.as_deref())
}
