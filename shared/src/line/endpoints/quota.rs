//! The month's quota as LINE tells it. What keeps and guards it:
//! [`BotClient::quota`](crate::line::BotClient::quota).

use serde::Deserialize;

use crate::line::endpoint::endpoint;

/// Asks how many messages may be sent this month
/// (<https://developers.line.biz/en/reference/messaging-api/#get-quota>).
#[derive(Debug, Clone, Copy)]
pub struct GetQuota;

endpoint!(GetQuota: QUOTA, ForBot -> MonthlyQuota);

/// The month's quota.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct MonthlyQuota {
    /// `none` or `limited`.
    #[serde(rename = "type")]
    pub kind: String,
    /// How many; none if there is no limit.
    #[serde(default)]
    pub value: Option<u64>,
}

/// Asks how many messages were sent this month
/// (<https://developers.line.biz/en/reference/messaging-api/#get-consumption>).
#[derive(Debug, Clone, Copy)]
pub struct GetQuotaConsumption;

endpoint!(GetQuotaConsumption: QUOTA_CONSUMPTION, ForBot -> Consumption);

/// How many messages were sent this month, about.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Consumption {
    /// How many.
    pub total_usage: u64,
}
