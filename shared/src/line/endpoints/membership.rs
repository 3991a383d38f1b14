//! Memberships: what users pay an account for by the month.

use serde::Deserialize;
use serde_json::Value;

use crate::domain::UserId;
use crate::line::endpoint::endpoint;
use crate::line::endpoints::followers::UserIds;

/// Asks which plans a user has
/// (<https://developers.line.biz/en/reference/messaging-api/#get-a-users-membership-subscription-status>).
#[derive(Debug, Clone)]
pub struct GetSubscriptions<'a> {
    pub user: &'a UserId,
}

endpoint!(GetSubscriptions<'_>: MEMBERSHIP_OF_USER, ForBot -> Subscriptions, places(user));

/// A user's plans.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Subscriptions {
    /// Each.
    pub subscriptions: Vec<Subscription>,
}

/// A user's plan.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Subscription {
    /// The plan.
    pub membership: Plan,
    /// The user in it.
    pub user: Subscriber,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Plan {
    /// Its id.
    pub membership_id: u64,
    /// Its name.
    pub title: String,
    /// What it is.
    #[serde(default)]
    pub description: Option<String>,
    /// What it brings.
    #[serde(default)]
    pub benefits: Vec<String>,
    /// What it costs a month.
    #[serde(default)]
    pub price: Option<f64>,
    /// In `JPY`, `TWD` or `THB`.
    #[serde(default)]
    pub currency: Option<String>,
    /// How many have it, and the rest as LINE tells it.
    #[serde(flatten)]
    pub rest: serde_json::Map<String, Value>,
}

/// A user in a plan.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Subscriber {
    /// The number on the card.
    pub membership_no: u64,
    /// Since when, in epoch seconds.
    #[serde(default)]
    pub joined_time: Option<i64>,
    /// When the next month is paid, as `2026-12-01`.
    #[serde(default)]
    pub next_billing_date: Option<String>,
    /// For how many months in all.
    #[serde(default)]
    pub total_subscription_months: Option<u64>,
}

/// Lists the account's plans
/// (<https://developers.line.biz/en/reference/messaging-api/#get-membership-plans>).
#[derive(Debug, Clone, Copy)]
pub struct ListMemberships;

endpoint!(ListMemberships: MEMBERSHIP_LIST, ForBot -> Memberships);

/// The account's plans.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Memberships {
    /// Each.
    pub memberships: Vec<Plan>,
}

/// Lists the users of a plan
/// (<https://developers.line.biz/en/reference/messaging-api/#get-membership-user-ids>).
#[derive(Debug, Clone, Default)]
pub struct ListMembershipUsers<'a> {
    /// The plan's id.
    pub membership: u64,
    /// The page before's `next`.
    pub start: Option<&'a str>,
    /// Maximum number in an answer: up to 1,000; LINE's default is 300.
    pub limit: Option<u32>,
}

endpoint!(ListMembershipUsers<'_>: MEMBERSHIP_USERS, ForBot -> UserIds, places(membership), query("start" = start, "limit" = limit));
