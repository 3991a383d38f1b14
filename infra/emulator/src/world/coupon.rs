//! Coupons.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::clock::Millis;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Coupon {
    pub(crate) id: String,
    /// What it was made of.
    pub(crate) body: Value,
    /// When it was made.
    pub(crate) created_at: Millis,
    /// Whether it was closed.
    pub(crate) closed: bool,
}

impl Coupon {
    /// The value in LINE's answers. Drafts are made elsewhere, not by the API.
    pub(crate) fn status(&self, now: Millis) -> &'static str {
        let end = self.body.get("endTimestamp").and_then(Value::as_i64);
        let over = end.is_some_and(|end| end.saturating_mul(1000) <= now);
        if self.closed || over {
            "CLOSED"
        } else {
            "RUNNING"
        }
    }
}
