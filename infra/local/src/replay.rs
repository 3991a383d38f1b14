//! Running an event again, for the emulator's pages: queued for the worker, or shown
//! by the module in this process.

use emulator::{RunAgain, TraceKey};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use line_module::Module;
use shared::replay::{Mode, replay};
use shared::store::LedgerKey;
use worker::{App, Shown, shadow};

use crate::trace::ledger_key;

/// Runs events again.
pub(crate) fn again<M: Module + Clone>(
    app: App<M>,
) -> impl Fn(TraceKey, RunAgain, Option<String>) -> BoxFuture<'static, Result<String, String>>
+ Send
+ Sync
+ 'static {
    move |key, how, raw| {
        let app = app.clone();
        async move {
            let key = ledger_key(&key).ok_or("the event has no id")?;
            match how {
                RunAgain::Shadow => show(&app, &key, raw).await,
                RunAgain::Respect => queue(&app, &key, raw, Mode::Respect).await,
                RunAgain::Force => queue(&app, &key, raw, Mode::Force).await,
            }
        }
        .boxed()
    }
}

async fn queue<M>(
    app: &App<M>,
    key: &LedgerKey,
    raw: Option<String>,
    mode: Mode,
) -> Result<String, String> {
    let now = app.clock.now().into();
    let queued = replay(&app.store, &app.queue, key, raw.as_deref(), mode, now).await;
    queued
        .map(|number| format!("It is in the queue, as replay {number}. Its trace will tell."))
        .map_err(|error| error.to_string())
}

async fn show<M: Module>(
    app: &App<M>,
    key: &LedgerKey,
    raw: Option<String>,
) -> Result<String, String> {
    let raw = raw.ok_or("the event's JSON is no longer known")?;
    let shown = shadow(app, key, &raw).await.map_err(|e| e.to_string())?;
    serde_json::to_string_pretty(&Shown::from(&shown)).map_err(|e| e.to_string())
}
