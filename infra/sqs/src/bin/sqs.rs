//! The SQS server alone: prints its endpoint and serves until Ctrl-C, or until its input ends.

use std::io::Read;

use clap::Parser;
use sqs::{Sqs, SystemClock};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// An SQS server in memory, for this machine only.
#[derive(Parser)]
struct Options {
    /// The port to listen on; 0 takes a free one.
    #[arg(long, default_value_t = 9003)]
    port: u16,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let options = Options::parse();
    let listener = TcpListener::bind(("127.0.0.1", options.port)).await?;
    let endpoint = format!("http://{}", listener.local_addr()?);
    println!("{}", serde_json::json!({ "endpoint": endpoint }));
    tokio::select! {
        () = Sqs::new(SystemClock).serve(listener) => Ok(()),
        interrupted = tokio::signal::ctrl_c() => interrupted,
        _ = end_of_input() => Ok(()),
    }
}

/// Ends when whoever started this process is gone, or says so by closing its end.
fn end_of_input() -> oneshot::Receiver<()> {
    let (ended, end) = oneshot::channel();
    // A thread, because a read of standard input cannot be cancelled.
    std::thread::spawn(move || {
        let mut input = std::io::stdin().lock();
        let mut buffer = [0; 256];
        while input.read(&mut buffer).is_ok_and(|read| read > 0) {}
        // An error means that the server has ended already.
        let _ = ended.send(());
    });
    end
}
