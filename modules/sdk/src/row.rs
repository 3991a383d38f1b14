//! Rows of the module's own: what belongs to no one chat. They are written with the
//! commit, each on the condition that it is as the handler saw it.

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
    version: String,
    epoch: Timestamp,
}

impl<H> Context<'_, H> {
    /// Rows of the module's own whose keys begin with `prefix`, in their order.
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
        rows.await?.into_iter().map(read).collect()
    }

    /// One row of the module's own.
    ///
    /// # Errors
    /// As [`Context::rows`].
    pub async fn row<T: DeserializeOwned>(&self, key: &str) -> Result<Option<Row<T>>, ModuleError> {
        let (around, bot) = (self.around, &self.around.bot.state);
        let row = around
            .store
            .module_row(&around.event.bot, key, bot.detached_at);
        row.await?.map(read).transpose()
    }

    /// A new row. Read it with [`row`](Self::row) first: if someone else creates it
    /// meanwhile, the handler runs again and sees theirs. A handler that does not look
    /// fails each time, and its event is parked after six hours.
    ///
    /// # Errors
    /// It does not serialise.
    pub fn create<T: Serialize>(
        &mut self,
        key: impl Into<String>,
        value: &T,
    ) -> Result<(), ModuleError> {
        let value = serde_json::to_string(value)?;
        self.draft.rows.push(RowChange::Create {
            key: key.into(),
            value,
        });
        Ok(())
    }

    /// Another value for a row. If someone else changes it first, the handler
    /// runs again and sees theirs.
    ///
    /// # Errors
    /// It does not serialise.
    pub fn replace<T, U: Serialize>(&mut self, row: Row<T>, value: &U) -> Result<(), ModuleError> {
        let value = serde_json::to_string(value)?;
        self.draft.rows.push(RowChange::Replace {
            key: row.key,
            value,
            version: row.version,
            epoch: row.epoch,
        });
        Ok(())
    }

    /// The end of a row, under the same condition.
    pub fn delete<T>(&mut self, row: Row<T>) {
        self.draft.rows.push(RowChange::Delete {
            key: row.key,
            version: row.version,
        });
    }
}

fn read<T: DeserializeOwned>(row: ModuleRow) -> Result<Row<T>, ModuleError> {
    Ok(Row {
        key: row.key,
        value: serde_json::from_str(&row.value)?,
        version: row.version,
        epoch: row.epoch,
    })
}
