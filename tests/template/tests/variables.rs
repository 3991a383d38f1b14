//! Each function is given exactly the variables that it reads at its start: its `Config`'s, and those of all functions.

use std::collections::BTreeSet;

use shared::env::Env;
use shared::ground::Ground;
use shared::start;
use template::template;
use template_file::TemplateError;

/// Set locally only: in AWS the secret has an ARN.
const LOCAL_ONLY: [&str; 2] = ["INBOX_KEY", "LINE_CHANNEL_SECRET"];
/// Set by Lambda, or locally for emulators.
const OF_AWS: &str = "AWS_";

/// Values with which no configuration is refused.
fn env() -> Env {
    let values = [
        ("INBOX_KEY", "a key"),
        ("LINE_CHANNEL_ID", "1"),
        ("LINE_CHANNEL_SECRET", "secret"),
        ("LINE_BOT_HEADER", "x-bot"),
        ("LINE_SCOPES", "message:send"),
        ("TABLE_NAME", "table"),
        ("EVENT_QUEUE_URL", "http://127.0.0.1/queue"),
        ("AWS_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", "a key"),
        ("AWS_SECRET_ACCESS_KEY", "its secret"),
    ];
    Env::from_map(
        values
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
    )
}

/// The variables that a function asks for, whose own are read by `config`.
fn read(config: impl FnOnce(&Env)) -> BTreeSet<String> {
    let env = env();
    start::log_level(&env);
    assert!(Ground::from_env(&env).is_ok());
    config(&env);
    let names = env
        .names_read()
        .into_iter()
        .filter(|name| !LOCAL_ONLY.contains(name) && !name.starts_with(OF_AWS));
    names.map(str::to_owned).collect()
}

/// The variables that the template gives to a function.
fn given(function: &str) -> Result<BTreeSet<String>, TemplateError> {
    let function = template()?.function(function)?;
    Ok(function.variables.into_keys().collect())
}

#[test]
fn the_webhook_is_given_what_it_reads() {
    let names = read(|env| drop(webhook::Config::read(env).unwrap()));
    assert_eq!(given("WebhookFunction").unwrap(), names);
}

#[test]
fn the_inbox_is_given_what_it_reads() {
    let names = read(|env| drop(inbox::Config::read(env).unwrap()));
    assert_eq!(given("InboxFunction").unwrap(), names);
}

#[test]
fn attach_is_given_what_it_reads() {
    let names = read(|env| drop(attach::Config::read(env).unwrap()));
    assert_eq!(given("AttachFunction").unwrap(), names);
}

#[test]
fn the_console_is_given_what_it_reads() {
    let names = read(|env| drop(console::Config::read(env).unwrap()));
    assert_eq!(given("ConsoleFunction").unwrap(), names);
}

#[test]
fn the_worker_is_given_what_it_reads() {
    let names = read(|env| drop(worker::Config::read(env).unwrap()));
    assert_eq!(given("WorkerFunction").unwrap(), names);
}

#[test]
fn the_reconciler_is_given_what_it_reads() {
    let names = read(|env| drop(reconciler::Config::read(env).unwrap()));
    assert_eq!(given("ReconcilerFunction").unwrap(), names);
}

#[test]
fn the_timer_is_given_what_it_reads() {
    let names = read(|env| drop(timer::Config::read(env).unwrap()));
    assert_eq!(given("TimerFunction").unwrap(), names);
}

#[test]
fn usage_is_given_what_it_reads() {
    let names = read(|env| drop(usage::Config::read(env).unwrap()));
    assert_eq!(given("UsageFunction").unwrap(), names);
}

/// Each variable that cannot be left out is named in one line when it is.
#[test]
fn a_missing_variable_is_named() {
    let nothing = || Env::from_map(Default::default());
    let errors = [
        webhook::Config::read(&nothing()).unwrap_err().to_string(),
        attach::Config::read(&nothing()).unwrap_err().to_string(),
        worker::Config::read(&nothing()).unwrap_err().to_string(),
        reconciler::Config::read(&nothing())
            .unwrap_err()
            .to_string(),
        timer::Config::read(&nothing()).unwrap_err().to_string(),
        inbox::Config::read(&nothing()).unwrap_err().to_string(),
        usage::Config::read(&nothing()).unwrap_err().to_string(),
        console::Config::read(&nothing()).unwrap_err().to_string(),
    ];
    let names = [
        "LINE_CHANNEL_SECRET",
        "LINE_CHANNEL_ID",
        "LINE_CHANNEL_ID",
        "LINE_CHANNEL_ID",
        "TABLE_NAME",
        "INBOX_KEY",
        "TABLE_NAME",
        "LINE_SCOPES",
    ];
    for (error, name) in errors.iter().zip(names) {
        assert!(
            error.starts_with(&format!("{name} is not set: ")),
            "{error}"
        );
        assert_eq!(error.lines().count(), 1);
    }
}
