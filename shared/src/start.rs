//! How a function starts: its log, and the one line with which it refuses to.
//! Called from each `main.rs`, nowhere else.

use std::process::ExitCode;
use std::time::Duration;

use serde_json::{Value, json};
use tracing::{Level, Subscriber};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::domain::Timestamp;
use crate::env::{ConfigError, Env};

/// Logs as JSON lines, one per event, from the level in `LOG_LEVEL` up. Lambda's own filter is
/// not used: it takes a line without a level, as a metric line is, for one of the level INFO.
/// Of a panic only the place is logged: its message may hold what a user wrote.
pub fn logs(env: &Env) {
    lines(log_level(env), std::io::stderr).init();
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        tracing::error!(place, "a panic");
    }));
}

/// The level in `LOG_LEVEL`; `INFO` if that is not set, or no level.
pub fn log_level(env: &Env) -> Level {
    let level = env.optional("LOG_LEVEL");
    let level = level.and_then(|level| level.parse().ok());
    level.unwrap_or(Level::INFO)
}

/// A log of these lines, from a level up, into this writer.
pub fn lines<W>(level: Level, writer: W) -> impl Subscriber + Send + Sync
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_span_list(false)
        .with_max_level(level)
        .with_writer(writer)
        .finish()
}

/// Says what is wrong with the configuration, and that the function failed.
pub fn refuse(error: &ConfigError) -> ExitCode {
    eprintln!("{}", refusal(error));
    ExitCode::FAILURE
}

/// A line like those of the log, but of no level that is filtered: a function that does not
/// start must say why, whatever `LOG_LEVEL` is.
fn refusal(error: &ConfigError) -> Value {
    json!({
        "level": "ERROR",
        "message": "the function does not start",
        "reason": error.to_string(),
    })
}

/// When a call must be done: at Lambda's deadline, or, where that has passed before the call begins, `otherwise`
/// after `now`. `cargo lambda watch` tells every call the same deadline, in 1970.
pub fn deadline(lambdas: u64, now: Timestamp, otherwise: Duration) -> Timestamp {
    let lambdas = Timestamp(i64::try_from(lambdas).unwrap_or(i64::MAX));
    if lambdas > now {
        lambdas
    } else {
        now.plus(otherwise)
    }
}

/// How the runtime ended.
pub fn ended<E: std::fmt::Display>(result: Result<(), E>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "the Lambda runtime ended");
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_to_start_is_one_json_line_at_error() {
        let remedy = "give the table's name";
        let name = "TABLE_NAME";
        let line = refusal(&ConfigError::Missing { name, remedy }).to_string();
        assert_eq!(line.lines().count(), 1);
        let line: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(line["level"], "ERROR");
        let reason = "TABLE_NAME is not set: give the table's name";
        assert_eq!(line["reason"], reason);
    }

    #[test]
    fn a_deadline_before_the_call_is_none() {
        let (now, time) = (Timestamp(5_000), Duration::from_secs(8));
        assert_eq!(deadline(6_000, now, time), Timestamp(6_000));
        assert_eq!(deadline(600, now, time), Timestamp(13_000));
        assert_eq!(deadline(u64::MAX, now, time), Timestamp(i64::MAX));
    }
}
