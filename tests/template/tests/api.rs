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
        "ANY /console/{proxy+} ConsoleFunction",
        "GET /health AttachFunction",
        "POST /inbox/{bot} InboxFunction",
        "POST /inbox/{bot}/{chat} InboxFunction",
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

/// An account's quota for all its APIs together in one of the smaller regions, as Jakarta or Melbourne: requests a
/// second, and at once. The large regions have four times as much
/// (<https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html>).
const SMALL_REGION: (u64, u64) = (2_500, 1_250);

#[test]
fn the_webhooks_limits_are_those_of_a_small_region_and_can_be_raised() {
    let (rate, burst) = SMALL_REGION;
    let parameters = template().unwrap().document()["Parameters"].clone();
    assert_eq!(parameters["WebhookThrottlingRateLimit"]["Default"], rate);
    assert_eq!(parameters["WebhookThrottlingBurstLimit"]["Default"], burst);
    let routes = &api()["RouteSettings"];
    assert_eq!(routes.as_object().unwrap().len(), 1);
    let webhook = &routes["POST /webhook"];
    let limit = |name: &str| webhook[name]["Ref"].clone();
    assert_eq!(limit("ThrottlingRateLimit"), "WebhookThrottlingRateLimit");
    assert_eq!(limit("ThrottlingBurstLimit"), "WebhookThrottlingBurstLimit");
}

#[test]
fn every_other_route_takes_far_less() {
    let template = template().unwrap();
    let default = template.resolve(&api()["DefaultRouteSettings"]).unwrap();
    assert!(default["ThrottlingRateLimit"].as_u64().unwrap() < 100);
    assert!(default["ThrottlingBurstLimit"].as_u64().unwrap() < 100);
}

/// The prefix under which API Gateway does not write each group into the account's policy, which has 5,120 characters.
#[test]
fn the_access_log_takes_no_room_in_the_accounts_log_policy() {
    let template = template().unwrap();
    let group = &template.resource("AccessLogs").unwrap()["Properties"];
    let name = template.resolve(&group["LogGroupName"]).unwrap();
    assert_eq!(name, "/aws/vendedlogs/apigateway/local");
    let to = &api()["AccessLogSettings"]["DestinationArn"];
    assert_eq!(to["Fn::GetAtt"][0], "AccessLogs");
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
