//! The management screen of an account's admins.

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "helpers of tests fail as tests do"
)]

mod access;
mod chats;
mod data;
mod interference;
mod settings;
mod sign_in;
mod suspended;
mod trouble;

use flow::Bundle;
use flow::screen::Screen;
use line_module::Router;
use shared::domain::BotId;

/// A bundle whose first account is attached, its screen, and the account.
async fn screen() -> (Bundle, Screen<Router>, BotId) {
    let bundle = Bundle::attached().await;
    let screen = Screen::new(&bundle, reservation::module());
    let bot = BotId::new(&bundle.bot).expect("an id");
    (bundle, screen, bot)
}
