//! The module of the live run: it repeats each message, so that every message that
//! LINE has taken names its event.

use line_module::{Context, Event, Module, ModuleError, Text};

/// Repeats a message as a reply, and every third one as a push too.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Repeats;

impl Module for Repeats {
    async fn handle(&self, cx: &mut Context<'_>, event: &Event) -> Result<(), ModuleError> {
        let Some(text) = event.text() else {
            return Ok(());
        };
        let Some(mut cx) = cx.active() else {
            return Ok(());
        };
        let count: u64 = cx.state()?;
        cx.set_state(&(count + 1))?;
        cx.reply(&[Text::new(text)])?;
        if count % 3 == 2 {
            cx.push(&[Text::new(format!("{text} again"))])?;
        }
        Ok(())
    }

    fn may_push_instead_of_reply(&self) -> bool {
        true
    }
}
