//! How many messages were sent, by day and by aggregation unit.

use serde::Deserialize;

use crate::line::endpoint::endpoint;

macro_rules! count {
    ($($(#[$doc:meta])* $type:ident $row:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone)]
        pub struct $type<'a> {
            /// The day, as `20261121`, by UTC+9.
            pub date: &'a str,
        }

        endpoint!($type<'_>: $row, ForBot -> Count, query("date" = date));
    )*};
}

count! {
    /// Counts a day's replies
    /// (<https://developers.line.biz/en/reference/messaging-api/#get-number-of-reply-messages>).
    CountReplies SENT_REPLIES;
    /// Counts a day's pushes
    /// (<https://developers.line.biz/en/reference/messaging-api/#get-number-of-push-messages>).
    CountPushes SENT_PUSHES;
    /// Counts a day's multicasts
    /// (<https://developers.line.biz/en/reference/messaging-api/#get-number-of-multicast-messages>).
    CountMulticasts SENT_MULTICASTS;
    /// Counts a day's broadcasts
    /// (<https://developers.line.biz/en/reference/messaging-api/#get-number-of-broadcast-messages>).
    CountBroadcasts SENT_BROADCASTS;
    /// Counts a day's templated notifications
    /// (<https://developers.line.biz/en/reference/line-notification-messages/#get-number-of-sent-line-notification-messages-template>).
    CountNotifications SENT_NOTIFICATIONS;
}

/// How many were sent in a day.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Count {
    /// `ready`; `unready`: ask later; or why there is no number.
    pub status: String,
    /// How many, where it is ready.
    #[serde(default)]
    pub success: Option<u64>,
}

/// Asks how many aggregation units were named this month
/// (<https://developers.line.biz/en/reference/messaging-api/#get-the-number-of-unit-name-types-assigned-during-this-month>).
#[derive(Debug, Clone, Copy)]
pub struct GetUnitUsage;

endpoint!(GetUnitUsage: UNIT_USAGE, ForBot -> UnitUsage);

/// How many aggregation units were named this month, of 1,000.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UnitUsage {
    /// How many.
    pub num_of_custom_aggregation_units: u64,
}

/// Lists the aggregation units named this month
/// (<https://developers.line.biz/en/reference/messaging-api/#get-a-list-of-unit-names-assigned-during-this-month>).
#[derive(Debug, Clone, Default)]
pub struct ListUnits<'a> {
    /// The page before's `next`.
    pub start: Option<&'a str>,
    /// Maximum number in an answer: up to 100.
    pub limit: Option<u32>,
}

endpoint!(ListUnits<'_>: UNIT_NAMES, ForBot -> Units, query("limit" = limit, "start" = start));

/// Aggregation units.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Units {
    /// Their names.
    pub custom_aggregation_units: Vec<String>,
    /// Where the next page begins.
    #[serde(default)]
    pub next: Option<String>,
}
