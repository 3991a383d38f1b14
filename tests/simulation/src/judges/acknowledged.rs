//! A message is acknowledged when each of its events is settled: done or parked in the table.

use crate::message::Says;
use crate::rows::row;
use crate::world::World;

/// A worker acknowledges these messages.
pub(crate) fn judge(world: &World, who: usize, messages: &[Says]) {
    for says in messages.iter().filter(|says| says.replay.is_none()) {
        let place = &says.place;
        for event in says.events.iter().filter(|event| is_judged(world, event)) {
            let chat = match place.1.as_str() {
                "" => "@bot",
                chat => chat,
            };
            let row = row(world, &place.0, &format!("{chat}#{event}"));
            let outcome = row.as_ref().and_then(|row| row["outcome"].as_str());
            // A row that is run again may have been opened since.
            let runs = row.as_ref().and_then(|row| row["replays"].as_i64());
            if runs.unwrap_or_default() == 0 && !matches!(outcome, Some("done" | "parked")) {
                let what = format!("{who} acknowledges {event}, which is {outcome:?}");
                world.history().violation("acknowledged when settled", what);
            }
        }
    }
}

/// Not a job to detach an account, which the account's row tells of; and not where rows went
/// away by themselves.
fn is_judged(world: &World, event: &str) -> bool {
    let history = world.history();
    let stays = !history.judges.restored.is_restored() && history.dropped_rows.is_empty();
    stays && !event.starts_with("detach-")
}
