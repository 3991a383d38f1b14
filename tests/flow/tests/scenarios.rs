//! The scenarios beside the emulator, each against a bundle of its own.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use emulator::scenario::{Place, Scenario, run};
use local::stack::{Options, Stack};

/// Runs a scenario's file; the transcript is in the message if a step failed.
async fn plays(text: &str) {
    let options = Options::default();
    let stack = Stack::start(&options, reservation::module()).await.unwrap();
    let place = Place {
        emulator: stack.addresses.line_url.trim_end_matches('/').to_owned(),
        bundle: stack.addresses.public_url.trim_end_matches('/').to_owned(),
    };
    let scenario = Scenario::parse(text).unwrap();
    let mut out = Vec::new();
    let report = run(&scenario, &place, &mut out).await.unwrap();
    let transcript = String::from_utf8(out).unwrap();
    assert!(!report.failed(), "{transcript}");
}

macro_rules! scenario {
    ($name:ident, $file:literal) => {
        #[tokio::test]
        async fn $name() {
            let text = include_str!(concat!("../../../infra/emulator/scenarios/", $file));
            plays(text).await;
        }
    };
}

scenario!(the_main_job, "demo.scenario.toml");
scenario!(two_tabs, "two-tabs.scenario.toml");
scenario!(redelivery_storm, "redelivery-storm.scenario.toml");
scenario!(standby, "standby.scenario.toml");
scenario!(settings_and_clock, "settings-and-clock.scenario.toml");
scenario!(suspension, "suspension.scenario.toml");
scenario!(the_end_of_the_quota, "quota-end.scenario.toml");
