//! Time and allocations of some work, as ratios to a named baseline of the same run.

use std::time::{Duration, Instant};

use allocation_counter::measure;

/// How long each is measured, and in how many parts; the quickest part counts.
const TIME: Duration = Duration::from_millis(500);
const PARTS: u32 = 20;

/// What some work costs.
pub(crate) struct Measured {
    pub(crate) nanoseconds: f64,
    pub(crate) allocations: u64,
    pub(crate) bytes: u64,
}

/// Does the work again and again.
pub(crate) fn measured(mut work: impl FnMut()) -> Measured {
    work(); // what is made once is made now
    let counted = measure(&mut work);
    let begun = Instant::now();
    let mut rounds = 0u32;
    while begun.elapsed() < TIME / PARTS {
        work();
        rounds += 1;
    }
    let part = |work: &mut dyn FnMut()| {
        let begun = Instant::now();
        (0..rounds).for_each(|_| work());
        begun.elapsed().as_secs_f64() * 1e9 / f64::from(rounds)
    };
    let parts = (0..PARTS).map(|_| part(&mut work));
    Measured {
        nanoseconds: parts.fold(f64::INFINITY, f64::min),
        allocations: counted.count_total,
        bytes: counted.bytes_total,
    }
}

/// Prints the table's head, under the baseline.
pub(crate) fn head(name: &str, baseline: &Measured) {
    println!("baseline: {name}, {:.0} ns\n", baseline.nanoseconds);
    println!(
        "{:44} {:>10} {:>8} {:>12} {:>8}",
        "", "ns", "ratio", "allocations", "bytes"
    );
}

/// Prints a row.
pub(crate) fn row(name: &str, of: &Measured, baseline: &Measured) {
    let ratio = of.nanoseconds / baseline.nanoseconds;
    let Measured {
        nanoseconds,
        allocations,
        bytes,
    } = of;
    println!("{name:44} {nanoseconds:>10.0} {ratio:>8.2} {allocations:>12} {bytes:>8}");
}
