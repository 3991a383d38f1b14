//! What an account has set of the module, for the emulator: its control interface changes it, and
//! its pages lead to the management screen, signed in.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_smithy_async::time::SharedTimeSource;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use line_module::Module;
use serde_json::Value;
use shared::domain::{BotId, Timestamp};
use shared::random::Random;
use shared::store::{SignInLink, Store};
use worker::{App, set_settings};

/// Length of a link's token, in characters: about 250 bits.
const LENGTH: usize = 42;
/// It is opened at once.
const EXPIRES: Duration = Duration::from_secs(300);

/// Changes settings, given as a JSON object.
pub(crate) fn set_by<M: Module + Clone>(
    app: App<M>,
) -> impl Fn(String, Value) -> BoxFuture<'static, Result<(), String>> + Send + Sync + 'static {
    move |bot, values| {
        let app = app.clone();
        async move {
            let bot = BotId::new(&bot).map_err(|error| error.to_string())?;
            let values: BTreeMap<String, Value> =
                serde_json::from_value(values).map_err(|error| error.to_string())?;
            let set = set_settings(&app, &bot, &values).await;
            set.map(drop).map_err(|error| error.to_string())
        }
        .boxed()
    }
}

/// Makes an address that signs in to an account's management screen, once.
pub(crate) fn sign_in_by(
    store: Store,
    public_url: String,
    clock: SharedTimeSource,
) -> impl Fn(String) -> BoxFuture<'static, Result<String, String>> + Send + Sync + 'static {
    move |bot| {
        let (store, public_url, clock) = (store.clone(), public_url.clone(), clock.clone());
        async move {
            let bot = BotId::new(&bot).map_err(|error| error.to_string())?;
            let token = Random::system().alphanumeric(LENGTH);
            let expires_at = Timestamp::from(clock.now()).plus(EXPIRES).seconds();
            let link = SignInLink { bot, expires_at };
            let put = store.put_sign_in_link(&token, &link).await;
            put.map_err(|error| error.to_string())?;
            Ok(format!("{public_url}/console/sign-in?link={token}"))
        }
        .boxed()
    }
}
