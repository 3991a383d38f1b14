//! Coupons and memberships.

use serde_json::json;
use shared::domain::Timestamp;
use shared::line::endpoint::Facts;
use shared::line::endpoints::coupon::{CloseCoupon, CreateCoupon, GetCoupon, ListCoupons};
use shared::line::endpoints::membership::{GetSubscriptions, ListMembershipUsers, ListMemberships};

use crate::{Caller, Ended, Sample};

impl<R: FnMut(&'static Facts, Ended<'_>)> Caller<'_, R> {
    pub(super) async fn coupons_and_memberships(&mut self) {
        let Sample {
            user,
            membership,
            now,
            ..
        } = self.with;
        let made = self.call(&coupon(*now)).await;
        let coupon = &made.map_or_else(|| "coupon-1".into(), |made| made.value.coupon_id);
        self.call(&ListCoupons {
            status: Some("RUNNING"),
            start: None,
            limit: Some(10),
        })
        .await;
        self.call(&GetCoupon { coupon }).await;
        self.call(&CloseCoupon { coupon }).await;
        self.call(&ListMemberships).await;
        self.call(&GetSubscriptions { user }).await;
        let membership = *membership;
        self.call(&ListMembershipUsers {
            membership,
            start: None,
            limit: None,
        })
        .await;
    }
}

fn coupon(now: Timestamp) -> CreateCoupon {
    CreateCoupon {
        title: "10 %".into(),
        start_timestamp: now.seconds(),
        end_timestamp: now.seconds() + 7 * 86_400,
        timezone: "ASIA_TOKYO".into(),
        visibility: "UNLISTED".into(),
        max_use_count_per_ticket: 1,
        acquisition_condition: json!({"type": "normal"}),
        reward: Some(
            json!({"type": "discount", "priceInfo": {"type": "percentage", "percentage": 10}}),
        ),
        description: None,
        usage_condition: None,
        image_url: None,
        barcode_image_url: None,
        coupon_code: None,
    }
}
