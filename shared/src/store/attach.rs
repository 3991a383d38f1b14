//! An attach under way: kept from the start page to the callback, used once, and then kept
//! with how it ended.

use aws_sdk_dynamodb::types::ReturnValue;
use serde::{Deserialize, Serialize};
use serde_dynamo::aws_sdk_dynamodb_1::to_item;

use crate::domain::Timestamp;
use crate::hash::sha256_hex;
use crate::store::{Item, Store, StoreError, if_held, keys, n, s, version};

/// What the callback must find again. `terms` and `ended` are the attach's own JSON: the
/// table does not look into them. Neither a code nor a token of LINE's is ever in it.
#[derive(Clone, Serialize, Deserialize)]
pub struct AttachUnderWay {
    /// SHA-256 of the cookie that the browser was given: see [`browser_hash`].
    pub browser: String,
    /// The PKCE verifier, and what the authorize URL asked for.
    pub terms: String,
    /// When it is too late, in epoch seconds.
    pub expires_at: i64,
    /// When a callback took it, by that callback's clock. None before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken_at: Option<Timestamp>,
    /// How it ended. None while the callback that took it is running, or if that callback
    /// crashed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<String>,
}

impl AttachUnderWay {
    /// One that no callback has taken yet.
    pub fn new(browser: String, terms: String, expires_at: i64) -> Self {
        Self {
            browser,
            terms,
            expires_at,
            taken_at: None,
            ended: None,
        }
    }

    fn may_be_shown(&self, browser: &str, now: Timestamp) -> bool {
        self.browser == browser && self.expires_at > now.seconds()
    }
}

/// What is kept of a browser's cookie.
pub fn browser_hash(cookie: &str) -> String {
    sha256_hex([cookie])
}

impl Store {
    /// Keeps an attach under its state, which is random and so never the same twice. A row
    /// that is there is this one: an earlier write of it whose answer was lost. It stays as
    /// it is, because it may have been taken meanwhile.
    ///
    /// # Errors
    /// The table is not available.
    pub async fn begin_attach(
        &self,
        state: &str,
        attach: &AttachUnderWay,
    ) -> Result<(), StoreError> {
        const OPERATION: &str = "begin an attach";
        let members: Item = to_item(attach).map_err(StoreError::malformed(OPERATION))?;
        let members = version::stamped(members);
        let item = keys::with_key(members, keys::ATTACH, &sha256_hex([state]));
        let put = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item))
            .condition_expression("attribute_not_exists(chat_id)");
        if_held(OPERATION, put.send().await).map(drop)
    }

    /// Takes the attach, at `now`: whoever comes second, too late or with another
    /// browser's cookie finds nothing. Another browser does not use it up. `taker`
    /// is random: it tells a second visit from a write whose answer was lost.
    ///
    /// # Errors
    /// The table is not available, or the row cannot be read.
    pub async fn take_attach(
        &self,
        state: &str,
        browser: &str,
        taker: &str,
        now: Timestamp,
    ) -> Result<Option<AttachUnderWay>, StoreError> {
        const OPERATION: &str = "take an attach";
        let update = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(keys::key(keys::ATTACH, &sha256_hex([state]))))
            .update_expression("SET taker = :taker, taken_at = :at")
            .condition_expression(
                "browser = :browser AND expires_at > :now \
                 AND (attribute_not_exists(taker) OR taker = :taker)",
            )
            .expression_attribute_values(":browser", s(browser))
            .expression_attribute_values(":taker", s(taker))
            .expression_attribute_values(":at", n(now.0))
            .expression_attribute_values(":now", n(now.seconds()))
            .return_values(ReturnValue::AllNew);
        let taken = if_held(OPERATION, update.send().await)?;
        let item = taken.and_then(|answer| answer.attributes);
        item.map(|item| version::read(item).map_err(StoreError::unread(OPERATION)))
            .transpose()
    }

    /// Gives an attach back that was taken, so that it can be taken once more: what it is for has
    /// certainly not been done.
    ///
    /// # Errors
    /// The table is not available.
    pub async fn give_attach_back(&self, state: &str, taker: &str) -> Result<(), StoreError> {
        let update = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(keys::key(keys::ATTACH, &sha256_hex([state]))))
            .update_expression("REMOVE taker, taken_at")
            .condition_expression("taker = :taker AND attribute_not_exists(ended)")
            .expression_attribute_values(":taker", s(taker));
        if_held("give an attach back", update.send().await).map(drop)
    }

    /// Keeps how an attach ended, so that its page can be loaded again and a second
    /// callback shows the same, until `expires_at` in epoch seconds. Only the callback that
    /// took it ends it.
    ///
    /// # Errors
    /// The table is not available.
    pub async fn end_attach(
        &self,
        state: &str,
        taker: &str,
        ended: &str,
        expires_at: i64,
    ) -> Result<(), StoreError> {
        let update = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(keys::key(keys::ATTACH, &sha256_hex([state]))))
            .update_expression("SET ended = :ended, expires_at = :end")
            .condition_expression("taker = :taker")
            .expression_attribute_values(":taker", s(taker))
            .expression_attribute_values(":ended", s(ended))
            .expression_attribute_values(":end", n(expires_at));
        if_held("end an attach", update.send().await).map(drop)
    }

    /// An attach of this browser that is not too old: not taken yet, taken or ended.
    ///
    /// # Errors
    /// The table is not available, or the row cannot be read.
    pub async fn attach_under_way(
        &self,
        state: &str,
        browser: &str,
        now: Timestamp,
    ) -> Result<Option<AttachUnderWay>, StoreError> {
        let key = keys::key(keys::ATTACH, &sha256_hex([state]));
        let attach: Option<AttachUnderWay> = self.read("read an attach", key).await?;
        Ok(attach.filter(|attach| attach.may_be_shown(browser, now)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attach_is_shown_to_its_own_browser_until_its_time_has_passed() {
        let attach = AttachUnderWay::new(browser_hash("cookie"), String::new(), 10);
        let shown = |cookie: &str, now: i64| {
            attach.may_be_shown(&browser_hash(cookie), Timestamp(now * 1000))
        };
        assert!(shown("cookie", 9));
        assert!(!shown("cookie", 10));
        assert!(!shown("another", 9));
    }
}
