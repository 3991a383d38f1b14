//! Rows of the module's own: what belongs to no one chat. They are written with the
//! commit, each on the condition that it is as the handler saw it.

use std::collections::BTreeMap;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{Context, ModuleError};
use shared::domain::Timestamp;
use shared::store::{ModuleRow, RowChange};

/// One row of the module's own, read.
#[derive(Debug, Clone)]
pub struct Row<T> {
    /// Its key.
    pub key: String,
    /// What it holds.
    pub value: T,
    /// From when on it counts as absent, if it is to end by itself.
    pub expires_at: Option<Timestamp>,
    /// None for one that the same handler has planned.
    written: Option<Written>,
}

/// A page of rows: see [`Context::rows_page`].
#[derive(Debug, Clone)]
pub struct Rows<T> {
    /// The rows, in the order of their keys. There may be fewer than were asked for.
    pub rows: Vec<Row<T>>,
    /// If there are more: the key after which the next page begins.
    pub next: Option<String>,
}

/// What the keys of the bundle's own rows begin with.
const OWN: char = '@';

/// Which write made a row.
#[derive(Debug, Clone)]
struct Written {
    version: String,
    epoch: Timestamp,
}

impl<H> Context<'_, H> {
    /// Rows of the module's own whose keys begin with `prefix`, in their order, as this handler
    /// has planned them.
    ///
    /// # Errors
    /// The table is not available, or a row is not of this type.
    pub async fn rows<T: DeserializeOwned>(
        &self,
        prefix: &str,
    ) -> Result<Vec<Row<T>>, ModuleError> {
        let (around, bot) = (self.around, &self.around.bot.state);
        let rows = around
            .store
            .module_rows(&around.event.bot, prefix, bot.detached_at);
        let rows = self.with_planned(rows.await?, |key| key.starts_with(prefix));
        rows.into_iter().map(Row::read).collect()
    }

    /// At most `most` of these rows, after the key `after`: the `next` of the page before.
    ///
    /// # Errors
    /// As [`Context::rows`]; the author's: no row is asked for, or `after` does not begin with
    /// `prefix`.
    pub async fn rows_page<T: DeserializeOwned>(
        &self,
        prefix: &str,
        after: Option<&str>,
        most: u16,
    ) -> Result<Rows<T>, ModuleError> {
        if most == 0 || after.is_some_and(|after| !after.starts_with(prefix)) {
            return Err(ModuleError::bug(format!(
                "a page has at least one row, and begins after a key that begins with {prefix:?}"
            )));
        }
        let (around, bot) = (self.around, &self.around.bot.state);
        let page = around.store.module_rows_page(
            &around.event.bot,
            (prefix, after),
            i32::from(most),
            bot.detached_at,
        );
        let page = page.await?;
        let next = page.next;
        let is_of_page = |key: &str| {
            let is_later = after.is_none_or(|after| key > after);
            let is_earlier = next.as_deref().is_none_or(|next| key <= next);
            key.starts_with(prefix) && is_later && is_earlier
        };
        let rows = self.with_planned(page.rows, is_of_page);
        let rows = rows.into_iter().map(Row::read).collect::<Result<_, _>>()?;
        Ok(Rows { rows, next })
    }

    /// One row of the module's own, as this handler has planned it.
    ///
    /// # Errors
    /// As [`Context::rows`].
    pub async fn row<T: DeserializeOwned>(&self, key: &str) -> Result<Option<Row<T>>, ModuleError> {
        if let Some(change) = self.draft.row(key) {
            return planned(change).map(Row::read).transpose();
        }
        let (around, bot) = (self.around, &self.around.bot.state);
        let row = around
            .store
            .module_row(&around.event.bot, key, bot.detached_at);
        let row = row.await?.filter(|row| self.is_there(row));
        row.map(kept).map(Row::read).transpose()
    }

    /// Whether it has not expired when the event came.
    fn is_there(&self, row: &ModuleRow) -> bool {
        row.expires_at.is_none_or(|end| end > self.now())
    }

    /// A new row. Read it with [`row`](Self::row) first: if someone else creates it
    /// meanwhile, the handler runs again and sees theirs. A handler that does not look
    /// fails each time, and its event is parked after six hours.
    ///
    /// # Errors
    /// It does not serialise; this handler has planned a row of this key; the key begins with `@`.
    pub fn create<T: Serialize>(
        &mut self,
        key: impl Into<String>,
        value: &T,
    ) -> Result<(), ModuleError> {
        self.create_row(of_module(key.into())?, value, None)
    }

    /// The same for a row that ends by itself: from `end` on, in whole seconds, it counts as
    /// absent, and it is deleted within two days of that.
    ///
    /// # Errors
    /// As [`Context::create`].
    pub fn create_until<T: Serialize>(
        &mut self,
        key: impl Into<String>,
        value: &T,
        end: Timestamp,
    ) -> Result<(), ModuleError> {
        self.create_row(of_module(key.into())?, value, Some(whole_seconds(end)))
    }

    /// A row of the bundle's own, beside those of the module's.
    pub(super) fn create_own<T: Serialize>(
        &mut self,
        key: String,
        value: &T,
        end: Timestamp,
    ) -> Result<(), ModuleError> {
        self.create_row(key, value, Some(whole_seconds(end)))
    }

    fn create_row<T: Serialize>(
        &mut self,
        key: String,
        value: &T,
        expires_at: Option<Timestamp>,
    ) -> Result<(), ModuleError> {
        if self.draft.row(&key).and_then(planned).is_some() {
            return Err(ModuleError::bug(format!(
                "the row {key:?} is there: this handler has planned it"
            )));
        }
        let value = serde_json::to_string(value)?;
        self.draft.change_row(RowChange::Create {
            key,
            value,
            expires_at,
        });
        Ok(())
    }

    /// Another value for a row; when it ends by itself stays as it was. If someone else changes it
    /// first, the handler runs again and sees theirs.
    ///
    /// # Errors
    /// It does not serialise.
    pub fn replace<T, U: Serialize>(&mut self, row: Row<T>, value: &U) -> Result<(), ModuleError> {
        let end = row.expires_at;
        self.replace_row(row, value, end)
    }

    /// The same, for a row that ends by itself from now on, or at another time.
    ///
    /// # Errors
    /// As [`Context::replace`].
    pub fn replace_until<T, U: Serialize>(
        &mut self,
        row: Row<T>,
        value: &U,
        end: Timestamp,
    ) -> Result<(), ModuleError> {
        self.replace_row(row, value, Some(whole_seconds(end)))
    }

    fn replace_row<T, U: Serialize>(
        &mut self,
        row: Row<T>,
        value: &U,
        expires_at: Option<Timestamp>,
    ) -> Result<(), ModuleError> {
        let (key, value) = (row.key, serde_json::to_string(value)?);
        self.draft.change_row(match row.written {
            None => RowChange::Create {
                key,
                value,
                expires_at,
            },
            Some(Written { version, epoch }) => RowChange::Replace {
                key,
                value,
                expires_at,
                version,
                epoch,
            },
        });
        Ok(())
    }

    /// A row with this value, whether there is one of this key or not. A row that ends by itself
    /// keeps its end.
    ///
    /// ```
    /// # use line_module::{Active, Chat, Context, Handled, TextMessage};
    /// /// The group in which this is said is the staff's from now on.
    /// async fn name_group(cx: &mut Context<'_, Active>, _: &TextMessage, chat: Chat) -> Handled {
    ///     cx.put("staff", &chat).await
    /// }
    /// ```
    ///
    /// # Errors
    /// The table is not available, or the value does not serialise.
    pub async fn put<T: Serialize>(&mut self, key: &str, value: &T) -> Result<(), ModuleError> {
        match self.row::<serde::de::IgnoredAny>(key).await? {
            Some(row) => self.replace(row, value),
            None => self.create(key, value),
        }
    }

    /// No row of this key, whether there is one or not.
    ///
    /// # Errors
    /// The table is not available.
    pub async fn remove(&mut self, key: &str) -> Result<(), ModuleError> {
        if let Some(row) = self.row::<serde::de::IgnoredAny>(key).await? {
            self.delete(row);
        }
        Ok(())
    }

    /// Counts `by` on, and gives the new number: the next ticket's, or how many there are by now.
    /// It is a row of this key with a number, 0 if there is none. Two handlers that count at the
    /// same time get two numbers: one of them runs again. So a number that every chat of a busy
    /// account counts makes them wait for each other.
    ///
    /// # Errors
    /// The table is not available, or the row holds something else.
    pub async fn count(&mut self, key: &str, by: i64) -> Result<i64, ModuleError> {
        let row = self.row::<i64>(key).await?;
        let number = row.as_ref().map_or(0, |row| row.value) + by;
        match row {
            Some(row) => self.replace(row, &number)?,
            None => self.create(key, &number)?,
        }
        Ok(number)
    }

    /// The end of a row, under the same condition.
    pub fn delete<T>(&mut self, row: Row<T>) {
        let key = row.key;
        match row.written {
            None => self.draft.rows.retain(|change| change.key() != key),
            Some(Written { version, epoch }) => self.draft.change_row(RowChange::Delete {
                key,
                version,
                epoch,
            }),
        }
    }

    /// Rows as they are read, and what this handler has planned on top.
    fn with_planned(
        &self,
        rows: Vec<ModuleRow>,
        is_asked_for: impl Fn(&str) -> bool,
    ) -> Vec<Row<String>> {
        let is_of_module = |row: &ModuleRow| !row.key.starts_with(OWN);
        let rows = rows
            .into_iter()
            .filter(|row| is_of_module(row) && self.is_there(row));
        let rows = rows.map(|row| (row.key.clone(), kept(row)));
        let mut rows: BTreeMap<_, _> = rows.collect();
        let changes = self.draft.rows.iter();
        let is_shown = |key: &str| !key.starts_with(OWN) && is_asked_for(key);
        for change in changes.filter(|change| is_shown(change.key())) {
            let key = change.key().to_owned();
            match planned(change) {
                Some(row) => rows.insert(key, row),
                None => rows.remove(&key),
            };
        }
        rows.into_values().collect()
    }
}

/// The key, if a module may have it.
fn of_module(key: String) -> Result<String, ModuleError> {
    match key.starts_with(OWN) {
        true => Err(ModuleError::bug(format!(
            "the row {key:?} cannot be created: keys that begin with {OWN} are the bundle's own"
        ))),
        false => Ok(key),
    }
}

/// As the table has it.
fn whole_seconds(end: Timestamp) -> Timestamp {
    Timestamp(end.seconds() * 1000)
}

/// The row as a change leaves it, if it leaves one.
fn planned(change: &RowChange) -> Option<Row<String>> {
    let (value, expires_at, written) = match change {
        RowChange::Create {
            value, expires_at, ..
        } => (value, expires_at, None),
        RowChange::Replace {
            value,
            expires_at,
            version,
            epoch,
            ..
        } => {
            let (version, epoch) = (version.clone(), *epoch);
            (value, expires_at, Some(Written { version, epoch }))
        }
        RowChange::Delete { .. } => return None,
    };
    Some(Row {
        key: change.key().to_owned(),
        value: value.clone(),
        expires_at: *expires_at,
        written,
    })
}

fn kept(row: ModuleRow) -> Row<String> {
    let (version, epoch) = (row.version, row.epoch);
    Row {
        key: row.key,
        value: row.value,
        expires_at: row.expires_at,
        written: Some(Written { version, epoch }),
    }
}

impl<T: Serialize> Row<T> {
    /// Keeps what was changed of its value, as [`Context::replace`] does.
    ///
    /// # Errors
    /// As [`Context::replace`].
    pub fn keep<H>(self, cx: &mut Context<'_, H>) -> Result<(), ModuleError> {
        let value = serde_json::to_value(&self.value)?;
        cx.replace(self, &value)
    }
}

impl<T: DeserializeOwned> Row<T> {
    fn read(row: Row<String>) -> Result<Self, ModuleError> {
        let value = serde_json::from_str(&row.value);
        let value = value.map_err(|error| {
            ModuleError::bug(format!("the row {:?} is no such type: {error}", row.key))
        })?;
        Ok(Self {
            key: row.key,
            value,
            expires_at: row.expires_at,
            written: row.written,
        })
    }
}
