//! The end of data: of an account that was detached, of one chat. Both go page by page, and again
//! from where they were left: what is gone is gone, and a second time does nothing.

mod account;
mod chat;
mod messages;
mod receipt;
mod unsend;

pub use account::AccountPage;
pub use chat::{ChatPage, Target};
pub use receipt::{Counts, Receipt};

use aws_sdk_dynamodb::types::AttributeValue;

use crate::store::row::given;
use crate::store::{Item, Store, StoreError, if_held, keys};

/// Rows that are read at once.
const PAGE: i32 = 200;
/// Rows that are deleted side by side.
const SIDE_BY_SIDE: usize = 16;

impl Store {
    /// Deletes a row if the condition holds; tells whether it did.
    async fn delete_row(
        &self,
        operation: &'static str,
        item: &Item,
        (condition, values): (&str, Item),
    ) -> Result<bool, StoreError> {
        let key = key_of(item);
        let delete = self
            .client
            .delete_item()
            .table_name(&self.table)
            .set_key(Some(key))
            .condition_expression(condition)
            .set_expression_attribute_values(given(values));
        Ok(if_held(operation, delete.send().await)?.is_some())
    }
}

fn key_of(item: &Item) -> Item {
    let of = |name: &str| text(item, name).unwrap_or_default();
    keys::key(of("bot_id"), of("chat_id"))
}

fn text<'a>(item: &'a Item, name: &str) -> Option<&'a str> {
    item.get(name)?.as_s().ok().map(String::as_str)
}

/// Whether any of the row's texts is such, those of its keys too.
pub(super) fn has_text(item: &Item, is_such: &impl Fn(&str) -> bool) -> bool {
    item.values().any(|value| is_in(value, is_such))
}

fn is_in(value: &AttributeValue, is_such: &impl Fn(&str) -> bool) -> bool {
    match value {
        AttributeValue::S(text) => is_such(text),
        AttributeValue::Ss(texts) => texts.iter().any(|text| is_such(text)),
        AttributeValue::L(values) => values.iter().any(|value| is_in(value, is_such)),
        AttributeValue::M(members) => members
            .iter()
            .any(|(name, value)| is_such(name) || is_in(value, is_such)),
        _ => false,
    }
}
