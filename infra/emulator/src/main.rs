//! The LINE Platform emulator as a program of its own.

use std::error::Error;
use std::net::Ipv4Addr;
use std::path::PathBuf;

use clap::Parser;
use emulator::{Emulator, Settings};
use tokio::net::TcpListener;

/// Emulates the LINE Platform for a module channel, on 127.0.0.1 only.
#[derive(Parser)]
#[command(name = "emulator", version)]
struct Arguments {
    /// The port; 0 takes a free one.
    #[arg(long, default_value_t = 9001)]
    port: u16,
    /// Where webhooks go, such as http://127.0.0.1:9000/webhook.
    #[arg(long)]
    webhook_url: Option<String>,
    /// The bundle's public address, for the link to its start page and the redirect URL.
    #[arg(long)]
    bundle_url: Option<String>,
    /// A redirect URL to register; may be given more than once. Without any it is
    /// /attach/callback of the bundle.
    #[arg(long = "redirect-url")]
    redirect_urls: Vec<String>,
    /// Keeps the world in this file.
    #[arg(long)]
    data: Option<PathBuf>,
    /// Name of the header that selects the bot.
    #[arg(long)]
    bot_header: Option<String>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_target(false)
        .init();
    let arguments = Arguments::parse();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, arguments.port)).await?;
    let address = format!("http://{}", listener.local_addr()?);
    let emulator = Emulator::new(settings(arguments))?;
    tell(&emulator, &address);
    tokio::select! {
        ended = emulator.serve(listener) => ended?,
        stopped = tokio::signal::ctrl_c() => stopped?,
    }
    emulator.save()?;
    Ok(())
}

fn settings(arguments: Arguments) -> Settings {
    let defaults = Settings::default();
    let bundle = arguments.bundle_url.as_deref();
    let callback = bundle.map(|url| format!("{}/attach/callback", url.trim_end_matches('/')));
    let redirect_urls = if arguments.redirect_urls.is_empty() {
        callback.into_iter().collect()
    } else {
        arguments.redirect_urls
    };
    Settings {
        webhook_url: arguments.webhook_url,
        bundle_url: arguments.bundle_url,
        redirect_urls,
        data_file: arguments.data,
        bot_header: arguments.bot_header.unwrap_or(defaults.bot_header),
        ..defaults
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
