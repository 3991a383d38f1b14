//! The LINE Platform emulator as a program of its own.

mod exercise;

use std::error::Error;
use std::fs;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use emulator::scenario::{self, Place, Report, Scenario};
use emulator::{Emulator, Fault, Profile, Settings};
use exercise::Places;
use tokio::net::TcpListener;

/// Emulates the LINE Platform for a module channel, on 127.0.0.1 only.
#[derive(Parser)]
#[command(name = "emulator", version, args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: Serve,
}

#[derive(Subcommand)]
enum Command {
    /// Runs scenarios against an emulator and a bundle that are running. The exit code is 0 only if
    /// every step did what it should.
    Run {
        /// The scenarios' files.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        #[command(flatten)]
        at: At,
        /// Writes what came of it to this file, in JUnit's form.
        #[arg(long)]
        junit: Option<PathBuf>,
    },
    /// Makes every call of the client, once rightly and once wrongly, and prints a row for
    /// each. The exit code is 0 only if the first are all accepted and the second all refused.
    Exercise(Places),
    /// Prints LINE's limits as this emulator keeps them, object by object, as Markdown.
    Limits,
    /// Saves what a running emulator has seen as a scenario.
    Record {
        /// The file to write.
        file: PathBuf,
        #[command(flatten)]
        at: At,
        /// What the scenario is called.
        #[arg(long, default_value = "Recorded")]
        name: String,
    },
}

/// Where `cargo dev` serves the bundle.
const USUAL_BUNDLE: &str = "http://127.0.0.1:9000";

/// Where emulator and bundle are.
#[derive(Args)]
struct At {
    /// The emulator's address.
    #[arg(long, default_value = "http://127.0.0.1:9001")]
    emulator: String,
    /// The bundle's public address.
    #[arg(long, default_value = "http://127.0.0.1:9000")]
    bundle: String,
}

#[derive(Args)]
struct Serve {
    /// The port; 0 takes a free one.
    #[arg(long, default_value_t = 9001)]
    port: u16,
    /// Where webhooks go, such as http://127.0.0.1:9000/webhook.
    #[arg(long)]
    webhook_url: Option<String>,
    /// Where the webhooks of the other module channel go.
    #[arg(long)]
    other_webhook_url: Option<String>,
    /// Where the webhooks of the accounts' own channel go.
    #[arg(long)]
    primary_webhook_url: Option<String>,
    /// The bundle's public address, for the link to its start page and the redirect URL.
    #[arg(long)]
    bundle_url: Option<String>,
    /// A redirect URL to register; may be given more than once. Without any it is
    /// /attach/callback of the bundle, or of http://127.0.0.1:9000.
    #[arg(long = "redirect-url")]
    redirect_urls: Vec<String>,
    /// Keeps the world in this file.
    #[arg(long)]
    data: Option<PathBuf>,
    /// Lets calls fail from the start: a JSON or TOML file with what `POST /_emulator/faults` takes,
    /// in TOML as `[[fault]]`.
    #[arg(long)]
    faults: Option<PathBuf>,
    /// How LINE is where its documents leave it open: strict, lenient or hostile.
    #[arg(long, default_value_t)]
    profile: Profile,
    /// Name of the header that selects the bot.
    #[arg(long)]
    bot_header: Option<String>,
}

type Failed = Box<dyn Error>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_target(false)
        .init();
    let arguments = Arguments::parse();
    let done = match arguments.command {
        None => serve(arguments.serve).await,
        Some(Command::Run { files, at, junit }) => run(&files, &at.into(), junit.as_deref()).await,
        Some(Command::Exercise(places)) => exercise::exercise(&places).await,
        Some(Command::Limits) => {
            print!("{}", emulator::schema::document());
            Ok(ExitCode::SUCCESS)
        }
        Some(Command::Record { file, at, name }) => record(&file, &at.into(), &name).await,
    };
    done.unwrap_or_else(|error| {
        tracing::error!("{error}");
        // Another code than that of a scenario that did not come true.
        ExitCode::from(2)
    })
}

async fn serve(arguments: Serve) -> Result<ExitCode, Failed> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, arguments.port)).await?;
    let address = format!("http://{}", listener.local_addr()?);
    let faults = arguments
        .faults
        .as_deref()
        .map_or(Ok(Vec::new()), Fault::read)?;
    let emulator = Emulator::new(settings(arguments))?;
    emulator.add_faults(faults).await?;
    tell(&emulator, &address);
    tokio::select! {
        ended = emulator.serve(listener) => ended?,
        stopped = tokio::signal::ctrl_c() => stopped?,
    }
    emulator.save()?;
    Ok(ExitCode::SUCCESS)
}

async fn run(files: &[PathBuf], place: &Place, junit: Option<&Path>) -> Result<ExitCode, Failed> {
    let mut reports = Vec::with_capacity(files.len());
    for file in files {
        let text = fs::read_to_string(file).map_err(|error| named(file, &error))?;
        let scenario = Scenario::parse(&text).map_err(|error| named(file, &error))?;
        reports.push(scenario::run(&scenario, place, &mut std::io::stdout()).await?);
    }
    if let Some(junit) = junit {
        fs::write(junit, Report::junit(&reports)).map_err(|error| named(junit, &error))?;
    }
    let failed = reports.iter().any(Report::failed);
    Ok(if failed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

async fn record(file: &Path, place: &Place, name: &str) -> Result<ExitCode, Failed> {
    let scenario = scenario::record(name, place).await?;
    fs::write(file, scenario.text()?).map_err(|error| named(file, &error))?;
    Ok(ExitCode::SUCCESS)
}

fn named(file: &Path, error: &dyn Error) -> String {
    format!("{}: {error}", file.display())
}

impl From<At> for Place {
    fn from(at: At) -> Self {
        let trimmed = |url: String| url.trim_end_matches('/').to_owned();
        Self {
            emulator: trimmed(at.emulator),
            bundle: trimmed(at.bundle),
        }
    }
}

fn settings(arguments: Serve) -> Settings {
    let profile = arguments.profile.settings();
    let bundle = arguments.bundle_url.as_deref().unwrap_or(USUAL_BUNDLE);
    let redirect_urls = if arguments.redirect_urls.is_empty() {
        vec![format!("{}/attach/callback", bundle.trim_end_matches('/'))]
    } else {
        arguments.redirect_urls
    };
    Settings {
        webhook_url: arguments.webhook_url,
        other_webhook_url: arguments.other_webhook_url,
        primary_webhook_url: arguments.primary_webhook_url,
        bundle_url: arguments.bundle_url,
        redirect_urls,
        data_file: arguments.data,
        bot_header: arguments.bot_header.unwrap_or(profile.bot_header),
        ..profile
    }
}

#[expect(
    clippy::print_stdout,
    reason = "the addresses are what the program prints"
)]
fn tell(emulator: &Emulator, address: &str) {
    let settings = emulator.settings();
    let set = |value: Option<String>| value.unwrap_or_else(|| "(not set)".into());
    println!("LINE Platform emulator   {address}/");
    println!("control interface        {address}/_emulator/state");
    println!("module channel           {}", settings.channel_id);
    println!("bot header               {}", settings.bot_header);
    println!("webhooks go to           {}", set(settings.webhook_url));
    println!(
        "redirect URLs            {}",
        settings.redirect_urls.join(" ")
    );
}
