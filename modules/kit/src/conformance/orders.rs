//! The orders in which a script's events come, some of them drawn by lot.

use fastrand::Rng;

/// How many orders are drawn, if the environment does not say.
const FEW: u64 = 2;
/// The environment variable that says it: `CONFORMANCE_SEEDS=200`.
const SEEDS: &str = "CONFORMANCE_SEEDS";

/// An order of all events, in webhooks, by its name.
pub(super) struct Order {
    pub(super) name: String,
    /// The events' places in the script.
    pub(super) webhooks: Vec<Vec<usize>>,
}

/// All in one webhook, in order and the other way round; then one order for each seed.
///
/// # Panics
/// The environment says no number.
pub(super) fn orders(events: usize) -> impl Iterator<Item = Order> {
    let in_order = Order {
        name: "in one webhook".into(),
        webhooks: vec![(0..events).collect()],
    };
    let reversed = Order {
        name: "in one webhook, the other way round".into(),
        webhooks: vec![(0..events).rev().collect()],
    };
    let drawn = (0..number()).map(move |seed| drawn(events, seed));
    [in_order, reversed].into_iter().chain(drawn)
}

fn number() -> u64 {
    match std::env::var(SEEDS) {
        Err(_) => FEW,
        Ok(number) => number
            .parse()
            .unwrap_or_else(|_| panic!("{SEEDS} is a number of seeds, not {number:?}")),
    }
}

/// In any order, cut into webhooks anywhere; what is in one comes at once.
fn drawn(events: usize, seed: u64) -> Order {
    let mut lot = Rng::with_seed(seed);
    let mut events: Vec<_> = (0..events).collect();
    lot.shuffle(&mut events);
    let mut webhooks = Vec::new();
    let mut rest = events.as_slice();
    while !rest.is_empty() {
        let (webhook, others) = rest.split_at(lot.usize(1..=rest.len()));
        webhooks.push(webhook.to_vec());
        rest = others;
    }
    Order {
        name: format!("by seed {seed}"),
        webhooks,
    }
}
