//! A module that does what a user's text says.

use std::time::Duration;

use line_module::{Context, Event, Handled, Module, ModuleError, Text};
use serde_json::json;

#[derive(Clone)]
pub(crate) struct Example;

impl Module for Example {
    async fn handle(&self, cx: &mut Context<'_>, event: &Event) -> Handled {
        let text = event.text().map(str::to_owned);
        if text.as_deref() == Some("park") {
            return Err(ModuleError::park("there is no customer Mari"));
        }
        let Some(mut cx) = cx.active() else {
            return Ok(());
        };
        cx.profile().await?;
        match text.as_deref() {
            None => Ok(()),
            Some("push") => cx.push(&[Text::new("hi")]),
            Some("quiet") => Ok(()),
            Some("take") => cx.acquire(Some(Duration::from_secs(3600))),
            Some("later") => cx.after("remind", Duration::from_secs(7200), &json!({})),
            Some(_) => {
                cx.set_state(&json!({"favourite": "a secret dish"}))?;
                cx.reply(&[Text::new("Welcome.")])
            }
        }
    }
}
