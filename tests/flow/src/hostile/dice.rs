//! Random choices that can be repeated.

use std::sync::atomic::{AtomicU64, Ordering};

use shared::random::Random;

/// Random choices that can be repeated.
#[derive(Clone)]
pub(crate) struct Dice(pub(crate) Random);

impl Dice {
    /// splitmix64
    pub(crate) fn new(seed: u64) -> Self {
        let state = AtomicU64::new(seed);
        Self(Random::from_fn(move |bytes| {
            for chunk in bytes.chunks_mut(8) {
                const STEP: u64 = 0x9E37_79B9_7F4A_7C15;
                let mut z = state.fetch_add(STEP, Ordering::SeqCst).wrapping_add(STEP);
                z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
                z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
                let z = (z ^ (z >> 31)).to_le_bytes();
                chunk.copy_from_slice(&z[..chunk.len()]);
            }
        }))
    }

    pub(crate) fn below(&self, limit: usize) -> usize {
        let number = self.0.below(u64::try_from(limit).unwrap_or(u64::MAX));
        usize::try_from(number).unwrap_or(0)
    }

    /// True once in this many times, on average.
    pub(crate) fn one_in(&self, times: usize) -> bool {
        self.below(times) == 0
    }

    pub(crate) fn pick<'a, T>(&self, all: &'a [T]) -> Option<&'a T> {
        all.get(self.below(all.len()))
    }
}
