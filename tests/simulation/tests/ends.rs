//! The end of an account's data side by side with its return.

use simulation::ends::run;

/// Number of seeds.
const SEEDS: u64 = 120;

#[test]
fn an_erase_and_an_attach_side_by_side() {
    let (mut back, mut in_parts, mut vanished) = (0, 0, 0);
    for seed in 0..SEEDS {
        match run(seed) {
            Ok(ended) => {
                back += usize::from(ended.is_back);
                in_parts += usize::from(ended.parts > 1);
                vanished += ended.vanished;
            }
            Err(what) => panic!("{what}"),
        }
    }
    // They are about something.
    assert!(
        back > 5 && in_parts > 0 && vanished > 5,
        "{back}, {in_parts}, {vanished}"
    );
}
