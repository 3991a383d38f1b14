//! Very many signed calls to the inbox while its way to the queue fails; the figures in one line.

use std::time::Instant;

use clap::Parser;
use flow::inbox_faults::inbox_faults;
use shared::random::Random;

/// Send very many signed calls to the inbox while its way to the queue fails.
#[derive(Parser)]
struct Arguments {
    /// How many commands.
    #[arg(long, default_value_t = 5000)]
    commands: usize,
    /// To repeat the run of another time.
    #[arg(long)]
    seed: Option<u64>,
}

#[tokio::main]
async fn main() {
    let arguments = Arguments::parse();
    let any = || Random::system().below(u64::MAX);
    let seed = arguments.seed.unwrap_or_else(any);
    let begun = Instant::now();
    let figures = inbox_faults(seed, arguments.commands).await;
    println!("seed {seed}, {:?}: {figures}", begun.elapsed());
}
