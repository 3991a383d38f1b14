//! The operator looks at the stack and changes it, with modctl.

use crate::error::{Failed, expect};
use crate::guests::Guests;
use crate::world::World;

/// Looks that must be there for whoever is on call. `B` is an account, `C` a chat.
const LOOKS: [&[&str]; 9] = [
    &["bots"],
    &["bot", "B"],
    &["chats", "B"],
    &["chat", "B", "C"],
    &["events", "B", "C"],
    &["tail", "B", "--once"],
    &["parked"],
    &["usage", "B"],
    &["reconcile", "status"],
];

/// What an operator changes, and takes back.
const CHANGES: [&[&str]; 9] = [
    &["pause", "B", "--yes", "--reason", "rehearsal"],
    &["resume", "B", "--reason", "rehearsal"],
    &["entitle", "B", "yes", "--reason", "rehearsal"],
    &["attach-link", "--reason", "rehearsal"],
    &["sign-in-link", "B", "--reason", "rehearsal"],
    &["export", "B", "C", "--reason", "rehearsal"],
    &["erase", "B", "C", "--yes", "--reason", "rehearsal"],
    &["reconcile", "now"],
    &["audit", "B"],
];

pub(crate) async fn run(world: &mut World) -> Result<String, Failed> {
    let bot = world.attached().await?;
    let guests = Guests::come(world, 1).await?;
    guests.write(world, 1, 1).await?;
    let chat = guests.first();
    for command in LOOKS.iter().chain(&CHANGES) {
        let named = command.iter().map(|word| match *word {
            "B" => bot.as_str(),
            "C" => chat,
            word => word,
        });
        let named: Vec<_> = named.collect();
        world.modctl(&named).await?;
    }
    let doctor = world.doctor().await?;
    let found = |word: &str| doctor.lines().filter(|line| line.starts_with(word)).count();
    let parked = found("wrong     parked ");
    // What came too late in a storm is parked, and a person's to look at.
    expect(found("wrong") == parked, || doctor.clone())?;
    Ok(format!(
        "modctl: {} looks, {} changes; doctor: {} things good, {} to look at, {parked} wrong (parked events),\n\
         {} that it cannot ask the emulator",
        LOOKS.len(),
        CHANGES.len(),
        found("good"),
        found("look"),
        found("unchecked")
    ))
}
