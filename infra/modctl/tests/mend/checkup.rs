//! What AWS says to `doctor` alone: of the mapping, the limits, the quotas and the alarms.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use aws_smithy_cbor::Encoder;
use axum::Json;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

/// All is well with it as it begins.
pub(crate) struct Checkup {
    pub(crate) status: &'static str,
    pub(crate) parameters: BTreeMap<&'static str, String>,
    /// The state of the worker's queue mapping.
    pub(crate) mapping: &'static str,
    pub(crate) concurrency: u64,
    /// Requests a second and at once of API Gateway.
    pub(crate) requests: (u64, u64),
    pub(crate) subscriptions: u64,
    /// The alarm that is on.
    pub(crate) alarm: Option<&'static str>,
}

impl Default for Checkup {
    fn default() -> Self {
        let parameters = [
            (
                "AlarmTopicArn",
                "arn:aws:sns:us-east-1:123456789012:on-call",
            ),
            ("LineScopes", "message:send profile:read"),
            ("TableDeletionProtection", "true"),
            ("WebhookReservedConcurrency", "0"),
            ("WebhookThrottlingBurstLimit", "1250"),
            ("WebhookThrottlingRateLimit", "2500"),
            ("WorkerMaximumConcurrency", "50"),
        ];
        Self {
            status: "UPDATE_COMPLETE",
            parameters: parameters
                .map(|(key, value)| (key, value.to_owned()))
                .into(),
            mapping: "Enabled",
            concurrency: 1_000,
            requests: (10_000, 5_000),
            subscriptions: 1,
            alarm: None,
        }
    }
}

impl Checkup {
    pub(crate) fn set(&mut self, parameter: &'static str, value: &str) {
        self.parameters.insert(parameter, value.to_owned());
    }

    /// As CloudFormation lists them.
    pub(crate) fn parameters(&self) -> String {
        let mut all = String::new();
        for (key, value) in &self.parameters {
            let _ = write!(
                all,
                "<member><ParameterKey>{key}</ParameterKey><ParameterValue>{value}</ParameterValue></member>"
            );
        }
        all
    }

    /// None of what others answer.
    pub(crate) fn answer(&self, uri: &Uri, headers: &HeaderMap, body: &[u8]) -> Option<Response> {
        let target = headers.get("x-amz-target").and_then(|it| it.to_str().ok());
        let text = std::str::from_utf8(body).unwrap_or_default();
        match uri.path() {
            "/2016-08-19/account-settings" => {
                let limit = json!({"AccountLimit": {"ConcurrentExecutions": self.concurrency}});
                Some(Json(limit).into_response())
            }
            path if path.starts_with("/2015-03-31/event-source-mappings") => {
                let mapping = json!({"UUID": "1-2-3", "State": self.mapping});
                Some(Json(json!({"EventSourceMappings": [mapping]})).into_response())
            }
            path if path.ends_with("/operation/DescribeAlarms") => Some(self.alarms()),
            _ if target.is_some_and(|it| it.starts_with("ServiceQuotas")) => {
                Some(self.quota(&serde_json::from_str(text).unwrap()))
            }
            _ if text.contains("Action=GetTopicAttributes") => Some(self.topic()),
            _ => None,
        }
    }

    fn quota(&self, request: &Value) -> Response {
        let value = match request["QuotaCode"].as_str().unwrap() {
            "L-8A5B8E43" => self.requests.0,
            "L-CDF5615A" => self.requests.1,
            other => panic!("{other}"),
        };
        Json(json!({"Quota": {"Value": value}})).into_response()
    }

    fn topic(&self) -> Response {
        let number = self.subscriptions;
        format!("<GetTopicAttributesResponse><GetTopicAttributesResult><Attributes><entry><key>SubscriptionsConfirmed</key><value>{number}</value></entry></Attributes></GetTopicAttributesResult></GetTopicAttributesResponse>").into_response()
    }

    /// One alarm, in CBOR.
    fn alarms(&self) -> Response {
        let (name, state) = match self.alarm {
            Some(name) => (name, "ALARM"),
            None => ("LateRepliesAlarm", "OK"),
        };
        let mut cbor = Encoder::new(Vec::new());
        cbor.map(1).str("MetricAlarms").array(1).map(3);
        let name = format!("line-module-{name}-1A2B3C");
        cbor.str("AlarmName").str(&name);
        let says = "Something went wrong. See docs/runbook.md, X";
        cbor.str("AlarmDescription").str(says);
        cbor.str("StateValue").str(state);
        let kind = [
            ("smithy-protocol", "rpc-v2-cbor"),
            ("content-type", "application/cbor"),
        ];
        (StatusCode::OK, kind, cbor.into_writer()).into_response()
    }
}
