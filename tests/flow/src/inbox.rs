//! The inbox function beside the stack's, with a connection that can be made to fail; and calls
//! as any system may make them, by HTTP to the stack's own.

use std::time::Duration;

use inbox::{App, Call, Config};
use local::stack::INBOX_KEY;
use serde_json::{Value, json};
use shared::domain::Timestamp;
use shared::ground::Ground;

use crate::Bundle;
use crate::faulty::Faulty;
use crate::hurry::Hurry;
use crate::measured::Lines;
use crate::worker::TIMEOUTS;

/// The function.
pub struct Inbox {
    pub app: App,
    /// Its connection to SQS. The SDK tries a call that has failed once again.
    pub queue: Faulty,
    /// Its metric lines.
    pub lines: Lines,
}

impl Inbox {
    /// Over a bundle's queue; it goes by LINE's clock.
    pub fn new(bundle: &Bundle) -> Self {
        Self::on(bundle, bundle.stack.ground.clone())
    }

    /// The same, which does not wait long before it tries the queue again.
    pub fn hurrying(bundle: &Bundle) -> Self {
        let ground = bundle.stack.ground.clone();
        Self::on(bundle, ground.with_sqs_tuned(|it| it.sleep_impl(Hurry)))
    }

    fn on(bundle: &Bundle, ground: Ground) -> Self {
        let (queue, lines) = (Faulty::default(), Lines::default());
        let ground = ground
            .with_timeouts(TIMEOUTS)
            .with_sqs_over(queue.client())
            .with_metrics(lines.sink());
        let config = Config::read(&bundle.env()).expect("its variables");
        Self {
            app: App::new(config, &ground),
            queue,
            lines,
        }
    }

    /// Is given a signed request; gives the answer's status and JSON.
    pub async fn is_posted(&self, call: &SignedCall) -> (u16, Value) {
        let event = call.event();
        let request = serde_json::from_value(event).expect("a request");
        let answer = inbox::handle_request(&self.app, request).await;
        let body = serde_json::from_str(&answer.body).expect("an answer is JSON");
        (answer.status_code, body)
    }

    /// Is invoked directly; gives its answer, or the function's error.
    ///
    /// # Errors
    /// The function's own.
    pub async fn is_invoked(&self, event: Value) -> Result<Value, String> {
        let call: Call = serde_json::from_value(event).expect("any JSON is a call");
        let answer = inbox::handle(&self.app, call).await;
        let answer = answer.map_err(|error| error.to_string())?;
        Ok(serde_json::to_value(answer).expect("an answer is JSON"))
    }
}

/// A call as its caller has made it: change what is to be wrong.
#[derive(Debug, Clone)]
pub struct SignedCall {
    /// From `/inbox/` on.
    pub path: String,
    pub timestamp: Option<String>,
    pub signature: Option<String>,
    pub body: String,
}

impl SignedCall {
    /// Signed with this key at this moment.
    pub fn new(key: &str, now: Timestamp, path: &str, body: &Value) -> Self {
        let body = match body {
            Value::String(text) => text.clone(),
            body => body.to_string(),
        };
        let seconds = u64::try_from(now.0 / 1000).expect("a time after 1970");
        let signature = inbox::sign(&key.into(), seconds, path, body.as_bytes());
        Self {
            path: path.to_owned(),
            timestamp: Some(seconds.to_string()),
            signature: Some(signature),
            body,
        }
    }

    /// As API Gateway hands it on.
    pub fn event(&self) -> Value {
        let headers = [
            (inbox::TIMESTAMP_HEADER, &self.timestamp),
            (inbox::SIGNATURE_HEADER, &self.signature),
        ];
        let headers = headers.into_iter().filter_map(|(name, value)| {
            let value = value.clone()?;
            Some((name.to_owned(), Value::from(value)))
        });
        json!({
            "headers": headers.collect::<serde_json::Map<_, _>>(),
            "requestContext": { "http": { "method": "POST", "path": self.path } },
            "body": self.body,
        })
    }
}

impl Bundle {
    /// The path of an account, or of one of its chats.
    pub fn inbox_path(&self, chat: Option<&str>) -> String {
        let chat = chat.map_or_else(String::new, |chat| format!("/{chat}"));
        format!("/inbox/{}{chat}", self.bot)
    }

    /// A command that is signed as it must be, this much from now.
    pub fn signed_call(&self, chat: Option<&str>, body: &Value, ago: Duration) -> SignedCall {
        let now = Timestamp::from(self.stack.line.now()).minus(ago);
        SignedCall::new(INBOX_KEY, now, &self.inbox_path(chat), body)
    }

    /// Posts it to the stack's gateway; gives the answer's status and JSON.
    pub async fn posts_to_inbox(&self, call: &SignedCall) -> (u16, Value) {
        let url = format!("{}{}", self.stack.addresses.public_url, call.path);
        let mut request = reqwest::Client::new().post(url).body(call.body.clone());
        if let Some(timestamp) = &call.timestamp {
            request = request.header("X-Inbox-Timestamp", timestamp);
        }
        if let Some(signature) = &call.signature {
            request = request.header("X-Inbox-Signature", signature);
        }
        let answer = request.send().await.expect("the gateway answers");
        let status = answer.status().as_u16();
        (status, answer.json().await.unwrap_or_default())
    }
}
