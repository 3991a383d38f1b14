//! The template, deployed into an emulator of AWS, and what happens to a deployment in earnest: used by people, by a
//! storm of webhooks while its processes are killed, by its schedules and its operator; updated, broken, rolled back,
//! restored, deleted.

mod aws;
mod deploy;
mod error;
mod figures;
mod gaps;
mod guests;
mod modctl;
mod policy;
mod privileges;
mod recording;
mod story;
mod versions;
mod wait;
mod world;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;

use crate::error::{Failed, because};
use crate::figures::Figures;
use crate::story::STORIES;
use crate::world::{Programs, World};

/// Deploys what `sam build` has built into an emulator of AWS, and uses it.
#[derive(Parser)]
struct Arguments {
    /// The folder of `sam build`.
    #[arg(long)]
    build: PathBuf,
    /// The SAM CLI.
    #[arg(long)]
    sam: PathBuf,
    /// The Python that has what requirements.txt names.
    #[arg(long)]
    python: PathBuf,
    /// Where logs and the recording of calls go.
    #[arg(long, default_value = "target/rehearsal")]
    folder: PathBuf,
    /// These stories alone.
    stories: Vec<String>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let mut figures = Figures::default();
    let result = run(&Arguments::parse(), &mut figures).await;
    println!("\n{figures}");
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("rehearsal: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &Arguments, figures: &mut Figures) -> Result<(), Failed> {
    let absolute = |path: &PathBuf| std::path::absolute(path).map_err(because("a path"));
    let folder = absolute(&arguments.folder)?;
    let programs = Programs {
        build: absolute(&arguments.build)?,
        sam: absolute(&arguments.sam)?,
        python: absolute(&arguments.python)?,
    };
    std::fs::create_dir_all(&folder).map_err(because("the folder"))?;
    let began = Instant::now();
    let mut world = World::start(programs, &folder).await?;
    figures.add("deploy", began, "the template as it is, by sam deploy");
    gaps::look(&world, figures).await?;
    for (name, story) in STORIES {
        let wanted = &arguments.stories;
        if !wanted.is_empty() && !wanted.iter().any(|it| it == name) {
            continue;
        }
        println!("== {name}");
        let began = Instant::now();
        let told = story(&mut world).await;
        let told = told.map_err(|error| Failed(format!("{name}: {error}")))?;
        figures.add(name, began, &told);
        world.keep_calls_of(name)?;
    }
    Ok(())
}
