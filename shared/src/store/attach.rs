//! An attach under way: kept from the start page to the callback, used once.

use aws_sdk_dynamodb::operation::delete_item::DeleteItemError;
use aws_sdk_dynamodb::types::ReturnValue;
use serde::{Deserialize, Serialize};
use serde_dynamo::aws_sdk_dynamodb_1::{from_item, to_item};

use crate::domain::Timestamp;
use crate::store::{Item, Store, StoreError, keys, n, s};

/// What the callback must find again. `terms` is the attach's own JSON: the
/// table does not look into it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttachUnderWay {
    /// SHA-256 of the cookie that the browser was given: see [`browser_hash`].
    pub browser: String,
    /// The PKCE verifier, and what the authorize URL asked for.
    pub terms: String,
    /// When it is too late, in epoch seconds.
    pub expires_at: i64,
}

/// What is kept of a browser's cookie.
pub fn browser_hash(cookie: &str) -> String {
    keys::sha256_hex(cookie)
}

impl Store {
    /// Keeps an attach under its state, which is random and so never the same twice.
    ///
    /// # Errors
    /// The table is not available.
    pub async fn begin_attach(
        &self,
        state: &str,
        attach: &AttachUnderWay,
    ) -> Result<(), StoreError> {
        const OPERATION: &str = "begin an attach";
        let item: Item = to_item(attach).map_err(StoreError::malformed(OPERATION))?;
        let item = keys::with_key(item, keys::ATTACH, &keys::sha256_hex(state));
        let put = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item));
        put.send()
            .await
            .map(drop)
            .map_err(StoreError::unavailable(OPERATION))
    }

    /// Takes the attach out: whoever comes second, too late or with another
    /// browser's cookie finds nothing. Another browser does not use it up.
    ///
    /// # Errors
    /// The table is not available, or the row cannot be read.
    pub async fn take_attach(
        &self,
        state: &str,
        browser: &str,
        now: Timestamp,
    ) -> Result<Option<AttachUnderWay>, StoreError> {
        const OPERATION: &str = "take an attach";
        let delete = self
            .client
            .delete_item()
            .table_name(&self.table)
            .set_key(Some(keys::key(keys::ATTACH, &keys::sha256_hex(state))))
            .condition_expression("browser = :browser AND expires_at > :now")
            .expression_attribute_values(":browser", s(browser))
            .expression_attribute_values(":now", n(now.seconds()))
            .return_values(ReturnValue::AllOld);
        match delete.send().await {
            Ok(answer) => answer
                .attributes
                .map(|item| from_item(item).map_err(StoreError::malformed(OPERATION)))
                .transpose(),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(DeleteItemError::is_conditional_check_failed_exception) =>
            {
                Ok(None)
            }
            Err(error) => Err(StoreError::unavailable(OPERATION)(error)),
        }
    }
}
