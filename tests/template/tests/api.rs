//! The HTTP API: its routes, what it throttles, what it logs.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::collections::BTreeSet;

use serde_json::Value;
use template::template;

fn api() -> Value {
    let template = template().unwrap();
    template.resource("HttpApi").unwrap()["Properties"].clone()
}

#[test]
fn the_routes_are_these() {
    let routes: BTreeSet<String> = template()
        .unwrap()
        .routes()
        .unwrap()
        .iter()
        .map(|route| format!("{} {}", route.key(), route.function))
        .collect();
    for route in [
        "GET / AttachFunction",
        "GET /attach AttachFunction",
        "GET /attach/callback AttachFunction",
        "GET /health AttachFunction",
        "POST /webhook WebhookFunction",
    ] {
        assert!(routes.contains(route), "{route} in {routes:?}");
    }
}

#[test]
fn every_route_is_of_the_one_api() {
    let template = template().unwrap();
    for function in template.functions().unwrap() {
        let resource = template.resource(&function.logical_name).unwrap();
        let events = resource["Properties"]["Events"].as_object().unwrap();
        for (name, event) in events.iter().filter(|(_, e)| e["Type"] == "HttpApi") {
            // An event without one gets an API of its own, without the settings of this one.
            assert_eq!(event["Properties"]["ApiId"]["Ref"], "HttpApi", "{name}");
        }
    }
}

#[test]
fn the_stage_has_no_name_in_its_paths() {
    assert_eq!(api()["StageName"], "$default");
}

#[test]
fn all_routes_are_throttled_but_the_webhooks() {
    let api = api();
    assert!(!api["DefaultRouteSettings"]["ThrottlingRateLimit"].is_null());
    assert!(!api["DefaultRouteSettings"]["ThrottlingBurstLimit"].is_null());
    let routes: Vec<&String> = api["RouteSettings"].as_object().unwrap().keys().collect();
    assert_eq!(routes, ["POST /webhook"]);
    let webhook = &api["RouteSettings"]["POST /webhook"];
    assert!(webhook["ThrottlingRateLimit"].as_u64().unwrap() >= 10_000);
    assert!(webhook["ThrottlingBurstLimit"].as_u64().unwrap() >= 5_000);
}

#[test]
fn the_access_log_has_no_query_and_nobodys_address() {
    let format = api()["AccessLogSettings"]["Format"].clone();
    let variables: Vec<&str> = format
        .as_str()
        .unwrap()
        .split("$context.")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap())
        .collect();
    assert!(variables.contains(&"routeKey"), "{variables:?}");
    for variable in variables {
        let harmless = [
            "error.message",
            "integrationErrorMessage",
            "requestId",
            "requestTime",
            "responseLatency",
            "responseLength",
            "routeKey",
            "status",
        ];
        assert!(harmless.contains(&variable), "{variable}");
    }
}

#[test]
fn the_access_log_is_one_line_of_json() {
    let properties = api();
    let format = properties["AccessLogSettings"]["Format"].as_str().unwrap();
    assert!(!format.contains('\n'));
    assert!(serde_json::from_str::<Value>(format).is_ok(), "{format}");
}
