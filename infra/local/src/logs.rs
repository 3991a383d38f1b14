//! What the functions and the servers log, on standard error.

use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// What of the worker's lines the journal's tell too.
const TOLD: [&str; 2] = ["worker::decide", "worker::measure"];

/// Shows it from the level in `LOG_LEVEL` up, or from `otherwise` if that is not set.
pub fn start_logs(otherwise: LevelFilter) {
    let asked: Option<LevelFilter> = std::env::var("LOG_LEVEL")
        .ok()
        .and_then(|level| level.parse().ok());
    // A condition that does not hold is an answer, but DynamoDB's stand-in warns of it.
    let stand_in = asked.unwrap_or(otherwise.min(LevelFilter::ERROR));
    let shown = Targets::new()
        .with_default(asked.unwrap_or(otherwise))
        .with_target("dynoxide", stand_in);
    // What the journal's lines tell with the reason, the worker says without it.
    let shown = match asked {
        Some(_) => shown,
        None => TOLD.iter().fold(shown, |shown, target| {
            shown.with_target(*target, LevelFilter::OFF)
        }),
    };
    let lines = tracing_subscriber::fmt::layer()
        .compact()
        .with_writer(std::io::stderr);
    tracing_subscriber::registry()
        .with(lines)
        .with(shown)
        .init();
}
