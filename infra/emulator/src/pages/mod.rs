//! The pages for people: the index, and one page per chat.

use axum::Router;

use crate::emulator::Emulator;

/// The routes of the pages.
pub(crate) fn routes() -> Router<Emulator> {
    Router::new()
}
