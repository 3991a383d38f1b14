//! Compares the model of the table with the local DynamoDB for as long as one likes.

#![expect(clippy::expect_used, reason = "a comparison that cannot go on fails")]

#[path = "../tests/compare/mod.rs"]
mod compare;

use clap::Parser;

/// Compares the model of the table with the local DynamoDB.
#[derive(Parser)]
struct Arguments {
    /// Sequences of calls.
    #[arg(long, default_value_t = 10_000)]
    cases: u32,
}

fn main() {
    compare::run_large();
    compare::run(Arguments::parse().cases);
}
