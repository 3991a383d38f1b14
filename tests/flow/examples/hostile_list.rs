//! The reconciler at random against a list that lies; the figures in one line.

use std::time::Instant;

use clap::Parser;
use flow::hostile::hostile_list;
use shared::random::Random;

/// Run the reconciler at random against a list that lies.
#[derive(Parser)]
struct Arguments {
    /// How many runs.
    #[arg(long, default_value_t = 1000)]
    runs: usize,
    /// To repeat the runs of another time.
    #[arg(long)]
    seed: Option<u64>,
}

#[tokio::main]
async fn main() {
    let arguments = Arguments::parse();
    let any = || Random::system().below(u64::MAX);
    let seed = arguments.seed.unwrap_or_else(any);
    let begun = Instant::now();
    let figures = hostile_list(seed, arguments.runs).await;
    println!("seed {seed}, {:?}: {figures}", begun.elapsed());
}
