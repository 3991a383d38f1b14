//! An admin comes back, is signed in by an operator's link, and leaves: signs out, and unlinks the account.

use tokio::process::Command;

use crate::error::{Failed, because, expect};
use crate::world::{World, root};

pub(crate) async fn run(world: &mut World) -> Result<String, Failed> {
    let bot = world.attached().await?;
    let state = world.line.state().await;
    let name = state.bots.iter().find(|it| it.bot_id == bot);
    let name = name.map(|it| it.display_name.clone()).unwrap_or_default();
    let said = world
        .modctl(&["sign-in-link", &bot, "--reason", "rehearsal"])
        .await?;
    let link = said
        .split_whitespace()
        .find(|word| word.starts_with("http"));
    let link = link.ok_or_else(|| Failed(format!("no link in {said}")))?;
    let output = Command::new("node")
        .arg(root().join("tests/browser/leave.mjs"))
        .args([world.public_url.as_str(), link, &bot, &name])
        .output()
        .await;
    let output = output.map_err(because("node"))?;
    expect(output.status.success(), || {
        let said = [output.stdout.clone(), output.stderr.clone()].concat();
        String::from_utf8_lossy(&said).into_owned()
    })?;
    world.is_detached(&bot).await?;
    world.link(&bot).await?;
    Ok("signed in by a link, linked again, signed out, unlinked: LINE has detached it; linked once more".to_owned())
}
