//! A connector to the model and to the local DynamoDB at once.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use local::dynamodb::DynamoDb;
use proptest::test_runner::TestCaseError;
use serde_json::{Value, json};
use shared::ground;
use shared::store::Store;
use table_model::Table;
use table_model::connector::Connector;
use template_file::{TableDefinition, Template};
use tokio::net::TcpListener;

use super::known::{Answers, Known};

/// Every partition that the calls write to.
pub(super) const PARTITIONS: [&str; 5] = ["U1", "U2", "@attach", "@message", "@reconciler"];

/// The local DynamoDB, and how often it was asked what.
pub(super) struct Ground {
    dynamodb: DynamoDb,
    url: String,
    http: SharedHttpConnector,
    definition: TableDefinition,
    tally: Tally,
}

type Tally = Arc<Mutex<BTreeMap<String, u64>>>;

impl Ground {
    pub(super) async fn start() -> Self {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../template.yaml");
        let template = Template::load(path).expect("the template");
        let dynamodb = DynamoDb::in_memory().expect("the local DynamoDB");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(dynamodb.clone().serve(listener));
        Self {
            dynamodb,
            url: format!("http://{address}"),
            http: shared::connector::connector(Duration::from_secs(5)),
            definition: template.table("Table").expect("the table"),
            tally: Tally::default(),
        }
    }

    /// An empty table in both, of a name of its own.
    pub(super) fn twin(&self, number: u32) -> Twin {
        let mut definition = self.definition.clone();
        definition.name = format!("Table{number}");
        definition.create["TableName"] = json!(definition.name);
        self.dynamodb.ensure(&definition).expect("a table");
        Twin {
            model: Connector::new(Table::new(&definition.create)),
            real: self.http.clone(),
            url: self.url.clone(),
            table: definition.name,
            verdict: Arc::default(),
            tally: self.tally.clone(),
        }
    }

    /// What was asked and answered how often.
    pub(super) fn tally(&self) -> String {
        let tally = self.tally.lock().unwrap_or_else(PoisonError::into_inner);
        let lines = tally
            .iter()
            .map(|(what, times)| format!("{times:>8} {what}"));
        lines.collect::<Vec<_>>().join("\n")
    }
}

/// Both tables. Calls are made of both; the model's answer is passed on.
#[derive(Debug, Clone)]
pub(super) struct Twin {
    model: Connector,
    real: SharedHttpConnector,
    url: String,
    pub(super) table: String,
    verdict: Arc<Mutex<Verdict>>,
    tally: Tally,
}

/// What has come of comparing so far.
#[derive(Debug, Default)]
struct Verdict {
    difference: Option<String>,
    /// A known difference has left different rows.
    is_parted: bool,
}

impl Twin {
    pub(super) fn store(&self) -> Store {
        let connector = SharedHttpConnector::new(self.clone());
        let http = http_client_fn(move |_, _| connector.clone());
        let ground = ground::Ground::emulated()
            .with_dynamodb_at(&self.url)
            .with_dynamodb_over(http);
        ground.table(self.table.clone())
    }

    /// Whether more can be compared; fails if something was answered differently.
    pub(super) fn goes_on(&self) -> Result<bool, TestCaseError> {
        let verdict = self.verdict.lock().unwrap_or_else(PoisonError::into_inner);
        match &verdict.difference {
            None => Ok(!verdict.is_parted),
            Some(difference) => Err(TestCaseError::fail(difference.clone())),
        }
    }

    /// One call, as JSON.
    pub(super) async fn call(&self, operation: &str, body: &Value) -> Value {
        let mut request = HttpRequest::new(SdkBody::from(body.to_string()));
        request.set_method("POST").expect("a method");
        request.set_uri(self.url.as_str()).expect("a URL");
        let headers = request.headers_mut();
        headers.insert("content-type", "application/x-amz-json-1.0");
        headers.insert("x-amz-target", format!("DynamoDB_20120810.{operation}"));
        headers.insert("x-amz-date", "20260101T000000Z");
        headers.insert(
            "authorization",
            "AWS4-HMAC-SHA256 Credential=x/20260101/us-east-1/dynamodb/aws4_request, \
             SignedHeaders=host;x-amz-date, Signature=0",
        );
        let answer = self.both(request).await.expect("an answer");
        body_of(answer).await.2
    }

    /// Reads all rows of both, by the table and by its indexes.
    pub(super) async fn compare_contents(&self) {
        let mut rows = 0;
        for partition in PARTITIONS {
            rows += self.read_all(None, "bot_id", partition).await;
        }
        let kept = self.model.table().items().count();
        assert_eq!(rows, kept, "a row is in no partition that is compared");
        self.read_all(Some("bots"), "listed", "bot").await;
        self.read_all(Some("parked"), "parked", "parked").await;
    }

    async fn read_all(&self, index: Option<&str>, key: &str, value: &str) -> usize {
        let mut rows = 0;
        let mut start = Value::Null;
        loop {
            let mut query = json!({
                "TableName": self.table,
                "KeyConditionExpression": format!("{key} = :key"),
                "ExpressionAttributeValues": {":key": {"S": value}},
            });
            if let Some(index) = index {
                query["IndexName"] = json!(index);
            }
            if !start.is_null() {
                query["ExclusiveStartKey"] = start;
            }
            let answer = self.call("Query", &query).await;
            rows += answer["Items"].as_array().map_or(0, Vec::len);
            start = answer["LastEvaluatedKey"].clone();
            if start.is_null() {
                return rows;
            }
        }
    }

    async fn both(&self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let copy = request.try_clone().expect("a body in memory");
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let operation = target.rsplit('.').next().unwrap_or_default().to_owned();
        let body = request.body().bytes().unwrap_or_default().to_vec();
        let (status, text, model) = body_of(self.model.call(copy).await?).await;
        let (real_status, _, real) = body_of(self.real.call(request).await?).await;
        self.count(&operation, &model);
        if (status, essence(&model)) != (real_status, essence(&real)) {
            self.judge(&Answers {
                operation: &operation,
                request: &serde_json::from_slice(&body).unwrap_or_default(),
                model: &model,
                local: &real,
            });
        }
        let status = status.try_into().expect("a status");
        Ok(HttpResponse::new(status, SdkBody::from(text)))
    }

    fn judge(&self, answers: &Answers<'_>) {
        let mut verdict = self.verdict.lock().unwrap_or_else(PoisonError::into_inner);
        match answers.known() {
            Some(Known::SameRows) => {}
            Some(Known::OtherRows) => verdict.is_parted = true,
            None if verdict.is_parted => {}
            None => {
                let Answers {
                    operation,
                    request,
                    model,
                    local,
                } = answers;
                let difference =
                    format!("{operation} {request}\nthe model: {model}\nthe local: {local}");
                verdict.difference.get_or_insert(difference);
            }
        }
    }

    fn count(&self, operation: &str, answer: &Value) {
        let code = code_of(answer).unwrap_or("done");
        let mut tally = self.tally.lock().unwrap_or_else(PoisonError::into_inner);
        *tally.entry(format!("{operation}: {code}")).or_default() += 1;
    }
}

impl HttpConnector for Twin {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let twin = self.clone();
        HttpConnectorFuture::new(async move { twin.both(request).await })
    }
}

async fn body_of(response: HttpResponse) -> (u16, String, Value) {
    let status = response.status().as_u16();
    let collected = ByteStream::new(response.into_body()).collect().await;
    let body = collected.expect("a body").to_vec();
    let text = String::from_utf8(body).expect("a text");
    let json = serde_json::from_str(&text).expect("JSON");
    (status, text, json)
}

fn code_of(answer: &Value) -> Option<&str> {
    answer["__type"].as_str()?.rsplit('#').next()
}

/// An answer without the words of its errors, and without an order of sets.
fn essence(answer: &Value) -> Value {
    let mut answer = answer.clone();
    sort_sets(&mut answer);
    let Some(code) = code_of(&answer) else {
        return answer;
    };
    let list = answer["CancellationReasons"].as_array();
    let reasons = list.map(|list| {
        let essences = list
            .iter()
            .map(|reason| json!([reason["Code"], reason["Item"]]));
        essences.collect::<Vec<_>>()
    });
    json!({"code": code, "item": answer["Item"], "reasons": reasons})
}

/// A set has no order; where the local DynamoDB gives it one, it differs by the call.
fn sort_sets(value: &mut Value) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(sort_sets),
        Value::Object(members) => {
            for (name, value) in members {
                match value {
                    Value::Array(set) if ["SS", "NS", "BS"].contains(&name.as_str()) => {
                        set.sort_by_key(Value::to_string);
                    }
                    value => sort_sets(value),
                }
            }
        }
        _ => {}
    }
}
