//! Sending what was committed, in order. Each try begins and ends in the
//! ledger, so that whoever comes next knows what may have happened.

use line_module::Module;
use shared::domain::{Delivery, Effect, Plan, Silence};
use shared::store::Try;

use crate::App;
use crate::effects::{NotSent, Sender, Step, log};
use crate::measure;
use crate::requeue::{Cause, Requeue};
use crate::settle::Settled;
use crate::work::{View, Work};

/// Sends what is not settled of the plan in which the try has begun, and writes what became
/// of it.
pub(crate) async fn send<M: Module>(
    app: &App<M>,
    work: &Work<'_>,
    view: View,
    mut this: Try,
) -> Result<Settled, Requeue> {
    let sends = this.entry.sends();
    let Some((sends, plan)) = sends.and_then(|sends| Some((sends, sends.plan()?))) else {
        return Err(Requeue::transient(
            Cause::Version,
            "the plan cannot be read",
        ));
    };
    let is_notice = |silence: &Silence| *silence == Silence::NotEntitled;
    let silence = this.entry.silence.filter(is_notice);
    let mut effects = sends.effects_for(&this.name);
    let mut sender = Sender::new(app, work, view, sends.planned_at, this.entry.replays.run);
    let interrupted = deliver_all(app, work, &mut sender, &plan, &mut effects, &mut this).await;
    // Also where the table has failed before: a try that never ends leaves all open.
    let ended = app
        .store
        .end_try(&work.key, this, effects, work.raw, app.now());
    let effects = ended.await?;
    match interrupted {
        Some(requeue) => Err(requeue),
        None if !effects.iter().all(Delivery::is_final) => Err(Requeue::transient(
            Cause::Line,
            "LINE has not taken everything",
        )),
        None => Ok(match effects.iter().find_map(Delivery::refusal) {
            Some((kind, _)) => Settled::Parked(kind),
            None => Settled::Done(silence),
        }),
    }
}

/// Sends one effect after the other, as long as each is settled.
async fn deliver_all<M: Module>(
    app: &App<M>,
    work: &Work<'_>,
    sender: &mut Sender<'_, M>,
    plan: &Plan,
    effects: &mut [Delivery],
    this: &mut Try,
) -> Option<Requeue> {
    for (ordinal, (effect, known)) in plan.effects.iter().zip(effects).enumerate() {
        let before = &*known;
        if before.is_final() {
            continue;
        }
        if let Some(requeue) = sender.waits() {
            return Some(requeue);
        }
        if !is_ready(app, work, effect).await {
            return None;
        }
        let step = Step { ordinal, before };
        let (now, requeue) = match sender.deliver(effect, step, this).await {
            Ok(sent) => (sent.into(), None),
            Err(NotSent::As(delivery)) => (delivery, None),
            Err(NotSent::Interrupted { known, requeue }) => (known, Some(requeue)),
        };
        measure::tried(app, work, effect, &now);
        let is_settled = now.is_final();
        *known = now;
        if requeue.is_some() || !is_settled {
            return requeue; // what follows keeps its place
        }
    }
    None
}

/// Whether there is time for it and, where it is a call to LINE, a token.
async fn is_ready<M: Module>(app: &App<M>, work: &Work<'_>, effect: &Effect) -> bool {
    if !effect.is_for_line() {
        return work.has_time(app.now());
    }
    match app.line.ready().await {
        Ok(()) => work.has_time(app.now()),
        Err(error) => {
            log(&error);
            false
        }
    }
}
