//! What holds in every state.

use shared::domain::{Delivery, Outcome};
use stateright::Property;

use crate::condition::has_step;
use crate::line::Send;
use crate::model::LedgerModel;
use crate::state::State;

/// All of it; and two ends that must be reachable, so that the model is not empty.
pub(crate) fn all() -> Vec<Property<LedgerModel>> {
    vec![
        Property::always("nothing is lost or forgotten", |_, state: &State| {
            is_kept(state)
        }),
        Property::always("nothing is doubled", |_, state: &State| is_sent_once(state)),
        Property::always("what is settled stays so", |_, state: &State| {
            !state.has_harm
        }),
        Property::always("the row tells the truth", |_, state: &State| is_true(state)),
        Property::always(
            "what is planned has its step's result",
            |_, state: &State| has_result(state),
        ),
        Property::sometimes("it is settled, and all was sent", |_, state: &State| {
            ends_as(state, Outcome::Done) && state.line.received.len() == 2
        }),
        Property::sometimes("it is parked", |_, state: &State| {
            ends_as(state, Outcome::Parked)
        }),
    ]
}

fn ends_as(state: &State, outcome: Outcome) -> bool {
    let row = state.row.as_ref();
    state.is_forgotten_by_the_queue() && row.is_some_and(|row| row.outcome() == outcome)
}

/// An event of which the queue has no message any more is done or parked.
fn is_kept(state: &State) -> bool {
    let row = state.row.as_ref();
    !state.is_forgotten_by_the_queue() || row.is_some_and(|row| row.is_settled())
}

/// No send is received twice, and no run is made that nobody has asked for.
fn is_sent_once(state: &State) -> bool {
    let run = state.row.as_ref().map_or(0, |row| row.replays.run);
    run <= state.forced() && state.line.received.values().all(|times| *times == 1)
}

/// A plan was made with the result of the handler's step.
fn has_result(state: &State) -> bool {
    let row = state.row.as_ref().filter(|row| row.sends().is_some());
    row.is_none_or(|row| has_step(row))
}

/// What the row calls sent was received, and what it calls not sent was not, in its run.
fn is_true(state: &State) -> bool {
    let Some(row) = &state.row else {
        return true;
    };
    let run = row.replays.run;
    let mut effects = row.effects().iter().enumerate();
    effects.all(|(ordinal, effect)| {
        let send: Send = (ordinal, run);
        match effect {
            Delivery::Sent { .. } => state.line.has_sent(send),
            Delivery::Refused { .. } | Delivery::Expired | Delivery::Dropped { .. } => {
                !state.line.has_sent(send)
            }
            _ => true,
        }
    })
}
