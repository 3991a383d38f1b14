//! Statistics. Days are as `20261121`, by UTC+9. Numbers that LINE keeps to itself,
//! such as those of fewer than 20 people, are `None`.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::line::endpoint::endpoint;
use crate::line::endpoints::rich_menu::Bounds;

/// Numbers by LINE's names for them, which LINE adds to.
pub type Numbers = BTreeMap<String, Option<u64>>;

/// Asks how many messages a day saw, by how they were sent
/// (<https://developers.line.biz/en/reference/messaging-api/#get-number-of-delivery-messages>).
#[derive(Debug, Clone)]
pub struct GetDeliveries<'a> {
    /// The day.
    pub date: &'a str,
}

endpoint!(GetDeliveries<'_>: INSIGHT_DELIVERY, ForBot -> DayNumbers, query("date" = date));

/// Asks how many friends there were
/// (<https://developers.line.biz/en/reference/messaging-api/#get-number-of-followers>).
#[derive(Debug, Clone, Default)]
pub struct GetFriends<'a> {
    /// The day; LINE's default is today.
    pub date: Option<&'a str>,
}

endpoint!(GetFriends<'_>: INSIGHT_FOLLOWERS, ForBot -> DayNumbers, query("date" = date));

/// A day's numbers: `broadcast`, `apiPush` and so on, or `followers`,
/// `targetedReaches`, `blocks`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct DayNumbers {
    /// `ready`; `unready`: ask later; `out_of_service`: too long ago.
    pub status: String,
    /// Where it is ready.
    #[serde(flatten)]
    pub numbers: Numbers,
}

/// Asks what is known of friends
/// (<https://developers.line.biz/en/reference/messaging-api/#get-demographic>).
#[derive(Debug, Clone, Copy)]
pub struct GetDemographics;

endpoint!(GetDemographics: INSIGHT_DEMOGRAPHIC, ForBot -> Demographics);

/// What is known of friends, three days ago.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Demographics {
    /// Whether there are enough friends to tell.
    #[serde(default)]
    pub available: bool,
    /// Each with `gender` and `percentage`.
    #[serde(default)]
    pub genders: Vec<Value>,
    /// Each with `age` and `percentage`.
    #[serde(default)]
    pub ages: Vec<Value>,
    /// Each with `area` and `percentage`.
    #[serde(default)]
    pub areas: Vec<Value>,
    /// Each with `appType` and `percentage`.
    #[serde(default)]
    pub app_types: Vec<Value>,
    /// Each with `subscriptionPeriod` and `percentage`.
    #[serde(default)]
    pub subscription_periods: Vec<Value>,
}

/// Asks what users did with a broadcast or narrowcast
/// (<https://developers.line.biz/en/reference/messaging-api/#get-message-event>).
#[derive(Debug, Clone)]
pub struct GetInteractions<'a> {
    /// The send's request id.
    pub request_id: &'a str,
}

endpoint!(GetInteractions<'_>: INSIGHT_EVENT, ForBot -> Interactions, query("requestId" = request_id));

/// Asks what users did with the messages of an aggregation unit
/// (<https://developers.line.biz/en/reference/messaging-api/#get-statistics-per-unit>).
#[derive(Debug, Clone)]
pub struct GetUnitInteractions<'a> {
    /// The unit's name.
    pub unit: &'a str,
    /// The first day.
    pub from: &'a str,
    /// The last day, up to 30 days later.
    pub to: &'a str,
}

endpoint!(GetUnitInteractions<'_>: INSIGHT_UNIT, ForBot -> Interactions, query("customAggregationUnit" = unit, "from" = from, "to" = to));

/// What users did with messages.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
pub struct Interactions {
    /// With all of them: `requestId` and `timestamp` of a send, and numbers such
    /// as `delivered`, `uniqueImpression`, `uniqueClick`.
    #[serde(default)]
    pub overview: BTreeMap<String, Value>,
    /// With each message: `seq`, and numbers such as `impression`, `mediaPlayed`.
    #[serde(default)]
    pub messages: Vec<Numbers>,
    /// With each link.
    #[serde(default)]
    pub clicks: Vec<Clicks>,
}

/// What users did with a link.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Clicks {
    /// Where it leads.
    pub url: String,
    /// `seq` of its message, and numbers such as `click`, `uniqueClick`.
    #[serde(flatten)]
    pub numbers: Numbers,
}

/// Asks what users did with a rich menu
/// (<https://developers.line.biz/en/reference/messaging-api/#get-rich-menu-insight-summary>).
#[derive(Debug, Clone)]
pub struct GetRichMenuInteractions<'a> {
    /// The menu's id.
    pub menu: &'a str,
    /// The first day.
    pub from: &'a str,
    /// The last day.
    pub to: &'a str,
}

endpoint!(GetRichMenuInteractions<'_>: INSIGHT_RICH_MENU, ForBot -> MenuInteractions<Shown>, places(menu), query("from" = from, "to" = to));

/// Asks the same, day by day
/// (<https://developers.line.biz/en/reference/messaging-api/#get-rich-menu-insight-daily>).
#[derive(Debug, Clone)]
pub struct GetRichMenuInteractionsByDay<'a> {
    /// The menu's id.
    pub menu: &'a str,
    /// The first day.
    pub from: &'a str,
    /// The last day.
    pub to: &'a str,
}

endpoint!(GetRichMenuInteractionsByDay<'_>: INSIGHT_RICH_MENU_DAILY, ForBot -> MenuInteractions<Vec<Shown>>, places(menu), query("from" = from, "to" = to));

/// What users did with a rich menu: numbers of the whole time, or a list of days.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MenuInteractions<T> {
    /// The first day that has numbers.
    #[serde(default)]
    pub metrics_from: Option<String>,
    /// The last one.
    #[serde(default)]
    pub metrics_to: Option<String>,
    /// How often it was shown.
    #[serde(default = "Option::default")]
    pub impression: Option<Metrics<T>>,
    /// How often each place was tapped.
    #[serde(default = "Vec::new")]
    pub clicks: Vec<Taps<T>>,
}

/// Numbers, as LINE wraps them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Metrics<T> {
    /// The numbers.
    pub metrics: T,
}

/// How often a place was tapped.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Taps<T> {
    /// The place.
    pub bounds: Bounds,
    /// The numbers.
    pub metrics: T,
}

/// How often, and to how many.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Shown {
    /// The day, where numbers are by day.
    #[serde(default)]
    pub date: Option<String>,
    /// How often.
    pub count: u64,
    /// To how many.
    pub unique_users: u64,
}
