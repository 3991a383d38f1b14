//! How a new version of a function takes over from the old one.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::collections::BTreeMap;

use serde_json::{Value, json};
use template::{template, with};
use template_file::Template;

/// Each function's properties by its name, the globals under them.
fn functions(template: &Template) -> BTreeMap<String, Value> {
    let globals = template.document()["Globals"]["Function"].clone();
    template
        .resources_of("AWS::Serverless::Function")
        .map(|(name, function)| {
            let mut properties = globals.clone();
            let own = function["Properties"].as_object().unwrap().clone();
            properties.as_object_mut().unwrap().extend(own);
            (name.to_owned(), properties)
        })
        .collect()
}

/// SAM leads routes, event sources and schedules to the alias where there is one: what it writes is checked by
/// `.ci/run template`.
#[test]
fn every_function_is_called_by_its_alias() {
    for (name, properties) in functions(&template().unwrap()) {
        assert_eq!(properties["AutoPublishAlias"], "live", "{name}");
        // Another time-out or role is a new version too, and not only another code.
        assert_eq!(properties["AutoPublishAliasAllProperties"], true, "{name}");
        // The one before is there to go back to.
        assert_eq!(properties["VersionDeletionPolicy"], "Retain", "{name}");
    }
}

/// SAM does not see that a parameter has another value. CloudFormation replaces a version whose description has
/// changed, and Lambda makes a version only of a function that has changed.
#[test]
fn a_new_release_makes_a_version_of_every_function() {
    let template = with(&[("Release", "2026-11-29")]);
    for (name, properties) in functions(&template) {
        assert_eq!(properties["VersionDescription"]["Ref"], "Release", "{name}");
        let description = template.resolve(&properties["Description"]).unwrap();
        let description = description.as_str().unwrap();
        assert!(
            description.ends_with(" Release 2026-11-29."),
            "{name}: {description}"
        );
        // What Lambda takes, with the longest name of a release.
        assert!(description.len() + 64 <= 256, "{name}");
    }
}

/// The kind of shift and the alarms that end it, by function.
fn shifts(template: &Template) -> BTreeMap<String, (String, Value)> {
    let shifted = functions(template)
        .into_iter()
        .filter(|(_, properties)| !properties["DeploymentPreference"].is_null());
    shifted
        .map(|(name, properties)| {
            let preference = template
                .resolve(&properties["DeploymentPreference"])
                .unwrap();
            let kind = preference["Type"].as_str().unwrap().to_owned();
            (name, (kind, preference["Alarms"].clone()))
        })
        .collect()
}

#[test]
fn a_function_is_shifted_gradually_and_rolled_back_by_its_own_alarm() {
    let template = template().unwrap();
    let expected = [
        (
            "AttachFunction",
            "Canary10Percent5Minutes",
            "AttachErrorsAlarm",
        ),
        (
            "ConsoleFunction",
            "Canary10Percent5Minutes",
            "ConsoleErrorsAlarm",
        ),
        (
            "InboxFunction",
            "Canary10Percent5Minutes",
            "InboxErrorsAlarm",
        ),
        (
            "TimerFunction",
            "Linear10PercentEvery1Minute",
            "TimerErrorsAlarm",
        ),
        (
            "UsageFunction",
            "Canary10Percent5Minutes",
            "UsageErrorsAlarm",
        ),
        (
            "WebhookFunction",
            "Canary10Percent5Minutes",
            "WebhookErrorsAlarm",
        ),
        (
            "WorkerFunction",
            "Canary10Percent5Minutes",
            "WorkerErrorsAlarm",
        ),
    ];
    let expected = expected
        .map(|(function, kind, alarm)| (function.to_owned(), (kind.to_owned(), json!([alarm]))));
    assert_eq!(shifts(&template), expected.into());
    for (function, (_, alarms)) in shifts(&template) {
        for alarm in alarms.as_array().unwrap() {
            let alarm = template.resource(alarm.as_str().unwrap()).unwrap();
            // Without a version or an alias the metric is of all of them, the new version's errors among them.
            let dimensions = &alarm["Properties"]["Dimensions"];
            assert_eq!(
                *dimensions,
                json!([{"Name": "FunctionName", "Value": {"Ref": function}}])
            );
        }
    }
}

/// A deployment does not begin while one of its alarms rings: that is how what rings them is mended.
#[test]
fn all_at_once_asks_no_alarm() {
    let template = with(&[("DeploymentType", "AllAtOnce")]);
    for (function, (kind, alarms)) in shifts(&template) {
        assert_eq!(kind, "AllAtOnce", "{function}");
        assert_eq!(alarms, json!([]), "{function}");
    }
}

/// It belongs to the function and not to a version.
#[test]
fn reserved_concurrency_is_the_functions() {
    let reserving = with(&[("WebhookReservedConcurrency", "5")]);
    let webhook = functions(&reserving).remove("WebhookFunction").unwrap();
    let reserved = &webhook["ReservedConcurrentExecutions"];
    assert_eq!(reserving.resolve(reserved).unwrap(), "5");
    assert!(webhook["ProvisionedConcurrencyConfig"].is_null());
}
