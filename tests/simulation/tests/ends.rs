//! The end of an account's data side by side with its return.

use simulation::ends::run;

/// Number of seeds.
const SEEDS: u64 = 40;

/// In a runtime only because the SDK's clients look for one; the order is the seed's.
#[tokio::test]
#[ignore = "some seeds have no end: a worker of this scene waits until its time is up, again and again"]
async fn an_erase_and_an_attach_side_by_side() {
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
