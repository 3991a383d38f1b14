//! Some schedules of all that can be drawn.

use simulation::schedule::Schedule;
use simulation::simulate;

/// So many seeds.
const SEEDS: u64 = 300;

#[test]
fn no_schedule_breaks_a_promise() {
    for seed in 0..SEEDS {
        let violations = simulate(&Schedule::of(seed), false).violations;
        assert!(violations.is_empty(), "seed {seed}: {violations:#?}");
    }
}

#[test]
fn a_seed_always_gives_the_same() {
    for seed in 0..20 {
        let schedule = Schedule::of(seed);
        let [first, second] = [(); 2].map(|()| simulate(&schedule, false).hash);
        assert_eq!(first, second, "seed {seed}");
    }
}
