//! Hostile inputs at each door, as many as one likes: `--inputs 1000000`. A line of figures for each.

use std::process::ExitCode;

use clap::Parser;
use simulation::doors::{Broken, Door, Envelope, Payload, Query, Record, Signature, Token, run};

#[derive(Parser)]
struct Arguments {
    /// Inputs at each door.
    #[arg(long, default_value_t = 10_000)]
    inputs: u64,
    /// Another seed has other inputs.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The number of the first input.
    #[arg(long, default_value_t = 0)]
    first: u64,
    /// Only this door.
    #[arg(long)]
    door: Option<String>,
}

impl Arguments {
    async fn at<D: Door>(&self) -> Result<(), Box<Broken>> {
        if self.door.as_deref().is_none_or(|door| door == D::NAME) {
            println!("{}", run::<D>(self.seed, self.first, self.inputs).await?);
        }
        Ok(())
    }

    async fn at_all(&self) -> Result<(), Box<Broken>> {
        self.at::<Signature>().await?;
        self.at::<Envelope>().await?;
        self.at::<Payload>().await?;
        self.at::<Record>().await?;
        self.at::<Token>().await?;
        self.at::<Query>().await
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match Arguments::parse().at_all().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(broken) => {
            eprintln!("{broken}");
            ExitCode::FAILURE
        }
    }
}
