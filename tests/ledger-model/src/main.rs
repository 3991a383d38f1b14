//! Checks the ledger in every order: `cargo run -p ledger-model --release`, and what each of its
//! conditions is for: `-- --conditions`.

use clap::Parser;
use ledger_model::{Checked, Condition, Limits, check};

#[derive(Parser)]
struct Arguments {
    /// How often workers are given a message of the event.
    #[arg(long, default_value_t = 3)]
    given: u8,
    /// How many workers have it at once.
    #[arg(long, default_value_t = 3)]
    at_once: usize,
    /// How many things go wrong.
    #[arg(long, default_value_t = 2)]
    faults: u8,
    /// How often an operator has it run again.
    #[arg(long, default_value_t = 1)]
    replays: usize,
    /// Takes each condition out in turn, and prints the shortest way to harm.
    #[arg(long)]
    conditions: bool,
}

fn main() {
    let arguments = Arguments::parse();
    let limits = Limits {
        given: arguments.given,
        at_once: arguments.at_once,
        faults: arguments.faults,
        replays: arguments.replays,
    };
    if !arguments.conditions {
        print(None, &check(limits, None));
        return;
    }
    for condition in Condition::ALL {
        print(Some(condition), &check(limits, Some(condition)));
    }
}

fn print(without: Option<Condition>, checked: &Checked) {
    if let Some(condition) = without {
        println!("without {condition:?}:");
    }
    println!(
        "{} states, {} steps deep, {:.1} s",
        checked.states,
        checked.depth,
        checked.time.as_secs_f64()
    );
    for (property, way) in &checked.broken {
        println!("does not hold: {property}");
        for action in way {
            println!("    {action}");
        }
    }
    for property in &checked.unreachable {
        println!("cannot be reached: {property}");
    }
    if checked.broken.is_empty() && checked.unreachable.is_empty() {
        println!("all holds");
    }
}
