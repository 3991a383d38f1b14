//! How far a narrowcast is.

use serde::Deserialize;

use crate::line::endpoint::endpoint;

/// Asks how far a narrowcast is
/// (<https://developers.line.biz/en/reference/messaging-api/#get-narrowcast-progress-status>).
#[derive(Debug, Clone)]
pub struct GetNarrowcastProgress<'a> {
    /// The narrowcast's request id.
    pub request_id: &'a str,
}

endpoint!(GetNarrowcastProgress<'_>: NARROWCAST_PROGRESS, ForBot -> NarrowcastProgress, query("requestId" = request_id));

/// How far a narrowcast is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NarrowcastProgress {
    /// `waiting`, `sending`, `succeeded` or `failed`.
    pub phase: String,
    /// How many were sent it.
    #[serde(default)]
    pub success_count: Option<u64>,
    /// How many could not be.
    #[serde(default)]
    pub failure_count: Option<u64>,
    /// How many it was for.
    #[serde(default)]
    pub target_count: Option<u64>,
    /// Why it failed, in LINE's words.
    #[serde(default)]
    pub failed_description: Option<String>,
    /// Why it failed, as LINE's number.
    #[serde(default)]
    pub error_code: Option<i64>,
    /// When LINE took it, ISO 8601.
    #[serde(default)]
    pub accepted_time: Option<String>,
    /// When it was done, ISO 8601.
    #[serde(default)]
    pub completed_time: Option<String>,
}
