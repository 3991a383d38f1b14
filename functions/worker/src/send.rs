//! Sending what was committed, in order. Each try begins and ends in the
//! ledger, so that whoever comes next knows what may have happened.

use line_module::Module;
use shared::domain::{Delivery, LedgerEntry, Plan, Timestamp};
use shared::store::Try;

use crate::effects::{NotSent, Sender, Step, log};
use crate::settle::Settled;
use crate::work::{View, Work};
use crate::{App, Requeue};

/// A plan on its way.
pub(crate) struct Sending {
    plan: Plan,
    effects: Vec<Delivery>,
    /// When the plan was committed.
    planned_at: Timestamp,
    /// Of which forced replay it is: its retry keys go by it.
    run: u32,
    /// This worker's try.
    pub(crate) this: Try,
}

impl Sending {
    /// The first try, which the commit has begun.
    pub(crate) fn first(entry: &LedgerEntry, mut this: Try) -> Option<Self> {
        this.writes = entry.writes;
        let sends = entry.sends()?;
        Some(Self {
            plan: sends.plan()?,
            effects: sends.effects.clone(),
            planned_at: sends.planned_at,
            run: entry.replays.run,
            this,
        })
    }

    /// The next try of a plan that was found. If one before it never ended, what
    /// it had not settled may have been sent.
    pub(crate) fn next(entry: &LedgerEntry, this: Try) -> Option<Self> {
        let mut sending = Self::first(entry, this)?;
        if !entry.sends()?.open.is_empty() {
            let effects = std::mem::take(&mut sending.effects).into_iter();
            sending.effects = effects.map(Delivery::left_open).collect();
        }
        Some(sending)
    }
}

/// Sends what is not settled, and writes what became of it.
pub(crate) async fn send<M: Module>(
    app: &App<M>,
    work: &Work<'_>,
    view: View,
    mut sending: Sending,
) -> Result<Settled, Requeue> {
    let mut sender = Sender::new(app, work, view, sending.planned_at, sending.run);
    let interrupted = deliver_all(app, work, &mut sender, &mut sending).await;
    // Also where the table has failed before: a try that never ends leaves all open.
    let Sending { this, effects, .. } = sending;
    let ended = app
        .store
        .end_try(&work.key, this, effects, work.raw, app.now());
    let effects = ended.await?;
    match interrupted {
        Some(requeue) => Err(requeue),
        None if !effects.iter().all(Delivery::is_final) => {
            Err(Requeue::transient("LINE has not taken everything"))
        }
        None if effects.iter().any(|it| it.refusal().is_some()) => Ok(Settled::Parked),
        None => Ok(Settled::Done),
    }
}

/// Sends one effect after the other, as long as each is settled.
async fn deliver_all<M: Module>(
    app: &App<M>,
    work: &Work<'_>,
    sender: &mut Sender<'_, M>,
    sending: &mut Sending,
) -> Option<Requeue> {
    for (ordinal, effect) in sending.plan.effects.iter().enumerate() {
        let before = &sending.effects[ordinal];
        if before.is_final() {
            continue;
        }
        if !is_ready(app, work).await {
            return None;
        }
        let step = Step { ordinal, before };
        let (now, requeue) = match sender.deliver(effect, step, &mut sending.this).await {
            Ok(sent) => (sent.into(), None),
            Err(NotSent::As(delivery)) => (delivery, None),
            Err(NotSent::Interrupted { known, requeue }) => (known, Some(requeue)),
        };
        let is_settled = now.is_final();
        sending.effects[ordinal] = now;
        if requeue.is_some() || !is_settled {
            return requeue; // what follows keeps its place
        }
    }
    None
}

/// Whether there is a token and time for a call.
async fn is_ready<M: Module>(app: &App<M>, work: &Work<'_>) -> bool {
    match app.line.ready().await {
        Ok(()) => work.has_time(app.now()),
        Err(error) => {
            log(&error);
            false
        }
    }
}
