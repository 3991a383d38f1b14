//! What an invocation has not begun with comes back soon, however often that happens.

use crate::history::History;

/// Two seconds at most, beyond half a minute in which LINE as a whole fails.
const SOON: u64 = 33;
/// From this many receives on it waits longer, or the queue would give it up.
const MANY_RECEIVES: u32 = 500;

/// An invocation gives a message back for this many seconds. What stands against it.
pub(crate) fn stands_against(
    history: &History,
    who: usize,
    receipt: &str,
    seconds: u64,
) -> Option<String> {
    let invocation = &history.invocations[who];
    // A call that arrives late says what was known of an invocation that is over.
    if invocation.has_ended {
        return None;
    }
    let own = invocation.unacknowledged.get(receipt)?;
    let of_chat = invocation.unacknowledged.values();
    let mut of_chat = of_chat.filter(|says| says.place == own.place);
    let is_begun = of_chat.any(|says| {
        // Several events that came before are looked up at once; a detach has no such look.
        let is_looked_up = says.events.len() > 1;
        let is_detach = |event: &String| event.starts_with("detach-");
        let is_tried = |event: &String| history.judges.has_tried(who, event);
        is_looked_up || says.events.iter().any(|it| is_tried(it) || is_detach(it))
    });
    let receives = own.events.iter().filter_map(|id| history.receives.get(id));
    let is_many = receives.max().is_some_and(|count| *count >= MANY_RECEIVES);
    let is_wrong = !is_begun && !is_many && seconds > SOON;
    is_wrong.then(|| format!("{:?} were not tried and wait {seconds} s", own.events))
}
