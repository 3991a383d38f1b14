//! What is judged when all is over.

use shared::domain::LedgerEntry;

use super::{Wrong, lost_replies, signals, unknown};
use crate::world::World;

/// What the row of an event says in the end.
pub(crate) fn at_the_end(world: &World, event: &str, row: Option<&LedgerEntry>) {
    signals::at_the_end(world, event, row);
    let line = world.line();
    let mut history = world.history();
    let mut wrong: Vec<Wrong> = Vec::new();
    let mut cause = None;
    {
        let judges = &history.judges;
        // What is done again sends its signals again, and the ledger may have forgotten the first.
        let origin = judges.signals.origin(event);
        let of_repeated = origin.is_some_and(|it| history.forced.contains(it));
        let doubled = match of_repeated {
            true => Vec::new(),
            false => judges.accepted.doubled(event),
        };
        wrong.extend(doubled.into_iter().map(|what| ("no message doubled", what)));
        if let Some(row) = row {
            let missing = judges.accepted.not_again(event, row).into_iter();
            wrong.extend(missing.map(|what| ("what is forced is sent again", what)));
            let lapsed = judges.lapsed.judge(event, row);
            wrong.extend(lapsed.map(|what| ("a row past its time counts for nothing", what)));
            let missing = judges.replays.missing(event, row);
            wrong.extend(missing.map(|what| ("what is to run again does", what)));
            let lost_at = |ordinal| judges.lost_replies.lost_at(event, ordinal);
            let given_up = judges.keys.given_up(event, row, lost_at).into_iter();
            wrong.extend(given_up.map(|what| ("a push is tried while LINE knows its key", what)));
            let unknown = unknown::without_cause(&judges.troubles, event, row);
            wrong.extend(
                unknown
                    .into_iter()
                    .map(|what| ("unknown has its cause", what)),
            );
            let facts = lost_replies::Facts {
                schedule: &world.schedule,
                history: &history,
                line: &line,
            };
            cause = lost_replies::judge(judges, &facts, event, row);
        }
    }
    match cause {
        Some(Ok(cause)) => {
            let causes = &mut history.judges.lost_replies.causes;
            *causes.entry(cause).or_default() += 1;
        }
        Some(Err(what)) => wrong.push(("a lost reply has its cause", what)),
        None => {}
    }
    for (check, what) in wrong {
        history.violation(check, what);
    }
}
