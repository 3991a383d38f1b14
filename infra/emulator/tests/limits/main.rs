//! Each of LINE's limits by name: what is just within it is taken, and what is beyond it is refused
//! at its place. The rows and their values are made from the emulator's tables, so what these tests
//! show is that the check keeps them; that they are LINE's is shown by `reference`, which is written
//! from LINE's pages by hand.

use emulator::schema::{document, rows};
use libtest_mimic::{Arguments, Failed, Trial};

fn main() {
    let trials = rows().into_iter().map(|row| {
        let name = row.name.clone();
        Trial::test(name, move || row.judge().map_err(Failed::from))
    });
    let document = Trial::test("LIMITS.md is what the tables say", || {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/LIMITS.md");
        match std::fs::read_to_string(path)? == document() {
            true => Ok(()),
            false => Err(
                "write it again: cargo run --bin emulator -- limits >infra/emulator/LIMITS.md"
                    .into(),
            ),
        }
    });
    let trials = trials.chain([document]).collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}
