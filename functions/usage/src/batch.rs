//! A batch of the table's stream as Lambda hands it over, and the answer that it expects.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A batch: records of one shard, in order. Lambda names the shard where the event source has a
/// tumbling window, which is the only reason why it has one
/// (<https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-windows.html>).
#[derive(Debug, Deserialize)]
pub(crate) struct Batch {
    /// Each is read by itself. None come where a window ends without any.
    #[serde(rename = "Records", default)]
    pub(crate) records: Vec<Value>,
    #[serde(rename = "shardId")]
    pub(crate) shard: String,
}

/// Why nothing of a batch is counted. Lambda hands it over again.
#[derive(Debug, thiserror::Error)]
pub enum NotABatch {
    /// Without the shard a record that comes again could not be told from a new one.
    #[error("it is no batch of a stream with a tumbling window: {0}")]
    Malformed(serde_json::Error),
}

/// What Lambda is answered.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    /// What Lambda would keep for the window's next batch: nothing, but without it the answer
    /// counts as a failure.
    state: Map<String, Value>,
    /// From the first of these on, the batch comes again.
    batch_item_failures: Vec<Failure>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Failure {
    /// A record's sequence number.
    item_identifier: String,
}

impl Answer {
    /// The whole batch is counted, or from this record on it comes again.
    pub(crate) fn again_from(sequence: Option<&str>) -> Self {
        let failure = |item_identifier: &str| Failure {
            item_identifier: item_identifier.to_owned(),
        };
        Self {
            state: Map::new(),
            batch_item_failures: sequence.map(failure).into_iter().collect(),
        }
    }

    /// From which record on the batch comes again.
    pub fn again(&self) -> Option<&str> {
        let first = self.batch_item_failures.first();
        first.map(|failure| failure.item_identifier.as_str())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_answer_has_what_lambda_wants_of_a_window() {
        let answer = |again| serde_json::to_value(Answer::again_from(again)).unwrap();
        let done = json!({ "state": {}, "batchItemFailures": [] });
        assert_eq!(answer(None), done);
        let again = json!([{ "itemIdentifier": "42" }]);
        assert_eq!(answer(Some("42"))["batchItemFailures"], again);
    }

    #[test]
    fn a_batch_without_its_shard_is_refused() {
        let batch = json!({ "Records": [] });
        assert!(serde_json::from_value::<Batch>(batch).is_err());
        let end = json!({ "shardId": "a", "isFinalInvokeForWindow": true });
        assert!(
            serde_json::from_value::<Batch>(end)
                .unwrap()
                .records
                .is_empty()
        );
    }
}
