//! What belongs to one account, beside its users and chats. It goes when the account is erased.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::audience::Audience;
use super::coupon::Coupon;
use super::membership::Membership;
use super::menu::Menus;
use super::sent::Sent;

/// What belongs to one account.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Belongings {
    /// Rich menus, and who sees which.
    pub(crate) menus: Menus,
    /// Audiences by id.
    pub(crate) audiences: BTreeMap<u64, Audience>,
    /// Coupons, the oldest first.
    pub(crate) coupons: Vec<Coupon>,
    /// Membership plans.
    pub(crate) memberships: Vec<Membership>,
    /// What was sent, the oldest first.
    pub(crate) sent: Vec<Sent>,
    /// The names of aggregation units, by the month they were first used in, in that order.
    pub(crate) units: BTreeMap<String, Vec<String>>,
}
