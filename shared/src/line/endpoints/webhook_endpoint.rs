//! Where LINE sends webhooks to. A module channel has one address for all
//! accounts, set in the console; LINE does not say whether these calls reach it.

use serde::{Deserialize, Serialize};

use crate::line::endpoint::endpoint;

/// Asks where webhooks go
/// (<https://developers.line.biz/en/reference/messaging-api/#get-webhook-endpoint-information>).
#[derive(Debug, Clone, Copy)]
pub struct GetWebhookEndpoint;

endpoint!(GetWebhookEndpoint: WEBHOOK_GET, ForBot -> WebhookEndpoint);

/// Where webhooks go.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct WebhookEndpoint {
    /// The address.
    pub endpoint: String,
    /// Whether webhooks are sent.
    pub active: bool,
}

/// Sends webhooks elsewhere, within a minute
/// (<https://developers.line.biz/en/reference/messaging-api/#set-webhook-endpoint-url>).
#[derive(Debug, Clone, Serialize)]
pub struct SetWebhookEndpoint<'a> {
    /// An https URL of up to 500 characters.
    pub endpoint: &'a str,
}

endpoint!(SetWebhookEndpoint<'_>: WEBHOOK_SET, ForBot -> (), body());

/// Lets LINE try an address: it sends a webhook without events
/// (<https://developers.line.biz/en/reference/messaging-api/#test-webhook-endpoint>).
#[derive(Debug, Clone, Default, Serialize)]
pub struct TestWebhookEndpoint<'a> {
    /// An https URL of up to 500 characters; else the one that is set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<&'a str>,
}

endpoint!(TestWebhookEndpoint<'_>: WEBHOOK_TEST, ForBot -> WebhookTest, body());

/// What LINE has found.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WebhookTest {
    /// Whether it was answered with 200.
    #[serde(default)]
    pub success: bool,
    /// When, ISO 8601.
    pub timestamp: String,
    /// The status.
    pub status_code: u16,
    /// Why not: `COULD_NOT_CONNECT`, `REQUEST_TIMEOUT`, …; or `OK`.
    pub reason: String,
    /// The same in more words.
    pub detail: String,
}
