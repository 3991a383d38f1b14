//! LINE's webhooks, handed to the function.

use std::ops::RangeInclusive;

use emulator::{Delivery, Held};
use serde_json::json;
use shared::line::webhook::{RawEvent, Webhook};
use shared::line::{Signature, VerifiedBody};
use shared::store::LedgerKey;

use super::{ReceivedEvent, World};
use crate::lock;

impl World {
    /// Hands LINE's new webhooks to the function.
    pub(super) async fn take_webhooks(&self) -> Vec<ReceivedEvent> {
        let since = lock(&self.progress).deliveries;
        let mut received = Vec::new();
        for delivery in self.line.deliveries(since).await {
            if lock(&self.progress).deliveries >= delivery.number {
                // Another deed's work has taken it meanwhile.
                continue;
            }
            lock(&self.progress).deliveries = delivery.number;
            let events = self.take_webhook(&delivery).await;
            let numbered = events.iter().map(|event| (delivery.number, event.clone()));
            lock(&self.progress).delivered.extend(numbered);
            received.extend(events);
        }
        received
    }

    /// The events that came with these deliveries.
    pub(super) fn delivered(&self, numbers: RangeInclusive<u64>) -> Vec<ReceivedEvent> {
        let progress = lock(&self.progress);
        let delivered = progress.delivered.iter();
        let of_these = delivered.filter(|(number, _)| numbers.contains(number));
        of_these.map(|(_, event)| event.clone()).collect()
    }

    pub(super) async fn take_webhook(&self, delivery: &Delivery) -> Vec<ReceivedEvent> {
        if lock(&self.progress).unreachable {
            self.transcript.note("  = the webhook is not reached");
            return Vec::new();
        }
        let payload = json!({
            "headers": { "x-line-signature": delivery.signature },
            "body": delivery.body,
        });
        let request = serde_json::from_value(payload).expect("a request");
        let answer = webhook::handle(&self.webhook, request).await;
        if answer.status_code != 200 {
            let status = answer.status_code;
            self.transcript
                .note(format!("  = the webhook is answered {status}"));
        }
        let events = self
            .read(&delivery.body, delivery.signature.as_deref())
            .await;
        for event in &events {
            self.transcript.line_tells(event, |chat| self.name(chat));
        }
        let received: Vec<_> = events
            .into_iter()
            .map(|event| self.received(event))
            .collect();
        self.open(&received);
        received
    }

    /// A webhook's events, by the ids that the bundle gives them.
    pub(super) async fn read(&self, body: &str, signature: Option<&str>) -> Vec<RawEvent> {
        let secrets = self.parts.secret().get().await.expect("the secret");
        let bytes = body.as_bytes().to_vec();
        let verified = Signature::read(signature)
            .ok()
            .and_then(|signature| VerifiedBody::check(bytes, &signature, secrets.accepted()).ok());
        let webhook = verified.and_then(|body| Webhook::parse(&body).ok().flatten());
        webhook.map(|webhook| webhook.events).unwrap_or_default()
    }

    /// The events of a webhook that was held back.
    pub(crate) async fn read_held(&self, held: &Held) -> Vec<ReceivedEvent> {
        let events = self.read(&held.body, Some(&held.signature)).await;
        events
            .into_iter()
            .map(|event| self.received(event))
            .collect()
    }

    pub(super) fn received(&self, event: RawEvent) -> ReceivedEvent {
        let key = LedgerKey {
            bot: self.bot_id(),
            chat: event.chat.map(|chat| chat.id),
            event: event.id,
        };
        let raw = event.raw.get().to_owned();
        ReceivedEvent { key, raw }
    }

    /// Looks out for what becomes of these events.
    pub(super) fn open(&self, received: &[ReceivedEvent]) {
        let progress = &mut *lock(&self.progress);
        for key in received.iter().map(|event| &event.key) {
            if !progress.received.contains(key) {
                progress.received.push(key.clone());
            }
            if progress.open.iter().all(|(known, _)| known != key) {
                progress.open.push((key.clone(), None));
            }
        }
    }
}
