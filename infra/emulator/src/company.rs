//! What the company's own systems say to the module. LINE has no part in it, and the emulator
//! no way to say it: whoever assembles the stack hands one in, for the box on a chat's page.

use std::sync::Arc;

use futures::future::BoxFuture;
use serde_json::Value;

/// What a system of the company's says to a chat.
#[derive(Debug, Clone, PartialEq)]
pub struct CompanyCommand {
    /// The account.
    pub bot: String,
    /// The user, group or room.
    pub chat: String,
    /// The command's name.
    pub name: String,
    /// What goes with it.
    pub payload: Value,
}

/// Says it, or gives a sentence why not.
pub(crate) type SayForCompany =
    Arc<dyn Fn(CompanyCommand) -> BoxFuture<'static, Result<(), String>> + Send + Sync>;
