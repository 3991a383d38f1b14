//! What an account has at LINE under names of the module's: audiences and coupons. Handlers know
//! them by name; LINE's ids are the worker's affair.

use crate::hold::Account;
use crate::{Context, CouponFields, ModuleError};
use shared::domain::{AccountEffect, UserId};
use shared::line::message::Coupon;

/// LINE takes a name of this length at most, in UTF-16 units.
const LONGEST_AUDIENCE: usize = 120;
/// LINE takes this many users in one call.
const MOST_ADDED: usize = 10_000;
/// In bytes.
const LONGEST_COUPON: usize = 100;

impl Context<'_, Account> {
    /// Sees to it that the account has an audience of this name, empty if it is new, for
    /// [`Recipient::audience`](crate::Recipient::audience).
    ///
    /// # Errors
    /// The author's: a name that has not 1 to 120 characters.
    pub fn ensure_audience(&mut self, name: &str) -> Result<(), ModuleError> {
        let audience = audience_name(name)?;
        self.plan(AccountEffect::EnsureAudience { audience });
        Ok(())
    }

    /// Adds up to 10,000 users to the audience of this name, which is made where it is not there.
    /// LINE takes a while for it. About 8,000 fit into the plan of one event. With no users
    /// nothing is planned.
    ///
    /// # Errors
    /// As [`Context::ensure_audience`]; more than 10,000 users.
    pub fn add_to_audience(&mut self, name: &str, users: &[UserId]) -> Result<(), ModuleError> {
        let audience = audience_name(name)?;
        if users.len() > MOST_ADDED {
            return Err(ModuleError::bug(format!(
                "LINE adds {MOST_ADDED} users to an audience at once, not {}",
                users.len()
            )));
        }
        if !users.is_empty() {
            let users = users.to_vec();
            self.plan(AccountEffect::AddToAudience { audience, users });
        }
        Ok(())
    }

    /// Deletes the audience of this name, for good. There need be none.
    ///
    /// # Errors
    /// As [`Context::ensure_audience`].
    pub fn delete_audience(&mut self, name: &str) -> Result<(), ModuleError> {
        let audience = audience_name(name)?;
        self.plan(AccountEffect::DeleteAudience { audience });
        Ok(())
    }

    /// Sees to it that the account has a coupon of this name, which is the module's own. One that
    /// it has already stays as it is, since LINE cannot change a coupon: another is another
    /// name. It needs the scope `coupon:manage`.
    ///
    /// # Errors
    /// The author's: a name that has not 1 to 100 bytes, a title that has not 1 to 60 characters,
    /// an end that is not after the start.
    pub fn ensure_coupon(&mut self, name: &str, fields: &CouponFields) -> Result<(), ModuleError> {
        let coupon = coupon_name(name)?;
        if !(1..=60).contains(&fields.title.encode_utf16().count()) {
            return Err(ModuleError::bug("a coupon's title has 1 to 60 characters"));
        }
        if fields.ends <= fields.starts {
            return Err(ModuleError::bug("a coupon ends after it has started"));
        }
        let fields = Box::new(fields.clone());
        self.plan(AccountEffect::EnsureCoupon { coupon, fields });
        Ok(())
    }

    /// Closes the coupon of this name: nobody can get or use it any more. There need be none.
    ///
    /// # Errors
    /// The author's: a name that has not 1 to 100 bytes.
    pub fn close_coupon(&mut self, name: &str) -> Result<(), ModuleError> {
        let coupon = coupon_name(name)?;
        self.plan(AccountEffect::CloseCoupon { coupon });
        Ok(())
    }
}

impl<H> Context<'_, H> {
    /// The coupon of this name as a message; none if the account does not have it yet: what
    /// [`Context::ensure_coupon`] plans is there for the events after that one.
    pub fn coupon(&self, name: &str) -> Option<Coupon> {
        let id = self.around.bot.coupons.get(name)?;
        Some(Coupon::new(id))
    }
}

fn audience_name(name: &str) -> Result<String, ModuleError> {
    match (1..=LONGEST_AUDIENCE).contains(&name.encode_utf16().count()) {
        true => Ok(name.to_owned()),
        false => Err(ModuleError::bug(format!(
            "an audience's name has 1 to {LONGEST_AUDIENCE} characters: {name:?}"
        ))),
    }
}

fn coupon_name(name: &str) -> Result<String, ModuleError> {
    match (1..=LONGEST_COUPON).contains(&name.len()) {
        true => Ok(name.to_owned()),
        false => Err(ModuleError::bug(format!(
            "a coupon's name has 1 to {LONGEST_COUPON} bytes, not {}",
            name.len()
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_a_length_that_line_or_the_row_takes() {
        assert!(audience_name(&"予".repeat(120)).is_ok());
        assert!(audience_name(&"予".repeat(121)).is_err());
        assert!(audience_name("").is_err());
        assert!(coupon_name(&"c".repeat(100)).is_ok());
        assert!(coupon_name(&"c".repeat(101)).is_err());
    }
}
