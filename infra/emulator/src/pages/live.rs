//! The stream that tells an open page to look again.

use std::convert::Infallible;

use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures::stream::{self, Stream};

use crate::emulator::Emulator;

/// One event per change of the world; changes that come together are one.
pub(super) async fn changes(
    State(emulator): State<Emulator>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let changes = stream::unfold(emulator.changes(), |mut changes| async {
        changes.changed().await.ok()?;
        let number = *changes.borrow_and_update();
        Some((Ok(Event::default().data(number.to_string())), changes))
    });
    Sse::new(changes).keep_alive(KeepAlive::default())
}
