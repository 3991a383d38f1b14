//! What a coupon of the module's is.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::domain::Timestamp;

/// What a coupon is: title and time, and what may be said besides
/// (<https://developers.line.biz/en/reference/messaging-api/#create-coupon>).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CouponFields {
    /// 1 to 60 characters.
    pub title: String,
    /// From when on it is good, to the second.
    pub starts: Timestamp,
    /// Until when, to the second.
    pub ends: Timestamp,
    /// By LINE's name: `ASIA_TOKYO`.
    pub time_zone: String,
    /// Whether everybody sees it who looks at the account; else only who is sent it.
    #[serde(default)]
    pub public: bool,
    /// LINE's acquisition condition object: a lottery, for one; anybody gets it if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acquisition: Option<Value>,
    /// LINE's reward object: `{"type": "discount", …}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reward: Option<Value>,
    /// Up to 1,000 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Up to 100 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage_condition: Option<String>,
    /// An https URL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image_url: Option<String>,
    /// An https URL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub barcode_image_url: Option<String>,
    /// What the user shows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

impl CouponFields {
    /// One that anybody gets who is sent it.
    pub fn new(
        title: impl Into<String>,
        starts: Timestamp,
        ends: Timestamp,
        time_zone: impl Into<String>,
    ) -> Self {
        Self {
            title: title.into(),
            starts,
            ends,
            time_zone: time_zone.into(),
            public: false,
            acquisition: None,
            reward: None,
            description: None,
            usage_condition: None,
            image_url: None,
            barcode_image_url: None,
            code: None,
        }
    }
}
