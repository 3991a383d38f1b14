#![doc = include_str!("../README.md")]

mod bill;
mod counts;
mod day;
mod meter;
mod mix;
mod page;
mod prices;
mod stack;
mod text;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use shared::metrics::Metric;

use crate::counts::Counts;
use crate::mix::Mix;
use crate::page::{Fixed, Page};
use crate::prices::Prices;

/// Count what events cost at the emulators, and print it as docs/cost.md. Fails where the counts are not those that are
/// kept.
#[derive(Parser)]
#[command(name = "cost")]
struct Arguments {
    /// Write the counts and the page into the working copy.
    #[arg(long)]
    write: bool,
}

type Failure = Box<dyn std::error::Error>;

#[tokio::main]
async fn main() -> ExitCode {
    match run(&Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("cost: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &Arguments) -> Result<(), Failure> {
    let counts = count().await?;
    let page = page(&counts)?;
    print!("{page}");
    if arguments.write {
        std::fs::write(counts_file(), toml::to_string(&counts)?)?;
        std::fs::write(scale_file(), scale(&counts)?)?;
        return Ok(std::fs::write(page_file(), &page)?);
    }
    let drift = kept()?.drift(&counts);
    match drift.is_empty() {
        true => Ok(()),
        false => Err(format!("{REMEDY}:\n{}", drift.join("\n")).into()),
    }
}

/// What to do where the counts are no longer those that are kept.
const REMEDY: &str =
    "the counts have changed: run `cargo run --bin cost -- --write`, and look at what differs";

/// The counts of the last `--write`.
fn kept() -> Result<Counts, Failure> {
    let text = std::fs::read_to_string(counts_file())?;
    Ok(toml::from_str(&text)?)
}

/// Runs the mix on a stack of its own.
async fn count() -> Result<Counts, Failure> {
    let (stack, meters) = stack::start().await?;
    let mix = Mix::of(&stack, &meters).await?;
    let kinds = mix.all().await?;
    let minute = mix.minute().await?;
    let mut idle = mix.idle("TimerFunction").await?;
    idle.extend(mix.idle("ReconcilerFunction").await?);
    Ok(Counts {
        kinds,
        minute,
        idle,
    })
}

fn page(counts: &Counts) -> Result<String, Failure> {
    let template = local::stack::template()?;
    let text = std::fs::read_to_string(root().join("template.yaml"))?;
    let fixed = Fixed {
        metrics: Metric::ALL.len(),
        alarm_metrics: text.matches("MetricName: ").count(),
    };
    let page = Page {
        counts,
        prices: &Prices::built_in()?,
        fixed,
        memory: template.function("WorkerFunction")?.memory,
    };
    Ok(page.markdown())
}

/// docs/scale.md with the model's table of these counts.
fn scale(counts: &Counts) -> Result<String, Failure> {
    let text = std::fs::read_to_string(scale_file())?;
    let (before, rest) = text
        .split_once(MADE)
        .ok_or("docs/scale.md has no place for the table")?;
    let (_, after) = rest
        .split_once(END)
        .ok_or("docs/scale.md has no end of the table")?;
    let memory = local::stack::template()?.function("WorkerFunction")?.memory;
    let table = day::table(counts, &Prices::built_in()?, memory);
    Ok(format!("{before}{MADE}\n{table}{END}{after}"))
}

/// Between these stands the table.
const MADE: &str = "<!-- made by cost -->";
const END: &str = "<!-- end -->";

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

fn counts_file() -> PathBuf {
    root().join("infra/cost/counts.toml")
}

fn scale_file() -> PathBuf {
    root().join("docs/scale.md")
}

fn page_file() -> PathBuf {
    root().join("docs/cost.md")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_event_costs_what_the_counts_say() {
        let drift = kept().unwrap().drift(&count().await.unwrap());
        assert!(drift.is_empty(), "{REMEDY}:\n{}", drift.join("\n"));
    }

    #[test]
    fn the_page_is_made_of_the_counts() {
        let page = page(&kept().unwrap()).unwrap();
        assert!(
            page == std::fs::read_to_string(page_file()).unwrap(),
            "{REMEDY}"
        );
    }

    #[test]
    fn the_model_is_made_of_the_counts() {
        let scale = scale(&kept().unwrap()).unwrap();
        assert!(
            scale == std::fs::read_to_string(scale_file()).unwrap(),
            "{REMEDY}"
        );
    }

    #[test]
    fn all_functions_have_the_same_memory() {
        let functions = local::stack::template().unwrap().functions().unwrap();
        let memory: std::collections::BTreeSet<_> = functions.iter().map(|it| it.memory).collect();
        assert_eq!(memory.len(), 1, "docs/cost.md counts with one");
    }
}
