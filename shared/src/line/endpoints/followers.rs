//! The account's friends.

use serde::Deserialize;

use crate::domain::UserId;
use crate::line::endpoint::endpoint;

/// Lists those who have added the account. Verified and premium accounts only
/// (<https://developers.line.biz/en/reference/messaging-api/#get-follower-ids>).
#[derive(Debug, Clone, Default)]
pub struct ListFollowers<'a> {
    /// The page before's `next`.
    pub start: Option<&'a str>,
    /// Maximum number in an answer: up to 1,000; LINE's default is 300.
    pub limit: Option<u32>,
}

endpoint!(ListFollowers<'_>: FOLLOWERS, ForBot -> UserIds, query("limit" = limit, "start" = start));

/// A page of users.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UserIds {
    /// Their ids.
    #[serde(alias = "memberIds")]
    pub user_ids: Vec<UserId>,
    /// Where the next page begins; none on the last page.
    #[serde(default)]
    pub next: Option<String>,
}
