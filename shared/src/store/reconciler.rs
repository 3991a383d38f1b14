//! The reconciler's own rows: the lease that lets one run at a time, what its
//! last walk came to, and an operator's approval.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_dynamo::aws_sdk_dynamodb_1::to_item;

use crate::domain::{BotId, Timestamp};
use crate::hash::sha256_hex;
use crate::store::{Item, Store, StoreError, if_held, keys, n, s, version};

/// What a walk over LINE's list of accounts came to: for people, nothing is
/// decided by it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WalkRow {
    /// When LINE gave the first page, by its clock; none if it gave no whole list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub began_at: Option<Timestamp>,
    /// When the reconciler ended, by our clock.
    pub ended_at: Timestamp,
    /// Accounts in LINE's list.
    pub listed: usize,
    /// Accounts in the table.
    pub known: usize,
    /// Accounts whose attach was entered.
    pub attached: usize,
    /// Accounts newly marked as missing.
    pub marked: usize,
    /// Accounts that lost that mark.
    pub unmarked: usize,
    /// Accounts whose name was entered.
    pub named: usize,
    /// Accounts whose bot info was asked for.
    pub asked: usize,
    /// Accounts whose detach was entered.
    pub detached: usize,
    /// Jobs queued: changes that were not reported to the module, and detaches.
    pub queued: usize,
    /// Rows of accounts written.
    pub writes: usize,
    /// Set if the reconciler stopped because too many accounts would go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stopped: Option<Stopped>,
    /// Why it failed, if it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
}

/// The row has it as one member: some of its names are keys of indexes.
#[derive(Serialize, Deserialize)]
struct KeptWalk<W> {
    walk: W,
}

#[derive(Deserialize)]
struct Approval {
    fingerprint: String,
}

/// More accounts would go than without an operator's word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stopped {
    /// How many would go,
    pub gone: usize,
    /// of how many.
    pub judged: usize,
    /// What an operator approves: exactly these accounts.
    pub fingerprint: String,
    /// The first of them.
    pub first: Vec<BotId>,
}

/// What an approval is for: these accounts and no others. They come sorted.
pub fn fingerprint<'a>(bots: impl IntoIterator<Item = &'a BotId>) -> String {
    let lines = bots.into_iter().flat_map(|bot| [bot.as_str(), "\n"]);
    sha256_hex(lines)
}

impl Store {
    /// Takes the reconciler's lease, or keeps it, until `life` from `now`. False
    /// if another holds it; one that is past its time counts as absent.
    ///
    /// # Errors
    /// The table is not available.
    pub async fn take_lease(
        &self,
        holder: &str,
        now: Timestamp,
        life: Duration,
    ) -> Result<bool, StoreError> {
        let ends_at = now.plus(life).0;
        let lease = Item::from([("holder".into(), s(holder)), ("ends_at".into(), n(ends_at))]);
        let put = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(keys::with_key(
                version::stamped(lease),
                keys::RECONCILER,
                keys::LEASE,
            )))
            .condition_expression(
                "attribute_not_exists(chat_id) OR ends_at <= :now OR holder = :holder",
            )
            .expression_attribute_values(":now", n(now.0))
            .expression_attribute_values(":holder", s(holder));
        Ok(if_held("take the lease", put.send().await)?.is_some())
    }

    /// Gives the lease back, if it is still this holder's.
    ///
    /// # Errors
    /// The table is not available.
    pub async fn give_back_lease(&self, holder: &str) -> Result<(), StoreError> {
        self.delete_if(keys::LEASE, "holder = :value", holder).await
    }

    /// Keeps what the last walk came to.
    ///
    /// # Errors
    /// The table is not available.
    pub async fn keep_walk(&self, walk: &WalkRow) -> Result<(), StoreError> {
        const OPERATION: &str = "keep the walk";
        let item: Item = to_item(KeptWalk { walk }).map_err(StoreError::malformed(OPERATION))?;
        self.put_own(OPERATION, keys::WALK, item).await
    }

    /// What the last walk came to.
    ///
    /// # Errors
    /// The table is not available, or the row cannot be read.
    pub async fn walk(&self) -> Result<Option<WalkRow>, StoreError> {
        let key = keys::key(keys::RECONCILER, keys::WALK);
        let kept: Option<KeptWalk<WalkRow>> = self.read("read the walk", key).await?;
        Ok(kept.map(|kept| kept.walk))
    }

    /// An operator says that exactly the accounts of this fingerprint may go.
    ///
    /// # Errors
    /// The table is not available.
    pub async fn approve(&self, fingerprint: &str) -> Result<(), StoreError> {
        let item = Item::from([("fingerprint".into(), s(fingerprint))]);
        self.put_own("approve", keys::APPROVAL, item).await
    }

    /// The fingerprint that an operator has approved.
    ///
    /// # Errors
    /// The table is not available.
    pub async fn approval(&self) -> Result<Option<String>, StoreError> {
        let key = keys::key(keys::RECONCILER, keys::APPROVAL);
        let approval: Option<Approval> = self.read("read the approval", key).await?;
        Ok(approval.map(|approval| approval.fingerprint))
    }

    /// Takes an approval away, unless another has been given meanwhile.
    ///
    /// # Errors
    /// The table is not available.
    pub async fn end_approval(&self, fingerprint: &str) -> Result<(), StoreError> {
        self.delete_if(keys::APPROVAL, "fingerprint = :value", fingerprint)
            .await
    }

    pub(super) async fn put_own(
        &self,
        operation: &'static str,
        row: &str,
        item: Item,
    ) -> Result<(), StoreError> {
        let put = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(keys::with_key(
                version::stamped(item),
                keys::RECONCILER,
                row,
            )));
        put.send()
            .await
            .map(drop)
            .map_err(StoreError::unavailable(operation))
    }

    async fn delete_if(&self, row: &str, condition: &str, value: &str) -> Result<(), StoreError> {
        let delete = self
            .client
            .delete_item()
            .table_name(&self.table)
            .set_key(Some(keys::key(keys::RECONCILER, row)))
            .condition_expression(condition)
            .expression_attribute_values(":value", s(value));
        if_held("delete a row of the reconciler", delete.send().await).map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_is_of_these_accounts_and_no_others() {
        let of = |ids: &[&str]| {
            let bots: Vec<_> = ids.iter().map(|id| BotId::new(*id).unwrap()).collect();
            fingerprint(&bots)
        };
        assert_eq!(of(&["U1", "U2"]), of(&["U1", "U2"]));
        assert_ne!(of(&["U1", "U2"]), of(&["U1"]));
        assert_ne!(of(&["U1", "U2"]), of(&["U1U2"]));
    }
}
