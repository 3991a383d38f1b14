//! The gateway over real HTTP, with functions that show what they were given.

use std::sync::Mutex;
use std::time::UNIX_EPOCH;

use aws_lambda_events::apigw::{ApiGatewayV2httpRequest, ApiGatewayV2httpResponse};
use aws_smithy_async::time::StaticTimeSource;
use lambda_runtime::LambdaEvent;
use serde_json::{Value, json};

use super::*;

/// The gateway's clock stands at 9 September 2001, 1:46:40.123 UTC.
const NOW_MS: u64 = 1_000_000_000_123;

const LONG: Duration = Duration::from_secs(60);

/// A gateway with one function behind all of its routes.
struct World {
    url: String,
    client: reqwest::Client,
    events: Arc<Mutex<Vec<Value>>>,
    _serving: tokio::task::JoinHandle<io::Result<()>>,
}

impl World {
    async fn new(keys: &[&str], answer: Value) -> Self {
        let events = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&events);
        let function = Function::in_process("F", LONG, move |event| {
            seen.lock().unwrap().push(event.payload);
            std::future::ready(Ok(answer.clone()))
        });
        Self::with_function(keys, function, LONG, events).await
    }

    async fn with_function(
        keys: &[&str],
        function: Function,
        integration_timeout: Duration,
        events: Arc<Mutex<Vec<Value>>>,
    ) -> Self {
        let routes = keys.iter().map(|key| {
            let (method, path) = key.split_once(' ').unwrap_or(("ANY", key));
            Route {
                method: method.to_owned(),
                path: path.to_owned(),
                function: "F".to_owned(),
            }
        });
        let functions = HashMap::from([("F".to_owned(), function)]);
        let gateway = Gateway::with_integration_timeout(
            routes.collect(),
            functions,
            StaticTimeSource::new(UNIX_EPOCH + Duration::from_millis(NOW_MS)).into(),
            integration_timeout,
        );
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self {
            url: format!("http://{}", listener.local_addr().unwrap()),
            client: reqwest::Client::new(),
            events,
            _serving: tokio::spawn(gateway.serve(listener)),
        }
    }

    async fn get(&self, path: &str) -> reqwest::Response {
        let url = format!("{}{path}", self.url);
        self.client.get(url).send().await.unwrap()
    }

    async fn post(&self, content_type: &str, body: &[u8]) -> Value {
        let request = self
            .client
            .post(format!("{}/webhook", self.url))
            .header("content-type", content_type);
        request.body(body.to_vec()).send().await.unwrap();
        self.event()
    }

    fn event(&self) -> Value {
        self.events.lock().unwrap().pop().unwrap()
    }
}

async fn failing(function: Function, integration_timeout: Duration) -> (u16, Value) {
    let world =
        World::with_function(&["GET /"], function, integration_timeout, Arc::default()).await;
    let response = world.get("/").await;
    (response.status().as_u16(), response.json().await.unwrap())
}

#[tokio::test]
async fn what_is_not_routed_is_not_found() {
    let world = World::new(&["GET /attach"], json!({})).await;
    let response = world.get("/other").await;
    assert_eq!(response.status(), 404);
    assert_eq!(response.headers()["content-type"], "application/json");
    assert_eq!(response.text().await.unwrap(), r#"{"message":"Not Found"}"#);
}

#[tokio::test]
async fn the_event_says_what_was_asked() {
    let world = World::new(&["GET /bots/{bot}"], json!({})).await;
    let request = world
        .client
        .get(format!("{}/bots/U%201?a=1&a=2&b=x+y%2Fz", world.url))
        .header("X-Twice", "1")
        .header("X-Twice", "2")
        .header("Cookie", "s=1; t=2")
        .header("User-Agent", "test");
    request.send().await.unwrap();
    let event = world.event();
    let host = world.url.strip_prefix("http://").unwrap();
    assert_eq!(event["version"], "2.0");
    assert_eq!(event["routeKey"], "GET /bots/{bot}");
    assert_eq!(event["rawPath"], "/bots/U 1");
    assert_eq!(event["rawQueryString"], "a=1&a=2&b=x+y%2Fz");
    assert_eq!(
        event["queryStringParameters"],
        json!({"a": "1,2", "b": "x y/z"})
    );
    assert_eq!(event["pathParameters"], json!({"bot": "U 1"}));
    assert_eq!(event["cookies"], json!(["s=1", "t=2"]));
    assert_eq!(event["headers"]["x-twice"], "1,2");
    assert_eq!(event["headers"]["cookie"], Value::Null);
    assert_eq!(event["headers"]["x-forwarded-for"], "127.0.0.1");
    assert_eq!(event["isBase64Encoded"], false);
    assert_eq!(event["body"], Value::Null);
    let context = &event["requestContext"];
    assert_eq!(context["domainName"], host);
    assert_eq!(context["stage"], "$default");
    assert_eq!(context["routeKey"], "GET /bots/{bot}");
    assert_eq!(
        context["http"],
        json!({
            "method": "GET",
            "path": "/bots/U 1",
            "protocol": "HTTP/1.1",
            "sourceIp": "127.0.0.1",
            "userAgent": "test",
        })
    );
    assert_eq!(context["timeEpoch"], NOW_MS);
}

#[tokio::test]
async fn the_time_is_written_as_api_gateway_writes_it() {
    let world = World::new(&["GET /"], json!({})).await;
    world.get("/").await;
    let context = &world.event()["requestContext"];
    assert_eq!(context["time"], "09/Sep/2001:01:46:40 +0000");
}

#[tokio::test]
async fn json_and_text_are_handed_on_as_they_are() {
    let world = World::new(&["POST /webhook"], json!({})).await;
    for content_type in [
        "application/json; charset=utf-8",
        "text/plain",
        "application/problem+json",
    ] {
        let event = world
            .post(content_type, "{\"text\":\"日本\"}".as_bytes())
            .await;
        assert_eq!(event["body"], "{\"text\":\"日本\"}", "{content_type}");
        assert_eq!(event["isBase64Encoded"], false);
    }
}

#[tokio::test]
async fn other_bodies_are_in_base64() {
    let world = World::new(&["POST /webhook"], json!({})).await;
    for content_type in ["application/x-www-form-urlencoded", "image/png"] {
        let event = world.post(content_type, b"a=1").await;
        assert_eq!(event["body"], "YT0x", "{content_type}");
        assert_eq!(event["isBase64Encoded"], true);
    }
    let event = world.post("application/json", b"\xff\xfe").await;
    assert_eq!(event["body"], "//4=");
    assert_eq!(event["isBase64Encoded"], true);
}

#[tokio::test]
async fn a_body_over_ten_megabytes_is_refused() {
    let world = World::new(&["POST /webhook"], json!({})).await;
    let request = world.client.post(format!("{}/webhook", world.url));
    let response = request
        .body(vec![b'x'; 10 * 1024 * 1024 + 1])
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 413);
    assert_eq!(
        response.text().await.unwrap(),
        r#"{"message":"Request Entity Too Large"}"#
    );
    assert!(world.events.lock().unwrap().is_empty());
}

#[tokio::test]
async fn an_answer_is_written_out_as_it_says() {
    let answer = json!({
        "statusCode": 302,
        "headers": {"Location": "https://example.com/", "X-Number": 1, "Content-Length": "7"},
        "cookies": ["a=1; Secure", "b=2"],
        "body": "",
    });
    let mut world = World::new(&["GET /"], answer).await;
    world.client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    let response = world.get("/").await;
    assert_eq!(response.status(), 302);
    assert_eq!(response.headers()["location"], "https://example.com/");
    assert_eq!(response.headers()["x-number"], "1");
    let cookies: Vec<_> = response.headers().get_all("set-cookie").iter().collect();
    assert_eq!(cookies, ["a=1; Secure", "b=2"]);
    assert_eq!(response.bytes().await.unwrap(), "");
}

#[tokio::test]
async fn a_body_in_base64_is_decoded() {
    let answer = json!({
        "statusCode": 200,
        "headers": {"content-type": "image/png"},
        "body": "//4=",
        "isBase64Encoded": true,
    });
    let response = World::new(&["GET /"], answer).await.get("/").await;
    assert_eq!(response.headers()["content-type"], "image/png");
    assert_eq!(response.bytes().await.unwrap().as_ref(), b"\xff\xfe");
}

#[tokio::test]
async fn an_answer_without_a_status_code_is_the_body() {
    for (answer, body) in [
        (json!({"status": "ok"}), r#"{"status":"ok"}"#),
        (json!("hello"), "hello"),
        (json!([1]), "[1]"),
    ] {
        let response = World::new(&["GET /"], answer).await.get("/").await;
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "application/json");
        assert_eq!(response.text().await.unwrap(), body);
    }
}

#[tokio::test]
async fn an_answer_that_makes_no_sense_is_an_internal_error() {
    for answer in [
        json!({"statusCode": 99}),
        json!({"statusCode": "good"}),
        json!({"statusCode": 200, "body": {"a": 1}}),
        json!({"statusCode": 200, "body": "?", "isBase64Encoded": true}),
        json!({"statusCode": 200, "headers": {"a b": "c"}}),
        json!({"statusCode": 200, "headers": {"a": "b\nc"}}),
    ] {
        let world = World::new(&["GET /"], answer.clone()).await;
        let response = world.get("/").await;
        assert_eq!(response.status(), 500, "{answer}");
        assert_eq!(
            response.text().await.unwrap(),
            r#"{"message":"Internal Server Error"}"#
        );
    }
}

#[tokio::test]
async fn a_function_that_fails_is_an_internal_error() {
    let function = Function::in_process("F", LONG, |_| async { Err("secret".into()) });
    let error = json!({"message": "Internal Server Error"});
    assert_eq!(failing(function, LONG).await, (500, error));
}

#[tokio::test]
async fn a_function_out_of_its_time_is_an_internal_error() {
    let function = Function::in_process("F", Duration::from_millis(1), |_| std::future::pending());
    let error = json!({"message": "Internal Server Error"});
    assert_eq!(failing(function, LONG).await, (500, error));
}

#[tokio::test]
async fn a_function_longer_than_the_gateway_waits_is_unavailable() {
    let function = Function::in_process("F", LONG, |_| std::future::pending());
    let error = json!({"message": "Service Unavailable"});
    assert_eq!(
        failing(function, Duration::from_millis(1)).await,
        (503, error)
    );
}

#[tokio::test]
async fn the_events_of_the_lambda_crates_fit() {
    let function = Function::typed(
        "F",
        LONG,
        |event: LambdaEvent<ApiGatewayV2httpRequest>| async move {
            let path = event.payload.raw_path.unwrap_or_default();
            let mut response = ApiGatewayV2httpResponse::default();
            response.status_code = 201;
            response.body = Some(path.into());
            Ok::<_, lambda_runtime::Error>(response)
        },
    );
    let world = World::with_function(&["$default"], function, LONG, Arc::default()).await;
    let response = world.get("/any/path?q=1").await;
    assert_eq!(response.status(), 201);
    assert_eq!(response.text().await.unwrap(), "/any/path");
}
