//! Sessions of the management screen: a row for each, under the hash of its id, so that whoever
//! reads the table cannot use one. Beside them stand links to sign in by, each taken once, and
//! when an account was signed out everywhere.

use aws_sdk_dynamodb::types::ReturnValue;
use serde::{Deserialize, Serialize};
use serde_dynamo::aws_sdk_dynamodb_1::to_item;

use crate::domain::session::{ABSOLUTE, Session};
use crate::domain::{BotId, Timestamp};
use crate::hash::sha256_hex;
use crate::store::{Item, Store, StoreError, if_held, keys, n, number_of, version};

const READ: &str = "read a session";
const WRITE: &str = "write a session";

/// What a link to sign in by is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInLink {
    /// The account.
    pub bot: BotId,
    /// When it runs out, in epoch seconds.
    pub expires_at: i64,
}

/// The session of a request, and when the account in question was signed out everywhere.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SessionRead {
    /// None if there is none, or it has ended.
    pub session: Option<Session>,
    /// None where the account is not known, or was not within the longest life of a session.
    pub signed_out_at: Option<Timestamp>,
}

fn of_session(id: &str) -> Item {
    keys::key(keys::SESSION, &sha256_hex([id]))
}

fn of_link(token: &str) -> Item {
    keys::key(keys::SESSION, &format!("@link#{}", sha256_hex([token])))
}

fn of_account(bot: &BotId) -> Item {
    keys::key(keys::SESSION, &format!("@out#{}", keys::bot(bot)))
}

impl Store {
    /// Keeps a session under its id, which is random.
    ///
    /// # Errors
    /// The table is not available.
    pub async fn put_session(&self, id: &str, session: &Session) -> Result<(), StoreError> {
        let row: Item = to_item(session).map_err(StoreError::malformed(WRITE))?;
        self.put_row(of_session(id), row, session.ends_at()).await
    }

    /// A session was used at `now`. One that has ended meanwhile stays so.
    ///
    /// # Errors
    /// The table is not available.
    pub async fn touch_session(&self, id: &str, session: &Session) -> Result<(), StoreError> {
        let update = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(of_session(id)))
            .update_expression("SET seen_at = :at, expires_at = :end")
            .condition_expression("attribute_exists(chat_id)")
            .expression_attribute_values(":at", n(session.seen_at.0))
            .expression_attribute_values(":end", n(session.ends_at().seconds()));
        if_held(WRITE, update.send().await).map(drop)
    }

    /// Ends a session.
    ///
    /// # Errors
    /// The table is not available: it may go on.
    pub async fn end_session(&self, id: &str) -> Result<(), StoreError> {
        self.take_row(of_session(id)).await.map(drop)
    }

    /// The session of this id, and whether `bot` was signed out everywhere.
    ///
    /// # Errors
    /// The table is not available, or a row cannot be read.
    pub async fn session(
        &self,
        id: &str,
        bot: Option<&BotId>,
        now: Timestamp,
    ) -> Result<SessionRead, StoreError> {
        let key = of_session(id);
        let rows = std::iter::once(key.clone()).chain(bot.map(of_account));
        let items = self.read_all(rows.collect()).await?;
        let mut read = SessionRead::default();
        for item in items {
            match keys::sort_of(&item) == keys::sort_of(&key) {
                true => {
                    let session = version::read::<Session>(item);
                    let session = session.map_err(StoreError::unread(READ))?;
                    read.session = Some(session).filter(|it| it.is_alive(now));
                }
                false => read.signed_out_at = number_of(&item, "signed_out_at").map(Timestamp),
            }
        }
        Ok(read)
    }

    /// When this account was signed out everywhere, within the longest life of a session.
    ///
    /// # Errors
    /// The table is not available.
    pub async fn signed_out_at(&self, bot: &BotId) -> Result<Option<Timestamp>, StoreError> {
        let rows = self.read_all(vec![of_account(bot)]).await?;
        let at = rows.first().and_then(|row| number_of(row, "signed_out_at"));
        Ok(at.map(Timestamp))
    }

    /// Ends what every session has proven of this account until `at`.
    ///
    /// # Errors
    /// The table is not available: sessions may go on.
    pub async fn sign_out_everywhere(&self, bot: &BotId, at: Timestamp) -> Result<(), StoreError> {
        let row = Item::from([("signed_out_at".to_owned(), n(at.0))]);
        // By then no proof from before counts.
        self.put_row(of_account(bot), row, at.plus(ABSOLUTE)).await
    }

    /// Keeps a link to sign in by under its token, which is random.
    ///
    /// # Errors
    /// The table is not available.
    pub async fn put_sign_in_link(&self, token: &str, link: &SignInLink) -> Result<(), StoreError> {
        let row: Item = to_item(link).map_err(StoreError::malformed(WRITE))?;
        let end = Timestamp(link.expires_at * 1000);
        self.put_row(of_link(token), row, end).await
    }

    /// Takes a link to sign in by: nobody else can. None if there is none, or it has run out.
    ///
    /// # Errors
    /// The table is not available, or the row cannot be read. It may be taken.
    pub async fn take_sign_in_link(
        &self,
        token: &str,
        now: Timestamp,
    ) -> Result<Option<SignInLink>, StoreError> {
        let item = self.take_row(of_link(token)).await?;
        let link: Option<SignInLink> = item
            .map(|item| version::read(item).map_err(StoreError::unread(READ)))
            .transpose()?;
        Ok(link.filter(|link| link.expires_at > now.seconds()))
    }

    async fn put_row(&self, key: Item, mut row: Item, end: Timestamp) -> Result<(), StoreError> {
        row.insert("expires_at".into(), n(end.seconds()));
        row.extend(key);
        let put = self.client.put_item().table_name(&self.table);
        let put = put.set_item(Some(version::stamped(row))).send().await;
        put.map(drop).map_err(StoreError::unavailable(WRITE))
    }

    async fn take_row(&self, key: Item) -> Result<Option<Item>, StoreError> {
        let delete = self
            .client
            .delete_item()
            .table_name(&self.table)
            .set_key(Some(key))
            .return_values(ReturnValue::AllOld);
        let gone = delete
            .send()
            .await
            .map_err(StoreError::unavailable(WRITE))?;
        Ok(gone.attributes)
    }
}

/// What a browser shows for a session is never in the table.
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_has_the_hash_of_what_the_browser_has() {
        for key in [of_session("secret"), of_link("secret")] {
            assert!(!keys::sort_of(&key).contains("secret"));
            assert_eq!(keys::partition_of(&key), "@session");
        }
        assert_ne!(of_session("secret"), of_link("secret"));
    }
}
