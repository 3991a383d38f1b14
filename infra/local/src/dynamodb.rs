//! DynamoDB in process: the table of the template, in memory or in a file.

use std::path::Path;

use dynoxide::actions::create_table::CreateTableRequest;
use dynoxide::actions::describe_table::DescribeTableRequest;
use dynoxide::actions::update_time_to_live::UpdateTimeToLiveRequest;
use dynoxide::{Database, DynoxideError};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::stream::TableStream;
use template_file::TableDefinition;

/// A DynamoDB server. Clones are the same server.
#[derive(Clone)]
pub struct DynamoDb {
    database: Database,
}

type Made = Result<(), Box<dyn std::error::Error + Send + Sync>>;

/// Why there is no DynamoDB to talk to.
#[derive(Debug, thiserror::Error)]
pub enum DynamoDbError {
    /// The database could not be opened.
    #[error("cannot open the local DynamoDB")]
    Open(#[source] DynoxideError),
    /// A table could not be created.
    #[error("cannot create the table {table} of the template")]
    Create {
        /// The table's name.
        table: String,
        /// Why not.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl DynamoDb {
    /// An empty one, gone when the last clone is.
    pub fn in_memory() -> Result<Self, DynamoDbError> {
        let database = Database::memory().map_err(DynamoDbError::Open)?;
        Ok(Self { database })
    }

    /// One whose rows are in this file, which is made if it is absent.
    pub fn in_file(path: &Path) -> Result<Self, DynamoDbError> {
        let database = Database::new(&path.to_string_lossy()).map_err(DynamoDbError::Open)?;
        Ok(Self { database })
    }

    /// Creates the table, and says when its rows may go. One that exists keeps its rows, and is given the indexes
    /// that it lacks: a file of an earlier day may be of an earlier template.
    pub fn ensure(&self, table: &TableDefinition) -> Result<(), DynamoDbError> {
        let name = &table.name;
        let made = match self.database.get_table_metadata(name) {
            Ok(Some(_)) => self.add_indexes(name, &table.create),
            Ok(None) => self.create(table),
            Err(error) => Err(error.into()),
        };
        made.map_err(|source| DynamoDbError::Create {
            table: name.clone(),
            source,
        })
    }

    fn create(&self, table: &TableDefinition) -> Made {
        let request: CreateTableRequest = serde_json::from_value(table.create.clone())?;
        self.database.create_table(request)?;
        if let Some(attribute) = &table.ttl_attribute {
            let request: UpdateTimeToLiveRequest = serde_json::from_value(json!({
                "TableName": table.name,
                "TimeToLiveSpecification": {"AttributeName": attribute, "Enabled": true},
            }))?;
            self.database.update_time_to_live(request)?;
        }
        Ok(())
    }

    /// DynamoDB takes them one by one.
    fn add_indexes(&self, name: &str, create: &Value) -> Made {
        let request = serde_json::from_value(json!({ "TableName": name }))?;
        let described = serde_json::to_value(self.database.describe_table(request)?)?;
        let has = indexes(&described["Table"]);
        let lacks = |index: &&Value| has.iter().all(|it| it["IndexName"] != index["IndexName"]);
        for index in indexes(create).iter().filter(lacks) {
            let request = serde_json::from_value(json!({
                "TableName": name,
                "AttributeDefinitions": create["AttributeDefinitions"],
                "GlobalSecondaryIndexUpdates": [{ "Create": index }],
            }))?;
            self.database.update_table(request)?;
        }
        Ok(())
    }

    /// The size of a table's rows in bytes, with what DynamoDB keeps for each beside it.
    pub(crate) fn size(&self, table: &str) -> Result<u64, DynoxideError> {
        let request = DescribeTableRequest {
            table_name: table.to_owned(),
        };
        let described = self.database.describe_table(request)?.table;
        let bytes = described.table_size_bytes.unwrap_or_default();
        Ok(u64::try_from(bytes).unwrap_or_default())
    }

    /// Gives the table its stream, which has what changes from now on, and what changed before if it
    /// had one already. A table without one costs less time with each write.
    pub fn enable_stream(&self, table: &TableDefinition) -> Result<(), DynamoDbError> {
        let Some(view_type) = &table.stream_view_type else {
            return Ok(());
        };
        let enable = || -> Made {
            let metadata = self.database.get_table_metadata(&table.name)?;
            if metadata.is_some_and(|table| table.stream_enabled) {
                return Ok(());
            }
            let request = serde_json::from_value(json!({
                "TableName": table.name,
                "StreamSpecification": {"StreamEnabled": true, "StreamViewType": view_type},
            }))?;
            self.database.update_table(request)?;
            Ok(())
        };
        enable().map_err(|source| DynamoDbError::Create {
            table: table.name.clone(),
            source,
        })
    }

    /// The stream of a table that has one.
    pub fn stream(&self, table: &str) -> TableStream {
        TableStream::new(self.database.clone(), table)
    }

    /// Serves on the listener until the future is dropped.
    pub async fn serve(self, listener: TcpListener) {
        dynoxide::server::serve_on(listener, self.database).await;
    }
}

fn indexes(table: &Value) -> &[Value] {
    let indexes = table["GlobalSecondaryIndexes"].as_array();
    indexes.map_or(&[], Vec::as_slice)
}

#[cfg(test)]
impl DynamoDb {
    /// Writes a row, for tests.
    pub(crate) fn put(&self, table: &str, bot: &str, chat: &str, counts: &str) {
        let item = json!({"bot_id": {"S": bot}, "chat_id": {"S": chat}, "counts": {"S": counts}});
        let request = json!({"TableName": table, "Item": item});
        let put = serde_json::from_value(request).unwrap();
        self.database.put_item(put).unwrap();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use template_file::Template;

    fn table() -> TableDefinition {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../template.yaml");
        Template::load(path).unwrap().table("Table").unwrap()
    }

    /// One call as an SDK makes it; the signature is not checked locally.
    async fn call(url: &str, operation: &str, body: &Value) -> Value {
        let response = reqwest::Client::new()
            .post(url)
            .header("content-type", "application/x-amz-json-1.0")
            .header("x-amz-target", format!("DynamoDB_20120810.{operation}"))
            .header("x-amz-date", "20260101T000000Z")
            .header(
                "authorization",
                "AWS4-HMAC-SHA256 Credential=x/20260101/us-east-1/dynamodb/aws4_request, \
                 SignedHeaders=host;x-amz-date, Signature=0",
            )
            .body(body.to_string());
        response.send().await.unwrap().json().await.unwrap()
    }

    #[tokio::test]
    async fn the_templates_table_is_served() {
        let dynamodb = DynamoDb::in_memory().unwrap();
        dynamodb.ensure(&table()).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(dynamodb.serve(listener));

        let name = json!({"TableName": "Table"});
        let described = call(&url, "DescribeTable", &name).await;
        let indexes = &described["Table"]["GlobalSecondaryIndexes"];
        let all = indexes.as_array().unwrap().iter();
        let names: Vec<&Value> = all.map(|index| &index["IndexName"]).collect();
        assert_eq!(names, ["bots", "parked", "timers"], "{described}");
        let ttl = call(&url, "DescribeTimeToLive", &name).await;
        assert_eq!(
            ttl["TimeToLiveDescription"]["AttributeName"], "expires_at",
            "{ttl}"
        );
    }

    #[test]
    fn a_file_keeps_the_rows() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("table.sqlite");
        let item = json!({
            "TableName": "Table",
            "Item": {"bot_id": {"S": "U1"}, "chat_id": {"S": "@bot"}},
        });
        {
            let dynamodb = DynamoDb::in_file(&path).unwrap();
            dynamodb.ensure(&table()).unwrap();
            let put = serde_json::from_value(item).unwrap();
            dynamodb.database.put_item(put).unwrap();
        }
        let dynamodb = DynamoDb::in_file(&path).unwrap();
        dynamodb.ensure(&table()).unwrap();
        let scan = serde_json::from_value(json!({"TableName": "Table"})).unwrap();
        assert_eq!(dynamodb.database.scan(scan).unwrap().count, 1);
    }

    #[test]
    fn a_file_of_an_earlier_template_is_given_the_indexes_that_it_lacks() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("table.sqlite");
        let mut earlier = table();
        let indexes = earlier.create["GlobalSecondaryIndexes"].as_array_mut();
        indexes
            .unwrap()
            .retain(|index| index["IndexName"] == "bots");
        let used = earlier.create["AttributeDefinitions"].as_array_mut();
        used.unwrap().retain(|attribute| {
            ["bot_id", "chat_id", "listed"].contains(&attribute["AttributeName"].as_str().unwrap())
        });
        DynamoDb::in_file(&path).unwrap().ensure(&earlier).unwrap();
        let dynamodb = DynamoDb::in_file(&path).unwrap();
        dynamodb.ensure(&table()).unwrap();
        for index in ["bots", "parked", "timers"] {
            let request = json!({"TableName": "Table", "IndexName": index});
            let scan = serde_json::from_value(request).unwrap();
            assert_eq!(dynamodb.database.scan(scan).unwrap().count, 0);
        }
    }

    #[test]
    fn a_table_that_cannot_be_is_named() {
        let mut table = table();
        table.create["KeySchema"] = json!([]);
        let error = DynamoDb::in_memory().unwrap().ensure(&table);
        assert_eq!(
            error.unwrap_err().to_string(),
            "cannot create the table Table of the template"
        );
    }
}
