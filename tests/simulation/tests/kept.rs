//! Schedules that broke a promise once. A line of kept.txt is one, as JSON; a failure
//! of the simulation prints it.

use simulation::schedule::Schedule;
use simulation::simulate;

#[test]
fn what_once_failed_does_not_fail_again() {
    for line in include_str!("kept.txt").lines() {
        let schedule: Schedule = serde_json::from_str(line).expect("a schedule");
        let violations = simulate(&schedule, false).violations;
        assert!(violations.is_empty(), "{line}\n{violations:#?}");
    }
}
