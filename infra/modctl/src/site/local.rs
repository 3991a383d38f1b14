//! The `cargo dev` of this machine, by the file that it writes while it runs.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::net::{TcpStream, ToSocketAddrs as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

use crate::failure::Failure;

/// Where `cargo dev` of this working copy writes it. The local stack has the same path.
const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/dev.json");
/// Another path, for tests.
const VARIABLE: &str = "MODCTL_DEV_FILE";
/// It is on this machine: it answers at once, or does not run.
const AT_ONCE: Duration = Duration::from_secs(1);

/// What it says of itself.
#[derive(Deserialize)]
pub(super) struct Running {
    /// Its functions' variables.
    pub(super) variables: BTreeMap<String, String>,
    /// Where its parts are, by name.
    #[serde(default)]
    pub(super) addresses: BTreeMap<String, String>,
}

/// What `GET /_emulator/state` has of the clock.
#[derive(Deserialize)]
struct World {
    clock: Clock,
}

#[derive(Deserialize)]
struct Clock {
    /// How far it is ahead of the system's, in milliseconds; less than 0 if it is behind.
    ahead: i64,
}

/// The one that runs.
///
/// # Errors
/// [`Failure::NotFound`] if none runs.
pub(super) fn running() -> Result<Running, Failure> {
    let path = std::env::var_os(VARIABLE).map_or_else(|| PathBuf::from(FILE), PathBuf::from);
    let text = std::fs::read_to_string(&path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => Failure::NotFound(
            "no `cargo dev` runs in this working copy: start it in another terminal".into(),
        ),
        _ => unusable(&path, &error),
    })?;
    let running: Running = serde_json::from_str(&text).map_err(|error| unusable(&path, &error))?;
    let url = running.variables.get("AWS_ENDPOINT_URL_DYNAMODB");
    match url.is_some_and(|url| answers(url)) {
        true => Ok(running),
        false => Err(Failure::NotFound(
            "no `cargo dev` runs any more: it has ended without taking its file away. Start it \
             again in another terminal"
                .into(),
        )),
    }
}

/// How far the functions' clock is ahead of the system's, in milliseconds: they go by the LINE Platform's, which
/// can be moved.
pub(super) async fn ahead(variables: &BTreeMap<String, String>) -> i64 {
    let Some(line) = variables.get("LINE_API_URL") else {
        return 0;
    };
    let ask = async {
        let client = reqwest::Client::builder().timeout(AT_ONCE).build().ok()?;
        let url = format!("{}/_emulator/state", line.trim_end_matches('/'));
        let world: World = client.get(url).send().await.ok()?.json().await.ok()?;
        Some(world.clock.ahead)
    };
    ask.await.unwrap_or_default()
}

/// Whether something listens at this address.
fn answers(url: &str) -> bool {
    let address = url.trim_start_matches("http://").trim_end_matches('/');
    let mut addresses = address.to_socket_addrs().into_iter().flatten();
    addresses.any(|at| TcpStream::connect_timeout(&at, AT_ONCE).is_ok())
}

fn unusable(path: &Path, error: &dyn std::error::Error) -> Failure {
    Failure::Refused(format!("{}: {error}", path.display()))
}
