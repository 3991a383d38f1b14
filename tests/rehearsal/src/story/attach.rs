//! An admin links an account in a browser, on a phone, and changes a setting.

use std::path::PathBuf;

use serde::Deserialize;
use tokio::process::Command;

use crate::error::{Failed, because, expect};
use crate::world::{World, root};

#[derive(Deserialize)]
struct Linked {
    bot: String,
    seconds: f64,
}

pub(crate) async fn run(world: &mut World) -> Result<String, Failed> {
    let script: PathBuf = root().join("tests/browser/attach.mjs");
    let output = Command::new("node")
        .arg(script)
        .arg(&world.public_url)
        .output()
        .await;
    let output = output.map_err(because("node"))?;
    let said = String::from_utf8_lossy(&output.stdout);
    expect(output.status.success(), || {
        format!("{said}{}", String::from_utf8_lossy(&output.stderr))
    })?;
    let linked: Linked = serde_json::from_str(&said).map_err(because(&said))?;
    let bots = world.line.state().await.bots;
    let attached = bots
        .iter()
        .any(|bot| bot.bot_id == linked.bot && bot.attached);
    expect(attached, || {
        format!("LINE has {} not as attached", linked.bot)
    })?;
    Ok(format!(
        "Chromium, by touch: start page, LINE's screen, first setting saved in {:.1} s",
        linked.seconds
    ))
}
