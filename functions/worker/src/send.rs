//! Sending what was committed, in order. Each try begins and ends in the
//! ledger, so that whoever comes next knows what may have happened.

use line_module::Module;
use shared::domain::{Delivery, Plan};
use shared::store::{LedgerRow, Try};

use crate::effects::{NotSent, Sender, Step, log};
use crate::work::{View, Work};
use crate::{Again, App};

/// A plan on its way.
pub(crate) struct Sending {
    plan: Plan,
    effects: Vec<Delivery>,
    /// This worker's try.
    pub(crate) this: Try,
}

impl Sending {
    /// The first try, which the commit has begun.
    pub(crate) fn first(row: &LedgerRow, mut this: Try) -> Option<Self> {
        this.writes = row.writes;
        Some(Self {
            plan: row.plan()?,
            effects: row.effects.clone(),
            this,
        })
    }

    /// The next try of a plan that was found. If one before it never ended, what
    /// it had not settled may have been sent.
    pub(crate) fn next(row: &LedgerRow, this: Try) -> Option<Self> {
        let mut sending = Self::first(row, this)?;
        if !row.open.is_empty() {
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
    row: &LedgerRow,
    mut sending: Sending,
) -> Result<(), Again> {
    let mut sender = Sender::new(app, work, view, row);
    let interrupted = deliver_all(app, work, &mut sender, &mut sending).await;
    // Also where the table has failed before: a try that never ends leaves all open.
    let Sending { this, effects, .. } = sending;
    let ended = app
        .store
        .end_try(&work.key, this, effects, work.raw, app.now());
    let effects = ended.await?;
    match interrupted {
        Some(again) => Err(again),
        None if effects.iter().all(Delivery::is_final) => Ok(()),
        None => Err(Again::transient("LINE has not taken everything")),
    }
}

/// Sends one effect after the other, as long as each is settled.
async fn deliver_all<M: Module>(
    app: &App<M>,
    work: &Work<'_>,
    sender: &mut Sender<'_, M>,
    sending: &mut Sending,
) -> Option<Again> {
    for (ordinal, effect) in sending.plan.effects.iter().enumerate() {
        let before = &sending.effects[ordinal];
        if before.is_final() {
            continue;
        }
        if !is_ready(app, work).await {
            return None;
        }
        let step = Step { ordinal, before };
        let (now, again) = match sender.deliver(effect, step, &mut sending.this).await {
            Ok(sent) => (sent.into(), None),
            Err(NotSent::As(delivery)) => (delivery, None),
            Err(NotSent::Interrupted { known, again }) => (known, Some(again)),
        };
        let is_settled = now.is_final();
        sending.effects[ordinal] = now;
        if again.is_some() || !is_settled {
            return again; // what follows keeps its place
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
