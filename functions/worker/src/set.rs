//! Changing an account's settings for an operator, or for who writes the module: the worker knows
//! what the module can be set to.

use std::collections::BTreeMap;

use line_module::Module;
use line_module::settings::{SaveError, Values, change};
use serde_json::Value;
use shared::domain::BotId;

use crate::App;

/// Maximum number of optimistic-lock retries.
const ROUNDS: u32 = 4;

/// Why settings are not changed: nothing is.
#[derive(Debug, thiserror::Error)]
pub enum SetError {
    /// The account is not known.
    #[error("no account {0} is known: an admin links it first")]
    NoAccount(BotId),
    /// A key or a value does not fit. Names the settings that there are.
    #[error("{wrong}. The module's settings: {known}")]
    Wrong {
        /// What does not fit.
        wrong: String,
        /// All keys.
        known: String,
    },
    /// The table is not available, or others keep changing the settings.
    #[error("{0}")]
    NotNow(String),
}

/// Changes settings of an account. A value may be given as text: `"10"` is the number where the
/// setting is a number. Gives all settings as they are then.
///
/// # Errors
/// [`SetError`].
pub async fn set_settings<M: Module>(
    app: &App<M>,
    bot: &BotId,
    asked: &BTreeMap<String, Value>,
) -> Result<Value, SetError> {
    let schema = app.module.settings();
    let values = as_typed(&app.module, asked);
    for _ in 0..ROUNDS {
        let row = app.store.bot(bot).await;
        let row = row.map_err(|error| SetError::NotNow(error.to_string()))?;
        let row = row.ok_or_else(|| SetError::NoAccount(bot.clone()))?;
        let seen = schema.filled(&row.settings);
        match change(&app.store, bot, &app.module, (&seen, &values), app.now()).await {
            Ok(()) => {
                let all = row.settings.into_iter().chain(values);
                return Ok(schema.filled(&all.collect()));
            }
            Err(SaveError::Changed(_)) => {}
            Err(error @ SaveError::Wrong(_)) => return Err(wrong(&app.module, &error)),
            Err(error) => return Err(SetError::NotNow(error.to_string())),
        }
    }
    let reason = "somebody else keeps changing the settings: try again";
    Err(SetError::NotNow(reason.into()))
}

/// A text that does not fit as it is counts as the JSON that it is written as.
fn as_typed<M: Module>(module: &M, asked: &BTreeMap<String, Value>) -> Values {
    let typed = |(key, value): (&String, &Value)| {
        let fits = |value: &Value| {
            let one = Values::from([(key.clone(), value.clone())]);
            module.settings().check(&one).is_ok()
        };
        let read = value
            .as_str()
            .and_then(|text| serde_json::from_str(text).ok());
        let read = read.filter(|read| !fits(value) && fits(read));
        (key.clone(), read.unwrap_or_else(|| value.clone()))
    };
    asked.iter().map(typed).collect()
}

fn wrong<M: Module>(module: &M, error: &SaveError) -> SetError {
    let keys: Vec<_> = module
        .settings()
        .fields
        .iter()
        .map(|field| field.key)
        .collect();
    let known = match keys.is_empty() {
        true => "it has none".to_owned(),
        false => keys.join(", "),
    };
    SetError::Wrong {
        wrong: error.to_string(),
        known,
    }
}
