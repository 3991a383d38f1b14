//! Each folder in functions/ is one Lambda function, and nothing else is.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::collections::BTreeSet;

use template::{root, template};

fn folders() -> BTreeSet<String> {
    std::fs::read_dir(root().join("functions"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.join("Cargo.toml").is_file())
        .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned())
        .collect()
}

/// `attach` is `AttachFunction`.
fn logical_name(folder: &str) -> String {
    let words = folder.split(['-', '_']).map(|word| {
        let mut letters = word.chars();
        let first: String = letters
            .next()
            .into_iter()
            .flat_map(char::to_uppercase)
            .collect();
        first + letters.as_str()
    });
    words.chain(["Function".to_owned()]).collect()
}

#[test]
fn each_folder_has_its_function_and_each_function_its_folder() {
    let deployed: BTreeSet<String> = template()
        .unwrap()
        .functions()
        .unwrap()
        .into_iter()
        .map(|function| function.logical_name)
        .collect();
    let written: BTreeSet<String> = folders().iter().map(|f| logical_name(f)).collect();
    assert_eq!(written, deployed);
}

#[test]
fn each_function_is_built_from_its_folder() {
    let template = template().unwrap();
    for folder in folders() {
        let logical = logical_name(&folder);
        let function = template.function(&logical).unwrap();
        assert_eq!(function.code_uri, format!("functions/{folder}"));
        let metadata = &template.resource(&logical).unwrap()["Metadata"];
        assert_eq!(metadata["BuildMethod"], "rust-cargolambda", "{logical}");
        assert_eq!(metadata["BuildProperties"]["Binary"], *folder, "{logical}");
    }
}

#[test]
fn each_package_has_its_folders_name() {
    for folder in folders() {
        let path = root().join("functions").join(&folder).join("Cargo.toml");
        let manifest = std::fs::read_to_string(path).unwrap();
        let name = format!("name = \"{folder}\"");
        assert!(manifest.lines().any(|line| line == name), "{folder}");
    }
}

#[test]
fn every_function_keeps_its_logs_for_a_time() {
    let template = template().unwrap();
    for function in template.functions().unwrap() {
        let logical = &function.logical_name;
        let properties = &template.resource(logical).unwrap()["Properties"];
        let group = properties["LoggingConfig"]["LogGroup"]["Ref"]
            .as_str()
            .unwrap_or_else(|| panic!("{logical} has no log group"));
        let retention = &template.resource(group).unwrap()["Properties"]["RetentionInDays"];
        assert!(!retention.is_null(), "{group}");
    }
}

/// Lambda stops a function after its `Timeout`, and the function's code goes by its
/// `TIMEOUT`: neither is changed alone.
#[test]
fn a_timeout_of_the_template_is_the_one_that_the_functions_code_goes_by() {
    let template = template().unwrap();
    let timeouts = [
        ("AttachFunction", attach::TIMEOUT, "what an admin waits for"),
        (
            "ConsoleFunction",
            console::TIMEOUT,
            "what an admin waits for",
        ),
        ("InboxFunction", inbox::TIMEOUT, "that it answers before"),
        (
            "ReconcilerFunction",
            reconciler::TIMEOUT,
            "its lease, and when it stops",
        ),
        ("TimerFunction", timer::TIMEOUT, "when it stops"),
        ("UsageFunction", usage::TIMEOUT, "nothing"),
        (
            "WebhookFunction",
            webhook::TIMEOUT,
            "that it answers before LINE gives up",
        ),
        (
            "WorkerFunction",
            worker::TIMEOUT,
            "when it stops, the queue's visibility, and how long a detach waits for workers that do not know of it",
        ),
    ];
    let functions = template.functions().unwrap();
    assert_eq!(functions.len(), timeouts.len());
    for function in functions {
        let name = function.logical_name.as_str();
        let known = timeouts.iter().find(|(logical, ..)| *logical == name);
        let (_, timeout, depends) = known.unwrap_or_else(|| panic!("no TIMEOUT of {name}"));
        assert_eq!(
            function.timeout, *timeout,
            "the Timeout of {name} in template.yaml is not TIMEOUT in its app.rs, on which depends: {depends}"
        );
    }
}

#[test]
fn the_reconciler_runs_hourly_alone_and_without_retries() {
    let template = template().unwrap();
    let properties = &template.resource("ReconcilerFunction").unwrap()["Properties"];
    let schedule = &properties["Events"]["Hourly"];
    assert_eq!(schedule["Type"], "ScheduleV2");
    assert_eq!(schedule["Properties"]["ScheduleExpression"], "rate(1 hour)");
    let none = serde_json::json!({"MaximumRetryAttempts": 0});
    assert_eq!(schedule["Properties"]["RetryPolicy"], none);
    assert_eq!(properties["EventInvokeConfig"], none);
}

#[test]
fn the_timer_runs_every_minute_for_a_minute_at_most_and_without_retries() {
    let template = template().unwrap();
    let properties = &template.resource("TimerFunction").unwrap()["Properties"];
    let schedule = &properties["Events"]["EveryMinute"];
    assert_eq!(schedule["Type"], "ScheduleV2");
    let rate = &schedule["Properties"]["ScheduleExpression"];
    assert_eq!(rate, "rate(1 minute)");
    let none = serde_json::json!({"MaximumRetryAttempts": 0});
    assert_eq!(schedule["Properties"]["RetryPolicy"], none);
    assert_eq!(properties["EventInvokeConfig"], none);
}

/// Without it, cargo-lambda builds with "abort", and a module's panic would cost the whole batch.
#[test]
fn a_panic_unwinds_in_what_is_deployed() {
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let release = manifest
        .split("[profile.release]")
        .nth(1)
        .unwrap()
        .split("\n[")
        .next()
        .unwrap();
    assert!(release.contains("panic = \"unwind\""), "{release}");
}
