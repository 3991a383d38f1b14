//! The module's coupons of an account. LINE does not know the module's names for them: after a
//! crash a coupon is found by its title and its time.

use line_module::Module;
use serde_json::Value;
use shared::domain::{CouponFields, Scope};
use shared::line::LineError;
use shared::line::endpoints::coupon::{
    CloseCoupon, CouponDetail, CreateCoupon, GetCoupon, ListCoupons,
};
use shared::line::error::LineErrorKind;
use shared::store::StoreError;

use super::{NotSent, Sender, Sent, Step};

/// As many as LINE gives in one answer.
const PAGE: u32 = 100;

impl<M: Module> Sender<'_, M> {
    /// Sees to it that the account has a coupon of this name. One that it has stays as it is:
    /// LINE cannot change a coupon.
    pub(super) async fn ensure_coupon(
        &mut self,
        name: &str,
        fields: &CouponFields,
        step: Step<'_>,
    ) -> Result<Sent, NotSent> {
        self.may_keep(Scope::COUPON_MANAGE, step)?;
        if self.view.bot.coupons.contains_key(name) {
            return Ok(Sent::default());
        }
        let id = match self.find_coupon(fields).await {
            Ok(Some(id)) => Ok(id),
            Ok(None) => self.create_coupon(fields).await,
            Err(error) => Err(error),
        };
        let id = match id {
            Ok(id) => id,
            Err(error) => return Err(self.not_changed(&error, step).await),
        };
        let remembered = self.remember_coupon(name, Some(&id)).await;
        remembered.map_err(|error| NotSent::interrupted(step.before.clone(), error))?;
        Ok(Sent::default())
    }

    /// Closes it, if it is known: nobody can get or use it any more.
    pub(super) async fn close_coupon(
        &mut self,
        name: &str,
        step: Step<'_>,
    ) -> Result<Sent, NotSent> {
        self.may_keep(Scope::COUPON_MANAGE, step)?;
        let Some(coupon) = self.view.bot.coupons.get(name).cloned() else {
            return Ok(Sent::default());
        };
        let closed = self.line.call(&CloseCoupon { coupon: &coupon }).await;
        match closed {
            Err(error) if matches!(error.kind, LineErrorKind::Gone | LineErrorKind::NotFound) => {}
            closed => {
                self.changed(closed, step).await?;
            }
        }
        let forgotten = self.remember_coupon(name, None).await;
        forgotten.map_err(|error| NotSent::interrupted(step.before.clone(), error))?;
        Ok(Sent::default())
    }

    /// A coupon that is just so, not closed, and of no other name.
    async fn find_coupon(&self, fields: &CouponFields) -> Result<Option<String>, LineError> {
        let mut start = None;
        loop {
            let list = ListCoupons {
                start: start.as_deref(),
                limit: Some(PAGE),
                ..ListCoupons::default()
            };
            let page = self.line.call(&list).await?;
            for listed in page.items.iter().filter(|it| it.title == fields.title) {
                let coupon = &listed.coupon_id;
                let is_named = self.view.bot.coupons.values().any(|known| known == coupon);
                if !is_named && is_same(&self.line.call(&GetCoupon { coupon }).await?, fields) {
                    return Ok(Some(coupon.clone()));
                }
            }
            start = page.next;
            if start.is_none() {
                return Ok(None);
            }
        }
    }

    async fn create_coupon(&self, fields: &CouponFields) -> Result<String, LineError> {
        Ok(self.line.call(&at_line(fields)).await?.coupon_id)
    }

    async fn remember_coupon(&mut self, name: &str, id: Option<&str>) -> Result<(), StoreError> {
        let write = self.app.store.update_bot(&self.work.key.bot, |row| {
            match id {
                Some(id) => row.coupons.insert(name.to_owned(), id.to_owned()),
                None => row.coupons.remove(name),
            };
        });
        self.view.bot.coupons = write.await?.coupons;
        Ok(())
    }
}

fn is_same(coupon: &CouponDetail, fields: &CouponFields) -> bool {
    coupon.status.as_deref() != Some("CLOSED")
        && coupon.start_timestamp == Some(fields.starts.seconds())
        && coupon.end_timestamp == Some(fields.ends.seconds())
}

fn at_line(fields: &CouponFields) -> CreateCoupon {
    let condition = || serde_json::json!({"type": "normal"});
    CreateCoupon {
        title: fields.title.clone(),
        start_timestamp: fields.starts.seconds(),
        end_timestamp: fields.ends.seconds(),
        timezone: fields.time_zone.clone(),
        visibility: if fields.public { "PUBLIC" } else { "UNLISTED" }.to_owned(),
        max_use_count_per_ticket: 1,
        acquisition_condition: fields.acquisition.clone().unwrap_or_else(condition),
        reward: fields
            .reward
            .clone()
            .filter(|reward| *reward != Value::Null),
        description: fields.description.clone(),
        usage_condition: fields.usage_condition.clone(),
        image_url: fields.image_url.clone(),
        barcode_image_url: fields.barcode_image_url.clone(),
        coupon_code: fields.code.clone(),
    }
}
