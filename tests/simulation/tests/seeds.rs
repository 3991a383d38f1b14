//! Some schedules of all that can be drawn.

use simulation::schedule::Schedule;
use simulation::simulate;

/// Number of seeds, in two halves side by side. All four profiles have equal shares.
const SEEDS: u64 = 120;

fn run(seeds: impl Iterator<Item = u64>) {
    for seed in seeds {
        let violations = simulate(&Schedule::of(seed), false).violations;
        assert!(violations.is_empty(), "seed {seed}: {violations:#?}");
    }
}

#[test]
fn no_schedule_breaks_a_promise() {
    run((0..SEEDS).step_by(2));
}

#[test]
fn nor_does_another() {
    run((1..SEEDS).step_by(2));
}

/// What a schedule's transcript says, without the calls' bodies: the SDK writes their members
/// in any order.
fn what_happens(schedule: &Schedule) -> Vec<String> {
    let is_added = |line: &String| line.starts_with("              ");
    let transcript = simulate(schedule, true).transcript;
    transcript
        .into_iter()
        .filter(|line| !is_added(line))
        .collect()
}

#[test]
fn a_seed_always_gives_the_same() {
    for seed in 0..10 {
        let schedule = Schedule::of(seed);
        let [first, second] = [(); 2].map(|()| what_happens(&schedule));
        assert!(first.len() > 20, "seed {seed}: {first:#?}");
        assert_eq!(first, second, "seed {seed}");
    }
}
