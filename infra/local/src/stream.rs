//! The stream of a table, and the event source mapping between it and a function: what changes in
//! the table, in order and in batches, as Lambda hands it over.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use dynoxide::actions::get_records::GetRecordsRequest;
use dynoxide::{Database, DynoxideError, streams};
use serde_json::{Value, json};
use tokio::sync::{Notify, watch};

use crate::function::Function;
use template_file::StreamSource;

/// How often the stream is looked at.
const LOOK: Duration = Duration::from_millis(100);
/// How long until a batch that failed is handed over again.
const PAUSE: Duration = Duration::from_millis(500);
/// DynamoDB keeps records for a day.
const RETENTION: Duration = Duration::from_secs(24 * 3600);

/// The stream of one table, which has one shard. Clones are the same.
#[derive(Clone)]
pub struct TableStream {
    database: Database,
    table: Arc<str>,
}

impl TableStream {
    pub(crate) fn new(database: Database, table: &str) -> Self {
        let table = table.into();
        Self { database, table }
    }

    /// The id of its one shard.
    pub fn shard(&self) -> String {
        streams::shard_id(&self.table)
    }

    /// Records after that of this sequence number, in order, or from the oldest that is kept: the
    /// next thousand at most, as Lambda hands them over.
    ///
    /// # Errors
    /// What the database says.
    pub fn records(&self, after: Option<&str>) -> Result<Vec<Value>, DynoxideError> {
        let from = match after {
            Some(number) => json!({
                "ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": number,
            }),
            None => json!({ "ShardIteratorType": "TRIM_HORIZON" }),
        };
        let mut request = json!({ "StreamArn": self.arn(), "ShardId": self.shard() });
        if let (Some(request), Value::Object(from)) = (request.as_object_mut(), from) {
            request.extend(from);
        }
        let iterator = self.database.get_shard_iterator(parsed(request)?)?;
        let page = self.database.get_records(GetRecordsRequest {
            shard_iterator: iterator.shard_iterator.unwrap_or_default(),
            limit: None,
        })?;
        let records = page.records.iter().map(serde_json::to_value);
        records
            .collect::<Result<_, _>>()
            .map_err(|error| internal(&error))
    }

    /// The sequence number of the newest record, if there is one.
    ///
    /// # Errors
    /// What the database says.
    pub fn newest(&self) -> Result<Option<String>, DynoxideError> {
        let request = parsed(json!({ "StreamArn": self.arn() }))?;
        let described = self.database.describe_stream(request)?;
        let mut shards = described.stream_description.shards.into_iter();
        let range = shards.next().map(|shard| shard.sequence_number_range);
        Ok(range.and_then(|range| range.ending_sequence_number))
    }

    fn arn(&self) -> String {
        streams::stream_arn(&self.table, "local")
    }
}

fn parsed<T: serde::de::DeserializeOwned>(request: Value) -> Result<T, DynoxideError> {
    serde_json::from_value(request).map_err(|error| internal(&error))
}

fn internal(error: &serde_json::Error) -> DynoxideError {
    DynoxideError::InternalServerError(error.to_string())
}

/// Feeds a function from a table's stream. Clones are the same mapping.
#[derive(Clone)]
pub struct StreamMapping {
    inner: Arc<Inner>,
}

struct Inner {
    stream: TableStream,
    source: StreamSource,
    function: Function,
    /// The sequence number of the newest record that is done with.
    done: watch::Sender<Option<String>>,
    /// Somebody waits.
    look: Notify,
    enabled: watch::Sender<bool>,
}

impl StreamMapping {
    /// A mapping that does nothing until it is run.
    pub fn new(stream: TableStream, source: StreamSource, function: Function) -> Self {
        let inner = Inner {
            stream,
            source,
            function,
            done: watch::Sender::new(None),
            look: Notify::new(),
            enabled: watch::Sender::new(true),
        };
        Self {
            inner: Arc::new(inner),
        }
    }

    /// Hands over what there is and what comes, until the future is dropped. Where it was before is
    /// not known: it begins with the oldest record that is kept, as the function may be handed each
    /// more than once.
    pub async fn run(self) {
        let mut enabled = self.inner.enabled.subscribe();
        loop {
            let _ = enabled.wait_for(|enabled| *enabled).await;
            let after = self.inner.done.borrow().clone();
            match self.inner.stream.records(after.as_deref()) {
                Ok(records) if records.is_empty() => self.wait(LOOK).await,
                Ok(records) => self.take(records).await,
                Err(error) => {
                    tracing::error!(%error, "the table's stream cannot be read");
                    self.wait(PAUSE).await;
                }
            }
        }
    }

    /// One that is not enabled hands nothing over, until it is: then what has changed meanwhile.
    pub fn set_enabled(&self, enabled: bool) {
        self.inner.enabled.send_replace(enabled);
    }

    /// Waits until all that has changed before this call is handed over and done.
    ///
    /// # Errors
    /// The stream cannot be read.
    pub async fn is_up_to_date(&self) -> Result<(), DynoxideError> {
        let Some(newest) = self.inner.stream.newest()? else {
            return Ok(());
        };
        self.inner.look.notify_one();
        // Numbers here have one length.
        let mut done = self.inner.done.subscribe();
        let _ = done.wait_for(|done| done.as_ref() >= Some(&newest)).await;
        Ok(())
    }

    async fn wait(&self, time: Duration) {
        let _ = tokio::time::timeout(time, self.inner.look.notified()).await;
    }

    async fn take(&self, records: Vec<Value>) {
        let last = records.last().map(sequence);
        let source = &self.inner.source;
        let kept = records.into_iter().filter(is_kept);
        let fitting: Vec<_> = kept.filter(|it| fits_any(&source.filters, it)).collect();
        let size = usize::try_from(source.batch_size).unwrap_or(1);
        for batch in fitting.chunks(size) {
            self.hand_over(batch).await;
        }
        self.inner.done.send_replace(last);
    }

    /// Hands a batch over, and what of it has failed again, until nothing has. Lambda would give up
    /// some day.
    async fn hand_over(&self, mut batch: &[Value]) {
        while !batch.is_empty() {
            let answer = self.inner.function.call(self.event(batch)).await;
            let failed = match answer {
                Ok(answer) if self.inner.source.report_batch_item_failures => {
                    first_failed(&answer, batch)
                }
                Ok(_) => None,
                Err(error) => {
                    tracing::error!(%error, "function error: the batch comes again");
                    Some(0)
                }
            };
            let Some(first) = failed else {
                return;
            };
            batch = &batch[first..];
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Lambda names the shard where there is a window.
    fn event(&self, batch: &[Value]) -> Value {
        let mut event = json!({ "Records": batch });
        if self.inner.source.tumbling_window.is_some() {
            event["shardId"] = json!(self.inner.stream.shard());
            event["state"] = json!({});
            event["isFinalInvokeForWindow"] = json!(false);
            event["isWindowTerminatedEarly"] = json!(false);
        }
        event
    }
}

fn sequence(record: &Value) -> String {
    let number = record["dynamodb"]["SequenceNumber"].as_str();
    number.unwrap_or_default().to_owned()
}

/// Whether DynamoDB would still have the record.
fn is_kept(record: &Value) -> bool {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    let at = record["dynamodb"]["ApproximateCreationDateTime"].as_f64();
    at.is_none_or(|at| now.as_secs_f64() - at < RETENTION.as_secs_f64())
}

/// Where the batch goes on. A record that is not in it stands for all of them.
fn first_failed(answer: &Value, batch: &[Value]) -> Option<usize> {
    let failures = answer["batchItemFailures"].as_array()?.iter();
    let place = |failure: &Value| {
        let failed = &failure["itemIdentifier"];
        let mut records = batch.iter();
        let found = records.position(|record| record["dynamodb"]["SequenceNumber"] == *failed);
        found.unwrap_or(0)
    };
    failures.map(place).min()
}

/// Whether a record fits one of the patterns; every record does where there is none.
fn fits_any(filters: &[Value], record: &Value) -> bool {
    filters.is_empty() || filters.iter().any(|pattern| fits(pattern, record))
}

/// Of Lambda's patterns what the template uses: a list has the texts that a value may be, or says
/// that it is there
/// (<https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html>).
fn fits(pattern: &Value, value: &Value) -> bool {
    match pattern {
        Value::Object(members) => members
            .iter()
            .all(|(name, inner)| fits(inner, &value[name])),
        Value::Array(choices) => choices.iter().any(|choice| match choice {
            Value::Object(rule) => rule.get("exists") == Some(&json!(!value.is_null())),
            text => text == value,
        }),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;
    use crate::dynamodb::DynamoDb;
    use template_file::Template;

    #[test]
    fn a_pattern_names_texts_or_that_a_value_is_there() {
        let record =
            json!({"eventName": "MODIFY", "dynamodb": {"NewImage": {"outcome": {"S": "done"}}}});
        let fits = |pattern: Value| fits(&pattern, &record);
        assert!(fits(json!({"eventName": ["INSERT", "MODIFY"]})));
        assert!(!fits(json!({"eventName": ["REMOVE"]})));
        assert!(fits(
            json!({"dynamodb": {"NewImage": {"outcome": {"S": [{"exists": true}]}}}})
        ));
        assert!(!fits(
            json!({"dynamodb": {"NewImage": {"mode": {"M": [{"exists": true}]}}}})
        ));
        assert!(!fits(
            json!({"eventName": ["MODIFY"], "dynamodb": {"Keys": {"a": ["b"]}}})
        ));
    }

    /// The batches that a function is handed; the first call fails, and the second from its second record on.
    fn failing() -> (Function, Arc<Mutex<Vec<Vec<String>>>>) {
        let batches: Arc<Mutex<Vec<Vec<String>>>> = Arc::default();
        let seen = Arc::clone(&batches);
        let function = Function::in_process("F", Duration::from_secs(60), move |event| {
            let records = event.payload["Records"]
                .as_array()
                .cloned()
                .unwrap_or_default();
            let mut seen = seen.lock().unwrap();
            seen.push(records.iter().map(sequence).collect());
            let failures: Vec<_> = match seen.len() {
                2 => vec![json!({ "itemIdentifier": sequence(&records[1]) })],
                _ => Vec::new(),
            };
            let fails = seen.len() == 1;
            async move {
                match fails {
                    true => Err("not now".into()),
                    false => Ok(json!({ "state": {}, "batchItemFailures": failures })),
                }
            }
        });
        (function, batches)
    }

    #[tokio::test(start_paused = true)]
    async fn what_has_failed_comes_again_from_there_on_and_what_does_not_fit_never() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../template.yaml");
        let table = Template::load(path).unwrap().table("Table").unwrap();
        let dynamodb = DynamoDb::in_memory().unwrap();
        dynamodb.ensure(&table).unwrap();
        dynamodb.enable_stream(&table).unwrap();
        let (function, batches) = failing();
        let source = StreamSource {
            table: table.name.clone(),
            batch_size: 10,
            filters: vec![json!({"dynamodb": {"NewImage": {"counts": {"S": ["yes"]}}}})],
            tumbling_window: Some(60),
            report_batch_item_failures: true,
        };
        let mapping = StreamMapping::new(dynamodb.stream(&table.name), source, function);
        let running = tokio::spawn(mapping.clone().run());
        for (chat, counts) in [("a", "yes"), ("b", "no"), ("c", "yes"), ("d", "yes")] {
            dynamodb.put("Table", "U1", chat, counts);
        }
        mapping.is_up_to_date().await.unwrap();
        running.abort();
        let all = dynamodb.stream("Table").records(None).unwrap();
        let [a, _, c, d] = &all.iter().map(sequence).collect::<Vec<_>>()[..] else {
            panic!("{} records", all.len());
        };
        let (all, rest) = (
            vec![a.clone(), c.clone(), d.clone()],
            vec![c.clone(), d.clone()],
        );
        assert_eq!(*batches.lock().unwrap(), [all.clone(), all, rest]);
    }
}
