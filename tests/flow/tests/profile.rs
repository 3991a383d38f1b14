//! A user's profile: LINE is asked for it at most once a day for a chat with one user.

use std::time::Duration;

use flow::Bundle;
use flow::worker::{Worker, states};
use line_module::{Context, Event, EventKind, Module, ModuleError, Text};
use serde_json::json;

/// Calls the user by name.
struct Greets;

impl Module for Greets {
    async fn handle(&self, cx: &mut Context<'_>, event: &Event) -> Result<(), ModuleError> {
        let EventKind::Message(_) = event.kind else {
            return Ok(());
        };
        let profile = cx.profile().await?;
        let name = profile.map_or("nobody".into(), |profile| profile.display_name);
        match cx.active() {
            Some(mut cx) => cx.push(&[Text::new(name)]),
            None => Ok(()),
        }
    }
}

#[tokio::test]
async fn a_users_profile_is_asked_for_once_a_day() {
    let bundle = Bundle::attached().await;
    let worker = Worker::new(&bundle, Greets);
    let name = bundle.stack.line.state().await.users[0].name.clone();
    let path = format!("/v2/bot/profile/{}", bundle.guest);
    let minute = Duration::from_secs(60);
    let day = Duration::from_secs(24 * 3600);
    let waits = [(Duration::ZERO, 1), (day - minute, 1), (minute, 2)];
    for (id, (wait, asked)) in ["a", "b", "c"].into_iter().zip(waits) {
        worker.clock.advance(wait);
        let message = json!({"type": "text", "text": "hello"});
        let event = json!({"type": "message", "webhookEventId": id, "message": message});
        let message = bundle.message(&bundle.guest, vec![event]).await;
        worker.settles(&message).await;
        assert_eq!(states(&bundle.recorded(id).await), ["sent"]);
        assert_eq!(bundle.calls(&path).await.len(), asked, "{id}");
    }
    assert_eq!(bundle.received().await, [name.as_str(); 3]);
}
