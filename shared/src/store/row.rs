//! One row by its key: read as it is now, and written if nobody has since.

use serde::de::DeserializeOwned;
use serde_dynamo::aws_sdk_dynamodb_1::from_item;

use crate::store::{Item, Store, StoreError, if_held, n};

impl Store {
    /// The row, if there is one.
    pub(super) async fn read<T: DeserializeOwned>(
        &self,
        operation: &'static str,
        key: Item,
    ) -> Result<Option<T>, StoreError> {
        let get = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(key))
            .consistent_read(true);
        let answer = get.send().await;
        let item = answer.map_err(StoreError::unavailable(operation))?.item;
        item.map(|item| from_item(item).map_err(StoreError::malformed(operation)))
            .transpose()
    }

    /// Writes a row if its version is still the one that was read, 0 for none;
    /// false if it is not.
    pub(super) async fn put_version(
        &self,
        operation: &'static str,
        item: Result<Item, serde_dynamo::Error>,
        version: u64,
    ) -> Result<bool, StoreError> {
        let item = item.map_err(StoreError::malformed(operation))?;
        let put = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item));
        let put = match version {
            0 => put.condition_expression("attribute_not_exists(chat_id)"),
            version => put
                .condition_expression("version = :v")
                .expression_attribute_values(":v", n(version)),
        };
        Ok(if_held(operation, put.send().await)?.is_some())
    }
}
