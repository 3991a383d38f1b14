//! The demo's scenario: guests of the example module, seen at LINE.

use std::fs::File;

use crate::error::{Failed, because};
use crate::world::World;

const SCENARIO: &str = include_str!("../../../../infra/emulator/scenarios/demo.scenario.toml");

pub(crate) async fn run(world: &mut World) -> Result<String, Failed> {
    let transcript = world.folder.join("scenario.txt");
    let mut out = File::create(&transcript).map_err(because("the transcript"))?;
    let steps = world.play(SCENARIO, &mut out).await?;
    Ok(format!(
        "{steps} steps of users, staff and LINE, each as it should be"
    ))
}
