//! Coupons. A coupon is sent as a message: see [`Coupon`](crate::line::message::Coupon).

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::line::endpoint::endpoint;

/// Makes a coupon
/// (<https://developers.line.biz/en/reference/messaging-api/#create-coupon>).
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateCoupon {
    /// 1 to 60 characters.
    pub title: String,
    /// From when on it is good, in epoch seconds.
    pub start_timestamp: i64,
    /// Until when, in epoch seconds.
    pub end_timestamp: i64,
    /// By LINE's name: `ASIA_TOKYO`.
    pub timezone: String,
    /// `UNLISTED` or `PUBLIC`.
    pub visibility: String,
    /// How often one ticket can be used: LINE takes 1.
    pub max_use_count_per_ticket: u32,
    /// LINE's object: `{"type": "normal"}`, or a lottery.
    pub acquisition_condition: Value,
    /// LINE's object: `{"type": "discount", …}` and so on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reward: Option<Value>,
    /// Up to 1,000 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Up to 100 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage_condition: Option<String>,
    /// An https URL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_url: Option<String>,
    /// An https URL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub barcode_image_url: Option<String>,
    /// What the user shows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coupon_code: Option<String>,
}

endpoint!(CreateCoupon: COUPON_CREATE, ForBot -> CouponId, body());

/// A coupon's id.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CouponId {
    /// The id.
    pub coupon_id: String,
}

/// Lists coupons
/// (<https://developers.line.biz/en/reference/messaging-api/#get-coupons-list>).
#[derive(Debug, Clone, Default)]
pub struct ListCoupons<'a> {
    /// Only those that are `DRAFT`, `RUNNING` or `CLOSED`.
    pub status: Option<&'a str>,
    /// The page before's `next`.
    pub start: Option<&'a str>,
    /// Maximum number in an answer: up to 100.
    pub limit: Option<u32>,
}

endpoint!(ListCoupons<'_>: COUPON_LIST, ForBot -> Coupons, query("status" = status, "start" = start, "limit" = limit));

/// A page of coupons.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Coupons {
    /// The coupons.
    pub items: Vec<ListedCoupon>,
    /// Where the next page begins.
    #[serde(default)]
    pub next: Option<String>,
}

/// A coupon of the list.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListedCoupon {
    /// Its id.
    pub coupon_id: String,
    pub title: String,
}

/// Asks for a coupon
/// (<https://developers.line.biz/en/reference/messaging-api/#get-coupon>).
#[derive(Debug, Clone)]
pub struct GetCoupon<'a> {
    /// Its id.
    pub coupon: &'a str,
}

endpoint!(GetCoupon<'_>: COUPON_GET, ForBot -> CouponDetail, places(coupon));

/// A coupon: what is most asked for, and the rest as LINE tells it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CouponDetail {
    /// Its id.
    #[serde(default)]
    pub coupon_id: Option<String>,
    #[serde(default)]
    pub title: Option<String>,
    /// `DRAFT`, `RUNNING` or `CLOSED`.
    #[serde(default)]
    pub status: Option<String>,
    /// From when on it is good, in epoch seconds.
    #[serde(default)]
    pub start_timestamp: Option<i64>,
    /// Until when, in epoch seconds.
    #[serde(default)]
    pub end_timestamp: Option<i64>,
    /// Everything else.
    #[serde(flatten)]
    pub rest: serde_json::Map<String, Value>,
}

/// Closes a coupon: nobody can get or use it any more. One that is closed is
/// [`Gone`](crate::line::error::LineErrorKind::Gone)
/// (<https://developers.line.biz/en/reference/messaging-api/#discontinue-coupon>).
#[derive(Debug, Clone)]
pub struct CloseCoupon<'a> {
    /// Its id.
    pub coupon: &'a str,
}

endpoint!(CloseCoupon<'_>: COUPON_CLOSE, ForBot -> (), places(coupon));
