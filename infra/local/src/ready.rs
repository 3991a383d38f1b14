//! The proof that the stack works: a signed webhook that makes the whole round.
//! "Ready" is said after it, and not before.

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use emulator::{Deliver, EventsRequest, Held, Outcome};
use serde_json::json;
use shared::domain::{BotId, EventId, Outcome as EventOutcome};
use shared::store::LedgerKey;

use crate::stack::{Stack, TIMEOUT};

/// An account that no world has.
const PROBE: &str = "U00000000000000000000000000000000";

impl Stack {
    /// Sends a webhook of an unknown type for an account of its own, waits until
    /// the worker has recorded it, and takes its rows away again.
    pub(crate) async fn prove_round(&self) -> Result<(), String> {
        let held = self.held_webhook().await?;
        self.post_webhook(&held).await?;
        let bot = BotId::new(PROBE).map_err(|error| error.to_string())?;
        let id = held.event_ids.first().ok_or("the webhook has no event")?;
        let event = EventId::new(id).map_err(|error| error.to_string())?;
        let key = LedgerKey {
            bot,
            chat: None,
            event,
        };
        self.wait_for_record(&key).await?;
        let counted = self.usage_is_counted().await;
        counted.map_err(|error| error.to_string())?;
        let event = format!("@bot#{}", key.event);
        for row in ["@bot", "@usage#open", &event] {
            self.forget(row.to_owned()).await?;
        }
        Ok(())
    }

    /// It is not sent by the emulator: its log shall begin with the user's own doings.
    async fn held_webhook(&self) -> Result<Held, String> {
        let request = EventsRequest {
            bot: PROBE.into(),
            chat: None,
            events: vec![json!({ "type": "ready" })],
            deliver: Deliver::Hold,
        };
        match self.line.send_events(request).await {
            Ok(Outcome::Held(held)) => Ok(held),
            Ok(Outcome::Delivered(_)) => Err("the emulator did not hold the webhook back".into()),
            Err(error) => Err(error.to_string()),
        }
    }

    pub(crate) async fn post_webhook(&self, held: &Held) -> Result<(), String> {
        let request = reqwest::Client::new()
            .post(format!("{}/webhook", self.gateway_url))
            .header("x-line-signature", &held.signature)
            .header("content-type", "application/json; charset=utf-8")
            .body(held.body.clone());
        let answer = request.send().await.map_err(|error| error.to_string())?;
        match answer.status().as_u16() {
            200 => Ok(()),
            status => Err(format!("the webhook function answered {status}")),
        }
    }

    async fn wait_for_record(&self, key: &LedgerKey) -> Result<(), String> {
        let recorded = async {
            loop {
                match self.store.ledger(key).await {
                    Ok(Some(row)) if row.outcome() == EventOutcome::Done => return Ok(()),
                    Ok(_) => tokio::time::sleep(Duration::from_millis(5)).await,
                    Err(error) => return Err(error.to_string()),
                }
            }
        };
        let late = |_| "the worker did not record the event in time".to_owned();
        tokio::time::timeout(TIMEOUT, recorded)
            .await
            .map_err(late)?
    }

    async fn forget(&self, sort: String) -> Result<(), String> {
        let delete = self
            .ground
            .dynamodb()
            .delete_item()
            .table_name(&self.addresses.table_name)
            .key("bot_id", AttributeValue::S(PROBE.into()))
            .key("chat_id", AttributeValue::S(sort));
        delete
            .send()
            .await
            .map(drop)
            .map_err(|error| shared::aws::reasons(&error))
    }
}
